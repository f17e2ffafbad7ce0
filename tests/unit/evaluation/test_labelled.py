"""Tests of bot.evaluation.labelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import GuideError
from bot.evaluation.labelled import Labelled, read_doubts, read_intents


def write(folder: Path, rows: Any, name: str = "rows.yml") -> Path:
    """Write rows as YAML, or as JSON lines when the name says so."""
    file = folder / name
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n" if "json" in name else None
    file.write_text(lines or yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["rows.yml", "rows.yaml", "rows.jsonl", "rows.ndjson"])
def test_messages_with_intents(tmp_path: Path, name: str) -> None:
    rows = [
        {"text": "hei på deg", "intent": "greet", "form": "nb", "dialect": "trøndersk", "style": "kort"},
        {"text": "takk", "act": "thanks", "form": None},
    ]

    assert read_intents(write(tmp_path, rows, name)) == [
        Labelled("hei på deg", "greet", ("nb", "kort", "trøndersk")),
        Labelled("takk", "thanks", ()),
    ]


@pytest.mark.parametrize("mapping", ["hello: greet\nweather:\n", '{"hello": "greet", "weather": ""}'])
def test_acts_become_intents_and_what_has_none_is_left_out(tmp_path: Path, mapping: str) -> None:
    (tmp_path / "mapping").write_text(mapping)
    rows = [{"text": "hei", "act": "hello"}, {"text": "regn", "act": "weather"}, {"text": "x", "act": "unknown"}]

    assert read_intents(write(tmp_path, rows), tmp_path / "mapping") == [Labelled("hei", "greet", ())]


def test_without_any_intent_there_is_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"rows\.yml has no message with an intent\. Each needs `text`"):
        read_intents(write(tmp_path, [{"text": "hei"}, {"text": "takk", "intent": None}]))


def test_our_doubts_by_their_theme(tmp_path: Path) -> None:
    rows = [{"text": "usikker", "theme": "roles", "form": "nn"}, {"text": "klar", "theme": None}, {"text": "hei"}]

    assert read_doubts(write(tmp_path, rows)) == [
        Labelled("usikker", "roles", ("nn",)),
        Labelled("klar", None, ()),
        Labelled("hei", None, ()),
    ]


def test_others_doubts_by_their_mark_whatever_theme_they_give(tmp_path: Path) -> None:
    rows = [
        {"text": "a", "uncertain": True, "theme": "roles"},
        {"text": "b", "uncertain": False, "theme": "roles"},
        {"text": "c", "uncertain": 1},
        {"text": "d", "uncertain": 0},
    ]

    assert [row.label for row in read_doubts(write(tmp_path, rows))] == ["roles", None, "", None]


def test_themes_become_ours_and_an_unknown_one_stays_a_doubt(tmp_path: Path) -> None:
    mapping = write(tmp_path, {"rolle": "roles", "annet": None}, "mapping.yml")
    rows = [{"text": t, "uncertain": True, "theme": theme} for t, theme in (("a", "rolle"), ("b", "annet"), ("c", "x"))]
    rows += [{"text": "d", "uncertain": True}, {"text": "e", "uncertain": False, "theme": "rolle"}]

    assert [row.label for row in read_doubts(write(tmp_path, rows), mapping)] == ["roles", "", "", "", None]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.yml", "text: hei"),
        ("rows.yml", ""),
        ("rows.yml", "- hei"),
        ("rows.yml", "- intent: greet"),
        ("rows.yml", "- text: 7"),
        ("rows.yml", "- {text: hei"),
        ("rows.jsonl", '{"text": "hei"'),
        ("rows.jsonl", "7"),
    ],
)
@pytest.mark.parametrize("read", [read_intents, read_doubts])
def test_a_malformed_file_is_told(tmp_path: Path, name: str, content: str, read: Any) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(GuideError, match=rf"(?s){name} can't be read .*Give a YAML list or JSON lines with `text`\."):
        read(tmp_path / name)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"rows\.yml can't be read"):
        read_intents(tmp_path / "rows.yml")


@pytest.mark.parametrize("content", ["- a", "", "{a: b", "text"])
def test_a_malformed_mapping_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "mapping.yml").write_text(content)

    with pytest.raises(GuideError, match=r"(?s)mapping\.yml is no mapping .*Write `their label: our label`"):
        read_intents(write(tmp_path, [{"text": "a", "act": "b"}]), tmp_path / "mapping.yml")


def test_a_missing_mapping_is_told(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"mapping\.yml is no mapping"):
        read_doubts(write(tmp_path, [{"text": "a"}]), tmp_path / "mapping.yml")
