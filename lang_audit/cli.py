"""The command line. Data goes to stdout or files, messages and progress to stderr.

Exit status: 0 done; 2 wrong usage; 3 some inputs failed (their records say why); 130 interrupted.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from lang_audit import __version__
from lang_audit.commands import options
from lang_audit.commands.agree import agree
from lang_audit.commands.check import check
from lang_audit.commands.corpus import corpus
from lang_audit.commands.evaluate import evaluate
from lang_audit.commands.lexicon import explain, lexicon
from lang_audit.commands.lsp import lsp
from lang_audit.commands.review import review
from lang_audit.commands.sample import sample
from lang_audit.errors import LangAuditError

if TYPE_CHECKING:
    from lang_audit.audit import Input
    from lang_audit.config import TableFormat
    from lang_audit.model import Record, VerdictRule

    _Both = tuple[Record, Record]  # as the program found it, and with reviewers' decisions in it
    from lang_audit.report.overview import Written
    from lang_audit.report.page_evidence import PageEvidence
    from lang_audit.settings import Settings

FAILED = 3
WRONG_USAGE = 2
INTERRUPTED = 130
DEFAULT_FOLDER = "lang-audit-report"
_TOLD = 10  # papers and references without a partner that stderr lists


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lang-audit")
def cli() -> None:
    """Audit the language of research papers: which words stigmatise people, how each is used, what to write instead."""


cli.add_command(agree)
cli.add_command(check)
cli.add_command(evaluate)
cli.add_command(corpus)
cli.add_command(explain)
cli.add_command(lexicon)
cli.add_command(lsp)
cli.add_command(review)
cli.add_command(sample)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the reports.")
@click.option(
    "--format", "form", type=click.Choice(["json"]), help="Print the results to stdout instead, a line a paper."
)
@click.option("--with-text", is_flag=True, help="With --format json: include the text of each paper.")
@click.option("--report", "reports", multiple=True, help="Form of the reports: html (default), md. May be given twice.")
@click.option(
    "--templates", type=click.Path(path_type=Path, file_okay=False), help="Folder with templates of your own."
)
@options.PROFILE
@options.RULE
@options.LEXICONS
@click.option(
    "--codebook",
    "codebooks",
    multiple=True,
    metavar="NAME-OR-FILE",
    help="What to code the papers with: a shipped codebook (chang-2021, han-2023), a file of your own, or none. May be given "
    "twice. Default: all that are shipped.",
)
@click.option(
    "--references",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The references of the included studies (.ris, .bib, .csv, .tsv): papers are matched by DOI, then title, and cited "
    "by them.",
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Choice(["csv", "xlsx", "docx", "none"]),
    help="Form of the tables over all papers; may be given twice. Default: all three where there is more than one paper.",
)
@click.option(
    "--model", help="A trained spaCy pipeline for terms that only grammar can settle (default: en_core_web_sm)."
)
@click.option("--speakers", is_flag=True, help="Name who speaks in quotations (needs textacy; slower to start).")
@click.option(
    "--pdf-engine",
    default="pdfminer",
    show_default=True,
    help="What reads PDF files: pdfminer (the reference) or pdfium.",
)
@click.option("--ocr", is_flag=True, help="Read scanned pages by OCR (needs ocrmypdf and tesseract; slow).")
@click.option(
    "--annotate", is_flag=True, help="Write a copy of each PDF with its findings marked on the page, into annotated/."
)
@click.option("--thumbnails", is_flag=True, help="Show a small picture of each finding's printed line in the report.")
@click.option(
    "--decisions",
    metavar="FILE",
    help="Reviewers' decisions to apply: the log of a review (review.sqlite, or a database's URL), or none. Default: the log "
    "in the folder of the reports, where there is one.",
)
@click.option(
    "--review-data/--no-review-data",
    default=True,
    show_default=True,
    help="Keep what reviewers need for lang-audit review beside the reports (with the papers' text).",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    help="How many papers to read at once. Default: one a core, eight at most.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    help="Seconds that one paper may take (0: no limit); one that takes longer is recorded as not read. Default: 120, with "
    "--ocr 900.",
)
@click.option("--no-config", is_flag=True, help="Ignore lang_audit.toml and pyproject.toml.")
@click.option("--show-config", is_flag=True, help="Print the settings and where each comes from, and do nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary on stderr.")
def appraise(
    paths: tuple[Path, ...],
    output: Path | None,
    form: str | None,
    with_text: bool,
    reports: tuple[str, ...],
    templates: Path | None,
    profile: str | None,
    rule: VerdictRule | None,
    lexicons: tuple[Path, ...],
    codebooks: tuple[str, ...],
    references: Path | None,
    tables: tuple[TableFormat | Literal["none"], ...],
    model: str | None,
    speakers: bool,
    pdf_engine: str,
    ocr: bool,
    annotate: bool,
    thumbnails: bool,
    decisions: str | None,
    review_data: bool,
    jobs: int | None,
    timeout: float | None,
    no_config: bool,
    show_config: bool,
    quiet: bool,
) -> None:
    """Appraise papers (PDF, JATS XML, plain text; files and folders) and write a report for each, and a table of all."""
    if with_text and not form:
        raise click.UsageError("--with-text goes with --format json.")
    if form and not output and (references or tables):
        raise click.UsageError("--references and --table go with reports: name a folder for them with -o.")
    if "none" in tables and len(set(tables)) > 1:
        raise click.UsageError("--table none goes with no other --table.")
    if (annotate or thumbnails) and form and not output:
        raise click.UsageError("--annotate and --thumbnails go with reports: name a folder for them with -o.")
    if not paths and not show_config:
        raise click.UsageError("Missing argument 'PATH...'.")
    from lang_audit.audit import find_inputs
    from lang_audit.config import find_config
    from lang_audit.report.page_evidence import PageEvidence
    from lang_audit.review.in_run import open_review
    from lang_audit.settings import describe, load_settings

    config = None if no_config else find_config(Path.cwd())
    settings = load_settings(
        profile=profile,
        rule=rule,
        lexicons=lexicons,
        codebooks=codebooks or None,
        references=references,
        reports=reports,
        tables=_formats(tables),
        config=config,
        model=model,
        speakers=speakers,
        pdf_engine=pdf_engine,
        ocr=ocr,
    )
    if show_config:
        click.echo(describe(settings))
        return
    if thumbnails and "html" not in settings.reports:
        raise click.UsageError("--thumbnails goes with HTML reports: add --report html.")
    if ocr:
        from lang_audit.sources.ocr import require

        require()
    inputs = find_inputs(paths, without=output or Path(DEFAULT_FOLDER))
    with contextlib.ExitStack() as stack:
        if ocr and (annotate or thumbnails):  # places of words are those of the copy with the text layer
            copies = stack.enter_context(tempfile.TemporaryDirectory(prefix="lang-audit-copies-"))
            settings = replace(settings, ocr_copies=Path(copies))
        folder = output or (None if form else Path(DEFAULT_FOLDER))
        review = open_review(decisions, folder, settings)
        if review:
            stack.enter_context(review)
        found = _run(inputs, settings, quiet, jobs, timeout if timeout is not None else 900.0 if ocr else 120.0)
        records: Iterator[_Both] = ((record, review.apply(record) if review else record) for record in found)
        if form:
            records = _printing_json(records, with_text)
        if folder:
            tell = partial(click.echo, err=True)
            evidence = PageEvidence(
                settings.lexicon, annotate=annotate, thumbnails=thumbnails, scanned=settings.ocr_copy, tell=tell
            )
            failed = _write_reports(records, folder, settings, templates, quiet, evidence, keep=review_data)
        else:
            failed = sum(_tell_failure(record) for record, _ in records)
        for line in review.finish(folder) if review else ():
            if not quiet:
                click.echo(line, err=True)
    if failed:
        sys.exit(FAILED)


def _formats(tables: tuple[TableFormat | Literal["none"], ...]) -> list[TableFormat] | None:
    """What --table asks for: None where it was not given, an empty list for `none`."""
    return [table for table in dict.fromkeys(tables) if table != "none"] if tables else None


def _run(inputs: list[Input], settings: Settings, quiet: bool, jobs: int | None, timeout: float) -> Iterator[Record]:
    from lang_audit.sources.pdf_reader import pdf_engine
    from lang_audit.workers import audit_in_workers

    pdf_engine(settings.pdf_engine)  # a name that there is not is told before the first paper
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=len(inputs), label="Appraising", file=sys.stderr, hidden=hidden) as bar:
        records = audit_in_workers(inputs, settings, jobs=jobs, timeout=timeout or None, done=lambda _: bar.update(1))
        with contextlib.closing(records):  # type: ignore[type-var]
            yield from records


def _printing_json(records: Iterator[_Both], with_text: bool) -> Iterator[_Both]:
    """The same records, each printed as it passes, with reviewers' decisions in it."""
    from lang_audit.report.jsonlines import record_line

    for found, decided in records:
        sys.stdout.write(record_line(decided, with_text=with_text) + "\n")
        sys.stdout.flush()
        yield found, decided


