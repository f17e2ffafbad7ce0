"""Likeness in spelling."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.retrieval.lexical import LexicalIndex, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÅLTIDET", "maltidet"),
        ("maaltidet", "maltidet"),
        ("Øyehøyde", "oyehoyde"),
        ("oeyehoeyde", "oyehoyde"),
        ("ærlig, aerlig", "arlig, arlig"),
        ("Göteborg i Värmland", "goteborg i varmland"),
        ("én idé, òg", "en ide, og"),
        ("a\u030apen", "apen"),
        ("😊 OK?", "😊 ok?"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_cosines_are_those_of_the_ngrams() -> None:
    # «tolk» and «møte» have nine n-grams of 3 to 5 characters each, none in common, each in two of the texts.
    index = LexicalIndex.build(["tolk", "tolk møte", "møte"])

    found = index.cosines(["tolk", "møte", "TOLK", "mote"])

    half = 1 / math.sqrt(2)
    expected = [[1, half, 0], [0, half, 1], [1, half, 0], [0, half, 1]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32


def test_a_typing_error_and_a_compound_still_resemble() -> None:
    index = LexicalIndex.build(["informasjonsskriv", "informasjonsskriv til naboene", "måltid med naboene", "måltid"])

    typo, compound = index.cosines(["infromasjonsskriv", "informasjonsskrivet"])

    assert typo[0] > 0.5 > typo[3] == 0.0
    assert compound[0] > 0.9


def test_what_stands_in_one_text_only_does_not_count() -> None:
    index = LexicalIndex.build(["tolk", "tolk", "fjellrev"])

    assert index.cosines(["fjellrev"]).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("query", ["", "   ", "?!", "😊", "xyzæ"])
def test_a_query_with_nothing_known_resembles_nothing(query: str) -> None:
    index = LexicalIndex.build(["tolk", "tolk møte", "møte"])

    assert index.cosines([query]).tolist() == [[0.0, 0.0, 0.0]]
