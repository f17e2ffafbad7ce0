"""Measures intents and doubt with the trained dialogue model's own classifiers."""

from __future__ import annotations

import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.build import current_model
from bot.classification import TextClassifier
from bot.errors import GuideError
from bot.retrieval.embedder import get_embedder
from bot.settings import Settings
from bot.uncertainty.classifier import DoubtClassifier

INTENTS = "EmbeddingIntentClassifier"
DOUBT = "UncertaintyClassifier"
FALLBACK = 0.35
SURE = 0.5


def evaluate_intents(file: Path, settings: Settings) -> dict[str, Any]:
    """Return the figures for a YAML list of {text, intent, form}.

    `understood` counts a message as right when its intent comes first and above the fallback threshold.
    """
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    with _classifier_file(settings, INTENTS) as path:
        classifier = TextClassifier.load(path)
    texts = [row["text"] for row in rows]
    probabilities = classifier.probabilities(texts, get_embedder().queries(texts))
    counts: dict[str, list[float]] = defaultdict(list)
    misses = []
    by_intent: dict[str, list[float]] = defaultdict(list)
    for row, found in zip(rows, probabilities):
        best = int(np.argmax(found))
        right = classifier.labels[best] == row["intent"]
        counts["accuracy"].append(right)
        counts["understood"].append(right and found[best] >= FALLBACK)
        counts[f"accuracy {row['form']}"].append(right)
        by_intent[row["intent"]].append(right)
        if not right:
            misses.append({**row, "found": classifier.labels[best], "confidence": round(float(found[best]), 2)})
    figures: dict[str, Any] = {"messages": len(rows)}
    figures |= {name: sum(values) / len(values) for name, values in counts.items()}
    figures |= {f"intent {name}": sum(values) / len(values) for name, values in sorted(by_intent.items())}
    return figures | {"misses": misses}


def evaluate_doubt(file: Path, settings: Settings) -> dict[str, Any]:
    """Return precision, recall and F1 of doubt, and the share of right themes among the doubts that were heard."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    with _classifier_file(settings, DOUBT) as path:
        classifier = DoubtClassifier.load(path)
    vectors = get_embedder().queries([row["text"] for row in rows])
    heard = [classifier.hear(row["text"], vector) for row, vector in zip(rows, vectors)]
    sure = np.array([doubt.probability >= SURE for doubt in heard])
    gold = np.array([row["theme"] is not None for row in rows])
    both = sure & gold
    precision, recall = both.sum() / max(1, sure.sum()), both.sum() / max(1, gold.sum())
    themes = [doubt.theme == row["theme"] for doubt, row, right in zip(heard, rows, both) if right]
    misses = [
        {**row, "probability": round(doubt.probability, 2), "heard": doubt.theme}
        for row, doubt, is_sure, is_gold in zip(rows, heard, sure, gold)
        if is_sure != is_gold
    ]
    return {
        "messages": len(rows),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(2 * precision * recall / max(1e-9, precision + recall)),
        "theme": sum(themes) / max(1, len(themes)),
        "misses": misses,
    }


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
