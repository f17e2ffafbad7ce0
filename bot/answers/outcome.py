"""Decides what becomes of a message that may be a question: a pure function from what was understood to an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.types import Finding

# Chosen on data/retrieval/tuning.yml; `samskap evaluate retrieval` reports on other questions.
COVERED = 0.7
# Below COVERED, but near enough to ask «did you mean».
POSSIBLY_COVERED = 0.15
# Of imported documents: to quote where the guide has no answer; more surely, to offer a quotation beside its answer.
QUOTABLE = 0.7
SURELY_QUOTABLE = 0.8
# A message that was understood as something else than a question must be covered almost surely to count as one.
SURELY_COVERED = 0.85
# From this probability on a doubt is noted and acknowledged.
DOUBTED = 0.5
NEAREST = 3
OUT_OF_SCOPE = "out_of_scope"
QUESTION_INTENTS = frozenset({"ask_concept", "compare_concepts"})


class Outcome(str, Enum):
    """The closed list of what can become of a question."""

    ANSWERED = "answered"
    QUOTED = "quoted"
    DID_YOU_MEAN = "did_you_mean"
    DOUBT_ONLY = "doubt_only"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Decision:
    """What to do.

    Attributes:
        outcome: what becomes of it.
        passage: id of the text that answers; None unless ANSWERED.
        nearest: ids of texts to offer instead or beside, best first.
        quotation: id of the passage of an imported document that answers, too; None where there is none.
    """

    outcome: Outcome
    passage: str | None
    nearest: tuple[str, ...]
    quotation: str | None = None


NOTHING = Finding((), 0.0)


def decide(intent: str | None, doubt_heard: bool, finding: Finding, quotations: Finding = NOTHING) -> Decision:
    """Return what becomes of a message. The guide's own texts come before imported documents.

    Args:
        intent: what it was understood as; None or another name than a question's when it was not.
        doubt_heard: whether its writer is in doubt.
        finding: what was found in the guide.
        quotations: what was found in imported documents.
    """
    # Retrieval comes before giving up: an unknown wording that the guide covers is a question.
    is_question = intent in QUESTION_INTENTS or (intent == "nlu_fallback" and not doubt_heard)
    ids = tuple(hit.passage for hit in finding.hits)
    quotation = quotations.hits[0].passage if quotations.hits else None
    if ids and finding.covered >= (COVERED if is_question else SURELY_COVERED):
        beside = quotation if quotations.covered >= SURELY_QUOTABLE else None
        return Decision(Outcome.ANSWERED, ids[0], ids[1 : 1 + NEAREST], beside)
    if doubt_heard and not is_question:
        return Decision(Outcome.DOUBT_ONLY, None, ids[:NEAREST])
    # What is out of the guide's scope may be just what somebody's own document is about.
    may_quote = is_question or intent == OUT_OF_SCOPE
    if quotation and may_quote and quotations.covered >= QUOTABLE:
        return Decision(Outcome.QUOTED, None, ids[:NEAREST], quotation)
    if ids and finding.covered >= POSSIBLY_COVERED:
        return Decision(Outcome.DID_YOU_MEAN, None, ids[:NEAREST])
    return Decision(Outcome.NOT_FOUND, None, ids[:NEAREST])
