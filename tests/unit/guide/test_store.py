"""Tests of bot.guide.store, each on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.guide import store as store_module
from bot.guide.journey import Mark, Wish, decide
from bot.guide.store import JourneyStore
from bot.settings import ROOT
from bot.storage.tables import journey_event
from bot.types import EventKind, JourneyEvent, Phase

Guide = Mapping[str, Phase]

AT = datetime(2024, 1, 2, 3, 4, 5, 678901)
STARTED, SHOWN, DONE, SKIPPED, REOPENED, UNDONE, RESTARTED = EventKind

MARKING_PROCESS = """
import pickle, sys
from pathlib import Path
from bot.guide import store
from bot.guide.journey import Wish, decide
from bot.storage.database import open_database
from bot.types import EventKind

url, guide, person, step = sys.argv[1:]
waited = []

def decide_when_told(*arguments):
    if not waited:
        waited.append(True)
        print("has read", flush=True)
        sys.stdin.readline()
    return decide(*arguments)

store.decide = decide_when_told
journeys = store.JourneyStore(open_database(url), pickle.loads(Path(guide).read_bytes()))
_, event = journeys.wish("team", person, Wish(EventKind.DONE, step))
print("marked" if event else "was marked")
"""


@pytest.fixture
def journeys(any_database: Engine, guide: Guide) -> JourneyStore:
    """A store on an empty database."""
    return JourneyStore(any_database, guide)


def sequences(database: Engine, team: str = "team") -> list[int]:
    """Return the numbers of a team's events."""
    query = select(journey_event.c.sequence).where(journey_event.c.team == team).order_by(journey_event.c.sequence)
    with database.connect() as connection:
        return [row.sequence for row in connection.execute(query)]


def kinds_and_steps(events: Sequence[JourneyEvent]) -> list[tuple[EventKind, str | None]]:
    """Return what happened to which step."""
    return [(event.kind, event.step) for event in events]


def test_a_team_without_a_record_has_not_begun(journeys: JourneyStore) -> None:
    assert journeys.events("team") == []
    assert journeys.journey("team").phase is None


def test_events_come_back_as_they_happened(
    journeys: JourneyStore, any_database: Engine, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "utc_now", lambda: AT)

    journeys.wish("team", "kari", Wish(STARTED, phase="forberedelse"))
    journeys.wish("team", "kari", Wish(DONE))
    journeys.wish("team", "ola", Wish(SKIPPED))
    journeys.wish("team", "ola", Wish(SHOWN, "f1"))
    journeys.wish("team", "kari", Wish(REOPENED, "f2"))
    journeys.wish("team", "kari", Wish(RESTARTED))
    journeys.wish("team", "kari", Wish(UNDONE))

    assert JourneyStore(any_database, guide).events("team") == [
        JourneyEvent(STARTED, "forberedelse", None, AT, "kari"),
        JourneyEvent(DONE, "forberedelse", "f1", AT, "kari"),
        JourneyEvent(SKIPPED, "forberedelse", "f2", AT, "ola"),
        JourneyEvent(SHOWN, "forberedelse", "f1", AT, "ola"),
        JourneyEvent(REOPENED, "forberedelse", "f2", AT, "kari"),
        JourneyEvent(RESTARTED, "forberedelse", "f2", AT, "kari"),
        JourneyEvent(UNDONE, "", None, AT, "kari"),
    ]
    assert sequences(any_database) == [1, 2, 3, 4, 5, 6, 7]


def test_a_wish_returns_the_event_and_the_journey_as_it_then_stands(
    journeys: JourneyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "utc_now", lambda: AT)

    journey, event = journeys.wish("team", "kari", Wish(DONE, "f1"))

    assert event == JourneyEvent(DONE, "forberedelse", "f1", AT, "kari")
    assert (journey.phase, journey.step, journey.marks) == ("forberedelse", "f2", {"f1": Mark.DONE})
    assert journeys.journey("team") == journey


def test_a_step_marked_twice_is_one_event(journeys: JourneyStore) -> None:
    first, _ = journeys.wish("team", "kari", Wish(DONE, "f1"))

    again, event = journeys.wish("team", "ola", Wish(DONE, "f1"))

    assert event is None
    assert again == first
    assert kinds_and_steps(journeys.events("team")) == [(DONE, "f1")]


def test_a_restart_can_be_undone(journeys: JourneyStore) -> None:
    before, _ = journeys.wish("team", "kari", Wish(DONE, "f1"))
    journeys.wish("team", "kari", Wish(RESTARTED))

    after, _ = journeys.wish("team", "kari", Wish(UNDONE))

    assert after == before


def test_teams_have_records_of_their_own(journeys: JourneyStore, any_database: Engine) -> None:
    journeys.wish("team", "kari", Wish(DONE, "f1"))

    other, _ = journeys.wish("other", "ola", Wish(SKIPPED, "r1"))

    assert other.marks == {"r1": Mark.SKIPPED}
    assert journeys.journey("team").marks == {"f1": Mark.DONE}
    assert (sequences(any_database, "team"), sequences(any_database, "other")) == ([1], [1])


def test_a_record_without_its_beginning_can_be_gone_on_with(journeys: JourneyStore, any_database: Engine) -> None:
    """What was erased while somebody wrote leaves a record that starts later than 1."""
    for step in ("f1", "f2"):
        journeys.wish("team", "kari", Wish(DONE, step))
    with any_database.begin() as connection:
        connection.execute(journey_event.delete().where(journey_event.c.sequence == 1))

    journeys.wish("team", "kari", Wish(DONE, "r1"))

    assert kinds_and_steps(journeys.events("team")) == [(DONE, "f2"), (DONE, "r1")]
    assert sequences(any_database) == [2, 3]


