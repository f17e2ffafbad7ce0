"""Finds the step that a person means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.guide.journey import Journey
from bot.types import Hit, Step

LEAST_SCORE = 0.1
_NUMBER = re.compile(r"\b(\d{1,2})\b")


def find_step(text: str, hits: Sequence[Hit], journey: Journey, phase: str | None = None) -> Step | None:
    """Return the step named by number («steg 4», within the current phase) or by what it is about.

    Args:
        text: what the person wrote.
        hits: passages found for it, best first; the best step among them counts if it is likely enough.
        journey: where the team stands; a number means a step of its phase, else of the first phase.
        phase: id of the phase that was named with the number, if one was.
    """
    number = _NUMBER.search(text)
    if number:
        steps = journey.phases[phase or journey.phase or next(iter(journey.phases))].steps
        place = int(number.group(1))
        return steps[place - 1] if 1 <= place <= len(steps) else None
    found = [(journey.find(hit.passage), hit.score) for hit in hits]
    return next((step for step, score in found if step is not None and score >= LEAST_SCORE), None)
