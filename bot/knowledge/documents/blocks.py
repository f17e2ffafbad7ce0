"""What a document is made of once it is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One physical line, from a format that knows no paragraphs.

    Attributes:
        text: the line without white space at its ends; empty for a blank one.
        page: number of its page, from 1, where the format has pages.
        size: of its letters in points, where the format tells.
        level: that of the heading that it is known to be, by the document's outline; 0 where nothing is known.
    """

    text: str
    page: int | None = None
    size: float | None = None
    level: int = 0


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or an item of a list.

    Attributes:
        text: one line without line breaks.
        level: 0 for running text, 1 and up for headings, 1 the highest.
        page: number of its page, from 1, where the format has pages.
        slide: number of its slide, from 1, where the format has slides.
    """

    text: str
    level: int = 0
    page: int | None = None
    slide: int | None = None


@dataclass(frozen=True)
class Contents:
    """A whole document, read.

    Attributes:
        title: what the document calls itself; empty where it does not.
        blocks: in reading order.
    """

    title: str
    blocks: tuple[Block, ...]
