"""How far the findings agree with a gold standard: precision, recall, and every disagreement in words. Pure.

A gold file is JSON Lines, a paper a line: `source` (file name), `verdict`, `mentions` (surface, usage, decision; in
text order, exempt ones included) and `person_first` (surfaces). What is counted is said beside each figure in `Scores`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from lang_audit.errors import LangAuditError
from lang_audit.model import Decision, Finding, Frozen, Record, Usage, VerdictLabel

_EQUAL, _INSIDE = 3, 2


class GoldMention(Frozen):
    """A term of the lexicon as it stands in a paper, with its right usage and decision."""

    surface: str
    usage: Usage
    decision: Decision


class GoldPaper(Frozen):
    """What is right for one file."""

    source: str
    verdict: VerdictLabel
    mentions: tuple[GoldMention, ...]
    person_first: tuple[str, ...]


class Ratio(NamedTuple):
    """`hits` out of `total`."""

    hits: int = 0
    total: int = 0

    @property
    def value(self) -> float | None:
        """The share; None where there was nothing to count."""
        return self.hits / self.total if self.total else None

    def __str__(self) -> str:
        return f"{self.hits / self.total:6.1%}  ({self.hits} of {self.total})" if self.total else "   n/a"


class Disagreement(NamedTuple):
    """One point on which gold and program differ; `gold` or `found` is "-" where one of them has nothing."""

    paper: str
    surface: str
    gold: str
    found: str
    sentence: str


class Scores(NamedTuple):
    """The figures over all papers of the gold file."""

    papers: int
    unread: tuple[tuple[str, str], ...]  # papers of the gold file without a result, and why
    flag_precision: (
        Ratio  # of the gold mentions that the program flags, those labelled flag (a labelled query counts neither way)
    )
    flag_recall: Ratio  # of the mentions labelled flag, those that it flags
    raise_recall: Ratio  # of the mentions labelled flag or query, those that it flags or queries
    calm: Ratio  # of the mentions labelled exempt, those that it does not flag
    usage_accuracy: Ratio  # of the gold mentions that it found, those with the right usage
    unlabelled: int  # findings that it flags outside every gold mention
    person_first_precision: Ratio
    person_first_recall: Ratio
    verdicts: Ratio
    disagreements: tuple[Disagreement, ...]


def load_gold(path: Path) -> tuple[GoldPaper, ...]:
    """Read a gold file. Raises LangAuditError with "file:line: what" for each mistake in it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LangAuditError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LangAuditError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    papers: dict[str, GoldPaper] = {}
    mistakes: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            paper = GoldPaper.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            mistakes.append(f"{where}: is not JSON: {error.msg} (column {error.colno})")
        except ValidationError as error:
            mistakes += [f"{where}: {_place(m['loc'])}{m['msg']}" for m in error.errors()]
        else:
            if paper.source in papers:
                mistakes.append(f"{where}: source: {paper.source!r} has a line already")
            papers[paper.source] = paper
    if not papers and not mistakes:
        mistakes.append(f"{path}: holds no paper; give a JSON object a line")
    if mistakes:
        raise LangAuditError("\n".join(mistakes))
    return tuple(papers.values())


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) + ": " if location else ""


def evaluate(gold: Iterable[GoldPaper], records: Iterable[Record]) -> Scores:
    """Compare records with the gold papers of the same file name; papers that it does not name are left out."""
    found = {Path(record.path).name: record for record in records}
    tally = _Tally()
    for paper in gold:
        tally.add(paper, found.get(paper.source))
    return tally.scores()


class _Tally:
    def __init__(self) -> None:
        self._papers = 0
        self._unread: list[tuple[str, str]] = []
        self._pairs: list[tuple[GoldMention, Finding | None]] = []
        self._unlabelled = 0
        self._person_first = [0, 0, 0]  # in both, in gold, found
        self._verdicts = 0
        self._differ: list[Disagreement] = []

    def add(self, paper: GoldPaper, record: Record | None) -> None:
        """Count one paper; without a result, all that its gold line holds is missed."""
        self._papers += 1
        appraisal = record.appraisal if record else None
        if appraisal is None:
            why = " ".join(problem.message for problem in record.problems) if record else "There is no record of it."
            self._unread.append((paper.source, why))
            self._pairs += [(mention, None) for mention in paper.mentions]
            self._person_first[1] += len(paper.person_first)
            return
        pairs, rest = _align(paper.mentions, appraisal.findings)
        self._pairs += pairs
        self._differ += [_difference(paper.source, *pair) for pair in pairs if _differs(*pair)]
        extra = [finding for finding in rest if finding.decision != "exempt"]
        self._unlabelled += sum(finding.decision == "flag" for finding in extra)
        self._differ += [Disagreement(paper.source, _line(f.text), "-", _label(f), _line(f.sentence)) for f in extra]
        self._add_person_first(paper, [mention.text for mention in appraisal.person_first])
        verdict = appraisal.verdict.label
        self._verdicts += verdict == paper.verdict
        if verdict != paper.verdict:
            self._differ.append(Disagreement(paper.source, "(verdict)", paper.verdict, verdict, ""))

    def _add_person_first(self, paper: GoldPaper, found: list[str]) -> None:
        pairs, extra = _pair_up([fold(text) for text in paper.person_first], [fold(text) for text in found])
        missed = [text for k, text in enumerate(paper.person_first) if pairs[k] is None]
        self._person_first[0] += len(pairs) - len(missed)
        self._person_first[1] += len(pairs)
        self._person_first[2] += len(found)
        self._differ += [Disagreement(paper.source, text, "person-first", "-", "") for text in missed]
        self._differ += [Disagreement(paper.source, _line(found[k]), "-", "person-first", "") for k in extra]

    def scores(self) -> Scores:
        """The figures."""
        decided = [(gold, found.decision if found else "none") for gold, found in self._pairs]
        flagged = [gold.decision for gold, decision in decided if decision == "flag" and gold.decision != "query"]
        to_flag = [decision for gold, decision in decided if gold.decision == "flag"]
        to_raise = [decision for gold, decision in decided if gold.decision != "exempt"]
        to_spare = [decision for gold, decision in decided if gold.decision == "exempt"]
        seen = [gold.usage == found.usage for gold, found in self._pairs if found]
        both, in_gold, in_found = self._person_first
        return Scores(
            papers=self._papers,
            unread=tuple(self._unread),
            flag_precision=Ratio(flagged.count("flag"), len(flagged)),
            flag_recall=Ratio(to_flag.count("flag"), len(to_flag)),
            raise_recall=Ratio(sum(decision in ("flag", "query") for decision in to_raise), len(to_raise)),
            calm=Ratio(sum(decision != "flag" for decision in to_spare), len(to_spare)),
            usage_accuracy=Ratio(sum(seen), len(seen)),
            unlabelled=self._unlabelled,
            person_first_precision=Ratio(both, in_found),
            person_first_recall=Ratio(both, in_gold),
            verdicts=Ratio(self._verdicts, self._papers),
            disagreements=tuple(self._differ),
        )


