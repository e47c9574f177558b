"""Fabricated reviews: papers that we wrote ourselves, proposals in them, and decisions on them."""

from __future__ import annotations

from hypothesis import strategies as st

from lang_audit.model import SEVERITIES, USAGES, Paper, Section
from lang_audit.review.decisions import Final
from lang_audit.review.events import CONSENSUS, Event, State, Value, replay
from lang_audit.review.exchange import ReviewData, ReviewPaper
from lang_audit.review.exchange.places import added_proposal
from lang_audit.review.exchange.sheet import plain
from lang_audit.review.proposals import Proposal, paper_key

WHEN = "2026-03-01T12:00:00Z"
TEXTS = (
    "\ufeffPeers \U0001f9d1\u200d\u2695\ufe0f met addicts \U0001d4d0 at the clinic. They gained trust.\r\nThe addicts said so; "
    "=SUM(A1) is no formula here. Outreach by former drug users helped.",
    "A second paper <script>alert(1)</script> & its \x0b addicts. Trust grew \ud835 slowly.",
)


def paper_of(text: str, title: str | None, source: str) -> ReviewPaper:
    key = paper_key(text.encode("utf-8", "surrogatepass"))
    read = Paper(
        id=source, source=source, text=text, sections=(Section(start=0, end=len(text), kind="results", heading=None),)
    )
    paper = ReviewPaper(key=key, title=title, source=source, paper=read)
    found: list[Proposal] = []
    for word, kind, label in (
        ("addicts", "finding", "substance-use/addict"),
        ("drug users", "finding", "substance-use/drug-user"),
        ("trust", "code", "chang-2021/mechanism/trust"),
        ("Trust", "code", "chang-2021/mechanism/trust"),
        ("Peers", "code", "chang-2021/role/peer"),
    ):
        at = text.find(word)
        while at >= 0:
            one = added_proposal(paper, at, at + len(word), kind, label)
            extra = {"strength": "reported", "cue": "gained"}
            if kind == "finding":
                extra = {
                    "usage": "author",
                    "decision": "flag",
                    "severity": "pejorative",
                    "reason": "'=1' is no formula",
                }
            found.append(one.model_copy(update=extra))
            at = text.find(word, at + 1)
    return paper.model_copy(update={"proposals": tuple(sorted(found, key=lambda p: p.start))})


PAPERS = (
    paper_of(TEXTS[0], "=HYPERLINK(1) A first, fabricated paper", "papers/first.pdf"),
    paper_of(TEXTS[1], None, "papers/second.txt"),
)
PROPOSALS = [one for paper in PAPERS for one in paper.proposals]
RATERS = ("Ana", "Ben Ó Briain", CONSENSUS)
ADDED = tuple(
    added_proposal(PAPERS[0], at, at + len(words), "code", "han-2023/outcome/linkage")
    for words in ("Outreach", "the clinic")
    for at in [TEXTS[0].index(words)]
)

_words = st.one_of(
    st.sampled_from(["=1+1", "'=1", "''", "-5", "two\nlines", "a \u2028 b", "_x000D_ and _x0041_", "+", "@x", "'", "«»"]),
    st.text(st.characters(codec="utf-8"), max_size=20),
).map(plain).filter(bool)  # fmt: skip
_labels = st.sampled_from(["chang-2021/mechanism/hope", "chang-2021/context/prison", "substance-use/junkie"])


def values(one: Proposal) -> st.SearchStrategy[Value]:
    """Decisions that change nothing to what it is anyway."""
    usage = st.none() | st.sampled_from([u for u in USAGES if u != one.usage])
    severity = st.none() | st.sampled_from([s for s in SEVERITIES if s != one.severity])
    return st.builds(
        Value,
        choice=st.sampled_from([None, "accepted", "rejected"]),
        usage=usage if one.kind == "finding" else st.none(),
        severity=severity if one.kind == "finding" else st.none(),
        label=st.none() | _labels.filter(lambda label: label.count("/") == (2 if one.kind == "code" else 1)),
        note=st.none() | _words,
        reason=st.none() | _words,
    )


@st.composite
def reviews(draw: st.DrawFn) -> ReviewData:
    """A review in any state, with additions and a consensus."""
    events = []
    for one, who in zip(ADDED, RATERS, strict=False):
        if draw(st.booleans()):
            after = draw(values(one).filter(lambda value: value.choice is not None))
            events.append(event(who, one, after, added=one, action="add"))
    here = [*PROPOSALS, *(e.added for e in events if e.added)]
    for who in RATERS:
        for one in draw(st.lists(st.sampled_from(here), unique_by=lambda p: p.id, max_size=6)):
            mine = any(e.who == who and e.proposal == one.id for e in events)
            after = draw(values(one).filter(lambda value: value.choice is not None)) if mine else draw(values(one))
            events.append(event(who, one, after))
    for who in draw(st.sets(st.sampled_from(RATERS[:2]))):
        events.append(Event(when=WHEN, who=who, action="release", paper=PAPERS[0].key))
    return review(events)


def event(who: str, one: Proposal, after: Value, **more: object) -> Event:
    given = {"action": "change", **more}
    return Event(when=WHEN, who=who, paper=one.paper, proposal=one.id, after=after, **given)  # type: ignore[arg-type]


def review(events: list[Event], raters: tuple[str, ...] = RATERS) -> ReviewData:
    state = stored(events)
    finals = {PROPOSALS[0].id: Final(proposal=PROPOSALS[0], value=Value(choice="accepted"), basis="agreement")}
    return ReviewData(papers=PAPERS, state=state, raters=raters, finals=finals, made=WHEN)


def stored(events: list[Event] | tuple[Event, ...], before: int = 0) -> State:
    """The state after a store has numbered them."""
    return replay(e.model_copy(update={"number": before + k}) for k, e in enumerate(events, 1))


def kept(state: State) -> dict[str, dict[str, Value]]:
    """The decisions, without raters who have none."""
    return {who: dict(mine) for who, mine in state.decisions.items() if mine}
