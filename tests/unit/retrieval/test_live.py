"""The index of documents that a running bot takes up."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from bot.retrieval import live as module
from bot.retrieval.corpus import Corpus, CorpusRetriever, build, load, save
from bot.retrieval.embedder import Embedder
from bot.retrieval.generation import CURRENT
from bot.retrieval.live import LiveCorpus

GUIDE = [("tolk", "Bestill tolk."), ("makt", "Snakk om makt.")]
TEXTS = ("tolk", "makt")
MEAN = np.full(64, 0.1, dtype=np.float32)


class Documents:
    """A folder with an index, in which each save is later than the one before, whatever the clock's steps."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.folder = folder
        self._embedder = embedder
        self._saved = 0

    def put(self, *names: str, guide: list[tuple[str, str]] = GUIDE) -> Path:
        """Index one passage for each name."""
        passages = [(name, name, f"Dette handler om {name}.") for name in names]
        return self._put(build(passages, guide, self._embedder))

    def _put(self, corpus: Corpus) -> Path:
        generation = save(corpus, self.folder)
        self.later()
        return generation

    def later(self) -> None:
        """Give the pointer a new time."""
        self._saved += 1
        os.utime(self.folder / CURRENT, ns=(self._saved * 10**9, self._saved * 10**9))


@pytest.fixture
def documents(tmp_path: Path, word_embedder: Embedder) -> Documents:
    """A folder that is not there yet."""
    return Documents(tmp_path / "documents", word_embedder)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The model digests that were loaded with, one for each load."""
    counted: list[str] = []

    def counting(folder: Path, model: str) -> Corpus:
        counted.append(model)
        return load(folder, model)

    monkeypatch.setattr(module, "load", counting)
    return counted


def _live(documents: Documents, model: str = "word-embedder", texts: tuple[str, ...] = TEXTS) -> LiveCorpus:
    return LiveCorpus(documents.folder, model, MEAN, texts)


def _passages(retriever: CorpusRetriever | None) -> tuple[str, ...] | None:
    return retriever.corpus.passages if retriever else None


def test_nothing_is_imported_while_the_folder_is_not_there(
    documents: Documents, loads: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert _live(documents).retriever() is None
    assert loads == []
    assert caplog.messages == []


def test_the_first_import_is_taken_up_by_a_running_bot(documents: Documents) -> None:
    live = _live(documents)
    live.retriever()

    documents.put("tolk", "mat")

    retriever = live.retriever()
    assert _passages(retriever) == ("tolk", "mat")
    assert retriever is not None
    np.testing.assert_array_equal(retriever._query_mean, MEAN)


def test_a_generation_is_loaded_once(documents: Documents, loads: list[str]) -> None:
    documents.put("tolk")
    live = _live(documents)

    found = [live.retriever() for _ in range(3)]

    assert found[0] is found[1] is found[2]
    assert loads == ["word-embedder"]


def test_a_new_generation_is_taken_up(documents: Documents, loads: list[str]) -> None:
    documents.put("tolk")
    live = _live(documents)
    first = live.retriever()

    documents.put("tolk", "mat")

    assert _passages(live.retriever()) == ("tolk", "mat")
    assert _passages(first) == ("tolk",)
    assert len(loads) == 2


def test_documents_that_are_removed_are_gone_and_may_come_back(documents: Documents, loads: list[str]) -> None:
    documents.put("tolk")
    live = _live(documents)
    live.retriever()
    pointer = documents.folder / CURRENT

    pointer.rename(documents.folder / "aside")
    assert live.retriever() is None

    # With the very time it had: what was forgotten is loaded again.
    (documents.folder / "aside").rename(pointer)
    assert _passages(live.retriever()) == ("tolk",)
    assert len(loads) == 2


def test_a_generation_of_another_model_is_left_out_and_told_once(
    documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    documents.put("tolk")
    live = _live(documents, model="another model")

    assert [live.retriever(), live.retriever()] == [None, None]

    assert [(record.levelname, record.message) for record in caplog.records] == [
        (
            "ERROR",
            "Imported documents are left out: The index of imported documents was made with another embedding model "
            "or version. Run `samskap prepare`.",
        )
    ]


@pytest.mark.parametrize("texts", [("makt", "tolk"), ("tolk",), ("tolk", "makt", "mat"), ()])
def test_a_bridge_over_other_texts_is_left_out_and_told_once(
    documents: Documents, texts: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    documents.put("tolk")
    live = _live(documents, texts=texts)

    assert [live.retriever(), live.retriever()] == [None, None]

    assert caplog.messages == [
        "Imported documents are left out: the guide's texts have changed. Restart the bot.",
    ]


def test_a_bad_generation_replaces_a_good_one_and_a_good_one_a_bad_one(
    documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    documents.put("tolk")
    live = _live(documents)
    assert _passages(live.retriever()) == ("tolk",)

    (documents.put("tolk", "mat") / "rows.json").write_text("{}")
    assert live.retriever() is None
    assert len(caplog.messages) == 1

    documents.put("tolk", "mat")
    assert _passages(live.retriever()) == ("tolk", "mat")


def test_a_damaged_generation_that_is_saved_again_is_taken_up(documents: Documents) -> None:
    (documents.put("tolk") / "vectors.faiss").write_bytes(b"")
    live = _live(documents)
    assert live.retriever() is None

    documents.put("tolk")

    assert _passages(live.retriever()) == ("tolk",)
