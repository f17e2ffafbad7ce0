"""The intent of a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_classifier import SURE_OF_CLAUSE, EmbeddingIntentClassifier
from tests.unit.nlu.conftest import INTENTS, Make

LABELS = ["express_doubt", "greet", "mark_done", "next_step", "thanks", "undo", "help"]
DOUBTFUL = [0.5, 0.2, 0.12, 0.08, 0.06, 0.03, 0.01]
WHOLE = "del en, men del to. del tre"


@dataclass
class FixedClassifier:
    """Gives a text the probabilities of the table."""

    table: dict[str, list[float]]
    labels: Sequence[str] = tuple(LABELS)

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.array([self.table[text] for text in texts])


def _only(intent: str, probability: float) -> list[float]:
    rest = (1 - probability) / (len(LABELS) - 1)
    return [probability if label == intent else rest for label in LABELS]


@pytest.fixture
def judge(create: Make, written: Callable[[str], Message]) -> Callable[..., Message]:
    """Judge a text by a table of probabilities; whole messages not in the table are doubtful."""

    def process(text: str, **table: list[float]) -> Message:
        component: Any = create(EmbeddingIntentClassifier)
        spelled = {name.replace("_", " "): row for name, row in table.items()}
        component._classifier = FixedClassifier({text: DOUBTFUL, **spelled})
        message: Message = component.process([written(text)])[0]
        return message

    return process


def test_a_trained_classifier_is_loaded_and_understands(
    create: Make, load: Make, training_data: TrainingData, written: Callable[[str], Message]
) -> None:
    trained: Any = create(EmbeddingIntentClassifier)
    assert trained.train(training_data).name == "component"
    component: Any = load(EmbeddingIntentClassifier)

    for intent, texts in INTENTS.items():
        message = component.process([written(texts[0])])[0]
        assert message.get("intent")["name"] == intent
        assert message.get("intent") == message.get("intent_ranking")[0]
        confidences = [one["confidence"] for one in message.get("intent_ranking")]
        assert confidences == sorted(confidences, reverse=True)
        assert sum(confidences) == pytest.approx(1.0)


def test_the_config_reaches_the_training(
    create: Make, training_data: TrainingData, written: Callable[[str], Message]
) -> None:
    message = written("hei")

    def confidence(**config: float) -> float:
        component: Any = create(EmbeddingIntentClassifier, **config)
        component.train(training_data)
        return float(component.process([message])[0].get("intent")["confidence"])

    default = confidence()
    assert confidence(regularisation=30.0, embedding_weight=1.0) == default
    assert confidence(regularisation=0.01) < default
    assert confidence(embedding_weight=0.0) != default


def test_the_ranking_holds_the_five_best(judge: Callable[..., Message]) -> None:
    message = judge("del en")

    assert message.get("intent_ranking") == [
        {"name": name, "confidence": confidence} for name, confidence in zip(LABELS[:5], DOUBTFUL[:5], strict=True)
    ]


@pytest.mark.parametrize("text", ["/mark_done", "", None])
def test_a_button_and_an_empty_message_have_no_intent_yet(create: Make, text: str | None) -> None:
    component: Any = create(EmbeddingIntentClassifier)

    message = component.process([Message({"text": text})])[0]

    assert message.get("intent") == {"name": None, "confidence": 1.0}
    assert message.get("intent_ranking") is None


def test_an_order_beside_a_doubt_is_what_the_message_asks_for(judge: Callable[..., Message]) -> None:
    message = judge(
        WHOLE,
        del_en=_only("mark_done", 0.7),
        **{"del_to.": _only("express_doubt", 0.9)},
        del_tre=_only("next_step", 0.8),
    )

    assert message.get("intent") == {"name": "next_step", "confidence": 0.8}
    names = [one["name"] for one in message.get("intent_ranking")]
    assert names[0] == "next_step"
    assert "express_doubt" not in names


@pytest.mark.parametrize(
    ("intent", "probability", "expected"),
    [
        ("mark_done", SURE_OF_CLAUSE, "mark_done"),
        ("mark_done", SURE_OF_CLAUSE - 0.01, "express_doubt"),
        # Small talk beside a doubt is no order.
        ("greet", 0.95, "express_doubt"),
        ("thanks", 0.95, "express_doubt"),
    ],
)
def test_only_a_sure_order_counts(
    judge: Callable[..., Message], intent: str, probability: float, expected: str
) -> None:
    doubt = _only("express_doubt", 0.9)

    message = judge(WHOLE, del_en=_only(intent, probability), **{"del_to.": doubt}, del_tre=doubt)

    assert message.get("intent")["name"] == expected


def test_a_message_that_is_no_doubt_is_not_taken_apart(create: Make, written: Callable[[str], Message]) -> None:
    component: Any = create(EmbeddingIntentClassifier)
    component._classifier = FixedClassifier({WHOLE: _only("greet", 0.9)})

    message = component.process([written(WHOLE)])[0]

    assert message.get("intent") == {"name": "greet", "confidence": 0.9}
