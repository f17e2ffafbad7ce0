"""What redaction masks, what it leaves, and that it is safe on anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.uncertainty.redaction import redact
from bot.uncertainty.redaction_identifiers import Mask, is_account_number, is_identity_number
from bot.uncertainty.redaction_lists import DATA, spellings

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "redaction.yml").read_text(encoding="utf-8"))
FILES = ("given-names", "surnames", "ambiguous", "places", "kept", "words")


def lines(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def digits(number: str) -> tuple[int, ...]:
    return tuple(int(digit) for digit in number)


@pytest.mark.parametrize("case", CASES["masked"], ids=lambda case: case["text"])
def test_masks_what_tells_who_somebody_is(case: dict[str, str]) -> None:
    assert redact(case["text"]) == case["masked"]


@pytest.mark.parametrize("text", CASES["unchanged"])
def test_leaves_ordinary_sentences_as_they_are(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("01818012094", True),  # synthetic: month + 80
        ("41855512058", True),  # d-number: day + 40, month + 80
        ("01818012095", False),  # second control digit wrong
        ("01998012094", False),  # no such month
        ("00818012094", False),  # no such day
    ],
)
def test_knows_an_identity_number_by_its_date_and_control_digits(number: str, valid: bool) -> None:
    assert is_identity_number(digits(number)) is valid


@pytest.mark.parametrize(("number", "valid"), [("12345678903", True), ("12345678901", False)])
def test_knows_an_account_number_by_its_control_digit(number: str, valid: bool) -> None:
    assert is_account_number(digits(number)) is valid


def test_composes_letters_before_it_compares() -> None:
    assert redact("Sa\u030a ringte A\u030ase") == "Så ringte [navn]"


# --- On anything -----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"ABØx.,:;!?-–/@()«»#\n\t'’1234567890",
        " ",
        "  ",
        "Kari",
        "kari",
        "Liv",
        "Hansen",
        "berg",
        "Ngozi",
        "Vår",
        "heter",
    ]
    + ["hilsen", "sa", "og", "jeg", "Larvik", "Kobro", "Lars Ueland Kobro", "gate", "vei 3", "3256", "www.", ".no", "s"]
    + [mask.value for mask in Mask]
)
MESSAGES = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=20).map(" ".join))


@given(MESSAGES)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


FIRST_CONTROL = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_CONTROL = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u00a0"])


def control_digit(number: str, weights: tuple[int, ...], remainder: int = 0) -> int:
    return (remainder - sum(digit * weight for digit, weight in zip(digits(number), weights, strict=True))) % 11


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """A synthetic fødselsnummer or d-number, with the remainders of 2032 too, grouped in one of the usual ways."""
    day = draw(st.integers(1, 28)) + draw(st.sampled_from([0, 40]))
    month, year, serial = draw(st.integers(81, 92)), draw(st.integers(0, 99)), draw(st.integers(0, 999))
    first = f"{day:02}{month}{year:02}{serial:03}"
    first += str(control_digit(first, FIRST_CONTROL, draw(st.integers(0, 3))))
    number = first + str(control_digit(first, SECOND_CONTROL)) if len(first) == 10 else ""
    if len(number) != 11:
        return draw(identity_numbers())
    return f"{number[:6]}{draw(SEPARATORS)}{number[6:]}"


@given(identity_numbers(), MESSAGES, MESSAGES)
def test_no_identity_number_survives(number: str, before: str, after: str) -> None:
    masked = redact(f"{before} nr: {number}, {after}")
    assert number not in masked
    assert redact(f"Hun har {number}.") == f"Hun har {Mask.IDENTITY.value}."


# --- The lists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_lists_are_sorted_one_a_line(name: str) -> None:
    found = lines(name)
    assert found == sorted(set(found))
    assert all(line == line.strip() for line in found)


def test_every_ambiguous_word_is_a_name() -> None:
    names = {spelling for file in ("given-names", "surnames") for name in lines(file) for spelling in spellings(name)}
    assert [word for word in lines("ambiguous") if word.lower() not in names] == []


def test_no_ordinary_word_is_a_name() -> None:
    names = {name.lower() for file in ("given-names", "surnames") for name in lines(file)}
    assert [word for word in lines("words") if word in names] == []
