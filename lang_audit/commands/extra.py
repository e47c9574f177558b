"""Whether the optional parts that a command needs are installed, told before it starts."""

from __future__ import annotations

from importlib.util import find_spec

from lang_audit.errors import ConfigError


def require(extra: str, *modules: str) -> None:
    """Raises ConfigError, with the command that installs them, where one of `modules` is not there."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise ConfigError(
            f'This needs {" and ".join(missing)}, which is not installed: pip install "lang-audit[{extra}]"'
        )
