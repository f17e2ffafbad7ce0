"""Learning from the questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval import fitting
from bot.retrieval.embedder import Embedder
from bot.retrieval.fitting import RIDGE, fit, fit_votes
from bot.retrieval.index import Index, build
from bot.retrieval.retriever import COVERED, Likeness, Retriever
from bot.types import Passage

PASSAGES = [
    Passage(
        "tolk",
        "Tolk",
        "Tolk Bestill tolk i god tid, og betal tolken.",
        ("når trenger vi tolk", "hvem betaler tolken vår", "bestille tolk til møtet vårt"),
    ),
    Passage(
        "maltid",
        "Måltidet",
        "Måltidet Spis mat sammen før møtet.",
        ("hvorfor spise mat sammen", "mat før møtet vårt", "hvem betaler maten vår"),
    ),
    Passage(
        "makt",
        "Makt",
        "Makt Snakk åpent om makt i gruppa.",
        ("hvem har makt i gruppa", "snakke om makt i møtet", "hvorfor snakke om makt"),
    ),
    Passage(
        "tid",
        "Tid",
        "Tid Sett av god tid til samskaping.",
        ("hvor lang tid tar samskaping", "når har vi tid til samskaping", "god tid til møtet vårt"),
    ),
]
UNCOVERED = [
    "hva blir været i morgen",
    "blir det regn i morgen",
    "hva koster en liter melk",
    "hva koster bussen i dag",
    "vant laget kampen i dag",
    "når går bussen hjem",
    "blir været bedre i morgen",
    "går bussen i morgen",
]


@pytest.fixture
def built(word_embedder: Embedder) -> Index:
    """The index before anything is fitted."""
    return build(PASSAGES, word_embedder)


@pytest.fixture
def fitted(built: Index, word_embedder: Embedder) -> Index:
    """The index with what was learnt."""
    return fit(built, PASSAGES, UNCOVERED, word_embedder)


def _random_likeness(rows: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.RandomState(seed).randn(rows, 5)
    return np.asarray(vectors @ vectors.T, dtype=np.float32)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_closed_form_is_what_a_refit_without_the_row_gives(seed: int) -> None:
    likeness = _random_likeness(9, seed)
    owners = np.array([0, 0, 1, 1, 2, 2, 0, 1, 2])

    _, held_out = fit_votes(likeness, owners, 3)

    for row in range(9):
        others = np.delete(np.arange(9), row)
        votes, _ = fit_votes(likeness[np.ix_(others, others)], owners[others], 3)
        np.testing.assert_allclose(held_out[row], likeness[row, others] @ votes, atol=1e-4)


def test_the_votes_solve_the_ridge_equations() -> None:
    likeness = _random_likeness(6, 4)
    owners = np.array([0, 1, 1, 0, 2, 2])

    votes, _ = fit_votes(likeness, owners, 3)

    gold = [[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_allclose((likeness + RIDGE * np.eye(6)) @ votes, gold, atol=1e-4)


def test_votes_by_hand() -> None:
    # Two rows that have nothing in common, each alike 1 to itself: 1 / (1 + ridge) for its own, nothing without it.
    votes, held_out = fit_votes(np.eye(2, dtype=np.float32), np.array([1, 0]), 2)

    np.testing.assert_allclose(votes, [[0, 1 / (1 + RIDGE)], [1 / (1 + RIDGE), 0]], atol=1e-6)
    np.testing.assert_allclose(held_out, np.zeros((2, 2)), atol=1e-6)


@pytest.mark.parametrize(("rows", "dimension"), [(1, 1), (7, 3), (40, 60), (200, 30)])
def test_votes_and_held_out_are_those_of_the_plain_formula(rows: int, dimension: int) -> None:
    # Ridge regression through the hat matrix, in double precision and with a general inverse.
    vectors = np.random.RandomState(rows).randn(rows, dimension)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = 2 * vectors @ vectors.T + 0.5
    owners = np.arange(rows) % 5
    inverse = np.linalg.inv(likeness + RIDGE * np.eye(rows))
    gold = np.eye(5)[owners]
    own = np.diag(likeness @ inverse)[:, None]
    given = likeness.astype(np.float32)

    votes, held_out = fit_votes(given, owners, 5)

    np.testing.assert_allclose(votes, inverse @ gold, atol=1e-5)
    np.testing.assert_allclose(held_out, (likeness @ inverse @ gold - own * gold) / (1 - own), atol=1e-5)
    assert (votes.dtype, held_out.dtype) == (np.float32, np.float32)
    np.testing.assert_array_equal(given, likeness.astype(np.float32))


def test_the_inverse_is_whole_and_symmetric() -> None:
    matrix = np.array([[4, 2, 0], [2, 5, 1], [0, 1, 3]], dtype=np.float32)

    found = fitting._inverse(matrix.copy())

    # By cofactors; the determinant is 44.
    expected = np.array([[14, -6, 2], [-6, 12, -4], [2, -4, 16]]) / 44
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_array_equal(found, found.T)


def test_a_likeness_that_cannot_be_inverted_is_told() -> None:
    # No Gram matrix: with the ridge added, one value on the diagonal is still below nought.
    likeness = np.diag(np.array([1, -5, 1], dtype=np.float32))

    with pytest.raises(GuideError) as refused:
        fit_votes(likeness, np.array([0, 1, 2]), 3)

    assert str(refused.value) == (
        "The votes of the index could not be fitted. Check data/retrieval for empty questions."
    )


def test_no_question_is_like_itself() -> None:
    whole = Likeness(np.ones((3, 3), dtype=np.float32), np.full((3, 3), 0.5, dtype=np.float32))

    found = fitting._without_self(whole, 2)

    assert found.meaning.tolist() == [[-1, 1, 1], [1, -1, 1]]
    assert found.spelling.tolist() == [[0, 0.5, 0.5], [0.5, 0, 0.5]]
    assert whole.meaning.tolist() == [[1] * 3] * 3


def test_rows_are_compared_by_the_vectors_they_are_found_by(built: Index, word_embedder: Embedder) -> None:
    questions = [question for passage in PASSAGES for question in passage.questions]
    texts = questions + [passage.text for passage in PASSAGES]

    likeness = fitting._own_likeness(built, texts)

    np.testing.assert_allclose(likeness.meaning[:12], built.cosines(word_embedder.queries(questions)), atol=1e-5)
    assert np.diag(likeness.meaning) == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_allclose(likeness.spelling, built.lexical.cosines(texts))


def test_each_text_is_judged_by_a_domain_classifier_that_has_not_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"tekst {i}" for i in range(40)]
    judged: list[str] = []

    class Classifier:
        labels = (COVERED, "uncovered")

        def __init__(self, known: Sequence[str]) -> None:
            self.known = set(known)

        def probabilities(self, asked: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
            assert self.known | set(asked) == set(texts)
            assert not self.known & set(asked)
            judged.extend(asked)
            return np.full((len(asked), 2), 0.5)

    def train(known: Sequence[str], vectors: Any, is_covered: Any) -> Any:
        assert [vectors[i, 0] for i in range(len(known))] == [float(text.split()[1]) for text in known]
        assert [bool(c) for c in is_covered] == [int(text.split()[1]) % 2 == 0 for text in known]
        return Classifier(known)

    monkeypatch.setattr(fitting, "_train_domain", train)
    vectors = np.arange(40, dtype=np.float32)[:, None]

    odds = fitting._held_out_domain(texts, vectors, np.arange(40) % 2 == 0)

    assert sorted(judged) == sorted(texts)
    assert odds.tolist() == [0.0] * 40


def test_evidence_is_weighted_unscaled() -> None:
    # One column tells, on a scale of thousands; the other is noise on a scale of thousandths.
    random = np.random.RandomState(1)
    is_covered = np.arange(60) % 2 == 0
    found = np.stack([np.where(is_covered, 3000.0, 1000.0) + random.randn(60), random.randn(60) / 1000], axis=1)

    weights, bias = fitting._fit_evidence(found, is_covered)

    logits = found @ weights + bias
    assert ((logits > 0) == is_covered).all()
    assert 1 < np.abs(logits).min() <= np.abs(logits).max() < 5
    assert 2000 * weights[0] + bias == pytest.approx(0.0, abs=0.1)


def test_every_question_finds_its_passage(fitted: Index, word_embedder: Embedder) -> None:
    retriever = Retriever(fitted)

    for passage in PASSAGES:
        for question, vector in zip(passage.questions, word_embedder.queries(passage.questions), strict=True):
            assert retriever.search(question, vector).hits[0].passage == passage.id, question


def test_the_fitted_coverage_separates_new_questions(fitted: Index, word_embedder: Embedder) -> None:
    retriever = Retriever(fitted)

    def covered(text: str) -> float:
        return retriever.search(text, word_embedder.queries([text])[0]).covered

    within = [covered(text) for text in ("trenger vi tolk i møtet", "hvorfor har vi makt i gruppa", "mat sammen")]
    without = [covered(text) for text in ("hva koster det i morgen", "blir det regn i dag", "været")]

    assert min(within) > 0.5 > max(without)


def test_fitting_keeps_the_index_and_only_adds_to_it(built: Index, fitted: Index) -> None:
    assert built.fitted is None
    assert fitted.vectors is built.vectors
    assert fitted.passages == ("tolk", "maltid", "makt", "tid")
    assert fitted.fitted.votes.shape == (16, 4)
    assert fitted.fitted.weights.shape == (8,)
    assert fitted.fitted.domain.labels == [COVERED, "uncovered"]


def test_fitting_twice_gives_the_same(built: Index, fitted: Index, word_embedder: Embedder) -> None:
    again = fit(built, PASSAGES, UNCOVERED, word_embedder).fitted

    np.testing.assert_array_equal(again.votes, fitted.fitted.votes)
    np.testing.assert_array_equal(again.weights, fitted.fitted.weights)
    assert again.bias == fitted.fitted.bias
