"""Likeness in spelling."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.retrieval.lexical import LexicalIndex, fold, read


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


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Kva gjer me?", "kva gjer me? hva gjor vi?"),
        ("KORLEIS får æ råd", "korleis far a rad hvordan far jeg rad"),
        ("Hva gjør vi på møtet?", "hva gjor vi pa motet?"),
        ("a\u030apent", "apent"),
        ("", ""),
    ],
)
def test_read(text: str, compared: str) -> None:
    assert read(text) == compared


def test_the_columns_are_the_texts_and_of_length_one() -> None:
    index = LexicalIndex.build(["tolk", "tolk møte", "møte", "fjellrev"])

    columns = index.columns.toarray()

    # «tolk» and «møte» have nine n-grams each; those of one text only are dropped.
    assert columns.shape == (18, 4)
    assert (columns > 0).sum(axis=0).tolist() == [9, 18, 9, 0]
    np.testing.assert_allclose(np.linalg.norm(columns, axis=0), [1, 1, 1, 0], atol=1e-6)
    assert (index.columns.format, index.columns.dtype) == ("csr", np.float32)


def test_dialect_resembles_the_bokmal_that_it_is_read_as() -> None:
    index = LexicalIndex.build(["hvordan", "hvordan", "måltid", "måltid"])

    found = index.cosines(["korleis"])

    np.testing.assert_allclose(found, [[1, 1, 0, 0]], atol=1e-6)


def test_a_text_in_dialect_is_found_by_bokmal_and_by_dialect() -> None:
    index = LexicalIndex.build(["kvifor", "kvifor", "måltid", "måltid"])

    bokmal, dialect = index.cosines(["hvorfor", "kvifor"])

    # The text has 12 n-grams of «kvifor» alone, 15 of its reading alone, and 3 of both: «for», «or », «for ».
    twice = 1 + math.log(2)
    resemblance = (15 + 3 * twice) / math.sqrt(18 * (12 + 15 + 3 * twice**2))
    np.testing.assert_allclose(bokmal, [resemblance, resemblance, 0, 0], atol=1e-6)
    np.testing.assert_allclose(dialect, [1, 1, 0, 0], atol=1e-6)


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
