"""`lang-audit corpus`: audit a whole literature.

Everything that costs time to import is imported inside the command, so that `lang-audit --help` answers at once.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click
from click.core import ParameterSource

from lang_audit.commands import options
from lang_audit.commands.extra import require

if TYPE_CHECKING:
    from lang_audit.corpus.running.run import Outcome, Request
    from lang_audit.model import VerdictRule

FAILED = 3
INTERRUPTED = 130
DEFAULT_FOLDER = "lang-audit-corpus"  # as dataset.DEFAULT_FOLDER, which is slow to import
_TOLD = 10  # inputs that stderr lists
_OF_A_RUN: Final = frozenset(
    {"profile", "rule", "lexicons", "codebooks", "where", "columns", "jobs", "dask", "timeout", "model", "part_records"}
)


class _Named(click.Path):
    """A path that is named: of an empty name, as an unset variable of a script gives it, Path makes the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("an empty name. Write . for the current folder.", param, ctx)
        return super().convert(value, param, ctx)


class _Seconds(click.FloatRange):
    """Seconds from 1 on, or 0 for no limit: in less, no record can be done on a machine that is busy."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if 0 < seconds < 1:
            self.fail(f"{value} is too short. Allowed: 1 second and more, or 0 for no limit.", param, ctx)
        return seconds


@click.command()
@click.argument("sources", nargs=-1, type=_Named(path_type=Path), metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    type=_Named(path_type=Path),
    default=Path(DEFAULT_FOLDER),
    show_default=True,
    help="Folder of the run: a new one, or that of a run to go on with.",
)
@options.PROFILE
@options.RULE
@options.LEXICONS
@click.option(
    "--codebook",
    "codebooks",
    multiple=True,
    metavar="NAME-OR-FILE",
    help="Code the papers too: with a shipped codebook (chang-2021, han-2023) or a file of your own. May be given twice. "
    "Default: none.",
)
@click.option("--years", metavar="FIRST-LAST", help="Audit records of these years only: 1990-2025, 2015-, -2010, 2015.")
@click.option(
    "--where",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Audit records only in which the field is the value (=), is not (!=) or contains it (~), such as 'type!=Review'. "
    "May be given several times: all must hold.",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column of a table holds the title, abstract, year, doi ..., such as 'abstract=Abstract Note'. May be given "
    "several times. Default: told by their names.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    help="How many workers. Default: one a core, eight at most; with --dask, all that the cluster has.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Do the work on a Dask cluster that is running, such as tcp://10.0.0.5:8786. Its workers must see the sources and the "
    "folder of the run by the same paths.",
)
@click.option(
    "--timeout",
    type=_Seconds(min=0),
    default=120.0,
    show_default=True,
    help="Seconds that one record may take (1 or more; 0: no limit); one that takes longer is recorded as failed.",
)
@click.option(
    "--model", help="A trained spaCy pipeline for terms that only grammar can settle (default: en_core_web_sm)."
)
@click.option(
    "--trend",
    is_flag=True,
    help="Print the yearly table of terms, which are given in place of sources, in the finished run in the folder.",
)
@click.option(
    "--break",
    "break_year",
    type=click.IntRange(1000, 9999),
    metavar="YEAR",
    help="With --trend: compare the trend before that year with the one from it on.",
)
@click.option(
    "--guideline",
    metavar="KEY",
    help="With --trend: the same around the year of a guideline, a key of lexicons/sources.yaml such as ap-2017.",
)
@click.option(
    "--out-of",
    type=click.Choice(["audited", "using"]),
    help="With --trend: shares out of all audited papers of a year (default), or of those that use any of the terms.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json"]), help="With --trend: what to print (default: text)."
)
@click.option("--part-records", type=click.IntRange(min=1), hidden=True)
@click.option("--no-config", is_flag=True, help="Ignore lang_audit.toml and pyproject.toml.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary on stderr.")
def corpus(
    sources: tuple[Path, ...],
    output: Path,
    profile: str | None,
    rule: VerdictRule | None,
    lexicons: tuple[Path, ...],
    codebooks: tuple[str, ...],
    years: str | None,
    where: tuple[str, ...],
    columns: tuple[str, ...],
    jobs: int | None,
    dask: str | None,
    timeout: float,
    model: str | None,
    trend: bool,
    break_year: int | None,
    guideline: str | None,
    out_of: Literal["audited", "using"] | None,
    form: Literal["text", "csv", "json"] | None,
    part_records: int | None,
    no_config: bool,
    quiet: bool,
) -> None:
    """Audit a literature: exports of databases, PubMed's files, full texts; files, folders and archives.

    The results are tables (Parquet) in the folder of the run. Interrupt it as you like: the same command goes on where it stood.

    Exit status: 0 done, 2 wrong usage, 3 an input could not be read to its end or a record failed, 130 interrupted.
    """
    if trend:
        _refuse_options_of_a_run()
        from lang_audit.commands.trend import print_trend
        from lang_audit.corpus.running.selection import parse_years

        terms = [str(source) for source in sources]
        span = parse_years(years) if years else (None, None)
        print_trend(
            output,
            terms,
            break_year=break_year,
            guideline=guideline,
            form=form or "text",
            out_of=out_of or "audited",
            years=span,
        )
        return
    if break_year or guideline or out_of or form:
        raise click.UsageError("--break, --guideline, --out-of and --format go with --trend.")
    if not sources:
        raise click.UsageError("Missing argument 'SOURCE...'.")
    require("corpus", "duckdb", "pyarrow")
    from lang_audit.config import find_config
    from lang_audit.corpus.manifest import MANIFEST
    from lang_audit.corpus.running.identity import SettingsSource
    from lang_audit.corpus.running.run import Request, run
    from lang_audit.corpus.running.selection import Selection, parse_where, parse_years
    from lang_audit.corpus.running.units import PART_RECORDS
    from lang_audit.settings import NO_CODEBOOK

    config = None if no_config else find_config(Path.cwd())
    request = Request(
        sources=sources,
        folder=output,
        settings=SettingsSource(
            profile=profile,
            rule=rule,
            lexicons=tuple(path.absolute() for path in lexicons),
            codebooks=tuple(map(_own_path, codebooks)) or (NO_CODEBOOK,),
            model=model,
            config=config.path if config else None,
        ),
        selection=Selection(parse_years(years) if years else None, parse_where(where)),
        columns=columns,
        jobs=jobs,
        timeout=timeout or None,
        part_records=part_records or PART_RECORDS,
    )
    try:
        with _interruptible():
            outcome = _on_dask(request, dask, quiet) if dask else run(request, quiet=quiet)
    except KeyboardInterrupt:
        if not quiet:
            click.echo("\nInterrupted. What is done is kept: the same command goes on where it stood.", err=True)
        sys.exit(INTERRUPTED)
    except OSError as error:
        kept = "What is done is kept: mend it, and the same command goes on where it stood."
        if not (output / MANIFEST).exists():
            kept = "Nothing was done yet: mend it, or name another folder with -o."
        click.echo(
            f"lang-audit: {error.filename or output}: cannot be written: {error.strerror or error}. {kept}", err=True
        )
        sys.exit(FAILED)
    trouble = _trouble(outcome)
    if not quiet:
        _tell(outcome, output, trouble)
    if trouble:
        sys.exit(FAILED)


def _refuse_options_of_a_run() -> None:
    """--trend reads a run that is finished: what would change the run says nothing there."""
    context = click.get_current_context()
    given = [
        param.opts[-1]
        for param in context.command.params
        if param.name in _OF_A_RUN and context.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(
            f"{' and '.join(given)} cannot go with --trend, which reads the finished run in the folder as it is."
        )


def _on_dask(request: Request, address: str, quiet: bool) -> Outcome:
    """A run whose tasks a Dask cluster does."""
    require("dask", "distributed")
    from lang_audit.corpus.running.cluster import on_dask
    from lang_audit.corpus.running.run import run

    def tell(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    with on_dask(address, timeout=request.timeout, jobs=request.jobs, tell=tell) as cluster:
        asked = replace(request, jobs=request.jobs or max(cluster.threads, 1))
        return run(asked, quiet=quiet, execute=cluster.execute)


def _own_path(codebook: str) -> str:
    """A codebook of the user's own as an absolute path, for workers that stand elsewhere; a shipped one by its name."""
    return str(Path(codebook).absolute()) if codebook.endswith((".yaml", ".yml")) else codebook


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM, as schedulers send it before they kill, end the run like Ctrl-C."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = None
    with suppress(ValueError):  # not in the main thread
        before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _trouble(outcome: Outcome) -> list[str]:
    """A line for each input of which nothing could be read, that breaks off, or of which a record failed."""
    found = []
    for given in outcome.manifest.inputs:
        good = (given.audited or 0) + (given.duplicate or 0) + (given.left_out or 0)
        if given.problem:
            found.append(f"{given.name}: {given.problem}")
        elif not good and not given.failed:
            found.append(f"{given.name}: no record of it could be read")
        if given.failed:
            found.append(f"{given.name}: {given.failed:,} record{'s' * (given.failed != 1)} failed")
    return found


