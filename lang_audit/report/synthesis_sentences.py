"""The sentences that a review needs, from the counts. Every number in them is followed by the papers that it counts.

A sentence is a row of pieces: words, and papers to be cited. Who renders it decides how papers are shown; `plain` shows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from lang_audit.model import VerdictLabel, VerdictRule
from lang_audit.report import wording
from lang_audit.report.english import capital, inside, listed, number, papers, words
from lang_audit.report.extraction import StudyRow
from lang_audit.report.synthesis_counts import BookCount, CodeCount, DimensionCount, Group, Papers, Synthesis
from lang_audit.report.synthesis_flow import Flow, Tie

_MOST_CHAINS: Final = 3
_MOST_GROUPS: Final = 12
Piece = str | Papers


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and papers in turn."""

    pieces: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """The sentence with every paper in square brackets: "Two papers [Ayon 2018; Bartlett 2011] did.\""""
        return "".join(piece if isinstance(piece, str) else cited(piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences under a heading (empty: none)."""

    heading: str
    sentences: tuple[Sentence, ...]


def cited(some: Sequence[StudyRow]) -> str:
    """Papers as a review cites them, with a blank before."""
    return f" [{'; '.join(row.key for row in some)}]"


def say(*pieces: Piece) -> Sentence:
    """A sentence of `pieces`; empty ones are left out."""
    return Sentence(tuple(piece for piece in pieces if piece))


def included_papers(found: Synthesis) -> str:
    """What the papers that count are called: "included papers", or which of them."""
    return "papers that could be read" if found.unread else "included papers"


class _Of:
    """Opens sentences with a count: in full the first time ("Six of the 29 included papers"), then short ("Six")."""

    def __init__(self, found: Synthesis, which: bool = False) -> None:
        self._whole, self._first = len(found.included), True
        self._name = included_papers(found) if which or not found.unread else "papers"

    def __call__(self, n: int) -> str:
        first, self._first = self._first, False
        if self._whole == 1:
            singular = self._name.replace("papers", "paper")
            return (f"The one {singular}" if first else "It") if n else f"Nothing in the one {singular}"
        if not first:
            return f"All {number(n)}" if n == self._whole else capital(words(n)) if n else "None"
        if n == self._whole:
            return f"Both {self._name}" if n == 2 else f"All {number(n)} {self._name}"
        return f"{capital(words(n)) if n else 'None'} of the {number(self._whole)} {self._name}"


def papers_paragraph(found: Synthesis) -> Paragraph:
    """How many papers there are, from when, and which of them could not be read."""
    n, unread = len(found.included), len(found.unread)
    lines = []
    if unread:
        verb = "was" if unread == 1 else "were"
        lines.append(
            say(f"{capital(papers(unread))} could not be read", found.unread, f" and {verb} not counted.")
            if n
            else say(f"None of the papers could be read: {papers(unread)}", found.unread, ".")
        )
    if found.years:
        first, last = found.years
        span = f"in {first}" if first == last else f"from {first} to {last}"
        dated = n - len(found.no_year)
        which = "The one paper was" if n == 1 else "The papers were"
        if dated < n:
            which = f"{capital(words(dated))} {'paper was' if dated == 1 else 'papers were'}"
        lines.append(say(f"{which} published {span}."))
    if found.no_year:
        lines.append(say(f"{capital(papers(len(found.no_year)))} showed no year", found.no_year, "."))
    if found.partial:
        k = len(found.partial)
        verb, they = ("was", "its") if k == 1 else ("were", "their")
        lines.append(
            say(
                f"{capital(papers(k))} {verb} read only in part or with doubts",
                found.partial,
                f"; {they} numbers may be low.",
            )
        )
    return Paragraph("Papers", tuple(lines))


_VERDICTS: Final[dict[VerdictLabel, str]] = {
    "person-first": "used person-first language",
    "mixed": "mixed person-first language with labels of people",
    "not person-first": "did not use person-first language",
    "no person reference": "held no reference to people that could be judged",
}
_ANY_TERM: Final[dict[VerdictLabel, str]] = _VERDICTS | {
    "person-first": "used no term of the profile and named people first",
    "mixed": "used no term of the profile, with mixed wording",
    "not person-first": "used at least one term of the profile",
    "no person reference": "used no term of the profile and made no reference to people",
}


def language_paragraph(found: Synthesis, rule: VerdictRule = "majority") -> Paragraph:
    """The verdicts on language, each with its papers; no paper for a verdict is said too."""
    if not found.included:
        return Paragraph("Language", ())
    of = _Of(found, which=True)
    texts = _ANY_TERM if rule == "any-term" else _VERDICTS
    if len(found.included) == 1:
        label = next(label for label, members in found.verdicts.items() if members)
        return Paragraph("Language", (say(f"{of(1)} {texts[label]}", found.included, "."),))
    pieces: list[Piece] = []
    nothing = ""
    for label, text in texts.items():
        members = found.verdicts[label]
        if not pieces:
            pieces += [f"{of(len(members))} {text}", members]
        elif members:
            pieces += [f"; {number(len(members))} {text}", members]
        elif label == "mixed" and rule != "any-term":
            nothing = f"; none {text}"
    return Paragraph("Language", (say(*pieces, nothing, "."),))


def studies_paragraph(found: Synthesis) -> Paragraph:
    """Where and how the studies were done."""
    if not found.included:
        return Paragraph("Studies", ())
    kind = "papers" if found.unread else "included papers"
    whole = f"the {number(len(found.included))} {kind}" if len(found.included) > 1 else "the one paper"
    lines = []
    for groups, opening, name in (
        (found.regions, "By World Bank region, the studies were set in", _region),
        (found.countries, "By country, they were set in" if found.regions else "The studies were set in", _country),
        (found.income, "By income group of the country, they were set in", _income),
        (found.designs, "Study designs were:", lambda group: wording.design_name(group.name)),
    ):
        if groups:
            lines.append(say(*_in_turn(opening, groups, name, whole), "."))
    if found.several_countries:
        n = len(found.several_countries)
        verb = "was" if n == 1 else "were"
        lines.append(
            say(
                f"{capital(papers(n))} {verb} set in more than one country",
                found.several_countries,
                " and counted under each.",
            )
        )
    for missing, what in ((found.no_country, "country"), (found.no_design, "design")):
        if missing:
            lines.append(say(f"In {papers(len(missing))} no {what} of the study was found", missing, "."))
    if found.samples:
        lines.append(_samples(found.samples))
    return Paragraph("Studies", tuple(lines))


def _in_turn(opening: str, groups: Sequence[Group], name: Callable[[Group], str], whole: str) -> Iterator[Piece]:
    shown = groups[:_MOST_GROUPS]
    for k, group in enumerate(shown):
        joint = " " if not k else ", " if k < len(shown) - 1 or len(groups) > len(shown) else " and "
        n = len(group.papers)
        count = f"{number(n)} of {whole}" if not k else number(n)
        yield f"{opening if not k else ''}{joint}{name(group)} ({count}"
        yield group.papers
        yield ")"
    if rest := len(groups) - len(shown):
        yield f" and {number(rest)} more, which the table lists"


def _region(group: Group) -> str:
    return group.name.replace("_", " ").replace(" & ", " and ")


def _country(group: Group) -> str:
    name = wording.country_name(group.name)
    return f"the {name}" if name.startswith(("United ", "Philippines", "Netherlands")) else name


def _income(group: Group) -> str:
    text = inside(group.name.replace("_", " "))
    return (
        text if "countr" in text else f"{text.removesuffix(' income')}-income countries" if " income" in text else text
    )


def _samples(some: Papers) -> Sentence:
    sizes = sorted(row.characteristics.sample_size or 0 for row in some)
    if len(sizes) == 1:
        return say("A sample size was found in one paper", some, f": {sizes[0]:,}.")
    middle = median(sizes)
    shown = f"{middle:,.0f}" if middle == int(middle) else f"{middle:,.1f}"
    return say(
        f"Sample sizes, found in {papers(len(some))}",
        some,
        f", ranged from {sizes[0]:,} to {sizes[-1]:,} (median {shown}).",
    )


def book_paragraph(found: Synthesis, book: BookCount) -> Paragraph:
    """How many papers hold any evidence for the codebook."""
    if not found.included:
        return Paragraph(book.book.title, ())
    of = _Of(found)
    n, missing = len(book.evident), len(book.silent)
    if not n:
        return Paragraph(book.book.title, (say(f"{of(0)} gave evidence for any code of this codebook."),))
    lines = [say(f"{of(n)} gave evidence for at least one code of this codebook", book.evident, ".")]
    if missing:
        lines.append(say(f"{capital(papers(missing))} gave none", book.silent, "."))
    return Paragraph(book.book.title, tuple(lines))


def dimension_paragraph(found: Synthesis, dimension: DimensionCount) -> Paragraph:
    """The codes in order of frequency; what nobody reported; papers without evidence; codes outside the analysis."""
    if not found.included:
        return Paragraph(dimension.name, ())
    of = _Of(found)
    lines = [_code(count, of) for count in dimension.inside if count.by_strength["reported"]]
    unreported = [count for count in dimension.inside if not count.by_strength["reported"]]
    lines += [_weak(count) for count in unreported if count.papers]
    if never := [_quoted(count) for count in unreported if not count.papers]:
        lines.append(say(f"No paper named {listed(never, 'or')}."))
    if dimension.silent and dimension.inside:
        n = len(dimension.silent)
        if n < len(found.included):
            lines.append(say(f"{capital(papers(n))} gave no evidence for any of these codes", dimension.silent, "."))
    for count in dimension.outside:
        if count.papers:
            line = _code(count, _Of(found)) if count.by_strength["reported"] else _weak(count)
            lines.append(say("Outside the review’s analysis: ", *_small(line)))
    return Paragraph(dimension.name, tuple(lines))


def _small(line: Sentence) -> tuple[Piece, ...]:
    head = line.pieces[0]
    assert isinstance(head, str)
    return (head[:1].lower() + head[1:], *line.pieces[1:])


def _quoted(count: CodeCount) -> str:
    return f"‘{inside(count.code.name)}’"


def _code(count: CodeCount, of: _Of) -> Sentence:
    reported = count.by_strength["reported"]
    weaker = list(_weaker(count, "further paper", "further papers", "this "))
    return say(f"{of(len(reported))} reported {_quoted(count)}", reported, *(["; ", *weaker] if weaker else []), ".")


def _weak(count: CodeCount) -> Sentence:
    return say(f"No paper reported {_quoted(count)}, but ", *_weaker(count, "paper", "papers", "it "), ".")


def _weaker(count: CodeCount, one: str, more: str, it: str) -> Iterator[Piece]:
    """ "two further papers name this only as an aim [..] and one only as background [..]"."""
    said = False
    for strength, text in (("aimed", "only as an aim"), ("background", "only as background")):
        members = count.by_strength[strength]  # type: ignore[index]
        if not members:
            continue
        n = len(members)
        if said:
            yield f" and {number(n)} {text}"
        else:
            yield f"{number(n)} {one if n == 1 else more} {'names' if n == 1 else 'name'} {it}{text}"
        yield members
        said = True


def flow_paragraph(found: Synthesis, linked: Flow) -> Paragraph:
    """Stated configurations first, side by side ones apart."""
    if not found.included:
        return Paragraph("Configurations", ())
    of = _Of(found)
    stages = listed([f"{inside(stage.part)}s" for stage in linked.stages])
    lines = [
        say(f"{of(len(linked.stated))} stated how {stages} are linked", linked.stated, ".")
        if linked.stated
        else say(f"No paper stated how {stages} are linked.")
    ]
    stated_chains = [tie for tie in linked.chains if tie.stated]
    if stated_chains:
        lines += list(_chains(stated_chains))
    if len(linked.stages) > 2 and linked.stated_in_part:
        n = len(linked.stated_in_part)
        further = "further" if linked.stated else ""
        lines.append(
            say(f"{capital(papers(n, further))} stated a link between some of these only", linked.stated_in_part, ".")
        )
    if linked.co_occurring:
        further = "further" if linked.stated or linked.stated_in_part else ""
        n = len(linked.co_occurring)
        lines.append(
            say(
                f"In {papers(n, further)} codes of these kinds stand in the same passage",
                linked.co_occurring,
                ", but no link is stated.",
            )
        )
    return Paragraph("Configurations", tuple(lines))


def _chains(ties: Sequence[Tie]) -> Iterator[Sentence]:
    best = len(ties[0].stated)
    top = [tie for tie in ties if len(tie.stated) == best]
    if best > 1 and len(top) <= _MOST_CHAINS:
        pieces: list[Piece] = ["Most often stated was " if len(top) == 1 else "Most often stated were "]
        for k, tie in enumerate(top):
            joint = "" if not k else "; " if k < len(top) - 1 else "; and "
            pieces += [f"{joint}{chain(tie)} ({papers(best)}", tie.stated, ")"]
        yield say(*pieces, ".")
    elif best == 1 and len(ties) == 1:
        yield say(f"It runs {chain(top[0])}", top[0].stated, ".")


def chain(tie: Tie) -> str:
    """ "stigma → trust → access"."""
    return " → ".join(f"‘{inside(name)}’" for name in tie.names)
