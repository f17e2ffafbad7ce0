"""Actions over a real database and the project's real knowledge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

import actions.session
import actions.turn
from bot.guide.journey import Wish
from bot.guide.store import JourneyStore
from bot.knowledge.documents.shelf import DocumentShelf
from bot.knowledge.library import get_library
from bot.types import EventKind
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import PERSON, PREPARATION, REPORT, SLIDES, Play, Record
from tests.unit.actions.playing import play as play_once


@pytest.fixture
def shelf(tmp_path: Path) -> DocumentShelf:
    """The imported documents: one with pages and headings, one of slides."""
    shelf = DocumentShelf(tmp_path / "documents")
    shelf.put([REPORT, SLIDES])
    return shelf


@pytest.fixture
def play(database: Engine, shelf: DocumentShelf, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Plays one turn: `play(action, intent, text, entities, **slots)`; what it stores stays."""
    monkeypatch.setattr(actions.turn, "get_database", lambda: database)
    monkeypatch.setattr(actions.session, "get_database", lambda: database)
    monkeypatch.setattr(actions.turn, "_shelf", lambda: shelf)
    return play_once


@pytest.fixture
def store(database: Engine) -> JourneyStore:
    """The journeys."""
    return JourneyStore(database, get_library().phases)


@pytest.fixture
def log(database: Engine) -> UncertaintyLog:
    """The doubts."""
    return UncertaintyLog(database)


@pytest.fixture
def begin(store: JourneyStore) -> Callable[..., None]:
    """Starts a phase for a person and marks steps in it as done: `begin("forberedelse", "god-tid")`."""

    def begin(phase: str = "forberedelse", *done: str, person: str = PERSON) -> None:
        store.wish(person, person, Wish(EventKind.STARTED, phase=phase))
        for step in done:
            store.wish(person, person, Wish(EventKind.DONE, step))

    return begin


@pytest.fixture
def finished(begin: Callable[..., None]) -> None:
    """All steps of the first phase are done."""
    begin("forberedelse", *PREPARATION)


@pytest.fixture
def record(store: JourneyStore) -> Record:
    """The stored events of a person, each as kind, phase and step."""

    def record(person: str = PERSON) -> list[tuple[str, str, str | None]]:
        return [(event.kind.value, event.phase, event.step) for event in store.events(person)]

    return record
