"""The index of imported documents as a running bot sees it: a new generation is taken up when it is there."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval.corpus import CorpusRetriever, load
from bot.retrieval.generation import CURRENT

logger = logging.getLogger(__name__)


class LiveCorpus:
    """Holds the current generation.

    Args:
        folder: of the index; it need not exist.
        model: digest of the embedding model.
        query_mean: of the guide's index, shape (dimension,).
        texts: ids of the guide's texts, as the guide's index has them.
    """

    def __init__(self, folder: Path, model: str, query_mean: NDArray[np.float32], texts: tuple[str, ...]) -> None:
        self._folder = folder
        self._model = model
        self._query_mean = query_mean
        self._texts = texts
        self._seen: int | None = None
        self._retriever: CorpusRetriever | None = None

    def retriever(self) -> CorpusRetriever | None:
        """Return a retriever of the current generation, None where nothing is imported.

        A generation that can't be used is left out, and the operator is told in the log: the guide's own texts still
        answer.
        """
        try:
            seen = (self._folder / CURRENT).stat().st_mtime_ns
        except FileNotFoundError:
            self._seen = self._retriever = None
            return None
        if seen != self._seen:
            self._seen = seen
            self._retriever = self._load()
        return self._retriever

    def _load(self) -> CorpusRetriever | None:
        try:
            corpus = load(self._folder, self._model)
        except GuideError as error:
            logger.error("Imported documents are left out: %s", error)
            return None
        if corpus.texts != self._texts:
            logger.error("Imported documents are left out: the guide's texts have changed. Restart the bot.")
            return None
        return CorpusRetriever(corpus, self._query_mean)
