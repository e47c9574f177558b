"""Write a sample paper as LaTeX: the article class, a tabular in a table, quote environments, thebibliography."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from sample_content import BANNER, Block, SamplePaper, plain

WIDTH = 96
_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "“": "``", "”": "''", "’": "'", "–": "--", "é": r"\'e",
}  # fmt: skip


def latex_of(paper: SamplePaper) -> str:
    """The whole paper as a LaTeX document."""
    return "\n".join(_document(paper)) + "\n"


def _document(paper: SamplePaper) -> Iterator[str]:
    yield f"% {BANNER}: the text was written to test lang-audit."
    yield r"\documentclass{article}"
    yield r"\usepackage[utf8]{inputenc}"
    yield r"\usepackage{graphicx}"
    yield rf"\title{{{_words(paper.title)}\\ \large {BANNER}}}"
    yield r"\author{" + r" \and ".join(map(_words, paper.authors)) + "}"
    yield rf"\date{{{paper.year}}}"
    yield r"\begin{document}"
    yield r"\maketitle"
    yield r"\begin{abstract}"
    for k, part in enumerate(paper.abstract):
        if k:
            yield ""
        yield _wrap((rf"\textbf{{{part.heading}:}} " if part.heading else "") + _words(part.text))
    yield r"\end{abstract}"
    yield ""
    yield _wrap(r"\noindent\textbf{Keywords:} " + _words("; ".join(paper.keywords)))
    for section in paper.sections:
        yield ""
        yield rf"\section{{{_words(section.heading)}}}"
        for block in section.blocks:
            yield ""
            yield from _block(block)
    for heading, words in (("Acknowledgements", paper.acknowledgements), ("Funding", paper.funding)):
        yield ""
        yield rf"\section*{{{heading}}}"
        yield _wrap(_words(words))
    yield ""
    yield r"\begin{thebibliography}{99}"
    for number, reference in enumerate(paper.references, start=1):
        yield _wrap(rf"\bibitem{{ref{number}}} {_words(reference.line)}")
    yield r"\end{thebibliography}"
    yield r"\end{document}"


def _block(block: Block) -> Iterator[str]:
    if block.h:
        yield rf"\subsection{{{_words(block.h)}}}"
    elif block.quote:
        yield r"\begin{quote}"
        yield _wrap(_words(block.quote))
        yield r"\end{quote}"
    elif block.figure:
        yield r"\begin{figure}"
        yield r"\includegraphics[width=0.6\textwidth]{figure}"
        yield rf"\caption{{{_words(block.figure.caption)}.}}"
        yield r"\end{figure}"
    elif block.table:
        yield r"\begin{table}"
        yield rf"\caption{{{_words(block.table.caption)}.}}"
        yield rf"\begin{{tabular}}{{{'l' * len(block.table.header)}}}"
        yield r"\hline"
        for row in (block.table.header, *block.table.rows):
            yield " & ".join(map(_words, row)) + r" \\"
        yield r"\hline"
        yield r"\end{tabular}"
        yield r"\end{table}"
    else:
        yield _wrap(_words(block.p or ""))


def _words(text: str) -> str:
    parts = re.split(r"\^([\d,]+)\^", plain(text))
    for k, part in enumerate(parts):
        if k % 2:
            parts[k] = r"~\cite{" + ",".join(f"ref{number}" for number in part.split(",")) + "}"
        else:
            parts[k] = "".join(_SPECIAL.get(character, character) for character in part)
    return "".join(parts)


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
