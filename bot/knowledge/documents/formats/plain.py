"""Reads Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.knowledge.documents.blocks import Block, Contents, Line
from bot.knowledge.documents.encoding import decode
from bot.knowledge.documents.formats import web
from bot.knowledge.documents.paragraphs import paragraphs
from bot.knowledge.documents.repair import BULLET, clean_characters, one_line, without_page_furniture

_HEADING = re.compile(r"^\f?#{1,6}[ \t]+\S", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_HEADINGS_OF_MARKDOWN = 2


def read_markdown(path: Path) -> Contents:
    """Read Markdown: headings, paragraphs, items, rows of tables; code keeps its text. HTML in it is read as HTML."""
    return _markdown(_text(path))


def read_text(path: Path) -> Contents:
    """Read plain text, or Markdown where at least two lines are Markdown's headings. A form feed begins a new page."""
    text = _text(path)
    if len(_HEADING.findall(text)) >= _HEADINGS_OF_MARKDOWN:
        return _markdown(text)
    pages = text.split("\f")
    lines = [
        Line(line.strip(), number if len(pages) > 1 else None)
        for number, page in enumerate(pages, start=1)
        for line in clean_characters(page).split("\n")
    ]
    # Its first heading is a guess, and often «Forord»: the file's name serves better as a title.
    return Contents("", tuple(paragraphs(without_page_furniture(lines))))


def _text(path: Path) -> str:
    return re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", decode(path.read_bytes()))


def _markdown(text: str) -> Contents:
    front_matter = _FRONT_MATTER.match(text)
    named = _TITLE.search(front_matter[1]) if front_matter else None
    pages = list(accumulate((line.count("\f") for line in text.split("\n")), initial=1))[1:]
    body = text.replace("\f", " ")
    if front_matter:
        # Blank lines in its place: the lines keep their numbers.
        body = "\n" * front_matter[0].count("\n") + body[front_matter.end() :]
    blocks = tuple(_blocks(MarkdownIt("commonmark").enable("table").parse(body), pages if "\f" in text else []))
    first = next((block.text for block in blocks if block.level == 1), "")
    return Contents(one_line(named[1].strip().strip("\"'")) if named else first, blocks)


def _blocks(tokens: Sequence[Token], pages: Sequence[int]) -> Iterator[Block]:
    """Yield the blocks that the tokens make.

    Args:
        tokens: of a whole text.
        pages: the page of each line; empty where there are no pages.
    """
    level, is_item, cells = 0, False, list[str]()
    in_row = False
    page: int | None = None
    for token in tokens:
        if token.map:
            page = pages[min(token.map[0], len(pages) - 1)] if pages else None
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "list_item_open":
            is_item = True
        elif token.type == "tr_open":
            in_row, cells = True, []
        elif token.type == "tr_close":
            in_row = False
            if any(cells):
                yield Block(" | ".join(cell for cell in cells if cell), page=page)
        elif token.type == "html_block":
            for block in web.blocks(BeautifulSoup(token.content, "lxml")):
                yield Block(block.text, block.level, page)
        elif token.type in ("inline", "fence", "code_block"):
            text = one_line(_inline(token.children or []) if token.type == "inline" else token.content)
            if in_row:
                cells.append(text)
            elif text:
                yield Block(f"{BULLET} {text}" if is_item and not level else text, level, page)
                is_item = False


def _inline(tokens: Sequence[Token]) -> str:
    """Return the text of a paragraph without its marks; an image gives its description."""
    texts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            texts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            texts.append("\n")
        elif token.type == "image":
            texts.append(_inline(token.children or []))
    return "".join(texts)
