"""Measures intents and doubt with the trained dialogue model's own classifiers."""

from __future__ import annotations

import tarfile
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from bot.answers.outcome import DOUBTED
from bot.build import current_model
from bot.classification import TextClassifier
from bot.clauses import clauses
from bot.errors import GuideError
from bot.evaluation.labelled import Labelled, read_doubts, read_intents
from bot.evaluation.ranking import calibration_error
from bot.nlu.intent_classifier import DEFAULTS
from bot.retrieval.embedder import CachedEmbedder, get_embedder
from bot.settings import Settings
from bot.uncertainty.classifier import DoubtClassifier

INTENTS = "EmbeddingIntentClassifier"
DOUBT = "UncertaintyClassifier"
FALLBACK = 0.35
CONFUSED = 12


def evaluate_intents(file: Path, settings: Settings, mapping: Path | None = None) -> dict[str, Any]:
    """Return the figures for labelled messages, see `labelled.read_intents`."""
    with _classifier_file(settings, INTENTS) as path:
        classifier = TextClassifier.load(path)
    return _intent_figures(classifier, read_intents(file, mapping), settings)


def cross(train: Path, test: Path, settings: Settings) -> dict[str, Any]:
    """Train the same classifier on any labelled messages and return the figures on others, with seconds of training.

    Embedding the training messages counts as training.
    """
    learnt = read_intents(train)
    embedder = CachedEmbedder(get_embedder(), settings.cache)
    start = time.perf_counter()
    vectors = embedder.queries([row.text for row in learnt])
    embedded = time.perf_counter()
    classifier = TextClassifier.train(
        [row.text for row in learnt],
        vectors,
        [str(row.label) for row in learnt],
        regularisation=DEFAULTS["regularisation"],
        embedding_weight=DEFAULTS["embedding_weight"],
    )
    seconds = time.perf_counter() - embedded
    embedder.save()
    figures = _intent_figures(classifier, read_intents(test), settings)
    return {"trained on": len(learnt), "embedding seconds": embedded - start, "training seconds": seconds} | figures


def _intent_figures(classifier: TextClassifier, rows: Sequence[Labelled], settings: Settings) -> dict[str, Any]:
    """Return the figures.

    `understood` counts a message as right when its intent comes first and above the fallback threshold; `offered` when
    it is among the first two. `calibration error` is that of the first intent's confidence.
    """
    embedder = CachedEmbedder(get_embedder(), settings.cache)
    texts = [row.text for row in rows]
    probabilities = classifier.probabilities(texts, embedder.queries(texts))
    counts: dict[str, list[float]] = defaultdict(list)
    confused: Counter[str] = Counter()
    misses = []
    ordered = np.argsort(-probabilities, axis=1)
    best = [classifier.labels[i] for i in ordered[:, 0]]
    confidence = probabilities.max(axis=1)
    for row, found, sure, ranking in zip(rows, best, confidence, ordered):
        right = found == row.label
        counts["accuracy"].append(right)
        counts["understood"].append(right and sure >= FALLBACK)
        counts["offered"].append(row.label in [classifier.labels[i] for i in ranking[:2]])
        for group in row.groups:
            counts[f"accuracy {group}"].append(right)
        counts[f"intent {row.label}"].append(right)
        if not right:
            confused[f"{row.label} -> {found}"] += 1
            misses.append({"text": row.text, "intent": row.label, "found": found, "confidence": round(float(sure), 2)})
    figures: dict[str, Any] = {"messages": len(rows)}
    figures["macro F1"] = float(f1_score([row.label for row in rows], best, average="macro", zero_division=0))
    figures["calibration error"] = calibration_error(list(confidence), [b == r.label for b, r in zip(best, rows)])
    figures |= {name: sum(values) / len(values) for name, values in sorted(counts.items(), key=_order)}
    figures |= {f"confused {pair}": count for pair, count in confused.most_common(CONFUSED)}
    return figures | {"misses": misses}


def evaluate_doubt(file: Path, settings: Settings, mapping: Path | None = None) -> dict[str, Any]:
    """Return precision, recall, F1 and calibration of doubt, and how the themes of heard doubts fare.

    A message is judged as the bot judges it: by its surest clause.
    """
    rows = read_doubts(file, mapping)
    with _classifier_file(settings, DOUBT) as path:
        classifier = DoubtClassifier.load(path)
    embedder = CachedEmbedder(get_embedder(), settings.cache)
    heard = []
    for row in rows:
        parts = [row.text, *clauses(row.text)]
        judged = [classifier.hear(part, vector) for part, vector in zip(parts, embedder.queries(parts))]
        heard.append(max(judged, key=lambda doubt: doubt.probability))
    sure = np.array([doubt.probability >= DOUBTED for doubt in heard])
    gold = np.array([row.label is not None for row in rows])
    figures: dict[str, Any] = {"messages": len(rows), "doubts": int(gold.sum())} | _precision(sure, gold)
    figures["calibration error"] = calibration_error([d.probability for d in heard], list(gold))
    themed = [i for i, row in enumerate(rows) if row.label and sure[i]]
    if themed:
        told, true = [heard[i].theme for i in themed], [rows[i].label for i in themed]
        figures["theme"] = float(np.mean([a == b for a, b in zip(told, true)]))
        figures["theme macro F1"] = float(f1_score(true, told, average="macro", zero_division=0))
        wrong = Counter(f"{b} -> {a}" for a, b in zip(told, true) if a != b)
        figures |= {f"confused {pair}": count for pair, count in wrong.most_common(CONFUSED)}
    for group in sorted({group for row in rows for group in row.groups}):
        among = np.array([group in row.groups for row in rows])
        figures[f"f1 {group}"] = _precision(sure[among], gold[among])["f1"]
    misses = [
        {"text": row.text, "theme": row.label, "probability": round(doubt.probability, 2), "heard": doubt.theme}
        for row, doubt, is_sure, is_gold in zip(rows, heard, sure, gold)
        if is_sure != is_gold
    ]
    return figures | {"misses": misses}


def _precision(sure: Any, gold: Any) -> dict[str, float]:
    both = (sure & gold).sum()
    precision, recall = both / max(1, sure.sum()), both / max(1, gold.sum())
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": float(precision), "recall": float(recall), "f1": float(f1)}


def _order(item: tuple[str, Any]) -> tuple[bool, str]:
    """Whole figures first, groups after them."""
    return " " in item[0], item[0]


class _classifier_file:
    """Unpacks one component's classifier from the trained model for as long as it is read."""

    def __init__(self, settings: Settings, component: str) -> None:
        self._settings = settings
        self._component = component

    def __enter__(self) -> Path:
        model = current_model(self._settings)
        if model is None:
            raise GuideError("The dialogue model is missing or out of date.", "Run `samskap train`.")
        self._folder = tempfile.TemporaryDirectory()
        with tarfile.open(model) as archive:
            for member in archive.getmembers():
                if self._component in member.name and member.name.endswith(".joblib"):
                    member.name = "classifier.joblib"
                    archive.extract(member, self._folder.name)
                    return Path(self._folder.name) / member.name
        raise GuideError(f"The dialogue model holds no {self._component}.", "Run `samskap train`.")

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()