# Several at once


def another_comes_between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any], times: int = 1) -> None:
    """Let `act` happen after a wish has read the record and before it writes, so many times."""
    left = [times]

    def decide_late(*arguments: Any) -> JourneyEvent | None:
        if left[0]:
            left[0] -= 1
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(store_module, "decide", decide)
                act()
        return decide(*arguments)

    monkeypatch.setattr(store_module, "decide", decide_late)


def test_a_step_that_another_marks_between_reading_and_writing_is_one_event(
    journeys: JourneyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_comes_between(monkeypatch, lambda: journeys.wish("team", "ola", Wish(DONE, "f1")))

    journey, event = journeys.wish("team", "kari", Wish(DONE, "f1"))

    assert event is None
    assert journey.marks == {"f1": Mark.DONE}
    assert [(event.step, event.by) for event in journeys.events("team")] == [("f1", "ola")]


def test_what_another_does_between_reading_and_writing_is_kept_and_seen(
    journeys: JourneyStore, any_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_comes_between(monkeypatch, lambda: journeys.wish("team", "ola", Wish(SKIPPED, "f2")))

    journey, _ = journeys.wish("team", "kari", Wish(DONE, "f1"))

    assert journey.marks == {"f2": Mark.SKIPPED, "f1": Mark.DONE}
    assert kinds_and_steps(journeys.events("team")) == [(SKIPPED, "f2"), (DONE, "f1")]
    assert sequences(any_database) == [1, 2]


def test_who_is_always_beaten_gives_up_in_the_end(journeys: JourneyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = iter(["f1", "f2"] * 10)
    another_comes_between(monkeypatch, lambda: journeys.wish("team", "ola", Wish(SHOWN, next(shown))), times=20)

    with pytest.raises(RuntimeError, match="could not be extended in 20 attempts"):
        journeys.wish("team", "kari", Wish(DONE, "r1"))

    assert kinds_and_steps(journeys.events("team")) == [(SHOWN, "f1"), (SHOWN, "f2")] * 10


def mark_at_once(
    monkeypatch: pytest.MonkeyPatch, journeys: JourneyStore, steps: Sequence[str]
) -> list[JourneyEvent | None]:
    """Mark each step in a thread of its own; all have read the record before the first writes."""
    barrier = threading.Barrier(len(steps), timeout=30)
    thread = threading.local()

    def decide_together(*arguments: Any) -> JourneyEvent | None:
        if not hasattr(thread, "waited"):
            thread.waited = True
            barrier.wait()
        return decide(*arguments)

    monkeypatch.setattr(store_module, "decide", decide_together)
    with ThreadPoolExecutor(len(steps)) as pool:
        futures = [pool.submit(journeys.wish, "team", f"person{n}", Wish(DONE, s)) for n, s in enumerate(steps)]
        return [future.result()[1] for future in futures]


def test_threads_that_mark_the_same_step_at_once_leave_one_event(
    journeys: JourneyStore, any_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = mark_at_once(monkeypatch, journeys, ["f1"] * 4)

    (written,) = [event for event in events if event]
    assert [(event.step, event.by) for event in journeys.events("team")] == [("f1", written.by)]
    assert sequences(any_database) == [1]


def test_threads_that_mark_different_steps_at_once_lose_none(
    journeys: JourneyStore, any_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ["f1", "f2", "f3", "r1", "r2", "g1"]

    events = mark_at_once(monkeypatch, journeys, steps)

    assert [event.step for event in events if event] == steps
    assert sorted((event.step, event.by) for event in journeys.events("team")) == sorted(
        (step, f"person{number}") for number, step in enumerate(steps)
    )
    assert journeys.journey("team").marks == dict.fromkeys(steps, Mark.DONE)
    assert sequences(any_database) == [1, 2, 3, 4, 5, 6]


def mark_in_processes(database: Engine, guide: Guide, folder: Path, steps: Sequence[str]) -> list[str]:
    """Mark each step in a process of its own; all have read the record before the first writes."""
    pickled = folder / "guide.pickle"
    pickled.write_bytes(pickle.dumps(dict(guide)))
    url = database.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MARKING_PROCESS, url, str(pickled), f"person{number}", step],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for number, step in enumerate(steps)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "has read\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go on\n")
            process.stdin.flush()
        return [process.communicate(timeout=60)[0].strip() for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_processes_that_mark_the_same_step_at_once_leave_one_event(
    journeys: JourneyStore, any_database: Engine, guide: Guide, tmp_path: Path
) -> None:
    said = mark_in_processes(any_database, guide, tmp_path, ["f1", "f1"])

    assert sorted(said) == ["marked", "was marked"]
    assert [(e.step, e.by) for e in journeys.events("team")] == [("f1", f"person{said.index('marked')}")]


def test_processes_that_mark_different_steps_at_once_lose_none(
    journeys: JourneyStore, any_database: Engine, guide: Guide, tmp_path: Path
) -> None:
    said = mark_in_processes(any_database, guide, tmp_path, ["f1", "r1"])

    assert said == ["marked", "marked"]
    assert sorted((e.step, e.by) for e in journeys.events("team")) == [("f1", "person0"), ("r1", "person1")]
    assert sequences(any_database) == [1, 2]
