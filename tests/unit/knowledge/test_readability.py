"""LIX, words and sentences."""

from __future__ import annotations

import pytest

from bot.knowledge.readability import lix, sentences, words


def test_words_are_without_punctuation_and_keep_their_hyphens():
    assert words("«Ja», sa NIBR-rapporten – 21 råd.") == ["Ja", "sa", "NIBR-rapporten", "21", "råd"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("En. To! Tre? Fire", ["En.", "To!", "Tre?", "Fire"]),
        ("Det er to: ja og nei.", ["Det er to:", "ja og nei."]),
        ("«Hva?» spør hun. «Ja.» Så gikk de.", ["«Hva?» spør hun.", "«Ja.»", "Så gikk de."]),
        ("Det tok ca. fem år, kl. ti.", ["Det tok ca. fem år, kl. ti."]),
        ("En\n- to\n\n- tre", ["En", "- to", "- tre"]),
        ("Kapittel 3.4 er langt.", ["Kapittel 3.4 er langt."]),
        ("", []),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.0),
        ("Vi er her. Du òg.", 2.5),
        ("Kommune. Samskap.", 1 + 100.0),
        ("Skaper. Sekser.", 1 + 0.0),
        ("Ei-ei-ei nå.", 2 + 0.0),
        ("Innbyggere samskaper velferdstjenester i dag med kommunen og alle vi.", 10 + 40.0),
    ],
)
def test_lix_is_words_per_sentence_plus_the_percentage_of_words_longer_than_six_letters(text, expected):
    assert lix(text) == pytest.approx(expected)
