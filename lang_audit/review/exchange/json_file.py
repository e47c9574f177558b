"""A review as JSON, for other programs and for another store: everything but the texts of the papers."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import ValidationError

from lang_audit import __version__
from lang_audit.model import Frozen
from lang_audit.review.decisions import Basis
from lang_audit.review.events import Value
from lang_audit.review.exchange.data import Contents, FileMistakesError, Read, ReviewData
from lang_audit.review.proposals import Proposal

FORMAT: Final = "lang-audit review"
VERSION: Final = 1


class _Paper(Frozen):
    key: str
    title: str | None = None
    source: str
    proposals: tuple[Proposal, ...]


class _Decision(Frozen):
    who: str
    proposal: str
    seen: int
    when: str | None = None
    value: Value


class _Final(Frozen):
    proposal: str
    basis: Basis
    value: Value


class _Added(Frozen):
    by: str
    proposal: Proposal


class _File(Frozen):
    format: str
    version: int
    made: str
    program: str
    raters: tuple[str, ...]
    papers: tuple[_Paper, ...]
    added: tuple[_Added, ...]
    decisions: tuple[_Decision, ...]
    released: tuple[tuple[str, str], ...]
    finals: tuple[_Final, ...]


def write(data: ReviewData) -> bytes:
    """The file: an object a decision, an addition and a paper."""
    state = data.state
    papers = {paper.key for paper in data.papers}
    rows = [one.id for _, one in data.rows()]
    file = _File(
        format=FORMAT,
        version=VERSION,
        made=data.made,
        program=f"lang-audit {__version__}",
        raters=data.raters,
        papers=tuple(
            _Paper(key=paper.key, title=paper.title, source=paper.source, proposals=paper.proposals)
            for paper in data.papers
        ),
        added=tuple(
            _Added(by=by, proposal=one)
            for name, one in sorted(state.added.items())
            if (by := state.added_by.get(name)) in data.raters and by and one.paper in papers
        ),
        decisions=tuple(
            _Decision(who=rater, proposal=one, seen=state.last.get((rater, one), 0),
                      when=data.times.get((rater, one)), value=value)
            for rater in data.raters
            for one in rows
            if (value := data.decision(rater, one)) != Value()
        ),
        released=tuple(sorted(r for r in state.released if r[0] in data.raters and r[1] in papers)),
        finals=tuple(
            _Final(proposal=one, basis=final.basis, value=final.value) for one in rows if (final := data.finals.get(one))
        ),
    )  # fmt: skip
    text = json.dumps(file.model_dump(mode="json", exclude_none=True), ensure_ascii=True, indent=1)
    return f"{text}\n".encode()


def read(name: str, content: bytes) -> Contents:
    """What a file holds; `name` is for messages. Raises FileMistakesError where it is no such file."""
    try:
        told: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileMistakesError([f"{name}: is not JSON: {error}."]) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise FileMistakesError([f'{name}: is no export of lang-audit review ("format": "{FORMAT}" is missing).'])
    if told.get("version") != VERSION:
        raise FileMistakesError(
            [f"{name}: version: {told.get('version')!r} is not known; this program reads {VERSION}."]
        )
    try:
        file = _File.model_validate(told)
    except ValidationError as error:
        raise FileMistakesError(
            [f"{name}: {'.'.join(map(str, mistake['loc']))}: {mistake['msg']}." for mistake in error.errors()]
        ) from error
    added = {one.proposal.id: one for one in file.added}
    given = {(decision.who, decision.proposal) for decision in file.decisions}
    read = [
        Read(
            where=f"{name}: decisions.{k}",
            who=one.who,
            proposal=one.proposal,
            value=one.value,
            seen=one.seen,
            added=added[one.proposal].proposal if one.proposal in added and added[one.proposal].by == one.who else None,
        )
        for k, one in enumerate(file.decisions)
    ]
    read += [
        Read(where=f"{name}: added.{k}", who=one.by, proposal=one.proposal.id, value=Value(), seen=0, added=one.proposal,
             untouched=True)
        for k, one in enumerate(file.added)
        if (one.by, one.proposal.id) not in given
    ]  # fmt: skip
    proposals = [one for paper in file.papers for one in paper.proposals]
    return Contents(
        read=tuple(read),
        proposals=(*proposals, *(one.proposal for one in file.added)),
        released=frozenset(file.released),
    )
