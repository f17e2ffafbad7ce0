"""Graph component: which passages answer a message."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import GuideComponent, sentence_embedding, written_text
from bot.retrieval.embedder import get_embedder
from bot.retrieval.index import load
from bot.retrieval.retriever import Retriever
from bot.settings import get_settings

INDEX = "index"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PassageRetriever(GuideComponent):
    """Sets `passages`: {hits: [{passage, score}], covered}. The texts stay in the knowledge."""

    _retriever: Retriever | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults. `count` is how many passages to keep."""
        return {"count": 10}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PassageRetriever:
        """Load the index (called by Rasa's graph when the bot starts, so that a missing index stops it there)."""
        component = cls(config, model_storage, resource)
        component._retriever = Retriever(load(get_settings().build / INDEX, get_embedder().digest))
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Search for written messages."""
        for message in messages:
            text, vector = written_text(message), sentence_embedding(message)
            if self._retriever is not None and text is not None and vector is not None:
                finding = self._retriever.search(text, vector, self._config["count"])
                message.set("passages", asdict(finding), add_to_output=True)
        return messages
