"""Every record that passes between the stages: read -> detect -> judge -> appraise -> render.

All records are frozen. A paper has one text; everything else is offsets into it (Python string offsets), so that
`paper.text[mention.start:mention.end] == mention.text` always holds. Boxes are in points from the page's top left corner.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict

SectionKind = Literal[
    "title", "abstract", "keywords", "introduction", "methods", "results", "discussion", "conclusion", "table", "caption",
    "funding", "acknowledgements", "references", "appendix", "other",
]  # fmt: skip
PassageKind = Literal["heading", "paragraph", "list-item", "block-quote", "table", "caption", "footnote", "reference"]
Usage = Literal[
    "author", "quoted", "cited-title", "name", "mentioned", "diagnosis", "search", "other-sense", "behaviour", "self-named",
]  # fmt: skip
Decision = Literal["flag", "query", "exempt"]
Severity = Literal["pejorative", "stigmatising", "outdated"]
VerdictLabel = Literal["person-first", "mixed", "not person-first", "no person reference"]
VerdictRule = Literal["majority", "strict", "any-term"]
Status = Literal["ok", "partial", "failed"]
Link = Literal["stated", "co-occurring"]
Strength = Literal["reported", "aimed", "background"]
ReviewChoice = Literal["accepted", "rejected", "changed", "added"]
ReviewBasis = Literal["consensus", "agreement", "single", "disagreement"]
Box = tuple[float, float, float, float]

SECTION_KINDS: tuple[SectionKind, ...] = get_args(SectionKind)
USAGES: tuple[Usage, ...] = get_args(Usage)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Frozen(BaseModel):
    """A record that cannot be changed and refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """A record of values that the program made itself, every field given: a literature has millions, so none is validated."""
        record = cls.__new__(cls)
        for name, value in (("__dict__", values), ("__pydantic_fields_set__", set(values)), *_NO_MORE):
            object.__setattr__(record, name, value)
        return record


_NO_MORE = (("__pydantic_extra__", None), ("__pydantic_private__", None))


class Problem(Frozen):
    """Something that a reader of the report must know about an input: what is wrong and how to mend it."""

    code: str
    message: str
    remedy: str = ""


class Line(Frozen):
    """A printed line (or the part of one that stands in the text): offsets and box."""

    start: int
    end: int
    bbox: Box


