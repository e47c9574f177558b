"""What a run shows of the printed pages of each paper: the annotated copy, pictures of lines, and where links lead.

A report is complete without any of them, so what cannot be made is told and the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lang_audit.errors import UnreadableError
from lang_audit.lexicon import Lexicon
from lang_audit.model import Finding, Record
from lang_audit.report.apart import StoppedError, apart
from lang_audit.report.evidence import PageLink, Picture, PictureKey, PictureOf, address_of, page_link, picture_key

FOLDER: Final = "annotated"


@dataclass(frozen=True, slots=True)
class Shown:
    """Where links to the pages of a paper lead, its pictures (None where none are wanted), and its annotated copy."""

    link: PageLink
    picture: PictureOf | None = None
    copy: str | None = None


@dataclass(slots=True)
class _Made:
    copy: Path | None = None
    pictures: dict[PictureKey, Picture] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)


class PageEvidence:
    """Makes what was asked for: `annotate` for copies with marks, `thumbnails` for pictures of lines.

    `scanned` names the file that the text was taken from where that is not the input itself (the copy that OCR made, which is
    removed once it was used). `tell` gets a line of text for each thing that could not be made.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        annotate: bool = False,
        thumbnails: bool = False,
        scanned: Callable[[str], Path | None] = lambda path: None,
        tell: Callable[[str], object] = lambda message: None,
    ) -> None:
        self._lexicon = lexicon
        self._annotate = annotate
        self._thumbnails = thumbnails
        self._scanned = scanned
        self._tell = tell

    def of(self, record: Record, folder: Path, name: str) -> Shown:
        """What there is of the paper whose report is called `name` and stands in `folder`."""
        made = _Made()
        if self._annotate or self._thumbnails:
            made = self._make(record, folder / FOLDER / f"{name}.pdf")
        for message in made.untold:
            self._tell(f"{record.path}: {message}")
        link = page_link(record, folder, made.copy)
        copy = address_of(made.copy, folder) if made.copy else None
        if not self._thumbnails or record.appraisal is None or not record.appraisal.paper.pages:
            return Shown(link, copy=copy)

        def picture(finding: Finding) -> Picture | None:
            return made.pictures.get(picture_key(finding))

        return Shown(link, picture, copy)

    def _make(self, record: Record, target: Path) -> _Made:
        made = _Made()
        if record.appraisal is None or not record.appraisal.paper.pages:
            return made
        kept = self._scanned(record.path)
        source = kept if kept is not None and kept.is_file() else None

        def work() -> Iterator[object]:
            if self._annotate:
                yield self._annotated(record, target, source)
            if self._thumbnails:
                from lang_audit.report.thumbnails import pictures_of

                yield pictures_of(record, source)

        self._load()
        try:
            for value in apart(work):
                match value:
                    case Path():
                        made.copy = value
                    case dict():
                        made.pictures = value
                    case str():
                        made.untold.append(value)
        except StoppedError as error:
            lacking = " or ".join(self._lacking(made))
            made.untold.append(f"no {lacking}. {error}")
            for part in target.parent.glob(f".{target.name}.*.part"):
                part.unlink(missing_ok=True)
        if source:
            with suppress(OSError):
                source.unlink()
        return made

    def _annotated(self, record: Record, target: Path, source: Path | None) -> Path | str | None:
        """The copy; None where there is nothing to mark; or why it could not be made."""
        from lang_audit.report.annotate import annotate

        try:
            return annotate(record, self._lexicon, target, source=source)
        except UnreadableError as error:
            return f"no annotated copy. {error.message} {error.remedy}"
        except OSError as error:
            why = error.strerror or error
            return f"no annotated copy. {target} cannot be written: {why}. Close it where it is open."

    def _lacking(self, made: _Made) -> Iterator[str]:
        if self._annotate and made.copy is None:
            yield "annotated copy"
        if self._thumbnails:
            yield "pictures of lines"

    def _load(self) -> None:
        """Load the PDF libraries here, once, rather than in each process."""
        if self._annotate:
            import lang_audit.report.annotate
        if self._thumbnails:
            import lang_audit.report.thumbnails  # noqa: F401
