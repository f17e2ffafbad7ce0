"""Figures about languages, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.evaluation import language
from bot.language import Language

# text, form, what is found
ROWS = [
    ("a", "nb", "no", "bokmal"),
    ("b", "nb", "no", "nynorsk"),
    ("c", "nb", "da", "bokmal"),
    ("d", "nn", "no", "nynorsk"),
    ("e", "nn", "no", "bokmal"),
    ("f", "dialect", "no", "bokmal"),
    ("g", "en", "no", "bokmal"),
    ("h", "da", "da", "bokmal"),
]


def test_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rows.yml"
    file.write_text(yaml.safe_dump([{"text": text, "form": form} for text, form, _, _ in ROWS]))
    found = {text: Language(code, form) for text, _, code, form in ROWS}
    monkeypatch.setattr(language, "identify", found.__getitem__)

    figures = language.evaluate(file)

    assert figures == {
        "language": pytest.approx(6 / 8),
        "language nb": pytest.approx(2 / 3),
        "language nn": 1.0,
        "language dialect": 1.0,
        "language en": 0.0,
        "language da": 1.0,
        "bokmal recognised": pytest.approx(2 / 3),
        "nynorsk recognised": 0.5,
        "misses": [{"text": "c", "form": "nb", "found": "da"}, {"text": "g", "form": "en", "found": "no"}],
    }
