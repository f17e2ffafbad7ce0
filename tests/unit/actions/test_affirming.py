"""Tests of actions.affirming."""

from __future__ import annotations

from collections.abc import Callable

from actions.affirming import Affirm
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import PERSON, Play, Record

Begin = Callable[..., None]


def test_yes_to_a_restart_restarts(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(Affirm, "affirm", "ja", yes_means="restart")

    assert played.names == ["utter_restarted"]
    assert record()[-1][0] == "restarted"


def test_yes_to_a_deletion_erases(play: Play, begin: Begin, record: Record, log: UncertaintyLog) -> None:
    begin()
    log.add(team=PERSON, person=PERSON, phase=None, step=None, theme="roles", text="usikker")

    played = play(Affirm, "affirm", "ja", yes_means="delete")

    assert played.names == ["utter_deleted"]
    assert (record(), log.entries(PERSON)) == ([], [])


def test_yes_to_an_offered_text_tells_it(play: Play) -> None:
    played = play(Affirm, "affirm", "ja takk", yes_means="to-mal")

    assert played.names == ["utter_answer"]
    assert played.custom["topic"] == "to-mal"
    assert played.slots["last_topic"] == "to-mal"


def test_yes_counts_once(play: Play) -> None:
    assert play(Affirm, "affirm", "ja", yes_means="to-mal").slots["yes_means"] is None


def test_yes_to_a_text_that_is_gone_goes_on_with_the_step(play: Play, begin: Begin) -> None:
    begin()

    played = play(Affirm, "affirm", "ja", yes_means="fantes-en-gang")

    assert played.names == ["utter_step"]
    assert played.custom["step"] == "forankre-i-ledelsen"


def test_yes_without_a_question_goes_on_with_the_step_and_erases_nothing(
    play: Play, begin: Begin, record: Record
) -> None:
    begin()

    assert play(Affirm, "affirm", "ja").names == ["utter_step"]
    assert record() == [("started", "forberedelse", None)]


def test_yes_without_a_question_and_without_a_journey_offers_the_phases(play: Play) -> None:
    assert play(Affirm, "affirm", "ja").names == ["utter_not_started"]
