"""Tests of actions.status."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.status import PhaseStatus, ReadyForNextPhase, WhatsLeft
from bot.guide.journey import Wish
from bot.guide.store import JourneyStore
from bot.knowledge.library import get_library
from bot.responses import phrase
from bot.types import EventKind
from tests.unit.actions.playing import PERSON, PREPARATION, Play, Record

Begin = Callable[..., None]
PROGRESS = {"phase": "Forberedelsesfasen", "done": 1, "skipped": 1, "total": 8}


@pytest.fixture
def under_way(begin: Begin, store: JourneyStore) -> None:
    """In the first phase: the first step is done, the second skipped."""
    begin("forberedelse", PREPARATION[0])
    store.wish(PERSON, PERSON, Wish(EventKind.SKIPPED, PREPARATION[1]))


@pytest.mark.parametrize("action", [PhaseStatus, WhatsLeft, ReadyForNextPhase])
def test_without_a_journey_the_phases_are_offered(play: Play, action: type) -> None:
    assert play(action).names == ["utter_not_started"]


@pytest.mark.parametrize("action", [PhaseStatus, WhatsLeft, ReadyForNextPhase])
def test_asking_changes_nothing(play: Play, under_way: None, record: Record, action: type) -> None:
    before = record()

    play(action)

    assert record() == before


def test_status_tells_phase_step_done_skipped_and_left(play: Play, under_way: None) -> None:
    played = play(PhaseStatus, "phase_status")

    assert played.custom == {
        "response": "utter_phase_status",
        "kind": "status",
        "phase": "forberedelse",
        "step": PREPARATION[2],
        "done": [PREPARATION[0]],
        "skipped": [PREPARATION[1]],
        "left": list(PREPARATION[2:]),
        "progress": PROGRESS,
    }
    assert all(get_library().title(step) in played.text for step in PREPARATION)
    assert played.payloads == ["/repeat_step"]


def test_status_of_a_finished_phase_has_no_step_and_nothing_left(play: Play, finished: None) -> None:
    played = play(PhaseStatus, "phase_status")

    assert (played.custom["step"], played.custom["left"]) == (None, [])
    assert phrase("utter_none_left") in played.text
    assert phrase("utter_none") in played.text
    assert played.payloads == []


def test_status_is_the_persons_own(play: Play, begin: Begin) -> None:
    begin("rekruttering", person="ola")

    assert play(PhaseStatus, "phase_status").names == ["utter_not_started"]
    assert play(PhaseStatus, "phase_status", person="ola").custom["phase"] == "rekruttering"


def test_whats_left_lists_what_is_open_and_skipped(play: Play, under_way: None) -> None:
    played = play(WhatsLeft, "whats_left")

    assert played.custom == {
        "response": "utter_whats_left",
        "kind": "status",
        "left": list(PREPARATION[2:]),
        "progress": PROGRESS,
    }
    assert get_library().title(PREPARATION[0]) not in played.text
    assert all(f"- {get_library().title(step)}" in played.text for step in PREPARATION[1:])
    assert played.payloads == ["/repeat_step"]


def test_ready_with_open_steps_names_them_and_lets_the_team_decide(play: Play, under_way: None) -> None:
    played = play(ReadyForNextPhase, "ready_for_next_phase")

    assert played.names == ["utter_not_all_done"]
    assert played.custom["left"] == list(PREPARATION[2:])
    assert played.custom["progress"] == PROGRESS
    assert played.payloads == ["/start_recruitment", "/repeat_step"]


def test_ready_with_everything_done(play: Play, finished: None) -> None:
    played = play(ReadyForNextPhase, "ready_for_next_phase")

    assert played.names == ["utter_all_done"]
    assert played.custom["left"] == []
    assert played.payloads == ["/start_recruitment"]


def test_ready_in_the_second_phase_offers_the_third(play: Play, begin: Begin) -> None:
    begin("rekruttering")

    assert play(ReadyForNextPhase, "ready_for_next_phase").payloads == ["/start_implementation", "/repeat_step"]


def test_ready_in_the_last_phase_says_that_it_is_the_last(play: Play, begin: Begin) -> None:
    begin("gjennomforing")

    played = play(ReadyForNextPhase, "ready_for_next_phase")

    assert played.names == ["utter_no_next_phase"]
    assert played.payloads[-1] == "/repeat_step"
