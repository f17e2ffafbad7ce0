"""The search index on disk: FAISS vectors, spelling, fitted weights and a manifest; the only module that imports faiss.

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
import joblib
import numpy as np
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.lexical import LexicalIndex
from bot.types import Passage

FORMAT = 2
CURRENT = "CURRENT"
_REBUILD = "Run `samskap index`."
_WORKPLACE = "building-"


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
    """A generation. Row i of vectors and spelling is the same text: first all questions, then all passages.

    Attributes:
        passages: ids of the passages, in order.
        owners: place in `passages` of the passage that each row belongs to, shape (rows,).
        questions: how many of the rows are questions.
        vectors: inner-product index over centred rows of length 1.
        query_mean: mean of the questions' vectors, taken from every query, shape (dimension,).
        lexical: spelling of the rows.
        fitted: what `bot.retrieval.fitting` made; None before.
        manifest: what it was made of.
    """

    passages: tuple[str, ...]
    owners: NDArray[np.int64]
    questions: int
    vectors: faiss.IndexFlatIP
    query_mean: NDArray[np.float32]
    lexical: LexicalIndex
    fitted: Any
    manifest: Manifest

    def cosines(self, queries: Vectors) -> NDArray[np.float32]:
        """Return the cosine of each query (as embedded) to each row, shape (queries, rows)."""
        count = self.vectors.ntotal
        scores, rows = self.vectors.search(centred(queries, self.query_mean), count)
        found = np.empty((len(queries), count), dtype=np.float32)
        np.put_along_axis(found, rows, scores, axis=1)
        return found


def centred(vectors: Vectors, mean: NDArray[np.float32]) -> Vectors:
    """Subtract the mean and give each row length 1. e5's vectors crowd together; centring spreads them.

    >>> centred(np.array([[3.0, 1.0]], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)).tolist()
    [[1.0, 0.0]]
    """
    moved = vectors - mean
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.ascontiguousarray(moved / np.maximum(length, 1e-9), dtype=np.float32)


def content_digest(passages: Sequence[Passage]) -> str:
    """Return a digest of everything that is indexed."""
    return hashlib.sha256(json.dumps([asdict(p) for p in passages], ensure_ascii=False).encode()).hexdigest()


def build(passages: Sequence[Passage], embedder: Embedder) -> Index:
    """Embed and index passages with their questions; nothing is fitted yet.

    Raises:
        GuideError: there is nothing to index.
    """
    questions = [(question, place) for place, passage in enumerate(passages) for question in passage.questions]
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
    return Index(
        passages=tuple(passage.id for passage in passages),
        owners=np.array([place for _, place in questions] + list(range(len(passages)))),
        questions=len(questions),
        vectors=vectors,
        query_mean=query_mean,
        lexical=LexicalIndex.build(question_texts + passage_texts),
        fitted=None,
        manifest=Manifest(FORMAT, embedder.digest, rows.shape[1], content_digest(passages), {}),
    )


def save(index: Index, folder: Path) -> Path:
    """Write a generation below `folder`, make it the current one, remove older ones, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=_WORKPLACE, dir=folder))
    try:
        faiss.write_index(index.vectors, str(workplace / "vectors.faiss"))
        np.savez(workplace / "arrays.npz", query_mean=index.query_mean, owners=index.owners)
        joblib.dump(index.lexical, workplace / "lexical.joblib")
        joblib.dump(index.fitted, workplace / "fitted.joblib")
        _write_json(workplace / "rows.json", {"passages": index.passages, "questions": index.questions})
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
    for old in folder.iterdir():
        # Another process may be building beside this one: its workplace stays.
        if old.is_dir() and old != generation and not old.name.startswith(_WORKPLACE):
            shutil.rmtree(old, ignore_errors=True)
    return generation


def load(folder: Path, model: str) -> Index:
    """Load the current generation, made with the embedding model whose digest is `model`.

    Raises:
        GuideError: it is missing, damaged, or made with another model or format.
    """
    name = _current(folder)
    try:
        return _read(folder / name, model)
    except GuideError:
        if _current(folder) == name:
            raise
    # Another generation has taken its place, and it was removed, while it was read.
    return load(folder, model)


def _current(folder: Path) -> str:
    try:
        return (folder / CURRENT).read_text().strip()
    except FileNotFoundError as error:
        raise GuideError("The search index is missing.", _REBUILD) from error


def _read(generation: Path, model: str) -> Index:
    manifest = _manifest(generation)
    if manifest.format != FORMAT or manifest.model != model:
        raise GuideError("The search index was made with another embedding model or version.", _REBUILD)
    for name, digest in manifest.files.items():
        try:
            whole = _sha256(generation / name) == digest
        except FileNotFoundError:
            whole = False
        if not whole:
            raise GuideError(f"The search index is damaged ({name}).", _REBUILD)
    try:
        rows = json.loads((generation / "rows.json").read_text(encoding="utf-8"))
        with np.load(generation / "arrays.npz") as arrays:
            query_mean, owners = arrays["query_mean"], arrays["owners"]
        return Index(
            passages=tuple(rows["passages"]),
            owners=owners,
            questions=rows["questions"],
            vectors=faiss.read_index(str(generation / "vectors.faiss")),
            query_mean=query_mean,
            lexical=joblib.load(generation / "lexical.joblib"),
            fitted=joblib.load(generation / "fitted.joblib"),
            manifest=manifest,
        )
    except Exception as error:  # numpy, faiss and joblib each have errors of their own
        raise GuideError("The search index is damaged.", _REBUILD) from error


def _manifest(generation: Path) -> Manifest:
    try:
        return Manifest(**json.loads((generation / "manifest.json").read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise GuideError("The search index is missing.", _REBUILD) from error
    except (ValueError, TypeError) as error:
        raise GuideError("The search index is damaged.", _REBUILD) from error


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
