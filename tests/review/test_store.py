"""The log: numbered without gaps, nothing lost or twice, and clear words where it cannot be used."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from lang_audit.errors import ConfigError
from lang_audit.review.events import Event, Value, replay
from lang_audit.review.store import ConflictError, Store
from tests.review.made_up import NO, PAPER, YES, event, proposal, release


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "review.sqlite")


def test_events_are_numbered_and_come_back_as_they_went_in(store: Store) -> None:
    first, second = store.append(event(what="p")), store.append(event(what="q", after=NO, action="reject"))
    assert (first.number, second.number) == (1, 2)
    assert store.events() == [first, second]
    assert store.events(after=1) == [second]
    assert store.events(limit=1) == [first]
    assert store.events(paper="elsewhere") == []
    assert store.events(who="B") == []


def test_the_second_of_two_windows_is_told_and_nothing_is_stored(store: Store) -> None:
    first = store.append(event())
    with pytest.raises(ConflictError, match="changed meanwhile") as told:
        store.append(event(after=NO))
    assert told.value.newest == first
    assert store.events() == [first]
    again = store.append(event(after=NO, seen=1))
    assert (again.number, again.before, again.after) == (2, YES, NO)


def test_two_reviewers_are_no_conflict(store: Store) -> None:
    store.append(event("A"))
    assert store.append(event("B")).number == 2


def test_an_event_seen_that_is_not_in_the_log_is_refused(store: Store) -> None:
    with pytest.raises(ConflictError) as told:
        store.append(event(seen=7))
    assert told.value.newest is None


def test_what_was_before_is_told_by_the_log_not_by_the_window(store: Store) -> None:
    stored = store.append(event().model_copy(update={"before": NO}))
    assert stored.before == Value()


def test_all_or_none_are_appended(store: Store) -> None:
    store.append(event(what="p"))
    with pytest.raises(ConflictError):
        store.append_all([event(what="q"), event(what="p"), event(what="r")])
    assert [one.proposal for one in store.events()] == ["p"]
    assert [one.number for one in store.append_all([event(what="q"), event(what="q", after=NO)])] == [2, 3]
    assert store.events()[-1].before == YES


def test_the_state_follows_what_others_append(store: Store, tmp_path: Path) -> None:
    other = Store.open(tmp_path / "review.sqlite")
    before = store.state()
    other.append(event())
    other.append(release("B"))
    assert store.state() == replay(other.events())
    assert before.decisions == {}  # a state that was given out stays as it was
    assert store.state() is store.state()
    assert store.raters() == ["A", "B"]
    assert store.papers_touched() == {PAPER}


def test_what_was_decided_on_is_kept_once(store: Store) -> None:
    asked = proposal()
    store.append(event(what=asked.id), about=asked)
    store.remember([asked.model_copy(update={"start": 99}), proposal(nth=1)])
    assert store.about([asked.id]) == {asked.id: asked}
    assert len(store.about()) == 2


def test_lone_surrogates_of_a_pdf_are_stored(store: Store) -> None:
    odd = proposal().model_copy(update={"sentence": "Most \udcff addicts"})
    store.append(event(what=odd.id).model_copy(update={"added": odd}))
    assert store.events()[0].added == odd == store.about()[odd.id]


def test_no_program_can_change_the_log(store: Store, tmp_path: Path) -> None:
    store.append(event())
    for statement in ("UPDATE review_events SET who = 'C'", "DELETE FROM review_events"):
        with (
            sqlite3.connect(tmp_path / "review.sqlite") as other,
            pytest.raises(sqlite3.Error, match="only ever appended"),
        ):
            other.execute(statement)


def test_reviewers_at_once_lose_nothing_and_store_nothing_twice(tmp_path: Path) -> None:
    place = tmp_path / "review.sqlite"
    told: list[Event] = []
    conflicts = []

    def work(who: str) -> None:
        dice = random.Random(who)
        with Store.open(place) as mine:
            for k in range(15):
                what = f"p{dice.randrange(12)}"
                seen = mine.state().last.get((who, what), 0)
                told.append(mine.append(event(who, what, Value(choice="accepted", note=str(k)), seen=seen)))
                try:  # a decision that all of them take, as if in one consensus
                    told.append(mine.append(event("(consensus)", what, Value(choice="accepted", note=who))))
                except ConflictError as error:
                    conflicts.append(error)

    threads = [threading.Thread(target=work, args=(f"Reviewer {k}",)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store.open(place) as store:
        log = store.events()
        assert [one.number for one in log] == list(range(1, len(told) + 1))
        assert sorted(told, key=lambda one: one.number) == log
        assert len(told) + len(conflicts) == 8 * 15 * 2
        assert store.state() == replay(log)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kill_9_leaves_each_event_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "review.sqlite"
    dice = random.Random(8)
    killed = 0
    for _ in range(8):
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            _append_for_ever(place, writing)
        os.close(writing)
        os.read(reading, 4)  # the first answer
        time.sleep(dice.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as answers:
            answered = answers.read().split()
        with Store.open(place) as store:
            log = store.events()
            assert [one.number for one in log] == list(range(1, len(log) + 1))
            assert not answered or int(answered[-1]) <= len(log)  # what was answered is there
            assert store.state() == replay(log)
            store.append(event("B", f"after {len(log)}"))
        killed += len(log) > 1
    assert killed > 4


def _append_for_ever(place: Path, writing: int) -> None:
    try:
        store = Store.open(place)
        last = store.state().last.get(("A", "p"), 0)
        while True:
            last = store.append(event(seen=last)).number
            os.write(writing, b"%3d\n" % last)
    finally:
        os._exit(1)


def test_a_log_of_another_version_is_refused(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "review.sqlite") as other:
        other.execute("UPDATE review_meta SET value = '7'")
    with pytest.raises(ConfigError, match="format 7, and this version of lang-audit reads format 1"):
        Store.open(tmp_path / "review.sqlite")


def test_other_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("These are my notes, and by no means a database. " * 50)
    with sqlite3.connect(other) as made:
        made.execute("CREATE TABLE birds (name TEXT)")
    before = other.read_bytes()
    for path, words in ((text, "is no database of a review"), (other, "is not the log of a review")):
        with pytest.raises(ConfigError, match=words):
            Store.open(path)
    assert other.read_bytes() == before


def test_a_log_that_is_not_there_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        Store.open(tmp_path / "review.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigError, match=r"review\.sqlite: cannot be written"):
        Store.open(tmp_path / "missing" / "review.sqlite")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ConfigError, match="cannot be written"):
            Store.open(tmp_path / "review.sqlite")
    finally:
        tmp_path.chmod(0o700)


def test_a_log_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    Store.open(tmp_path / "review.sqlite").close()
    place = f"file:{tmp_path / 'review.sqlite'}?mode=ro&uri=true"
    with Store.open(f"sqlite:///{place}", create=False) as store:
        assert store.events() == []
        with pytest.raises(ConfigError, match=r"cannot be written .*make the folder writable"):
            store.append(event())


@pytest.mark.parametrize("url", ["nonsense://x", "postgresql+nothing://host/x"])
def test_a_url_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(ConfigError):
        Store.open(url)


def test_the_sql_is_that_of_postgresql_too() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from lang_audit.review.store import _TABLES

    made = [str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in _TABLES.sorted_tables]
    assert len(made) == 4 and not any("SERIAL" in text for text in made)
