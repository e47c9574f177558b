"""What a manuscript defines for itself: commands that stand for words, and acronyms of the glossaries packages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lang_audit.sources.latex_commands import Slot, Spec, command

_LONGEST = 400  # characters that a command may stand for; more is no phrase
_KEY = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([^,{}]*))")
_ACRONYMS: dict[str, tuple[str, bool, bool]] = {}  # command -> form, plural, capital
for _form, _names, _plural in (
    ("first", "gls glsxtr", "pl"),
    ("short", "acrshort glsxtrshort glsentryshort glsentrytext", "pl"),
    ("long", "acrlong glsxtrlong glsentrylong", "pl"),
    ("full", "acrfull glsxtrfull glsfirst", "pl"),
    ("first", "ac", "p"),
    ("short", "acs", "p"),
    ("long", "acl", "p"),
    ("full", "acf", "p"),
):
    for _name in _names.split():
        for _suffix in ("", _plural):
            _ACRONYMS[_name + _suffix] = (_form, bool(_suffix), False)
            _ACRONYMS[(_name + _suffix).capitalize()] = (_form, bool(_suffix), True)
            _ACRONYMS[(_name + _suffix).upper()] = (_form, bool(_suffix), True)

DEFINERS = frozenset(
    ["newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "NewDocumentCommand", "RenewDocumentCommand",
     "ProvideDocumentCommand", "DeclareDocumentCommand", "def", "gdef", "edef", "xdef", "let"]
)  # fmt: skip
ACRONYM_DEFINERS: dict[str, tuple[Slot, ...]] = {
    **dict.fromkeys(["newacronym", "newabbreviation"], tuple(Slot(b, "-") for b in "[{{{")),
    **dict.fromkeys(["newglossaryentry", "longnewglossaryentry", "DeclareAcronym"], tuple(Slot(b, "-") for b in "{{")),
    **dict.fromkeys(["acro", "acrodef", "newacro", "acroplural"], tuple(Slot(b, "-") for b in "{[{")),
}
ACRONYM_USE = (Slot("*", ""), Slot("[", "-"), Slot("{", "-"), Slot("[", "+"))


class Acronym(NamedTuple):
    """A defined acronym: its short and long form, each in singular and plural."""

    short: str
    long: str
    shorts: str
    longs: str


class Definitions:
    """The commands and acronyms defined so far. `render` gives the words that a stretch of LaTeX stands for."""

    def __init__(self, render: Callable[[str, Definitions], str]) -> None:
        self._render = render
        self._words: dict[str, str] = {}
        self._specs: dict[str, Spec] = {}
        self._acronyms: dict[str, Acronym] = {}
        self._used: set[str] = set()

    def define(self, name: str, slots: tuple[str, ...], body: str) -> None:
        """A command of the manuscript's own; `slots` are the brackets of its arguments."""
        known = command(name)
        if known is not None and (known.slots or known.effect in ("par", "row")) and not slots:
            return  # a structural command done anew, by means that cannot be followed
        self._words.pop(name, None)
        self._specs.pop(name, None)
        if slots:
            spec = Spec(tuple(Slot(b, "" if b == "*" else _use(body, k)) for k, b in enumerate(slots, start=1)))
            if known is None or all(slot.use in ("-", "") for slot in spec.slots):
                self._specs[name] = spec
        elif name not in ("and", "sep", "item", "begin", "end"):
            words = self._render(body, self) if len(body) <= 4 * _LONGEST else ""
            self._words[name] = words if len(words) <= _LONGEST else ""

    def words(self, name: str) -> str | None:
        """What a defined command without arguments stands for; None for one that is not defined."""
        return self._words.get(name)

    def spec(self, name: str) -> Spec | None:
        """What a defined command does with its arguments; None for one that takes none."""
        return self._specs.get(name)

    def define_acronym(self, name: str, values: list[str]) -> None:
        """An acronym, from the arguments of the command that defines it."""
        if name in ("newacronym", "newabbreviation") and len(values) >= 3:
            key, short, long = values[-3:]
            options = _options(values[0]) if len(values) > 3 else {}
        elif name in ("acro", "acrodef", "newacro") and len(values) >= 2:
            key, short, long, options = values[0], values[-2], values[-1], {}
        elif len(values) == 2:
            key, options = values[0], _options(values[1])
            short = options.get("short") or options.get("text") or options.get("name") or key
            long = options.get("long") or short
        else:
            return
        short, long = (self._render(form[: 4 * _LONGEST], self)[:_LONGEST] for form in (short, long))
        shorts = options.get("shortplural") or options.get("plural") or short + options.get("short-plural", "s")
        longs = options.get("longplural") or long + options.get("long-plural", "s")
        if long == short:
            longs = shorts
        self._acronyms[key.strip()] = Acronym(short, long, shorts[:_LONGEST], longs[:_LONGEST])

    def acronym(self, name: str, key: str) -> str:
        """What a command prints for an acronym; at the first use "long (short)". One without definition is its key."""
        form, plural, capital = _ACRONYMS[name]
        key = key.strip()
        known = self._acronyms.get(key)
        if known is None:
            return key[:_LONGEST]
        short, long = (known.shorts, known.longs) if plural else (known.short, known.long)
        if form == "first":
            form = "short" if key in self._used else "full"
            self._used.add(key)
        both = f"{long} ({short})" if long != short else short
        words = {"short": short, "long": long, "full": both}[form]
        return words[:1].upper() + words[1:] if capital else words


def uses_acronym(name: str) -> bool:
    r"""Whether a command prints an acronym, as \gls does."""
    return name in _ACRONYMS


def _use(body: str, k: int) -> str:
    """What becomes of argument `k` of a command with this body: left out, kept, or what the command around it does."""
    if f"#{k}" not in body:
        return "-"
    around = re.search(rf"\\([A-Za-z]+)\*?\{{#{k}\}}", body)
    spec = command(around[1]) if around else None
    taken = [slot.use for slot in spec.slots if slot.bracket == "{"] if spec else []
    return taken[0] if len(taken) == 1 else "+"


def _options(values: str) -> dict[str, str]:
    return {key.lower(): (braced if braced is not None else bare).strip() for key, braced, bare in _pairs(values)}


def _pairs(values: str) -> list[tuple[str, str | None, str]]:
    return [(m[1], m[2], m[3] or "") for m in _KEY.finditer(values[:5000])]
