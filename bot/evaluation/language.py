"""Measures language and written form on messages whose form is known."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from bot.language import identify

EXPECTED = {"nb": "no", "nn": "no", "dialect": "no", "typo": "no", "en": "en", "da": "da"}


def evaluate(file: Path) -> dict[str, Any]:
    """Return the share of right languages for a YAML list of {text, form}, in all and by form."""
    counts: dict[str, list[float]] = defaultdict(list)
    misses = []
    for row in yaml.safe_load(file.read_text(encoding="utf-8")):
        found = identify(row["text"])
        right = found.code == EXPECTED[row["form"]]
        counts["language"].append(right)
        counts[f"language {row['form']}"].append(right)
        if row["form"] == "nn":
            counts["nynorsk recognised"].append(found.form == "nynorsk")
        if row["form"] == "nb":
            counts["bokmal recognised"].append(found.form == "bokmal")
        if not right:
            misses.append({**row, "found": found.code})
    return {name: sum(values) / len(values) for name, values in counts.items()} | {"misses": misses}
