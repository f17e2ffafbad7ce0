"""Splits a message where one thing ends and another begins: people say three things in one breath."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from bot.bokmal import to_bokmal
from bot.settings import ROOT

MOST = 5
WORDS = ROOT / "data" / "clauses.yml"
# The end of a sentence, a comma, a turn («men»), a dash, a new line, or a picture.
_END = re.compile(
    r"(?<=[.!?;…])\s+|,\s*(?:(?:men|og|så|for|but|and)\s+)?|\s+(?:men|but)\s+|\s+[-–]\s+|\n+"
    # Joiners and variants belong to the picture before them.
    r"|\s*[\u2600-\u27bf\U0001f300-\U0001faff][\u2600-\u27bf\U0001f300-\U0001faff\u200d\ufe0f]*\s*"
)
_AND = re.compile(r"\s+(?:og så|og|and then|and|å)\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def clauses(text: str) -> list[str]:
    """Return the clauses of a message, at most five; none when it is a single one.

    >>> clauses("Den er gjort, men jeg er usikker. Hva er neste?")
    ['Den er gjort', 'jeg er usikker.', 'Hva er neste?']
    >>> clauses("kryss av og vis neste"), clauses("trygghet og likeverd")
    (['kryss av', 'vis neste'], [])
    """
    parts = [half for part in _END.split(text) for half in _halves(part.strip()) if half]
    return parts[:MOST] if len(parts) > 1 else []


def _halves(part: str) -> list[str]:
    """Split at every «og» that a new request follows."""
    found, start = [], 0
    for joint in _AND.finditer(part):
        following = _WORD.match(part, joint.end())
        if following and _begins_a_request(joint[0].strip().lower(), following[0].lower()):
            found.append(part[start : joint.start()])
            start = joint.end()
    return [*found, part[start:]]


def _begins_a_request(joint: str, word: str) -> bool:
    words = _words()
    # «go» is «god» in some dialects.
    word = word if joint.startswith("and") else to_bokmal(word)
    return word in words["begin_a_request"] and not (joint == "å" and word in words["infinitive_as_well"])


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in yaml.safe_load(WORDS.read_text(encoding="utf-8")).items()}
