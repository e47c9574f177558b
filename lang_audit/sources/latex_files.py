r"""The files that a LaTeX manuscript takes in by \input and its kin: found inside the manuscript's own folder only."""

from __future__ import annotations

import re
from pathlib import Path

from lang_audit.errors import UnreadableError
from lang_audit.model import Problem
from lang_audit.sources.latex_source import LatexSource
from lang_audit.sources.text import decode

_DEEPEST = 30
_MOST = 2000  # files
_OF_TEX = frozenset({"glyphtounicode", "glyphtounicode.tex", "epsf", "psfig", "pdfcolor", "tcilatex", "ix-utf8enc.dfu"})


class IncludedFiles:
    """Finds and reads included files, each once, and keeps account of what could not be read."""

    def __init__(self, main: Path) -> None:
        self.folder = main.parent
        self.read: list[Path] = []
        self.problems: list[Problem] = []
        self._root = main.parent.resolve()
        self._open = [main.resolve()]  # the main file and the files that we are inside of
        self._seen = {self._open[0]}
        self._only: frozenset[str] | None = None

    def include_only(self, names: str) -> None:
        r"""What \includeonly lists: \include leaves out all others."""
        self._only = frozenset(name.strip().removesuffix(".tex") for name in names.split(","))

    def enter(self, command: str, folder: str, name: str, source: LatexSource, at: int) -> LatexSource | None:
        """The file that a command takes in, None where it is not read; `leave` is to be called at its end."""
        name = " ".join(name.split()).strip('"')
        if not name or (
            command == "include" and self._only is not None and name.removesuffix(".tex") not in self._only
        ):
            return None
        here = self._open[-1].parent
        where = f"Line {source.line_of(at)}{f' of {source.part}' if source.part else ''}"
        bases = (
            [here / folder, self.folder / folder]
            if command.startswith("sub")
            else [self.folder / folder, here / folder]
        )
        path, outside = self._find(bases, name)
        if path is None:
            if outside:
                self._tell(
                    "include-outside",
                    f"{where} includes {_shown(name)}, which lies outside of the manuscript's folder and was not read.",
                    "Move the file into the folder of the main file, or check it by itself.",
                )
            elif command != "InputIfFileExists" and name not in _OF_TEX and not name.endswith((".sty", ".cfg", ".def")):
                self._tell(
                    "include-missing",
                    f"{where} includes {_shown(name)}, which was not found; its words are missing here.",
                    "Put the file where the manuscript looks for it, or mend the name.",
                )
            return None
        if path in self._open:
            self._tell(
                "include-cycle",
                f"{where} includes {_shown(name)} while that file is being read; it was read once.",
                "Take the include out.",
            )
            return None
        if path in self._seen:
            return None
        if len(self._open) > _DEEPEST or len(self._seen) > _MOST:
            self._tell(
                "include-depth",
                f"{where} includes {_shown(name)}, which was not read: more than {_DEEPEST} files inside one another, "
                f"or {_MOST} files in all.",
                "Check the included file by itself.",
            )
            return None
        return self._read(path, where, name)

    def leave(self) -> None:
        """The file that was entered last is over."""
        self._open.pop()

    def _find(self, bases: list[Path], name: str) -> tuple[Path | None, bool]:
        """The file of that name inside the manuscript's folder, and whether there might be one outside of it."""
        outside = False
        if "\0" in name or "\\" in name or "#" in name:
            return None, False
        for base in bases:
            for candidate in (base / f"{name}.tex", base / name):
                try:
                    path = candidate.resolve()
                    if not path.is_relative_to(self._root):
                        outside = True
                    elif path.is_file():
                        return path, False
                except (OSError, RuntimeError, ValueError):
                    continue
        return None, outside

    def _read(self, path: Path, where: str, name: str) -> LatexSource | None:
        try:
            text, problems = decode(path.read_bytes())
        except (OSError, UnreadableError) as error:
            why = error.message if isinstance(error, UnreadableError) else f"It cannot be opened: {error.strerror}."
            self._tell(
                "include-unreadable",
                f"{where} includes {_shown(name)}, which could not be read. {why}",
                "Save the file as UTF-8 text, or check its rights.",
            )
            self._seen.add(path)
            return None
        part = path.relative_to(self._root).as_posix()
        self.problems += [p.model_copy(update={"message": f"{part}: {p.message}"}) for p in problems]
        self.read.append(path)
        self._open.append(path)
        self._seen.add(path)
        return LatexSource(text, part)

    def _tell(self, code: str, message: str, remedy: str) -> None:
        problem = Problem(code=code, message=message, remedy=remedy)
        if problem not in self.problems and len(self.problems) < 100:
            self.problems.append(problem)


def _shown(name: str) -> str:
    return f"“{re.sub(r'[^ -~]', '?', name[:80])}”"
