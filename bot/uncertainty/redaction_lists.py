"""The word lists that tell a person from everything else: `data/redaction/`, read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from bot.settings import ROOT

DATA = ROOT / "data" / "redaction"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PLAIN = (str.maketrans("øåæ", "oaa"), str.maketrans({"ø": "oe", "å": "aa", "æ": "ae"}))


@dataclass(frozen=True)
class NameLists:
    """Names and their namesakes, in lower case, one word each.

    Attributes:
        given: given names.
        surnames: surnames.
        ambiguous: names that are ordinary words too.
        places: words that name a place.
        kept: words that name what the guide speaks of: scholars, models, institutions, tools.
        words: ordinary words that messages here are full of, which a capital makes no name of.
        all: all of these.
        kept_phrases: first word → the places and kept names of several words that begin with it, longest first.
    """

    given: frozenset[str]
    surnames: frozenset[str]
    ambiguous: frozenset[str]
    places: frozenset[str]
    kept: frozenset[str]
    words: frozenset[str]
    all: frozenset[str]
    kept_phrases: Mapping[str, tuple[tuple[str, ...], ...]]


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared.

    >>> words_of("St. Hanshaugen")
    ('st', 'hanshaugen')
    """
    return tuple(WORD.findall(phrase.lower().replace("’", "'")))


def spellings(name: str) -> frozenset[str]:
    """Return the ways a name is written on any keyboard.

    >>> sorted(spellings("Åse"))
    ['aase', 'ase', 'åse']
    """
    name = name.lower()
    return frozenset({name, *(name.translate(plain) for plain in _PLAIN)})


@lru_cache(maxsize=1)
def name_lists() -> NameLists:
    """Return the lists of `data/redaction/*.txt`."""
    ambiguous = frozenset(_single(_lines("ambiguous")))
    given, surnames = _names("given-names", ambiguous), _names("surnames", ambiguous)
    places, kept = frozenset(_single(_lines("places"))), frozenset(_single(_lines("kept")))
    words = frozenset(_lines("words"))
    phrases = [*_lines("places"), *_lines("kept")]
    return NameLists(
        given=given,
        surnames=surnames,
        ambiguous=ambiguous,
        places=places,
        kept=kept,
        words=words,
        all=given | surnames | places | kept | words,
        kept_phrases=_by_first_word(words_of(phrase) for phrase in phrases),
    )


@lru_cache(maxsize=1)
def _cues() -> Mapping[str, list[str]]:
    cues: dict[str, list[str]] = yaml.safe_load((DATA / "cues.yml").read_text(encoding="utf-8"))
    return cues


@cache
def cue_words(kind: str) -> frozenset[str]:
    """Return one list of `cues.yml` as words.

    >>> "og" in cue_words("and_words")
    True
    """
    return frozenset(_cues()[kind])


@cache
def cue_phrases(kind: str) -> frozenset[tuple[str, ...]]:
    """Return one list of `cues.yml` as phrases, each a tuple of words.

    >>> ("snakket", "med") in cue_phrases("company")
    True
    """
    return frozenset(tuple(phrase.split()) for phrase in _cues()[kind])


@cache
def last_words(kind: str) -> frozenset[str]:
    """Return the last word of each phrase in a list, which tells quickly that none of them stands there."""
    return frozenset(phrase[-1] for phrase in cue_phrases(kind))


@cache
def cue_pattern(kind: str) -> str:
    """Return one list of `cues.yml` as the inside of a regular expression's group, longest first."""
    return "|".join(re.escape(phrase) for phrase in sorted(_cues()[kind], key=len, reverse=True))


@cache
def _endings(kind: str) -> tuple[str, ...]:
    return tuple(word[1:] for word in _cues()[kind] if word.startswith("-"))


@lru_cache(maxsize=4096)
def has_ending(word: str, kind: str) -> bool:
    """Say whether a word is in a list of `cues.yml`, or ends with one of its endings.

    >>> has_ending("avdelingsleder", "person_nouns"), has_ending("humor", "person_nouns")
    (True, False)
    """
    return word in cue_words(kind) or word.endswith(_endings(kind))


def _lines(name: str, folder: Path = DATA) -> list[str]:
    return (folder / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1]


def _single(lines: Iterable[str]) -> set[str]:
    return {line.lower() for line in lines if WORD.fullmatch(line)}


def _names(file: str, ambiguous: frozenset[str]) -> frozenset[str]:
    """Return the names of a file in every spelling; the parts of «Anne-Marie» stand on their own lines."""
    names = _single(_lines(file))
    plain = {spelling for name in names - ambiguous for spelling in spellings(name)}
    return frozenset(names | plain)


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in sorted({phrase for phrase in phrases if len(phrase) > 1}, key=len, reverse=True):
        found[phrase[0]] = (*found.get(phrase[0], ()), phrase)
    return found
