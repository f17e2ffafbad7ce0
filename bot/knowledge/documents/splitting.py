"""Cuts a document into passages along its headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.knowledge.documents.blocks import Block
from bot.types import DocumentPassage

LONGEST = 1200
# Chosen by measurement, see docs/retrieval.md: shorter passages lose the sentence's surroundings.
AIM = 1000
# A passage that has got this far is closed at the next heading.
_ENOUGH = 0.4
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«“\"(–•])")
_LONGEST_HEADING = 120


def split(blocks: Sequence[Block], aim: int = AIM) -> list[DocumentPassage]:
    """Return passages of about `aim`, at most 1,200 characters, each with the headings above it and its place.

    A heading inside a passage stays in its text, on a line of its own; one without text below it is left out. A slide
    begins a passage, under no other slide's heading.
    """
    aim = min(aim, LONGEST)
    passages: list[DocumentPassage] = []
    above: dict[int, str] = {}
    texts: list[str] = []
    start: tuple[tuple[str, ...], int | None, int | None] = ((), None, None)
    slide: int | None = None

    def close() -> None:
        text = "\n".join(texts).strip()
        if any(c.isalpha() for c in text):
            headings, page, slide = start
            passages.append(DocumentPassage(text, headings, page, slide))
        texts.clear()

    for block in blocks:
        if block.slide != slide:
            close()
            above, slide = {}, block.slide
        size = sum(len(text) + 1 for text in texts)
        # A longer one is text that only looks like a heading.
        if block.level and len(block.text) <= _LONGEST_HEADING:
            if size >= _ENOUGH * aim:
                close()
            above = {level: title for level, title in above.items() if level < block.level}
            above[block.level] = block.text
            if texts:
                texts.append(block.text)
            continue
        for piece in _pieces(block.text, aim):
            if texts and sum(len(text) + 1 for text in texts) + len(piece) > min(aim * 1.15, LONGEST):
                close()
            if not texts:
                start = (tuple(above.values()), block.page, block.slide)
            texts.append(piece)
    close()
    return passages


def _pieces(text: str, aim: int) -> Iterable[str]:
    """Yield a block's text in pieces of whole sentences, each at most `aim` long; longer ones are cut at a word."""
    piece = ""
    for sentence in _SENTENCES.split(text):
        while len(sentence) > aim:
            cut = sentence.rfind(" ", 1, aim)
            cut = cut if cut > 0 else aim
            if piece:
                yield piece
                piece = ""
            yield sentence[:cut]
            sentence = sentence[cut:].strip()
        if piece and len(piece) + 1 + len(sentence) > aim:
            yield piece
            piece = sentence
        else:
            piece = f"{piece} {sentence}".strip()
    if piece:
        yield piece
