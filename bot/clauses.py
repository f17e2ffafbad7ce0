"""Splits a message where one thing ends and another begins: people say three things in one breath."""

from __future__ import annotations

import re

MOST = 4
_END = re.compile(r"(?<=[.!?;])\s+|,\s*(?:men|og|så|for|but|and)\s+|\s+(?:men|but)\s+|,\s+|\s+[-–]\s+|\n+")


def clauses(text: str) -> list[str]:
    """Return the clauses of a message, at most four; none when it is a single one.

    >>> clauses("Den er gjort, men jeg er usikker. Hva er neste?")
    ['Den er gjort', 'jeg er usikker.', 'Hva er neste?']
    >>> clauses("Hva er neste?")
    []
    """
    parts = [part.strip() for part in _END.split(text) if part.strip()]
    return parts[:MOST] if len(parts) > 1 else []
