"""Tests of bot.clauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import MOST, clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Den er gjort. Hva er neste?", ["Den er gjort.", "Hva er neste?"]),
        ("Ferdig! Videre", ["Ferdig!", "Videre"]),
        ("hva er det? jeg lurer; veldig", ["hva er det?", "jeg lurer;", "veldig"]),
        ("ferdig, men usikker", ["ferdig", "usikker"]),
        ("ferdig, og så videre", ["ferdig", "så videre"]),
        ("ferdig men usikker", ["ferdig", "usikker"]),
        ("done but unsure", ["done", "unsure"]),
        ("vi er ferdige, jeg er usikker", ["vi er ferdige", "jeg er usikker"]),
        ("ferdig - hva nå", ["ferdig", "hva nå"]),
        ("ferdig – hva nå", ["ferdig", "hva nå"]),
        ("ferdig\n\nhva nå", ["ferdig", "hva nå"]),
    ],
)
def test_a_message_is_split_where_one_thing_ends(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Hva er neste?", "Hva er neste?  ", "NAV-kontoret", "kl. ", "3.5 prosent", "innbyggere og ansatte"],
)
def test_a_single_clause_is_not_split(text: str) -> None:
    assert clauses(text) == []


def test_at_most_four_clauses_and_the_first_ones() -> None:
    assert clauses("en. to. tre. fire. fem. seks") == ["en.", "to.", "tre.", "fire."]


@given(st.text(alphabet="ab .,!?;–-\n", max_size=60))
def test_clauses_are_parts_of_the_text_in_order_never_one_alone_and_never_blank(text: str) -> None:
    parts = clauses(text)

    assert len(parts) in {0, *range(2, MOST + 1)}
    place = 0
    for part in parts:
        assert part == part.strip() != ""
        place = text.index(part, place) + len(part)
