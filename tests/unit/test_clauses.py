"""Tests of bot.clauses."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import MOST, WORDS, clauses


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


def test_at_most_five_clauses_and_the_first_ones() -> None:
    assert clauses("en. to. tre. fire. fem. seks") == ["en.", "to.", "tre.", "fire.", "fem."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("kryss av og vis neste", ["kryss av", "vis neste"]),
        ("den er gjort og hva er neste", ["den er gjort", "hva er neste"]),
        ("den er gjort OG Hva er neste", ["den er gjort", "Hva er neste"]),
        ("merk den og så vis neste", ["merk den", "vis neste"]),
        # In nynorsk and in dialect, compared as bokmål.
        ("den er gjort og kva er neste", ["den er gjort", "kva er neste"]),
        ("kryss av og korleis går det", ["kryss av", "korleis går det"]),
        ("merk den å vis neste", ["merk den", "vis neste"]),
        ("done and show the next one", ["done", "show the next one"]),
        ("done and go on", ["done", "go on"]),
        ("mark it and then show me", ["mark it", "show me"]),
        ("kryss av og vis neste og fortell hvorfor", ["kryss av", "vis neste", "fortell hvorfor"]),
        ("råd og dåd og vis neste", ["råd og dåd", "vis neste"]),
        ("takk, kryss av og vis neste!", ["takk", "kryss av", "vis neste!"]),
    ],
)
def test_an_and_before_a_new_request_splits(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "trygghet og likeverd",
        "råd og dåd",
        "trust and power",
        "makt og",
        "snill og go",
        "og hva er neste",
        # Another word that only begins alike.
        "makt og visjoner",
        "forskning og hvalfangst",
        # «å» before an infinitive.
        "er vi klare til å gå videre",
        "jeg er redd for å si feil",
        "det er lov å ta pause",
        "vi ønsker å gi mer",
    ],
)
def test_an_and_between_words_and_the_infinitives_mark_do_not_split(text: str) -> None:
    assert clauses(text) == []


def test_each_word_that_begins_a_request_stands_once_and_splits() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["begin_a_request"]

    assert [word for word in words if not clauses(f"ok og {word} x") and not clauses(f"ok and {word} x")] == []
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ferdig 🎉 hva nå", ["ferdig", "hva nå"]),
        ("ferdig🎉hva nå", ["ferdig", "hva nå"]),
        ("ferdig 🎉🥳👍 hva nå", ["ferdig", "hva nå"]),
        ("ferdig ✅ hva nå 🤔", ["ferdig", "hva nå"]),
        # Of several code points: with a variant, a skin tone, joined.
        ("ferdig ❤️ hva nå", ["ferdig", "hva nå"]),
        ("ferdig 👍🏽 hva nå", ["ferdig", "hva nå"]),
        ("ferdig 👩‍💻 hva nå", ["ferdig", "hva nå"]),
        ("ferdig ❤️", []),
        ("🎉", []),
        ("👩‍💻 ferdig", []),
    ],
)
def test_a_picture_ends_a_clause_and_is_none_itself(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


@given(st.text(alphabet="ab .,!?;–-\n👍\ufe0f", max_size=60))
def test_clauses_are_parts_of_the_text_in_order_never_one_alone_and_never_blank(text: str) -> None:
    parts = clauses(text)

    assert len(parts) in {0, *range(2, MOST + 1)}
    place = 0
    for part in parts:
        assert part == part.strip() != ""
        place = text.index(part, place) + len(part)
