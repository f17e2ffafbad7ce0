"""Tests of actions.base."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.answering import Answer
from actions.base import Events, GuideAction
from actions.session import SmallTalk
from actions.status import PhaseStatus
from actions.turn import Turn
from actions.walking import MarkDone, Restart
from bot.knowledge.library import get_library
from bot.responses import phrase
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import PERSON, PREPARATION, Play, Record


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


# Several things in one message

DONE = {"text": "den er gjort", "intent": "mark_done"}
STATUS = {"text": "hvor langt er vi", "intent": "phase_status"}
# Imported, so that it serves its intent.
SERVING = PhaseStatus
ASKED = {
    "text": "hva er samskaping?",
    "intent": "ask_concept",
    "passages": {"hits": [{"passage": "samskaping", "score": 0.9}], "covered": 0.9},
}
UNANSWERED = {**ASKED, "passages": {"hits": [{"passage": "samskaping", "score": 0.2}], "covered": 0.0}}


def test_everything_that_a_message_asks_for_is_done_in_its_order(
    play: Play, begin: Callable[..., None], record: Record
) -> None:
    begin()

    played = play(MarkDone, "mark_done", "gjort, hva er samskaping? hvor er vi?", also=[ASKED, STATUS])

    assert played.names == ["utter_marked_done", "utter_step", "utter_answer", "utter_phase_status"]
    assert played.messages[2]["custom"]["topic"] == "samskaping"
    assert played.slots["last_topic"] == "samskaping"
    assert record() == [("started", "forberedelse", None), ("done", "forberedelse", PREPARATION[0])]


def test_each_part_stands_on_what_was_done_before_it(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(
        Answer,
        "ask_concept",
        "hva er samskaping, og hvor står det?",
        hits=[("samskaping", 0.9)],
        covered=0.9,
        also=[{"text": "hvor står det?", "intent": "ask_source"}],
    )

    assert played.names == ["utter_answer", "utter_source"]
    assert get_library().title("samskaping") in played.text


def test_each_part_is_about_the_step_that_its_own_words_name(
    play: Play, begin: Callable[..., None], record: Record
) -> None:
    begin()
    sixth = {"entity": "step", "value": "6", "extractor": "GuideEntityExtractor"}

    play(
        MarkDone,
        "mark_done",
        "den er gjort, hopp over steg 6",
        also=[{"text": "hopp over steg 6", "intent": "skip_step", "entities": [sixth]}],
    )

    assert record()[1:] == [("done", "forberedelse", PREPARATION[0]), ("skipped", "forberedelse", PREPARATION[5])]


def test_yes_means_what_was_asked_last(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(Restart, "restart_journey", "start på nytt, hva er ost? hvor er vi?", also=[UNANSWERED, STATUS])

    assert played.names == ["utter_confirm_restart", "utter_not_found", "utter_phase_status"]
    assert played.slots["yes_means"] == "samskaping"


def test_a_part_that_fails_leaves_what_was_done_before_and_after_it(
    play: Play, begin: Callable[..., None], record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin()
    monkeypatch.setattr(Answer, "act", Broken.act)

    played = play(MarkDone, "mark_done", "gjort, hva er samskaping? hvor er vi?", also=[ASKED, STATUS])

    assert played.names == ["utter_marked_done", "utter_step", None, "utter_phase_status"]
    assert played.messages[2]["text"] == phrase("utter_try_again")
    assert played.slots["last_topic"] == PREPARATION[1]
    assert record()[1:] == [("done", "forberedelse", PREPARATION[0])]


def test_a_part_whose_intent_no_rule_serves_is_passed_over(play: Play) -> None:
    assert play(SmallTalk, "thanks", "takk", also=[{"text": "x", "intent": "fantes_en_gang"}]).names == ["utter_thanks"]


def test_an_english_message_is_told_once_that_the_answer_is_in_norwegian(
    play: Play, begin: Callable[..., None]
) -> None:
    begin()

    played = play(MarkDone, "mark_done", "done, how far are we", also=[STATUS], language=("en", "bokmal"))

    assert played.names == ["utter_english_frame", "utter_marked_done", "utter_step", "utter_phase_status"]
    assert played.messages[0]["custom"] == {"response": "utter_english_frame", "kind": "frame"}


@pytest.mark.parametrize(("text", "language"), [("takk", ("no", "bokmal")), ("", ("en", "bokmal"))])
def test_a_norwegian_message_and_a_button_are_not(play: Play, text: str, language: tuple[str, str]) -> None:
    assert play(SmallTalk, "thanks", text, language=language).names == ["utter_thanks"]
