"""BM25 over character 4-grams: finds words that share parts, whatever the ending, compound or typing error.

Norwegian letters are folded (æ, ae and a fall together, as do ø, oe and o, and å, aa and a), since people in a hurry leave
them out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

GRAM = 4
K1 = 1.2
B = 0.5
_WORD = re.compile(r"[a-z0-9]+")
_FOLDS = (("æ", "a"), ("ø", "o"), ("å", "a"), ("ae", "a"), ("oe", "o"), ("aa", "a"), ("ö", "o"), ("ä", "a"))


def fold(text: str) -> str:
    """Lower the case and fold Norwegian letters and accents.

    >>> fold("Få på plass ærlighet; faa paa plass aerlighet")
    'fa pa plass arlighet; fa pa plass arlighet'
    """
    text = unicodedata.normalize("NFC", text.lower())
    for old, new in _FOLDS:
        text = text.replace(old, new)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def grams(text: str) -> list[str]:
    """Return the character 4-grams of each word, its borders included.

    >>> grams("tykk nå")
    [' tyk', 'tykk', 'ykk ', ' na ']
    """
    found = []
    for word in _WORD.findall(fold(text)):
        padded = f" {word} "
        found += [padded[i : i + GRAM] for i in range(max(1, len(padded) - GRAM + 1))]
    return found


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 weights of texts.

    Attributes:
        columns: gram to column.
        idf: inverse document frequency of each column, shape (grams,).
        weights: term weights times idf, shape (texts, grams).
    """

    columns: dict[str, int]
    idf: NDArray[np.float32]
    weights: sparse.csr_matrix

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index texts; the row of a text is its place in the sequence.

        Source of the formula: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
        """
        counts = [Counter(grams(text)) for text in texts]
        columns = {gram: i for i, gram in enumerate(sorted(set().union(*counts)))}
        frequency = np.zeros(len(columns), dtype=np.float32)
        for count in counts:
            frequency[[columns[gram] for gram in count]] += 1
        idf = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        average = max(1.0, float(np.mean([sum(count.values()) for count in counts] or [1.0])))
        rows, cols, data = [], [], []
        for row, count in enumerate(counts):
            length = K1 * (1 - B + B * sum(count.values()) / average)
            for gram, times in count.items():
                column = columns[gram]
                rows.append(row)
                cols.append(column)
                data.append(idf[column] * times * (K1 + 1) / (times + length))
        weights = sparse.csr_matrix((data, (rows, cols)), shape=(len(texts), len(columns)), dtype=np.float32)
        return cls(columns, idf, weights)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Return how much of the query each text covers, shape (texts,): 0 is nothing, about 1 is all.

        The share is weighted by how rare the query's grams are; a gram that no text has counts as the rarest.
        """
        wanted = set(grams(query))
        known = [self.columns[gram] for gram in wanted if gram in self.columns]
        rarest = float(self.idf.max(initial=1.0))
        whole = float(self.idf[known].sum()) + rarest * (len(wanted) - len(known))
        if not known or whole == 0:
            return np.zeros(self.weights.shape[0], dtype=np.float32)
        chosen = np.zeros(len(self.columns), dtype=np.float32)
        chosen[known] = 1.0
        return np.asarray(self.weights @ chosen / whole, dtype=np.float32)