def _align(
    gold: Sequence[GoldMention], found: Sequence[Finding]
) -> tuple[list[tuple[GoldMention, Finding | None]], list[Finding]]:
    """Each gold mention with the finding of the same words, and the findings that are left over."""
    pairs, rest = _pair_up([fold(mention.surface) for mention in gold], [fold(finding.text) for finding in found])
    return (
        [(m, None if k is None else found[k]) for m, k in zip(gold, pairs, strict=True)],
        [found[k] for k in rest],
    )


def _pair_up(left: Sequence[str], right: Sequence[str]) -> tuple[list[int | None], list[int]]:
    """For each of `left` the place of its partner in `right`, and the places without one.

    Partners are the same words or, failing that, a shorter or longer stretch of them. The best pairing that keeps the
    order comes first; what it leaves over (a table that is printed elsewhere) is paired in any order.
    """
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            together = _likeness(left[i], right[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together and together + best[i + 1][j + 1])
    pairs: list[int | None] = [None] * len(left)
    i = j = 0
    while i < len(left) and j < len(right):
        together = _likeness(left[i], right[j])
        if together and best[i][j] == together + best[i + 1][j + 1]:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    rest = [j for j in range(len(right)) if j not in pairs]
    for i, partner in enumerate(pairs):
        near = next((j for like in (_EQUAL, _INSIDE) for j in rest if _likeness(left[i], right[j]) == like), None)
        if partner is None and near is not None:
            pairs[i] = near
            rest.remove(near)
    return pairs, rest


def _likeness(left: str, right: str) -> int:
    return _EQUAL if left == right else _INSIDE if left in right or right in left else 0


def fold(surface: str) -> str:
    """A surface without case, spaces, hyphens and ligatures: "sub-\\nstance Abusers" is "substanceabusers"."""
    return "".join(c for c in unicodedata.normalize("NFKC", surface).casefold() if c.isalnum())


def _differs(gold: GoldMention, found: Finding | None) -> bool:
    if found is None:
        return gold.decision != "exempt"
    return gold.usage != found.usage or gold.decision != found.decision


def _difference(paper: str, gold: GoldMention, found: Finding | None) -> Disagreement:
    return Disagreement(
        paper,
        gold.surface,
        _label(gold),
        _label(found) if found else "-",
        _line(found.sentence) if found else "",
    )


def _label(mention: GoldMention | Finding) -> str:
    return f"{mention.decision}, {mention.usage}"


def _line(text: str) -> str:
    return " ".join(text.split())


def format_scores(scores: Scores, most: int | None = None) -> str:
    """The figures and the disagreements (at most `most` of them) as plain text for a terminal."""
    rows = [
        ("flag precision", scores.flag_precision),
        ("flag recall", scores.flag_recall),
        ("raise recall", scores.raise_recall),
        ("calm", scores.calm),
        ("usage accuracy", scores.usage_accuracy),
        ("person-first precision", scores.person_first_precision),
        ("person-first recall", scores.person_first_recall),
        ("verdicts right", scores.verdicts),
    ]
    lines = [f"Agreement with the gold standard on {scores.papers} paper{'s' * (scores.papers != 1)}", ""]
    lines += [f"  {name:<24}{ratio}" for name, ratio in rows]
    lines.append(f"  {'flagged, not in gold':<24}{scores.unlabelled:6}")
    lines += [f"  no result for {source}: {why}" for source, why in scores.unread]
    lines += ["", *_disagreement_lines(scores.disagreements, most)]
    return "\n".join(lines)


def _disagreement_lines(differ: Sequence[Disagreement], most: int | None) -> Iterator[str]:
    shown = differ[:most]
    yield f"Disagreements: {len(differ)}" if differ else "Disagreements: none"
    for paper in dict.fromkeys(item.paper for item in shown):
        yield f"  {paper}"
        for item in shown:
            if item.paper == paper:
                yield f"    {item.surface}: gold {item.gold}; found {item.found}"
                if item.sentence:
                    yield f"      {item.sentence[:110]}{'…' * (len(item.sentence) > 110)}"
    if len(differ) > len(shown):
        yield f"  and {len(differ) - len(shown)} more"
