"""Mending one manuscript in memory: change what may be changed, read the result again, until nothing is left to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lang_audit.audit import audit_paper
from lang_audit.manuscript.changes import Change, Draft, Edit
from lang_audit.manuscript.checked import CheckedFile, Remark
from lang_audit.manuscript.docx_comments import PartComment, with_comments
from lang_audit.manuscript.docx_edits import PartEdit, WordText, with_tracked_changes
from lang_audit.manuscript.fixes import plan
from lang_audit.manuscript.rechecking import checked_again
from lang_audit.manuscript.text_edits import SourceEdit, TextFile, same_words, source_edit, unified_diff
from lang_audit.model import Appraisal, Finding
from lang_audit.settings import Settings

ROUNDS = 5
COPY = ".lang-audit"
"""What the name of a DOCX file's mended copy has before its ending."""

_MOST_GUIDELINES = 3  # in a comment: the report names all


class OutOfDateError(Exception):
    """The file no longer holds what was read from it."""


@dataclass(frozen=True)
class Mended:
    """A manuscript with its changes: what there is to say of it then, and the bytes to write.

    `fixed` and `could` count terms: those that were mended, and those that `--unsafe` would try. `files` are the new contents of
    files, `was` what they held (a copy, which is new, is not in it).
    """

    file: CheckedFile
    fixed: int = 0
    could: int = 0
    diff: str = ""
    files: Mapping[Path, bytes] = field(default_factory=dict)
    was: Mapping[Path, bytes] = field(default_factory=dict)


def mended_text(file: CheckedFile, path: Path, settings: Settings, *, unsafe: bool) -> Mended:
    """A text manuscript, and the files that it takes in, with every change made that is safe (`unsafe`: that there is).

    Raises OutOfDateError where a file was changed since it was checked, UnreadableError and OSError where one cannot be read,
    ValueError where its encoding cannot be kept.
    """
    was: dict[Path, bytes] = {}
    now: dict[Path, bytes] = {}
    fixed = 0
    for _ in range(ROUNDS):
        sources = _Sources(file, path, was, now)
        draft, count = _drafted(file, settings, sources.possible, unsafe=unsafe)
        if not count:
            break
        now |= sources.with_edits(draft)
        fixed += count
        file = checked_again(path, now, settings, file.path)
        if file.record.appraisal is None:
            raise ValueError("With its terms mended the file could not be read again.")
    could = 0 if unsafe else _could(file, settings, _Sources(file, path, was, now).possible)
    folder = Path(file.path).parent
    diff = "".join(
        unified_diff(TextFile(was[p]).text, TextFile(data).text, _name(p, path, folder)) for p, data in now.items()
    )
    return Mended(file, fixed, could, diff, now, {p: was[p] for p in now})


def mended_docx(
    file: CheckedFile, path: Path, settings: Settings, *, unsafe: bool, fix: bool = True, comment: bool = False
) -> Mended:
    """A DOCX manuscript's copy, with tracked changes (`fix`), and with comments on what is left (`comment`).

    Raises UnreadableError and OSError where it cannot be read, ValueError where a change cannot be written.
    """
    data = path.read_bytes()
    was, fixed, could, diff = data, 0, 0, ""
    copy = path.with_name(f"{path.stem}{COPY}{path.suffix}")
    shown = str(Path(file.path).with_name(copy.name))
    appraisal = file.record.appraisal
    if appraisal is not None and fix:
        words = WordText(data)

        def possible(edit: Edit) -> bool:
            place = source_edit(appraisal.paper, edit)
            return place is not None and place.part is not None and words.editable(place.part, place.at, place.upto)

        draft, fixed = _drafted(file, settings, possible, unsafe=unsafe)
        if fixed:
            places = [place for edit in draft.edits if (place := source_edit(appraisal.paper, edit))]
            data = with_tracked_changes(data, [PartEdit(p.part or "", p.at, p.upto, p.new) for p in places])
            diff = unified_diff(_paragraphs(Draft(appraisal.paper)), _paragraphs(draft), file.path)
            # What is left is told of the copy, which has it at the same places.
            file = checked_again(path, {path: data}, settings, shown)
            if file.record.appraisal is None:
                raise ValueError("With its terms mended the file could not be read again.")
        if not unsafe:
            could = _could(file, settings, lambda edit: True)
    if comment and file.record.appraisal is not None:
        comments = [c for remark in file.remarks if (c := _comment(remark, file.record.appraisal, settings))]
        if comments:
            data = with_comments(data, comments)
    return Mended(file, fixed, could, diff, {copy: data} if data != was else {}, {path: was})


