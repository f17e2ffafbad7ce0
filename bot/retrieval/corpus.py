"""Searches imported documents: passages that have no questions of their own.

Three kinds of likeness are fused, each measured in how far a passage stands out from the others: the meaning of the
passage's best few sentences, spelling (BM25 over character n-grams), and a bridge. The bridge goes over the guide's
own texts, which know hundreds of wordings each: question -> texts of the guide -> passages that resemble those texts.
It carries only as far as the guide covers the question. What each part is worth: docs/retrieval.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval.bm25 import Bm25
from bot.retrieval.embedder import Embedder, Vectors
from bot.retrieval.generation import Manifest, Shelf, digest, read_json, write_json
from bot.retrieval.retriever import Judgement
from bot.retrieval.vectors import FlatVectors, centred
from bot.types import Finding, Hit

FORMAT = 1
SHELF = Shelf("The index of imported documents", FORMAT, "Run `samskap prepare`.")
# Characters of one window, the few sentences that a vector stands for.
WINDOW = 150
# How fast an article's attention falls off over the passages that resemble it less.
SHARPNESS = 2.0
# Weights of the evidence that the first passage answers, see `CorpusRetriever.scores`, and the bias: a logistic
# regression on the questions of data/retrieval/tuning-documents.jsonl over the five source documents, and on the
# guide's own questions over its own texts, all or a handful, without the bridge: for documents of other fields.
EVIDENCE = np.array([5.6, 3.2, 0.42, 0.24])
BIAS = -3.9
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
_BATCH = 64


@dataclass(frozen=True)
class Corpus:
    """A generation of the index of documents.

    Attributes:
        passages: their ids, in order.
        starts: first row of each passage's windows, shape (passages,).
        vectors: centred vectors of the windows.
        bm25: spelling of the passages.
        texts: ids of the guide's texts, in the order of the bridge's rows.
        bridge: how much of each guide text's attention each passage gets, rows sum to 1, shape (texts, passages).
        manifest: what it was made of.
    """

    passages: tuple[str, ...]
    starts: NDArray[np.int64]
    vectors: FlatVectors
    bm25: Bm25
    texts: tuple[str, ...]
    bridge: NDArray[np.float32]
    manifest: Manifest


def windows(text: str) -> list[str]:
    """Cut a passage into windows of whole sentences, about 150 characters each.

    >>> windows("Kort. Også kort.")
    ['Kort. Også kort.']
    """
    found: list[str] = []
    for sentence in _SENTENCES.split(text):
        if found and len(found[-1]) + len(sentence) <= WINDOW:
            found[-1] = f"{found[-1]} {sentence}".strip()
        elif sentence.strip():
            found.append(sentence.strip())
    return found or [text]


def build(
    passages: Sequence[tuple[str, str, str]],
    guide: Sequence[tuple[str, str]],
    embedder: Embedder,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Corpus:
    """Embed and index passages.

    Args:
        passages: id, heading and text of each.
        guide: id and text of each of the guide's own texts.
        embedder: the same that questions are embedded with.
        progress: told how many of how many windows are embedded.

    Raises:
        GuideError: there is nothing to index.
    """
    if not passages:
        raise GuideError("There is no document to index.", "Add one with `samskap knowledge add FILE`.")
    cut = [windows(text) for _, _, text in passages]
    rows = [window for parts in cut for window in parts]
    embedded = []
    for start in range(0, len(rows), _BATCH):
        embedded.append(embedder.passages(rows[start : start + _BATCH]))
        progress(min(start + _BATCH, len(rows)), len(rows))
    vectors = np.concatenate(embedded)
    texts = [text for _, text in guide]
    own = embedder.passages(texts) if texts else np.zeros((0, vectors.shape[1]), dtype=np.float32)
    # The guide's texts steady the centre: the mean of a handful of windows is no centre of anything.
    centre = np.concatenate([vectors, own]).mean(axis=0)
    meaning = FlatVectors.of(centred(vectors, centre))
    starts = np.cumsum([0, *(len(parts) for parts in cut[:-1])]).astype(np.int64)
    spelling = Bm25.build([f"{heading}\n{text}" for _, heading, text in passages])
    likeness = np.zeros((0, len(passages)), dtype=np.float32)
    if texts:
        own_meaning = _best_windows(meaning, starts, centred(own, own.mean(axis=0)))
        likeness = standing_out(own_meaning) + standing_out(spelling.scores(texts))
    return Corpus(
        passages=tuple(passage_id for passage_id, _, _ in passages),
        starts=starts,
        vectors=meaning,
        bm25=spelling,
        texts=tuple(text_id for text_id, _ in guide),
        bridge=_attention(likeness),
        manifest=Manifest(FORMAT, embedder.digest, vectors.shape[1], content_digest(passages, guide), {}),
    )


def content_digest(passages: Sequence[tuple[str, str, str]], guide: Sequence[tuple[str, str]]) -> str:
    """Return a digest of everything that a corpus is made of."""
    return digest([list(passages), list(guide)])


def standing_out(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how many standard deviations each score exceeds its row's mean; 0 where all are alike."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6), dtype=np.float32)


def _attention(likeness: NDArray[np.float32]) -> NDArray[np.float32]:
    if not likeness.size:
        return likeness
    sharp = SHARPNESS * likeness / max(float(likeness.std()), 1e-6)
    # Counted from the row's best, so that one passage far above thousands of others does not overflow.
    weights = np.exp(sharp - sharp.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _best_windows(vectors: FlatVectors, starts: NDArray[np.int64], queries: Vectors) -> NDArray[np.float32]:
    """Return the cosine of each query to the best window of each passage, shape (queries, passages)."""
    return np.asarray(np.maximum.reduceat(vectors.cosines(queries), starts, axis=1), dtype=np.float32)


class CorpusRetriever:
    """Searches one corpus.

    Args:
        corpus: the index of documents.
        query_mean: of the guide's index, taken from every question's vector, shape (dimension,).
    """

    def __init__(self, corpus: Corpus, query_mean: NDArray[np.float32]) -> None:
        self.corpus = corpus
        self._query_mean = query_mean

    def search(self, text: str, vector: NDArray[np.float32], judged: Judgement, count: int = 5) -> Finding:
        """Return the best passages, and the probability that the first of them answers.

        Args:
            text: what the person wrote.
            vector: its query embedding, shape (dimension,).
            judged: what the guide's own texts get.
            count: how many passages at the most.
        """
        fused, found = self.scores(text, vector, judged)
        best = np.argsort(-fused, kind="stable")[:count]
        logit = float(found[best[0]] @ EVIDENCE + BIAS)
        hits = tuple(Hit(self.corpus.passages[i], round(float(fused[i]), 4)) for i in best)
        return Finding(hits, round(float(1.0 / (1.0 + np.exp(-logit))), 4))

    def scores(
        self, text: str, vector: NDArray[np.float32], judged: Judgement
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the fused score of each passage, shape (passages,), and the evidence for it, shape (passages, 4).

        The evidence: cosine of the best window; share of the question's spelling that the passage holds; what the
        bridge lends it; how far it leads the five best.
        """
        corpus = self.corpus
        meaning = _best_windows(corpus.vectors, corpus.starts, centred(vector[None, :], self._query_mean))[0]
        spelling = corpus.bm25.scores([text])[0]
        lent = self._lent(judged)
        fused = standing_out(meaning[None])[0] + standing_out(spelling[None])[0]
        fused = fused + judged.covered * standing_out(lent[None])[0]
        share = spelling / max(float(corpus.bm25.most([text])[0]), 1e-6)
        lift = judged.covered * np.log(np.maximum(lent * len(lent), 1e-3))
        lead = fused - np.sort(fused)[-5:].mean()
        return fused, np.stack([meaning, share, lift, lead], axis=1)

    def _lent(self, judged: Judgement) -> NDArray[np.float32]:
        """Return what the guide's texts, by their votes, lend each passage, shape (passages,)."""
        if not len(self.corpus.texts):
            return np.zeros(len(self.corpus.passages), dtype=np.float32)
        weights = np.clip(judged.votes, 0.0, None) ** 2
        return np.asarray(weights @ self.corpus.bridge / max(float(weights.sum()), 1e-9), dtype=np.float32)


