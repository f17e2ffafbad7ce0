"""Graph component: the one embedding of a message, reused by every component behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.follow_up import LAST_TOPIC, FollowUp, follow_up, in_context
from bot.clauses import clauses
from bot.knowledge.library import get_library
from bot.nlu.component import CLAUSES, CONTEXT, GuideComponent, InContext, written_text
from bot.retrieval.embedder import CachedEmbedder, get_embedder
from bot.settings import get_settings


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(GuideComponent):
    """Adds a dense sentence feature of shape (1, dimension)."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the embedding model changes."""
        return get_embedder().digest

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed all training examples, remembering the vectors for the next training."""
        embedder = CachedEmbedder(get_embedder(), get_settings().cache)
        written = [(example, text) for example in training_data.training_examples if (text := written_text(example))]
        for (example, _), vector in zip(written, embedder.queries([text for _, text in written])):
            self._add_embedding(example, vector)
        embedder.save()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Embed each written message, its clauses and what it means after the last text: one batch for all."""
        for message in messages:
            text = written_text(message)
            if text:
                parts = clauses(text)
                leaning = _leaning(message, text)
                contexts = [leaning[2]] if leaning else []
                vectors = get_embedder().queries([text, *parts, *contexts])
                self._add_embedding(message, vectors[0])
                message.set(CLAUSES, list(zip(parts, vectors[1:])))
                if leaning:
                    message.set(CONTEXT, InContext(*leaning, vectors[-1]))
        return messages

    def _add_embedding(self, message: Message, vector: NDArray[np.float32]) -> None:
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, type(self).__name__))


def _leaning(message: Message, text: str) -> tuple[FollowUp, str, str] | None:
    """Return how a message leans on the text that was told last, that text's id, and the message with its title."""
    topic = (message.get("metadata") or {}).get(LAST_TOPIC)
    if not isinstance(topic, str) or not get_library().knows(topic):
        return None
    kind = follow_up(text)
    return (kind, topic, in_context(text, get_library().title(topic))) if kind else None
