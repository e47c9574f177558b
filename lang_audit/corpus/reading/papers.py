"""Full texts: one paper a file (PDF, JATS, Word ...), read by the readers of `lang_audit.sources`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lang_audit.corpus.reading.codes import language_code
from lang_audit.corpus.reading.fields import one_line
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import Fault, unopened
from lang_audit.errors import UnreadableError
from lang_audit.model import Paper

LARGEST_PAPER = 512 << 20
"""Bytes of a file that is read whole, as papers are."""

_XML = (".xml", ".nxml", ".jats")
_ARTICLE = re.compile(rb"<article(?=[\s>])[^>]*>")
_PMID = re.compile(rb'<article-id[^>]*\bpub-id-type="pmid"[^>]*>\s*(\d{1,8})\s*<')
_LANGUAGE = re.compile(rb'\bxml:lang="([A-Za-z-]+)"')
_TYPE = re.compile(rb'\barticle-type="([^"]+)"')
_FRONT = 1 << 17  # bytes in which the head of an article stands


def read(path: Path, source: str, start: int = 0) -> Iterator[CorpusRecord | Rejected]:
    """The papers in a file from that of number `start` on: one, but in collections of JATS."""
    if start and not may_hold_several(path):
        return
    position = 0
    try:
        if path.stat().st_size > LARGEST_PAPER:
            raise UnreadableError("too-large", f"The file is larger than {LARGEST_PAPER >> 20} MiB.", "Split it.")
        from lang_audit.sources import read as read_papers

        front = _front(path)
        for paper in read_papers(path):
            if position >= start:
                yield _record(paper, source, position, front if position == 0 else b"")
            position += 1
        if position:
            return
        fault = Fault("no-text", "The file holds no paper.")
    except UnreadableError as error:
        fault = Fault(error.code, f"{error.message} {error.remedy}".strip())
    except OSError as error:
        fault = unopened(error)
    except MemoryError:
        fault = Fault("too-large", "Reading the file takes more memory than there is.")
    except RecursionError:
        fault = Fault("too-large", "The file is too deeply nested to be read.")
    except Exception as error:  # the papers behind it must not wait for it
        fault = Fault("defect", f"lang-audit met a defect of its own on this file ({type(error).__name__}: {error}).")
    if position >= start:
        yield Rejected(source, position, *fault)


def may_hold_several(path: Path) -> bool:
    """Whether the file is a collection of articles; every other file gives exactly one record, or none that is good."""
    if path.suffix.lower() not in _XML:
        return False
    found, tail = 0, b""
    try:
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                found += len(_ARTICLE.findall(tail + data))
                if found > 1:
                    return True
                last = data.rfind(b"<")
                tail = data[last:] if last >= 0 and b">" not in data[last:] else b""
    except OSError:
        return False
    return False


def _front(path: Path) -> bytes:
    if path.suffix.lower() not in _XML:
        return b""
    with path.open("rb") as file:
        return file.read(_FRONT).partition(b"<body")[0]


def _record(paper: Paper, source: str, position: int, front: bytes) -> CorpusRecord:
    told = paper.metadata
    start = _ARTICLE.search(front)
    attributes = start[0] if start else b""
    pmid, language, kind = _PMID.search(front), _LANGUAGE.search(attributes), _TYPE.search(attributes)
    return CorpusRecord(
        source,
        position,
        title=one_line(told.title),
        pmid=pmid[1].decode() if pmid else None,
        doi=told.doi,
        year=told.year,
        journal=told.journal,
        language=language_code(language[1].decode()[:2]) if language else None,
        types=(kind[1].decode("utf-8", "replace"),) if kind else (),
        paper=paper if paper.source == source else paper.model_copy(update={"source": source}),
    )
