"""Tests of bot.errors."""

from bot.errors import GuideError


def test_an_error_says_what_failed_and_what_to_do() -> None:
    error = GuideError("Indeksen mangler.", "Kjør `samskap index`.")

    assert (error.what, error.remedy) == ("Indeksen mangler.", "Kjør `samskap index`.")
    assert str(error) == "Indeksen mangler. Kjør `samskap index`."


def test_an_error_without_remedy_ends_without_a_blank() -> None:
    error = GuideError("Indeksen mangler.")

    assert (str(error), error.remedy) == ("Indeksen mangler.", "")
