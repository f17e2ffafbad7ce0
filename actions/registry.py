"""Which action serves an intent: the rules say it, so that there is one place to look."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import yaml

from actions.base import GuideAction
from bot.settings import ROOT

RULES = ROOT / "data" / "rules"


def action_for(intent: str) -> GuideAction | None:
    """Return the action that the rule of an intent ends in, None where it has none."""
    return _actions().get(_rules().get(intent, ""))


@lru_cache(maxsize=1)
def _rules() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(RULES.glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            first, last = rule["steps"][0], rule["steps"][-1]
            found[first["intent"]] = last["action"]
    return found


def _actions() -> dict[str, GuideAction]:
    return {kind.action: kind() for kind in _kinds(GuideAction) if kind.action}


def _kinds(kind: type[GuideAction]) -> Iterator[type[GuideAction]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)
