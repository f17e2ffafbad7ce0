"""Figures of ranked results, the same for the guide's texts and for imported documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np

DEPTHS = (1, 3, 5)
DEEPEST = 10


@dataclass(frozen=True)
class Ranked:
    """What was found for one question.

    Attributes:
        relevant: whether each of the first ten results answers, best first.
        answers: how many results there are that answer; 0 for a question that nothing answers.
        answered: whether the bot would answer with the first result.
        groups: what to count it under as well, such as its written form and style.
    """

    relevant: tuple[bool, ...]
    answers: int
    answered: bool
    groups: tuple[str, ...] = ()

    @property
    def rank(self) -> int | None:
        """The rank of the first result that answers, from 1; None where none of the ten does."""
        return next((place for place, right in enumerate(self.relevant, start=1) if right), None)

    @property
    def right(self) -> bool:
        """Whether the person got what was right: an answer that answers, or none where there is none."""
        return self.answered and self.relevant[:1] == (True,) if self.answers else not self.answered


def figures(rankings: Sequence[Ranked]) -> dict[str, Any]:
    """Return the figures.

    `recall@k` is the share of answerable questions with an answer among the first k; `mrr` the mean of 1 / rank of the
    first one; `ndcg@10` the mean discounted gain of the first ten against the best order possible (Järvelin and
    Kekäläinen 2002, binary gains). `answered_right` is the share of answerable questions that are answered, rightly;
    `answered_wrong` the share that are answered with another text; `refused_right` the share of unanswerable ones that
    are refused, and `false_answers` the rest of those.
    """
    values: dict[str, list[float]] = defaultdict(list)
    for found in rankings:
        if not found.answers:
            values["refused_right"].append(not found.answered)
            values["false_answers"].append(found.answered)
            for group in found.groups:
                values[f"refused_right {group}"].append(not found.answered)
            continue
        rank = found.rank
        for depth in DEPTHS:
            values[f"recall@{depth}"].append(rank is not None and rank <= depth)
        values["mrr"].append(1 / rank if rank else 0.0)
        values["ndcg@10"].append(ndcg(found.relevant, found.answers))
        values["answered_right"].append(found.right)
        values["answered_wrong"].append(found.answered and not found.right)
        for group in found.groups:
            values[f"recall@3 {group}"].append(rank is not None and rank <= 3)
    counts = {"answerable": len(values["mrr"]), "unanswerable": len(values["refused_right"])}
    return counts | {name: sum(found) / len(found) for name, found in sorted(values.items(), key=_order) if found}


def ndcg(relevant: Sequence[bool], answers: int) -> float:
    """Return the normalised discounted cumulative gain of the first ten results.

    >>> ndcg([True, False], 1), round(ndcg([False, True], 1), 3)
    (1.0, 0.631)
    """
    gain = sum(1 / log2(place + 1) for place, right in enumerate(relevant[:DEEPEST], start=1) if right)
    best = sum(1 / log2(place + 1) for place in range(1, min(answers, DEEPEST) + 1))
    return gain / best if best else 0.0


def _order(item: tuple[str, Any]) -> tuple[bool, str]:
    """Whole figures first, groups after them."""
    return " " in item[0], item[0]


def calibration_error(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error: the mean gap between a probability and how often it came true.

    Source: Guo et al., On Calibration of Modern Neural Networks (2017), with equally wide bins.
    """
    probability, hit = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [abs(probability[place == b].mean() - hit[place == b].mean()) * (place == b).sum() for b in set(place)]
    return float(sum(gaps) / max(1, len(probability)))
