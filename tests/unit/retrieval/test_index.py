"""The search index on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.errors import GuideError
from bot.retrieval.embedder import Embedder
from bot.retrieval.generation import read_json, write_json
from bot.retrieval.index import FORMAT, SHELF, Index, build, load, save
from bot.types import Passage

REBUILD = "Run `samskap index`."
MISSING = f"The search index is missing. {REBUILD}"
MISMATCH = f"The search index was made with another embedding model or version. {REBUILD}"
FILES = ["arrays.npz", "fitted.joblib", "lexical.joblib", "rows.json", "vectors.faiss"]


@pytest.fixture
def index(corpus: list[Passage], word_embedder: Embedder) -> Index:
    """An index of three passages with something fitted."""
    return replace(build(corpus, word_embedder), fitted={"votes": [1, 2, 3]})


@pytest.fixture
def saved(index: Index, tmp_path: Path) -> Path:
    """The folder in which it was saved."""
    save(index, tmp_path / "index")
    return tmp_path / "index"


def _refusal(folder: Path, model: str = "word-embedder") -> str:
    with pytest.raises(GuideError) as refused:
        load(folder, model)
    return str(refused.value)


def test_rows_are_all_questions_and_then_all_passages(index: Index) -> None:
    assert index.passages == ("tolk", "maltid", "makt")
    assert index.owners.tolist() == [0, 0, 1, 1, 2, 2, 0, 1, 2]
    assert index.questions == 6
    assert index.vectors.count == 9


def test_cosines_are_those_of_centred_vectors(index: Index, corpus: list[Passage], word_embedder: Embedder) -> None:
    questions = word_embedder.queries([question for passage in corpus for question in passage.questions])
    passages = word_embedder.passages([passage.text for passage in corpus])
    asked = word_embedder.queries(["hvem betaler tolken", "makt"])

    def unit(rows: Any) -> Any:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    rows = np.concatenate([unit(questions - questions.mean(axis=0)), unit(passages - passages.mean(axis=0))])
    expected = unit(asked - questions.mean(axis=0)) @ rows.T

    found = index.cosines(asked)

    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found[0, 1] == pytest.approx(1.0, abs=1e-6)
    assert found.argmax(axis=1).tolist() == [1, int(expected[1].argmax())]


def test_nothing_to_index_is_told(word_embedder: Embedder) -> None:
    with pytest.raises(GuideError, match="There is no text with questions to index"):
        build([Passage("tolk", "Tolk", "Tolk", ())], word_embedder)


def test_the_content_digest_follows_every_field(corpus: list[Passage], word_embedder: Embedder) -> None:
    def content(passages: list[Passage]) -> str:
        return build(passages, word_embedder).manifest.content

    first = corpus[0]
    changed = [
        replace(first, id="x"),
        replace(first, title="x"),
        replace(first, text="x"),
        replace(first, questions=("x",)),
    ]

    digests = {content([passage, *corpus[1:]]) for passage in [first, *changed]}

    assert len(digests) == 5
    assert content(list(corpus)) in digests
    assert content(corpus[::-1]) not in digests


def test_a_saved_index_is_loaded_as_it_was(index: Index, saved: Path, word_embedder: Embedder) -> None:
    found = load(saved, "word-embedder")

    asked = word_embedder.queries(["når trenger vi tolk", "mat og makt"])
    assert (found.passages, found.questions, found.fitted) == (index.passages, index.questions, index.fitted)
    np.testing.assert_array_equal(found.owners, index.owners)
    np.testing.assert_array_equal(found.query_mean, index.query_mean)
    np.testing.assert_array_equal(found.cosines(asked), index.cosines(asked))
    np.testing.assert_array_equal(found.lexical.cosines(["makt her"]), index.lexical.cosines(["makt her"]))
    assert found.manifest.content == index.manifest.content
    assert (found.manifest.model, found.manifest.dimension) == ("word-embedder", 64)
    assert sorted(found.manifest.files) == FILES


def test_saving_again_with_other_votes_replaces_them(index: Index, saved: Path) -> None:
    first = SHELF.current(saved)
    assert save(index, saved).name == first

    other = save(replace(index, fitted="other"), saved)

    assert SHELF.current(saved) == other.name != first
    assert load(saved, "word-embedder").fitted == "other"


def test_an_index_of_another_model_is_refused(saved: Path) -> None:
    assert _refusal(saved, "another model") == MISMATCH


@pytest.mark.parametrize("format", [2, 4])
def test_an_index_of_another_format_is_refused(index: Index, saved: Path, format: int) -> None:
    save(replace(index, manifest=replace(index.manifest, format=format)), saved)

    assert FORMAT == 3
    assert _refusal(saved) == MISMATCH


def test_a_missing_index_is_told(tmp_path: Path) -> None:
    assert _refusal(tmp_path) == MISSING


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_told_and_mended_by_saving_again(index: Index, saved: Path, name: str) -> None:
    path = next(saved.glob(f"*/{name}"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))

    assert _refusal(saved) == f"The search index is damaged ({name}). {REBUILD}"

    save(index, saved)
    assert load(saved, "word-embedder").fitted == {"votes": [1, 2, 3]}


@pytest.mark.parametrize("name", FILES)
def test_an_index_needs_each_of_its_files(saved: Path, name: str) -> None:
    manifest = next(saved.glob("*/manifest.json"))
    write_json(manifest, {**read_json(manifest), "files": {}})
    (manifest.parent / name).unlink()

    assert _refusal(saved) == f"The search index is damaged. {REBUILD}"
