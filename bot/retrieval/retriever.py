"""Finds passages for a question, and says how likely it is that the guide covers the question at all.

Every row of the index (a question that people ask, or a passage's own text) votes for passages, the stronger the more
it resembles what was asked, in meaning and in spelling. The votes are fitted (kernel ridge regression), so that rows
that mislead count little. Whether anything answers is a second judgement, on other evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.classification import TextClassifier
from bot.retrieval.embedder import Vectors
from bot.retrieval.index import Index
from bot.types import Finding, Hit

# How much meaning counts against spelling in the likeness of two texts; chosen on data/retrieval/tuning.yml.
MEANING_WEIGHT = 2.0
COVERED = "covered"


@dataclass(frozen=True)
class Fitted:
    """What is learnt from the questions.

    Attributes:
        votes: what each row votes for each passage, per unit of likeness, shape (rows, passages).
        domain: tells questions about the guide's matter from others by their wording.
        weights: of the evidence that a question is covered, see `evidence`.
        bias: added to the weighted evidence.
    """

    votes: NDArray[np.float32]
    domain: TextClassifier
    weights: NDArray[np.float64]
    bias: float


@dataclass(frozen=True)
class Likeness:
    """How much queries resemble the rows of the index; both of shape (queries, rows)."""

    meaning: NDArray[np.float32]
    spelling: NDArray[np.float32]

    @property
    def whole(self) -> NDArray[np.float32]:
        """Both together."""
        return np.asarray(MEANING_WEIGHT * self.meaning + self.spelling, dtype=np.float32)


@dataclass(frozen=True)
class Judgement:
    """What a question gets from the guide.

    Attributes:
        votes: for each passage of the index, in its order, shape (passages,).
        covered: calibrated probability that the guide covers the question.
    """

    votes: NDArray[np.float32]
    covered: float


class Retriever:
    """Searches one fitted index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._fitted: Fitted = index.fitted

    def search(self, text: str, vector: NDArray[np.float32], count: int = 5) -> Finding:
        """Return the best passages and the probability that the question is covered.

        Args:
            text: what the person wrote.
            vector: its query embedding, shape (dimension,).
            count: how many passages at the most.
        """
        return self.finding(self.judge(text, vector), count)

    def judge(self, text: str, vector: NDArray[np.float32]) -> Judgement:
        """Return what all passages get; arguments as for `search`."""
        vectors = vector[None, :]
        likeness = compare(self.index, [text], vectors)
        votes = likeness.whole @ self._fitted.votes
        domain = domain_logits(self._fitted.domain, [text], vectors)
        logit = evidence(self.index, likeness, votes, domain)[0] @ self._fitted.weights + self._fitted.bias
        return Judgement(votes[0], float(1.0 / (1.0 + np.exp(-logit))))

    def finding(self, judged: Judgement, count: int) -> Finding:
        """Return the best passages of a judgement."""
        best = np.argsort(-judged.votes, kind="stable")[:count]
        hits = tuple(Hit(self.index.passages[i], round(float(judged.votes[i]), 4)) for i in best)
        return Finding(hits, round(judged.covered, 4))


def compare(index: Index, texts: Sequence[str], vectors: Vectors) -> Likeness:
    """Return how much texts, with embeddings of shape (texts, dimension), resemble the rows of the index."""
    return Likeness(index.cosines(vectors), index.lexical.cosines(texts))


def domain_logits(domain: TextClassifier, texts: Sequence[str], vectors: Vectors) -> NDArray[np.float64]:
    """Return the log odds that texts are about the guide's matter, shape (texts,)."""
    probability = domain.probabilities(texts, vectors)[:, domain.labels.index(COVERED)]
    return log_odds(probability)


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p / (1 - p)), with p kept from the extremes."""
    kept = np.clip(probability, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)))


def evidence(
    index: Index, likeness: Likeness, votes: NDArray[np.float32], domain: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what speaks for a question being covered, shape (queries, 8).

    In order: the winner's votes, its lead, the votes of the first five together; the winner's best question in
    meaning and in spelling, its own text in meaning and in spelling; the log odds by wording.
    """
    ranked = -np.sort(-votes, axis=1)
    winner = votes.argmax(axis=1)
    of_winner = index.owners[None, :] == winner[:, None]
    is_question = np.arange(len(index.owners)) < index.questions
    columns = [ranked[:, 0], ranked[:, 0] - ranked[:, 1], ranked[:, :5].sum(axis=1)]
    for rows in (of_winner & is_question, of_winner & ~is_question):
        for values in (likeness.meaning, likeness.spelling):
            columns.append(np.where(rows, values, -1.0).max(axis=1))
    return np.asarray(np.stack([*columns, domain], axis=1), dtype=np.float64)
