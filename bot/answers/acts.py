"""Finds the several things that one message asks for: «den er gjort, hva er neste? og hva betyr empowerment?»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.outcome import QUESTION_INTENTS

# A clause counts as an act of its own when it is understood this surely.
SURE_OF_CLAUSE = 0.8
# A question has endless wordings, and whether anything answers it is judged by itself afterwards.
SURE_OF_QUESTION = 0.5
SURE_OF_WHOLE = 0.5
MOST = 3
# Said in passing beside something else, these need no answer of their own.
PASSING = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "express_doubt", "out_of_scope", "feedback"})
# What an act does by itself already: marking a step done shows the next one.
_WALKS = frozenset({"mark_done", "skip_step", "start_preparation", "start_recruitment", "start_implementation"})
INCLUDED = {act: frozenset({"next_step", "repeat_step"}) for act in _WALKS} | {"undo": frozenset({"repeat_step"})}


@dataclass(frozen=True)
class Reading:
    """A message or one of its clauses, and what it was understood as.

    Attributes:
        text: what was written.
        intent: what it was understood as.
        confidence: probability that this is right.
    """

    text: str
    intent: str
    confidence: float


def acts(whole: Reading, clauses: Sequence[Reading]) -> list[Reading]:
    """Return what a message asks for, in its order, at least one thing.

    Args:
        whole: the message as a whole.
        clauses: its clauses in order; none when it is a single one.
    """
    found: list[Reading] = []
    for clause in clauses:
        known = {act.intent for act in found}
        included = frozenset().union(*(INCLUDED.get(intent, frozenset()) for intent in known))
        sure = SURE_OF_QUESTION if clause.intent in QUESTION_INTENTS else SURE_OF_CLAUSE
        if clause.confidence >= sure and clause.intent not in known | included | PASSING:
            found.append(clause)
    expected = PASSING.union(*({act.intent} | INCLUDED.get(act.intent, frozenset()) for act in found))
    # A message that as a whole is surely something else is that: what its clauses seem to ask for is background.
    if len(found) >= 2 and (whole.intent in expected or whole.confidence < SURE_OF_WHOLE):
        return found[:MOST]
    # One act in one clause: the whole message knows it better, unless it was taken for what was said in passing.
    if found and whole.intent in PASSING:
        return found
    # «Takk skal du ha, vi snakkes»: neither alone, so that the whole is unsure; the last word counts.
    is_torn = whole.intent in PASSING and whole.confidence < SURE_OF_CLAUSE
    passing = [clause for clause in clauses if clause.intent in PASSING and clause.confidence >= SURE_OF_CLAUSE]
    return passing[-1:] if is_torn and passing and not found else [whole]
