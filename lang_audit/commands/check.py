"""`lang-audit check`: what to change in a manuscript before submission, and to what.

Everything that costs time to import is imported inside the command, so that `lang-audit --help` answers at once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lang_audit.commands import options
from lang_audit.report.check_formats import FORMATS, rendered

if TYPE_CHECKING:
    from lang_audit.audit import Input
    from lang_audit.config import FailOn
    from lang_audit.manuscript.checked import CheckedFile
    from lang_audit.manuscript.fixing import Fixing
    from lang_audit.settings import Settings

FINDINGS = 1
FAILED = 3
STDIN = "-"
TEXT = "text"
FAIL_ON = ("pejorative", "stigmatising", "outdated", "query")  # as config.FailOn, which is slow to import
_TIMEOUT = 120.0


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice((TEXT, *FORMATS)), default=TEXT, show_default=True, help="What to print."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to stdout."
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="The mildest remark that makes the exit status 1. Default: stigmatising, or what the configuration says.",
)
@click.option("--profile", help="Which terms count: the name of a profile.")
@click.option(
    "--select",
    multiple=True,
    metavar="ENTRY-OR-DOMAIN",
    help="Remark on these entries or domains of the lexicon only. May be given several times.",
)
@options.LEXICONS
@click.option(
    "--new-since",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="BASELINE",
    help="Leave out what an earlier run said: the file that it wrote with --format json.",
)
@click.option(
    "--fix", is_flag=True, help="Rewrite what can be rewritten safely; a DOCX file gets a copy with tracked changes."
)
@click.option(
    "--unsafe", is_flag=True, help="With --fix or --diff: rewrite all that has a rewrite. Read it afterwards."
)
@click.option("--diff", is_flag=True, help="Print what --fix would change, and write nothing.")
@click.option("--comment", is_flag=True, help="Write what is left as comments into a copy of a DOCX file.")
@click.option("-v", "--verbose", is_flag=True, help="Show the sentence, the rewritten sentence and the guidelines too.")
@click.option("--show-exempt", is_flag=True, help="Show what was let pass too, and why.")
@click.option(
    "--stdin-name", metavar="NAME", help="What a manuscript on stdin (-) is called; its ending tells the format."
)
@click.option(
    "--model", help="A trained spaCy pipeline for terms that only grammar can settle (default: en_core_web_sm)."
)
@click.option("--pdf-engine", default="pdfminer", show_default=True, help="What reads PDF files: pdfminer or pdfium.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="How many files to read at once. Default: one a core.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=_TIMEOUT,
    show_default=True,
    help="Seconds a file may take (0: any).",
)
@click.option("--no-config", is_flag=True, help="Ignore lang_audit.toml and pyproject.toml.")
@click.option("--show-config", is_flag=True, help="Print the settings and where each comes from, and do nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="Print no last line that sums up.")
def check(
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    fail_on: FailOn | None,
    profile: str | None,
    select: tuple[str, ...],
    lexicons: tuple[Path, ...],
    new_since: Path | None,
    fix: bool,
    unsafe: bool,
    diff: bool,
    comment: bool,
    verbose: bool,
    show_exempt: bool,
    stdin_name: str | None,
    model: str | None,
    pdf_engine: str,
    jobs: int | None,
    timeout: float,
    no_config: bool,
    show_config: bool,
    quiet: bool,
) -> None:
    """Check manuscripts (Word, LaTeX, Markdown, HTML, JATS, PDF, text; files, folders, - for stdin) before submission.

    Exit status: 0 nothing to change, 1 remarks at or over --fail-on, 2 wrong usage, 3 a file could not be read.
    """
    from lang_audit.audit import shown as plain
    from lang_audit.config import find_config
    from lang_audit.manuscript.baseline import read_baseline
    from lang_audit.manuscript.check import check_files, without_known
    from lang_audit.report.check_terminal import summary_line, terminal_lines
    from lang_audit.settings import describe, load_settings
    from lang_audit.sources import DEFAULT_PDF_ENGINE

    if not paths and not show_config:
        raise click.UsageError("Missing argument 'PATH...'.")
    if fix or unsafe or diff or comment:
        _refuse_mixed(paths, form, output, fix=fix, unsafe=unsafe, diff=diff, comment=comment)
    if pdf_engine != DEFAULT_PDF_ENGINE:  # a name that there is not is told before the first file
        from lang_audit.sources.pdf_reader import pdf_engine as engine_named

        engine_named(pdf_engine)

    def settings_in(folder: Path) -> Settings:
        return load_settings(
            profile=profile,
            lexicons=lexicons,
            codebooks=("none",),
            config=None if no_config else find_config(folder),
            model=model,
            pdf_engine=pdf_engine,
            select=select,
            fail_on=fail_on,
            characteristics=False,
        )

    if show_config:
        folder = paths[0] if paths and paths[0].is_dir() else paths[0].parent if paths else Path.cwd()
        click.echo(describe(settings_in(folder), checking=True))
        return
    known = read_baseline(new_since) if new_since else None
    checked: list[tuple[CheckedFile, Settings]] = []
    kept: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lang-audit-") as scratch:
        inputs, shown = _inputs(paths, Path(scratch), stdin_name)
        stdin = inputs[0].path if str(paths[0]) == STDIN else None
        fixing = None
        if fix or diff or comment:
            fixing = _fixing(
                lambda text: _tell(text, output, kept), stdin, fix=fix, unsafe=unsafe, diff=diff, comment=comment
            )
        path_of = {shown(Path(plain(item.path))): item.path for item in inputs}
        for settings, group in _by_settings(inputs, settings_in, shown):
            for file in check_files(group, settings, jobs=jobs, timeout=timeout or None, shown=shown):
                if known is not None:
                    file = without_known(file, known)
                if fixing and file.path in path_of:
                    file = fixing.take(file, path_of[file.path], settings)
                checked.append((file, settings))
                if form == TEXT and not diff:
                    told = "".join(f"{line}\n" for line in terminal_lines(file, settings, verbose, show_exempt))
                    _tell(told, output, kept, err=bool(fixing and stdin))
        if form != TEXT:
            _tell(rendered(form, checked), output, kept)
    if output:
        _write(output, "".join(kept))
    failed = any(file.record.status == "failed" for file, _ in checked)
    if not quiet and (failed or any(file.remarks for file, _ in checked)) and not diff:
        click.echo(summary_line([file for file, _ in checked]), err=True)
    if fixing and not quiet and fixing.summary():
        click.echo(fixing.summary(), err=True)
    if failed or (fixing and fixing.failed):
        sys.exit(FAILED)
    if any(file.at_or_over(settings.fail_on) for file, settings in checked):
        sys.exit(FINDINGS)


def _refuse_mixed(
    paths: Sequence[Path], form: str, output: Path | None, *, fix: bool, unsafe: bool, diff: bool, comment: bool
) -> None:
    """Raises UsageError where what is to be mended, shown and printed does not go together."""
    if unsafe and not (fix or diff):
        raise click.UsageError("--unsafe says how much to rewrite: give --fix or --diff with it.")
    if diff and comment:
        raise click.UsageError("--diff writes nothing, --comment writes: give one of them.")
    if diff and form != TEXT:
        raise click.UsageError("--diff prints a diff: leave --format out.")
    if any(str(path) == STDIN for path in paths):
        if len(paths) > 1:
            raise click.UsageError("A manuscript on stdin (-) is mended on stdout: give no other path with it.")
        if form != TEXT and not output:
            raise click.UsageError("The mended manuscript goes to stdout: give --output for what --format prints.")


def _fixing(
    show: Callable[[str], None], stdin: Path | None, *, fix: bool, unsafe: bool, diff: bool, comment: bool
) -> Fixing:
    """What mends the manuscripts: `show` gets diffs, stdout a manuscript that came on stdin, stderr what was done."""
    from lang_audit.manuscript.fixing import Fixing

    return Fixing(
        say=lambda message: click.echo(message, err=True),
        show=show,
        pass_on=lambda data: click.echo(data, nl=False),
        fix=fix,
        unsafe=unsafe,
        diff=diff,
        comment=comment,
        stdin=stdin,
    )


def _inputs(paths: Sequence[Path], scratch: Path, stdin_name: str | None) -> tuple[list[Input], Callable[[Path], str]]:
    """The files to check, and how each is called in messages: what comes on stdin is kept in `scratch` for the run."""
    from lang_audit.audit import find_inputs

    if stdin_name is not None and not Path(stdin_name).name.strip("."):
        raise click.UsageError(f"--stdin-name {stdin_name!r} is no name of a file.")
    names: dict[Path, str] = {}
    given = []
    for path in dict.fromkeys(paths):
        if str(path) == STDIN:
            path = _kept_stdin(scratch, stdin_name)
            names[path] = stdin_name or STDIN
        given.append(path)
    return find_inputs(given), lambda path: names.get(path, str(path))


def _kept_stdin(scratch: Path, name: str | None) -> Path:
    """What came on stdin, as a file; one without a name is Markdown, which plain text is too, unless its bytes say otherwise."""
    data = sys.stdin.buffer.read()
    path = scratch / (Path(name).name if name else "stdin")
    path.write_bytes(data)
    if not name or not path.suffix:
        from lang_audit.sources import readers

        suffix = next((reader.suffixes[0] for reader in readers() if reader.recognises(data[:4096])), ".md")
        path = path.rename(path.with_name(path.name + suffix))
    return path


def _by_settings(
    inputs: Sequence[Input], settings_in: Callable[[Path], Settings], shown: Callable[[Path], str]
) -> Iterator[tuple[Settings, list[Input]]]:
    """The inputs in order, together where one after the other has the same settings: those of the nearest configuration.

    What came on stdin belongs where its name says, else to the working directory.
    """
    of_folder: dict[Path, Settings] = {}

    def settings_of(item: Input) -> Settings:
        folder = Path(shown(item.path)).parent
        if folder not in of_folder:
            of_folder[folder] = settings_in(folder)
        return of_folder[folder]

    for _, group in groupby(inputs, key=lambda item: id(settings_of(item))):
        items = list(group)
        yield settings_of(items[0]), items


def _tell(text: str, output: Path | None, kept: list[str], *, err: bool = False) -> None:
    """Print it (`err`: to stderr), or keep it for the file that is written when all is done."""
    if output is None:
        click.echo(text, nl=False, err=err)
    else:
        kept.append(click.unstyle(text))


def _write(output: Path, text: str) -> None:
    """Put a file in place all at once. Raises UsageError where it cannot be written."""
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.UsageError(f"{output} cannot be written: {error.strerror}.") from error
