"""Reads web pages (HTML): headings, paragraphs, items, rows and quotes, without what surrounds the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, Tag

from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.encoding import decode
from bot.knowledge.documents.repair import BULLET, one_line

# fmt: off
_SKIPPED = [
    "aside", "button", "footer", "form", "head", "header", "iframe", "math", "nav", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea",
]
_LEVELS = {f"h{level}": level for level in range(1, 7)}
# Elements that begin and end a line of their own.
_BREAKING = {
    *_LEVELS, "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}
# fmt: on
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read(path: Path) -> Contents:
    """Read a web page; its encoding is found in the bytes."""
    data = path.read_bytes()
    soup = BeautifulSoup(decode(data, _declared(data)), "lxml")
    names = (soup.title, soup.h1)
    title = next((text for name in names if name is not None and (text := one_line(name.get_text(" ")))), "")
    return Contents(title, tuple(blocks(soup)))


def blocks(soup: BeautifulSoup) -> list[Block]:
    """Return the blocks of a parsed page, in order."""
    for element in soup.find_all(_SKIPPED):
        # Some systems wrap the whole page in a form.
        if not element.decomposed and not (element.name == "form" and element.find(["h1", "main", "article"])):
            element.decompose()
    for element in soup.find_all(_is_hidden):
        if not element.decomposed:
            element.decompose()
    return list(_walk(soup))


def _declared(data: bytes) -> str | None:
    """Return the encoding that the page names, as browsers take it."""
    name = EncodingDetector.find_declared_encoding(data, is_html=True)
    if name is None or name.lower().startswith(("utf-16", "utf-32")):
        return None
    return "cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii") else name


def _is_hidden(element: Tag) -> bool:
    style = str(element.get("style") or "")
    return element.has_attr("hidden") or element.get("aria-hidden") == "true" or bool(_INVISIBLE.search(style))


class _Writer:
    """Collects running text until an element begins or ends a line."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_item = False

    def flush(self, level: int = 0) -> Iterator[Block]:
        text = one_line("".join(self.texts))
        self.texts.clear()
        if text:
            is_item, self.is_item = self.is_item and not level, False
            yield Block(f"{BULLET} {text}" if is_item else text, level)


def _walk(element: Tag, writer: _Writer | None = None, level: int = 0) -> Iterator[Block]:
    is_outermost, writer = writer is None, writer or _Writer()
    for child in element.children:
        if type(child) is NavigableString:
            writer.texts.append(child)
        if not isinstance(child, Tag):
            continue
        if child.name == "br":
            writer.texts.append(" ")
        elif child.name == "tr" and not _is_layout(child):
            yield from writer.flush(level)
            yield from _row(child)
        elif child.name in _BREAKING:
            yield from writer.flush(level)
            writer.is_item = child.name == "li" or (writer.is_item and child.name not in ("ul", "ol"))
            inner = _LEVELS.get(child.name, level)
            yield from _walk(child, writer, inner)
            yield from writer.flush(inner)
            writer.is_item = writer.is_item and child.name != "li"
        else:
            yield from _walk(child, writer, level)
    if is_outermost:
        yield from writer.flush(level)


def _row(row: Tag) -> Iterator[Block]:
    cells = [" ".join(block.text for block in _walk(cell)) for cell in row.find_all(["td", "th"], recursive=False)]
    if any(cells):
        yield Block(" | ".join(cell for cell in cells if cell))


def _is_layout(row: Tag) -> bool:
    """Say whether a row only places parts of the page: it has one cell, or tables or headings in it."""
    cells = row.find_all(["td", "th"], recursive=False)
    return len(cells) <= 1 or row.find(["table", *_LEVELS]) is not None
