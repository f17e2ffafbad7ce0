"""Reads presentations (.pptx): each slide's title, texts and tables from top to bottom, and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.slide import Slide

from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.repair import one_line

_FURNITURE = {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER}
# What programs write as a title when nobody gave one.
_NO_TITLE = {"powerpoint presentation", "powerpoint-presentasjon", "lysbilde 1", "slide 1"}
# Shapes whose tops differ less than this, in EMU (a sixth of an inch), stand side by side.
_SAME_HEIGHT = 914_400 // 6


def read(path: Path) -> Contents:
    """Read a presentation slide by slide; the slides' numbers count from 1."""
    presentation = pptx.Presentation(str(path))
    blocks = tuple(block for number, slide in enumerate(presentation.slides, 1) for block in _slide(slide, number))
    title = one_line(presentation.core_properties.title or "")
    if not title or title.lower() in _NO_TITLE:
        title = next((block.text for block in blocks if block.level == 1), "")
    return Contents(title, blocks)


def _slide(slide: Slide, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    heading = one_line(title.text_frame.text) if title is not None else ""
    if heading:
        yield Block(heading, 1, slide=number)
    # Each access wraps the same element in a new shape.
    shapes = [shape for shape in slide.shapes if title is None or shape.element is not title.element]
    texts = list(_texts(shapes))
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    texts += [paragraph.text for paragraph in notes.paragraphs] if notes is not None else []
    for text in map(one_line, texts):
        if text:
            yield Block(text, slide=number)


def _texts(shapes: Iterable[Any]) -> Iterator[str]:
    """Yield the shapes' paragraphs and rows of tables, in reading order."""
    for shape in _in_reading_order(shapes):
        if hasattr(shape, "shapes"):
            yield from _texts(shape.shapes)
        elif shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
            continue
        elif shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                cells = [one_line(cell.text) for cell in row.cells if not cell.is_spanned]
                yield " | ".join(cell for cell in cells if cell)


def _in_reading_order(shapes: Iterable[Any]) -> list[Any]:
    """Return the shapes from top to bottom, those side by side from left to right."""
    rows: list[list[Any]] = []
    for shape in sorted(shapes, key=lambda shape: shape.top or 0):
        if rows and (shape.top or 0) - (rows[-1][0].top or 0) < _SAME_HEIGHT:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left or 0)]
