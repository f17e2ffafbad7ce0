"""Reads PDF: lines with their page and size of letters, headings from these and from the bookmarks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PdfReadError

from bot.errors import GuideError
from bot.knowledge.documents.blocks import Block, Contents, Line
from bot.knowledge.documents.paragraphs import paragraphs
from bot.knowledge.documents.repair import one_line, without_page_furniture

LETTERS_A_PAGE = 20
# What programs write as a title when nobody gave one.
_NO_TITLE = re.compile(r"^(?:untitled|microsoft\s.*|.*\.(?:docx?|pptx?|odt|indd|pdf|rtf))$", re.IGNORECASE)
_DEEPEST_OUTLINE = 10


def read(path: Path) -> Contents:
    """Read a PDF file. Pages are counted as they lie in the file, from 1.

    Raises:
        GuideError: the file asks for a password, or has next to no text.
    """
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise GuideError(f"{path.name} is protected by a password.", "Save it without the password and try again.")
    lines = [line for number, page in enumerate(reader.pages, start=1) for line in _lines(page, number)]
    if sum(c.isalpha() for line in lines for c in line.text) < LETTERS_A_PAGE * len(reader.pages):
        raise GuideError(
            f"{path.name} has next to no text: it seems to be scanned.",
            "Run text recognition (OCR) on it first, and try again with the file that gives.",
        )
    lines = _with_outline(lines, reader)
    blocks = paragraphs(without_page_furniture(lines))
    return Contents(_title(reader, blocks), tuple(blocks))


def _lines(page: PageObject, number: int) -> Iterator[Line]:
    """Yield a page's lines, each with the size that most of its letters have."""
    text: list[str] = []
    sizes: Counter[float] = Counter()

    def line() -> Line:
        size = sizes.most_common(1)[0][0] if sizes else None
        return Line(one_line("".join(text)), number, size)

    for piece, size in _pieces(page):
        for place, part in enumerate(piece.split("\n")):
            if place:
                yield line()
                text.clear()
                sizes.clear()
            text.append(part)
            letters = len(part.strip())
            if letters:
                sizes[size] += letters
    yield line()


def _pieces(page: PageObject) -> list[tuple[str, float]]:
    """Return what the page shows, in pieces of one size each, in points rounded to tenths."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, page_matrix: list[float], text_matrix: list[float], font: Any, size: float) -> None:
        # Many programs set the size to 1 and let the matrices do the rest.
        x = text_matrix[2] * page_matrix[0] + text_matrix[3] * page_matrix[2]
        y = text_matrix[2] * page_matrix[1] + text_matrix[3] * page_matrix[3]
        pieces.append((text, round(abs(size) * math.hypot(x, y), 1)))

    page.extract_text(visitor_text=visit)
    return pieces


def _with_outline(lines: Sequence[Line], reader: PdfReader) -> list[Line]:
    """Return the lines with levels at those that the outline names.

    A title that fills two lines makes one of them. A title is sought on the page that the outline gives, and the line
    with the largest letters is taken, as a running head may say the same; elsewhere only if it stands there just once.
    """
    marked = list(lines)
    places: dict[str, list[tuple[int, int]]] = {}
    for place, line in enumerate(lines):
        if line.text:
            places.setdefault(_key(line.text), []).append((place, 1))
            if place + 1 < len(lines) and lines[place + 1].text and lines[place + 1].page == line.page:
                places.setdefault(_key(line.text + lines[place + 1].text), []).append((place, 2))
    joined: set[int] = set()
    for title, page, level in _outline(reader):
        found = places.get(_key(title), []) if any(c.isalpha() for c in title) else []
        here = [(place, count) for place, count in found if lines[place].page == page and not marked[place].level]
        if not here and len(found) == 1:
            here = found
        if here:
            place, count = max(here, key=lambda at: (lines[at[0]].size or 0, -at[0]))
            text = title if count == 2 else marked[place].text
            marked[place] = replace(marked[place], text=text, level=level)
            joined |= {place + 1} if count == 2 else set()
    return [line for place, line in enumerate(marked) if place not in joined]


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _outline(reader: PdfReader) -> list[tuple[str, int | None, int]]:
    """Return the bookmarks in order: title, page from 1, level from 1. A broken outline counts as none."""
    try:
        return list(_flattened(reader, reader.outline, 1))
    except (PdfReadError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return []


def _flattened(reader: PdfReader, items: Sequence[Any], level: int) -> Iterator[tuple[str, int | None, int]]:
    for item in items:
        if isinstance(item, list):
            if level < _DEEPEST_OUTLINE:
                yield from _flattened(reader, item, level + 1)
            continue
        page = reader.get_destination_page_number(item)
        yield one_line(str(item.title or "")), None if page is None or page < 0 else page + 1, level


def _title(reader: PdfReader, blocks: Sequence[Block]) -> str:
    """Return the title among the file's properties, or else the first large heading of the first two pages."""
    title = one_line(str((reader.metadata and reader.metadata.title) or ""))
    if any(c.isalpha() for c in title) and not _NO_TITLE.match(title):
        return title
    return next((block.text for block in blocks if block.level == 1 and (block.page or 1) <= 2), "")
