"""`lang-audit agree`: how far reviewers agree, from files that they exported or filled in; no server is needed."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lang_audit.review.agreement import Agreement, Figure
    from lang_audit.review.comparison import Compared, Disagreement
    from lang_audit.review.events import State
    from lang_audit.review.exchange import Contents
    from lang_audit.review.proposals import Proposal

_WIDTH = 100
_FIGURES = (
    ("raw", "raw agreement"),
    ("kappa", "Cohen's kappa"),
    ("alpha", "Krippendorff's alpha"),
    ("ac1", "Gwet's AC1"),
)
_FORMS = (".csv", ".xlsx", ".json")
_OTHER_FORM = (
    "agreement is counted from tables (.csv, .xlsx) and JSON of lang-audit review. Import this file there first."
)
_METHOD = (
    "Counted on what lang-audit proposed and what reviewers added, not on the text in between, which would distort kappa. "
    "In brackets: 95 % intervals (Wilson for the raw agreement of two, else 2,000 resamples of the units). Usage, severity and "
    "entry: only of findings that were not rejected."
)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE..."
)
@click.option("--rater", "only", multiple=True, metavar="NAME", help="Only these raters; may be given several times.")
@click.option("--no-machine", is_flag=True, help="Leave out how far each rater agrees with the program.")
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True, help="To stdout."
)
@click.option(
    "--disagreements",
    "listed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write a table (.csv) of all that raters do not agree on, with the sentences.",
)
def agree(files: tuple[Path, ...], only: tuple[str, ...], no_machine: bool, form: str, listed: Path | None) -> None:
    """How far reviewers agree, from tables, workbooks or JSON that lang-audit review exported (FILE...).

    Each file may hold one reviewer's decisions or those of several. The program counts as one more rater.
    """
    from lang_audit.commands.extra import require

    require("agree", "krippendorff", "sklearn")
    from lang_audit.errors import ConfigError
    from lang_audit.review.comparison import compare, disagreements
    from lang_audit.review.exchange import read_contents

    proposals, state = _together([(file, read_contents(file)) for file in files])
    raters = [rater for rater in state.decisions if not only or rater in only]
    for name in only:
        if name not in raters:
            raise ConfigError(
                f"--rater {name}: the files have no decisions of this name, only of: {_names(state.decisions)}."
            )
    if not raters or (len(raters) < 2 and no_machine):
        raise ConfigError(f"The files hold decisions of {_names(raters) or 'nobody'}; agreement needs two raters.")
    found = compare(proposals, state, raters, machine=not no_machine)
    apart = disagreements(proposals, state, raters)
    if listed:
        _write(listed, _disagreement_table(apart, raters))
    if form == "json":
        click.echo(json.dumps(_as_json(found), indent=1))
    elif form == "csv":
        click.echo(_as_csv(found), nl=False)
    else:
        _print(found)
    where = f"; listed in {listed}" if listed else "; --disagreements FILE.csv lists them" if apart else ""
    click.echo(f"{len(apart)} disagreement{'s' * (len(apart) != 1)} between {_names(raters)}{where}.", err=True)


def _names(raters: Iterable[str]) -> str:
    return ", ".join(raters)


def _together(files: Sequence[tuple[Path, Contents]]) -> tuple[list[Proposal], State]:
    """All files as one review. Raises ConfigError for mistakes, and where two files say differently of one person's decision."""
    from lang_audit.errors import ConfigError
    from lang_audit.review.events import CONSENSUS, EMPTY, MACHINE, Value

    mistakes = [mistake for _, contents in files for mistake in contents.mistakes]
    mistakes += [
        f"{file}: {_OTHER_FORM}" for file, contents in files if file.suffix.lower() not in _FORMS or contents.left
    ]
    proposals: dict[str, Proposal] = {}
    added: dict[str, Proposal] = {}
    added_by: dict[str, str] = {}
    decisions: dict[str, dict[str, Value]] = {}
    places: dict[tuple[str, str], str] = {}
    released: set[tuple[str, str]] = set()
    for _, contents in files:
        released |= contents.released
        for one in contents.proposals:
            proposals.setdefault(one.id, one)
        for given in contents.read:
            if given.who in (CONSENSUS, MACHINE):
                continue
            if given.added:
                added[given.proposal], added_by[given.proposal] = given.added, given.who
            if given.value == Value():
                continue
            mine = decisions.setdefault(given.who, {})
            if mine.setdefault(given.proposal, given.value) != given.value:
                before = places[given.who, given.proposal]
                mistakes.append(
                    f"{given.where}: {given.who} says otherwise of the same proposal in {before}. "
                    "Give each reviewer's newest file."
                )
            places.setdefault((given.who, given.proposal), given.where)
    if mistakes:
        raise ConfigError("\n".join(mistakes[:50]))
    told = {"decisions": decisions, "released": frozenset(released), "added": added, "added_by": added_by}
    state = EMPTY.model_copy(update=told)
    return [one for name, one in proposals.items() if name not in added], state


