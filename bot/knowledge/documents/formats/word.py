"""Reads Word documents (.docx): headings by style, paragraphs, lists, tables, boxes; no pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn

from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.repair import BULLET, one_line

_HEADING = re.compile(r"^(?:heading|overskrift)\s*([1-9])\b", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|tittel)$", re.IGNORECASE)
_LIST = re.compile(r"^(?:list (?:bullet|number)|punktliste|nummerert liste)", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"^(?:toc|inn?h(?:old)?)\s*\d", re.IGNORECASE)
_PARAGRAPH, _TABLE, _ROW, _CELL, _BOX = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "txbxContent"))
_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN = (qn(f"w:{name}") for name in ("t", "tab", "br", "cr", "noBreakHyphen"))
_PROPERTIES, _OUTLINE, _NUMBERING = (qn(f"w:{name}") for name in ("pPr", "outlineLvl", "numPr"))
_VALUE = qn("w:val")
# Deleted and moved text is not the document's any more; a box is drawn twice, once for old programs.
_GONE = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_NO_RUNNING_TEXT = {*_GONE, _BOX, _PROPERTIES}
_BODY_TEXT_LEVEL = 9


def read(path: Path) -> Contents:
    """Read a Word document in the order that it is written."""
    document = docx.Document(str(path))
    styles = _Styles(document)
    blocks = tuple(_blocks(document.element.body, styles))
    title = styles.title or one_line(document.core_properties.title or "")
    return Contents(title or next((block.text for block in blocks if block.level == 1), ""), blocks)


class _Styles:
    """What a paragraph is, by its style and its own properties; keeps the first title it sees."""

    def __init__(self, document: Document) -> None:
        self._styles = {style.style_id: style for style in document.styles}
        self.title = ""

    def block(self, paragraph: Any) -> Block | None:
        """Return the block that a paragraph makes, None for an empty one or a line of a table of contents."""
        text = one_line("".join(_text(paragraph)))
        chain = self._chain(paragraph)
        names = [str(style.name or "") for style in chain]
        if not text or any(_CONTENTS_STYLE.match(name) for name in names):
            return None
        if any(_TITLE.match(name) for name in names):
            self.title = self.title or text
            return Block(text, 1)
        properties = [paragraph.find(_PROPERTIES), *(style.element.find(_PROPERTIES) for style in chain)]
        level = _level(names, properties)
        if level:
            return Block(text, level)
        is_item = _is_item(names, properties)
        return Block(f"{BULLET} {text}" if is_item and not text.startswith(BULLET) else text)

    def _chain(self, paragraph: Any) -> list[Any]:
        """Return the paragraph's style, the one that it builds on, and so on."""
        chain: list[Any] = []
        style = self._styles.get(paragraph.style)
        while style is not None and style not in chain:
            chain.append(style)
            style = getattr(style, "base_style", None)
        return chain


def _level(names: list[str], properties: list[Any]) -> int:
    """Return the level of a heading, 0 for running text. What stands nearest the paragraph counts."""
    for name, own in zip(["", *names], properties):
        outline = None if own is None else own.find(_OUTLINE)
        if outline is not None:
            level = int(outline.get(_VALUE, _BODY_TEXT_LEVEL))
            return level + 1 if 0 <= level < _BODY_TEXT_LEVEL else 0
        named = _HEADING.match(name)
        if named:
            return int(named[1])
    return 0


def _is_item(names: list[str], properties: list[Any]) -> bool:
    for own in properties:
        numbering = None if own is None else own.find(_NUMBERING)
        if numbering is not None:
            number = numbering.find(qn("w:numId"))
            # Number 0 takes the style's bullet away.
            return number is not None and number.get(_VALUE) != "0"
    return any(_LIST.match(name) for name in names)


def _blocks(parent: Any, styles: _Styles) -> Iterator[Block]:
    """Yield the blocks below an element: those of content controls and inserted text too."""
    for element in parent:
        if element.tag in _GONE:
            continue
        if element.tag == _PARAGRAPH:
            block = styles.block(element)
            if block:
                yield block
            for box in _boxes(element):
                yield from _blocks(box, styles)
        elif element.tag == _ROW:
            yield from _row(element, styles)
        elif isinstance(element.tag, str):
            yield from _blocks(element, styles)


def _row(row: Any, styles: _Styles) -> Iterator[Block]:
    """Yield a row as one block; a row of one cell is a frame, and what it holds stands as it would outside."""
    cells = list(_cells(row))
    if len(cells) == 1:
        yield from _blocks(cells[0], styles)
        return
    texts = [" ".join(block.text for block in _blocks(cell, styles)) for cell in cells]
    if any(texts):
        yield Block(" | ".join(text for text in texts if text))


def _cells(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag == _CELL:
            yield element
        elif element.tag not in _GONE and isinstance(element.tag, str):
            yield from _cells(element)


def _text(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag == _TEXT:
            yield element.text or ""
        elif element.tag in (_TAB, _BREAK, _RETURN):
            yield " "
        elif element.tag == _HYPHEN:
            yield "-"
        elif element.tag not in _NO_RUNNING_TEXT and isinstance(element.tag, str):
            yield from _text(element)


def _boxes(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag == _BOX:
            yield element
        elif element.tag not in _GONE and isinstance(element.tag, str):
            yield from _boxes(element)
