"""Doubt in a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import uncertainty_classifier
from bot.nlu.uncertainty_classifier import UncertaintyClassifier
from bot.uncertainty.classifier import Doubt, DoubtClassifier, Example
from tests.unit.nlu.conftest import DOUBTS, INTENTS, Make, SpyEmbedder


class FixedDoubt:
    """Hears in a text what the table says."""

    def __init__(self, **table: tuple[float, str]) -> None:
        self.table = {name.replace("_", " "): Doubt(*heard) for name, heard in table.items()}

    def hear(self, text: str, vector: NDArray[np.float32]) -> Doubt:
        assert vector.shape == (64,)
        return self.table[text]


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        # The surest part decides, with its theme.
        ((0.2, "tools"), {"probability": 0.9, "theme": "roles"}),
        ((0.95, "tools"), {"probability": 0.95, "theme": "tools"}),
    ],
)
def test_a_doubt_in_one_clause_counts_for_the_whole(
    create: Make, written: Callable[[str], Message], whole: tuple[float, str], expected: dict[str, object]
) -> None:
    component: Any = create(UncertaintyClassifier)
    component._classifier = FixedDoubt(**{"gjort, men usikker": whole}, gjort=(0.1, "system"), usikker=(0.9, "roles"))

    message = component.process([written("gjort, men usikker")])[0]

    assert message.get("uncertainty") == expected


def test_it_learns_from_the_labelled_sentences_and_from_the_other_intents(
    create: Make, training_data: TrainingData, embedder: SpyEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    original = DoubtClassifier.train

    def spy(examples: list[Example], neutral: list[str], embedder: Any) -> DoubtClassifier:
        told.extend([examples, neutral])
        return original(examples, neutral, embedder)

    monkeypatch.setattr(uncertainty_classifier.DoubtClassifier, "train", spy)
    component: Any = create(UncertaintyClassifier)

    component.train(training_data)

    assert told == [DOUBTS, INTENTS["mark_done"] + INTENTS["greet"]]


def test_what_was_trained_is_loaded(
    create: Make, load: Make, training_data: TrainingData, written: Callable[[str], Message]
) -> None:
    trained: Any = create(UncertaintyClassifier)
    assert trained.train(training_data).name == "component"
    loaded: Any = load(UncertaintyClassifier)

    before, after = (
        component.process([written("usikker på metoden")])[0].get("uncertainty") for component in (trained, loaded)
    )

    assert after == before
    assert after["theme"] == "tools"
    assert after["probability"] > 0.5


def test_other_sentences_or_another_embedding_model_train_again(
    embedder: SpyEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uncertainty_classifier, "DATA", tmp_path)
    (tmp_path / "roles.yml").write_text("a")
    first = UncertaintyClassifier.fingerprint_addon({})
    assert UncertaintyClassifier.fingerprint_addon({}) == first

    (tmp_path / "roles.yml").write_text("b")
    other_sentences = UncertaintyClassifier.fingerprint_addon({})
    embedder.digest = "another"

    assert len({first, other_sentences, UncertaintyClassifier.fingerprint_addon({})}) == 3
