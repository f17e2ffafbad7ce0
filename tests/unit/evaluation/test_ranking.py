"""Figures of ranked results, by hand."""

from __future__ import annotations

from math import log2

import pytest

from bot.evaluation.ranking import DEEPEST, Ranked, calibration_error, figures, ndcg


def ranked(*right: int, answers: int = 1, answered: bool = True, groups: tuple[str, ...] = ()) -> Ranked:
    """Return ten results of which those at these ranks, from 1, answer."""
    return Ranked(tuple(place in right for place in range(1, 11)), answers, answered, groups)


@pytest.mark.parametrize(("right", "rank"), [((1,), 1), ((3, 5), 3), ((10,), 10), ((), None)])
def test_the_rank_is_that_of_the_first_that_answers(right: tuple[int, ...], rank: int | None) -> None:
    assert ranked(*right).rank == rank


def test_nothing_found_has_no_rank() -> None:
    assert Ranked((), 1, True).rank is None
    assert not Ranked((), 1, True).right


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (ranked(1), True),
        (ranked(2), False),
        (ranked(1, answered=False), False),
        (ranked(answers=0, answered=True), False),
        (ranked(answers=0, answered=False), True),
    ],
)
def test_a_person_gets_what_is_right(found: Ranked, right: bool) -> None:
    assert found.right is right


ROWS = [
    ranked(1, groups=("nb", "question")),
    ranked(2, 3, answers=3, groups=("nb",)),
    ranked(4, groups=("nn",)),
    ranked(answered=False, groups=("nn",)),
    ranked(1, answered=False, groups=("da",)),
    ranked(answers=0, answered=False, groups=("nb",)),
    ranked(answers=0, answered=True, groups=("en",)),
    ranked(answers=0, answered=False, groups=("en",)),
]


def test_all_figures() -> None:
    best_of_three = 1 + 1 / log2(3) + 1 / 2
    gains = [1, (1 / log2(3) + 1 / 2) / best_of_three, 1 / log2(5), 0, 1]

    assert figures(ROWS) == {
        "answerable": 5,
        "unanswerable": 3,
        "recall@1": pytest.approx(2 / 5),
        "recall@3": pytest.approx(3 / 5),
        "recall@5": pytest.approx(4 / 5),
        "mrr": pytest.approx((1 + 1 / 2 + 1 / 4 + 0 + 1) / 5),
        "ndcg@10": pytest.approx(sum(gains) / 5),
        "answered_right": pytest.approx(1 / 5),
        "answered_wrong": pytest.approx(2 / 5),
        "refused_right": pytest.approx(2 / 3),
        "false_answers": pytest.approx(1 / 3),
        "recall@3 nb": 1.0,
        "recall@3 question": 1.0,
        "recall@3 nn": 0.0,
        "recall@3 da": 1.0,
        "refused_right nb": 1.0,
        "refused_right en": 0.5,
    }


def test_whole_figures_come_before_groups() -> None:
    names = list(figures(ROWS))

    assert names[:2] == ["answerable", "unanswerable"]
    assert [" " in name for name in names] == [False] * 11 + [True] * 6


def test_figures_of_nothing_are_left_out() -> None:
    assert figures([]) == {"answerable": 0, "unanswerable": 0}
    assert figures([ranked(answers=0, answered=False)]) == {
        "answerable": 0,
        "unanswerable": 1,
        "refused_right": 1.0,
        "false_answers": 0.0,
    }


@pytest.mark.parametrize(
    ("relevant", "answers", "gain"),
    [
        ([True], 1, 1.0),
        ([False, True], 1, 1 / log2(3)),
        ([True, True], 2, 1.0),
        ([True, False], 2, 1 / (1 + 1 / log2(3))),
        ([False, False], 1, 0.0),
        ([], 1, 0.0),
        ([True], 0, 0.0),
        # What comes after the tenth does not count, neither as found nor as possible.
        ([False] * DEEPEST + [True], 1, 0.0),
        ([True] * DEEPEST, 25, 1.0),
    ],
)
def test_discounted_gain(relevant: list[bool], answers: int, gain: float) -> None:
    assert ndcg(relevant, answers) == pytest.approx(gain)


@pytest.mark.parametrize(
    ("probabilities", "right", "error"),
    [
        ([1.0, 1.0, 0.0], [True, True, False], 0.0),
        ([1.0, 0.0], [False, True], 1.0),
        # Two in one bin, of which one is right, and one in another.
        ([0.71, 0.79, 0.2], [True, False, False], (2 * 0.25 + 1 * 0.2) / 3),
        ([], [], 0.0),
    ],
)
def test_calibration_error(probabilities: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(probabilities, right) == pytest.approx(error)


def test_fewer_bins_are_wider() -> None:
    assert calibration_error([0.1, 0.9], [True, False], bins=1) == pytest.approx(0.0)
    assert calibration_error([0.1, 0.9], [True, False], bins=2) == pytest.approx(0.9)
