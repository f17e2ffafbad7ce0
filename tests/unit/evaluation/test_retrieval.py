"""Figures about retrieval, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.evaluation import retrieval
from bot.retrieval.embedder import Embedder
from bot.settings import Settings
from bot.types import Finding, Hit

# text, gold, form, style, what is found best first, covered
ROWS: list[tuple[str, list[str], str, str, str, float]] = [
    ("first", ["a"], "nb", "question", "abcde", 0.9),
    ("second", ["b", "x"], "nb", "question", "abcde", 0.9),
    ("fourth", ["d"], "nn", "keyword", "abcde", 0.9),
    ("beyond", ["f"], "nn", "keyword", "abcde", 0.2),
    ("first, but refused", ["a"], "da", "question", "abcde", 0.4),
    ("refused", [], "nb", "question", "abcde", 0.49),
    ("answered", [], "en", "question", "abcde", 0.5),
    ("refused as well", [], "en", "keyword", "abcde", 0.0),
]


class FixedRetriever:
    """Finds what the rows say."""

    def search(self, text: str, vector: NDArray[np.float32], count: int) -> Finding:
        assert count == 5
        found, covered = next((row[4], row[5]) for row in ROWS if row[0] == text)
        return Finding(tuple(Hit(passage, 1.0) for passage in found), covered)


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> dict[str, Any]:
    """The figures for the rows."""
    file = tmp_path / "rows.yml"
    names = ("text", "gold", "form", "style")
    file.write_text(yaml.safe_dump([dict(zip(names, row[:4], strict=True)) for row in ROWS]))
    monkeypatch.setattr(retrieval, "load_retriever", lambda settings: (FixedRetriever(), word_embedder))
    return retrieval.evaluate(file, Settings())


def test_recall_and_rank_count_covered_questions(figures: dict[str, Any]) -> None:
    assert figures["covered"] == 5
    assert figures["recall@1"] == pytest.approx(2 / 5)
    assert figures["recall@3"] == pytest.approx(3 / 5)
    assert figures["recall@5"] == pytest.approx(4 / 5)
    assert figures["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 0 + 1) / 5)


def test_recall_by_form_and_style(figures: dict[str, Any]) -> None:
    assert figures["recall@3 nb"] == 1.0
    assert figures["recall@3 nn"] == 0.0
    assert figures["recall@3 da"] == 1.0
    assert figures["recall@3 question"] == 1.0
    assert figures["recall@3 keyword"] == 0.0
    assert "recall@3 en" not in figures


def test_an_answer_is_right_when_the_first_text_is_gold(figures: dict[str, Any]) -> None:
    assert figures["answered"] == pytest.approx(3 / 5)
    assert figures["answered_right"] == pytest.approx(1 / 5)


def test_refusals_count_uncovered_questions(figures: dict[str, Any]) -> None:
    assert figures["uncovered"] == 3
    assert figures["refused_right"] == pytest.approx(2 / 3)
    assert (figures["refused_right nb"], figures["refused_right en"]) == (1.0, 0.5)


def test_misses_say_what_was_found(figures: dict[str, Any]) -> None:
    misses = [miss["text"] for miss in figures["misses"]]

    assert misses == ["second", "fourth", "beyond", "first, but refused", "answered"]
    assert figures["misses"][0] == {
        "text": "second",
        "gold": ["b", "x"],
        "form": "nb",
        "style": "question",
        "found": ["a", "b", "c"],
        "covered": 0.9,
    }


def test_a_missing_index_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> None:
    monkeypatch.setattr(retrieval, "get_embedder", lambda: word_embedder)

    with pytest.raises(GuideError, match="`samskap index`"):
        retrieval.load_retriever(Settings(build_dir=tmp_path))
