"""Words of the bot that Rasa's own response generator can't reach: a channel's refusals, labels, joined lists.

They stand in `domain/responses` like all others, in the same form.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

RESPONSES = ROOT / "domain" / "responses"
BOKMAL = "bokmal"


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, str]]:
    """Return the texts by name and written form; a variant without a condition is bokmål."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(Path(RESPONSES).glob("*.yml")):
        for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            found[name] = {_form(variant): str(variant.get("text", "")).strip() for variant in variants}
    return found


def _form(variant: dict[str, Any]) -> str:
    conditions = variant.get("condition") or ()
    return next((str(c["value"]) for c in conditions if c.get("name") == "written_form"), BOKMAL)


def phrase(name: str, form: str = BOKMAL, **values: Any) -> str:
    """Return a phrase in a written form, bokmål where it has no other, with its values filled in.

    Raises:
        KeyError: there is no such phrase.
    """
    variants = _phrases()[name]
    return variants.get(form, variants[BOKMAL]).format(**values)