def _write_reports(
    records: Iterator[_Both],
    folder: Path,
    settings: Settings,
    templates: Path | None,
    quiet: bool,
    evidence: PageEvidence,
    keep: bool,
) -> int:
    from lang_audit.report.extraction import StudyRow, study_row
    from lang_audit.report.overview import write_overview
    from lang_audit.report.renderer import Renderer
    from lang_audit.review import kept
    from lang_audit.sources.references_file import read_references

    references = read_references(settings.references) if settings.references else None
    renderer = Renderer(
        settings.lexicon,
        templates=templates,
        formats=settings.reports,
        version=__version__,
        profile=settings.profile,
        off=settings.off,
        codebooks=settings.codebooks,
        evidence=evidence,
    )
    became: Counter[str] = Counter()
    rows: list[StudyRow] = []
    written = None
    try:
        for found, record in records:
            page = renderer.write_paper(record, folder)
            if keep:
                kept.keep(folder, found, page)
            rows.append(study_row(record, key="", page=page.rpartition(".")[0] if page else None))
            became[record.status] += 1
            _tell_failure(record)
    finally:  # interrupted or not, the tables hold all that is done
        if rows and keep:
            kept.finish(folder)
        if rows:
            written = write_overview(rows, renderer, folder, settings, references)
    if not quiet:
        papers = became.total()
        click.echo(
            f"{papers} paper{'s' * (papers != 1)}: {became['ok']} read, {became['partial']} read with problems, "
            f"{became['failed']} not read. Report: {written.index if written else None}",
            err=True,
        )
        if written:
            _tell_overview(written)
    return became["failed"]


