"""Where lexicons and templates are found, from a checkout and from an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from lang_audit.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def data_folder(*parts: str) -> Path:
    """The folder `parts` of the shipped data, such as `data_folder("reports", "templates")`.

    A wheel carries the data inside the package; a checkout has it beside the package. Raises ConfigError where neither is so.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        folder = root.joinpath(*parts)
        if folder.is_dir():
            return folder
    raise ConfigError(f"{'/'.join(parts)}: the folder is missing from this installation. Install lang-audit again.")


def lexicon_folder() -> Path:
    """The folder that holds `stigma/`, `usage/` and `sources.yaml`."""
    return data_folder("lexicons")


def template_folder() -> Path:
    """The folder of the report templates."""
    return data_folder("reports", "templates")
