"""Makes real documents for tests: PDF, Word and presentations."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx as word
import pptx as powerpoint
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

SIZES = {"# ": 20.0, "## ": 13.0, "": 10.0}

# Two pages of a report: a running head and page numbers come with `pdf(..., head=…)`.
REPORT = (
    (
        "# Samskaping i praksis",
        "Denne rapporten handler om hvordan kommunen kan lage tjenester sammen med inn-",
        "byggerne. Den bygger på samtaler med ansatte i NAV og i kommunen, og på det vi har",
        "sett i fire prosjekter.",
        "## Forberedelse",
        "God tid er viktig. Gruppa trenger å bli kjent før den begynner å arbeide sammen.",
    ),
    (
        "## Rekruttering",
        "Inviter bredt, og gå dit folk er. Et brev i posten når bare dem som er vant til slikt.",
        "Mange sier ja når de blir spurt av en de kjenner.",
    ),
    (
        "## Gjennomføring",
        "Sørg for at alle får ordet. Den som leder møtet, skal ikke snakke mest av alle selv.",
    ),
)


def pdf(
    path: Path,
    pages: Sequence[Sequence[str]] = REPORT,
    *,
    head: str = "",
    bookmarks: Sequence[tuple[str, int, int]] = (),
    title: str = "",
    password: str | None = None,
    scale: float = 1.0,
) -> Path:
    """Write a PDF file.

    Args:
        path: of the file.
        pages: the lines of each page; those that begin with `# ` or `## ` are set in 20 or 13 points, others in 10.
        head: stands above each page, which then has its number at the foot.
        bookmarks: title, level from 0 and page from 1 of each.
        title: among the file's properties.
        password: that one must know to open it; an empty one encrypts the file but lets everybody open it.
        scale: on every second page letters are set in sizes this much smaller, and enlarged by the page's matrix.
    """
    encryption = None if password is None else StandardEncryption(password, ownerPassword="eier", strength=128)
    canvas = Canvas(str(path), pagesize=A4, encrypt=encryption)
    scales = (1.0, scale)
    canvas.setTitle(title)
    for number, lines in enumerate(pages, start=1):
        scale = scales[(number + 1) % 2]
        canvas.scale(scale, scale)
        for name, level, page in bookmarks:
            if page == number:
                canvas.bookmarkPage(name)
                canvas.addOutlineEntry(name, name, level)
        y = 780.0
        if head:
            _show(canvas, head, 8.0, 810.0, scale)
            _show(canvas, str(number), 8.0, 30.0, scale)
        for line in lines:
            mark = next(mark for mark in SIZES if line.startswith(mark))
            _show(canvas, line.removeprefix(mark), SIZES[mark], y, scale)
            y -= 1.6 * SIZES[mark]
        canvas.showPage()
    canvas.save()
    return path


def _show(canvas: Canvas, text: str, size: float, y: float, scale: float) -> None:
    canvas.setFont("Helvetica", size / scale)
    canvas.drawString(70 / scale, y / scale, text)


def scanned_pdf(path: Path, pages: int = 2) -> Path:
    """Write a PDF file whose pages hold a drawing and no text."""
    canvas = Canvas(str(path))
    for _ in range(pages):
        canvas.rect(100, 100, 300, 400, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def docx(
    path: Path, content: Sequence[tuple[str, str] | Sequence[Sequence[str]]] | None = None, *, title: str = ""
) -> Path:
    """Write a Word file.

    Args:
        path: of the file.
        content: in order: (name of a style, text), or the rows of a table.
        title: among the file's properties.
    """
    document = word.Document()
    document.core_properties.title = title
    for part in content if content is not None else [("Heading 1", "Forberedelse"), ("Normal", "God tid er viktig.")]:
        if isinstance(part, tuple):
            document.add_paragraph(part[1], style=part[0])
        else:
            table = document.add_table(len(part), len(part[0]))
            for row, texts in zip(table.rows, part):
                for cell, text in zip(row.cells, texts):
                    cell.text = text
    document.save(str(path))
    return path


@dataclass(frozen=True)
class MadeSlide:
    """A slide: its title, texts with their place (left, top, in inches), a table, notes."""

    title: str = ""
    texts: Sequence[tuple[float, float, str]] = ()
    table: Sequence[Sequence[str]] = ()
    notes: str = ""
    group: Sequence[tuple[float, float, str]] = field(default=())


def pptx(path: Path, slides: Sequence[MadeSlide] | None = None, *, title: str = "") -> Path:
    """Write a presentation."""
    presentation = powerpoint.Presentation()
    if title:
        presentation.core_properties.title = title
    for made in slides or [MadeSlide("Samskaping", [(1, 2, "Vi lager tjenester i lag.")])]:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        if made.title:
            slide.shapes.title.text = made.title
        _boxes(slide.shapes, made.texts)
        if made.group:
            _boxes(slide.shapes.add_group_shape().shapes, made.group)
        if made.table:
            frame = slide.shapes.add_table(
                len(made.table), len(made.table[0]), Inches(1), Inches(6), Inches(5), Inches(1)
            )
            for y, row in enumerate(made.table):
                for x, text in enumerate(row):
                    frame.table.cell(y, x).text = text
        if made.notes:
            slide.notes_slide.notes_text_frame.text = made.notes
    presentation.save(str(path))
    return path


def _boxes(shapes: Any, texts: Sequence[tuple[float, float, str]]) -> None:
    for left, top, text in texts:
        shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5)).text_frame.text = text


def zip_bomb(path: Path, megabytes: int = 300, member: str = "word/document.xml") -> Path:
    """Write a file that is small on the disk and unpacks to many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as file:
        for _ in range(megabytes):
            file.write(bytes(1024 * 1024))
    return path
