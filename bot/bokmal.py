"""Reads nynorsk, dialect and chat spelling as bokmål, word by word, for what compares texts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import yaml

from bot.errors import GuideError
from bot.settings import ROOT

WORDS = ROOT / "data" / "bokmal.yml"
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def spellings() -> dict[str, str]:
    """Return other spelling -> bokmål word, both in lower case.

    Raises:
        GuideError: the list is malformed.
    """
    try:
        raw = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
        if not all(isinstance(others, list) for others in raw.values()):
            raise TypeError("a lone word would be read letter by letter")
        return {str(other): str(word) for word, others in raw.items() for other in others}
    except (AttributeError, TypeError, yaml.YAMLError) as error:
        raise GuideError("data/bokmal.yml is malformed.", "Write `word: [spelling, spelling]` on each line.") from error


def to_bokmal(text: str) -> str:
    """Return the text with the words of the list in bokmål; it is for comparing, never for showing.

    >>> to_bokmal("Korleis går me fram?"), to_bokmal("ka e neste")
    ('Hvordan går vi fram?', 'hva er neste')
    """
    # Decomposed, an å would split its word in two.
    return _WORD.sub(_in_bokmal, unicodedata.normalize("NFC", text))


def both_ways(text: str) -> str:
    """Return the text as it was written, followed by its bokmål reading where that differs."""
    text = unicodedata.normalize("NFC", text)
    read = to_bokmal(text)
    return text if read == text else f"{text} {read}"


def _in_bokmal(found: re.Match[str]) -> str:
    written = found[0]
    word = spellings().get(written.lower())
    if word is None:
        return written
    return word.capitalize() if written[0].isupper() else word
