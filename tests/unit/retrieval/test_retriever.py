"""Searching, on numbers that can be checked by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.retrieval.generation import Manifest
from bot.retrieval.index import FORMAT, Index
from bot.retrieval.lexical import LexicalIndex
from bot.retrieval.retriever import (
    Fitted,
    Judgement,
    Likeness,
    Retriever,
    compare,
    domain_logits,
    evidence,
    log_odds,
)
from bot.retrieval.vectors import FlatVectors
from bot.types import Finding, Hit


@dataclass
class FixedDomain:
    """A domain classifier that gives every text the same probability of being covered."""

    covered: float
    labels: tuple[str, str] = ("covered", "uncovered")

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        assert len(texts) == len(vectors)
        row = {"covered": self.covered, "uncovered": 1 - self.covered}
        return np.array([[row[label] for label in self.labels] for _ in texts])


def hand_made(
    votes: list[list[float]], weights: Sequence[float] = (0.0,) * 8, bias: float = 0.0, covered: float = 0.5
) -> Index:
    """Return an index of two passages: rows 0 and 1 are their questions «tolk» and «mat», rows 2 and 3 their texts."""
    domain: Any = FixedDomain(covered)
    return Index(
        passages=("tolk-id", "mat-id"),
        owners=np.array([0, 1, 0, 1]),
        questions=2,
        vectors=FlatVectors.of(np.array([[1, 0], [0, 1], [1, 0], [0, -1]], dtype=np.float32)),
        query_mean=np.zeros(2, dtype=np.float32),
        lexical=LexicalIndex.build(["tolk", "mat", "tolk", "mat"]),
        fitted=Fitted(np.array(votes, dtype=np.float32), domain, np.array(weights, dtype=float), bias),
        manifest=Manifest(FORMAT, "hand", 2, "hand", {}),
    )


ONE_EACH = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
EAST = np.array([1, 0], dtype=np.float32)
DIAGONAL = np.array([3, 4], dtype=np.float32)


def test_meaning_counts_double_against_spelling() -> None:
    likeness = Likeness(np.array([[0.5, -1.0]], dtype=np.float32), np.array([[0.25, 1.0]], dtype=np.float32))

    assert likeness.whole.tolist() == [[1.25, -1.0]]
    assert likeness.whole.dtype == np.float32


def test_compare_has_meaning_and_spelling_of_each_row() -> None:
    likeness = compare(hand_made(ONE_EACH), ["mat", "noe annet"], np.stack([EAST, DIAGONAL]))

    np.testing.assert_allclose(likeness.meaning, [[1, 0, 1, 0], [0.6, 0.8, 0.6, -0.8]], atol=1e-6)
    np.testing.assert_allclose(likeness.spelling, [[0, 1, 0, 1], [0, 0, 0, 0]], atol=1e-6)


def test_rows_vote_by_their_likeness() -> None:
    # Like row 0 in meaning and row 1 in spelling: 2 * 1 votes against 1 * 1.
    finding = Retriever(hand_made(ONE_EACH)).search("mat", EAST)

    assert [(hit.passage, hit.score) for hit in finding.hits] == [("tolk-id", 2.0), ("mat-id", 1.0)]


def test_a_row_may_vote_for_another_passage_and_against_its_own() -> None:
    votes = [[-0.5, 0.25], [0.0, 0.0], [0.0, 0.5], [0.0, 0.0]]

    finding = Retriever(hand_made(votes)).search("tolk", EAST)

    # Rows 0 and 2 are like it, 3 each: -1.5 for its own, 0.75 + 1.5 for the other.
    assert [(hit.passage, hit.score) for hit in finding.hits] == [("mat-id", 2.25), ("tolk-id", -1.5)]


@pytest.mark.parametrize(("count", "found"), [(1, ["tolk-id"]), (2, ["tolk-id", "mat-id"]), (9, ["tolk-id", "mat-id"])])
def test_no_more_passages_than_asked_for(count: int, found: list[str]) -> None:
    finding = Retriever(hand_made(ONE_EACH)).search("tolk", EAST, count)

    assert [hit.passage for hit in finding.hits] == found


def test_equal_votes_keep_the_order_of_the_passages() -> None:
    finding = Retriever(hand_made([[0.0, 0.0]] * 4)).search("tolk", EAST)

    assert [(hit.passage, hit.score) for hit in finding.hits] == [("tolk-id", 0.0), ("mat-id", 0.0)]


def test_covered_is_the_logistic_of_the_weighted_evidence() -> None:
    # Evidence for «mat» at EAST: votes 2 and 1; of the winner's rows, meaning 1 and spelling 0; domain odds 3 to 1.
    weights = [0.1, 0.2, 0.3, 0.4, 5.0, 0.6, 7.0, 0.8]
    logit = 0.1 * 2 + 0.2 * (2 - 1) + 0.3 * (2 + 1) + 0.4 * 1 + 0.6 * 1 + 0.8 * math.log(3) - 2.5

    finding = Retriever(hand_made(ONE_EACH, weights, bias=-2.5, covered=0.75)).search("mat", EAST)

    assert finding.covered == pytest.approx(1 / (1 + math.exp(-logit)), abs=5e-5)


def test_a_judgement_has_the_votes_in_the_order_of_the_passages_and_unrounded_coverage() -> None:
    votes = [[-1 / 3, 0.25], [0.0, 0.0], [0.0, 0.5], [0.0, 0.0]]
    retriever = Retriever(hand_made(votes, bias=-1.0))

    judged = retriever.judge("tolk", EAST)

    assert judged.votes.tolist() == pytest.approx([-1.0, 2.25])
    assert judged.votes.shape == (2,)
    assert judged.covered == pytest.approx(1 / (1 + math.e), abs=1e-12)
    assert isinstance(judged.covered, float)


def test_a_finding_is_the_judgements_best_rounded() -> None:
    judged = Judgement(np.array([0.123456, 0.98766], dtype=np.float32), 0.765432)

    finding = Retriever(hand_made(ONE_EACH)).finding(judged, 2)

    assert finding == Finding((Hit("mat-id", 0.9877), Hit("tolk-id", 0.1235)), 0.7654)
    assert Retriever(hand_made(ONE_EACH)).finding(judged, 1).hits == (Hit("mat-id", 0.9877),)


def test_a_search_is_the_finding_of_the_judgement() -> None:
    retriever = Retriever(hand_made(ONE_EACH, [0.1] * 8, covered=0.75))

    assert retriever.search("mat", EAST, 1) == retriever.finding(retriever.judge("mat", EAST), 1)


def test_evidence_column_by_column() -> None:
    index = hand_made(ONE_EACH)
    likeness = Likeness(
        np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]], dtype=np.float32),
        np.array([[0.01, 0.02, 0.03, 0.04], [0.05, 0.06, 0.07, 0.08]], dtype=np.float32),
    )
    votes = np.array([[0.9, 0.4], [0.2, 0.8]], dtype=np.float32)

    found = evidence(index, likeness, votes, np.array([1.5, -1.5]))

    expected = [
        # votes, lead, first five; best question in meaning, in spelling; own text in meaning, in spelling; wording
        [0.9, 0.5, 1.3, 0.1, 0.01, 0.3, 0.03, 1.5],
        [0.8, 0.6, 1.0, 0.6, 0.06, 0.8, 0.08, -1.5],
    ]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_evidence_takes_the_best_of_the_winners_questions_and_five_votes_at_the_most() -> None:
    index = replace(hand_made(ONE_EACH), owners=np.array([0, 0, 1, 0, 1, 2, 3, 4, 5]), questions=3)
    meaning = np.array([[0.1, 0.7, 0.9, 0.2, 0.3, 0, 0, 0, 0]], dtype=np.float32)
    votes = np.array([[6, 5, 4, 3, 2, 1]], dtype=np.float32)

    found = evidence(index, Likeness(meaning, meaning / 2), votes, np.zeros(1))

    np.testing.assert_allclose(found, [[6, 1, 20, 0.7, 0.35, 0.2, 0.1, 0]], atol=1e-6)


def test_a_winner_without_questions_has_minus_one_for_them() -> None:
    index = replace(hand_made(ONE_EACH), owners=np.array([0, 0, 0, 1]))

    found = evidence(index, Likeness(np.ones((1, 4)), np.ones((1, 4))), np.array([[0.0, 1.0]]), np.zeros(1))

    assert found[0, 3:7].tolist() == [-1.0, -1.0, 1.0, 1.0]


def test_domain_logits_read_the_column_of_covered_wherever_it_stands() -> None:
    vectors = np.zeros((2, 2), dtype=np.float32)
    domains: list[Any] = [FixedDomain(0.75), FixedDomain(0.75, ("uncovered", "covered"))]

    for domain in domains:
        assert domain_logits(domain, ["a", "b"], vectors) == pytest.approx([math.log(3)] * 2)


def test_log_odds_are_kept_from_the_extremes() -> None:
    found = log_odds(np.array([0.0, 0.5, 1.0, 0.2]))

    edge = math.log(1e-4 / (1 - 1e-4))
    assert found == pytest.approx([edge, 0.0, -edge, math.log(0.25)])
