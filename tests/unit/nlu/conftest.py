"""Rasa's surroundings for one component: storage, context, small training data, a small index, the tiny embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import passage_retriever, sentence_embedding_featurizer, uncertainty_classifier
from bot.nlu.component import GuideComponent
from bot.nlu.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer
from bot.retrieval.embedder import Embedder
from bot.retrieval.fitting import fit
from bot.retrieval.index import build, save
from bot.types import Passage
from bot.uncertainty.classifier import Example

INTENTS = {
    "mark_done": ["den er gjort", "steget er gjort nå", "dette er gjort", "gjort og ferdig"],
    "greet": ["hei på deg", "hei du", "hei igjen", "god dag og hei"],
    "express_doubt": ["jeg er usikker på rollen", "vi er usikker nå", "usikker på alt", "jeg er så usikker"],
}
DOUBTS = [
    Example("jeg er usikker på rollen", "roles"),
    Example("usikker på rollen min her", "roles"),
    Example("usikker på metoden vår", "tools"),
    Example("jeg er usikker på metoden", "tools"),
    Example("rollen er klar", None),
    Example("metoden vår er god", None),
]
PASSAGES = [
    Passage(
        "tolk",
        "Tolk",
        "Tolk Bestill tolk i god tid.",
        ("når trenger vi tolk", "hvem betaler tolken vår", "tolk til møtet"),
    ),
    Passage(
        "makt", "Makt", "Makt Snakk om makt i rommet.", ("hvem har makt her", "makt i rommet vårt", "snakke om makt")
    ),
]
UNCOVERED = ["når går bussen i dag", "hva koster bussen i dag", "blir det regn i dag", "hvor mye koster det i dag"] * 2


class SpyEmbedder:
    """The tiny embedder, with a record of each batch."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.digest = embedder.digest
        self.batches: list[list[str]] = []

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return self._embedder.queries(texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embedder.passages(texts)


@pytest.fixture
def embedder(word_embedder: Embedder, environment: pytest.MonkeyPatch, tmp_path: Path) -> SpyEmbedder:
    """The embedder of every component; settings point into the test's own folder."""
    spy = SpyEmbedder(word_embedder)
    for module in (passage_retriever, sentence_embedding_featurizer, uncertainty_classifier):
        environment.setattr(module, "get_embedder", lambda: spy)
    environment.setattr(uncertainty_classifier, "read_examples", lambda: DOUBTS)
    environment.setenv("SAMSKAP_BUILD_DIR", str(tmp_path / "build"))
    environment.setenv("SAMSKAP_DATA_DIR", str(tmp_path / "data"))
    environment.setenv("SAMSKAP_CACHE_DIR", str(tmp_path / "cache"))
    return spy


@pytest.fixture
def index(embedder: SpyEmbedder, tmp_path: Path) -> Path:
    """The folder of a small fitted index, where the settings say."""
    folder = tmp_path / "build" / "index"
    save(fit(build(PASSAGES, embedder), PASSAGES, UNCOVERED, embedder), folder)
    embedder.batches.clear()
    return folder


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """Where components keep files."""
    (tmp_path / "model").mkdir()
    return LocalModelStorage.create(tmp_path / "model")


CONTEXT = ExecutionContext(GraphSchema({}))
RESOURCE = Resource("component")
Make = Callable[..., GuideComponent]


@pytest.fixture
def create(storage: LocalModelStorage, embedder: SpyEmbedder) -> Make:
    """Create a component as Rasa does, with its default config and what is given beyond it."""

    def make(component: type[GuideComponent], **config: object) -> GuideComponent:
        return component.create({**component.get_default_config(), **config}, storage, RESOURCE, CONTEXT)

    return make


@pytest.fixture
def load(storage: LocalModelStorage, embedder: SpyEmbedder) -> Make:
    """Load a component as Rasa does when the bot starts."""

    def make(component: type[GuideComponent], **config: object) -> GuideComponent:
        loaded = component.load({**component.get_default_config(), **config}, storage, RESOURCE, CONTEXT)
        assert isinstance(loaded, component)
        return loaded

    return make


@pytest.fixture
def training_data(create: Make) -> TrainingData:
    """Small training data that the featurizer has been over."""
    examples = [Message({"text": text, "intent": intent}) for intent, texts in INTENTS.items() for text in texts]
    featurizer = create(SentenceEmbeddingFeaturizer)
    assert isinstance(featurizer, SentenceEmbeddingFeaturizer)
    return featurizer.process_training_data(TrainingData(training_examples=examples))


@pytest.fixture
def written(create: Make) -> Callable[[str], Message]:
    """Make a message that a person wrote, with its embedding."""
    featurizer = create(SentenceEmbeddingFeaturizer)

    def make(text: str) -> Message:
        return featurizer.process([Message({"text": text})])[0]  # type: ignore[attr-defined, no-any-return]

    return make
