"""Reads labelled messages, ours (YAML) and others' (JSON lines), with a mapping from their labels to ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import GuideError


@dataclass(frozen=True)
class Labelled:
    """A message with what it is.

    Attributes:
        text: what was written.
        label: intent or theme; None where there is none to be heard.
        groups: what to count it under as well: written form, style, dialect.
    """

    text: str
    label: str | None
    groups: tuple[str, ...]


def read_intents(file: Path, mapping: Path | None = None) -> list[Labelled]:
    """Read messages of {text, intent} or {text, act}; `mapping` is a YAML or JSON file of act -> intent.

    A message whose act the mapping leaves out is left out.

    Raises:
        GuideError: the file is malformed.
    """
    known = _mapping(mapping)
    found = []
    for row in _rows(file):
        act = str(row.get("intent") or row.get("act") or "")
        label = known.get(act) if known is not None else act
        if label:
            found.append(Labelled(row["text"], label, _groups(row)))
    if not found:
        raise GuideError(f"{file.name} has no message with an intent.", "Each needs `text`, and `intent` or `act`.")
    return found


def read_doubts(file: Path, mapping: Path | None = None) -> list[Labelled]:
    """Read messages of {text, theme} or {text, uncertain, theme}; `mapping` is a file of their theme -> ours.

    A doubt whose theme is unknown to the mapping counts as a doubt with the theme "".

    Raises:
        GuideError: the file is malformed.
    """
    known = _mapping(mapping)
    found = []
    for row in _rows(file):
        theme = row.get("theme")
        is_doubt = bool(row["uncertain"]) if "uncertain" in row else theme is not None
        label = None if not is_doubt else str((known or {}).get(str(theme), "" if known else theme or ""))
        found.append(Labelled(row["text"], label, _groups(row)))
    return found


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix in {".jsonl", ".ndjson"}:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = yaml.safe_load(text)
        if not isinstance(rows, list) or not all(isinstance(row["text"], str) for row in rows):
            raise ValueError("not a list of messages with `text`")
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise GuideError(
            f"{file.name} can't be read ({error}).", "Give a YAML list or JSON lines with `text`."
        ) from error
    return rows


def _mapping(file: Path | None) -> dict[str, str] | None:
    if file is None:
        return None
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {str(theirs): str(ours) for theirs, ours in raw.items() if ours}
    except (OSError, AttributeError, yaml.YAMLError) as error:
        raise GuideError(
            f"{file.name} is no mapping ({error}).", "Write `their label: our label` on each line."
        ) from error


def _groups(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("form", "style", "dialect") if row.get(name))
