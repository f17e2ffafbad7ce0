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

from bot.answers.acts import SURE_OF_CLAUSE
from bot.nlu.component import ALSO, FIRST_ACT
from bot.nlu.intent_classifier import EmbeddingIntentClassifier
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


def test_a_single_thing_is_asked_for_by_the_whole_message(judge: Callable[..., Message]) -> None:
    message = judge("del en")

    assert message.get(ALSO) == []
    assert message.get(FIRST_ACT) == "del en"


def test_an_order_beside_a_doubt_is_what_the_message_asks_for(judge: Callable[..., Message]) -> None:
    message = judge(
        WHOLE,
        del_en=_only("undo", 0.7),
        **{"del_to.": _only("express_doubt", 0.9)},
        del_tre=_only("next_step", 0.8),
    )

    assert message.get("intent") == {"name": "next_step", "confidence": pytest.approx(0.8)}
    assert message.get("intent") == message.get("intent_ranking")[0]
    assert message.get(ALSO) == []
    assert message.get(FIRST_ACT) == "del tre"


def test_what_the_whole_was_taken_for_shares_what_an_act_of_a_clause_leaves(judge: Callable[..., Message]) -> None:
    doubt = _only("express_doubt", 0.9)

    message = judge(WHOLE, del_en=_only("mark_done", 0.8), **{"del_to.": doubt}, del_tre=doubt)

    # mark_done was third of the whole's five; the second is far from the first, or Rasa would call it ambiguous.
    assert [one["name"] for one in message.get("intent_ranking")] == [
        "mark_done",
        "express_doubt",
        "greet",
        "next_step",
        "thanks",
    ]
    confidences = [one["confidence"] for one in message.get("intent_ranking")]
    assert confidences == pytest.approx([0.8, 0.1, 0.04, 0.016, 0.012])


def test_several_things_are_asked_for_each_in_its_own_words(judge: Callable[..., Message]) -> None:
    message = judge(
        WHOLE,
        del_en=_only("mark_done", 0.85),
        **{"del_to.": _only("help", 0.9)},
        del_tre=_only("undo", 0.95),
    )

    assert message.get("intent") == {"name": "mark_done", "confidence": pytest.approx(0.85)}
    assert message.get(FIRST_ACT) == "del en"
    assert message.get(ALSO) == [
        {"text": "del to.", "intent": "help", "confidence": pytest.approx(0.9)},
        {"text": "del tre", "intent": "undo", "confidence": pytest.approx(0.95)},
    ]
    assert message.as_dict(only_output_properties=True)[ALSO] == message.get(ALSO)


def test_acts_that_are_sure_make_an_unsure_message_sure(judge: Callable[..., Message]) -> None:
    unsure = dict(zip(LABELS, [0.1, 0.05, 0.31, 0.29, 0.1, 0.05, 0.1], strict=True))

    message = judge(
        WHOLE,
        **{WHOLE: list(unsure.values()), "del_to.": _only("help", 0.9)},
        del_en=_only("mark_done", 0.85),
        del_tre=_only("greet", 0.9),
    )

    first, second = message.get("intent_ranking")[:2]
    assert first == {"name": "mark_done", "confidence": pytest.approx(0.85)}
    assert second == {"name": "next_step", "confidence": pytest.approx(0.29 * 0.15)}


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


def test_one_act_beside_small_talk_keeps_what_the_whole_was_understood_as(judge: Callable[..., Message]) -> None:
    message = judge(
        WHOLE,
        **{WHOLE: _only("undo", 0.9), "del_to.": _only("mark_done", 0.9)},
        del_en=_only("greet", 0.9),
        del_tre=_only("thanks", 0.9),
    )

    assert message.get("intent") == {"name": "undo", "confidence": pytest.approx(0.9)}
    assert (message.get(ALSO), message.get(FIRST_ACT)) == ([], WHOLE)
