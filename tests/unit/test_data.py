"""The data that the bot learns from, and that it is measured with."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa_sdk import Action
from sklearn.feature_extraction.text import CountVectorizer

import actions
from bot.build import uncovered_questions
from bot.knowledge.asked import with_asked
from bot.knowledge.library import read_library
from bot.retrieval.lexical import fold
from bot.settings import ROOT
from bot.uncertainty.classifier import read_examples

# Intents that nobody types: Rasa's own, and one that only a button says.
UNTYPED = {"nlu_fallback", "forget_doubt"}
LEAST_EXAMPLES = 60
TOO_LIKE = 0.6


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _sentences() -> list[tuple[str, str]]:
    """Return every training sentence with its intent."""
    return [
        (line.removeprefix("- ").strip(), item["intent"])
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for item in _read(path)["nlu"]
        for line in item["examples"].splitlines()
    ]


@lru_cache(maxsize=1)
def _domain() -> dict[str, Any]:
    domain: dict[str, Any] = _read(ROOT / "domain" / "domain.yml")
    return domain


@lru_cache(maxsize=1)
def _rules() -> list[dict[str, Any]]:
    return [rule for path in sorted((ROOT / "data" / "rules").glob("*.yml")) for rule in _read(path)["rules"]]


def _action_names() -> list[str]:
    """Return the names of all action classes in actions/."""
    for module in pkgutil.iter_modules(actions.__path__):
        if module.name != "__main__":
            importlib.import_module(f"actions.{module.name}")
    found: list[type[Action]] = []
    waiting = [Action]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += [one for one in subclasses if one.__module__.split(".")[0] == "actions"]
        waiting += subclasses
    return sorted({one().name() for one in found} - {""})


def _plain(text: str) -> str:
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c.isspace()).split())


def test_no_training_sentence_stands_in_two_intents() -> None:
    intents: dict[str, set[str]] = {}
    for sentence, intent in _sentences():
        intents.setdefault(_plain(sentence), set()).add(intent)

    assert {sentence: found for sentence, found in intents.items() if len(found) > 1} == {}


def test_no_training_sentence_stands_twice() -> None:
    counts = Counter(sentence.lower() for sentence, _ in _sentences())

    assert [sentence for sentence, count in counts.items() if count > 1] == []


def test_every_intent_of_the_domain_has_examples_enough_and_no_other_has_any() -> None:
    counts = Counter(intent for _, intent in _sentences())
    wanted = set(_domain()["intents"]) - UNTYPED

    assert {intent: counts[intent] for intent in wanted if counts[intent] < LEAST_EXAMPLES} == {}
    assert set(counts) - wanted == set()


def test_every_intent_has_one_rule() -> None:
    ruled = [step["intent"] for rule in _rules() for step in rule["steps"] if "intent" in step]

    assert sorted(ruled) == sorted(_domain()["intents"])


def test_every_rule_is_an_intent_and_then_an_action_of_the_domain() -> None:
    custom = set(_domain()["actions"])

    wrong = [
        rule["rule"]
        for rule in _rules()
        if [sorted(step) for step in rule["steps"]] != [["intent"], ["action"]]
        or rule["steps"][-1]["action"] not in custom
    ]

    assert wrong == []


def test_every_custom_action_of_the_domain_is_a_class_and_every_class_is_in_the_domain() -> None:
    assert _action_names() == sorted(_domain()["actions"])


def test_every_labelled_sentence_stands_once() -> None:
    counts = Counter(_plain(example.text) for example in read_examples())

    assert [sentence for sentence, count in counts.items() if count > 1] == []


def _trigrams(text: str) -> frozenset[str]:
    folded = fold(text)
    return frozenset(folded[i : i + 3] for i in range(len(folded) - 2)) or frozenset([folded])


def _trained_on(task: str) -> list[str]:
    """Return every sentence that a task is learnt from."""
    neutral = [sentence for sentence, intent in _sentences() if intent != "express_doubt"]
    questions = [question for passage in with_asked(read_library().passages()) for question in passage.questions]
    return {
        "intents": [sentence for sentence, _ in _sentences()],
        "uncertainty": [example.text for example in read_examples()] + neutral,
        "tuning": questions + uncovered_questions(),
        "retrieval": questions + uncovered_questions() + _measured("data/retrieval/tuning.yml"),
    }[task]


def _measured(file: str) -> list[str]:
    return [row["text"] for row in _read(ROOT / file)]


@lru_cache(maxsize=8)
def _likeness(file: str) -> dict[str, float]:
    """Return the Jaccard likeness of each text of a file to the nearest sentence of its task."""
    texts = _measured(file)
    trigrams = CountVectorizer(analyzer=_trigrams, binary=True, dtype=np.float32)
    learnt = trigrams.fit_transform(_trained_on(TASKS[file]))
    own_counts = np.array([len(_trigrams(text)) for text in texts])[:, None]
    common = (trigrams.transform(texts) @ learnt.T).toarray()
    likeness = common / (own_counts + learnt.sum(axis=1).A1[None, :] - common)
    return dict(zip(texts, likeness.max(axis=1).tolist(), strict=True))


TASKS = {
    "tests/heldout/intents.yml": "intents",
    "tests/heldout/uncertainty.yml": "uncertainty",
    "tests/heldout/retrieval.yml": "retrieval",
    "tests/heldout/answers.yml": "retrieval",
    "data/retrieval/tuning.yml": "tuning",
}
KNOWN: dict[str, list[str]] = _read(Path(__file__).parent / "overlap_known_failures.yml") or {}


@pytest.mark.parametrize("file", TASKS)
def test_what_is_measured_with_is_apart_from_what_is_learnt(file: str) -> None:
    too_like = [text for text, likeness in _likeness(file).items() if likeness >= TOO_LIKE]

    assert [text for text in too_like if text not in KNOWN.get(file, [])] == []


@pytest.mark.parametrize(("file", "text"), [(file, text) for file, texts in KNOWN.items() for text in texts])
@pytest.mark.xfail(strict=True, raises=AssertionError, reason="known overlap")
def test_a_known_overlap_is_gone(file: str, text: str) -> None:
    assert _likeness(file).get(text, 0.0) < TOO_LIKE


@pytest.mark.parametrize("file", TASKS)
def test_no_text_is_measured_twice(file: str) -> None:
    counts = Counter(text.lower() for text in _measured(file))

    assert [text for text, count in counts.items() if count > 1] == []


def test_likeness_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # «møte» has the trigrams mot and ote, «møter» has ter as well: two of three in common.
    monkeypatch.setitem(TASKS, "file", "task")
    monkeypatch.setitem(globals(), "_trained_on", lambda task: ["moter", "nei", "ja"])
    monkeypatch.setitem(globals(), "_measured", lambda file: ["MØTE", "møtt", "ja", "nå", "nei"])

    likeness = _likeness("file")

    assert likeness == {"MØTE": pytest.approx(2 / 3), "møtt": pytest.approx(1 / 4), "ja": 1.0, "nå": 0.0, "nei": 1.0}
