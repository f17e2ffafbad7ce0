"""The index of the guide's own texts: vectors and spelling of texts and questions, and what was fitted on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.generation import Manifest, Shelf, digest, read_json, write_json
from bot.retrieval.lexical import LexicalIndex
from bot.retrieval.vectors import FlatVectors, centred
from bot.types import Passage

FORMAT = 3
SHELF = Shelf("The search index", FORMAT, "Run `samskap index`.")


@dataclass(frozen=True)
class Index:
    """A generation. Row i of vectors and spelling is the same text: first all questions, then all passages.

    Attributes:
        passages: ids of the passages, in order.
        owners: place in `passages` of the passage that each row belongs to, shape (rows,).
        questions: how many of the rows are questions.
        vectors: centred rows of length 1.
        query_mean: mean of the questions' vectors, taken from every query, shape (dimension,).
        lexical: spelling of the rows.
        fitted: what `bot.retrieval.fitting` made; None before.
        manifest: what it was made of.
    """

    passages: tuple[str, ...]
    owners: NDArray[np.int64]
    questions: int
    vectors: FlatVectors
    query_mean: NDArray[np.float32]
    lexical: LexicalIndex
    fitted: Any
    manifest: Manifest

    def cosines(self, queries: Vectors) -> NDArray[np.float32]:
        """Return the cosine of each query (as embedded) to each row, shape (queries, rows)."""
        return self.vectors.cosines(centred(queries, self.query_mean))


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
    return Index(
        passages=tuple(passage.id for passage in passages),
        owners=np.array([place for _, place in questions] + list(range(len(passages)))),
        questions=len(questions),
        vectors=FlatVectors.of(rows),
        query_mean=query_mean,
        lexical=LexicalIndex.build(question_texts + passage_texts),
        fitted=None,
        manifest=Manifest(FORMAT, embedder.digest, rows.shape[1], digest([asdict(p) for p in passages]), {}),
    )


def save(index: Index, folder: Path) -> Path:
    """Write the index as the current generation below `folder`; return the generation's folder."""

    def fill(workplace: Path) -> None:
        index.vectors.write(workplace / "vectors.faiss")
        np.savez(workplace / "arrays.npz", query_mean=index.query_mean, owners=index.owners)
        joblib.dump(index.lexical, workplace / "lexical.joblib")
        joblib.dump(index.fitted, workplace / "fitted.joblib")
        write_json(workplace / "rows.json", {"passages": index.passages, "questions": index.questions})

    return SHELF.save(folder, index.manifest, fill)


def load(folder: Path, model: str) -> Index:
    """Load the current generation, made with the embedding model whose digest is `model`.

    Raises:
        GuideError: it is missing, damaged, or made with another model or format.
    """
    return SHELF.load(folder, model, _read)


def _read(generation: Path, manifest: Manifest) -> Index:
    rows = read_json(generation / "rows.json")
    with np.load(generation / "arrays.npz") as arrays:
        query_mean, owners = arrays["query_mean"], arrays["owners"]
    return Index(
        passages=tuple(rows["passages"]),
        owners=owners,
        questions=rows["questions"],
        vectors=FlatVectors.read(generation / "vectors.faiss"),
        query_mean=query_mean,
        lexical=joblib.load(generation / "lexical.joblib"),
        fitted=joblib.load(generation / "fitted.joblib"),
        manifest=manifest,
    )
