"""Graph component: which intent a message has."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.classification import TextClassifier
from bot.nlu.component import MODEL_FILE, GuideComponent, sentence_embedding, written_text

RANKING_LENGTH = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmbeddingIntentClassifier(GuideComponent):
    """Sets `intent` and `intent_ranking` from the embedding and character n-grams."""

    _classifier: TextClassifier | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; for their meaning see `TextClassifier.train`."""
        return {"regularisation": 30.0, "embedding_weight": 1.0}

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all examples with an intent and keep the classifier in the model."""
        examples = [example for example in training_data.intent_examples if sentence_embedding(example) is not None]
        self._classifier = TextClassifier.train(
            [example.get(TEXT) for example in examples],
            np.stack([sentence_embedding(example) for example in examples]),  # type: ignore[arg-type]
            [example.get(INTENT) for example in examples],
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
                continue
            probabilities = self._classifier.probabilities([text], vector[None, :])[0]
            ranking = [
                {"name": self._classifier.labels[i], "confidence": float(probabilities[i])}
                for i in np.argsort(-probabilities)[:RANKING_LENGTH]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
