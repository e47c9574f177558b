"""`check --fix`, `--diff` and `--comment`: mend each manuscript, write it whole or not at all, and say what was done."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lang_audit.errors import UnreadableError
from lang_audit.manuscript.checked import CheckedFile
from lang_audit.manuscript.mending import COPY, Mended, OutOfDateError, mended_docx, mended_text
from lang_audit.manuscript.places import DOCX_SUFFIXES
from lang_audit.manuscript.rechecking import checked_again
from lang_audit.manuscript.writing import ChangedMeanwhileError, replace_file
from lang_audit.settings import Settings
from lang_audit.sources import reader_for

_NEVER = {"pdf": "PDF", "jats": "JATS XML"}


@dataclass
class Fixing:
    """What one run mends. `say` gets messages, `show` the diffs, `pass_on` what to write for a manuscript that came on `stdin`.

    With `diff` nothing is written.
    """

    say: Callable[[str], None]
    show: Callable[[str], None]
    pass_on: Callable[[bytes], None]
    fix: bool = True
    unsafe: bool = False
    diff: bool = False
    comment: bool = False
    stdin: Path | None = None
    failed: bool = False
    _fixed: int = 0
    _files: int = 0
    _left: int = 0
    _could: int = 0
    _told: set[str] = field(default_factory=set)
    _written: set[Path] = field(default_factory=set)

    def take(self, file: CheckedFile, path: Path, settings: Settings) -> CheckedFile:
        """Mend the manuscript at `path`, of which `file` says what there is to mend. Returns what is then to be said of it.

        That is `file` itself where nothing is written: nothing to mend, a format that cannot be, a failure (which is said).
        """
        if file.record.appraisal is None:
            return file
        try:
            mended = self._mended(file, path, settings)
            if mended is None:
                self._left += sum(remark.finding is not None for remark in file.remarks)
                if path == self.stdin and not self.diff:
                    self.pass_on(path.read_bytes())
                return file
            return self._done(file, path, settings, mended)
        except OutOfDateError:
            self._fail(f"{file.path}: no longer holds the words that were read, and was left as it is. Check it again.")
        except ChangedMeanwhileError as error:
            self._fail(f"{error}; nothing was written.")
        except UnreadableError as error:
            self._fail(f"{file.path}: {error.message} {error.remedy}")
        except OSError as error:
            self._fail(f"{file.path}: cannot be written: {error.strerror or error}. It was left as it is.")
        except ValueError as error:
            self._fail(f"{file.path}: {error} It was left as it is.")
        return file

    def summary(self) -> str:
        """How much was mended, and what is left; empty where mending was not asked for."""
        if not (self.fix or self.diff):
            return ""
        done = "Would fix" if self.diff else "Fixed"
        where = f" in {_number(self._files, 'file')}" if self._fixed else ""
        could = f" ({self._could} could be tried with --unsafe)" if self._could else ""
        left = f"; {self._left} {'is' if self._left == 1 else 'are'} left for you{could}" if self._left else ""
        return f"{done} {_number(self._fixed, 'term') if self._fixed else 'nothing'}{where}{left}."

    def _mended(self, file: CheckedFile, path: Path, settings: Settings) -> Mended | None:
        """The manuscript mended; None where its format cannot be."""
        appraisal = file.record.appraisal
        reader = reader_for(path).name
        is_docx = path.suffix.lower() in DOCX_SUFFIXES
        fix = self.fix or self.diff
        if self.comment and not is_docx:
            self._tell_once("comment", f"{file.path}: comments can be put into DOCX files only.")
        if is_docx and path.stem.endswith(COPY):
            self.say(f"{file.path}: is a copy that lang-audit wrote, and was left as it is.")
            return None
        if reader in _NEVER or appraisal is None or not appraisal.paper.origins:
            kind = _NEVER.get(reader, reader)
            if fix:
                self._tell_once(
                    reader, f"{file.path}: {kind} files cannot be mended; mend the manuscript that it was made from."
                )
            return None
        if is_docx:
            return mended_docx(file, path, settings, unsafe=self.unsafe, fix=fix, comment=self.comment)
        if not fix:
            return None
        parts = {path.parent / origin.part if origin.part else path for origin in appraisal.paper.origins}
        if not self._written.isdisjoint(part.resolve() for part in parts):
            file = checked_again(path, {}, settings, file.path)  # it shares a file with one that was just mended
        return mended_text(file, path, settings, unsafe=self.unsafe)

    def _done(self, file: CheckedFile, path: Path, settings: Settings, mended: Mended) -> CheckedFile:
        """Write what there is to write, or show it."""
        if self.diff:
            self.show(mended.diff)
        elif path == self.stdin:
            self.pass_on(next(iter(mended.files.values()), path.read_bytes()))
        elif path.suffix.lower() in DOCX_SUFFIXES:
            if not self._write_copy(file, settings, mended):
                mended = replace(mended, fixed=0)
        else:
            for target, data in mended.files.items():
                replace_file(target, data, was=mended.was[target])
                self._written.add(target.resolve())
        self._fixed += mended.fixed
        self._files += bool(mended.fixed)
        self._could += mended.could
        self._left += sum(remark.finding is not None for remark in mended.file.remarks)
        return file if self.diff else mended.file

    def _write_copy(self, file: CheckedFile, settings: Settings, mended: Mended) -> bool:
        """Whether a copy was written: an earlier run may have done it, and nothing that it holds is ever written over."""
        for target, data in mended.files.items():
            shown = Path(file.path).with_name(target.name)
            if target.exists() and _holds(target, mended, settings, comment=self.comment):
                self.say(f"{shown} is there already, with these changes.")
                return False
            try:
                replace_file(target, data, was=None)
            except ChangedMeanwhileError as error:
                raise ChangedMeanwhileError(f"{shown} is there already (move it away to have a new one)") from error
            what = "changes" if mended.fixed else "comments"
            self.say(f"{file.path}: the {what} are in {shown}; the manuscript itself is as it was.")
        return bool(mended.files)

    def _tell_once(self, what: str, message: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self.say(message)

    def _fail(self, message: str) -> None:
        self.failed = True
        self.say(message)


def _holds(copy: Path, mended: Mended, settings: Settings, *, comment: bool) -> bool:
    """Whether a copy from an earlier run says the same, and has comments where they are asked for."""
    wanted = mended.file.record.appraisal
    there = checked_again(copy, {}, settings, copy.name).record.appraisal
    if wanted is None or there is None or there.paper.text != wanted.paper.text:
        return False
    with zipfile.ZipFile(copy) as package:
        return not comment or any(name.endswith("comments.xml") for name in package.namelist())


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
