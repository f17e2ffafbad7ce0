"""Which messages lean on what was told last, and what their context does to what is found."""

from __future__ import annotations

import re

import numpy as np
import pytest
import yaml

from bot.answers.follow_up import WORDINGS, FollowUp, follow_up, in_context, together
from bot.knowledge.library import get_library
from bot.retrieval.retriever import Judgement

ANOTHER = [
    # Bokmål.
    "hva med tykk?",
    "Og hva med tykk samskaping?",
    "men hva med de ansatte",
    "jo, men hva med personvern?",
    "hvordan er det med tynn?",
    "og hvordan er det med frivillige?",
    "og hvem er med?",
    "og den tykke?",
    "og tykk?",
    "og tykk samskaping?",
    "tykk da?",
    "tynn samskaping, da?",
    # Nynorsk.
    "kva med tjukk?",
    "og kva med dei tilsette?",
    "korleis er det med tynn?",
    "enn tjukk samskaping?",
    # Dialect.
    "ka med tynn da",
    "ka med dæm?",
    "enn tjukk?",
    "koss e det med tynn",
    "hva med dokker?",
    # English.
    "what about thin co-creation?",
    "and what about thick?",
    "how about us",
    "and thick?",
]
SAME = [
    # Bokmål.
    "hvorfor?",
    "Hvorfor det?",
    "hvorfor ikke",
    "hvorfor da?",
    "hvordan da",
    "hva da?",
    "men hvordan?",
    "og når?",
    "og hvorfor det?",
    "hvem?",
    "hva betyr det?",
    "hvem har ansvaret for det?",
    "Hvem har ansvaret for det i kommunen?",
    "hvordan gjør vi det i praksis?",
    "hvordan gjør vi det med ungdommer?",
    "hvem skal gjøre det hos oss",
    "hvorfor er det viktig?",
    "hvorfor er det så viktig",
    "hvor lang tid tar det?",
    "hvordan får vi det til",
    "hva er vitsen med dette her",
    "hva mener du med det?",
    "hvem er de?",
    "har du et eksempel?",
    "har du eksempler på det",
    "kan du gi oss et eksempel på dette?",
    "gi et eksempel",
    # Nynorsk.
    "kvifor det?",
    "kvifor ikkje?",
    "kva tyder det?",
    "kven har ansvaret for det?",
    "korleis gjer vi det?",
    "kvifor er det viktig?",
    "har du eit døme?",
    "gje meg eit døme",
    # Dialect and chat.
    "koffor d?",
    "koffer ikke",
    "koffor det da",
    "ka betyr detta i praksis",
    "kem har ansvaret for det",
    "korsn får vi det til",
    "åssen gjør vi det",
    "kor lenge varer det",
    # English.
    "why?",
    "but how?",
    "why not?",
    "why is that?",
    "how do we do that?",
    "who is responsible for that?",
    "what does it mean?",
]
ALONE = [
    "",
    "?",
    "hei",
    "takk",
    "ja",
    "neste",
    "den er gjort",
    "det er gjort",
    "gjør det igjen",
    "/undo",
    "hva er tykk samskaping?",
    "hva er samskaping",
    "kva er samskaping?",
    "ka e samskaping",
    "hvorfor skal vi spise sammen?",
    "hvordan kommer vi i gang?",
    "kven er med i prosjektet?",
    "hvem bestemmer her?",
    # The same words, but not as pronouns that point back.
    "hva er det radikale ved samskaping?",
    "Hva er de fire samskapingsformene?",
    "hva er den doble verdien?",
    "hvem er de tause stemmene?",
    "hvor lang tid tar det å skape tillit?",
    "hvorfor er det viktig å spise sammen?",
    "kvifor er det viktig med tolk?",
    "Hva betyr det at makten sitter i veggene?",
    "hva vil det si å samskape?",
    "Hva står det i Trondheimserklæringen?",
    "når er det lurt å begynne?",
    "ka e det derre verkstedet førr nåkka",
    "kan du gi et eksempel på samskaping på mikronivå?",
    "har du et eksempel på tykk samskaping?",
    "what is co-creation?",
    "why should we eat together?",
    "who is in the team?",
    # Leans, but says so much that it stands by itself.
    "hva med dem som ikke tør å si noe når sjefen sitter ved bordet?",
]


@pytest.mark.parametrize("text", ANOTHER)
def test_what_asks_for_something_beside_it(text: str) -> None:
    assert follow_up(text) is FollowUp.ANOTHER


@pytest.mark.parametrize("text", SAME)
def test_what_asks_for_more_of_the_same(text: str) -> None:
    assert follow_up(text) is FollowUp.SAME


@pytest.mark.parametrize("text", ALONE)
def test_what_stands_by_itself(text: str) -> None:
    assert follow_up(text) is None


def test_the_guides_own_questions_stand_by_themselves() -> None:
    questions = [question for passage in get_library().passages() for question in passage.questions]

    leaning = [question for question in questions if follow_up(question)]

    assert len(questions) > 1000
    assert len(leaning) < len(questions) / 200, leaning


@pytest.mark.parametrize(("words", "kind"), [(8, FollowUp.ANOTHER), (9, None)])
def test_the_longest_that_leans(words: int, kind: FollowUp | None) -> None:
    assert follow_up("hva med " + " ".join(["oss"] * (words - 2))) is kind


def test_case_and_white_space_do_not_matter() -> None:
    assert follow_up("  KVIFOR DET?\n") is FollowUp.SAME


def test_a_long_message_is_judged_at_once() -> None:
    """No pattern may try all ways to divide a text of a few words without spaces."""
    assert follow_up("hva " + "a" * 2000 + " " + "b" * 2000) is None


def test_the_wordings_are_patterns() -> None:
    """YAML reads `(?: ` outside quotation marks as a mapping."""
    raw = yaml.safe_load(WORDINGS.read_text(encoding="utf-8"))

    assert sorted(raw) == ["another", "longest", "same"]
    for pattern in (*raw["another"], *raw["same"]):
        assert isinstance(pattern, str), pattern
        assert re.compile(pattern).pattern[0] == "^"


def test_the_context_is_the_title() -> None:
    assert in_context("hvorfor det?", "Spis sammen") == "Spis sammen: hvorfor det?"


def _judgement(covered: float, *votes: float) -> Judgement:
    return Judgement(np.array(votes, dtype=np.float32), covered)


def test_more_of_the_same_counts_both_ways_of_reading_alike() -> None:
    alone, with_title = _judgement(0.2, 0.5, 0.25, 0.0), _judgement(0.7, 0.0, 0.75, 0.5)

    found = together(FollowUp.SAME, alone, with_title, told=1)

    assert found.votes.tolist() == [0.25, 0.5, 0.25]
    assert found.covered == 0.7


def test_another_does_not_want_the_same_again() -> None:
    alone, with_title = _judgement(0.8, 0.5, 0.25, 0.0), _judgement(0.7, 0.0, 0.75, -0.5)

    found = together(FollowUp.ANOTHER, alone, with_title, told=1)

    assert found.votes.tolist() == [0.25, -0.25, -0.25]
    assert found.covered == 0.8
    assert alone.votes.tolist() == [0.5, 0.25, 0.0]
    assert with_title.votes.tolist() == [0.0, 0.75, -0.5]