def save(corpus: Corpus, folder: Path) -> Path:
    """Write the corpus as the current generation below `folder`; return the generation's folder."""

    def fill(workplace: Path) -> None:
        corpus.vectors.write(workplace / "vectors.faiss")
        np.savez(workplace / "arrays.npz", starts=corpus.starts, bridge=corpus.bridge)
        joblib.dump(corpus.bm25, workplace / "bm25.joblib")
        write_json(workplace / "rows.json", {"passages": corpus.passages, "texts": corpus.texts})

    return SHELF.save(folder, corpus.manifest, fill)


def load(folder: Path, model: str) -> Corpus:
    """Load the current generation, made with the embedding model whose digest is `model`.

    Raises:
        GuideError: it is missing, damaged, or made with another model or format.
    """
    return SHELF.load(folder, model, _read)


def _read(generation: Path, manifest: Manifest) -> Corpus:
    rows = read_json(generation / "rows.json")
    with np.load(generation / "arrays.npz") as arrays:
        starts, bridge = arrays["starts"], arrays["bridge"]
    return Corpus(
        passages=tuple(rows["passages"]),
        starts=starts,
        vectors=FlatVectors.read(generation / "vectors.faiss"),
        bm25=joblib.load(generation / "bm25.joblib"),
        texts=tuple(rows["texts"]),
        bridge=bridge,
        manifest=manifest,
    )
