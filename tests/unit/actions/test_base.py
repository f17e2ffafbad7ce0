"""Tests of actions.base."""

from __future__ import annotations

import pytest

from actions.base import Events, GuideAction
from actions.session import SmallTalk
from actions.turn import Turn
from bot.responses import phrase
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import PERSON, Play


class Broken(GuideAction):
    """Says something and fails."""

    action = "action_broken"

    def act(self, turn: Turn) -> Events | None:
        """Fail half-way."""
        turn.say("utter_thanks")
        raise RuntimeError("the disk is full")


def fail(*_: object, **__: object) -> None:
    """Fail as a database that is away."""
    raise OSError("the database is away")


def test_an_action_that_fails_asks_the_person_to_try_again(play: Play) -> None:
    played = play(Broken, "thanks", "takk")

    assert [message["text"] for message in played.messages] == [phrase("utter_try_again")]
    assert played.custom == {"kind": "error"}
    assert played.events == []


def test_an_action_that_fails_keeps_the_acknowledged_doubt(play: Play, log: UncertaintyLog) -> None:
    played = play(Broken, "thanks", "jeg er usikker", doubt=("roles", 0.9))

    assert played.names == ["utter_doubt_roles", None]
    assert played.text == phrase("utter_try_again")
    assert [entry.theme for entry in log.entries(PERSON)] == ["roles"]


def test_a_doubt_that_could_not_be_noted_is_not_acknowledged_and_the_act_still_happens(
    play: Play, log: UncertaintyLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UncertaintyLog, "add", fail)

    played = play(SmallTalk, "thanks", "takk, jeg er usikker", doubt=("roles", 0.9))

    assert played.names == ["utter_thanks"]
    assert log.entries(PERSON) == []


def test_when_everything_fails_there_is_one_answer(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UncertaintyLog, "add", fail)

    played = play(Broken, "thanks", "jeg er usikker", doubt=("roles", 0.9))

    assert [message["text"] for message in played.messages] == [phrase("utter_try_again")]


def test_errors_are_logged_without_the_message(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    play(Broken, "thanks", "Kari Nordmann er usikker")

    assert "action action_broken failed" in caplog.text
    assert "Kari Nordmann" not in caplog.text


def test_only_slots_that_changed_are_set(play: Play) -> None:
    assert play(SmallTalk, "thanks", "takk", written_form="bokmal").events == []
    assert play(SmallTalk, "thanks", "takk", written_form="nynorsk", yes_means="restart").slots == {"yes_means": None}


def test_the_form_of_a_message_is_remembered(play: Play) -> None:
    played = play(SmallTalk, "thanks", "takk skal du ha", language=("no", "nynorsk"), written_form="bokmal")

    assert played.slots == {"written_form": "nynorsk"}
