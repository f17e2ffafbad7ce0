"""Graph component: which passages answer a message."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.answers.follow_up import together
from bot.nlu.component import (
    ALSO,
    FIRST_ACT,
    GuideComponent,
    asked_in_context,
    embedded_clauses,
    sentence_embedding,
    written_text,
)
from bot.retrieval.embedder import get_embedder
from bot.retrieval.index import load
from bot.retrieval.live import LiveCorpus
from bot.retrieval.retriever import Judgement, Retriever
from bot.settings import get_settings

INDEX = "index"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PassageRetriever(GuideComponent):
    """Sets `passages`, found in the guide, and `quotations`, found in imported documents.

    Both are {hits: [{passage, score}], covered}. The texts stay in the knowledge.
    """

    _retriever: Retriever | None = None
    _documents: LiveCorpus | None = None

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
        settings, model = get_settings(), get_embedder().digest
        index = load(settings.build / INDEX, model)
        component._retriever = Retriever(index)
        component._documents = LiveCorpus(settings.document_index, model, index.query_mean, index.passages)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Search for written messages."""
        for message in messages:
            text, vector = written_text(message), sentence_embedding(message)
            if self._retriever is None or text is None or vector is None:
                continue
            clauses = dict(embedded_clauses(message))
            also = message.get(ALSO) or []
            if also and message.get(FIRST_ACT) in clauses:
                # Of several things that are asked for, each is searched by its own words.
                text = message.get(FIRST_ACT)
                vector = clauses[text]
            judged = self._in_context(message, self._retriever, self._retriever.judge(text, vector))
            for name, finding in self._search(text, vector, judged).items():
                message.set(name, finding, add_to_output=True)
            for act in also:
                act.update(self._search(act["text"], clauses[act["text"]]))
        return messages

    def _search(
        self, text: str, vector: NDArray[np.float32], judged: Judgement | None = None
    ) -> dict[str, dict[str, Any]]:
        """Return what is found in the guide and, where there are any, in imported documents."""
        assert self._retriever is not None
        count = self._config["count"]
        judged = judged or self._retriever.judge(text, vector)
        found = {"passages": asdict(self._retriever.finding(judged, count))}
        documents = self._documents.retriever() if self._documents else None
        if documents is not None:
            found["quotations"] = asdict(documents.search(text, vector, judged, count))
        return found

    def _in_context(self, message: Message, retriever: Retriever, alone: Judgement) -> Judgement:
        """Return the judgement of a message together with what was told last, where it leans on that."""
        context = asked_in_context(message)
        if context is None or context.topic not in retriever.index.passages:
            return alone
        told = retriever.index.passages.index(context.topic)
        return together(context.kind, alone, retriever.judge(context.text, context.vector), told)
