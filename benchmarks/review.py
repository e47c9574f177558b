"""How the review workspace bears its load. Run it as `python benchmarks/review.py [decisions] [pages]`.

decisions: 8 reviewers at once, each a program of its own, make 10,000 decisions in one SQLite log: their own on 1,200 findings,
and the consensus, on which they get into each other's way. Then every decision that was answered must be in the log once, what
was refused must not, numbers must have no gap, and the log must replay to the state that was kept up meanwhile.

pages: how long the server takes for each page with 300 papers, 50,000 findings and 100,000 decisions in the log.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

from starlette.testclient import TestClient

from lang_audit.review.events import CONSENSUS, Event, Value, replay
from lang_audit.review.kept import finish, keep
from lang_audit.review.proposals import proposals
from lang_audit.review.store import ConflictError, Store
from lang_audit.review.web.app import make_app
from lang_audit.review.web.workspace import Workspace
from lang_audit.settings import load_settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.review.web.made import made_record

REVIEWERS = 8
DECISIONS = 10_000
FINDINGS = 1_200
PAPERS = 300
PROPOSED = 50_000
PAGE_LIMIT = 200.0  # milliseconds, for 19 of 20 requests
_CONSENSUS = 0.1  # of the decisions, taken in the name of all


def decisions(reviewers: int = REVIEWERS, number: int = DECISIONS) -> bool:
    """Whether nothing was lost, nothing stored twice, and the log replays to the same state; figures go to stdout."""
    with tempfile.TemporaryDirectory(prefix="lang-audit-review-") as folder:
        place = Path(folder) / "review.sqlite"
        begun = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(reviewers) as pool:
            shares = [number // reviewers + (k < number % reviewers) for k in range(reviewers)]
            told = pool.starmap(_decide, [(place, f"Reviewer {k}", share) for k, share in enumerate(shares)])
        took = time.perf_counter() - begun
        with Store.open(place) as store:
            log = store.events()
            start = time.perf_counter()
            state = store.state()
            replayed = time.perf_counter() - start
        notes = Counter(event.after.note for event in log)
        answered = Counter(note for stored, _, _ in told for note in stored)
        refused = [note for _, notes_, _ in told for note in notes_]
        times = sorted(seconds for _, _, each in told for seconds in each)
        checks = {
            "every decision that was answered is in the log once": notes == answered and set(notes.values()) == {1},
            "all decisions were made": len(log) == number,
            "none that was refused is in it": not notes.keys() & set(refused),
            "numbers without a gap": [event.number for event in log] == list(range(1, len(log) + 1)),
            "the log replays to the same state": state == replay(log),
            "what each decision replaced is what was there": _chained(log),
        }
        for what, good in checks.items():
            print(f"{'yes' if good else 'NO '}  {what}")
        print(
            f"{len(log)} decisions by {reviewers} reviewers in {took:.1f} s ({len(log) / took:.0f} a second), "
            f"{len(refused)} conflicts told; a decision takes {1000 * median(times):.1f} ms "
            f"(95 % within {1000 * quantiles(times, n=20)[-1]:.0f} ms); the whole log is read in {replayed:.2f} s"
        )
        return all(checks.values())


def _decide(place: Path, who: str, number: int) -> tuple[list[str], list[str], list[float]]:
    """Decide `number` times; notes of the decisions stored and of those refused (made again then), and seconds of each."""
    dice = random.Random(who)
    stored: list[str] = []
    refused: list[str] = []
    times: list[float] = []
    with Store.open(place) as store:
        k = 0
        while len(stored) < number:
            rater = CONSENSUS if dice.random() < _CONSENSUS else who
            finding = f"finding {dice.randrange(FINDINGS if rater == who else 10)}"
            note = f"{who}, {(k := k + 1)}"
            event = Event(
                when="2026-01-01T00:00:00+00:00",
                who=rater,
                by=who,
                action="accept",
                paper=f"paper {finding[-1]}",
                proposal=finding,
                after=Value(choice=dice.choice(("accepted", "rejected")), note=note),
                seen=store.state().last.get((rater, finding), 0),
            )
            start = time.perf_counter()
            try:
                store.append(event)
                stored.append(note)
            except ConflictError:
                refused.append(note)
            times.append(time.perf_counter() - start)
        state = store.state()  # others may go on meanwhile
        if state != replay(store.events(limit=max(state.last.values()))):
            raise AssertionError(f"{who}: the state that was kept up is not that of the log")
    return stored, refused, times


def _chained(log: list[Event]) -> bool:
    last: dict[tuple[str, str | None], Value] = {}
    for event in log:
        if event.before != last.get((event.who, event.proposal), Value()):
            return False
        last[event.who, event.proposal] = event.after
    return True


def pages(papers: int = PAPERS, findings: int = PROPOSED) -> bool:
    """Whether every page of the workspace is made within `PAGE_LIMIT` on the server; figures go to stdout."""
    with tempfile.TemporaryDirectory(prefix="lang-audit-review-") as name:
        folder = Path(name)
        with Store.open(folder / "review.sqlite") as store:
            keys = _kept(folder, store, papers, findings)
            start = time.perf_counter()
            workspace = Workspace(folder, store, load_settings())
            workspace.warm_up()
            client = TestClient(make_app(workspace, token="benchmark"), base_url="http://127.0.0.1")
            client.get("/login?token=benchmark")
            csrf = re.search('name="csrf" value="([^"]+)"', client.get("/you").text)
            headers = {
                "origin": "http://127.0.0.1",
                "accept": "application/json",
                "x-csrf-token": csrf[1] if csrf else "",
            }
            client.post("/you", data={"name": "Reviewer 0"}, headers=headers)
            for path in ("/", f"/paper/{keys[0]}", "/reconcile", f"/reconcile/{keys[0]}"):
                client.get(path)  # the first time, templates are compiled
            print(f"started, with the whole log read, in {time.perf_counter() - start:.1f} s")
            dice = random.Random(1)
            asked = {
                "list of papers": lambda key: "/",
                "list, searched and sorted": lambda key: "/?q=study+7&sort=todo&progress=open",
                "list, a later screen": lambda key: "/?page=5",
                "a paper, first opened": lambda key: f"/paper/{key}",
                "a paper, another page": lambda key: f"/paper/{key}?n={dice.randint(1, 12)}",
                "a paper, its text": lambda key: f"/paper/{key}?view=text&n={dice.randint(1, 8)}",
                "a paper, filtered": lambda key: f"/paper/{key}?show=undecided&q=group",
                "where reviewers differ": lambda key: "/reconcile",
                "a paper to reconcile": lambda key: f"/reconcile/{key}",
            }
            slowest = 0.0
            for what, path in asked.items():
                times = []
                for key in dice.sample(keys, 40):
                    if "another" in what or "text" in what:
                        client.get(f"/paper/{key}")  # opened before
                    begun = time.perf_counter()
                    answer = client.get(path(key))
                    times.append(1000 * (time.perf_counter() - begun))
                    if answer.status_code != 200:
                        raise AssertionError(f"{path(key)}: {answer.status_code}")
                slowest = max(slowest, quantiles(times, n=20)[-1])
                _tell(what, times)
            times = []
            for k in range(200):
                begun = time.perf_counter()
                proposal = f"{keys[7]}-{k}"
                client.post(
                    f"/paper/{keys[7]}/decide",
                    headers=headers,
                    data={"proposal": proposal, "action": "accept", "seen": "0"},
                )
                times.append(1000 * (time.perf_counter() - begun))
            _tell("a decision", times)
            return slowest < PAGE_LIMIT


def _tell(what: str, times: list[float]) -> None:
    print(
        f"{what:<28} {median(times):6.0f} ms, 95 % within {quantiles(times, n=20)[-1]:.0f} ms, the slowest {max(times):.0f} ms"
    )


def _kept(folder: Path, store: Store, papers: int, findings: int) -> list[str]:
    """An appraisal with as many findings as are asked for, and three reviewers who have decided on two thirds of them."""
    each = -(-findings // papers)
    keys = []
    events: list[Event] = []
    for number in range(papers):
        said = [
            f"In study {number} the addicts in group {k} came late to the clinic, and one in three of those who were asked why "
            "spoke of the queue at the gate, of the guard, and of having been seen there."
            for k in range(each)
        ]
        source = folder / f"{number}.txt"
        source.write_text("\n".join(said), encoding="utf-8")
        record = made_record(str(source), f"A fabricated study {number}", said, pages=True)
        key = keep(folder, record, None)
        keys.append(key)
        ids = [one.id for one in proposals(record.appraisal, key)]  # type: ignore[arg-type]
        for k, id_ in enumerate(ids):
            for reviewer in range(3) if k % 3 else ():
                choice = "rejected" if (k + reviewer) % 17 == 0 else "accepted"
                events.append(
                    Event(
                        when="2026-01-01T00:00:00+00:00",
                        who=f"Reviewer {reviewer}",
                        action="accept",
                        paper=key,
                        proposal=id_,
                        after=Value(choice=choice),  # type: ignore[arg-type]
                    )
                )
        events += [
            Event(when="2026-01-01T00:00:00+00:00", who=f"Reviewer {k}", action="release", paper=key) for k in range(2)
        ]
    finish(folder)
    store.append_all(events)
    print(f"{papers} papers, {papers * each} findings, {len(events)} events")
    return keys


PARTS = {"decisions": decisions, "pages": pages}


def main() -> None:
    """Run the parts that are named (default: all); exit status 1 where one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parts = parser.parse_args().parts or list(PARTS)
    held = [PARTS[part]() for part in parts]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
