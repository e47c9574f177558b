"""What `check` says on a terminal: a line a remark, grouped by file, and a last line that sums up."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import click

from lang_audit.manuscript.checked import LEVELS, CheckedFile, FilePlace, Passed, Remark, totals
from lang_audit.model import Finding
from lang_audit.settings import Settings

_COLOURS = {"pejorative": "red", "stigmatising": "yellow", "outdated": "blue", "query": "cyan"}
_NARROWEST, _WIDEST = 60, 120
_INDENT = "    "


def terminal_lines(
    file: CheckedFile, settings: Settings, verbose: bool = False, show_exempt: bool = False
) -> Iterator[str]:
    """What to print of one file, nothing where there is nothing to say. Styled; `click.echo` takes the styles off for files."""
    problems = file.record.problems
    passed = file.passed if show_exempt else ()
    if not (file.remarks or problems or passed):
        return
    yield click.style(file.path, bold=True, underline=True)
    for problem in problems:
        label = "not read" if file.record.status == "failed" else "note"
        yield from _wrapped(
            f"  {click.style(label, fg='red' if label == 'not read' else 'magenta')}  ",
            f"{problem.message} {problem.remedy}",
        )
    shown = list(_together(file.remarks, apart=verbose))
    wide = max((len(_where(remark.place, file.path)) for remark, _ in shown), default=0)
    explained: set[str] = set()
    for remark, others in shown:
        yield from _remark(remark, file.path, wide)
        if verbose or remark.message not in explained:  # what is wrong with a term is said once a file
            yield from _wrapped(_INDENT, remark.message if verbose else _first_sentence(remark.message))
            explained.add(remark.message)
        if others:
            yield from _wrapped(f"{_INDENT}also at ", ", ".join(_also([remark, *others], file.path)))
        if verbose and remark.finding:
            yield from _details(remark.finding, settings)
    if passed:
        yield click.style("  let pass:", dim=True)
        for one in passed:
            yield from _passed(one, file.path)
    yield ""


def summary_line(files: Sequence[CheckedFile]) -> str:
    """How much was said of how many files: "3 remarks in 2 of 5 files: 1 pejorative, 2 stigmatising."."""
    counts = totals(files)
    number = sum(counts.values())
    failed = sum(file.record.status == "failed" for file in files)
    not_read = f" {_files(failed)} could not be read." if failed else ""
    if not number:
        read = len(files) - failed
        return f"{_files(read)} checked, nothing to remark.{not_read}" if read else not_read.strip()
    concerned = sum(bool(file.remarks) for file in files)
    where = _files(concerned) if concerned == len(files) else f"{concerned} of {_files(len(files))}"
    levels = ", ".join(f"{counts[level]} {level}" for level in LEVELS if counts[level])
    return f"{_remarks(number)} in {where}: {levels}.{not_read}"


def _together(remarks: Sequence[Remark], apart: bool) -> Iterator[tuple[Remark, list[Remark]]]:
    """Each remark that is not the same as one before, with those that are; every one by itself where `apart`."""
    groups: dict[object, list[Remark]] = {}
    for k, remark in enumerate(remarks):
        same = (remark.rule, remark.text.casefold(), remark.suggestion, remark.level)
        groups.setdefault(k if apart else same, []).append(remark)
    for first, *others in groups.values():
        yield first, others


def _remark(remark: Remark, path: str, wide: int) -> Iterator[str]:
    where = _where(remark.place, path).rjust(wide)
    level = click.style(f"{remark.level:<12}", fg=_COLOURS[remark.level])
    words = click.style(f"“{remark.text}”", bold=True)
    instead = f" → {click.style(remark.suggestion, fg='green')}" if remark.suggestion else ""
    yield f"  {click.style(where, dim=True)}  {level}  {words}{instead}  {click.style(f'[{remark.rule}]', dim=True)}"


def _details(finding: Finding, settings: Settings) -> Iterator[str]:
    yield from _wrapped(f"{_INDENT}sentence   ", " ".join(finding.sentence.split()))
    if finding.rewrite:
        yield from _wrapped(f"{_INDENT}rewrite    ", " ".join(finding.rewrite.split()))
    for key in finding.sources:
        source = settings.lexicon.sources[key]
        yield from _wrapped(f"{_INDENT}guideline  ", f"{source.issuer}, {source.title} ({source.year or source.years})")


def _passed(one: Passed, path: str) -> Iterator[str]:
    words = " ".join(one.finding.text.split())
    by = f"ignored by {one.ignored_by}: " if one.ignored_by else ""
    usage = "ignored" if one.ignored_by else one.finding.usage
    yield click.style(f"    {_where(one.place, path)}  {usage}  “{words}”  [{one.finding.entry}]", dim=True)
    yield from _wrapped(f"{_INDENT}  ", by + one.reason)


def _where(place: FilePlace, path: str) -> str:
    """The place within the file: "12:34", "paragraph 7 (Methods)", "page 3"; with its name where that is another file."""
    inside = place.within
    if place.paragraph is not None and place.heading:
        inside += f" ({textwrap.shorten(place.heading, 30, placeholder='…')})"
    return inside if place.file == path else f"{place.file}:{inside}".rstrip(":")


def _also(remarks: Sequence[Remark], path: str) -> Iterator[str]:
    """The places after the first; the file is named where it is another than that of the place before."""
    for before, remark in pairwise(remarks):
        place = remark.place
        yield _where(place, place.file if place.file == before.place.file else "") or _where(place, path)


def _first_sentence(message: str) -> str:
    end = message.find(". ")
    return message if end < 0 else message[: end + 1]


def _wrapped(lead: str, words: str) -> Iterable[str]:
    width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
    lead_width = len(click.unstyle(lead))
    lines = textwrap.wrap(words, width - lead_width, break_on_hyphens=False) or [""]
    return [lead + lines[0], *(" " * lead_width + line for line in lines[1:])]


def _files(number: int) -> str:
    return f"{number} file{'s' * (number != 1)}"


def _remarks(number: int) -> str:
    return f"{number} remark{'s' * (number != 1)}"
