"""`lang-audit review`: reviewers accept, reject and change what an appraisal proposes, in the browser, on their own machine."""

from __future__ import annotations

from pathlib import Path

import click

_SHOWN = 60  # characters of a name that cannot be taken


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--database",
    metavar="URL-OR-FILE",
    help="Where decisions are kept: a file, or a database of the team (postgresql+psycopg://...). Default: DIR/review.sqlite.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. With another than this machine's own, everybody who has the printed address can come in.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on. Default: any that is free."
)
@click.option("--reviewer", default="", metavar="NAME", help="Who you are. Default: the workspace asks.")
@click.option("--no-browser", is_flag=True, help="Only print the address; open no browser.")
@click.option("--no-config", is_flag=True, help="Ignore lang_audit.toml and pyproject.toml.")
def review(
    folder: Path, database: str | None, host: str, port: int, reviewer: str, no_browser: bool, no_config: bool
) -> None:
    """Decide on the findings and codes of an appraisal: DIR is the folder that `lang-audit appraise -o DIR` wrote.

    Serves a web application on this machine and opens the browser. Several reviewers decide for themselves, then release their
    decisions and settle where they differ. Nothing leaves the machine.
    """
    from lang_audit.commands.extra import require

    require("review", "starlette", "uvicorn", "multipart", "sqlalchemy", "krippendorff", "sklearn")
    from lang_audit.config import find_config
    from lang_audit.errors import ConfigError
    from lang_audit.review.kept import kept_papers
    from lang_audit.review.store import DATABASE, Store
    from lang_audit.review.web.app import serve
    from lang_audit.review.web.forms import FormError, reviewer_name
    from lang_audit.review.web.workspace import Workspace
    from lang_audit.settings import load_settings

    kept_papers(folder)  # no appraisal, no database
    settings = load_settings(config=None if no_config else find_config(Path.cwd()))
    with Store.open(database or folder / DATABASE) as store:
        workspace = Workspace(folder, store, settings)
        if reviewer:
            try:
                reviewer = reviewer_name({"name": reviewer}, workspace.reviewers())
            except FormError as error:
                shown = reviewer if len(reviewer) <= _SHOWN else f"{reviewer[:_SHOWN]}..."
                raise ConfigError(f"--reviewer {shown}: {error}") from error
        serve(
            workspace,
            host=host,
            port=port,
            reviewer=reviewer,
            browser=not no_browser,
            tell=lambda words: click.echo(words, err=True),
        )
