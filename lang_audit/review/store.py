"""The log of a review in a database: events are appended in transactions, numbered 1, 2, ... without gaps, and never changed.

SQLite by default (one file, several windows and programs at once), or any database that SQLAlchemy knows; the SQL is plain.
Every append takes the next number from one row that it locks first, so writers wait for each other, and a number that was
not committed is given again. An append that was cut off leaves nothing.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from lang_audit.errors import ConfigError, LangAuditError
from lang_audit.review.events import EMPTY, Event, State, Value, advanced
from lang_audit.review.kept import DATABASE as DATABASE
from lang_audit.review.proposals import Proposal
from lang_audit.review.stored_json import from_json, to_json

FORMAT: Final = "1"
_WAIT: Final = 60.0  # seconds that a writer waits for others
_AT_ONCE: Final = 500  # ids in one question, well under what any database takes

_TABLES: Final = sa.MetaData()
_META = sa.Table(
    "review_meta",
    _TABLES,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
_COUNTER = sa.Table(
    "review_counter",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)
_EVENTS = sa.Table(
    "review_events",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("paper", sa.String(64), nullable=False),
    sa.Column("proposal", sa.String(64)),
    sa.Column("event", sa.Text, nullable=False),  # the whole of it, as JSON
    sa.Index("review_events_decision", "proposal", "who", "number"),
    sa.Index("review_events_paper", "paper", "number"),
    sa.Index("review_events_who", "who", "number"),
)
_PROPOSALS = sa.Table(
    "review_proposals",
    _TABLES,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("paper", sa.String(64), nullable=False),
    sa.Column("proposal", sa.Text, nullable=False),
)
# The log may be opened with any program: SQLite itself then refuses to change it.
for _word in ("UPDATE", "DELETE"):
    sa.event.listen(
        _EVENTS,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER review_events_no_{_word.lower()} BEFORE {_word} ON review_events "
            "BEGIN SELECT RAISE(ABORT, 'events of a review are only ever appended'); END"
        ).execute_if(dialect="sqlite"),
    )


class ConflictError(LangAuditError):
    """Somebody was quicker: `newest` is the event on the same decision that the reviewer had not seen. Nothing was stored."""

    def __init__(self, newest: Event | None) -> None:
        who = (newest.by or newest.who) if newest else ""
        super().__init__(
            f"This decision was changed meanwhile ({newest.action} by {who}, {newest.when}). Look at it and decide again."
            if newest
            else "This decision is not in the log that it was based on. Load the page again."
        )
        self.newest = newest


class Store:
    """One review's log. Safe in threads; any number of processes may have the same log open."""

    def __init__(self, engine: sa.Engine, place: str) -> None:
        self.place = place
        self._engine = engine
        self._lock = threading.Lock()
        self._state = EMPTY
        self._number = 0

    @classmethod
    def open(cls, url_or_path: str | Path, *, create: bool = True) -> Store:
        """The log at a path (SQLite) or SQLAlchemy URL; made where there is none, unless `create` says not to.

        Raises ConfigError where there is none, it cannot be written, or another version of lang-audit made it.
        """
        url, path = _url(url_or_path)
        if path is not None and not create and not path.is_file():
            raise ConfigError(f"{path}: there is no such file. Name the log of a review ({DATABASE}).")
        place = str(path) if path else url.render_as_string(hide_password=True)
        store = cls(_engine(url, place), place)
        try:
            store._prepare(create)
        except BaseException:
            store.close()
            raise
        return store

    def append(self, event: Event, about: Proposal | None = None) -> Event:
        """Append `event`; returns it as stored: with its number, and with `before` as it was at that moment.

        `about` is the proposal decided on: what it said is then kept in the log, by which the decision is found again when a
        new version proposes it otherwise. Raises ConflictError, with nothing stored, where `event.seen` is not the number of the
        last event on (who, proposal).
        """
        return self.append_all([event], [about] if about else [])[0]

    def append_all(self, events: Iterable[Event], about: Iterable[Proposal] = ()) -> list[Event]:
        """Append all of `events`, or none where one of them raises ConflictError; see `append`.

        An event's `seen` may count only what was in the log before: of several on the same decision all may say the same.
        """
        given = list(events)
        stored: list[Event] = []
        with self._writing() as connection:
            _remember(connection, [*about, *(event.added for event in given if event.added)])
            if not given:
                return stored
            connection.execute(sa.update(_COUNTER).values(last=_COUNTER.c.last + len(given)))
            last = connection.execute(sa.select(_COUNTER.c.last)).scalar_one() - len(given)
            known = _with_events(connection, {event.proposal for event in given if event.proposal is not None})
            newest: dict[tuple[str, str], Event] = {}
            for event in given:
                before = Value()
                if event.proposal is not None:
                    decision = (event.who, event.proposal)
                    if decision not in newest:
                        found = _newest(connection, *decision) if decision in known else None
                        if event.seen != (found.number if found else 0):
                            raise ConflictError(found)
                        before = found.after if found else before
                    else:
                        before = newest[decision].after
                last += 1
                event = event.model_copy(update={"number": last, "before": before})
                if event.proposal is not None:
                    newest[event.who, event.proposal] = event
                stored.append(event)
            connection.execute(sa.insert(_EVENTS), [_row(event) for event in stored])
        return stored

    def remember(self, proposals: Iterable[Proposal]) -> None:
        """Keep what these proposals say, where it is not kept yet."""
        with self._writing() as connection:
            _remember(connection, list(proposals))

    def events(
        self, after: int = 0, paper: str | None = None, limit: int | None = None, *, who: str | None = None
    ) -> list[Event]:
        """The events in order of their numbers: those after a number, on one paper, of one rater, the first `limit` of them."""
        asked = sa.select(_EVENTS.c.event).where(_EVENTS.c.number > after).order_by(_EVENTS.c.number)
        if paper is not None:
            asked = asked.where(_EVENTS.c.paper == paper)
        if who is not None:
            asked = asked.where(_EVENTS.c.who == who)
        return [from_json(Event, text) for text in self._column(asked.limit(limit) if limit is not None else asked)]

    def state(self) -> State:
        """Where the review stands now, with what other programs have appended; only what is new is read."""
        with self._lock:
            new = self.events(self._number)
            if new:
                self._state = advanced(self._state, new)
                self._number = new[-1].number
            return self._state

    def raters(self) -> list[str]:
        """All who have decided or released anything, in the order in which they began; the consensus is none of them."""
        state = self.state()
        return list(state.raters)

    def papers_touched(self) -> set[str]:
        """The keys of the papers on which there are events."""
        return set(self._column(sa.select(_EVENTS.c.paper).distinct()))

    def about(self, ids: Iterable[str] | None = None) -> dict[str, Proposal]:
        """What proposals that were decided on said when they were, by id (all, or those of `ids` that are kept)."""
        if ids is None:
            found = self._column(sa.select(_PROPOSALS.c.proposal).order_by(_PROPOSALS.c.id))
        else:
            wanted = sorted(set(ids))
            found = [
                text
                for start in range(0, len(wanted), _AT_ONCE)
                for text in self._column(
                    sa.select(_PROPOSALS.c.proposal)
                    .where(_PROPOSALS.c.id.in_(wanted[start : start + _AT_ONCE]))
                    .order_by(_PROPOSALS.c.id)
                )
            ]
        kept = (from_json(Proposal, text) for text in found)
        return {proposal.id: proposal for proposal in kept}

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _column(self, asked: sa.Select[Any]) -> Sequence[Any]:
        with self._told(), self._engine.connect() as connection:
            return connection.execute(asked).scalars().all()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with (
            self._told(),
            self._engine.connect().execution_options(lang_audit_writing=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database in words."""
        try:
            yield
        except DBAPIError as error:
            raise ConfigError(_trouble(self.place, str(error.orig))) from error

    def _prepare(self, create: bool) -> None:
        with self._told():
            tables = set(sa.inspect(self._engine).get_table_names())
        if _META.name not in tables:
            if not create or (tables and self._engine.dialect.name == "sqlite"):
                raise ConfigError(f"{self.place}: is not the log of a review. Name another file.")
            self._make()
        with self._told(), self._engine.connect() as connection:
            form = connection.execute(sa.select(_META.c.value).where(_META.c.name == "format")).scalar_one_or_none()
        if form != FORMAT:
            raise ConfigError(
                f"{self.place}: is of format {form}, and this version of lang-audit reads format {FORMAT}. "
                "Use the version that made it, or export its decisions there and import them here."
            )

    def _make(self) -> None:
        if self._engine.dialect.name == "sqlite":
            with self._told():
                _with_patience(self._to_wal)
        with self._writing() as connection:
            if sa.inspect(connection).has_table(_META.name):  # another program was quicker
                return
            _TABLES.create_all(connection)
            connection.execute(sa.insert(_META), [{"name": "format", "value": FORMAT}])
            connection.execute(sa.insert(_COUNTER), [{"id": 1, "last": 0}])

    def _to_wal(self) -> None:
        raw = self._engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")  # stays with the file
        finally:
            raw.close()


def _remember(connection: sa.Connection, proposals: Sequence[Proposal]) -> None:
    given = {proposal.id: proposal for proposal in proposals}
    ids = sorted(given)
    known: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = sa.select(_PROPOSALS.c.id).where(_PROPOSALS.c.id.in_(ids[start : start + _AT_ONCE]))
        known.update(connection.execute(some).scalars())
    rows = [{"id": id_, "paper": given[id_].paper, "proposal": to_json(given[id_])} for id_ in ids if id_ not in known]
    if rows:
        connection.execute(sa.insert(_PROPOSALS), rows)


def _with_events(connection: sa.Connection, proposals: set[str]) -> set[tuple[str, str]]:
    """The decisions on these proposals, as (who, proposal), on which there are events."""
    ids = sorted(proposals)
    found: set[tuple[str, str]] = set()
    for start in range(0, len(ids), _AT_ONCE):
        asked = sa.select(_EVENTS.c.who, _EVENTS.c.proposal).distinct()
        rows = connection.execute(asked.where(_EVENTS.c.proposal.in_(ids[start : start + _AT_ONCE])))
        found.update((who, proposal) for who, proposal in rows)
    return found


def _newest(connection: sa.Connection, who: str, proposal: str) -> Event | None:
    asked = (
        sa.select(_EVENTS.c.event)
        .where(_EVENTS.c.proposal == proposal, _EVENTS.c.who == who)
        .order_by(_EVENTS.c.number.desc())
        .limit(1)
    )
    text = connection.execute(asked).scalar_one_or_none()
    return from_json(Event, text) if text is not None else None


def _row(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "who": event.who,
        "action": event.action,
        "paper": event.paper,
        "proposal": event.proposal,
        "event": to_json(event),
    }


def _url(url_or_path: str | Path) -> tuple[sa.URL, Path | None]:
    """The URL, and the path where it is a file of SQLite."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        path = Path(url_or_path)
        return sa.URL.create("sqlite", database=str(path)), path
    try:
        url = sa.make_url(url_or_path)
    except ArgumentError as error:
        raise ConfigError(f"--database: {error}") from error
    in_file = url.get_backend_name() == "sqlite" and url.database and not url.database.startswith(("file:", ":memory:"))
    return url, Path(url.database) if in_file and url.database else None


def _engine(url: sa.URL, place: str) -> sa.Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return sa.create_engine(url, pool_pre_ping=True)
        engine = sa.create_engine(url, connect_args={"timeout": _WAIT})
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            f"{place}: {error}. Install the driver of this database, for PostgreSQL: pip install psycopg "
            "(and write postgresql+psycopg://...)."
        ) from error

    @sa.event.listens_for(engine, "connect")
    def _connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where we say so, below
        raw.execute("PRAGMA synchronous=FULL")  # what was answered is on the disk
        raw.execute(f"PRAGMA busy_timeout={int(_WAIT * 1000)}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get("lang_audit_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _with_patience(what: Any) -> None:
    """Do `what` again while another program has the file: SQLite does not wait by itself when the journal changes."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            return what()  # type: ignore[no-any-return]
        except (sqlite3.OperationalError, OperationalError) as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _trouble(place: str, error: str) -> str:
    if "readonly" in error or "read-only" in error or "unable to open" in error or "permission" in error.lower():
        return (
            f"{place}: cannot be written ({error}). Decisions are stored there: make the folder writable, or copy it."
        )
    if "not a database" in error or "malformed" in error:
        return f"{place}: is no database of a review, or it is damaged ({error}). Name another file."
    if "locked" in error:
        return f"{place}: another program has kept it locked for {_WAIT:.0f} seconds. Close that program and try again."
    if "full" in error:
        return f"{place}: cannot be written ({error}). Make room on the disk."
    return f"{place}: the database says: {error}"
