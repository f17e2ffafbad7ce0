"""Recognises a question that leans on what was told last, and puts it in its context."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.bokmal import to_bokmal
from bot.retrieval.retriever import Judgement
from bot.settings import ROOT

# Name of the slot, and in a message's metadata, of the id of the text that was told last.
LAST_TOPIC = "last_topic"
WORDINGS = ROOT / "data" / "retrieval" / "follow_up.yml"


class FollowUp(str, Enum):
    """How a message leans on the text that was told last."""

    ANOTHER = "another"
    SAME = "same"


@dataclass(frozen=True)
class _Wordings:
    longest: int
    patterns: tuple[tuple[FollowUp, re.Pattern[str]], ...]


def follow_up(text: str) -> FollowUp | None:
    """Return how a message leans on what was told last, None when it stands by itself.

    >>> follow_up("og hva med tykk?").value, follow_up("kvifor det?").value, follow_up("hva er tykk samskaping?")
    ('another', 'same', None)
    """
    read = to_bokmal(text).lower().strip()
    wordings = _wordings()
    if len(read.split()) > wordings.longest:
        return None
    return next((kind for kind, pattern in wordings.patterns if pattern.search(read)), None)


def in_context(text: str, title: str) -> str:
    """Return the message as it reads with the title of what was told last."""
    return f"{title}: {text}"


def together(kind: FollowUp, alone: Judgement, with_title: Judgement, told: int) -> Judgement:
    """Return one judgement of a message by itself and in its context.

    Args:
        alone: of the message by itself.
        with_title: of the message with the title.
        told: place of the text that was told last; one who asks for another does not want it again.
    """
    votes: NDArray[np.float32] = (alone.votes + with_title.votes) / 2
    if kind is FollowUp.ANOTHER:
        votes = votes.copy()
        votes[told] = votes.min()
    return Judgement(votes, max(alone.covered, with_title.covered))


@lru_cache(maxsize=1)
def _wordings() -> _Wordings:
    raw = yaml.safe_load(WORDINGS.read_text(encoding="utf-8"))
    patterns = tuple((kind, re.compile(pattern)) for kind in FollowUp for pattern in raw[kind.value])
    return _Wordings(int(raw["longest"]), patterns)
