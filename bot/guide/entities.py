"""Finds what a message names: a phase, a step (by number or by what it is about), a concept, a team."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from bot.bokmal import to_bokmal
from bot.settings import ROOT

PATTERNS = ROOT / "data" / "entities.yml"
# A title that is shorter names too much by chance.
_SHORTEST_TITLE = 4


@dataclass(frozen=True)
class Entity:
    """Something that is named.

    Attributes:
        kind: phase, step, concept or team.
        value: id of the phase or the text; the number or the words of a step; the words of a team.
        start: first character in the text as it is read (`bot.bokmal`).
        end: the character after the last.
    """

    kind: str
    value: str
    start: int
    end: int


def find_entities(text: str, titles: Mapping[str, str]) -> list[Entity]:
    """Return what a message names, in the order of the kinds.

    Args:
        text: what was written.
        titles: id of each of the guide's texts -> how it is called, in lower case.

    >>> [(e.kind, e.value) for e in find_entities("steg 4 i rekrutteringa er gjort", {})]
    [('phase', 'rekruttering'), ('step', '4')]
    """
    read = to_bokmal(text)
    lower = read.lower()
    found = [*_phases(lower), *_steps(lower)]
    named_titles = [
        Entity("concept", text_id, *named.span())
        for text_id, title in titles.items()
        if (named := _named(lower, title))
    ]
    if named_titles:
        found.append(max(named_titles, key=lambda entity: entity.end - entity.start))
    for pattern in _patterns()["team"]:
        if named := pattern.search(lower):
            found.append(Entity("team", read[slice(*named.span("name"))].strip(), *named.span("name")))
            break
    return found


def _phases(lower: str) -> Iterator[Entity]:
    for phase, patterns in _patterns()["phase"].items():
        for pattern in patterns:
            if named := pattern.search(lower):
                yield Entity("phase", phase, *named.span())
                break


def _steps(lower: str) -> Iterator[Entity]:
    numbers = _patterns()["numbers"]
    for how, patterns in _patterns()["step"].items():
        for pattern in patterns:
            if named := pattern.search(lower):
                name = named["name"].strip()
                yield Entity("step", str(numbers[name]) if how == "spelled" else name, *named.span("name"))
                return


def _named(lower: str, title: str) -> re.Match[str] | None:
    # A title may end in a sign: «er samskaping nytt?».
    return re.search(rf"(?<!\w){re.escape(title)}(?!\w)", lower) if len(title) >= _SHORTEST_TITLE else None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, Any]:
    raw = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    return {
        "phase": {phase: _compiled(patterns) for phase, patterns in raw["phase"].items()},
        "step": {how: _compiled(patterns) for how, patterns in raw["step"].items()},
        "team": _compiled(raw["team"]),
        "numbers": raw["numbers"],
    }


def _compiled(patterns: list[str]) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in patterns]
