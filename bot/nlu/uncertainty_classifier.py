"""Graph component: is this person in doubt, and about what? Independent of the intent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import (
    MODEL_FILE,
    GuideComponent,
    embedded_clauses,
    files_digest,
    sentence_embedding,
    written_text,
)
from bot.retrieval.embedder import CachedEmbedder, get_embedder
from bot.settings import get_settings
from bot.uncertainty.classifier import DATA, DoubtClassifier, read_examples

DOUBT_INTENT = "express_doubt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UncertaintyClassifier(GuideComponent):
    """Sets `uncertainty`: {probability, theme}."""

    _classifier: DoubtClassifier | None = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the labelled sentences or the embedding model change."""
        return files_digest(DATA.glob("*.yml")) + get_embedder().digest

    def train(self, training_data: TrainingData) -> Resource:
        """Train on `data/uncertainty`; the examples of the other intents show what is not doubt."""
        embedder = CachedEmbedder(get_embedder(), get_settings().cache)
        neutral = [e.get(TEXT) for e in training_data.intent_examples if e.get(INTENT) != DOUBT_INTENT]
        self._classifier = DoubtClassifier.train(read_examples(), neutral, embedder)
        embedder.save()
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
    ) -> UncertaintyClassifier:
        """Load the trained classifier (called by Rasa's graph)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._classifier = DoubtClassifier.load(folder / MODEL_FILE)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge written messages: a doubt in one clause counts for the whole."""
        for message in messages:
            text, vector = written_text(message), sentence_embedding(message)
            if self._classifier is not None and text is not None and vector is not None:
                heard = [self._classifier.hear(*part) for part in [(text, vector), *embedded_clauses(message)]]
                surest = max(heard, key=lambda doubt: doubt.probability)
                message.set("uncertainty", asdict(surest), add_to_output=True)
        return messages
