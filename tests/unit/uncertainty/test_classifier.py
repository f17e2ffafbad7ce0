"""Hearing doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.retrieval.embedder import Embedder
from bot.uncertainty.classifier import THEMES, DoubtClassifier, Example, read_examples

EXAMPLES = [
    Example("jeg er usikker på rollen min", "roles"),
    Example("usikker på hvilken rolle jeg har", "roles"),
    Example("hvem er jeg i denne rollen, tro", "roles"),
    Example("jeg er usikker på metoden", "tools"),
    Example("usikker på hvilken metode vi trenger", "tools"),
    Example("har vi rett metode, tro", "tools"),
    Example("hva er en god metode?", None),
    Example("hvilken rolle har innbyggerne?", None),
    Example("vis meg det neste steget", None),
    Example("steget er ferdig", None),
]
NEUTRAL = ["usikkerhetsloggen, takk", "vis usikkerhetsloggen", "slett usikkerhetsloggen"]


@pytest.fixture
def classifier(word_embedder: Embedder) -> DoubtClassifier:
    """Trained on ten labelled sentences and three others."""
    return DoubtClassifier.train(EXAMPLES, NEUTRAL, word_embedder)


@pytest.mark.parametrize(
    ("text", "in_doubt", "theme"),
    [
        ("jeg er usikker på metode", True, "tools"),
        ("usikker på rollen", True, "roles"),
        ("hvilken metode er god?", False, "tools"),
        ("vis det neste steget", False, None),
        ("usikkerhetsloggen", False, None),
    ],
)
def test_hear(
    classifier: DoubtClassifier, word_embedder: Embedder, text: str, in_doubt: bool, theme: str | None
) -> None:
    doubt = classifier.hear(text, word_embedder.queries([text])[0])

    assert (doubt.probability > 0.5) is in_doubt
    assert theme in (None, doubt.theme)


def test_what_people_otherwise_say_teaches_what_is_not_doubt(
    classifier: DoubtClassifier, word_embedder: Embedder
) -> None:
    without = DoubtClassifier.train(EXAMPLES, [], word_embedder)
    vector = word_embedder.queries(["vis usikkerhetsloggen nå"])[0]

    taught, untaught = (one.hear("vis usikkerhetsloggen nå", vector).probability for one in (classifier, without))

    assert taught < untaught / 2


def test_only_doubts_have_themes(classifier: DoubtClassifier) -> None:
    assert classifier.doubt.labels == ["doubt", "none"]
    assert classifier.theme.labels == ["roles", "tools"]


def test_a_saved_classifier_hears_as_before(
    classifier: DoubtClassifier, word_embedder: Embedder, tmp_path: Path
) -> None:
    classifier.save(tmp_path / "doubt.joblib")
    vector = word_embedder.queries(["usikker på rollen"])[0]

    loaded = DoubtClassifier.load(tmp_path / "doubt.joblib")

    assert loaded.hear("usikker på rollen", vector) == classifier.hear("usikker på rollen", vector)


def test_read_examples_gives_each_sentence_its_files_theme(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("theme: roles\nsentences:\n  # bokmål\n  - æ e usikker\n  - hm\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("theme: null\nsentences: [ja, 2030]\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("theme: x")

    assert read_examples(tmp_path) == [
        Example("ja", None),
        Example("2030", None),
        Example("æ e usikker", "roles"),
        Example("hm", "roles"),
    ]


def test_the_projects_own_sentences_cover_every_theme_and_no_other() -> None:
    assert {example.theme for example in read_examples()} == {*THEMES, None}
