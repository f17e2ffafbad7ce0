"""Presentations: numbers of slides, reading order, tables, groups, notes."""

from __future__ import annotations

import pptx
import pytest
from pptx.util import Inches

from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.formats import slides
from tests.unit.knowledge.documents import made_files
from tests.unit.knowledge.documents.made_files import MadeSlide


def test_a_slide_is_read_from_the_top_and_from_the_left_and_notes_last(tmp_path):
    path = made_files.pptx(
        tmp_path / "a.pptx",
        [
            MadeSlide("Forside"),
            MadeSlide(
                "Tre\vråd",
                # The right one lies a little higher: they still stand side by side.
                texts=[(5, 4, "nede"), (5, 2, "til høyre"), (1, 2.1, "til venstre\nog under")],
                table=[["Hvem", "Hva"], ["Kari", "leder"]],
                group=[(1, 5, "i gruppa, sist"), (1, 4.5, "i gruppa, først")],
                notes="Husk kaffe.\nOg kake.",
            ),
        ],
    )

    assert slides.read(path).blocks == (
        Block("Forside", 1, slide=1),
        Block("Tre råd", 1, slide=2),
        Block("til venstre", slide=2),
        Block("og under", slide=2),
        Block("til høyre", slide=2),
        Block("nede", slide=2),
        Block("i gruppa, først", slide=2),
        Block("i gruppa, sist", slide=2),
        Block("Hvem | Hva", slide=2),
        Block("Kari | leder", slide=2),
        Block("Husk kaffe.", slide=2),
        Block("Og kake.", slide=2),
    )


@pytest.mark.parametrize(
    ("title", "expected"), [("Et lysark", "Et lysark"), ("", "Samskaping"), ("PowerPoint Presentation", "Samskaping")]
)
def test_the_title_is_the_property_or_the_first_slide_s(tmp_path, title, expected):
    assert slides.read(made_files.pptx(tmp_path / "a.pptx", title=title)).title == expected


def test_a_slide_without_title_keeps_its_number(tmp_path):
    path = made_files.pptx(tmp_path / "a.pptx", [MadeSlide(), MadeSlide(texts=[(1, 1, "Hei")])])

    assert slides.read(path).blocks == (Block("Hei", slide=2),)


def test_dates_footers_and_numbers_are_left_out(tmp_path):
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    for holder in presentation.slide_layouts[6].placeholders:
        slide.shapes.clone_placeholder(holder)
    for shape in slide.placeholders:
        shape.text_frame.text = "bunntekst"
    count = len(slide.placeholders)
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(1), Inches(1)).text_frame.text = "Hei"
    presentation.save(str(tmp_path / "a.pptx"))

    assert count == 3
    assert slides.read(tmp_path / "a.pptx").blocks == (Block("Hei", slide=1),)


def test_merged_cells_are_told_once(tmp_path):
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(1, 3, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 2).text = "bred", "smal"
    table.cell(0, 0).merge(table.cell(0, 1))
    presentation.save(str(tmp_path / "a.pptx"))

    assert slides.read(tmp_path / "a.pptx").blocks == (Block("bred | smal", slide=1),)
