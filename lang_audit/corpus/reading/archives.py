"""Archives (.tar, .tar.gz, .zip) member by member: each is written to a temporary file, read, and removed.

In PMC's packages an article stands as XML and as PDF, with supplements: beside an .nxml no PDF and no table is read.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, Protocol

from lang_audit.corpus.reading.papers import LARGEST_PAPER
from lang_audit.corpus.reading.records import CorpusRecord, Rejected
from lang_audit.corpus.reading.streams import BrokenFileError, Fault, chunks, unopened

LARGEST_MEMBER = 4 << 30
"""Bytes of a member that is a file of records, which are read as a stream; one paper may have `LARGEST_PAPER`."""

_PIECE = 1 << 20
_BROKEN_MEMBER = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError)
_SUPPLEMENTS = frozenset({"paper", "table", "spreadsheet", "archive"})


class Opener(Protocol):
    """What reads members; `sources.py` gives it, which knows the formats."""

    def kind(self, name: str) -> str | None:
        """What a member seems to be by its name; None where it holds nothing to read."""

    def read(self, path: Path, name: str) -> Iterator[CorpusRecord | Rejected]:
        """The records of a member that was written to `path`; its name with that of the archive is `name`."""

    def is_one(self, path: Path) -> bool:
        """Whether the member certainly gives one record, so that it need not be read to be counted."""


class _Member(NamedTuple):
    name: str
    size: int
    open: Callable[[], IO[bytes] | None]


def is_supplement(name: str, kind: str | None) -> bool:
    """Whether a file that lies beside an .nxml is the same article once more, or a supplement to it."""
    return kind in _SUPPLEMENTS and not name.lower().endswith((".nxml", ".xml", ".xml.gz"))


def read(path: Path, source: str, start: int, opener: Opener) -> Iterator[CorpusRecord | Rejected]:
    """The records of all members in order, from that of number `start` on."""
    position = 0
    fault: Fault | None = None
    try:
        for item in _items(path, source, start, opener):
            if item is not None and position >= start:
                yield replace(item, position=position)
            position += 1
        if not position:
            fault = Fault("nothing-to-read", "The archive holds no file of a format that lang-audit reads.")
    except BrokenFileError as error:
        fault = Fault("broken-file", f"The archive breaks off or is damaged here: {error}.")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        fault = Fault("broken-file", f"The archive breaks off or is damaged here: {error}.")
    except OSError as error:
        fault = unopened(error)
    if fault is not None and position >= start:
        yield Rejected(source, position, *fault)


def read_packed(path: Path, source: str, start: int, opener: Opener) -> Iterator[CorpusRecord | Rejected]:
    """The records of one paper that was packed by itself (.xml.gz)."""
    with tempfile.TemporaryDirectory(prefix="lang-audit-") as folder:
        written = Path(folder) / _file_name(path.stem)
        try:
            told = _written(
                _Member(path.name, 0, lambda: io.BufferedReader(_ChunkFile(chunks(path)))), written, LARGEST_PAPER
            )
        except BrokenFileError as error:
            told = Fault("broken-file", f"The file breaks off or is damaged: {error}.")
        except OSError as error:
            told = unopened(error)
        if told is not None:
            if not start:
                yield Rejected(source, 0, *told)
            return
        yield from islice(opener.read(written, source), start, None)


def _items(path: Path, source: str, start: int, opener: Opener) -> Iterator[CorpusRecord | Rejected | None]:
    """Every record of the archive, or None in its place where it is before `start` and need not be read."""
    done = 0
    packaged = _packages(path)
    with tempfile.TemporaryDirectory(prefix="lang-audit-") as folder:
        for member in _members(path):
            shown = f"{source}!{_shown(member.name)}"
            kind = opener.kind(member.name)
            if kind is None or (
                str(PurePosixPath(member.name).parent) in packaged and is_supplement(member.name, kind)
            ):
                continue
            if kind == "archive":
                yield Rejected(shown, done, "nested-archive", "An archive within an archive is not read: unpack it.")
                done += 1
                continue
            most = LARGEST_PAPER if kind == "paper" else LARGEST_MEMBER
            written = Path(folder) / _file_name(member.name)
            told = _written(member, written, most)
            items: Iterator[CorpusRecord | Rejected | None]
            if told is not None:
                items = iter([Rejected(shown, done, *told)])
            elif done < start and opener.is_one(written):
                items = iter([None])
            else:
                items = opener.read(written, shown)
            for item in items:
                yield item
                done += 1
            written.unlink(missing_ok=True)


def _written(member: _Member, path: Path, most: int) -> Fault | None:
    """Write a member to a file; the fault, where it is too large or damaged."""
    if member.size > most:
        return Fault("too-large", f"The file is larger than {most >> 20} MiB.")
    try:
        stream = member.open()
        if stream is None:
            return Fault("broken-member", "The file's content is missing from the archive.")
        size = 0
        with stream, path.open("wb") as file:
            while data := stream.read(_PIECE):
                size += len(data)
                if size > most:
                    return Fault("too-large", f"The file unpacks to more than {most >> 20} MiB.")
                file.write(data)
    except BrokenFileError:
        raise
    except _BROKEN_MEMBER as error:
        return Fault("broken-member", f"The file cannot be unpacked: {error}.")
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            return Fault("broken-member", f"The file cannot be unpacked: {error}.")
        raise
    return None


def _members(path: Path) -> Iterator[_Member]:
    """The files in an archive in order."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield _Member(entry.filename, entry.file_size, lambda entry=entry: archive.open(entry))  # type: ignore[misc]
        return
    with _tar(path) as tar:
        while (found := tar.next()) is not None:
            if found.isfile():
                yield _Member(found.name, found.size, lambda found=found: tar.extractfile(found))  # type: ignore[misc]
            tar.members.clear()  # type: ignore[attr-defined]  # it would remember each of millions


@contextmanager
def _tar(path: Path) -> Iterator[tarfile.TarFile]:
    stream = io.BufferedReader(_ChunkFile(chunks(path)), _PIECE)
    with stream, tarfile.open(fileobj=stream, mode="r|", bufsize=_PIECE) as tar:
        yield tar


class _ChunkFile(io.RawIOBase):
    """Chunks of bytes as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with the next bytes and return how many; 0 at the end."""
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(room), len(self._left))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _packages(path: Path) -> frozenset[str]:
    """The folders of an archive that hold an .nxml."""
    found: set[str] = set()
    others = False
    try:
        for member in _members(path):
            name = PurePosixPath(member.name)
            if name.suffix.lower() == ".nxml":
                found.add(str(name.parent))
            else:
                others = True
    except (BrokenFileError, tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        pass  # is told when the members are read
    return frozenset(found) if others else frozenset()


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _file_name(name: str) -> str:
    """A member's name as that of a file in a folder of ours: no path leads out of it."""
    plain = re.sub(r"[^\w.-]+", "_", PurePosixPath(name.replace("\\", "/")).name, flags=re.ASCII).lstrip(".")
    return plain[-120:] or "member"