class Page(Frozen):
    """A printed page: its number from 1, size in points, and the lines on it in reading order."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...] = ()


class Section(Frozen):
    """A stretch of text of one kind. Sections are in text order and never overlap; a table inside Results splits Results."""

    start: int
    end: int
    kind: SectionKind
    heading: str | None = None


class Passage(Frozen):
    """A paragraph, heading, caption, table, reference ...: the unit that detection reads. In text order, never overlapping."""

    start: int
    end: int
    kind: PassageKind = "paragraph"


class Citation(Frozen):
    """A numeric citation marker taken out of the running text, and the offset where it stood."""

    offset: int
    text: str


class Origin(Frozen):
    """Where a stretch of the text, `start:end`, stands in the file that it was read from: its characters `at:upto`.

    They are counted in `part`: the decoded file without its byte order mark (None), a file that it includes, or a paragraph
    of a DOCX file. Where both stretches are equally long each character has its own; else only the whole has (`&eacute;`).
    """

    start: int
    end: int
    at: int
    upto: int
    part: str | None = None


class Metadata(Frozen):
    """What the paper says of itself; None or empty where it does not show it."""

    title: str | None = None
    year: int | None = None
    doi: str | None = None
    journal: str | None = None
    authors: tuple[str, ...] = ()


class Paper(Frozen):
    """One paper as read: its text, and where in the text and on the pages everything stands."""

    id: str
    source: str
    text: str
    sections: tuple[Section, ...] = ()
    passages: tuple[Passage, ...] = ()
    pages: tuple[Page, ...] = ()
    citations: tuple[Citation, ...] = ()
    origins: tuple[Origin, ...] = ()
    metadata: Metadata = Metadata()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def _section_starts(self) -> list[int]:
        return [s.start for s in self.sections]

    @cached_property
    def _lines(self) -> list[tuple[int, int, int, Box]]:
        return sorted((line.start, line.end, page.number, line.bbox) for page in self.pages for line in page.lines)

    def section_at(self, offset: int) -> Section | None:
        """The section that holds `offset`, or None where there is none."""
        k = bisect_right(self._section_starts, offset) - 1
        return self.sections[k] if k >= 0 and offset < self.sections[k].end else None

    def page_at(self, offset: int) -> int | None:
        """The number (from 1) of the page on which `offset` is printed; None for formats without pages."""
        k = bisect_right(self._lines, (offset, len(self.text) + 1)) - 1
        return self._lines[max(k, 0)][2] if self._lines else None

    @cached_property
    def _origin_starts(self) -> list[int]:
        return [origin.start for origin in self.origins]

    def origins_of(self, start: int, end: int) -> tuple[Origin, ...]:
        """Where the file holds `start:end`: an origin for each stretch of it, cut to it where characters have their own.

        White space that the reader put between paragraphs has none; nothing has one in formats without (PDF).
        """
        found = []
        for origin in self.origins[max(bisect_right(self._origin_starts, start) - 1, 0) :]:
            if origin.start >= end:
                break
            if origin.end <= start:
                continue
            if origin.end - origin.start == origin.upto - origin.at:
                first, last = max(start, origin.start), min(end, origin.end)
                shift = origin.at - origin.start
                origin = Origin(start=first, end=last, at=first + shift, upto=last + shift, part=origin.part)
            found.append(origin)
        return tuple(found)

    def boxes(self, start: int, end: int) -> list[tuple[int, Box]]:
        """The (page number, box) of each printed line that holds some of `start:end`, narrowed to those characters.

        Inside a line the place is taken in proportion to characters, which is near enough to find the word by eye.
        """
        found = []
        k = max(bisect_right(self._lines, (start, len(self.text) + 1)) - 1, 0)
        for line_start, line_end, page, (x0, y0, x1, y1) in self._lines[k:]:
            if line_start >= end:
                break
            if line_end <= start or line_end == line_start:
                continue
            per_character = (x1 - x0) / (line_end - line_start)
            left = x0 + max(start - line_start, 0) * per_character
            right = x0 + (min(end, line_end) - line_start) * per_character
            found.append((page, (round(left, 1), round(y0, 1), round(right, 1), round(y1, 1))))
        return found


class Mention(Frozen):
    """A lexicon term as it stands in a paper, and how it is used there; `cue` holds the words that decided the usage."""

    start: int
    end: int
    text: str
    entry: str
    usage: Usage
    cue: str | None = None
    page: int | None = None
    bbox: Box | None = None
    section: SectionKind
    sentence: str
    sentence_start: int


class PersonFirstMention(Frozen):
    """A person-first reference in the authors' own voice ("people who inject drugs")."""

    start: int
    end: int
    text: str
    page: int | None = None
    section: SectionKind


class Review(Frozen):
    """What reviewers decided on a finding or code; `by` names them.

    `basis`: consensus (settled together or by a third), agreement (all who decided say the same), single (one has decided),
    disagreement (they differ, and what the program said stands; `choice` is None then). `was` is what the program had said,
    where it was changed.
    """

    choice: ReviewChoice | None
    basis: ReviewBasis
    by: tuple[str, ...]
    was: str | None = None
    reason: str | None = None
    note: str | None = None

    @property
    def words(self) -> str:
        """The decision in a line: "Rejected by A. Reviewer: another sense"."""
        names = listed(self.by)
        if self.choice is None:
            return f"Not settled between {names}"
        how = f"{self.choice.capitalize()} by {names}" + (" in consensus" if self.basis == "consensus" else "")
        was = f" (lang-audit: {self.was})" if self.was else ""
        said = "; ".join(text for text in (self.reason, self.note) if text)
        return f"{how}{was}: {said}" if said else f"{how}{was}"


