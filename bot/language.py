"""Tells which language a message is in and, for Norwegian, which written form.

langdetect with four profiles knows Norwegian, Danish, Swedish and English. It is unsure on short messages, and nearly
everyone here writes Norwegian, so Norwegian is the answer unless the words say otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml
from langdetect import PROFILES_DIRECTORY
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from bot.settings import ROOT

LANGUAGES = ("no", "da", "sv", "en")
# How likely each language is before a word is read: staff in Norwegian municipalities write Norwegian.
PRIOR = {"no": 0.85, "da": 0.05, "sv": 0.03, "en": 0.07}
SURE = 0.8
SHORT_WORDS = 3
SEED = 7
# What follows a point at once is the end of an address: «kommune.no» is not nynorsk.
_WORD = re.compile(r"(?<!\.)\b[a-zæøåäöéèòôü']+")


@dataclass(frozen=True)
class Language:
    """What a message is written in.

    Attributes:
        code: no, da, sv or en.
        form: bokmal or nynorsk; bokmal where nothing tells.
        told: whether the words told the form («ferdig» is both).
    """

    code: str
    form: str
    told: bool = field(default=True, compare=False, repr=False)


@lru_cache(maxsize=1)
def _markers() -> dict[str, frozenset[str]]:
    raw = yaml.safe_load((ROOT / "data" / "language.yml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in raw.items()}


@lru_cache(maxsize=1)
def _factory() -> DetectorFactory:
    factory = DetectorFactory()
    factory.set_seed(SEED)
    folder = Path(PROFILES_DIRECTORY)
    factory.load_json_profile([(folder / name).read_text(encoding="utf-8") for name in LANGUAGES])
    return factory


def identify(text: str) -> Language:
    """Return the language and written form of a message.

    >>> identify("Korleis går me vidare?")
    Language(code='no', form='nynorsk')
    >>> identify("what phase are we in").code
    'en'
    """
    words = _WORD.findall(text.lower())
    markers = _markers()
    count = {name: sum(word in known for word in words) for name, known in markers.items()}
    form = "nynorsk" if count["nynorsk"] > count["bokmal"] else "bokmal"
    return Language(_code(text, words, count), form, told=count["nynorsk"] != count["bokmal"])


def _code(text: str, words: list[str], count: dict[str, int]) -> str:
    norwegian = max(count["nynorsk"], count["bokmal"])
    if count["english"] > norwegian and count["english"] * 2 >= min(len(words), SHORT_WORDS):
        return "en"
    if len(words) < SHORT_WORDS:
        return "no"
    weighted = {code: share * PRIOR[code] for code, share in _probabilities(text).items()}
    best = max(weighted, key=lambda code: weighted[code], default="no")
    # Written Danish and Swedish are so close to Norwegian that a word of their own must vouch for them.
    own = {"da": "danish", "sv": "swedish", "en": "english"}
    if best == "no" or not count[own[best]]:
        return "no"
    return best if weighted[best] / sum(weighted.values()) >= SURE or count[own[best]] >= 2 else "no"


def _probabilities(text: str) -> dict[str, float]:
    """Return langdetect's shares by language; empty where it finds no letters to judge by."""
    detector = _factory().create()
    detector.append(text)
    try:
        return {found.lang: found.prob for found in detector.get_probabilities()}
    except LangDetectException:
        return {}
