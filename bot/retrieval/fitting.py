"""Fits the fusion: which weights turn cosines and lexical scores into the probability that a passage answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.retrieval.embedder import Embedder
from bot.retrieval.index import Index
from bot.retrieval.retriever import FEATURES, Retriever
from bot.types import Passage

CANDIDATES = 8
RANDOM_STATE = 13


def fit(index: Index, passages: Sequence[Passage], uncovered: Sequence[str], embedder: Embedder) -> Index:
    """Return the index with fitted fusion weights.

    Each question of a passage is asked with itself left out of the index (else it would find only itself); the
    eight passages that look best become examples, right or wrong. Questions that nothing answers add wrong ones.

    Args:
        index: from `bot.retrieval.index.build`.
        passages: the same passages that it was built from.
        uncovered: questions that no passage answers.
        embedder: the same that it was built with.
    """
    retriever = Retriever(index)
    questions = [(question, passage.id) for passage in passages for question in passage.questions]
    features, labels = [], []
    vectors = embedder.queries([question for question, _ in questions])
    for row, ((question, owner), vector) in enumerate(zip(questions, vectors)):
        found = retriever.features(question, vector, without=(row,))
        best = _candidates(found)
        features.append(found[best])
        labels += [retriever.ids[i] == owner for i in best]
    for question, vector in zip(uncovered, embedder.queries(list(uncovered)) if uncovered else ()):
        found = retriever.features(question, vector)
        best = _candidates(found)
        features.append(found[best])
        labels += [False] * len(best)
    model = LogisticRegression(C=10.0, max_iter=2000, random_state=RANDOM_STATE)
    model.fit(np.concatenate(features), np.array(labels))
    fusion: dict[str, Any] = {
        "features": FEATURES,
        "weights": [float(weight) for weight in model.coef_[0]],
        "bias": float(model.intercept_[0]),
    }
    return replace(index, fusion=fusion)


def _candidates(features: np.ndarray[Any, np.dtype[np.float32]]) -> list[int]:
    """Return the passages that look best by the plain sum of cosines and lexical scores."""
    return [int(i) for i in np.argsort(-features[:, :4].sum(axis=1))[:CANDIDATES]]
