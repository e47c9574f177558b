"""`python -m lang_audit` is `lang-audit`."""

from lang_audit.cli import main

if __name__ == "__main__":
    main()
