"""Finds passages for a question: vectors and lexical scores, fused into a probability that the passage answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.index import Index
from bot.types import Hit

FEATURES = ("question_cosine", "passage_cosine", "question_lexical", "passage_lexical", "support", "lead")


@dataclass(frozen=True)
class Fusion:
    """A logistic regression over `FEATURES`.

    Attributes:
        weights: one for each feature.
        bias: added to the weighted sum.
    """

    weights: tuple[float, ...]
    bias: float

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return P(the passage answers) for features of shape (passages, features), shape (passages,)."""
        logits = features.astype(np.float64) @ np.array(self.weights) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


class Retriever:
    """Searches one index.

    Args:
        index: a loaded generation whose fusion has been fitted.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.ids = tuple(dict.fromkeys(index.passages))
        place = {passage: i for i, passage in enumerate(self.ids)}
        self._owner = np.array([place[passage] for passage in index.passages])
        self.fusion = Fusion(tuple(index.fusion["weights"]), index.fusion["bias"]) if index.fusion else None

    def search(self, text: str, vector: NDArray[np.float32], count: int = 5) -> list[Hit]:
        """Return the most probable passages, best first.

        Args:
            text: what the person wrote.
            vector: its query embedding, shape (dimension,).
            count: how many at the most.
        """
        if self.fusion is None:
            raise ValueError("the index has no fitted fusion")
        scores = self.fusion.probabilities(self.features(text, vector))
        best = np.argsort(-scores, kind="stable")[:count]
        return [Hit(self.ids[i], round(float(scores[i]), 4)) for i in best]

    def features(
        self, text: str, vector: NDArray[np.float32], without: Sequence[int] = ()
    ) -> NDArray[np.float32]:
        """Return the features of every passage, shape (passages, features), in the order of `ids`.

        Args:
            text: what the person wrote.
            vector: its query embedding, shape (dimension,).
            without: rows of the index to leave out (used to fit the fusion on the questions themselves).
        """
        cosine = self.index.cosines(self.index.centre(vector[None, :])[0])
        lexical = self.index.lexical.scores(text)
        if without:
            cosine[list(without)] = -1.0
            lexical[list(without)] = 0.0
        question = self.index.is_question
        question_cosine = self._best(cosine, question, -1.0)
        # How well the passage's questions agree beside the best one: a lone lookalike has little support.
        support = self._second(cosine, question)
        # How far a passage stands out from the best of the others.
        top_two = np.sort(question_cosine)[-2:]
        rival = np.where(question_cosine == top_two[-1], top_two[0], top_two[-1])
        columns = (
            question_cosine,
            self._best(cosine, ~question, -1.0),
            self._best(lexical, question, 0.0),
            self._best(lexical, ~question, 0.0),
            support,
            question_cosine - rival,
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def _best(self, values: NDArray[np.float32], rows: NDArray[np.bool_], floor: float) -> NDArray[np.float32]:
        found = np.full(len(self.ids), floor, dtype=np.float32)
        np.maximum.at(found, self._owner[rows], values[rows])
        return found

    def _second(self, values: NDArray[np.float32], rows: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the second best value of each passage; its best where it has one row only."""
        owners, chosen = self._owner[rows], values[rows]
        order = np.lexsort((-chosen, owners))
        owners, chosen = owners[order], chosen[order]
        found = self._best(values, rows, -1.0)
        is_second = np.r_[False, owners[1:] == owners[:-1]] & ~np.r_[False, False, owners[2:] == owners[:-2]]
        found[owners[is_second]] = chosen[is_second]
        return found
