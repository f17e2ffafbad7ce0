"""Tests of bot.uncertainty.log, each on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.storage.tables import uncertainty_entry
from bot.uncertainty import log as module
from bot.uncertainty.log import Entry, UncertaintyLog

AT = datetime(2024, 1, 2, 3, 4, 5, 678901)
Add = Callable[..., str]


@pytest.fixture
def log(any_database: Engine) -> UncertaintyLog:
    """A log on an empty database."""
    return UncertaintyLog(any_database)


@pytest.fixture
def add(log: UncertaintyLog) -> Add:
    """Adds Kari's doubt; give what differs."""

    def add_entry(**other: str | None) -> str:
        values = {"phase": "rekruttering", "step": "r2", "theme": "roles", "text": "Er vi for få?"}
        return log.add(**{"team": "team", "person": "kari", **values, **other})  # type: ignore[arg-type]

    return add_entry


def texts(log: UncertaintyLog, team: str = "team") -> list[str]:
    """Return a team's doubts."""
    return [entry.text for entry in log.entries(team)]


def test_a_doubt_comes_back_as_it_was_added(log: UncertaintyLog, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "utc_now", lambda: AT)

    entry = add()

    assert log.entries("team") == [Entry(entry, "team", "rekruttering", "r2", "roles", "Er vi for få?", AT)]
    assert re.fullmatch(r"[0-9a-f]{32}", entry)


def test_a_doubt_can_be_outside_any_phase(log: UncertaintyLog, add: Add) -> None:
    add(phase=None, step=None)

    assert [(entry.phase, entry.step) for entry in log.entries("team")] == [(None, None)]


def test_only_the_masked_text_is_stored(any_database: Engine, log: UncertaintyLog, add: Add) -> None:
    add(text="Kari Nilsen (912 34 567) i Storgata 14 er bekymret for møtet i Larvik")

    with any_database.connect() as connection:
        (row,) = connection.execute(select(uncertainty_entry))
    assert row.text == "[navn] ([telefon]) i [adresse] er bekymret for møtet i Larvik"
    assert texts(log) == [row.text]
    assert not [value for value in row if re.search("Nilsen|912|Storgata", str(value))]


def test_the_same_doubt_twice_is_two_entries(log: UncertaintyLog, add: Add) -> None:
    first, second = add(), add()

    assert {entry.id for entry in log.entries("team")} == {first, second}
    assert first != second


def test_a_person_removes_their_own_doubt_once(log: UncertaintyLog, add: Add) -> None:
    add(text="Dette blir stående")
    entry = add(text="Dette går bort")

    assert log.remove(entry, "kari") is True
    assert log.remove(entry, "kari") is False
    assert texts(log) == ["Dette blir stående"]


def test_nobody_else_removes_it(log: UncertaintyLog, add: Add) -> None:
    """Not even somebody of the same team."""
    entry = add()

    assert log.remove(entry, "ola") is False
    assert texts(log) == ["Er vi for få?"]


def test_removing_what_is_not_there_removes_nothing(log: UncertaintyLog, add: Add) -> None:
    add()

    assert log.remove("0" * 32, "kari") is False
    assert texts(log) == ["Er vi for få?"]


def test_another_teams_doubts_are_not_seen(log: UncertaintyLog, add: Add) -> None:
    add(text="Vår tvil")
    add(text="Deres tvil", team="other", person="ola")

    assert (texts(log), texts(log, "other"), texts(log, "third")) == (["Vår tvil"], ["Deres tvil"], [])


def test_the_oldest_comes_first(log: UncertaintyLog, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (2, 3, 1):
        monkeypatch.setattr(module, "utc_now", lambda day=day: datetime(2024, 1, day))
        add(text=f"Dag {day}")

    assert texts(log) == ["Dag 1", "Dag 2", "Dag 3"]
