"""Turns text into vectors with sentence-transformers; the only module that imports it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.bokmal import to_bokmal
from bot.errors import GuideError
from bot.retrieval.embedded_model import ensure_embedded_model
from bot.settings import EMBEDDED_MODEL, Settings, get_settings

Vectors = NDArray[np.float32]

QUERY_TOKENS = 128
PASSAGE_TOKENS = 512
_E5_PREFIXES = {"query": "query: ", "passage": "passage: "}


class Embedder(Protocol):
    """What the index and the classifiers need of an embedding model."""

    @property
    def digest(self) -> str:
        """Changes whenever the model does."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what people write, read as bokmål: float32 of shape (texts, dimension), rows of length 1."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: float32 of shape (texts, dimension), rows of length 1."""


class SentenceEmbedder:
    """An embedding model on the CPU.

    Args:
        model: `embedded`, or the name or path of a sentence-transformers model.
        cache: folder where the embedded model is, or will be, rebuilt.
        threads: CPU threads for one embedding.

    Raises:
        GuideError: the model can't be loaded.
    """

    def __init__(self, model: str, cache: Path, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        _quieten()
        torch.set_num_threads(threads)
        place = locate(model, cache)
        try:
            self._model = SentenceTransformer(place, device="cpu", local_files_only=Path(place).exists())
        except Exception as error:  # the libraries below raise a dozen unrelated types
            raise GuideError(
                f"The embedding model {model!r} can't be loaded ({type(error).__name__}).",
                "Set SAMSKAP_EMBEDDING_MODEL to `embedded`, or to a name or folder that this machine can reach.",
            ) from error
        named = {name: prompt for name, prompt in self._model.prompts.items() if prompt}
        self._prefixes = named or (_E5_PREFIXES if "e5" in Path(place).name.lower() else {})
        self._limit = min(PASSAGE_TOKENS, self._model.max_seq_length or PASSAGE_TOKENS)
        self._digest = place_digest(place)

    @property
    def digest(self) -> str:
        """Changes whenever the model does."""
        return self._digest

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what people write, read as bokmål and cut at 128 tokens: shape (texts, dimension), rows of length 1."""
        return self._encode([to_bokmal(text) for text in texts], "query", QUERY_TOKENS)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched, cut at 512 tokens: shape (texts, dimension), rows of length 1."""
        return self._encode(texts, "passage", PASSAGE_TOKENS)

    def _encode(self, texts: Sequence[str], kind: str, tokens: int) -> Vectors:
        self._model.max_seq_length = min(tokens, self._limit)
        found = self._model.encode(
            list(texts), prompt=self._prefixes.get(kind, ""), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)


class CachedEmbedder:
    """Remembers vectors in a file, so that building again embeds only what is new.

    Args:
        embedder: what makes the vectors.
        folder: where the file lies; one file for each model.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._path = folder / f"embeddings-{embedder.digest[:12]}.npz"
        self._known: dict[str, NDArray[np.float32]] = {}
        if self._path.exists():
            try:
                with np.load(self._path) as saved:
                    self._known = dict(zip(saved["keys"].tolist(), saved["vectors"]))
            except Exception:  # damaged in whatever way: what it held can be made again
                self._path.unlink(missing_ok=True)

    @property
    def digest(self) -> str:
        """Changes whenever the model does."""
        return self._embedder.digest

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As the embedder's `queries`."""
        # By the text that is really embedded: a change in the list of words makes just those vectors anew.
        return self._through("q", [to_bokmal(text) for text in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """As the embedder's `passages`."""
        return self._through("p", texts)

    def _through(self, kind: str, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(f"{kind}:{text}".encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts) if key not in self._known}
        if new:
            embed = self._embedder.queries if kind == "q" else self._embedder.passages
            self._known.update(zip(new, embed(list(new.values()))))
        return np.stack([self._known[key] for key in keys])

    def save(self) -> None:
        """Write the file, whole or not at all; no file where nothing is known."""
        if not self._known:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp.npz")
        np.savez(temporary, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        temporary.replace(self._path)


@lru_cache(maxsize=1)
def get_embedder() -> SentenceEmbedder:
    """Return this process's one embedding model, loaded at the first call."""
    settings: Settings = get_settings()
    return SentenceEmbedder(settings.embedding_model, settings.cache, settings.embedding_threads)


def locate(model: str, cache: Path) -> str:
    """Return the folder or the name of a model, the embedded one rebuilt if need be."""
    return str(ensure_embedded_model(cache)) if model == EMBEDDED_MODEL else model


def place_digest(place: str) -> str:
    """Return a digest of a model's files (of its name, while it is not on this machine), without loading it."""
    return _folder_digest(Path(place)) if Path(place).exists() else hashlib.sha256(place.encode()).hexdigest()


def _quieten() -> None:
    """Keep the libraries' progress bars and hints out of the operator's terminal."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)


def _folder_digest(folder: Path) -> str:
    """Hash names, sizes and both ends of a model folder's files: enough to notice another model, fast."""
    digest = hashlib.sha256()
    for path in _files(folder):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder)}:{size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 18))
            file.seek(max(0, size - (1 << 18)))
            digest.update(file.read())
    return digest.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
