"""Word: styles, lists, tables, and what stands in controls, boxes and tracked changes."""

from __future__ import annotations

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.formats import word
from tests.unit.knowledge.documents import made_files

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = (
    f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>Utenfor.</w:t></w:r>'
    "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>I ramma.</w:t></w:r></w:p></w:txbxContent>"
    "</mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>I ramma.</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
    "</mc:AlternateContent></w:r></w:p>"
)


def with_body(path, *xml):
    """Write a Word file with these elements as its body."""
    document = docx.Document()
    for element in xml:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(element))
    document.save(str(path))
    return path


def test_everything_comes_in_order(tmp_path):
    path = made_files.docx(
        tmp_path / "a.docx",
        [
            ("Title", "Veileder"),
            ("Heading 1", "Forberedelse"),
            ("Normal", "God tid\ner\tviktig."),
            ("List Bullet", "kaffe"),
            ("List Number", "kake"),
            [["Hvem", "Hva"], ["Kari", ""], ["", "leder"]],
            ("Heading 3", "Etterpå"),
            ("Normal", ""),
            ("Normal", "Vi e\ufb03ser."),
        ],
    )

    assert word.read(path).blocks == (
        Block("Veileder", 1),
        Block("Forberedelse", 1),
        Block("God tid er viktig."),
        Block("• kaffe"),
        Block("• kake"),
        Block("Hvem | Hva"),
        Block("Kari"),
        Block("leder"),
        Block("Etterpå", 3),
        Block("Vi effiser."),
    )


@pytest.mark.parametrize(
    ("content", "title", "expected"),
    [
        ([("Title", "Veileder"), ("Title", "To"), ("Heading 1", "A")], "Egenskap", "Veileder"),
        ([("Heading 1", "A")], "Egenskap", "Egenskap"),
        ([("Normal", "x"), ("Heading 1", "A")], "", "A"),
        ([("Normal", "x")], "", ""),
    ],
)
def test_the_title_is_what_stands_as_one_or_the_property_or_the_first_heading(tmp_path, content, title, expected):
    assert word.read(made_files.docx(tmp_path / "a.docx", content, title=title)).title == expected


def test_norwegian_names_outline_levels_and_inherited_styles_make_headings(tmp_path):
    document = docx.Document()
    norwegian = document.styles.add_style("Overskrift 2", WD_STYLE_TYPE.PARAGRAPH)
    own = document.styles.add_style("Kommunens kapittel", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    document.add_paragraph("Navn", style=norwegian)
    document.add_paragraph("Arv", style=own)
    for level in ("2", "9"):
        paragraph = document.add_paragraph(f"Nivå {level}")
        paragraph.paragraph_format.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="{level}"/>'))
    document.save(str(tmp_path / "a.docx"))

    assert word.read(tmp_path / "a.docx").blocks == (
        Block("Navn", 2),
        Block("Arv", 2),
        Block("Nivå 2", 3),
        Block("Nivå 9"),
    )


def test_a_bullet_may_be_set_or_taken_away_by_hand(tmp_path):
    def number(style, number_id):
        properties = f'<w:pStyle w:val="{style}"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number_id}"/></w:numPr>'
        return f"<w:p {W}><w:pPr>{properties}</w:pPr><w:r><w:t>kaffe</w:t></w:r></w:p>"

    path = with_body(tmp_path / "a.docx", number("Normal", 1), number("ListBullet", 0))

    assert word.read(path).blocks == (Block("• kaffe"), Block("kaffe"))


def test_a_table_of_one_column_is_a_frame(tmp_path):
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Husk:"
    cell.add_paragraph("Tips", style="Heading 2")
    document.save(str(tmp_path / "a.docx"))

    assert word.read(tmp_path / "a.docx").blocks == (Block("Husk:"), Block("Tips", 2))


def test_controls_links_and_insertions_are_read_and_deletions_are_not(tmp_path):
    run = "<w:r><w:t xml:space='preserve'>{} </w:t></w:r>"
    path = with_body(
        tmp_path / "a.docx",
        f"<w:sdt {W}><w:sdtContent><w:p>{run.format('Kontroll.')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p {W}>{run.format('Vi')}<w:ins>{run.format('alle')}</w:ins><w:moveFrom>{run.format('borte')}</w:moveFrom>"
        f"<w:del><w:r><w:delText>slettet</w:delText></w:r></w:del><w:hyperlink>{run.format('møtes.')}</w:hyperlink>"
        "<w:r><w:t>NAV</w:t><w:noBreakHyphen/><w:t>leder</w:t></w:r></w:p>",
        BOX,
    )

    assert [block.text for block in word.read(path).blocks] == [
        "Kontroll.",
        "Vi alle møtes. NAV-leder",
        "Utenfor.",
        "I ramma.",
    ]


def test_a_table_of_contents_is_left_out(tmp_path):
    document = docx.Document()
    document.add_paragraph("Innledning\t3", style=document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH))
    document.add_paragraph("Innledning", style="Heading 1")
    document.save(str(tmp_path / "a.docx"))

    assert word.read(tmp_path / "a.docx").blocks == (Block("Innledning", 1),)