def _tell(outcome: Outcome, folder: Path, trouble: list[str]) -> None:
    """The totals, and where the results are."""
    from lang_audit.corpus.dataset import open_dataset
    from lang_audit.corpus.running.publish import REJECTS

    if outcome.finished_already:
        click.echo(f"{folder}: finished already.", err=True)
    totals = outcome.totals()
    names = {
        "audited": "audited",
        "duplicate": "duplicates",
        "rejected": "rejected",
        "failed": "failed",
        "left-out": "left out",
    }
    parts = " + ".join(f"{totals[state]:,} {name}" for state, name in names.items())
    click.echo(f"{totals.total():,} record{'s' * (totals.total() != 1)} = {parts}", err=True)
    query = "SELECT count(*) FROM papers WHERE state = 'audited' AND flagged > 0"
    with open_dataset(folder).connect() as tables:
        row = tables.execute(query).fetchone()
    if row and totals["audited"]:
        click.echo(
            f"A term was flagged in {row[0]:,} paper{'s' * (row[0] != 1)}, {row[0] / totals['audited']:.1%} of those "
            "audited.",
            err=True,
        )
    for line in trouble[:_TOLD]:
        click.echo(f"  {line}", err=True)
    if len(trouble) > _TOLD:
        click.echo(f"  and {len(trouble) - _TOLD:,} more inputs with problems", err=True)
    if totals["rejected"] or totals["failed"]:
        click.echo(f"What could not be read, and why: {folder / REJECTS}", err=True)
    click.echo(f"Results: {outcome.page}", err=True)