class _Sources:
    """The files of a text manuscript as they are now, read once."""

    def __init__(self, file: CheckedFile, path: Path, was: dict[Path, bytes], now: Mapping[Path, bytes]) -> None:
        self._path = path
        self._was = was
        self._now = now
        self._files: dict[Path, TextFile] = {}
        appraisal = file.record.appraisal
        self._paper = appraisal.paper if appraisal else None

    def possible(self, edit: Edit) -> bool:
        """Whether an edit of the paper's text can be made in a file."""
        place = self._place(edit)
        return place is not None and self._of(place.part).holds(place.new)

    def with_edits(self, draft: Draft) -> dict[Path, bytes]:
        """The files that a draft changes, with its edits made."""
        by_file: dict[Path, list[SourceEdit]] = {}
        for edit in draft.edits:
            if place := self._place(edit):
                by_file.setdefault(self._file(place.part), []).append(place)
        return {file: self._files[file].with_edits(places) for file, places in by_file.items()}

    def _place(self, edit: Edit) -> SourceEdit | None:
        paper = self._paper
        first = next(iter(paper.origins_of(min(edit.start, edit.end - 1), edit.end)), None) if paper else None
        if paper is None or first is None:
            return None
        source = self._of(first.part).text
        place = source_edit(paper, edit, source)
        if place is not None and not same_words(paper, edit, place, source):
            raise OutOfDateError
        return place

    def _file(self, part: str | None) -> Path:
        return self._path if part is None else self._path.parent / part

    def _of(self, part: str | None) -> TextFile:
        file = self._file(part)
        if file not in self._files:
            if file not in self._was:
                self._was[file] = file.read_bytes()
            self._files[file] = TextFile(self._now.get(file, self._was[file]))
        return self._files[file]


def _drafted(
    file: CheckedFile, settings: Settings, possible: Callable[[Edit], bool], *, unsafe: bool
) -> tuple[Draft, int]:
    """A manuscript's text with its changes, and how many terms they mend. What is not remarked on stays as it stands."""
    appraisal = file.record.appraisal
    if appraisal is None:
        raise ValueError("There is nothing to mend in a file that was not read.")
    todo = [remark.finding for remark in file.remarks if remark.finding]
    wanted = {(finding.start, finding.end) for finding in todo}
    let_pass = {(f.start, f.end) for f in appraisal.findings} - wanted
    draft = Draft(appraisal.paper)
    count = 0
    for _ in range(ROUNDS):
        changes = _changes(appraisal, settings, todo, draft, let_pass, possible)
        changes = [change for change in changes if unsafe or change.safe]
        if not changes:
            break
        draft = draft.with_edits(edit for change in changes for edit in change.edits)
        count += sum(len(change.findings) for change in changes)
        again = audit_paper(draft.paper(), settings=settings).appraisal
        if again is None:
            break
        appraisal, taken = again, draft.places(let_pass)
        todo = [f for f in appraisal.findings if f.decision != "exempt" and (f.start, f.end) not in taken]
    return draft, count


def _changes(
    appraisal: Appraisal,
    settings: Settings,
    todo: list[Finding],
    draft: Draft,
    let_pass: set[tuple[int, int]],
    possible: Callable[[Edit], bool],
) -> list[Change]:
    return plan(
        appraisal,
        settings.lexicon,
        todo,
        taken=draft.places(let_pass),
        possible=lambda edit: possible(draft.in_original(edit)),
    )


def _could(file: CheckedFile, settings: Settings, possible: Callable[[Edit], bool]) -> int:
    """How many of the terms left have a rewrite that is not safe."""
    _, count = _drafted(file, settings, possible, unsafe=True) if file.remarks else (None, 0)
    return min(count, sum(remark.finding is not None for remark in file.remarks))


def _comment(remark: Remark, appraisal: Appraisal, settings: Settings) -> PartComment | None:
    """A Word comment that says why, what instead, and by which guideline; None where the words have no place in the file."""
    finding = remark.finding
    origins = appraisal.paper.origins_of(finding.start, finding.end) if finding else ()
    if finding is None or not origins or origins[0].part is None:
        return None
    own = [origin for origin in origins if origin.part == origins[0].part]
    lines = [f"{remark.message} [{remark.rule}]"]
    if finding.suggestion:
        lines.append(f"Write instead: {finding.suggestion}")
    for key in finding.sources[:_MOST_GUIDELINES]:
        source = settings.lexicon.sources[key]
        lines.append(f"Guideline: {source.issuer}, {source.title} ({source.year or source.years})")
    return PartComment(origins[0].part, own[0].at, own[-1].upto, "\n".join(lines))


def _paragraphs(draft: Draft) -> str:
    paper = draft.paper()
    return "".join(f"{' '.join(paper.text[p.start : p.end].split())}\n" for p in paper.passages)


def _name(file: Path, path: Path, folder: Path) -> str:
    return (folder / file.relative_to(path.parent)).as_posix()
