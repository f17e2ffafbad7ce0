"""Graph component: which intent a message has."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.acts import Reading, acts
from bot.classification import TextClassifier
from bot.nlu.component import (
    ALSO,
    FIRST_ACT,
    MODEL_FILE,
    GuideComponent,
    embedded_clauses,
    sentence_embedding,
    written_text,
)

RANKING_LENGTH = 5
DEFAULTS = {"regularisation": 30.0, "embedding_weight": 1.0}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmbeddingIntentClassifier(GuideComponent):
    """Sets `intent` and `intent_ranking` from the embedding and character n-grams."""

    _classifier: TextClassifier | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; for their meaning see `TextClassifier.train`."""
        return dict(DEFAULTS)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all examples with an intent and keep the classifier in the model."""
        examples = [
            (example.get(TEXT), example.get(INTENT), vector)
            for example in training_data.intent_examples
            if (vector := sentence_embedding(example)) is not None
        ]
        texts, intents, vectors = zip(*examples)
        self._classifier = TextClassifier.train(
            texts,
            np.stack(vectors),
            intents,
            regularisation=self._config["regularisation"],
            embedding_weight=self._config["embedding_weight"],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder / MODEL_FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmbeddingIntentClassifier:
        """Load the trained classifier (called by Rasa's graph)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._classifier = TextClassifier.load(folder / MODEL_FILE)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify written messages."""
        for message in messages:
            text, vector = written_text(message), sentence_embedding(message)
            if self._classifier is None or text is None or vector is None:
                # A button names its intent itself, at the end of the graph; the fallback before that wants one, too.
                message.set(INTENT, {"name": None, "confidence": 1.0}, add_to_output=True)
                continue
            ranking = self._rank(text, vector)
            found = acts(_reading(text, ranking), [_reading(*part) for part in self._ranked_clauses(message)])
            if found[0].text != text:
                ranking = _led_by(found[0], ranking)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(ALSO, [asdict(act) for act in found[1:]], add_to_output=True)
            message.set(FIRST_ACT, found[0].text)
        return messages

    def _rank(self, text: str, vector: NDArray[np.float32]) -> list[dict[str, Any]]:
        assert self._classifier is not None
        probabilities = self._classifier.probabilities([text], vector[None, :])[0]
        best = np.argsort(-probabilities)[:RANKING_LENGTH]
        return [{"name": self._classifier.labels[i], "confidence": float(probabilities[i])} for i in best]

    def _ranked_clauses(self, message: Message) -> list[tuple[str, list[dict[str, Any]]]]:
        return [(clause, self._rank(clause, vector)) for clause, vector in embedded_clauses(message)]


def _led_by(act: Reading, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put an act of a clause first; the intents of the whole share what is left, so that nothing seems ambiguous."""
    rest = [one for one in ranking if one["name"] != act.intent]
    left = 1.0 - act.confidence
    first = {"name": act.intent, "confidence": act.confidence}
    return [first, *({**one, "confidence": one["confidence"] * left} for one in rest)]


def _reading(text: str, ranking: list[dict[str, Any]]) -> Reading:
    return Reading(text, ranking[0]["name"], ranking[0]["confidence"])
