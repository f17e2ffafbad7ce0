"""Graph component: the one embedding of a message, reused by every component behind it."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import GuideComponent, written_text
from bot.retrieval.embedder import CachedEmbedder, Embedder, get_embedder
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
        self._add_embeddings(training_data.training_examples, embedder)
        embedder.save()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Embed written messages in one batch."""
        self._add_embeddings(messages, get_embedder())
        return messages

    def _add_embeddings(self, messages: list[Message], embedder: Embedder) -> None:
        written = [(message, text) for message in messages if (text := written_text(message))]
        if not written:
            return
        for (message, _), vector in zip(written, embedder.queries([text for _, text in written])):
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, type(self).__name__))
