"""PDF: pages, sizes, running heads, bookmarks, passwords, scans."""

from __future__ import annotations

import pytest

from bot.errors import GuideError
from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.formats import pdf
from tests.unit.knowledge.documents import made_files

FIRST = (
    "Denne rapporten handler om hvordan kommunen kan lage tjenester sammen med innbyggerne. Den bygger på samtaler med "
    "ansatte i NAV og i kommunen, og på det vi har sett i fire prosjekter."
)
REPORT = (
    Block("Samskaping i praksis", 1, 1),
    Block(FIRST, 0, 1),
    Block("Forberedelse", 2, 1),
    Block("God tid er viktig. Gruppa trenger å bli kjent før den begynner å arbeide sammen.", 0, 1),
    Block("Rekruttering", 2, 2),
    Block(
        "Inviter bredt, og gå dit folk er. Et brev i posten når bare dem som er vant til slikt. "
        "Mange sier ja når de blir spurt av en de kjenner.",
        0,
        2,
    ),
    Block("Gjennomføring", 2, 3),
    Block("Sørg for at alle får ordet. Den som leder møtet, skal ikke snakke mest av alle selv.", 0, 3),
)
BODY = "En linje med helt vanlig tekst som går over hele bredden av siden, og litt til."


def test_headings_come_from_the_size_and_pages_from_the_file(tmp_path):
    contents = pdf.read(made_files.pdf(tmp_path / "a.pdf"))

    assert contents.title == "Samskaping i praksis"
    assert contents.blocks == REPORT


def test_running_heads_and_page_numbers_go(tmp_path):
    assert pdf.read(made_files.pdf(tmp_path / "a.pdf", head="Rapport 3/2024")).blocks == REPORT


def test_sizes_that_the_matrix_makes_count_as_well(tmp_path):
    assert pdf.read(made_files.pdf(tmp_path / "a.pdf", scale=5.0)).blocks == REPORT


def test_the_file_s_own_title_comes_first_unless_a_program_wrote_it(tmp_path):
    named = pdf.read(made_files.pdf(tmp_path / "a.pdf", title="Sluttrapport"))
    by_program = pdf.read(made_files.pdf(tmp_path / "b.pdf", title="Microsoft Word - utkast.docx"))

    assert named.title == "Sluttrapport"
    assert by_program.title == "Samskaping i praksis"


def test_bookmarks_name_headings_of_their_level(tmp_path):
    pages = [
        ["Forord", BODY, BODY, "Takk til alle", BODY],
        ["Om oppdraget og de som", "ga oss det", BODY, "Forord", BODY],
    ]
    bookmarks = [("Forord", 0, 1), ("Takk til  alle", 1, 1), ("Om oppdraget og de som ga oss det", 0, 2)]

    blocks = pdf.read(made_files.pdf(tmp_path / "a.pdf", pages, bookmarks=bookmarks)).blocks

    assert [(block.text, block.level, block.page) for block in blocks if block.level] == [
        ("Forord", 1, 1),
        ("Takk til alle", 2, 1),
        ("Om oppdraget og de som ga oss det", 1, 2),
    ]
    assert blocks[1] == Block(f"{BODY} {BODY}", 0, 1)
    assert not any("ga oss" in block.text for block in blocks if not block.level)


def test_a_bookmark_of_another_page_still_finds_the_only_line_like_it(tmp_path):
    path = made_files.pdf(tmp_path / "a.pdf", [[BODY, BODY], ["Forord", BODY]], bookmarks=[("Forord", 0, 1)])

    assert Block("Forord", 1, 2) in pdf.read(path).blocks


def test_a_bookmarked_heading_that_is_the_running_head_too_stays_once(tmp_path):
    pages = [["Forord", BODY, BODY, BODY], ["Forord", BODY, BODY, BODY], ["Forord", BODY, BODY, BODY]]

    blocks = pdf.read(made_files.pdf(tmp_path / "a.pdf", pages, bookmarks=[("Forord", 0, 1)])).blocks

    assert [block for block in blocks if "Forord" in block.text] == [Block("Forord", 1, 1)]


def test_a_heading_over_two_lines_is_one(tmp_path):
    path = made_files.pdf(tmp_path / "a.pdf", [["# Innbyggere som", "# Nye medarbeidere", BODY, BODY, BODY]])

    assert pdf.read(path).blocks[0] == Block("Innbyggere som Nye medarbeidere", 1, 1)


def test_a_password_is_told_of(tmp_path):
    with pytest.raises(GuideError, match=r"^lukket\.pdf is protected by a password\. Save it without the password"):
        pdf.read(made_files.pdf(tmp_path / "lukket.pdf", password="hemmelig"))


def test_a_file_that_is_encrypted_but_open_to_everybody_is_read(tmp_path):
    assert pdf.read(made_files.pdf(tmp_path / "a.pdf", password="")).blocks == REPORT


def test_a_scan_is_told_of(tmp_path):
    with pytest.raises(GuideError, match=r"^a\.pdf has next to no text: it seems to be scanned\. Run text recognition"):
        pdf.read(made_files.scanned_pdf(tmp_path / "a.pdf"))


@pytest.mark.parametrize(("letters", "is_read"), [(19, False), (20, True)])
def test_twenty_letters_a_page_are_enough(tmp_path, letters, is_read):
    path = made_files.pdf(tmp_path / "a.pdf", [["a" * letters + " 1234567890"]])

    if is_read:
        assert pdf.read(path).blocks
    else:
        with pytest.raises(GuideError, match="scanned"):
            pdf.read(path)


def test_a_bookmark_names_the_line_of_its_page_and_the_largest_there(tmp_path):
    pages = [["Forord", BODY, BODY, BODY], ["Mer.", BODY, "Forord", BODY]]
    later = pdf.read(made_files.pdf(tmp_path / "a.pdf", pages, bookmarks=[("Forord", 0, 2)]))
    headed = made_files.pdf(
        tmp_path / "b.pdf",
        [["# Forord", BODY, BODY, BODY], [BODY] * 4, [BODY] * 4],
        head="Forord",
        bookmarks=[("Del", 0, 1), ("Forord", 1, 1)],
    )

    assert [block for block in later.blocks if block.level] == [Block("Forord", 1, 2)]
    assert [block for block in pdf.read(headed).blocks if "Forord" in block.text] == [Block("Forord", 2, 1)]
