"""The one embedding of a message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import embedded_clauses, sentence_embedding
from bot.nlu.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer
from tests.unit.nlu.conftest import Make, SpyEmbedder


@pytest.fixture
def featurizer(create: Make) -> Any:
    """The component."""
    return create(SentenceEmbeddingFeaturizer)


def test_a_message_gets_the_embedding_of_its_text(featurizer: Any, embedder: SpyEmbedder) -> None:
    message = Message({"text": " hei på deg "})

    featurizer.process([message])

    np.testing.assert_array_equal(sentence_embedding(message), embedder.queries(["hei på deg"])[0])
    features = message.features[0]
    assert (features.features.shape, features.type, features.origin) == (
        (1, 64),
        "sentence",
        "SentenceEmbeddingFeaturizer",
    )


def test_a_message_and_its_clauses_are_one_batch(featurizer: Any, embedder: SpyEmbedder) -> None:
    text = "Den er gjort, men jeg er usikker. Hva nå?"
    message = Message({"text": text})

    featurizer.process([message])

    assert embedder.batches == [[text, "Den er gjort", "jeg er usikker.", "Hva nå?"]]
    found = embedded_clauses(message)
    assert [clause for clause, _ in found] == ["Den er gjort", "jeg er usikker.", "Hva nå?"]
    for clause, vector in found:
        np.testing.assert_array_equal(vector, embedder.queries([clause])[0])


def test_a_message_of_one_clause_is_embedded_once(featurizer: Any, embedder: SpyEmbedder) -> None:
    message = Message({"text": "hva nå"})

    featurizer.process([message])

    assert embedder.batches == [["hva nå"]]
    assert embedded_clauses(message) == []


def test_training_examples_are_embedded_in_one_batch_and_remembered(
    featurizer: Any, embedder: SpyEmbedder, create: Make
) -> None:
    def data() -> TrainingData:
        return TrainingData([Message({"text": text}) for text in ("hei", "/undo", "takk", "")])

    first = featurizer.process_training_data(data())
    again: Any = create(SentenceEmbeddingFeaturizer)
    second = again.process_training_data(data())

    assert embedder.batches == [["hei", "takk"]]
    for trained in (first, second):
        found = [sentence_embedding(example) for example in trained.training_examples]
        assert [vector is None for vector in found] == [False, True, False, True]
        np.testing.assert_array_equal(found[2], embedder._embedder.queries(["takk"])[0])


def test_another_embedding_model_trains_again(featurizer: Any, embedder: SpyEmbedder) -> None:
    assert SentenceEmbeddingFeaturizer.fingerprint_addon({}) == "word-embedder"
