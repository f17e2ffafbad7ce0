"""The text classifier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.classification import TextClassifier

TEXTS = ["ferdig med steget", "steget er ferdig", "ferdig nå", "hei på deg", "hei du", "hei igjen", "takk for nå"]
LABELS = ["mark_done", "mark_done", "mark_done", "greet", "greet", "greet", "thanks"]
DONE, GREET, THANKS = [1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]
VECTORS = np.array([DONE] * 3 + [GREET] * 3 + [THANKS], dtype=np.float32)


def _vector(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    """Trained on seven sentences."""
    return TextClassifier.train(TEXTS, VECTORS, LABELS)


def test_labels_are_the_columns_in_order(classifier: TextClassifier) -> None:
    probabilities = classifier.probabilities(TEXTS, VECTORS)

    assert classifier.labels == ["greet", "mark_done", "thanks"]
    assert [classifier.labels[i] for i in probabilities.argmax(axis=1)] == LABELS
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_the_embedding_decides_where_nothing_is_known_of_the_spelling(classifier: TextClassifier) -> None:
    probabilities = classifier.probabilities(["xyz"] * 3, _vector(DONE, GREET, THANKS))

    assert [classifier.labels[i] for i in probabilities.argmax(axis=1)] == ["mark_done", "greet", "thanks"]


def test_the_spelling_decides_where_the_embedding_says_nothing(classifier: TextClassifier) -> None:
    nothing = classifier.mean.tolist()

    probabilities = classifier.probabilities(["ferdg", "HEI"], _vector(nothing, nothing))

    assert [classifier.labels[i] for i in probabilities.argmax(axis=1)] == ["mark_done", "greet"]


def test_norwegian_letters_that_were_left_out_change_nothing(classifier: TextClassifier) -> None:
    vector = _vector(DONE, DONE, DONE)

    probabilities = classifier.probabilities(["ferdig nå", "FERDIG NAA", "ferdig na"], vector)

    np.testing.assert_allclose(probabilities, probabilities[[0, 0, 0]])


def test_only_the_direction_from_the_mean_counts(classifier: TextClassifier) -> None:
    far = (classifier.mean + 7 * (np.array(DONE) - classifier.mean)).astype(np.float32)

    near, farther = classifier.probabilities(["hei", "hei"], np.stack([np.array(DONE, np.float32), far]))

    np.testing.assert_allclose(near, farther, atol=1e-5)


def test_an_embedding_without_weight_is_ignored() -> None:
    classifier = TextClassifier.train(TEXTS, VECTORS, LABELS, embedding_weight=0.0)

    done, greet = classifier.probabilities(["hei", "hei"], _vector(DONE, GREET))

    np.testing.assert_allclose(done, greet)


def test_a_balanced_classifier_gives_a_rare_label_more() -> None:
    many = TEXTS + ["hei på deg"] * 20
    vectors, labels = np.concatenate([VECTORS, _vector(*[GREET] * 20)]), LABELS + ["greet"] * 20
    between = np.array([np.array(GREET) + np.array(DONE)], dtype=np.float32)

    balanced, plain = (
        TextClassifier.train(many, vectors, labels, balanced=choice, regularisation=0.1).probabilities(["ja"], between)
        for choice in (True, False)
    )

    assert balanced[0, 1] > 2 * plain[0, 1]


def test_less_regularisation_is_more_certain() -> None:
    strict, loose = (
        TextClassifier.train(TEXTS, VECTORS, LABELS, regularisation=c).probabilities(["hei"], _vector(GREET))[0, 0]
        for c in (0.1, 30.0)
    )

    assert strict < 0.6 < 0.95 < loose


def test_training_twice_gives_the_same(classifier: TextClassifier) -> None:
    again = TextClassifier.train(TEXTS, VECTORS, LABELS)

    np.testing.assert_array_equal(again.probabilities(TEXTS, VECTORS), classifier.probabilities(TEXTS, VECTORS))


def test_a_saved_classifier_judges_as_before(classifier: TextClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "classifier.joblib")

    loaded = TextClassifier.load(tmp_path / "classifier.joblib")

    assert loaded.labels == classifier.labels
    np.testing.assert_array_equal(
        loaded.probabilities(["heisann", ""], VECTORS[:2]), classifier.probabilities(["heisann", ""], VECTORS[:2])
    )
