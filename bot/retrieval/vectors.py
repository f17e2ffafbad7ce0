"""Rows of vectors that are searched by cosine; the only module that imports faiss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.retrieval.embedder import Vectors


@dataclass(frozen=True)
class FlatVectors:
    """An exact index. A flat one answers in a millisecond up to some ten thousand rows; docs/scale.md tells what next.

    Attributes:
        index: inner products over rows of length 1.
    """

    index: faiss.IndexFlatIP

    @classmethod
    def of(cls, rows: Vectors) -> FlatVectors:
        """Index rows of length 1, shape (rows, dimension)."""
        index = faiss.IndexFlatIP(rows.shape[1])
        index.add(np.ascontiguousarray(rows, dtype=np.float32))
        return cls(index)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.index.ntotal)

    @property
    def rows(self) -> Vectors:
        """All rows, shape (rows, dimension)."""
        return np.asarray(self.index.reconstruct_n(0, self.count), dtype=np.float32)

    def cosines(self, queries: Vectors) -> NDArray[np.float32]:
        """Return the cosine of each query, of length 1, to each row, shape (queries, rows)."""
        scores, places = self.index.search(queries, self.count)
        found = np.empty((len(queries), self.count), dtype=np.float32)
        np.put_along_axis(found, places, scores, axis=1)
        return found

    def write(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self.index, str(path))

    @staticmethod
    def read(path: Path) -> FlatVectors:
        """Read what `write` wrote."""
        return FlatVectors(faiss.read_index(str(path)))


def centred(vectors: Vectors, mean: NDArray[np.float32]) -> Vectors:
    """Subtract the mean and give each row length 1. e5's vectors crowd together; centring spreads them.

    >>> centred(np.array([[3.0, 1.0]], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)).tolist()
    [[1.0, 0.0]]
    """
    moved = vectors - mean
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.ascontiguousarray(moved / np.maximum(length, 1e-9), dtype=np.float32)
