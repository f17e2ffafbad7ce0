"""The passages for a message."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.errors import GuideError
from bot.nlu.passage_retriever import PassageRetriever
from bot.retrieval import index as index_module
from bot.retrieval.retriever import Retriever
from tests.unit.nlu.conftest import Make, SpyEmbedder


def test_passages_are_those_of_the_retriever(
    load: Make, index: Path, written: Callable[[str], Message], embedder: SpyEmbedder
) -> None:
    component: Any = load(PassageRetriever)
    message = written("hvem betaler tolken")

    component.process([message])

    finding = Retriever(index_module.load(index, embedder.digest)).search(
        "hvem betaler tolken", embedder.queries(["hvem betaler tolken"])[0]
    )
    found = message.get("passages")
    assert [hit["passage"] for hit in found["hits"]] == ["tolk", "makt"]
    assert [hit["score"] for hit in found["hits"]] == [hit.score for hit in finding.hits]
    assert found["covered"] == finding.covered
    assert sorted(found) == ["covered", "hits"]
    assert sorted(found["hits"][0]) == ["passage", "score"]


def test_no_more_passages_than_configured(load: Make, index: Path, written: Callable[[str], Message]) -> None:
    component: Any = load(PassageRetriever, count=1)

    message = component.process([written("makt i rommet")])[0]

    assert [hit["passage"] for hit in message.get("passages")["hits"]] == ["makt"]


def test_a_missing_index_stops_the_start(load: Make, index: Path) -> None:
    shutil.rmtree(index)

    with pytest.raises(GuideError, match="`samskap index`"):
        load(PassageRetriever)


def test_an_index_of_another_embedding_model_stops_the_start(load: Make, index: Path, embedder: SpyEmbedder) -> None:
    embedder.digest = "another"

    with pytest.raises(GuideError, match="`samskap index`"):
        load(PassageRetriever)
