"""A copy of a paper's PDF with its findings marked on the page: flagged terms highlighted by severity, queries underlined.

The only module that writes PDFs (with pikepdf). Where the words stand is for `on_page`. What the file holds already stays:
other people's annotations, its protection, its metadata. The same record gives the same bytes, except for protected files, whose
encryption is made of chance.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from lang_audit.errors import UnreadableError
from lang_audit.lexicon import Entry, Lexicon
from lang_audit.model import Finding, Record, Severity
from lang_audit.report import wording
from lang_audit.report.on_page import Place, Quad, open_document

AUTHOR: Final = "lang-audit"
# Colours that stay apart for people with any kind of colour blindness and, in print, by their lightness; black text on them
# keeps a contrast of at least 9:1.
COLOURS: Final[dict[Severity, tuple[float, float, float]]] = {
    "pejorative": (1.0, 0.56, 0.42),
    "stigmatising": (1.0, 0.9, 0.36),
    "outdated": (0.56, 0.8, 1.0),
}
QUERY_COLOUR: Final = (0.36, 0.16, 0.54)
_MARK: Final = "lang-audit-"  # what the names of our annotations begin with
_PRINTED: Final = 4  # annotation flag of PDF 32000-1, 12.5.3
_NOTE_SIZE: Final = (220, 120)  # points: the window that a viewer opens for a note
_RULE: Final = 0.09  # of the line's height: how thick an underline is
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_BROKEN = (
    pikepdf.PdfError, pikepdf.ForeignObjectError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, IndexError,
    AttributeError, RuntimeError, RecursionError, MemoryError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mark:
    """One annotation to draw: the part of a finding that stands on one page."""

    name: str
    finding: Finding
    quads: tuple[Quad, ...]

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of all its lines."""
        lefts, bottoms, rights, tops = zip(*(quad.rectangle for quad in self.quads), strict=True)
        return min(lefts) - 1, min(bottoms) - 1, max(rights) + 1, max(tops) + 1


def annotate(record: Record, lexicon: Lexicon, target: Path, *, source: Path | None = None) -> Path | None:
    """Write a copy of the record's PDF to `target`, with its flagged mentions highlighted and its queries underlined.

    `source` is the file that the text was taken from where that is not the input itself (the copy that OCR made). Returns
    `target`; None, and nothing is written, where there is nothing to mark: no PDF, a paper that could not be read, no
    findings. Annotations of an earlier run are replaced. Raises UnreadableError "not-annotated" where the file is too
    damaged to be copied, OSError where `target` cannot be written.
    """
    path = source or Path(record.path)
    if record.appraisal is None or not record.appraisal.paper.pages:
        return None
    if path.suffix.lower() != ".pdf" and not _is_pdf(path):
        return None
    marked = [finding for finding in record.appraisal.findings if finding.decision != "exempt"]
    if not marked:
        return None
    if target.exists() and path.exists() and target.samefile(path):
        raise _not_annotated("It would take the place of the paper itself.", "Name another folder for the copies.")
    try:
        with open_document(path, record.appraisal.paper) as document:
            places = [document.places(finding.start, finding.end) for finding in marked]
    except UnreadableError as error:
        raise _not_annotated(error.message, error.remedy) from error
    try:
        pdf = pikepdf.open(path)
    except (*_BROKEN, OSError) as error:
        raise _not_annotated() from error
    with pdf:
        try:
            _put(pdf, _by_page(marked, places), lexicon)
        except _BROKEN as error:
            raise _not_annotated() from error
        _save(pdf, target)
    return target


def note(finding: Finding, lexicon: Lexicon) -> str:
    """What the note of a finding says: the term, what to write instead, why, and by which guideline."""
    entry = lexicon.entries.get(finding.entry)
    query = finding.decision == "query"
    kind = "for you to decide" if query else wording.SEVERITIES[finding.severity][0].lower()
    parts = [f"“{wording.squeeze(finding.text)}”: {kind}"]
    if instead := finding.suggestion or _advice(entry):
        parts.append(f"Write instead: {instead}")
    if entry:
        parts.append(f"Why: {_first_sentence(entry.why)}")
    if query and entry and entry.contested:
        parts.append(f"Contested: {_first_sentence(entry.contested)}")
    if guideline := _guideline(finding, lexicon):
        parts.append(f"Guideline: {guideline}")
    if finding.caveat:
        parts.append(f"In fairness: {finding.caveat}")
    return _printable("\n".join(parts))


