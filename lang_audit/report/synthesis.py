"""The synthesis of a review: a page, figures and a Word document from the rows of its papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from lang_audit.codebook import Codebook
from lang_audit.model import VerdictRule
from lang_audit.report.extraction import StudyRow
from lang_audit.report.renderer import Renderer
from lang_audit.report.synthesis_counts import synthesis
from lang_audit.report.synthesis_docx import write_docx
from lang_audit.report.synthesis_view import heading, page_address, synthesis_view

# Longer lists of papers are cut, and stand in full in what is folded away.
MOST_CITED: Final = 12
SHOWN_OF_MORE: Final = 10


def write_synthesis(
    rows: Iterable[StudyRow],
    codebooks: Sequence[Codebook],
    folder: Path,
    renderer: Renderer,
    *,
    rule: VerdictRule = "majority",
    index: str | None = None,
    review: str | None = None,
) -> Path:
    """Write synthesis.html, its figures (SVG, and PNG for print) and synthesis.docx into `folder`; returns the path of the page.

    `index` is the address of the page of all papers, where there is one; `review` tells how far reviewers came. Raises OSError
    where the folder cannot be written, ConfigError for a template that fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    view = synthesis_view(synthesis(rows, codebooks), rule)
    pictures = {}
    drawn = {}
    for figure in view.figures:
        drawn[figure.file] = figure.wide.svg(), figure.narrow.svg()
        pictures[figure.file] = figure.wide.png()
        (folder / f"{figure.file}.svg").write_text(drawn[figure.file][0], encoding="utf-8", newline="\n")
        (folder / f"{figure.file}.png").write_bytes(pictures[figure.file])
    write_docx(view, pictures, folder / "synthesis.docx")
    values = {
        "view": view,
        "drawn": drawn,
        "heading": heading(view.found),
        "most": MOST_CITED,
        "shown": SHOWN_OF_MORE,
        "address": page_address,
        "index": index,
        "review": review,
    }
    return renderer.write_page("synthesis", folder, values)
