"""BM25 over character n-grams, by hand on a tiny corpus."""

from __future__ import annotations

from math import log

import joblib
import numpy as np
import pytest

from bot.retrieval.bm25 import LENGTH_WEIGHT, SATURATION, Bm25, grams

# «makt» and «tolk» have nine n-grams each, none in common. So the texts have 9 and 27, 18 in the mean.
TEXTS = ["makt", "makt makt tolk"]
# In both texts, and in one of the two.
COMMON, RARE = log(1 + 0.5 / 2.5), log(1 + 1.5 / 1.5)
# 1.2 * (0.25 + 0.75 * 9 / 18) and 1.2 * (0.25 + 0.75 * 27 / 18).
SHORT, LONG = 0.75, 1.65


def test_grams_are_of_three_to_five_characters_within_a_word() -> None:
    tolk = [" to", "tol", "olk", "lk ", " tol", "tolk", "olk ", " tolk", "tolk "]

    assert list(grams("tolk")) == tolk
    assert list(grams("Tolk, tolk!")) == tolk + tolk


@pytest.mark.parametrize("text", ["", "  ", "?! …", "😊"])
def test_a_text_without_words_has_no_grams(text: str) -> None:
    assert list(grams(text)) == []


def test_words_are_folded_and_read_as_bokmal_too() -> None:
    assert list(grams("BÅTFØRER")) == list(grams("baatfoerer")) == list(grams("batforer"))
    # Seven letters each: 7 + 6 + 5 n-grams of the word as written, then those of its reading.
    assert list(grams("korleis"))[18:] == list(grams("hvordan"))
    assert list(grams("korleis"))[:4] == [" ko", "kor", "orl", "rle"]


def test_scores_by_hand() -> None:
    assert (SATURATION, LENGTH_WEIGHT) == (1.2, 0.75)

    found = Bm25.build(TEXTS).scores(["makt", "tolk", "makt tolk"])

    makt = [9 * 2.2 / (1 + SHORT) * COMMON, 9 * 2 * 2.2 / (2 + LONG) * COMMON]
    tolk = [0, 9 * 2.2 / (1 + LONG) * RARE]
    np.testing.assert_allclose(found, [makt, tolk, [makt[0] + tolk[0], makt[1] + tolk[1]]], rtol=1e-5)
    assert found.dtype == np.float32


def test_a_repeated_word_of_a_query_counts_once() -> None:
    bm25 = Bm25.build(TEXTS)

    np.testing.assert_array_equal(bm25.scores(["tolk tolk, TOLK"]), bm25.scores(["tolk"]))
    np.testing.assert_array_equal(bm25.most(["tolk tolk, TOLK"]), bm25.most(["tolk"]))


def test_most_is_the_rarity_of_all_that_is_asked_and_what_no_text_holds_is_the_rarest() -> None:
    found = Bm25.build(TEXTS).most(["makt", "makt tolk", "xyz", ""])

    unknown = np.log(1 + 2.5 / 0.5)
    np.testing.assert_allclose(found, [9 * COMMON * 1.1, 9 * (COMMON + RARE) * 1.1, 6 * unknown * 1.1, 0], rtol=1e-5)


def test_a_text_of_mean_length_that_holds_all_gets_most_but_for_the_factor() -> None:
    # Equal lengths, each n-gram once: a weight is (1.2 + 1) / (1 + 1.2) = 1 rarity, and `most` reckons with 1.1.
    bm25 = Bm25.build(["tolk", "makt"])

    np.testing.assert_allclose(bm25.scores(["tolk"])[0], [bm25.most(["tolk"])[0] / 1.1, 0], rtol=1e-5)


def test_a_compound_and_a_typing_error_share_spelling() -> None:
    bm25 = Bm25.build(["informasjonsskriv til naboene", "måltid med naboene"])

    compound, error, other = bm25.scores(["skriv", "infromasjonsskriv", "tolk"])

    assert compound[0] > 0 == compound[1]
    assert error[0] > 0 == error[1]
    assert other.tolist() == [0, 0]


def test_what_resembles_nothing_scores_nothing() -> None:
    assert Bm25.build(TEXTS).scores(["xyz", "", "😊"]).tolist() == [[0, 0]] * 3


def test_an_empty_text_among_others_is_found_by_nothing() -> None:
    found = Bm25.build(["tolk", "", "makt"]).scores(["tolk makt"])

    assert found[0, 1] == 0
    assert found[0, 0] == pytest.approx(found[0, 2])


def test_a_text_keeps_its_column() -> None:
    texts = ["makt", "tolk", "måltid", "tid"]

    found = Bm25.build(texts).scores(texts)

    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_it_survives_being_written(tmp_path) -> None:
    bm25 = Bm25.build(TEXTS)
    joblib.dump(bm25, tmp_path / "bm25.joblib")

    found = joblib.load(tmp_path / "bm25.joblib")

    np.testing.assert_array_equal(found.scores(["makt tolk"]), bm25.scores(["makt tolk"]))
    np.testing.assert_array_equal(found.most(["makt tolk"]), bm25.most(["makt tolk"]))
