"""Tests of actions.answering."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.answering import AfterDoubt, Answer, TellSource
from bot.knowledge.library import get_library
from tests.unit.actions.playing import Play

NEAR = [("samskaping", 0.9), ("to-mal", 0.6), ("floker", 0.5), ("tolk", 0.4), ("god-tid", 0.3)]


def asks(*ids: str) -> list[str]:
    """Return the payloads of buttons that ask for these texts."""
    return [f'/ask_concept{{"concept": "{text_id}"}}' for text_id in ids]


def test_a_button_is_answered_with_its_text_whatever_was_found(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "samskaping"}, hits=[("tolk", 0.9)], covered=0.99)

    library = get_library()
    assert played.custom == {
        "response": "utter_answer",
        "kind": "answer",
        "outcome": "answered",
        "topic": "samskaping",
        "title": library.title("samskaping"),
        "sources": [library.citation(source) for source in library.sources("samskaping")],
    }
    assert played.text == library.articles["samskaping"].body
    assert played.payloads == asks(*library.see_also("samskaping")[:3])
    assert played.slots["last_topic"] == "samskaping"


def test_a_question_that_is_covered_is_answered_with_the_best_text(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva er samskaping?", hits=NEAR, covered=0.5)

    assert played.custom["topic"] == "samskaping"
    assert played.payloads == asks("to-mal", "ingen-fasit-definisjon", "samskaping-og-samarbeid")


def test_what_may_have_been_meant_as_well_is_offered_once(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva er det?", hits=[("samskaping", 0.9), ("tynn-og-tykk", 0.8)], covered=0.9)

    assert played.payloads == asks("tynn-og-tykk", "ingen-fasit-definisjon", "to-mal")


def test_an_answer_offers_the_way_back_to_the_step(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(Answer, "ask_concept", "hva er samskaping?", hits=NEAR, covered=0.9)

    assert played.payloads[-1] == "/repeat_step"
    assert get_library().short("forankre-i-ledelsen") in played.messages[-1]["buttons"][-1]["title"]


def test_a_question_about_a_phase_is_answered_with_its_introduction(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "rekruttering"})

    assert played.text == get_library().phases["rekruttering"].intro
    assert played.custom["sources"] == [get_library().citation(get_library().phases["rekruttering"].source)]


def test_a_question_about_a_step_is_answered_with_all_its_texts(play: Play) -> None:
    step = get_library().steps["tolk"]

    assert play(Answer, "ask_concept", entities={"concept": "tolk"}).text == "\n\n".join(
        (step.what, step.why, step.more)
    )


def test_a_question_that_nothing_covers_is_refused_and_the_nearest_offered(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva koster ost?", hits=NEAR, covered=0.49)

    assert played.custom == {"response": "utter_not_found", "kind": "answer", "outcome": "not_found"}
    assert played.payloads == asks("samskaping", "to-mal", "floker")
    assert played.slots["yes_means"] == "samskaping"
    assert "last_topic" not in played.slots


def test_a_button_of_a_text_that_is_gone_is_refused(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "fantes-en-gang"}, yes_means="to-mal")

    assert played.names == ["utter_not_found"]
    assert played.payloads == []
    assert played.slots["yes_means"] is None


@pytest.mark.parametrize(
    ("intent", "covered", "outcome"),
    [
        ("compare_concepts", 0.5, "answered"),
        ("nlu_fallback", 0.5, "answered"),
        ("nlu_fallback", 0.49, "not_found"),
        ("out_of_scope", 0.84, "not_found"),
        ("out_of_scope", 0.85, "answered"),
    ],
)
def test_what_was_not_understood_as_a_question_must_be_covered_more_surely(
    play: Play, intent: str, covered: float, outcome: str
) -> None:
    assert play(Answer, intent, "samskaping da", hits=NEAR, covered=covered).custom["outcome"] == outcome


def test_a_doubt_that_was_not_understood_otherwise_is_only_a_doubt(play: Play) -> None:
    played = play(Answer, "nlu_fallback", "æ e usikker", hits=NEAR, covered=0.6, doubt=("concept", 0.9))

    assert played.names == ["utter_doubt_concept", "utter_after_doubt"]
    assert played.custom["outcome"] == "doubt_only"
    assert played.payloads == asks("samskaping", "to-mal", "floker")


def test_after_a_doubt_the_nearest_texts_and_the_way_back_are_offered(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(AfterDoubt, "express_doubt", "jeg er usikker", hits=NEAR, covered=0.84, doubt=("roles", 0.9))

    assert played.names == ["utter_doubt_roles", "utter_after_doubt"]
    assert played.custom["outcome"] == "doubt_only"
    assert played.payloads == [*asks("samskaping", "to-mal", "floker"), "/repeat_step"]
    assert played.slots["yes_means"] == "samskaping"


def test_a_doubt_that_a_text_surely_covers_is_answered_with_it(play: Play) -> None:
    played = play(AfterDoubt, "express_doubt", "jeg er usikker", hits=NEAR, covered=0.85, doubt=("roles", 0.9))

    assert played.names == ["utter_doubt_roles", "utter_answer"]
    assert played.payloads == asks(*get_library().see_also("samskaping")[:3])
    assert played.slots["last_topic"] == "samskaping"


def test_the_source_of_what_was_shown_last(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(TellSource, "ask_source", last_topic="samskaping")

    library = get_library()
    citations = [library.citation(source) for source in library.sources("samskaping")]
    assert played.custom == {"response": "utter_source", "kind": "source", "sources": citations}
    assert "\n".join(f"- {citation}" for citation in citations) in played.text
    assert library.title("samskaping") in played.text
    assert played.payloads[-1] == "/repeat_step"


@pytest.mark.parametrize("topic", [None, "fantes-en-gang"])
def test_without_a_text_there_is_no_source(play: Play, topic: str | None) -> None:
    assert play(TellSource, "ask_source", last_topic=topic).names == ["utter_no_source"]
