"""Passages: their size, their headings, their place, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.splitting import AIM, LONGEST, split
from bot.types import DocumentPassage

WORD = "ord "


def text(length):
    """Return a sentence of that many characters."""
    return ("Ord " + WORD * (length // len(WORD)))[: length - 1].rstrip().ljust(length - 1, "x") + "."


def test_short_blocks_share_a_passage_and_keep_their_lines():
    blocks = [Block("Kapittel", 1, 1), Block("Del", 2, 1), Block("En.", 0, 1), Block("To.", 0, 2)]

    assert split(blocks) == [DocumentPassage("En.\nTo.", ("Kapittel", "Del"), 1)]


def test_a_heading_closes_a_passage_that_is_long_enough_and_else_stays_in_it():
    long, short = text(400), text(398)

    assert split([Block(long), Block("Ny", 1), Block("Mer.")], aim=1000) == [
        DocumentPassage(long),
        DocumentPassage("Mer.", ("Ny",)),
    ]
    assert split([Block(short), Block("Ny", 1), Block("Mer.")], aim=1000) == [DocumentPassage(f"{short}\nNy\nMer.")]


def test_headings_of_the_same_and_lower_levels_are_left_behind():
    blocks = [Block("A", 1), Block("A1", 2), Block(text(900)), Block("A2", 2), Block(text(900)), Block("B", 1)]

    assert [passage.headings for passage in split([*blocks, Block("Slutt.")])] == [("A", "A1"), ("A", "A2"), ("B",)]


def test_the_place_is_where_the_passage_begins():
    blocks = [Block(text(900), 0, 1), Block("H", 1, 2), Block(text(900), 0, 3), Block(text(900), 0, 4)]

    assert [passage.page for passage in split(blocks)] == [1, 3, 4]


def test_each_slide_has_passages_of_its_own_and_no_other_s_heading():
    blocks = [Block("A", 1, slide=1), Block("en.", slide=1), Block("to.", slide=2), Block("Bare tittel", 1, slide=3)]

    assert split(blocks) == [DocumentPassage("en.", ("A",), None, 1), DocumentPassage("to.", (), None, 2)]


def test_text_is_cut_between_sentences():
    sentences = [text(300) for _ in range(4)]

    assert [passage.text for passage in split([Block(" ".join(sentences))], aim=700)] == [
        " ".join(sentences[:2]),
        " ".join(sentences[2:]),
    ]


def test_a_sentence_without_end_is_cut_between_words_and_a_word_without_end_anywhere():
    assert [passage.text for passage in split([Block("ord " * 6)], aim=10)] == ["ord ord"] * 3
    assert [passage.text for passage in split([Block("o" * 25)], aim=10)] == ["o" * 10, "o" * 10, "o" * 5]


def test_a_passage_may_be_a_little_longer_than_the_aim():
    fits, does_not = [Block(text(1000)), Block(text(149))], [Block(text(1000)), Block(text(150))]

    assert [len(split(blocks, aim=1000)) for blocks in (fits, does_not)] == [1, 2]


def test_a_long_heading_is_text():
    heading = text(121)

    assert split([Block("A", 1), Block(heading, 1), Block("mer.")]) == [DocumentPassage(f"{heading}\nmer.", ("A",))]
    assert split([Block(text(120), 1), Block("mer.")]) == [DocumentPassage("mer.", (text(120),))]


@pytest.mark.parametrize("blocks", [[], [Block("A", 1)], [Block("12 | 13")]])
def test_without_text_there_is_no_passage(blocks):
    assert split(blocks) == []


BLOCKS = st.lists(
    st.builds(
        Block,
        st.text("aAåØ. !?«1-•", min_size=1, max_size=40).flatmap(
            lambda part: st.integers(1, 60).map(lambda times: (part * times).strip() or "x")
        ),
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=25,
)


@given(BLOCKS, st.sampled_from([AIM, 60, 700, LONGEST, 5000]))
def test_no_passage_is_too_long(blocks, aim):
    passages = split(blocks, aim)

    assert all(len(passage.text) <= LONGEST for passage in passages)
    assert all(any(c.isalpha() for c in passage.text) for passage in passages)


@given(BLOCKS, st.sampled_from([AIM, 60, 700]))
def test_no_running_text_is_lost(blocks, aim):
    # A letter in each word: a passage without any letter is left out on purpose.
    blocks = [Block(block.text.replace(" ", "a").replace("1", "a"), block.level, slide=block.slide) for block in blocks]
    running = "".join(c for block in blocks if not block.level for c in block.text if c.isalpha())
    found = iter("".join(c for passage in split(blocks, aim) for c in passage.text if c.isalpha()))

    assert all(c in found for c in running)


@given(BLOCKS)
def test_without_headings_every_letter_is_there_once(blocks):
    blocks = [Block(block.text, 0, block.page) for block in blocks]
    found = "".join(c for passage in split(blocks) for c in passage.text if c.isalpha())

    assert found == "".join(c for block in blocks for c in block.text if c.isalpha())


@pytest.mark.parametrize("aim", [1100, 1200, 5000])
def test_no_aim_makes_a_passage_too_long(aim):
    many, one = [Block(text(90))] * 50, [Block(text(5000))]

    assert [max(len(passage.text) for passage in split(blocks, aim)) <= LONGEST for blocks in (many, one)] == [True] * 2


def test_a_short_sentence_before_one_that_is_cut_is_kept():
    assert [passage.text for passage in split([Block("Hei. " + "Ord" * 10)], aim=20)] == [
        "Hei.",
        ("Ord" * 10)[:20],
        ("Ord" * 10)[20:],
    ]
