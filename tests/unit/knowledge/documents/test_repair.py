"""Repairs: characters, hyphens, running heads, page numbers, lists of references."""

from __future__ import annotations

import pytest

from bot.knowledge.documents.blocks import Block, Line
from bot.knowledge.documents.repair import (
    body_size,
    clean_characters,
    join,
    one_line,
    without_page_furniture,
    without_references,
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("e\ufb03sient \ufb01n \ufb02yt", "effisient fin flyt"),
        ("\uf0b7 punkt", "• punkt"),
        ("NAV\u00a0Larvik  og\tHorten", "NAV Larvik og Horten"),
        ("sam\u00adskaping\u200b", "samskaping"),
        ("rappor\u00ad\nten", "rappor-\nten"),
        ("rappor\u00ad", "rappor-"),
        ("bla\u030abær", "blåbær"),
        ("en\x0bto\x0ctre\u2028fire\x85fem", "en to tre fire fem"),
        ("\ufeffHei\x00\x07\x1b\ud800", "Hei"),
        ("m² og ½", "m² og ½"),
        ("en\nto", "en\nto"),
    ],
)
def test_characters_are_cleaned(text, clean):
    assert clean_characters(text) == clean


def test_one_line_has_no_breaks_and_no_ends():
    assert one_line(" \n Hei\x0bpå\r\ndeg\n") == "Hei på deg"


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("fra rappor-", "ten", "fra rapporten"),
        ("barne-", "og ungdomstiltak", "barne- og ungdomstiltak"),
        ("pleie-", "eller omsorg", "pleie- eller omsorg"),
        ("NAV-", "ansatte", "NAV-ansatte"),
        ("Larvik-", "Horten", "Larvik-Horten"),
        ("da –", "eller nå", "da – eller nå"),
        ("det -", "nei", "det - nei"),
        ("en", "linje", "en linje"),
        ("", "linje", "linje"),
        ("en", "", "en"),
    ],
)
def test_lines_are_joined(before, after, joined):
    assert join(before, after) == joined


def pages(*texts, size=None):
    """Return lines, page by page."""
    return [Line(line, number, size) for number, page in enumerate(texts, start=1) for line in page.split("\n")]


def kept(lines):
    """Return the texts that stay."""
    return [line.text for line in without_page_furniture(lines)]


def test_running_heads_go_when_they_come_back_on_three_pages():
    page = "Rapport {0}\nUnder\nMidt i\ninnholdet {1}\nher\nBunn {1}\n{0}"

    assert kept(pages(*(page.format(n, "abc"[n - 1]) for n in (1, 2, 3)))) == [
        text for n in "abc" for text in ("Midt i", f"innholdet {n}", "her", f"Bunn {n}")
    ]
    assert kept(pages("Hode\na\nb", "Hode\nc\nd")) == ["Hode", "a", "b", "Hode", "c", "d"]


def test_what_comes_back_in_the_middle_of_pages_stays():
    assert kept(pages(*("a{0}x\nb{0}x\nTips\nc{0}x\nd{0}x".format("abc"[n]) for n in range(3)))).count("Tips") == 3


def test_a_heading_in_large_letters_is_no_running_head_of_the_same_words():
    lines = []
    for number in (1, 2, 3, 4):
        lines += [Line("Forord", number, 8.0), Line("Forord", number, 20.0)][: 2 if number == 1 else 1]
        lines += [Line(f"tekst {letter} i linja {'abcd'[number - 1]}", number, 10.0) for letter in "pqrs"]

    assert [line for line in without_page_furniture(lines) if line.text == "Forord"] == [Line("Forord", 1, 20.0)]


def test_numbered_headings_in_large_letters_stay():
    lines = [
        line
        for number in (1, 2, 3)
        for line in (
            Line(f"Kapittel {number}", number, 20.0),
            *(Line(f"{word} linje av teksten på {'abc'[number - 1]}", number, 10.0) for word in "pqrs"),
        )
    ]

    assert [text for text in kept(lines) if text.startswith("Kap")] == ["Kapittel 1", "Kapittel 2", "Kapittel 3"]


def test_what_the_outline_names_stays():
    lines = [Line("Forord", number, 10.0, 1 if number == 1 else 0) for number in (1, 2, 3)]

    assert without_page_furniture(lines) == [lines[0]]


@pytest.mark.parametrize("number", ["7", "- 7 -", "– 12 –", "Side 3", "side 3 av 12", "s. 4", "12/20"])
def test_page_numbers_go_at_the_edges_of_pages(number):
    assert kept(pages(f"{number}\nen\nto\n{number}\ntre\nfire")) == ["en", "to", number, "tre", "fire"]
    assert kept([Line("en"), Line(number), Line("to")]) == ["en", "to"]


@pytest.mark.parametrize("line", ["Innledning ........ 5", "Innledning . . . . . 12", "Innledning … 5"])
def test_lines_of_a_table_of_contents_go(line):
    assert kept([Line("en"), Line(line), Line("Vent ... og se")]) == ["en", "Vent ... og se"]


def test_without_pages_only_lines_that_look_like_heads_go():
    lines = [Line("Samskapende velferdsinnovasjon"), Line("Takk"), Line("Dette er en setning.")] * 3

    assert kept(lines) == ["Takk", "Dette er en setning."] * 3
    assert kept(lines[:6]) == [line.text for line in lines[:6]]


def test_blank_lines_stay():
    assert kept([Line("en"), Line(""), Line(""), Line("")]) == ["en", "", "", ""]


def test_references_go_until_the_next_chapter():
    blocks = [
        Block("Innledning", 1),
        Block("Tekst."),
        Block("Referanser", 1),
        Block("Hansen, K. (2019). Om noe. Oslo."),
        Block("https://example.org"),
        Block("Artikler", 2),
        Block("Olsen, P. Om noe annet."),
        Block("Vedlegg 1: Skjema", 1),
        Block("Mer."),
    ]

    assert without_references(blocks) == [blocks[0], blocks[1], blocks[7], blocks[8]]


@pytest.mark.parametrize("heading", ["Litteratur", "7. Kilder:", "REFERENCES", "Litteraturliste"])
def test_every_usual_heading_of_references_is_known(heading):
    assert without_references([Block(heading, 2), Block("x"), Block("Etter", 2)]) == [Block("Etter", 2)]


def test_an_appendix_ends_references_that_stand_as_text():
    blocks = [Block("Referanser"), Block("x"), Block("Appendiks 1"), Block("y")]

    assert without_references(blocks) == blocks[2:]


def test_a_stray_reference_goes_and_text_with_a_year_stays():
    blocks = [Block("Hansen, K. og Olsen, P. (2019). Om noe."), Block("Vi begynte (2019), og det gikk fint.")]

    assert without_references(blocks) == []
    assert without_references([Block("Det gikk fint i fjor (2019) og i år.")]) != []


def test_the_body_s_size_is_that_of_most_letters():
    assert body_size(
        [Line("Stor overskrift", size=20.0), Line("kort", size=9.96), Line("lengre tekst", size=10.04)]
    ) == (10.0)
    assert body_size([Line("tekst")]) is None
