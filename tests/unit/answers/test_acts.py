"""Tests of bot.answers.acts: what a message asks for, from how it and its clauses were understood."""

from __future__ import annotations

import pytest

from bot.answers.acts import INCLUDED, MOST, PASSING, SURE_OF_CLAUSE, SURE_OF_QUESTION, Reading, acts
from bot.answers.outcome import QUESTION_INTENTS

QUESTION = "ask_concept"


def read(*intents: str, confidence: float = 0.9) -> list[Reading]:
    """Return clauses that were understood as these, each surely."""
    return [Reading(f"{place}: {intent}", intent, confidence) for place, intent in enumerate(intents)]


def whole(intent: str, confidence: float = 0.9) -> Reading:
    """Return a whole message that was understood as this."""
    return Reading("alt", intent, confidence)


def found(message: str, *clauses: str) -> list[str]:
    """Return the intents of what a message is found to ask for."""
    return [act.intent for act in acts(whole(message), read(*clauses))]


def test_a_message_of_one_clause_asks_for_what_it_was_understood_as() -> None:
    for intent in ("mark_done", QUESTION, "greet", "express_doubt"):
        assert acts(whole(intent, 0.2), []) == [whole(intent, 0.2)]


def test_what_several_clauses_ask_for_comes_in_their_order() -> None:
    clauses = read("phase_status", QUESTION, "show_doubts")

    assert acts(whole(QUESTION), clauses) == clauses


def test_at_most_three_the_first() -> None:
    clauses = read("phase_status", QUESTION, "show_doubts", "help")

    assert MOST == 3
    assert acts(whole("help"), clauses) == clauses[:3]


@pytest.mark.parametrize("passing", sorted(PASSING))
def test_what_is_said_in_passing_is_no_act_beside_others(passing: str) -> None:
    assert found(QUESTION, passing, "mark_done", QUESTION) == ["mark_done", QUESTION]
    assert found("mark_done", passing, "mark_done") == ["mark_done"]


@pytest.mark.parametrize("passing", sorted(PASSING))
def test_the_one_act_of_a_message_that_was_taken_for_what_was_said_in_passing(passing: str) -> None:
    clauses = read(passing, "mark_done")

    assert acts(whole(passing), clauses) == clauses[1:]
    assert found(passing, passing, "mark_done", QUESTION) == ["mark_done", QUESTION]


def test_a_message_of_nothing_but_passing_words_stays_whole() -> None:
    assert acts(whole("thanks"), read("greet", "thanks", "goodbye")) == [whole("thanks")]


def test_one_act_in_a_clause_is_known_better_by_the_whole_message() -> None:
    assert acts(whole("skip_step"), read("mark_done", "greet")) == [whole("skip_step")]
    assert acts(whole("mark_done"), read("mark_done", "greet")) == [whole("mark_done")]


def test_several_acts_count_only_when_the_whole_message_is_one_of_them() -> None:
    assert acts(whole("undo"), read("mark_done", QUESTION)) == [whole("undo")]


def test_the_same_twice_is_one_act() -> None:
    clauses = read("phase_status", QUESTION, "phase_status", QUESTION)

    assert acts(whole(QUESTION), clauses) == clauses[:2]
    assert acts(whole("mark_done"), read("mark_done", "mark_done")) == [whole("mark_done")]


@pytest.mark.parametrize(("act", "included"), [(act, one) for act, all_of in INCLUDED.items() for one in all_of])
def test_what_an_act_does_by_itself_is_not_asked_for_again(act: str, included: str) -> None:
    assert acts(whole(act), read(act, included)) == [whole(act)]
    assert found(act, act, included, QUESTION) == [act, QUESTION]


def test_what_comes_before_includes_nothing() -> None:
    assert found("mark_done", "next_step", "mark_done") == ["next_step", "mark_done"]


def test_marking_shows_the_next_step_and_undoing_only_the_one_it_goes_back_to() -> None:
    assert found("mark_done", "mark_done", "next_step") == ["mark_done"]
    assert found("undo", "undo", "next_step") == ["undo", "next_step"]


@pytest.mark.parametrize(
    ("intent", "least"),
    [("mark_done", SURE_OF_CLAUSE), ("show_doubts", SURE_OF_CLAUSE)]
    + [(intent, SURE_OF_QUESTION) for intent in sorted(QUESTION_INTENTS)],
)
def test_a_clause_counts_from_a_certain_confidence(intent: str, least: float) -> None:
    other = Reading("b", "phase_status", 0.9)

    def count(confidence: float) -> int:
        return len(acts(whole("phase_status"), [Reading("a", intent, confidence), other]))

    assert (count(least), count(least - 0.01)) == (2, 1)


def test_an_order_must_be_surer_than_a_question() -> None:
    assert (SURE_OF_QUESTION, SURE_OF_CLAUSE) == (0.5, 0.8)


def test_of_several_things_said_in_passing_the_last_counts_when_the_whole_is_torn_between_them() -> None:
    thanks, goodbye = read("thanks", "goodbye")

    assert acts(whole("thanks", 0.5), [thanks, goodbye]) == [goodbye]
    assert acts(whole("goodbye", 0.5), [goodbye, thanks]) == [thanks]


def test_what_is_said_in_passing_does_not_change_a_message_that_is_something_else() -> None:
    torn = whole("phase_status", 0.5)

    assert acts(torn, read("thanks", "goodbye")) == [torn]


def test_a_passing_word_that_is_not_sure_changes_nothing() -> None:
    unsure = read("thanks", "goodbye", confidence=SURE_OF_CLAUSE - 0.01)

    assert acts(whole("thanks", 0.5), unsure) == [whole("thanks", 0.5)]
