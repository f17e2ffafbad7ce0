"""Figures about intents and doubt, by hand, with classifiers that were packed as Rasa packs them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from bot.answers.outcome import DOUBTED
from bot.errors import GuideError
from bot.evaluation import understanding
from bot.evaluation.understanding import FALLBACK, cross, evaluate_doubt, evaluate_intents
from bot.retrieval.embedder import Embedder
from bot.settings import ROOT, Settings
from bot.uncertainty.classifier import Doubt

INTENTS = [
    # text, intent, form, probabilities of greet, thanks, undo
    ("hei", "greet", "nb", [0.8, 0.1, 0.1]),
    ("hallo", "greet", "nb", [0.34, 0.33, 0.33]),
    ("takk", "thanks", "nn", [0.65, 0.35, 0.0]),
    ("angre", "undo", "dialect", [0.2, 0.2, 0.6]),
]
DOUBTS = [
    # text, theme, probability, theme heard
    ("a", "roles", 0.9, "roles"),
    ("b", "roles", DOUBTED, "tools"),
    ("c", "tools", DOUBTED - 0.01, "tools"),
    ("d", None, 0.8, "privacy"),
    ("e", None, 0.1, "roles"),
    ("f", "system", 0.7, "system"),
    ("g", "privacy", 0.2, "privacy"),
]


@dataclass
class FixedClassifier:
    """Gives each text the probabilities of its row."""

    labels: tuple[str, ...] = ("greet", "thanks", "undo")

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        assert len(texts) == len(vectors)
        return np.array([next(row[3] for row in INTENTS if row[0] == text) for text in texts])


@dataclass
class FixedDoubt:
    """Hears in each text the doubt of its row."""

    heard: str = "as in the rows"

    def hear(self, text: str, vector: NDArray[np.float32]) -> Doubt:
        _, _, probability, theme = next(row for row in DOUBTS if row[0] == text)
        return Doubt(probability, theme)


Pack = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> Pack:
    """Make a trained dialogue model that holds the given classifiers, each under its component's name."""
    monkeypatch.setattr(understanding, "get_embedder", lambda: word_embedder)

    def make(**classifiers: object) -> Path:
        model = tmp_path / "model.tar.gz"
        with tarfile.open(model, "w:gz") as archive:
            for name, classifier in classifiers.items():
                file = tmp_path / f"{name}.joblib"
                joblib.dump(classifier, file)
                archive.add(file, f"components/train_{name}2/classifier.joblib")
        monkeypatch.setattr(understanding, "current_model", lambda settings: model)
        return model

    return make