def _tell_overview(written: Written) -> None:
    """Where the tables are, and what the references file left open."""
    if written.tables:
        places = dict.fromkeys(path.parent if path.suffix == ".csv" else path for path in written.tables)
        click.echo(f"Tables: {', '.join(map(str, places))}", err=True)
    found = written.references
    if found is None:
        return
    total = found.matched + len(found.papers)
    click.echo(f"References: {found.matched} of {total} papers found in {found.file}.", err=True)
    for what, names in (("paper without a reference", found.papers), ("reference without a paper", found.references)):
        for name in names[:_TOLD]:
            click.echo(f"  {what}: {name}", err=True)
        if len(names) > _TOLD:
            click.echo(f"  and {len(names) - _TOLD} more (see {written.index})", err=True)


def _tell_failure(record: Record) -> bool:
    """Whether the record failed; then its problems are printed."""
    failed = record.status == "failed"
    for problem in record.problems if failed else ():
        click.echo(f"{record.path}: {problem.message} {problem.remedy}", err=True)
    return failed


def main() -> None:
    """Run the command line; every error that is the user's to mend is one message, without a traceback."""
    gc.set_threshold(50_000, 20, 50)  # loading makes many objects that all stay: looking for garbage then is lost time
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except LangAuditError as error:
        click.echo(f"lang-audit: {error}", err=True)
        sys.exit(WRONG_USAGE)
    except BrokenPipeError:  # the reader of our output went away, as in `| head`
        _close_stdout()
        sys.exit(1)
    except OSError as error:  # a full disk, most of all
        _close_stdout()
        click.echo(f"lang-audit: the output cannot be written: {error.strerror or error}.", err=True)
        sys.exit(FAILED)


def _close_stdout() -> None:
    """Let Python end without another attempt to write what could not be written."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