class ReviewSummary(Frozen):
    """How far reviewers came with a paper: proposals (theirs included), those decided on, and what they decided.

    `disagreements` wait to be settled, `single` were decided by one reviewer only. `kappa` is the agreement over the whole
    review; None with one reviewer, or where it is not defined.
    """

    reviewers: tuple[str, ...]
    proposals: int
    decided: int
    accepted: int = 0
    rejected: int = 0
    changed: int = 0
    added: int = 0
    single: int = 0
    disagreements: int = 0
    kappa: float | None = None

    @property
    def words(self) -> str:
        """In a line: "After review by two reviewers (kappa .87; 41 of 43 proposals decided)"."""
        n = len(self.reviewers)
        who = f"{_NUMBERS.get(n, n)} reviewer{'s' * (n != 1)}"
        kappa = f"kappa {self.kappa:.2f}; ".replace("0.", ".", 1) if self.kappa is not None else ""
        proposals = f"proposal{'s' * (self.proposals != 1)}"
        return f"After review by {who} ({kappa}{self.decided} of {self.proposals} {proposals} decided)"


_NUMBERS = dict(enumerate(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")))


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence: "A", "A and B", "A, B and C"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


class Finding(Mention):
    """A mention with the decision on it, the reason in words, and what to write instead; `review` where people decided too."""

    decision: Decision
    reason: str
    severity: Severity
    category: str
    person_label: bool
    suggestion: str | None = None
    rewrite: str | None = None
    sources: tuple[str, ...]
    caveat: str | None = None
    review: Review | None = None


class CodeMention(Frozen):
    """Evidence for a code of a codebook (a role, mechanism, context or outcome).

    `cue` holds the rule's words that decided it (the giver of the support, the verb of change). `strength` is
    `reported` for what was
    found or done, `aimed` for what is hoped or planned, `background` for what the paper tells of other work.
    """

    codebook: str
    dimension: str
    code: str
    text: str
    start: int
    end: int
    page: int | None = None
    section: SectionKind
    sentence: str
    sentence_start: int
    strength: Strength
    cue: str | None = None
    review: Review | None = None


class Configuration(Frozen):
    """A context-mechanism-outcome configuration: `stated` where the text links the parts, else `co-occurring`.

    `cue` holds the words that link the parts ("through", "resulting in"), where the link is stated.
    """

    codebook: str
    intervention: tuple[CodeMention, ...] = ()
    context: tuple[CodeMention, ...] = ()
    mechanism: tuple[CodeMention, ...] = ()
    outcome: tuple[CodeMention, ...] = ()
    link: Link
    cue: str | None = None
    start: int
    end: int
    passage: str


class Reading(Frozen):
    """Where a study characteristic was read: the words, their offsets, and the sentence that says it."""

    characteristic: Literal["country", "design", "sample-size", "years", "population"]
    value: str
    text: str
    start: int
    end: int
    page: int | None = None
    section: SectionKind
    sentence: str


class Characteristics(Frozen):
    """Study characteristics as in a review's Table 1; empty where the paper does not say.

    Countries are ISO 3166 codes of two letters, most evidence first; `regions` and `income` are the World Bank's
    regions and income
    groups of these countries; `years` are the first and last year of the data. Each value has its reading in `evidence`.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    income: tuple[str, ...] = ()
    design: tuple[str, ...] = ()
    sample_size: int | None = None
    years: tuple[int, int] | None = None
    population: str | None = None
    evidence: tuple[Reading, ...] = ()


class Annotations(Frozen):
    """What detection found in one paper, before any policy is applied."""

    mentions: tuple[Mention, ...] = ()
    person_first: tuple[PersonFirstMention, ...] = ()
    codes: tuple[CodeMention, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    characteristics: Characteristics = Characteristics()


class Verdict(Frozen):
    """The judgement on a paper's language, by a named rule; `share` is person-first mentions out of all person mentions."""

    label: VerdictLabel
    rule: VerdictRule
    person_first: int
    flagged_people: int
    share: float | None
    reasons: tuple[str, ...]


class Appraisal(Frozen):
    """Everything that was found in one paper."""

    paper: Paper
    findings: tuple[Finding, ...]
    person_first: tuple[PersonFirstMention, ...]
    verdict: Verdict
    codes: tuple[CodeMention, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    characteristics: Characteristics = Characteristics()
    review: ReviewSummary | None = None


class Record(Frozen):
    """What became of one input. A run of N inputs gives N records, always."""

    path: str
    status: Status
    appraisal: Appraisal | None = None
    problems: tuple[Problem, ...] = ()
