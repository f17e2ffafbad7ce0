"""A text classifier: logistic regression over a sentence embedding and character n-grams.

The embedding knows meaning, the n-grams know spelling (dialect, endings, typing errors); together they are right
more often than either alone. The n-grams are those of the words as written and of their bokmål reading. It trains in
half a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.retrieval.lexical import read

RANDOM_STATE = 13


@dataclass
class TextClassifier:
    """A trained classifier.

    Attributes:
        ngrams: tf-idf over character n-grams within words.
        model: logistic regression over [centred embedding * weight, n-grams].
        mean: mean of the training embeddings, shape (dimension,).
        embedding_weight: scales the embedding against the n-grams, whose rows have length 1.
    """

    ngrams: TfidfVectorizer
    model: LogisticRegression
    mean: NDArray[np.float32]
    embedding_weight: float

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        vectors: NDArray[np.float32],
        labels: Sequence[str],
        *,
        regularisation: float = 10.0,
        embedding_weight: float = 1.0,
        balanced: bool = True,
    ) -> TextClassifier:
        """Train on texts, their embeddings of shape (texts, dimension), and a label for each.

        Args:
            regularisation: inverse strength (scikit-learn's C).
            embedding_weight: how much the embedding counts against the n-grams.
            balanced: whether rare labels count as much as frequent ones.
        """
        ngrams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, preprocessor=read, dtype=np.float32
        )
        spelled = ngrams.fit_transform(texts)
        mean = vectors.mean(axis=0)
        model = LogisticRegression(
            C=regularisation,
            max_iter=400,
            class_weight="balanced" if balanced else None,
            random_state=RANDOM_STATE,
        )
        model.fit(_features(spelled, vectors, mean, embedding_weight), labels)
        return cls(ngrams, model, mean, embedding_weight)

    @property
    def labels(self) -> list[str]:
        """The labels in the order of the probabilities' columns."""
        return [str(label) for label in self.model.classes_]

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return P(label) for texts with embeddings of shape (texts, dimension), shape (texts, labels)."""
        features = _features(self.ngrams.transform(texts), vectors, self.mean, self.embedding_weight)
        return np.asarray(self.model.predict_proba(features))

    def save(self, path: Path) -> None:
        """Write the classifier to a file inside the trained model."""
        joblib.dump(self, path)

    @staticmethod
    def load(path: Path) -> TextClassifier:
        """Read a classifier that `save` wrote. Only for files that this project trained: it unpickles."""
        loaded: TextClassifier = joblib.load(path)
        return loaded


def _features(
    spelled: sparse.csr_matrix, vectors: NDArray[np.float32], mean: NDArray[np.float32], weight: float
) -> sparse.csr_matrix:
    moved = vectors - mean
    moved = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return sparse.hstack([sparse.csr_matrix(moved * weight), spelled], format="csr", dtype=np.float32)
