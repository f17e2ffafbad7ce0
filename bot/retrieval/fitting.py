"""Learns from the authored questions what the retriever knows: the votes, and when a question is covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.classification import TextClassifier
from bot.errors import GuideError
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.index import Index
from bot.retrieval.retriever import COVERED, Fitted, Likeness, compare, domain_logits, evidence
from bot.types import Passage

RIDGE = 3.0
FOLDS = 5
RANDOM_STATE = 13
_UNCOVERED = "uncovered"


def fit(index: Index, passages: Sequence[Passage], uncovered: Sequence[str], embedder: Embedder) -> Index:
    """Return the index with what is learnt from its questions.

    An authored question would find itself. So each is judged by votes fitted without it (in closed form), by
    likeness to the other rows, and by a domain classifier trained on other folds.

    Args:
        index: from `bot.retrieval.index.build`.
        passages: the same passages that it was built from.
        uncovered: questions that no passage answers.
        embedder: the same that it was built with.
    """
    questions = [question for passage in passages for question in passage.questions]
    texts = questions + [passage.text for passage in passages]
    own_vectors = np.concatenate([embedder.queries(questions), embedder.passages([p.text for p in passages])])
    likeness = _own_likeness(index, texts)
    votes, held_out = fit_votes(likeness.whole, index.owners, len(index.passages))

    others = embedder.queries(list(uncovered))
    asked, asked_vectors = questions + list(uncovered), np.concatenate([own_vectors[: len(questions)], others])
    is_covered = np.array([True] * len(questions) + [False] * len(uncovered))
    domain_odds = _held_out_domain(asked, asked_vectors, is_covered)
    foreign = compare(index, uncovered, others)
    found = np.concatenate(
        [
            evidence(
                index,
                _without_self(likeness, len(questions)),
                held_out[: len(questions)],
                domain_odds[: len(questions)],
            ),
            evidence(index, foreign, foreign.whole @ votes, domain_odds[len(questions) :]),
        ]
    )
    weights, bias = _fit_evidence(found, is_covered)
    return replace(index, fitted=Fitted(votes, _train_domain(asked, asked_vectors, is_covered), weights, bias))


def fit_votes(
    likeness: NDArray[np.float32], owners: NDArray[np.int64], passages: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit kernel ridge regression from rows to their passages.

    Args:
        likeness: of the rows to each other, shape (rows, rows).
        owners: place of each row's passage, shape (rows,).
        passages: how many there are.

    Returns:
        The votes, shape (rows, passages), and what each row would get from votes that were fitted without it, same
        shape. Source of the closed form: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2009),
        section 7.10.
    """
    gold = np.eye(passages, dtype=np.float32)[owners]
    inverse = _inverse(likeness + RIDGE * np.eye(len(likeness), dtype=np.float32))
    votes = inverse @ gold
    # What a row's own label weighs in its own votes: the diagonal of likeness @ inverse, which is 1 - ridge * inverse.
    own = 1.0 - RIDGE * np.diag(inverse)[:, None]
    held_out = (likeness @ votes - own * gold) / (1.0 - own)
    return votes.astype(np.float32), held_out.astype(np.float32)


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Invert a symmetric positive definite matrix, in a third of the time that a general one takes."""
    factor, failed = lapack.spotrf(np.asfortranarray(matrix, dtype=np.float32), lower=1, overwrite_a=1)
    half, failed_too = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise GuideError("The votes of the index could not be fitted.", "Check data/retrieval for empty questions.")
    lower = np.tril(half)
    return np.asarray(lower + np.tril(half, -1).T, dtype=np.float32)


def _own_likeness(index: Index, texts: Sequence[str]) -> Likeness:
    """Return the likeness of the rows to each other; their vectors are already centred, each kind by its own mean."""
    rows = index.vectors.rows
    return Likeness(np.asarray(rows @ rows.T, dtype=np.float32), index.lexical.cosines(texts))


def _without_self(likeness: Likeness, questions: int) -> Likeness:
    meaning, spelling = likeness.meaning[:questions].copy(), likeness.spelling[:questions].copy()
    own = np.arange(questions)
    meaning[own, own], spelling[own, own] = -1.0, 0.0
    return Likeness(meaning, spelling)


def _train_domain(texts: Sequence[str], vectors: Vectors, is_covered: NDArray[np.bool_]) -> TextClassifier:
    labels = [COVERED if covered else _UNCOVERED for covered in is_covered]
    return TextClassifier.train(texts, vectors, labels, regularisation=10.0, embedding_weight=2.0)


def _held_out_domain(texts: Sequence[str], vectors: Vectors, is_covered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log odds by wording, each text judged by a classifier that was trained on the other folds."""
    fold = np.random.RandomState(RANDOM_STATE).randint(FOLDS, size=len(texts))
    found = np.zeros(len(texts))
    for held_out in range(FOLDS):
        known, asked = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
        domain = _train_domain([texts[i] for i in known], vectors[known], is_covered[known])
        found[asked] = domain_logits(domain, [texts[i] for i in asked], vectors[asked])
    return found


def _fit_evidence(found: NDArray[np.float64], is_covered: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Return the weights and the bias of a logistic regression over unscaled evidence."""
    model = make_pipeline(
        StandardScaler(),
        LogisticRegression(C=0.3, class_weight="balanced", max_iter=2000, random_state=RANDOM_STATE),
    ).fit(found, is_covered)
    scale, line = model[0], model[-1]
    weights = line.coef_[0] / scale.scale_
    return weights, float(line.intercept_[0] - weights @ scale.mean_)