def _is_pdf(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return b"%PDF-" in file.read(1024)
    return False


def _advice(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    prefer = entry.prefer
    return prefer.people or prefer.person or prefer.term or prefer.person_after or prefer.guidance


def _first_sentence(text: str) -> str:
    return _SENTENCE_END.split(wording.squeeze(text), maxsplit=1)[0]


def _guideline(finding: Finding, lexicon: Lexicon) -> str | None:
    """Issuer and year of the guideline to name: the first whose text was read for the lexicon, else the first."""
    known = [lexicon.sources[key] for key in finding.sources if key in lexicon.sources]
    best = next((source for source in known if source.evidence == "seen"), known[0] if known else None)
    return f"{best.issuer}, {best.year or best.years}" if best else None


def _printable(text: str) -> str:
    """`text` without what no PDF string can carry: lone surrogates and control characters."""
    kept = text.encode("utf-16", "replace").decode("utf-16")
    return "".join(c for c in kept if c == "\n" or c.isprintable())


def _by_page(findings: Sequence[Finding], places: Sequence[Sequence[Place]]) -> dict[int, list[_Mark]]:
    """The marks of each page number, in text order; a mention across two pages has one on each."""
    found: defaultdict[int, list[_Mark]] = defaultdict(list)
    for number, (finding, spots) in enumerate(zip(findings, places, strict=True)):
        for page in dict.fromkeys(spot.page for spot in spots):
            quads = tuple(spot.quad for spot in spots if spot.page == page)
            found[page].append(_Mark(f"{_MARK}{number + 1}-{page}", finding, quads))
    return found


def _put(pdf: pikepdf.Pdf, marks: dict[int, list[_Mark]], lexicon: Lexicon) -> None:
    """Take our annotations of an earlier run off every page, and put these on."""
    multiply = pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
    for number, page in enumerate(pdf.pages, start=1):
        old = page.obj.get(Name.Annots)
        before = list(old) if isinstance(old, Array) else []  # pyright: ignore[reportArgumentType]
        kept = [annotation for annotation in before if not _is_ours(annotation)]
        fresh = [made for mark in marks.get(number, ()) for made in _annotation(pdf, page, mark, lexicon, multiply)]
        if fresh or len(kept) < len(before):
            # A new array: the old one may be shared with other pages.
            page.obj.Annots = pdf.make_indirect(Array([*kept, *fresh]))


def _is_ours(annotation: pikepdf.Object) -> bool:
    """Whether an annotation, or the window of its note, was made by an earlier run."""
    with suppress(*_BROKEN):
        return isinstance(annotation, Dictionary) and str(annotation.get(Name.NM, "")).startswith(_MARK)
    return False


def _annotation(
    pdf: pikepdf.Pdf, page: pikepdf.Page, mark: _Mark, lexicon: Lexicon, multiply: pikepdf.Object
) -> Iterable[pikepdf.Object]:
    """The highlight or underline of a mark, and the window that holds its note."""
    finding = mark.finding
    query = finding.decision == "query"
    colour = QUERY_COLOUR if query else COLOURS[finding.severity]
    subject = "For you to decide" if query else wording.SEVERITIES[finding.severity][0]
    drawn = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Underline if query else Name.Highlight,
            Rect=_numbers(mark.rectangle),
            QuadPoints=_numbers(number for quad in mark.quads for point in quad for number in point),
            C=_numbers(colour),
            CA=1,
            F=_PRINTED,
            NM=String(mark.name),
            T=String(AUTHOR),
            Subj=String(subject),
            Contents=String(note(finding, lexicon)),
            P=page.obj,
            AP=Dictionary(N=_appearance(pdf, mark, colour, query, multiply)),
        )
    )
    window = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Popup,
            Rect=_numbers(_note_rectangle(page, mark)),
            NM=String(f"{mark.name}-note"),
            Parent=drawn,
            Open=False,
        )
    )
    drawn.Popup = window
    return drawn, window


def _appearance(
    pdf: pikepdf.Pdf, mark: _Mark, colour: Sequence[float], query: bool, multiply: pikepdf.Object
) -> pikepdf.Object:
    """What viewers draw, so that it looks the same in all of them: ink over the words that leaves them readable."""
    lines = ["/Multiply gs", f"{_joined(colour)} {'RG' if query else 'rg'}"]
    for quad in mark.quads:
        if query:
            height = abs(quad.top_left[0] - quad.bottom_left[0]) + abs(quad.top_left[1] - quad.bottom_left[1])
            width = max(_RULE * height, 0.8)
            lines += [f"{width:.2f} w", f"{_joined(quad.bottom_left)} m {_joined(quad.bottom_right)} l S"]
        else:
            first, *others = (quad.top_left, quad.top_right, quad.bottom_right, quad.bottom_left)
            lines.append(f"{_joined(first)} m {' '.join(f'{_joined(point)} l' for point in others)} h f")
    return pikepdf.Stream(
        pdf,
        "\n".join(lines).encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=_numbers(mark.rectangle),
        Resources=Dictionary(ExtGState=Dictionary(Multiply=multiply)),
    )


def _note_rectangle(page: pikepdf.Page, mark: _Mark) -> tuple[float, float, float, float]:
    """Where the window of the note opens: at the page's right edge, beside the mark."""
    _, _, right, _ = (float(edge) for edge in page.mediabox)
    width, height = _NOTE_SIZE
    top = mark.rectangle[3]
    return right - width, top - height, right, top


def _numbers(values: Iterable[float]) -> Array:
    return Array([round(float(value), 2) for value in values])


def _joined(values: Iterable[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def _save(pdf: pikepdf.Pdf, target: Path) -> None:
    """Write the copy all at once, so that a run that is stopped leaves no half file; a protected file stays protected."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    locked = pdf.is_encrypted
    try:
        pdf.save(
            part,
            min_version="1.4",  # the first with blend modes
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            encryption=True if locked else None,
            deterministic_id=not locked,
        )
        part.replace(target)
    except _BROKEN as error:
        raise _not_annotated() from error
    finally:
        part.unlink(missing_ok=True)


def _not_annotated(message: str = "The PDF is damaged.", remedy: str = "") -> UnreadableError:
    return UnreadableError(
        "not-annotated",
        f"No annotated copy was made. {message}",
        remedy or "Repair it with `qpdf in.pdf out.pdf`, or print it to a new PDF. The report itself is complete.",
    )
