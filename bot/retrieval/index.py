"""The search index on disk: FAISS vectors, lexical weights and a manifest; the only module that imports faiss.

One generation is one folder, written beside the others and named by its content. The file `CURRENT` names the
one in use and is replaced atomically, so that a reader sees the old generation or the new one, never a mixture.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.errors import GuideError
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.lexical import LexicalIndex
from bot.types import Passage

FORMAT = 1
CURRENT = "CURRENT"
_REBUILD = "Run `samskap index`."


@dataclass(frozen=True)
class Manifest:
    """What an index was made of.

    Attributes:
        format: of the folder.
        model: digest of the embedding model.
        dimension: of the vectors.
        content: digest of passages and questions.
        files: file name to sha256.
    """

    format: int
    model: str
    dimension: int
    content: str
    files: dict[str, str]


@dataclass(frozen=True)
class Index:
    """A loaded generation. Row i of vectors and of the lexical weights is the same text.

    Attributes:
        passages: id of the passage that each row belongs to.
        is_question: whether a row is a question (else the passage's own text), shape (rows,).
        vectors: inner-product index over centred rows of length 1.
        query_mean: mean of the questions' vectors, taken from every query, shape (dimension,).
        lexical: weights of the same rows.
        fusion: fitted parameters of the retriever.
        manifest: what it was made of.
    """

    passages: tuple[str, ...]
    is_question: NDArray[np.bool_]
    vectors: faiss.IndexFlatIP
    query_mean: NDArray[np.float32]
    lexical: LexicalIndex
    fusion: dict[str, Any]
    manifest: Manifest

    def centre(self, queries: Vectors) -> Vectors:
        """Centre query vectors and give them length 1, shape (queries, dimension)."""
        return centred(queries, self.query_mean)

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of a centred query to every row, shape (rows,)."""
        count = self.vectors.ntotal
        scores, rows = self.vectors.search(query[None, :], count)
        found = np.empty(count, dtype=np.float32)
        found[rows[0]] = scores[0]
        return found


def centred(vectors: Vectors, mean: NDArray[np.float32]) -> Vectors:
    """Subtract the mean and give each row length 1. e5's vectors crowd together; centring spreads them.

    >>> centred(np.array([[3.0, 1.0]], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)).tolist()
    [[1.0, 0.0]]
    """
    moved = vectors - mean
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(length, 1e-9), dtype=np.float32)


def content_digest(passages: Sequence[Passage]) -> str:
    """Return a digest of everything that is indexed."""
    return hashlib.sha256(json.dumps([asdict(p) for p in passages], ensure_ascii=False).encode()).hexdigest()


def build(passages: Sequence[Passage], embedder: Embedder) -> Index:
    """Embed and index passages with their questions; the fusion is left empty.

    Raises:
        GuideError: there is nothing to index.
    """
    questions = [(question, passage.id) for passage in passages for question in passage.questions]
    if not questions:
        raise GuideError("There is no text with questions to index.", "Check the folder knowledge/.")
    question_texts = [text for text, _ in questions]
    passage_texts = [passage.text for passage in passages]
    question_vectors = embedder.queries(question_texts)
    passage_vectors = embedder.passages(passage_texts)
    query_mean = question_vectors.mean(axis=0)
    rows = np.concatenate(
        [centred(question_vectors, query_mean), centred(passage_vectors, passage_vectors.mean(axis=0))]
    )
    vectors = faiss.IndexFlatIP(rows.shape[1])
    vectors.add(rows)
    manifest = Manifest(FORMAT, embedder.digest, rows.shape[1], content_digest(passages), {})
    return Index(
        passages=tuple([owner for _, owner in questions] + [passage.id for passage in passages]),
        is_question=np.array([True] * len(questions) + [False] * len(passages)),
        vectors=vectors,
        query_mean=query_mean,
        lexical=LexicalIndex.build(question_texts + passage_texts),
        fusion={},
        manifest=manifest,
    )


def save(index: Index, folder: Path) -> Path:
    """Write a generation below `folder` and make it the current one; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
    try:
        faiss.write_index(index.vectors, str(workplace / "vectors.faiss"))
        sparse.save_npz(workplace / "lexical.npz", index.lexical.weights)
        np.savez(
            workplace / "arrays.npz", query_mean=index.query_mean, is_question=index.is_question, idf=index.lexical.idf
        )
        _write_json(workplace / "rows.json", {"passages": index.passages, "grams": list(index.lexical.columns)})
        _write_json(workplace / "fusion.json", index.fusion)
        files = {path.name: _sha256(path) for path in sorted(workplace.iterdir())}
        manifest = Manifest(**{**asdict(index.manifest), "files": files})
        _write_json(workplace / "manifest.json", asdict(manifest))
        generation = folder / _sha256(workplace / "manifest.json")[:16]
        workplace.chmod(0o755)
        if not generation.exists():
            os.rename(workplace, generation)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    pointer = folder / f".{CURRENT}.{os.getpid()}"
    pointer.write_text(generation.name)
    pointer.replace(folder / CURRENT)
    return generation


def current_manifest(folder: Path) -> Manifest:
    """Return the manifest of the generation in use.

    Raises:
        GuideError: there is none, or it can't be read.
    """
    try:
        generation = folder / (folder / CURRENT).read_text().strip()
        return Manifest(**json.loads((generation / "manifest.json").read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise GuideError("The search index is missing.", _REBUILD) from error
    except (ValueError, TypeError) as error:
        raise GuideError("The search index is damaged.", _REBUILD) from error


def load(folder: Path, model: str) -> Index:
    """Load the current generation, made with the embedding model whose digest is `model`.

    Raises:
        GuideError: it is missing, damaged, or made with another model or format.
    """
    manifest = current_manifest(folder)
    if manifest.format != FORMAT or manifest.model != model:
        raise GuideError("The search index was made with another embedding model or version.", _REBUILD)
    generation = folder / (folder / CURRENT).read_text().strip()
    for name, digest in manifest.files.items():
        if not (generation / name).exists() or _sha256(generation / name) != digest:
            raise GuideError(f"The search index is damaged ({name}).", _REBUILD)
    rows = json.loads((generation / "rows.json").read_text(encoding="utf-8"))
    with np.load(generation / "arrays.npz") as arrays:
        query_mean, is_question, idf = arrays["query_mean"], arrays["is_question"], arrays["idf"]
    return Index(
        passages=tuple(rows["passages"]),
        is_question=is_question,
        vectors=faiss.read_index(str(generation / "vectors.faiss")),
        query_mean=query_mean,
        lexical=LexicalIndex(
            {gram: i for i, gram in enumerate(rows["grams"])}, idf, sparse.load_npz(generation / "lexical.npz")
        ),
        fusion=json.loads((generation / "fusion.json").read_text()),
        manifest=manifest,
    )


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
