"""Telling languages apart, on short messages as people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.language import PRIOR, Language, identify
from bot.settings import ROOT

HERE = Path(__file__).parent
# What a message under each heading of the two files is: language and written form, None where it has none.
MEANING = {
    "bokmal": ("no", "bokmal"),
    "nynorsk": ("no", "nynorsk"),
    "dialect": ("no", None),
    "english": ("en", None),
    "danish": ("da", None),
    "swedish": ("sv", None),
}


def _cases(name: str, **options: Any) -> list[Any]:
    content = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return [
        pytest.param(text, *MEANING[heading], id=f"{heading}: {text}", **options)
        for heading, texts in content.items()
        for text in texts
    ]


KNOWN = pytest.mark.xfail(strict=True, raises=AssertionError, reason="known failure")


@pytest.mark.parametrize(
    ("text", "code", "form"),
    _cases("language_cases.yml") + _cases("language_known_failures.yml", marks=KNOWN),
)
def test_identify(text: str, code: str, form: str | None) -> None:
    found = identify(text)

    assert found.code == code
    assert form in (None, found.form)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "👍", "😊", "123", "?!", "2 + 2 = 4", "www.kommune.no", "https://a.no/den/andre/side", "а б в", "\n\t"],
)
def test_norwegian_bokmal_where_nothing_tells(text: str) -> None:
    assert identify(text) == Language("no", "bokmal")


def test_capitals_and_marks_change_nothing() -> None:
    assert identify("KORLEIS GÅR ME VIDARE???") == Language("no", "nynorsk")
    assert identify("«WHAT PHASE ARE WE IN»").code == "en"


def test_a_message_gets_the_same_answer_every_time() -> None:
    # langdetect draws at random; the seed holds it still.
    text = "Vi er i gang med at finde deltagere, siger hun"

    assert len({identify(text) for _ in range(20)}) == 1


def test_the_prior_is_a_distribution() -> None:
    assert sum(PRIOR.values()) == pytest.approx(1.0)
    assert max(PRIOR, key=lambda code: PRIOR[code]) == "no"


def test_a_marker_stands_in_one_list_only_and_is_a_word() -> None:
    lists = yaml.safe_load((ROOT / "data" / "language.yml").read_text(encoding="utf-8"))
    words = [word for markers in lists.values() for word in markers]

    assert [word for word in words if not isinstance(word, str) or word != word.lower()] == []
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize(("text", "told"), [("ferdig", False), ("eg er ferdig", True), ("jeg er ferdig", True)])
def test_it_says_whether_the_words_told_the_form(text: str, told: bool) -> None:
    assert identify(text).told is told