def _rows(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    file = tmp_path / "rows.yml"
    file.write_text(yaml.safe_dump(rows))
    return file


def test_intents(tmp_path: Path, pack: Pack) -> None:
    pack(EmbeddingIntentClassifier=FixedClassifier(), UncertaintyClassifier=FixedDoubt())
    file = _rows(tmp_path, [{"text": text, "intent": intent, "form": form} for text, intent, form, _ in INTENTS])

    figures = evaluate_intents(file, Settings())

    # F1: greet 4/5 (two right, one too many), thanks 0, undo 1.
    # Calibration, by tenths of confidence: |0.8 - 1|, |0.34 - 1|, 0.65 and 0.6 together |0.625 - 0.5| twice.
    assert figures == {
        "messages": 4,
        "macro F1": pytest.approx((0.8 + 0 + 1) / 3),
        "calibration error": pytest.approx((0.2 + 0.66 + 0.125 * 2) / 4),
        "accuracy": 0.75,
        "offered": 1.0,
        "understood": 0.5,
        "accuracy nb": 1.0,
        "accuracy nn": 0.0,
        "accuracy dialect": 1.0,
        "intent greet": 1.0,
        "intent thanks": 0.0,
        "intent undo": 1.0,
        "confused thanks -> greet": 1,
        "misses": [{"text": "takk", "intent": "thanks", "found": "greet", "confidence": 0.65}],
    }


def test_an_intent_that_comes_third_was_not_offered(tmp_path: Path, pack: Pack) -> None:
    pack(EmbeddingIntentClassifier=FixedClassifier())

    figures = evaluate_intents(_rows(tmp_path, [{"text": "takk", "intent": "undo"}]), Settings())

    assert (figures["accuracy"], figures["offered"]) == (0.0, 0.0)


def test_others_acts_are_measured_by_a_mapping(tmp_path: Path, pack: Pack) -> None:
    pack(EmbeddingIntentClassifier=FixedClassifier())
    mapping = tmp_path / "mapping.yml"
    mapping.write_text("greeting: greet\nthanking: thanks\nweather:\n")
    acts = [("hei", "greeting"), ("takk", "thanking"), ("hallo", "weather")]

    figures = evaluate_intents(_rows(tmp_path, [{"text": t, "act": act} for t, act in acts]), Settings(), mapping)

    assert (figures["messages"], figures["accuracy"], figures["confused thanks -> greet"]) == (2, 0.5, 1)


def test_doubt(tmp_path: Path, pack: Pack) -> None:
    pack(EmbeddingIntentClassifier=FixedClassifier(), UncertaintyClassifier=FixedDoubt())
    forms = {"a": "nb", "b": "nn", "d": "nb"}
    rows = [{"text": text, "theme": theme, "form": forms.get(text)} for text, theme, _, _ in DOUBTS]

    figures = evaluate_doubt(_rows(tmp_path, rows), Settings())

    # Heard: a, b, d, f; in doubt: a, b, c, f, g; both: a, b, f, of which a and f with the right theme.
    assert figures == {
        "messages": 7,
        "doubts": 5,
        "precision": pytest.approx(3 / 4),
        "recall": pytest.approx(3 / 5),
        "f1": pytest.approx(2 / 3),
        "calibration error": figures["calibration error"],
        "theme": pytest.approx(2 / 3),
        # roles 2/3, system 1, tools 0
        "theme macro F1": pytest.approx((2 / 3 + 1 + 0) / 3),
        "confused roles -> tools": 1,
        "f1 nb": pytest.approx(2 / 3),
        "f1 nn": pytest.approx(1.0),
        "misses": [
            {"text": "c", "theme": "tools", "probability": round(DOUBTED - 0.01, 2), "heard": "tools"},
            {"text": "d", "theme": None, "probability": 0.8, "heard": "privacy"},
            {"text": "g", "theme": "privacy", "probability": 0.2, "heard": "privacy"},
        ],
    }


def test_the_calibration_of_doubt_by_hand(tmp_path: Path, pack: Pack) -> None:
    pack(UncertaintyClassifier=FixedDoubt())
    rows = [{"text": "a", "theme": "roles"}, {"text": "d", "theme": None}, {"text": "g", "theme": "privacy"}]

    figures = evaluate_doubt(_rows(tmp_path, rows), Settings())

    # 0.9 was doubt, 0.8 was none, 0.2 was.
    assert figures["calibration error"] == pytest.approx((0.1 + 0.8 + 0.8) / 3)


def test_doubt_when_none_is_heard(tmp_path: Path, pack: Pack) -> None:
    pack(UncertaintyClassifier=FixedDoubt())
    file = _rows(tmp_path, [{"text": "c", "theme": "tools"}, {"text": "e", "theme": None}])

    figures = evaluate_doubt(file, Settings())

    assert [figures[name] for name in ("precision", "recall", "f1")] == [0.0, 0.0, 0.0]
    assert "theme" not in figures


def test_a_message_is_judged_by_its_surest_clause(tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(UncertaintyClassifier=FixedDoubt())
    monkeypatch.setattr(understanding, "clauses", lambda text: ["c", "f", "g"] if text == "e" else [])

    figures = evaluate_doubt(_rows(tmp_path, [{"text": "e", "theme": "system"}]), Settings())

    assert (figures["f1"], figures["theme"]) == (pytest.approx(1.0), 1.0)


def test_a_classifier_trained_on_any_messages_is_measured_on_others(tmp_path: Path, pack: Pack) -> None:
    pack()
    learnt = [{"text": f"hei {word}", "act": "hello"} for word in ("du", "der", "igjen", "dere")]
    learnt += [{"text": f"bussen går {word}", "act": "bus"} for word in ("snart", "sent", "nå", "ofte")]
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps(row) for row in learnt))
    test = [{"text": "hei på deg", "act": "hello"}, {"text": "når går bussen", "act": "bus"}]
    settings = Settings(cache_dir=tmp_path / "cache")

    figures = cross(tmp_path / "train.jsonl", _rows(tmp_path, test), settings)

    assert (figures["trained on"], figures["messages"], figures["accuracy"]) == (8, 2, 1.0)
    assert min(figures["embedding seconds"], figures["training seconds"]) > 0


def test_a_missing_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "current_model", lambda settings: None)

    with pytest.raises(GuideError, match=r"missing or out of date\. Run `samskap train`\."):
        evaluate_intents(_rows(tmp_path, [{"text": "hei", "intent": "greet"}]), Settings())


def test_a_model_without_the_classifier_is_told(tmp_path: Path, pack: Pack) -> None:
    pack(EmbeddingIntentClassifier=FixedClassifier())

    with pytest.raises(GuideError, match=r"holds no UncertaintyClassifier\. Run `samskap train`\."):
        evaluate_doubt(_rows(tmp_path, []), Settings())


def test_the_thresholds_are_the_bots_own() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]

    assert [part["threshold"] for part in pipeline if part["name"] == "FallbackClassifier"] == [FALLBACK]
