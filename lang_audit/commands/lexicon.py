"""`lang-audit explain` and `lang-audit lexicon list|check|export`: the lexicon for people, and for other programs.

Everything that costs time to import is imported inside the commands, so that `lang-audit --help` answers at once.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lang_audit.lexicon import Lexicon

NOT_FOUND = 1
MISTAKES = 2
_PLAIN_WIDTH = 80
_WIDEST = 100
_LIST_COLUMNS = ("id", "domain", "severity", "decision", "category", "terms")


@click.command()
@click.argument("term", nargs=-1, required=True, metavar="TERM-OR-ID")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(term: tuple[str, ...], form: str) -> None:
    """Explain an entry of the lexicon: what is wrong with a term, who says so, what to write instead.

    TERM-OR-ID is a word or phrase as it stands in a paper ("Drug-Addicts"), or the id of an entry ("substance-use/addict").
    Exit status 1: the lexicon has no such term.
    """
    from lang_audit.explain import as_text, brief
    from lang_audit.lexicon import load_lexicon
    from lang_audit.lexicon_export import entry_record
    from lang_audit.lexicon_lookup import TermFinder

    lexicon = load_lexicon()
    finder = TermFinder(lexicon)
    asked = " ".join(term)
    keys = finder.lookup(asked)
    if not keys:
        click.echo(_nothing(asked, lexicon, finder.close_to(asked)), err=True)
        sys.exit(NOT_FOUND)
    if form == "json":
        click.echo(
            json.dumps({"entry": entry_record(lexicon, keys[0]), "others": keys[1:]}, ensure_ascii=False, indent=1)
        )
        return
    if len(keys) > 1:
        click.echo(f"{len(keys)} entries fit “{asked}”:")
        for key in keys:
            click.echo(f"  {brief(lexicon, key)}")
        click.echo("")
    click.echo(as_text(lexicon, keys[0], _width(), lambda words: click.style(words, bold=True)), nl=False)


@click.group()
def lexicon() -> None:
    """List, check and export the people-first lexicon."""


@lexicon.command("list")
@click.option("--domain", help="Only this domain, by its key (hiv) or its title.")
@click.option("--severity", type=click.Choice(["pejorative", "stigmatising", "outdated"]), help="Only this severity.")
@click.option(
    "--decision", type=click.Choice(["flag", "query"]), help="Only terms that are flagged, or that are asked about."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def list_entries(domain: str | None, severity: str | None, decision: str | None, form: str) -> None:
    """List the entries: id, severity, decision, terms."""
    from lang_audit.lexicon import load_lexicon
    from lang_audit.lexicon_export import as_csv

    loaded = load_lexicon()
    wanted = _domain(loaded, domain) if domain else None
    keys = [
        key
        for key, entry in loaded.entries.items()
        if wanted in (None, key.split("/")[0])
        and severity in (None, entry.severity)
        and decision in (None, entry.decision)
    ]
    if form == "csv":
        click.echo(as_csv(loaded, keys, _LIST_COLUMNS), nl=False)
    elif form == "json":
        click.echo(json.dumps([_listed(loaded, key) for key in keys], ensure_ascii=False, indent=1))
    else:
        _print_table(loaded, keys)


@lexicon.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[FILE...]")
def check_lexicon(files: tuple[Path, ...]) -> None:
    """Check the shipped lexicon and codebooks, or lexicon and codebook files of your own (FILE, YAML).

    Every mistake is named with file and line on stderr. Warnings do not change the exit status; mistakes make it 2.
    """
    from lang_audit.codebook import codebook_names
    from lang_audit.codebook_check import check_codebook, is_codebook
    from lang_audit.errors import LexiconError
    from lang_audit.lexicon_check import Checked, check

    books = [str(path) for path in files if is_codebook(path)] if files else codebook_names()
    terms = tuple(path for path in files if not is_codebook(path))
    try:
        checked = check(terms) if terms or not files else Checked(0, 0, [])
        warnings = checked.warnings + [warning for book in books for warning in check_codebook(book)]
    except LexiconError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        click.echo(f"{_count(len(error.problems), 'mistake')}. Nothing was loaded.", err=True)
        sys.exit(MISTAKES)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    counts = [_count(checked.files + len(books), "file"), _count(checked.entries, "entry", "entries")]
    counts += [_count(len(books), "codebook")] if books else []
    click.echo(f"{', '.join(counts)}, no mistakes, {_count(len(warnings), 'warning')}.")


@lexicon.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "vale", "retext-equality"]),
    required=True,
    help="What to write.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File, or for vale a folder (default: stdout; not for vale).",
)
@click.option("--force", is_flag=True, help="Write into a folder that is not empty.")
def export(form: str, output: Path | None, force: bool) -> None:
    """Export the lexicon: a table (csv), all of it (json), or rules for the linters Vale and retext-equality."""
    from lang_audit.lexicon import load_lexicon

    if form == "vale" and output is None:
        raise click.UsageError("A Vale style is a folder. Name it with -o.")
    loaded = load_lexicon()
    if form == "vale" and output:
        _export_folder(loaded, output, force)
        return
    text = _exported(loaded, form)
    if output is None:
        click.echo(text, nl=False)
        return
    from lang_audit.lexicon_export import write_file

    write_file(output, text)
    click.echo(f"{_count(len(loaded), 'entry', 'entries')} written to {output}", err=True)


def _exported(loaded: Lexicon, form: str) -> str:
    from lang_audit.lexicon_export import as_csv, as_json

    if form == "retext-equality":
        from lang_audit.lexicon_linters import as_retext

        return as_retext(loaded)
    return as_csv(loaded) if form == "csv" else as_json(loaded)


def _export_folder(loaded: Lexicon, folder: Path, force: bool) -> None:
    from lang_audit.lexicon_export import write_folder
    from lang_audit.lexicon_linters import STYLE, vale_files

    files = vale_files(loaded)
    write_folder(folder, files, force=force, stale=f"{STYLE}/*.yml")
    click.echo(
        f"{_count(len(loaded), 'entry', 'entries')} written as {len(files) - 2} Vale rules to {folder}", err=True
    )


def _nothing(asked: str, loaded: Lexicon, close: list[tuple[str, str]]) -> str:
    from lang_audit.explain import suggested_for

    said = f"lang-audit: the lexicon has no term “{asked}”."
    instead_of = suggested_for(loaded, asked)
    if instead_of:
        said += f" It is what the lexicon suggests, for instance instead of {', '.join(f'“{term}”' for term in instead_of)}."
    elif close:
        said += " Did you mean:\n" + "\n".join(f"  {term}  ({key})" for term, key in close)
    else:
        said += " That is no approval of it: the lexicon holds only what guidelines name. See lang-audit lexicon list."
    return said


def _domain(loaded: Lexicon, name: str) -> str:
    for key, title in loaded.domains.items():
        if name.casefold() in (key, title.casefold()):
            return key
    raise click.BadParameter(
        f"{name!r} is no domain; the domains are {', '.join(loaded.domains)}.", param_hint="--domain"
    )


def _listed(loaded: Lexicon, key: str) -> dict[str, object]:
    entry = loaded.entries[key]
    return {
        "id": key,
        "domain": key.split("/")[0],
        "severity": entry.severity,
        "decision": entry.decision,
        "category": entry.category,
        "terms": entry.phrases,
    }


def _print_table(loaded: Lexicon, keys: list[str]) -> None:
    longest = max(map(len, keys), default=0)
    cut = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for key in keys:
        entry = loaded.entries[key]
        row = f"{key:<{longest}}  {entry.severity:<12}  {entry.decision:<5}  {', '.join(entry.phrases)}"
        click.echo(row if cut is None or len(row) <= cut else f"{row[: cut - 1]}…")
    click.echo(f"{_count(len(keys), 'entry', 'entries')}.", err=True)


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST) if sys.stdout.isatty() else _PLAIN_WIDTH
