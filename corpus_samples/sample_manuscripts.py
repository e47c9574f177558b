"""Write two of the sample papers as manuscripts: Markdown, HTML, LaTeX and Word, as their authors would hold them.

They stand in a folder of their own, so that an appraisal of the sample papers does not meet each of them five times.
"""

from __future__ import annotations

from pathlib import Path

from sample_content import SamplePaper
from sample_docx import write_docx
from sample_html import html_of
from sample_latex import latex_of
from sample_markdown import markdown_of

MANUSCRIPTS = ("language-review", "peer-outreach")
_WRITERS = {"md": markdown_of, "html": html_of, "tex": latex_of}


def write_manuscripts(papers: list[SamplePaper], folder: Path) -> None:
    """Write every manuscript."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in papers:
        if paper.id in MANUSCRIPTS:
            for form, written in _WRITERS.items():
                (folder / f"{paper.id}.{form}").write_text(written(paper), encoding="utf-8", newline="\n")
            write_docx(paper, folder / f"{paper.id}.docx")
