"""The search index on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from bot.errors import GuideError
from bot.retrieval import index as module
from bot.retrieval.embedder import Embedder
from bot.retrieval.index import CURRENT, Index, build, content_digest, load, save
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
    assert index.vectors.ntotal == 9


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


def test_the_content_digest_follows_every_field(corpus: list[Passage]) -> None:
    first = corpus[0]
    changed = [
        replace(first, id="x"),
        replace(first, title="x"),
        replace(first, text="x"),
        replace(first, questions=("x",)),
    ]

    digests = {content_digest([passage, *corpus[1:]]) for passage in [first, *changed]}

    assert len(digests) == 5
    assert content_digest(list(corpus)) in digests
    assert content_digest(corpus[::-1]) not in digests


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


def test_a_generation_is_named_by_its_content_and_the_only_one_kept(index: Index, tmp_path: Path) -> None:
    first, same = save(index, tmp_path), save(index, tmp_path)
    assert first == same
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([CURRENT, first.name])

    other = save(replace(index, fitted="other"), tmp_path)

    assert other != first
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([CURRENT, other.name])
    assert (tmp_path / CURRENT).read_text() == other.name
    assert load(tmp_path, "word-embedder").fitted == "other"


def test_an_index_of_another_model_is_refused(saved: Path) -> None:
    assert _refusal(saved, "another model") == MISMATCH


def test_an_index_of_another_format_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FORMAT", module.FORMAT + 1)

    assert _refusal(saved) == MISMATCH


def test_a_missing_index_is_told(tmp_path: Path) -> None:
    assert _refusal(tmp_path) == MISSING


def test_a_pointer_to_a_generation_that_is_gone_is_told(saved: Path) -> None:
    (saved / CURRENT).write_text("0123456789abcdef")

    assert _refusal(saved) == MISSING


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_told(saved: Path, name: str) -> None:
    path = next(saved.glob(f"*/{name}"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))

    assert _refusal(saved) == f"The search index is damaged ({name}). {REBUILD}"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone_is_told(saved: Path, name: str) -> None:
    next(saved.glob(f"*/{name}")).unlink()

    assert _refusal(saved) == f"The search index is damaged ({name}). {REBUILD}"


def _manifest(saved: Path) -> Path:
    return next(saved.glob("*/manifest.json"))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 2}', '{"format": 2, "new": 1}'])
def test_a_damaged_manifest_is_told(saved: Path, content: str) -> None:
    _manifest(saved).write_text(content)

    assert _refusal(saved) == f"The search index is damaged. {REBUILD}"


def test_a_manifest_that_names_no_files_is_refused_when_they_are_gone(saved: Path) -> None:
    path = _manifest(saved)
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": {}}))
    (path.parent / "rows.json").unlink()

    assert _refusal(saved) == f"The search index is damaged. {REBUILD}"


def test_a_failure_while_writing_leaves_the_old_generation_and_nothing_else(
    index: Index, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(saved.rglob("*"))
    dump = joblib.dump

    def full_disk(value: Any, path: Path) -> None:
        if path.name == "fitted.joblib":
            raise OSError("no space left on device")
        dump(value, path)

    monkeypatch.setattr(joblib, "dump", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save(replace(index, fitted="new"), saved)

    assert sorted(saved.rglob("*")) == before
    assert load(saved, "word-embedder").fitted == {"votes": [1, 2, 3]}


def test_a_failure_while_swapping_leaves_the_old_generation_current(
    index: Index, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="input/output"):
            save(replace(index, fitted="new"), saved)

    assert load(saved, "word-embedder").fitted == {"votes": [1, 2, 3]}
    save(replace(index, fitted="new"), saved)
    assert load(saved, "word-embedder").fitted == "new"


@pytest.mark.parametrize("step", ["manifest", "file", "vectors"])
def test_a_reader_that_is_overtaken_by_a_new_generation_gets_the_new_one(
    index: Index, saved: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    overtaken: list[str] = []

    def overtaking(original: Callable[..., Any]) -> Callable[..., Any]:
        def first_save(*arguments: Any) -> Any:
            if not overtaken:
                overtaken.append(step)
                save(replace(index, fitted="new"), saved)
            return original(*arguments)

        return first_save

    target, name = {
        "manifest": (module.json, "loads"),
        "file": (module, "_sha256"),
        "vectors": (module.faiss, "read_index"),
    }[step]
    monkeypatch.setattr(target, name, overtaking(getattr(target, name)))

    assert load(saved, "word-embedder").fitted == "new"
    assert overtaken == [step]


def test_readers_beside_a_writer_get_one_whole_generation_each(index: Index, saved: Path) -> None:
    generations = [replace(index, passages=(f"p{i}", "b", "c"), fitted=f"p{i}") for i in range(12)]
    save(generations[0], saved)

    def write() -> None:
        for generation in generations:
            save(generation, saved)

    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(write)
        reads = [pool.submit(load, saved, "word-embedder") for _ in range(30)]
        writing.result()
        found = [read.result() for read in reads]

    assert [one.passages[0] for one in found] == [one.fitted for one in found]
    assert load(saved, "word-embedder").fitted == "p11"
