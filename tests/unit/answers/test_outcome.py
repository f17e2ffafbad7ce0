"""What becomes of a message: every branch."""

from __future__ import annotations

import pytest

from bot.answers.outcome import COVERED, SURELY_COVERED, Decision, Outcome, decide
from bot.types import Finding, Hit

IDS = ("tolk", "makt", "maltid", "tid", "rom")


def _finding(covered: float, ids: tuple[str, ...] = IDS) -> Finding:
    return Finding(tuple(Hit(passage, 1 - place / 10) for place, passage in enumerate(ids)), covered)


ANSWERED = Decision(Outcome.ANSWERED, "tolk", ("makt", "maltid", "tid"))
DOUBT_ONLY = Decision(Outcome.DOUBT_ONLY, None, ("tolk", "makt", "maltid"))
NOT_FOUND = Decision(Outcome.NOT_FOUND, None, ("tolk", "makt", "maltid"))
JUST_UNDER, JUST_UNDER_SURE = COVERED - 0.0001, SURELY_COVERED - 0.0001


@pytest.mark.parametrize(
    ("intent", "doubt_heard", "covered", "expected"),
    [
        # A question is answered when it is covered, in doubt or not.
        ("ask_concept", False, COVERED, ANSWERED),
        ("ask_concept", True, COVERED, ANSWERED),
        ("compare_concepts", False, COVERED, ANSWERED),
        ("ask_concept", False, JUST_UNDER, NOT_FOUND),
        ("compare_concepts", True, JUST_UNDER, NOT_FOUND),
        # What was not understood counts as a question, unless it is doubt.
        ("nlu_fallback", False, COVERED, ANSWERED),
        ("nlu_fallback", False, JUST_UNDER, NOT_FOUND),
        ("nlu_fallback", True, COVERED, DOUBT_ONLY),
        ("nlu_fallback", True, SURELY_COVERED, ANSWERED),
        # What was understood as something else must be covered almost surely.
        ("out_of_scope", False, COVERED, NOT_FOUND),
        ("out_of_scope", False, JUST_UNDER_SURE, NOT_FOUND),
        ("out_of_scope", False, SURELY_COVERED, ANSWERED),
        ("express_doubt", True, JUST_UNDER_SURE, DOUBT_ONLY),
        ("express_doubt", True, SURELY_COVERED, ANSWERED),
        ("express_doubt", False, COVERED, NOT_FOUND),
        (None, False, COVERED, NOT_FOUND),
        (None, False, SURELY_COVERED, ANSWERED),
        (None, True, COVERED, DOUBT_ONLY),
        ("ask_concept", False, 0.0, NOT_FOUND),
        ("ask_concept", False, 1.0, ANSWERED),
    ],
)
def test_decide(intent: str | None, doubt_heard: bool, covered: float, expected: Decision) -> None:
    assert decide(intent, doubt_heard, _finding(covered)) == expected


@pytest.mark.parametrize(
    ("intent", "doubt_heard", "outcome"),
    [("ask_concept", False, Outcome.NOT_FOUND), ("express_doubt", True, Outcome.DOUBT_ONLY)],
)
def test_nothing_found_is_never_an_answer(intent: str, doubt_heard: bool, outcome: Outcome) -> None:
    assert decide(intent, doubt_heard, _finding(1.0, ())) == Decision(outcome, None, ())


def test_the_only_text_found_answers_with_nothing_beside_it() -> None:
    assert decide("ask_concept", False, _finding(0.9, ("tolk",))) == Decision(Outcome.ANSWERED, "tolk", ())


def test_the_list_of_outcomes_is_closed() -> None:
    assert {outcome.value for outcome in Outcome} == {"answered", "doubt_only", "not_found"}
