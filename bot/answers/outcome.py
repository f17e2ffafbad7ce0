"""Decides what becomes of a message that may be a question: a pure function from what was understood to an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.types import Finding

# Chosen on data/retrieval/tuning.yml; `samskap evaluate retrieval` reports on other questions.
COVERED = 0.5
# A message that was understood as something else than a question must be covered almost surely to count as one.
SURELY_COVERED = 0.85
NEAREST = 3
QUESTION_INTENTS = frozenset({"ask_concept", "compare_concepts"})


class Outcome(str, Enum):
    """The closed list of what can become of a question."""

    ANSWERED = "answered"
    DOUBT_ONLY = "doubt_only"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Decision:
    """What to do.

    Attributes:
        outcome: which of the three.
        passage: id of the text that answers; None unless ANSWERED.
        nearest: ids of texts to offer instead, best first.
    """

    outcome: Outcome
    passage: str | None
    nearest: tuple[str, ...]


def decide(intent: str | None, doubt_heard: bool, finding: Finding) -> Decision:
    """Return what becomes of a message.

    Args:
        intent: what it was understood as; None or another name than a question's when it was not.
        doubt_heard: whether its writer is in doubt.
        finding: what the retriever found.
    """
    # Retrieval comes before giving up: an unknown wording that the guide covers is a question.
    is_question = intent in QUESTION_INTENTS or (intent == "nlu_fallback" and not doubt_heard)
    ids = tuple(hit.passage for hit in finding.hits)
    if ids and finding.covered >= (COVERED if is_question else SURELY_COVERED):
        return Decision(Outcome.ANSWERED, ids[0], ids[1 : 1 + NEAREST])
    if doubt_heard and not is_question:
        return Decision(Outcome.DOUBT_ONLY, None, ids[:NEAREST])
    return Decision(Outcome.NOT_FOUND, None, ids[:NEAREST])
