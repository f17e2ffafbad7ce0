"""Compares spelling by tf-idf over character 3- to 5-grams: compounds, endings, dialect and typing errors count little.

Words count as written and in bokmål reading, and Norwegian letters are folded (æ, ae and a fall together, as do ø, oe
and o, and å, aa and a), since people in a hurry leave them out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.bokmal import both_ways

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


def read(text: str) -> str:
    """Return a text as spelling is compared: as written and in bokmål reading, folded.

    >>> read("Kva gjer me?")
    'kva gjer me? hva gjor vi?'
    """
    return fold(both_ways(text))


@dataclass(frozen=True)
class LexicalIndex:
    """Spelling of a list of texts.

    Attributes:
        ngrams: fitted on the texts.
        columns: tf-idf of each text, columns of length 1, shape (n-grams, texts): as a query meets them.
    """

    ngrams: TfidfVectorizer
    columns: sparse.csr_matrix

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index texts; the column of a text is its place in the sequence. An n-gram of one text only is dropped."""
        ngrams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True, preprocessor=read, dtype=np.float32
        )
        return cls(ngrams, ngrams.fit_transform(texts).T.tocsr())

    def cosines(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the cosine in spelling of each query to each text, in [0, 1], shape (queries, texts)."""
        return np.asarray((self.ngrams.transform(queries) @ self.columns).todense(), dtype=np.float32)
