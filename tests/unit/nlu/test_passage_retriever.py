"""The passages for a message."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.answers.follow_up import FollowUp, together
from bot.errors import GuideError
from bot.nlu.component import CONTEXT, InContext
from bot.nlu.passage_retriever import PassageRetriever
from bot.retrieval import corpus
from bot.retrieval import index as index_module
from bot.retrieval.retriever import Retriever
from bot.settings import get_settings
from tests.unit.nlu.conftest import PASSAGES, Make, SpyEmbedder


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


# What leans on the text that was told last


def leaning(written: Callable[[str], Message], embedder: SpyEmbedder, kind: FollowUp, topic: str = "tolk") -> Message:
    """Return a message that leans on a text."""
    message = written("og makt?")
    message.set(CONTEXT, InContext(kind, topic, "Tolk: og makt?", embedder.queries(["Tolk: og makt?"])[0]))
    return message


@pytest.mark.parametrize("kind", FollowUp)
def test_a_message_that_leans_is_judged_both_ways(
    load: Make, index: Path, written: Callable[[str], Message], embedder: SpyEmbedder, kind: FollowUp
) -> None:
    component: Any = load(PassageRetriever)

    message = component.process([leaning(written, embedder, kind)])[0]

    retriever = Retriever(index_module.load(index, embedder.digest))
    alone, whole = (retriever.judge(t, embedder.queries([t])[0]) for t in ("og makt?", "Tolk: og makt?"))
    expected = retriever.finding(together(kind, alone, whole, told=0), 10)
    assert message.get("passages") == asdict(expected)
    assert message.get("passages") != asdict(retriever.finding(alone, 10))


def test_one_who_asks_for_another_does_not_get_the_same(
    load: Make, index: Path, written: Callable[[str], Message], embedder: SpyEmbedder
) -> None:
    component: Any = load(PassageRetriever, count=1)

    for told, other in (("tolk", "makt"), ("makt", "tolk")):
        message = component.process([leaning(written, embedder, FollowUp.ANOTHER, told)])[0]
        assert [hit["passage"] for hit in message.get("passages")["hits"]] == [other]


def test_a_text_that_the_index_does_not_hold_is_no_context(
    load: Make, index: Path, written: Callable[[str], Message], embedder: SpyEmbedder
) -> None:
    component: Any = load(PassageRetriever)

    found = component.process([leaning(written, embedder, FollowUp.SAME, "god-tid"), written("og makt?")])

    assert found[0].get("passages") == found[1].get("passages")


# Imported documents


@pytest.fixture
def documents(index: Path, embedder: SpyEmbedder, tmp_path: Path) -> Path:
    """The folder of an index of two passages, where the settings say."""
    folder = get_settings().document_index
    passages = [("doc:a:0", "Ferger", "Fergen går klokka åtte."), ("doc:a:1", "Sauer", "Sauene beiter i fjellet.")]
    texts = [(passage.id, passage.text) for passage in PASSAGES]
    corpus.save(corpus.build(passages, texts, embedder), folder)
    return folder


def test_quotations_are_those_of_the_documents(
    load: Make, documents: Path, index: Path, written: Callable[[str], Message], embedder: SpyEmbedder
) -> None:
    component: Any = load(PassageRetriever)
    text = "når går fergen"

    message = component.process([written(text)])[0]

    own, vector = index_module.load(index, embedder.digest), embedder.queries([text])[0]
    judged = Retriever(own).judge(text, vector)
    retriever = corpus.CorpusRetriever(corpus.load(documents, embedder.digest), own.query_mean)
    assert message.get("quotations") == asdict(retriever.search(text, vector, judged, 10))
    assert [hit["passage"] for hit in message.get("quotations")["hits"]] == ["doc:a:0", "doc:a:1"]
    assert "quotations" in message.as_dict(only_output_properties=True)


def test_the_bridge_to_documents_carries_what_leans(
    load: Make,
    documents: Path,
    index: Path,
    written: Callable[[str], Message],
    embedder: SpyEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    component: Any = load(PassageRetriever)
    seen: list[Any] = []
    search = corpus.CorpusRetriever.search
    monkeypatch.setattr(
        corpus.CorpusRetriever, "search", lambda self, *given: seen.append(given) or search(self, *given)
    )

    component.process([leaning(written, embedder, FollowUp.SAME)])

    retriever = Retriever(index_module.load(index, embedder.digest))
    alone, whole = (retriever.judge(t, embedder.queries([t])[0]) for t in ("og makt?", "Tolk: og makt?"))
    ((text, _, judged, count),) = seen
    assert (text, count) == ("og makt?", 10)
    assert judged.votes.tolist() == together(FollowUp.SAME, alone, whole, told=0).votes.tolist()


def test_no_more_quotations_than_configured(load: Make, documents: Path, written: Callable[[str], Message]) -> None:
    component: Any = load(PassageRetriever, count=1)

    message = component.process([written("sauene i fjellet")])[0]

    assert [hit["passage"] for hit in message.get("quotations")["hits"]] == ["doc:a:1"]


def test_without_documents_there_are_no_quotations(load: Make, index: Path, written: Callable[[str], Message]) -> None:
    component: Any = load(PassageRetriever)

    assert component.process([written("når går fergen")])[0].get("quotations") is None


def test_documents_that_come_and_go_are_seen_while_the_bot_runs(
    load: Make, documents: Path, written: Callable[[str], Message], tmp_path: Path
) -> None:
    documents.rename(tmp_path / "away")
    component: Any = load(PassageRetriever)

    def quoted() -> bool:
        return component.process([written("når går fergen")])[0].get("quotations") is not None

    assert not quoted()
    (tmp_path / "away").rename(documents)
    assert quoted()
    shutil.rmtree(documents)
    assert not quoted()


def test_damaged_documents_leave_the_guide_working(
    load: Make, documents: Path, written: Callable[[str], Message]
) -> None:
    next(documents.rglob("manifest.json")).write_text("{")
    component: Any = load(PassageRetriever)

    message = component.process([written("makt i rommet")])[0]

    assert message.get("quotations") is None
    assert message.get("passages")["hits"][0]["passage"] == "makt"


def test_a_missing_index_stops_the_start(load: Make, index: Path) -> None:
    shutil.rmtree(index)

    with pytest.raises(GuideError, match="`samskap index`"):
        load(PassageRetriever)


def test_an_index_of_another_embedding_model_stops_the_start(load: Make, index: Path, embedder: SpyEmbedder) -> None:
    embedder.digest = "another"

    with pytest.raises(GuideError, match="`samskap index`"):
        load(PassageRetriever)
