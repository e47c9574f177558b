"""`lang-audit lsp`: the language server, for editors to start."""

from __future__ import annotations

import click

from lang_audit.errors import ConfigError


@click.command()
def lsp() -> None:
    """Serve an editor by the Language Server Protocol, over stdin and stdout (needs the extra: pip install 'lang-audit[lsp]')."""
    try:
        from lang_audit.language_server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ConfigError("The language server needs pygls. Install it with: pip install 'lang-audit[lsp]'") from error
    make_server().start_io()
