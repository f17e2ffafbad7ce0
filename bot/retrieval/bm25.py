"""BM25 over character 3- to 5-grams of words: finds what shares spelling, whatever its endings and compounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from bot.retrieval.lexical import read

SATURATION = 1.2
LENGTH_WEIGHT = 0.75
SHORTEST, LONGEST = 3, 5
_WORD = re.compile(r"\w+")


def grams(text: str) -> Iterator[str]:
    """Yield the character n-grams of a text's words, with the words' ends marked by blanks.

    >>> list(grams("Makt"))
    [' ma', 'mak', 'akt', 'kt ', ' mak', 'makt', 'akt ', ' makt', 'makt ']
    """
    for word in _WORD.findall(read(text)):
        padded = f" {word} "
        for length in range(SHORTEST, LONGEST + 1):
            for start in range(max(1, len(padded) - length + 1)):
                yield padded[start : start + length]


@dataclass(frozen=True)
class Bm25:
    """Weights of a list of texts.

    Attributes:
        counter: knows the n-grams.
        weights: of each n-gram in each text, shape (n-grams, texts).
        rarity: inverse document frequency of each n-gram, shape (n-grams,).

    Source of the formula: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
    """

    counter: CountVectorizer
    weights: sparse.csr_matrix
    rarity: NDArray[np.float32]

    @classmethod
    def build(cls, texts: Sequence[str]) -> Bm25:
        """Index texts; the column of a text is its place in the sequence."""
        counter = CountVectorizer(analyzer=grams, dtype=np.float32)
        counts = counter.fit_transform(texts).tocsr()
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        length = np.asarray(counts.sum(axis=1)).ravel()
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / max(1.0, length.mean()))
        row = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        counts.data = counts.data * (SATURATION + 1) / (counts.data + damping[row]) * rarity[counts.indices]
        return cls(counter, counts.T.tocsr().astype(np.float32), rarity)

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text matches each query, at least 0, shape (queries, texts)."""
        return np.asarray((self._asked(queries) @ self.weights).todense(), dtype=np.float32)

    def most(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return about the score of a text that holds all of a query, shape (queries,): what scores compare with.

        N-grams that no text holds count as the rarest.
        """
        unknown = float(np.log(1 + (self.weights.shape[1] + 0.5) / 0.5))
        held = np.asarray(self._asked(queries) @ self.rarity)
        known = self.counter.vocabulary_
        missing = np.array([len(set(grams(query)) - known.keys()) for query in queries])
        return np.asarray((held + unknown * missing) * (SATURATION + 1) / 2, dtype=np.float32)

    def _asked(self, queries: Sequence[str]) -> sparse.csr_matrix:
        asked = self.counter.transform(queries)
        asked.data[:] = 1.0
        return asked
