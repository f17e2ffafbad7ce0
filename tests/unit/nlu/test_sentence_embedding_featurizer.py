"""The one embedding of a message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.follow_up import FollowUp
from bot.knowledge.library import get_library
from bot.nlu.component import asked_in_context, embedded_clauses, sentence_embedding
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


@pytest.mark.parametrize(
    ("text", "kind"), [("hvorfor det?", FollowUp.SAME), ("og ka med tynn samskaping?", FollowUp.ANOTHER)]
)
def test_a_message_that_leans_is_embedded_in_its_context_as_well(
    featurizer: Any, embedder: SpyEmbedder, text: str, kind: FollowUp
) -> None:
    message = Message({"text": f" {text} ", "metadata": {"last_topic": "tolk"}})

    featurizer.process([message])

    whole = f"{get_library().title('tolk')}: {text}"
    assert embedder.batches == [[text, whole]]
    found = asked_in_context(message)
    assert found is not None
    assert (found.kind, found.topic, found.text) == (kind, "tolk", whole)
    np.testing.assert_array_equal(found.vector, embedder.queries([whole])[0])
    np.testing.assert_array_equal(sentence_embedding(message), embedder.queries([text])[0])
    assert embedded_clauses(message) == []


def test_a_message_its_clauses_and_its_context_are_one_batch(featurizer: Any, embedder: SpyEmbedder) -> None:
    text = "Hva med tykk da? Er den bedre?"
    message = Message({"text": text, "metadata": {"last_topic": "tolk"}})

    featurizer.process([message])

    whole = f"{get_library().title('tolk')}: {text}"
    assert embedder.batches == [[text, "Hva med tykk da?", "Er den bedre?", whole]]
    assert [clause for clause, _ in embedded_clauses(message)] == ["Hva med tykk da?", "Er den bedre?"]
    for clause, vector in embedded_clauses(message):
        np.testing.assert_array_equal(vector, embedder.queries([clause])[0])
    found = asked_in_context(message)
    assert found is not None
    np.testing.assert_array_equal(found.vector, embedder.queries([whole])[0])


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("hva er tykk samskaping?", {"last_topic": "tolk"}),
        ("hvorfor det?", {}),
        ("hvorfor det?", None),
        ("hvorfor det?", {"last_topic": None}),
        ("hvorfor det?", {"last_topic": ["tolk"]}),
        ("hvorfor det?", {"last_topic": "fantes-en-gang"}),
        ("hvorfor det?", {"last_topic": "doc:rapport:0"}),
    ],
)
def test_any_other_message_is_embedded_alone(
    featurizer: Any, embedder: SpyEmbedder, text: str, metadata: dict[str, Any] | None
) -> None:
    message = Message({"text": text, "metadata": metadata})

    featurizer.process([message])

    assert embedder.batches == [[text]]
    assert asked_in_context(message) is None


def test_a_context_does_not_reach_the_tracker(featurizer: Any) -> None:
    message = Message({"text": "hvorfor det?", "metadata": {"last_topic": "tolk"}})

    featurizer.process([message])

    assert message.as_dict(only_output_properties=True).keys() == {"text"}


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
