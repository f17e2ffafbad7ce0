"""Lines become headings, paragraphs and items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.documents.blocks import Block, Line
from bot.knowledge.documents.paragraphs import paragraphs

FULL = "Dette er en full linje som går over hele bredden av siden her,"
LAST = "og dette er slutten."


def unsized(*texts):
    """Return lines of which only the text is known."""
    return [Line(text) for text in texts]


def test_lines_of_a_paragraph_are_joined_over_blank_lines():
    assert paragraphs(unsized(FULL, "", "med inn-", "", "byggerne " + LAST)) == [
        Block(f"{FULL} med innbyggerne {LAST}")
    ]


def test_a_paragraph_ends_at_a_short_line():
    assert paragraphs(unsized(FULL, LAST, FULL, LAST)) == [Block(f"{FULL} {LAST}")] * 2


def test_a_sentence_that_ends_in_a_full_line_goes_on():
    end = FULL[:-1] + "."

    assert paragraphs(unsized(end, "Ny setning i samme avsnitt.")) == [Block(f"{end} Ny setning i samme avsnitt.")]


def test_a_comma_and_a_small_letter_carry_a_paragraph_on():
    assert paragraphs(unsized(FULL, "Kari, Ola,", "Per og", "andre.")) == [Block(f"{FULL} Kari, Ola, Per og andre.")]


@pytest.mark.parametrize("mark", ["•", "–", "-", "▪", "1.", "12)", "a)"])
def test_each_item_is_a_block(mark):
    assert paragraphs(unsized(FULL, f"{mark} kaffe", f"{mark} kake med", "krem")) == [
        Block(FULL),
        Block(f"{mark} kaffe"),
        Block(f"{mark} kake med krem"),
    ]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Appendiks 1: Forberedelsesfasen", 1),
        ("Kapittel 3", 1),
        ("4 Funn", 1),
        ("4.2 Usikkerhet", 2),
        ("4.2.1 Hva som hjelper", 3),
        ("Trygghet og likeverd", 3),
        ("trygghet", 0),
        ("Dette er slutt.", 0),
        ("4 Rapporten kom ut i 2019", 0),
    ],
)
def test_headings_are_known_by_number_and_look(text, level):
    blocks = paragraphs(unsized(FULL, LAST, text, FULL[:1] + FULL[1:], LAST))

    assert [block.level for block in blocks if text in block.text] == [level]


@pytest.mark.parametrize(("size", "level"), [(15.0, 1), (14.9, 2), (11.3, 2), (11.1, 0), (9.0, 0)])
def test_headings_are_known_by_their_size(size, level):
    lines = [Line(FULL, 1, 10.0), Line(LAST, 1, 10.0), Line("Trygghet", 1, size), Line(FULL, 2, 10.0)]

    assert [(block.level, block.page) for block in paragraphs(lines) if "Trygghet" in block.text] == [(level, 1)]


def test_a_line_that_the_outline_names_is_a_heading_and_takes_no_more_in():
    lines = [Line(FULL, 1, 10.0), Line("trygghet.", 1, 10.0, 4), Line("og så videre", 1, 10.0)]

    assert paragraphs(lines) == [Block(FULL, 0, 1), Block("trygghet.", 4, 1), Block("og så videre", 0, 1)]


def test_a_heading_goes_on_in_its_second_line():
    body = [Line(FULL, 1, 10.0)] * 3
    lower = [Line("Trygghet", 1, 20.0), Line("og likeverd.", 1, 20.0), *body]
    upper = [Line("Innbyggere og", 1, 20.0), Line("NAV", 1, 20.0), *body]

    assert paragraphs(lower)[0] == Block("Trygghet og likeverd.", 1, 1)
    assert paragraphs(upper)[0] == Block("Innbyggere og NAV", 1, 1)


@pytest.mark.parametrize(
    "second",
    [
        Line("Ny", 2, 20.0),
        Line("Ny", 1, 18.0),
        Line("2.1 Ny", 1, 20.0),
        Line("Kapittel 2", 1, 20.0),
        Line("Ny", 1, 20.0, 1),
    ],
)
def test_another_heading_is_not_the_second_line_of_the_one_above(second):
    blocks = paragraphs([Line("Gammel", 1, 20.0), second, *[Line(FULL, 2, 10.0)] * 3])

    assert [block.text for block in blocks[:2]] == ["Gammel", second.text]


def test_torn_labels_of_a_figure_are_one_block():
    labels = ["Kommune", "Innbygger", "Forskere", "Frivillige"]

    assert paragraphs(unsized(FULL, LAST, *labels))[1:] == [Block("Kommune / Innbygger / Forskere / Frivillige")]
    assert paragraphs(unsized(FULL, LAST, *labels[:3]))[1:] == [Block(label) for label in labels[:3]]


def test_nothing_gives_nothing():
    assert paragraphs([]) == paragraphs(unsized("", "")) == []


@given(
    st.lists(
        st.builds(
            Line,
            st.text("aAå. 1-•,", max_size=80).map(str.strip),
            st.integers(1, 3),
            st.sampled_from([None, 8.0, 10.0, 20.0]),
            st.sampled_from([0, 0, 0, 1]),
        ),
        max_size=20,
    )
)
def test_no_letter_is_lost_or_moved(lines):
    def letters(parts):
        return "".join(c for part in parts for c in part.text if c.isalnum())

    assert letters(paragraphs(lines)) == letters(lines)


def test_a_short_line_without_a_full_stop_ends_a_paragraph_too():
    short = "Med litt lengre tekst i linja her"

    assert paragraphs(unsized(FULL, short, FULL)) == [Block(f"{FULL} {short}"), Block(FULL)]
