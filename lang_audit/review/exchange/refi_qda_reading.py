"""Reads a REFI-QDA project (.qdpx): this program's own, or one that another tool wrote of the same papers.

Nothing is unpacked to disk, no entity is resolved, and sizes are limited. Selections are found again by their GUID or place.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple, cast

from lxml import etree

from lang_audit.model import SEVERITIES, USAGES
from lang_audit.review.events import MACHINE, Choice, State
from lang_audit.review.exchange.data import Conflict, Contents, FileMistakesError, ReviewPaper
from lang_audit.review.exchange.places import Marked, best_label, contents
from lang_audit.review.exchange.refi_qda import (
    CHOICES,
    CODES,
    MACHINE_USER,
    NAMESPACE,
    PROJECT,
    REVIEW,
    TERMS,
    guid,
    label_path,
    stored_text,
)  # fmt: skip
from lang_audit.review.exchange.sheet import line
from lang_audit.review.proposals import Kind, Proposal

LARGEST: Final = 256 << 20
"""Bytes of one file of the project, unpacked."""
_Q: Final = f"{{{NAMESPACE}}}"
_INTERNAL: Final = "internal://"
_TEXTS: Final = (f"{_Q}TextSource", f"{_Q}Representation", f"{_Q}TextDescription")
_OTHERS: Final = tuple(f"{_Q}{kind}Selection" for kind in ("PDF", "Picture", "Audio", "Video"))


class _Code(NamedTuple):
    """What a code of the file stands for: a label, or a part of a decision ("usage", "quoted")."""

    kind: Kind | None
    label: str | None
    asked: str | None = None
    value: str | None = None


class _Note(NamedTuple):
    user: str | None
    asked: str
    text: str


def read(name: str, content: bytes, papers: Sequence[ReviewPaper], state: State, who: str | None) -> Contents:
    """What a project holds of `papers`; `name` is for messages. Raises FileMistakesError where it is no such project.

    With `who`, all that users did whom the review does not know is taken as theirs, unless the file has a user of that name.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content))
        root = _parsed(_part(name, parts, _project_name(name, parts)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileMistakesError([f"{name}: is no REFI-QDA project (.qdpx): {error}."]) from error
    except etree.XMLSyntaxError as error:
        raise FileMistakesError([f"{name}: {PROJECT}: is not well-formed: {error}."]) from error
    if root.tag != f"{_Q}Project":
        raise FileMistakesError([f"{name}: {PROJECT}: is no REFI-QDA project of schema {NAMESPACE}."])
    return _Project(name, parts, root, papers, state, who).contents()


def _project_name(name: str, parts: zipfile.ZipFile) -> str:
    found = [one for one in parts.namelist() if one.lower().endswith(".qde")]
    if not found:
        raise FileMistakesError([f"{name}: holds no {PROJECT}: it is no REFI-QDA project."])
    return PROJECT if PROJECT in found else found[0]


def _part(name: str, parts: zipfile.ZipFile, part: str) -> bytes:
    with parts.open(part) as file:
        content = file.read(LARGEST + 1)  # what the archive says of its sizes is not to be trusted
    if len(content) > LARGEST:
        raise FileMistakesError([f"{name}: {part}: is larger than {LARGEST >> 20} MiB."])
    return content


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)


class _Project:
    def __init__(
        self, name: str, parts: zipfile.ZipFile, root: Any, papers: Sequence[ReviewPaper], state: State, who: str | None,
    ) -> None:  # fmt: skip
        self.name, self.parts, self.root, self.papers, self.state = name, parts, root, papers, state
        self.proposals: dict[str, Proposal] = {one.id: one for paper in papers for one in paper.proposals}
        self.proposals |= dict(state.added)
        self.by_selection = {guid("selection", one): one for one in self.proposals}
        self.labels = self._labels()
        self.users = self._users(who, {MACHINE, *state.decisions, *([who] if who else [])})
        self.codes = dict(self._codes(root.find(f"{_Q}CodeBook/{_Q}Codes"), ()))
        self.notes = self._notes()
        self.ours = (root.get("origin") or "").startswith(MACHINE_USER)
        self.nobody = who or ""
        self.left: list[Conflict] = []

    def contents(self) -> Contents:
        marks = [mark for source in self.root.iter(*_TEXTS) for mark in self._marks(source)]
        self.left += [
            Conflict(where=self._where(one), why="only selections in text are read, this one is in a picture or recording",
                     who="", proposal="")
            for one in self.root.iter(*_OTHERS)
            if one.find(f"{_Q}Coding") is not None
        ]  # fmt: skip
        found = contents(marks, self.papers, self.state.added)
        return found.model_copy(update={"left": (*self.left, *found.left)})

    def _labels(self) -> dict[str, Kind]:
        found: dict[str, Kind] = {one.label: one.kind for one in self.proposals.values()}
        for values in self.state.decisions.values():
            for name, value in values.items():
                if value.label and name in self.proposals:
                    found.setdefault(value.label, self.proposals[name].kind)
        return found

    def _users(self, who: str | None, known: set[str]) -> dict[str, str]:
        ours = {guid("user", one): one for one in known}
        named = {line(one): one for one in known} | {MACHINE_USER: MACHINE}
        found = {}
        strangers = {}
        for user in self.root.iterfind(f"{_Q}Users/{_Q}User"):
            name, key = line(user.get("name") or user.get("id") or ""), _plain_guid(user.get("guid"))
            if key in ours or name in named:
                found[key] = ours.get(key) or named[name]
            else:
                strangers[key] = name or key
        if who is not None and who not in found.values():
            strangers = dict.fromkeys(strangers, who)
        return found | strangers

    def _codes(self, parent: Any, path: tuple[str, ...]) -> Iterator[tuple[str, _Code]]:
        for code in parent.iterfind(f"{_Q}Code") if parent is not None else ():
            here = (*path, line(code.get("name") or "") or "code")
            yield _plain_guid(code.get("guid")), self._code(here)
            yield from self._codes(code, here)

    def _code(self, path: tuple[str, ...]) -> _Code:
        if path[0] == REVIEW:
            if len(path) == 2 and path[1] in CHOICES:
                return _Code(None, None, "choice", path[1])
            if len(path) == 3 and path[2] in {"usage": USAGES, "severity": SEVERITIES}.get(path[1], ()):
                return _Code(None, None, path[1], path[2])
        ours: dict[str, Kind] = {TERMS: "finding", CODES: "code"}
        if path[0] in ours and len(path) > 1:
            kind = ours[path[0]]
            same = next((one for one in self.labels if label_path(kind, one) == path), None)
            return _Code(kind, same or "/".join(path[1:]))
        kind, label = best_label(path, self.labels)
        return _Code(self.labels.get(label, kind), label)

    def _notes(self) -> dict[str, _Note]:
        found = {}
        for note in self.root.iterfind(f"{_Q}Notes/{_Q}Note"):
            text = self._text(note)
            if text:
                asked = "reason" if (note.get("name") or "").startswith("Reason") else "note"
                user = _plain_guid(note.get("creatingUser")) or None
                found[_plain_guid(note.get("guid"))] = _Note(user, asked, text.strip())
        return found

    def _text(self, source: Any) -> str | None:
        """The text of a source or note; None where the file does not have it."""
        inside = source.findtext(f"{_Q}PlainTextContent")
        if inside is not None:
            return cast("str", inside)
        path = source.get("plainTextPath") or ""
        if not path.startswith(_INTERNAL):
            return None
        wanted = PurePath(path.removeprefix(_INTERNAL)).name.casefold()
        part = next((one for one in self.parts.namelist() if PurePath(one).name.casefold() == wanted), None)
        return _part(self.name, self.parts, part).decode("utf-8-sig", "replace") if part else None

    def _where(self, element: Any) -> str:
        return f"{self.name}: {etree.QName(element).localname} {element.get('name') or element.get('guid')!r}"

    def _marks(self, source: Any) -> Iterator[Marked]:
        selections = source.findall(f"{_Q}PlainTextSelection")
        if not selections:
            return
        text = self._text(source)
        paper = self._paper(source, text)
        for selection in selections:
            where = self._where(selection)
            if paper is None:
                why = "it stands in a source that is no paper of this review"
                self.left += [Conflict(where=where, why=why, who="", proposal="")]
                continue
            try:
                start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            except (TypeError, ValueError):
                raise FileMistakesError([f"{where}: startPosition and endPosition must be whole numbers."]) from None
            place = _placed(text, paper.text, start, end)
            if place is None:
                self.left += [Conflict(where=where, why="its words are not in the paper", who="", proposal="")]
                continue
            yield from self._marks_of(selection, where, paper.key, *place)

    def _paper(self, source: Any, text: str | None) -> ReviewPaper | None:
        """The paper that a source is: by GUID, by text, else by title or file name."""
        key = _plain_guid(source.get("guid"))
        for paper in self.papers:
            if guid("source", paper.key) == key:
                return paper
        if text is not None:
            for paper in self.papers:
                if paper.text and stored_text(paper.text) == text:
                    return paper
        name = line(source.get("name") or "")
        named = [
            paper
            for paper in self.papers
            if name
            and name
            in (line(paper.title or ""), paper.source, PurePath(paper.source).name, PurePath(paper.source).stem)
        ]
        return named[0] if len(named) == 1 else None

    def _marks_of(self, selection: Any, where: str, paper: str, start: int, end: int) -> Iterator[Marked]:
        """One mark for each person and label; what else the person decided goes with the first."""
        proposal = self.by_selection.get(_plain_guid(selection.get("guid")))
        given: dict[str, list[_Code]] = {}
        notes: dict[str, dict[str, list[str]]] = {}
        maker = self._user(selection.get("creatingUser"), self.nobody)
        for coding in selection.iterfind(f"{_Q}Coding"):
            ref = coding.find(f"{_Q}CodeRef")
            code = self.codes.get(_plain_guid(ref.get("targetGUID"))) if ref is not None else None
            if code is None:
                raise FileMistakesError([f"{where}: has a coding whose code is not in the code book."])
            given.setdefault(self._user(coding.get("creatingUser"), maker), []).append(code)
        for ref in selection.iter(f"{_Q}NoteRef"):
            if note := self.notes.get(_plain_guid(ref.get("targetGUID"))):
                notes.setdefault(self._user(note.user, maker), {}).setdefault(note.asked, []).append(note.text)
        group = _plain_guid(selection.get("guid")) if self.ours and proposal is None else None
        for who in sorted(dict.fromkeys((*given, *notes)), key=lambda one: one != maker):
            if who == MACHINE or not who:
                continue
            codes = given.get(who, [])
            own = self.proposals[proposal].label if proposal else None
            labels = [code for code in codes if code.label]
            labels.sort(key=lambda code: code.label != own)  # stable: the proposed one first
            said = {code.asked: code.value for code in codes if code.asked}
            changed = labels[1] if self.ours and who == maker and len(labels) == 2 else None
            foreign = proposal is not None and "choice" not in said and any(code.label == own for code in labels)
            words = {asked: "\n".join(texts) for asked, texts in notes.get(who, {}).items()}
            first = labels[0] if labels else None
            now = changed or first
            yield Marked(
                where=where, who=who, paper=paper, start=start, end=end, proposal=proposal, group=group,
                adds=first.label if changed and first else None,
                kind=first.kind or "code" if first else "code", label=now.label if now else None,
                choice=cast("Choice | None", said.get("choice") or ("accepted" if foreign else None)),
                usage=cast("Any", said.get("usage")), severity=cast("Any", said.get("severity")),
                note=words.get("note"), reason=words.get("reason"),
            )  # fmt: skip
            for code in labels[2 if changed else 1 :]:
                yield Marked(where=where, who=who, paper=paper, start=start, end=end,
                             kind=code.kind or "code", label=code.label)  # fmt: skip

    def _user(self, key: str | None, otherwise: str) -> str:
        return self.users.get(_plain_guid(key), otherwise) if key else otherwise


def _plain_guid(text: str | None) -> str:
    return (text or "").strip().strip("{}").lower()


def _placed(told: str | None, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where in `text` the words stand that are `start:end` of `told`: the same place, else the nearest."""
    if not 0 <= start < end:
        return None
    if told is None:
        return (start, end) if end <= len(text) else None
    words, ours = told[start:end], stored_text(text)
    if ours[start:end] == words:
        return start, end
    if not words.strip():
        return None
    before, after = ours.rfind(words, 0, start + len(words)), ours.find(words, start)
    found = [at for at in (before, after) if at >= 0]
    if not found:
        return None
    at = min(found, key=lambda one: abs(one - start))
    return at, at + len(words)