def _print(found: Sequence[Compared]) -> None:
    group: tuple[str, ...] = ()
    for one in found:
        if one.agreement.raters != group:
            group = one.agreement.raters
            click.echo(f"\n{' and '.join(group) if len(group) == 2 else _names(group)}")
        click.echo(_block(one))
    click.echo()
    click.echo(textwrap.fill(_METHOD, _WIDTH))


def _block(one: Compared) -> str:
    agreed = one.agreement
    units = f"{agreed.units} unit{'s' * (agreed.units != 1)}"
    lines = [f"  {one.dimension}: {units}, all who decided agree on {agreed.agreed}"]
    lines += [f"    {title:22}{_shown(getattr(agreed, name))}" for name, title in _FIGURES if agreed.units > 1]
    for note in agreed.notes:
        lines.append(textwrap.fill(note, _WIDTH, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(lines)


def _shown(figure: Figure) -> str:
    from lang_audit.review.agreement import shown

    if figure.value is None or figure.interval is None:
        return str(figure)
    return f"{figure!s:>6}  ({shown(figure.interval.low)} to {shown(figure.interval.high)})"


def _as_json(found: Sequence[Compared]) -> list[dict[str, Any]]:
    return [{"dimension": one.dimension, **one.agreement.model_dump(mode="json")} for one in found]


def _as_csv(found: Sequence[Compared]) -> str:
    from lang_audit.report.safe_cells import harmless

    held = io.StringIO(newline="")
    out = csv.writer(held)
    ends = [f"{name} {end}" for name, _ in _FIGURES for end in ("", "low", "high")]
    out.writerow(["raters", "dimension", "units", "agreed", *(end.strip() for end in ends), "notes"])
    for one in found:
        agreed = one.agreement
        cells = [cell for name, _ in _FIGURES for cell in _numbers(agreed, name)]
        told = [harmless(" / ".join(agreed.raters)), harmless(one.dimension), agreed.units, agreed.agreed]
        out.writerow([*told, *cells, harmless(" ".join(agreed.notes))])
    return held.getvalue()


def _numbers(agreed: Agreement, name: str) -> tuple[str, str, str]:
    figure: Figure = getattr(agreed, name)
    low, high = figure.interval or (None, None)
    value, low_, high_ = ("" if one is None else f"{one:.4f}" for one in (figure.value, low, high))
    return value, low_, high_


def _disagreement_table(apart: Sequence[Disagreement], raters: Sequence[str]) -> bytes:
    from lang_audit.report.safe_cells import harmless

    held = io.StringIO(newline="")
    out = csv.writer(held)
    out.writerow(["id", "paper", "kind", "proposed label", "text", "sentence", *map(harmless, raters), "notes"])
    for one in apart:
        proposal = one.proposal
        notes = "; ".join(f"{who}: {text}" for who, text in one.notes)
        cells = (proposal.paper, proposal.kind, proposal.label, proposal.text, proposal.sentence)
        said = (said or "" for _, said in one.said)
        out.writerow([f"#{proposal.id}", *map(harmless, cells), *map(harmless, said), harmless(notes)])
    return held.getvalue().encode("utf-8-sig", "replace")


def _write(path: Path, content: bytes) -> None:
    from lang_audit.errors import ConfigError

    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}.") from error
