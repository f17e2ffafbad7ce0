"""Turning text into vectors, and remembering them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval.embedder import CachedEmbedder, SentenceEmbedder, locate, place_digest


class CountingEmbedder:
    """Embeds a text as its length and kind, and keeps what it was asked."""

    def __init__(self, digest: str = "0123456789abcdef") -> None:
        self.digest = digest
        self.asked: list[tuple[str, list[str]]] = []

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(("q", list(texts)))
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(("p", list(texts)))
        return np.array([[len(text), 2.0] for text in texts], dtype=np.float32)


def test_the_cache_embeds_only_new_texts_and_each_once() -> None:
    embedder = CountingEmbedder()
    cached = CachedEmbedder(embedder, Path("/nowhere"))

    first = cached.queries(["hei", "ja", "hei"])
    second = cached.queries(["ja", "æøå 😊"])

    assert first.tolist() == [[3.0, 1.0], [2.0, 1.0], [3.0, 1.0]]
    assert second.tolist() == [[2.0, 1.0], [5.0, 1.0]]
    assert embedder.asked == [("q", ["hei", "ja"]), ("q", ["æøå 😊"])]


def test_the_cache_knows_a_query_by_its_bokmal_reading() -> None:
    embedder = CountingEmbedder()
    cached = CachedEmbedder(embedder, Path("/nowhere"))

    cached.queries(["Kva no?", "hva nå"])
    again = cached.queries(["Hva nå?", "ka no", "kva nå"])

    assert embedder.asked == [("q", ["Hva nå?", "hva nå"])]
    assert again.tolist() == [[7.0, 1.0], [6.0, 1.0], [6.0, 1.0]]


def test_the_cache_keeps_a_passage_as_it_is_written() -> None:
    embedder = CountingEmbedder()
    cached = CachedEmbedder(embedder, Path("/nowhere"))

    cached.passages(["kva", "hva"])

    assert embedder.asked == [("p", ["kva", "hva"])]


def test_a_text_has_one_vector_as_a_query_and_another_as_a_passage() -> None:
    cached = CachedEmbedder(CountingEmbedder(), Path("/nowhere"))

    assert cached.queries(["hei"]).tolist() == [[3.0, 1.0]]
    assert cached.passages(["hei"]).tolist() == [[3.0, 2.0]]
    assert cached.queries(["hei"]).tolist() == [[3.0, 1.0]]


def test_a_saved_cache_returns_the_same_vectors_without_embedding(tmp_path: Path) -> None:
    before = CachedEmbedder(CountingEmbedder(), tmp_path / "cache")
    queries, passages = before.queries(["hei", "blåbær"]), before.passages(["hei"])
    before.save()
    embedder = CountingEmbedder()

    after = CachedEmbedder(embedder, tmp_path / "cache")

    np.testing.assert_array_equal(after.queries(["hei", "blåbær"]), queries)
    np.testing.assert_array_equal(after.passages(["hei"]), passages)
    assert embedder.asked == []
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["embeddings-0123456789ab.npz"]


def test_another_model_does_not_see_the_cache(tmp_path: Path) -> None:
    before = CachedEmbedder(CountingEmbedder(), tmp_path)
    before.queries(["hei"])
    before.save()
    other = CountingEmbedder("another model")

    CachedEmbedder(other, tmp_path).queries(["hei"])

    assert other.asked == [("q", ["hei"])]


def test_saving_a_cache_that_knows_nothing_writes_no_file(tmp_path: Path) -> None:
    CachedEmbedder(CountingEmbedder(), tmp_path).save()

    assert list(tmp_path.iterdir()) == []


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _foreign(path: Path) -> None:
    path.write_bytes(b"noe helt annet")


def _changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def _other_names(path: Path) -> None:
    np.savez(path, something=np.zeros(3))


def _an_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


@pytest.mark.parametrize("damage", [_empty, _cut, _foreign, _changed, _other_names, _an_array])
def test_a_damaged_cache_is_thrown_away_and_filled_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    before = CachedEmbedder(CountingEmbedder(), tmp_path)
    before.queries(["hei", "ja"])
    before.save()
    file = tmp_path / "embeddings-0123456789ab.npz"
    damage(file)
    embedder = CountingEmbedder()

    cached = CachedEmbedder(embedder, tmp_path)

    assert not file.exists()
    assert cached.queries(["hei"]).tolist() == [[3.0, 1.0]]
    assert embedder.asked == [("q", ["hei"])]
    cached.save()
    assert CachedEmbedder(embedder, tmp_path).queries(["hei"]).tolist() == [[3.0, 1.0]]


@pytest.fixture(scope="module")
def tiny(tiny_folder: Path) -> SentenceEmbedder:
    """The tiny model behind the real library."""
    return SentenceEmbedder(str(tiny_folder), Path("/nowhere"), threads=1)


def test_vectors_have_length_one_and_a_row_for_each_text(tiny: SentenceEmbedder) -> None:
    vectors = tiny.queries(["ja", "nei kanskje", ""])

    assert vectors.shape == (3, 32)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_queries_and_passages_get_their_own_prefix(tiny: SentenceEmbedder, tiny_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(tiny_folder), device="cpu")

    np.testing.assert_allclose(tiny.queries(["ja"])[0], plain.encode("query: ja"), atol=1e-5)
    np.testing.assert_allclose(tiny.passages(["ja"])[0], plain.encode("passage: ja"), atol=1e-5)


def test_queries_are_read_as_bokmal_and_passages_are_not(tiny: SentenceEmbedder) -> None:
    # The tiny model knows «kanskje», and takes the spelling «kansje» for an unknown word.
    np.testing.assert_array_equal(tiny.queries(["kansje"]), tiny.queries(["kanskje"]))
    assert np.abs(tiny.passages(["kansje"]) - tiny.passages(["kanskje"])).max() > 1e-3


def test_a_query_is_cut_at_128_tokens(tiny: SentenceEmbedder) -> None:
    # <s>, the prefix and </s> leave room for 125 words of one token each.
    just, over = "ja " * 125, "ja " * 125 + "nei " * 40

    full, cut, last_word_changed = tiny.queries([just, over, "ja " * 124 + "nei"])

    np.testing.assert_allclose(full, cut, atol=1e-5)
    assert np.abs(full - last_word_changed).max() > 1e-3


def test_a_passage_is_cut_at_512_tokens(tiny: SentenceEmbedder) -> None:
    just, over = "ja " * 509, "ja " * 509 + "nei " * 40

    full, cut, last_word_changed = tiny.passages([just, over, "ja " * 508 + "nei"])

    np.testing.assert_allclose(full, cut, atol=1e-5)
    assert np.abs(full - last_word_changed).max() > 1e-4


def test_a_query_after_a_passage_is_still_cut_at_128_tokens(tiny: SentenceEmbedder) -> None:
    tiny.passages(["ja " * 300])

    long, longer = tiny.queries(["ja " * 125, "ja " * 300])

    np.testing.assert_allclose(long, longer, atol=1e-5)


@pytest.mark.parametrize("name", ["/finnes/ikke/her", "./finnes-ikke/modell/her"])
def test_a_model_that_is_not_there_is_told_and_changes_nothing(
    tiny: SentenceEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    looked_up: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: looked_up.append(address))
    monkeypatch.chdir(tmp_path)
    before = tiny.queries(["ja"])

    with pytest.raises(GuideError) as refused:
        SentenceEmbedder(name, tmp_path / "cache", threads=1)

    assert refused.value.what.startswith(f"The embedding model {name!r} can't be loaded (")
    assert refused.value.remedy == (
        "Set SAMSKAP_EMBEDDING_MODEL to `embedded`, or to a name or folder that this machine can reach."
    )
    assert looked_up == []
    assert list(tmp_path.iterdir()) == []
    np.testing.assert_array_equal(tiny.queries(["ja"]), before)


def test_a_folder_without_a_model_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "notat.txt").write_text("hei")

    with pytest.raises(GuideError, match="can't be loaded"):
        SentenceEmbedder(str(tmp_path / "model"), tmp_path / "cache", threads=1)

    assert [path.name for path in tmp_path.rglob("*")] == ["model", "notat.txt"]


def test_only_the_embedded_model_is_rebuilt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.retrieval.embedder.ensure_embedded_model", lambda cache: cache / "rebuilt")

    assert locate("embedded", tmp_path) == str(tmp_path / "rebuilt")
    assert locate("intfloat/multilingual-e5-base", tmp_path) == "intfloat/multilingual-e5-base"


def test_the_digest_of_a_folder_follows_names_and_contents_but_not_the_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "1_Pooling").mkdir(parents=True)
        (tmp_path / name / "1_Pooling" / "config.json").write_text("{}")
        (tmp_path / name / "weights").write_bytes(bytes(1 << 20))
    first = place_digest(str(tmp_path / "one"))
    assert place_digest(str(tmp_path / "two")) == first

    (tmp_path / "two" / "weights").write_bytes(bytes((1 << 20) - 1) + b"\x01")
    with_another_end = place_digest(str(tmp_path / "two"))
    (tmp_path / "two" / "weights").rename(tmp_path / "two" / "gewichte")

    assert len({first, with_another_end, place_digest(str(tmp_path / "two"))}) == 3


def test_the_digest_of_a_name_that_is_not_on_this_machine_is_the_names() -> None:
    assert place_digest("a/model") == place_digest("a/model") != place_digest("a/other-model")


def test_an_embedder_has_its_folders_digest(tiny: SentenceEmbedder, tiny_folder: Path) -> None:
    assert tiny.digest == place_digest(str(tiny_folder))
