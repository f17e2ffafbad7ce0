"""How hard a text is to read."""

from __future__ import annotations

import re

LONG = 6
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SENTENCE_END = re.compile(r"\n|(?<=:)\s+|(?:(?<=[.!?])|(?<=[.!?][»\"”)]))\s+(?![a-zæøå])")


def words(text: str) -> list[str]:
    """Return the words of a text; a word with a hyphen is one.

    >>> words("NIBR-rapporten sier: «Ja!»")
    ['NIBR-rapporten', 'sier', 'Ja']
    """
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text. A colon ends one too, and so does a line, which is a paragraph.

    >>> sentences("Det er to: Styrt. «Hva?» spør hun.")
    ['Det er to:', 'Styrt.', '«Hva?» spør hun.']
    """
    return [part.strip() for part in _SENTENCE_END.split(text) if words(part)]


def lix(text: str) -> float:
    """Return how hard a text is to read: below 30 very easy, 50 and more hard.

    LIX is the mean number of words in a sentence plus the percentage of words with more than six letters
    (C.-H. Björnsson: Läsbarhet. Stockholm: Liber, 1968). A colon ends a sentence there, as it does here.

    >>> lix("Vi skaper det sammen. Innbyggere bestemmer mye.")
    32.07142857142857
    """
    found = words(text)
    if not found:
        return 0.0
    long = sum(sum(letter.isalpha() for letter in word) > LONG for word in found)
    return len(found) / len(sentences(text)) + 100 * long / len(found)
