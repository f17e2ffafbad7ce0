"""What becomes of a message: every branch."""

from __future__ import annotations

import pytest

from bot.answers.outcome import (
    COVERED,
    POSSIBLY_COVERED,
    QUOTABLE,
    SURELY_COVERED,
    SURELY_QUOTABLE,
    Decision,
    Outcome,
    decide,
)
from bot.types import Finding, Hit

IDS = ("tolk", "makt", "maltid", "tid", "rom")


def _finding(covered: float, ids: tuple[str, ...] = IDS) -> Finding:
    return Finding(tuple(Hit(passage, 1 - place / 10) for place, passage in enumerate(ids)), covered)


ANSWERED = Decision(Outcome.ANSWERED, "tolk", ("makt", "maltid", "tid"))
DOUBT_ONLY = Decision(Outcome.DOUBT_ONLY, None, ("tolk", "makt", "maltid"))
DID_YOU_MEAN = Decision(Outcome.DID_YOU_MEAN, None, ("tolk", "makt", "maltid"))
NOT_FOUND = Decision(Outcome.NOT_FOUND, None, ("tolk", "makt", "maltid"))
QUOTED = Decision(Outcome.QUOTED, None, ("tolk", "makt", "maltid"), "doc:a:0")
BESIDE = Decision(Outcome.ANSWERED, "tolk", ("makt", "maltid", "tid"), "doc:a:0")
JUST_UNDER, JUST_UNDER_SURE, HARDLY = COVERED - 0.0001, SURELY_COVERED - 0.0001, POSSIBLY_COVERED - 0.0001


@pytest.mark.parametrize(
    ("intent", "doubt_heard", "covered", "expected"),
    [
        # A question is answered when it is covered, in doubt or not.
        ("ask_concept", False, COVERED, ANSWERED),
        ("ask_concept", True, COVERED, ANSWERED),
        ("compare_concepts", False, COVERED, ANSWERED),
        ("ask_concept", False, JUST_UNDER, DID_YOU_MEAN),
        ("compare_concepts", True, JUST_UNDER, DID_YOU_MEAN),
        # What was not understood counts as a question, unless it is doubt.
        ("nlu_fallback", False, COVERED, ANSWERED),
        ("nlu_fallback", False, JUST_UNDER, DID_YOU_MEAN),
        ("nlu_fallback", True, COVERED, DOUBT_ONLY),
        ("nlu_fallback", True, SURELY_COVERED, ANSWERED),
        # What was understood as something else must be covered almost surely.
        ("out_of_scope", False, COVERED, DID_YOU_MEAN),
        ("out_of_scope", False, JUST_UNDER_SURE, DID_YOU_MEAN),
        ("out_of_scope", False, SURELY_COVERED, ANSWERED),
        ("express_doubt", True, JUST_UNDER_SURE, DOUBT_ONLY),
        ("express_doubt", True, SURELY_COVERED, ANSWERED),
        ("express_doubt", False, COVERED, DID_YOU_MEAN),
        (None, False, COVERED, DID_YOU_MEAN),
        (None, False, SURELY_COVERED, ANSWERED),
        (None, True, COVERED, DOUBT_ONLY),
        # What may be covered is offered; what hardly is, is refused.
        ("ask_concept", False, POSSIBLY_COVERED, DID_YOU_MEAN),
        ("ask_concept", False, HARDLY, NOT_FOUND),
        ("out_of_scope", False, POSSIBLY_COVERED, DID_YOU_MEAN),
        ("out_of_scope", False, HARDLY, NOT_FOUND),
        ("express_doubt", True, POSSIBLY_COVERED, DOUBT_ONLY),
        ("ask_concept", False, 0.0, NOT_FOUND),
        ("ask_concept", False, 1.0, ANSWERED),
    ],
)
def test_decide(intent: str | None, doubt_heard: bool, covered: float, expected: Decision) -> None:
    assert decide(intent, doubt_heard, _finding(covered)) == expected


JUST_UNDER_QUOTABLE, JUST_UNDER_BESIDE = QUOTABLE - 0.0001, SURELY_QUOTABLE - 0.0001


@pytest.mark.parametrize(
    ("intent", "doubt_heard", "covered", "quotable", "expected"),
    [
        # The guide comes first; what documents say is offered beside it, when they say it almost surely.
        ("ask_concept", False, COVERED, SURELY_QUOTABLE, BESIDE),
        ("ask_concept", False, COVERED, JUST_UNDER_BESIDE, ANSWERED),
        ("ask_concept", False, COVERED, 1.0, BESIDE),
        ("out_of_scope", False, SURELY_COVERED, SURELY_QUOTABLE, BESIDE),
        # Where the guide has no answer, a document is quoted.
        ("ask_concept", False, JUST_UNDER, QUOTABLE, QUOTED),
        ("ask_concept", False, 0.0, QUOTABLE, QUOTED),
        ("compare_concepts", True, JUST_UNDER, QUOTABLE, QUOTED),
        ("nlu_fallback", False, JUST_UNDER, QUOTABLE, QUOTED),
        ("ask_concept", False, JUST_UNDER, JUST_UNDER_QUOTABLE, DID_YOU_MEAN),
        ("ask_concept", False, HARDLY, JUST_UNDER_QUOTABLE, NOT_FOUND),
        # What is no question is never answered with a quotation.
        ("nlu_fallback", True, JUST_UNDER, 1.0, DOUBT_ONLY),
        ("express_doubt", True, 0.0, 1.0, DOUBT_ONLY),
        ("out_of_scope", False, HARDLY, QUOTABLE, QUOTED),
        ("out_of_scope", False, HARDLY, JUST_UNDER_QUOTABLE, NOT_FOUND),
        ("feedback", False, JUST_UNDER_SURE, 1.0, DID_YOU_MEAN),
        (None, False, HARDLY, 1.0, NOT_FOUND),
    ],
)
def test_quotations(intent: str | None, doubt_heard: bool, covered: float, quotable: float, expected: Decision) -> None:
    quotations = _finding(quotable, ("doc:a:0", "doc:b:1"))

    assert decide(intent, doubt_heard, _finding(covered), quotations) == expected


@pytest.mark.parametrize(("covered", "expected"), [(COVERED, ANSWERED), (0.2, DID_YOU_MEAN), (0.0, NOT_FOUND)])
def test_without_a_passage_nothing_is_quoted(covered: float, expected: Decision) -> None:
    assert decide("ask_concept", False, _finding(covered), _finding(1.0, ())) == expected


def test_a_document_is_quoted_though_the_guide_has_nothing_near() -> None:
    found = decide("ask_concept", False, _finding(0.0, ()), _finding(1.0, ("doc:a:0",)))

    assert found == Decision(Outcome.QUOTED, None, (), "doc:a:0")


@pytest.mark.parametrize(
    ("intent", "doubt_heard", "outcome"),
    [("ask_concept", False, Outcome.NOT_FOUND), ("express_doubt", True, Outcome.DOUBT_ONLY)],
)
def test_nothing_found_is_never_an_answer(intent: str, doubt_heard: bool, outcome: Outcome) -> None:
    assert decide(intent, doubt_heard, _finding(1.0, ())) == Decision(outcome, None, ())


def test_the_only_text_found_answers_with_nothing_beside_it() -> None:
    assert decide("ask_concept", False, _finding(0.9, ("tolk",))) == Decision(Outcome.ANSWERED, "tolk", ())


def test_the_list_of_outcomes_is_closed() -> None:
    assert {outcome.value for outcome in Outcome} == {
        "answered",
        "quoted",
        "did_you_mean",
        "doubt_only",
        "not_found",
    }
