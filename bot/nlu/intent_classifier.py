"""Graph component: which intent a message has."""

from __future__ import annotations

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

from bot.classification import TextClassifier
from bot.nlu.component import MODEL_FILE, GuideComponent, embedded_clauses, sentence_embedding, written_text

RANKING_LENGTH = 5
DOUBT_INTENT = "express_doubt"
# What a clause beside a doubt can order. Questions need no clause of their own: the whole message is searched.
ORDERS = frozenset(
    {
        "mark_done",
        "skip_step",
        "next_step",
        "previous_step",
        "undo",
        "repeat_step",
        "tell_more",
        "go_to_step",
        "phase_status",
        "whats_left",
        "ready_for_next_phase",
        "start_preparation",
        "start_recruitment",
        "start_implementation",
    }
)
SURE_OF_CLAUSE = 0.6


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
            if ranking[0]["name"] == DOUBT_INTENT:
                # The doubt is heard by itself, by UncertaintyClassifier. What else does the message ask for?
                asked = self._asked_beside_doubt(message)
                ranking = [asked, *ranking[1:]] if asked else ranking
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, text: str, vector: NDArray[np.float32]) -> list[dict[str, Any]]:
        assert self._classifier is not None
        probabilities = self._classifier.probabilities([text], vector[None, :])[0]
        best = np.argsort(-probabilities)[:RANKING_LENGTH]
        return [{"name": self._classifier.labels[i], "confidence": float(probabilities[i])} for i in best]

    def _asked_beside_doubt(self, message: Message) -> dict[str, Any] | None:
        """Return the intent of the clause that most surely asks for something to be done, if one does."""
        best = [self._rank(clause, vector)[0] for clause, vector in embedded_clauses(message)]
        asked = [found for found in best if found["name"] in ORDERS and found["confidence"] >= SURE_OF_CLAUSE]
        return max(asked, key=lambda found: float(found["confidence"]), default=None)
