"""Scanned PDFs, read through OCRmyPDF where it is installed. Never required; nothing is imported from it.

OCRmyPDF puts an invisible text layer behind the pictures of pages, in place, so the copy is read like any other PDF and every
word keeps its place on the page. It runs as a process of its own, which can be stopped.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from lang_audit.errors import ConfigError, UnreadableError
from lang_audit.model import Paper, Problem
from lang_audit.sources import read as read_file

TIMEOUT: Final = 600.0  # seconds a paper: a page takes one to five
LANGUAGE: Final = "eng"
_INSTALL: Final = {
    "ocrmypdf": "`pip install 'lang-audit[ocr]'` (or `apt install ocrmypdf`, `brew install ocrmypdf`)",
    "tesseract": "`apt install tesseract-ocr`, `brew install tesseract`, or on Windows "
    "`winget install UB-Mannheim.TesseractOCR`",
    "language": "`apt install tesseract-ocr-eng`, or put eng.traineddata into tesseract's tessdata folder",
}
# What a reader says of a file that OCR can help: the trouble's code, and whether there is text of no use to be replaced, on every
# page or on those of which no text was taken.
_WANTED: Final[dict[str, Literal["add", "replace", "replace-untaken"]]] = {
    "no-text-layer": "add",
    "pages-without-text": "add",
    "garbled-text": "replace",
    "garbled-pages": "replace-untaken",
}
_ENCRYPTED, _MISSING = 8, 3  # exit codes of OCRmyPDF
_WHY: Final = 300  # characters of its last words that a problem quotes
_READ_BY_OCR: Final = Problem(
    code="ocr",
    message="Text was read from pictures of pages by OCR, so words may be misread or missed.",
    remedy="Check each finding against the page; a publisher's PDF or XML is better where there is one.",
)

Read = Callable[[Path], Iterator[Paper]]


def missing() -> list[str]:
    """What OCR needs and this machine does not have, each with the way to install it; empty where all is there."""
    if not _command():
        return [f"OCRmyPDF is not installed: {_INSTALL['ocrmypdf']}."]
    if not shutil.which("tesseract"):
        return [f"tesseract, which recognises the letters, is not installed: {_INSTALL['tesseract']}."]
    if LANGUAGE not in _languages():
        return [f"tesseract has no data for English: {_INSTALL['language']}."]
    return []


def require() -> None:
    """Raise ConfigError, with what to install, where OCR was asked for and cannot be done."""
    if lacking := missing():
        raise ConfigError(f"--ocr cannot be used. {' '.join(lacking)} Or leave out --ocr.")


def read_with_ocr(
    path: Path, read: Read = read_file, *, keep: Path | None = None, timeout: float = TIMEOUT
) -> Iterator[Paper]:
    """The papers of a file as `read` gives them; where a PDF holds pictures of pages, OCR reads those first.

    A paper that was read so says it in its problems ("ocr"). `keep` is where the copy with the text layer is put, for
    annotations and pictures; without it the copy is gone when the paper is read. Raises UnreadableError as `read` does, and
    "ocr-failed" where OCR failed or took longer than `timeout` seconds: then a paper of which some pages could be read comes
    without the others, and says so.
    """
    papers: list[Paper] = []
    trouble: UnreadableError | None = None
    try:
        papers = list(read(path))
        codes = [problem.code for paper in papers for problem in paper.problems]
    except UnreadableError as error:
        codes, trouble = [error.code], error
    wanted = [_WANTED[code] for code in codes if code in _WANTED]
    if not wanted:
        if trouble:
            raise trouble
        yield from papers
        return
    with tempfile.TemporaryDirectory(prefix="lang-audit-ocr-") as folder:
        copy = Path(folder) / "paper.pdf"
        try:
            untaken = [page.number for paper in papers for page in paper.pages if not page.lines]
            replaced = "replace" in wanted or (untaken if "replace-untaken" in wanted else False)
            recognise(path, copy, replace=replaced, timeout=timeout)
            found = [_said(paper, path) for paper in read(copy)]
        except UnreadableError as error:
            if trouble:
                raise
            problem = Problem(code=error.code, message=error.message, remedy=error.remedy)
            yield from (paper.model_copy(update={"problems": (*paper.problems, problem)}) for paper in papers)
            return
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(copy, keep)
    yield from found


def recognise(path: Path, target: Path, *, replace: bool | Sequence[int] = False, timeout: float = TIMEOUT) -> None:
    """Write a copy of a PDF with a text layer behind its pictures of pages to `target`.

    Pages that hold text stay as they are, unless `replace`: then every page is read as a picture, or those of these numbers
    are and no others. Raises UnreadableError "ocr-missing", "encrypted", "ocr-failed".
    """
    if lacking := missing():
        raise UnreadableError("ocr-missing", "The pages are pictures, and OCR is not installed.", " ".join(lacking))
    arguments = [
        *_command(),
        "--force-ocr" if replace else "--skip-text",
        *([] if isinstance(replace, bool) else [f"--pages={','.join(map(str, replace))}"]),
        "--output-type=pdf",  # PDF/A would change fonts and colours, and take longer
        "--optimize=0",
        "--invalidate-digital-signatures",  # of the copy; without it signed papers are refused
        f"--language={LANGUAGE}",
        "--jobs=1",  # papers run side by side already
        *(["--rotate-pages"] if "osd" in _languages() else []),
        "--quiet",
        str(path.resolve()),
        str(target),
    ]
    status, said = _run(arguments, timeout)
    if status is None:
        raise UnreadableError(
            "ocr-failed",
            f"OCR took longer than {timeout:.0f} seconds and was stopped.",
            "Run `ocrmypdf` on it yourself.",
        )
    if status == _ENCRYPTED:
        raise UnreadableError(
            "encrypted", "The PDF is protected, so OCR cannot add text to it.", "Save a copy without protection."
        )
    if status == _MISSING:
        raise UnreadableError("ocr-missing", f"OCR lacks a program: {said}", "Install it, then run again.")
    if status or not target.is_file():
        raise UnreadableError("ocr-failed", f"OCR failed: {said}", "Run `ocrmypdf in.pdf out.pdf` on it to see why.")


def _said(paper: Paper, path: Path) -> Paper:
    """The paper under its own name, and with the word that OCR read it."""
    problems = (_READ_BY_OCR, *paper.problems)
    return paper.model_copy(update={"id": path.stem, "source": str(path), "problems": problems})


def _command() -> list[str]:
    """How OCRmyPDF is started: the package beside us, else the command on the path; empty where there is neither."""
    if importlib.util.find_spec("ocrmypdf"):
        return [sys.executable, "-m", "ocrmypdf"]
    found = shutil.which("ocrmypdf")
    return [found] if found else []


def _languages() -> set[str]:
    status, said = _run(["tesseract", "--list-langs"], timeout=20, whole=True)
    return set(said.split()) if status == 0 else set()


def _run(arguments: list[str], timeout: float, *, whole: bool = False) -> tuple[int | None, str]:
    """The exit status (None where time ran out) and the last line that the program said, or all (`whole`).

    The program gets a process group of its own, so that what it started is stopped with it.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                start_new_session=True,
            )
        except OSError as error:
            return -1, str(error)
        status: int | None = None
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _stop(process)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return status, text if whole else (lines[-1][:_WHY] if lines else "it gave no reason.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started; nothing happens where it has ended by itself."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
