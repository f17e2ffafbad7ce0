"""All words of the bot that are not knowledge: read from `domain/responses`, in bokmål or nynorsk.

The files have Rasa's own form. Rasa could fill them in itself, but only with the written form that was known before
the message; here a message in nynorsk is answered in nynorsk at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

FOLDER = ROOT / "domain" / "responses"
BOKMAL = "bokmal"
NYNORSK = "nynorsk"


@dataclass(frozen=True)
class Response:
    """A text with its buttons, each {title, payload}."""

    text: str
    buttons: tuple[dict[str, str], ...] = ()


@lru_cache(maxsize=1)
def all_responses() -> dict[str, dict[str, Response]]:
    """Return the responses by name and written form; a variant without a condition is bokmål."""
    found: dict[str, dict[str, Response]] = {}
    for path in sorted(Path(FOLDER).glob("*.yml")):
        for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            found[name] = {
                _form(variant): Response(str(variant.get("text", "")), tuple(variant.get("buttons") or ()))
                for variant in variants
            }
    return found


def _form(variant: dict[str, Any]) -> str:
    conditions = variant.get("condition") or ()
    return next((str(c["value"]) for c in conditions if c.get("name") == "written_form"), BOKMAL)


def knows_phrase(name: str) -> bool:
    """Say whether there is a response of this name."""
    return name in all_responses()


def render(name: str, form: str = BOKMAL, **values: Any) -> Response:
    """Return a response in a written form (bokmål where it has no other) with its values filled in.

    Raises:
        KeyError: there is no such response, or a value is missing.
    """
    variants = all_responses()[name]
    chosen = variants.get(form, variants[BOKMAL])
    buttons = tuple({part: words.format(**values) for part, words in button.items()} for button in chosen.buttons)
    return Response(chosen.text.format(**values), buttons)


def phrase(name: str, form: str = BOKMAL, **values: Any) -> str:
    """Return a response's text alone."""
    return render(name, form, **values).text
