"""The entrance: which files are let in, and what is told of those that are not."""

from __future__ import annotations

import random
import zipfile

import pytest

from bot.errors import GuideError
from bot.knowledge.documents import reading
from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.reading import read_document
from tests.unit.knowledge.documents import made_files

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def refusal(path):
    """Return what is told of a file that is not read."""
    with pytest.raises(GuideError) as caught:
        read_document(path)
    assert str(path.parent) not in str(caught.value)
    return str(caught.value)


def written(path, data):
    """Write a file."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("name", "make", "first"),
    [
        ("a.pdf", made_files.pdf, Block("Samskaping i praksis", 1, 1)),
        ("A.PDF", made_files.pdf, Block("Samskaping i praksis", 1, 1)),
        ("a.docx", made_files.docx, Block("Forberedelse", 1)),
        ("a.pptx", made_files.pptx, Block("Samskaping", 1, slide=1)),
        ("a.html", lambda path: written(path, "<h2>Hei</h2>"), Block("Hei", 2)),
        ("a.htm", lambda path: written(path, "<h2>Hei</h2>".encode("utf-16")), Block("Hei", 2)),
        ("a.md", lambda path: written(path, "## Hei"), Block("Hei", 2)),
        ("a.markdown", lambda path: written(path, "## Hei"), Block("Hei", 2)),
        ("a.txt", lambda path: written(path, "## Hei"), Block("## Hei")),
        ("a.txt", lambda path: written(path, "Hei".encode("utf-16")), Block("Hei")),
    ],
)
def test_every_kind_is_read(tmp_path, name, make, first):
    path = tmp_path / name
    make(path)

    assert read_document(path).blocks[0] == first


def test_lists_of_references_are_left_out(tmp_path):
    text = "# Tittel\n\nTekst.\n\n# Referanser\n\nHansen\n"

    assert read_document(written(tmp_path / "a.md", text)) == Contents("Tittel", (Block("Tittel", 1), Block("Tekst.")))


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    (tmp_path / "mappe.pdf").mkdir()

    assert refusal(tmp_path / "a.pdf") == "There is no file a.pdf. Check the path."
    assert refusal(tmp_path / "mappe.pdf") == "mappe.pdf is not a file. Give the path of one document."


def test_an_empty_file(tmp_path):
    assert refusal(written(tmp_path / "a.pdf", "")) == "a.pdf is empty. Check that it was copied in full."


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)

    assert refusal(path).startswith("a.pdf is 300 MB large; at most 50 MB are read. Split it")


def test_the_largest_size_is_let_in(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_FILE", 5)

    assert read_document(written(tmp_path / "a.txt", "Hei p")).blocks == (Block("Hei p"),)
    assert "at most" in refusal(written(tmp_path / "b.txt", "Hei der"))


@pytest.mark.parametrize("name", ["a.doc", "a.xlsx", "a", ".pdf", "a.pdf.exe"])
def test_an_unknown_ending(tmp_path, name):
    assert refusal(written(tmp_path / name, "Hei")) == (
        f"{name} is of a kind that can't be read. Use one of .pdf, .docx, .pptx, .html, .htm, .md, .markdown, .txt."
    )


@pytest.mark.parametrize(
    ("name", "kind", "make"),
    [
        ("a.pdf", "PDF", lambda path: written(path, "Hei")),
        ("a.pdf", "PDF", made_files.docx),
        ("a.pdf", "PDF", lambda path: written(path, bytes(1024) + b"%PDF-1.4")),
        ("a.docx", "Word", made_files.pptx),
        ("a.docx", "Word", lambda path: written(path, "Hei")),
        ("a.docx", "Word", made_files.pdf),
        ("a.pptx", "PowerPoint", made_files.docx),
        ("a.txt", "text", made_files.pdf),
        ("a.txt", "text", made_files.docx),
        ("a.txt", "text", lambda path: written(path, OLE)),
        ("a.txt", "text", lambda path: written(path, "Hei" * 30_000 + "\x00")),
        ("a.txt", "text", lambda path: written(path, "Hei\x01" * 50)),
        ("a.md", "Markdown", lambda path: written(path, b"Hei\x00")),
        ("a.html", "HTML", lambda path: written(path, "1 < 2, og 3 > 2")),
        ("a.html", "HTML", made_files.pdf),
    ],
)
def test_a_wrong_ending(tmp_path, name, kind, make):
    path = tmp_path / name
    make(path)

    assert refusal(path) == f"{name} is not a {kind} file. Give it the ending that its content calls for."


@pytest.mark.parametrize("name", ["a.docx", "a.pptx"])
def test_a_password_or_an_old_format(tmp_path, name):
    assert refusal(written(tmp_path / name, OLE)) == (
        f"{name} is protected by a password, or is an old .doc or .ppt under a new name. "
        "Save it without a password as .docx or .pptx and try again."
    )


def test_a_pdf_with_a_password_keeps_its_own_message(tmp_path):
    assert "a.pdf is protected by a password" in refusal(made_files.pdf(tmp_path / "a.pdf", password="hemmelig"))


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = made_files.zip_bomb(tmp_path / "a.docx", megabytes=201)

    assert path.stat().st_size < 1024 * 1024
    assert refusal(path).startswith("a.docx unpacks to more than 200 MB or 5000 parts. Split it")


@pytest.mark.parametrize(("parts", "told"), [(5000, "can't be read"), (5001, "unpacks to more than")])
def test_too_many_parts(tmp_path, parts, told):
    with zipfile.ZipFile(tmp_path / "a.pptx", "w") as archive:
        archive.writestr("ppt/presentation.xml", "")
        for number in range(parts - 1):
            archive.writestr(str(number), "")

    assert told in refusal(tmp_path / "a.pptx")


@pytest.mark.parametrize(("size", "told"), [(100, "can't be read"), (101, "unpacks to more than")])
def test_the_unpacked_size_is_a_sum(tmp_path, monkeypatch, size, told):
    monkeypatch.setattr(reading, "LARGEST_UNPACKED", 100)
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "x" * 50)
        archive.writestr("b", "x" * (size - 50))

    assert told in refusal(tmp_path / "a.docx")


def test_a_truncated_pdf_gives_what_is_left_or_is_told_of(tmp_path):
    data = made_files.pdf(tmp_path / "hel.pdf").read_bytes()

    for share in (0.02, 0.2, 0.5, 0.9):
        path = written(tmp_path / "a.pdf", data[: int(len(data) * share)])
        try:
            assert read_document(path).blocks
        except GuideError as error:
            assert str(error).startswith(("a.pdf can't be read (", "a.pdf has next to no text", "There is no text in"))  # noqa: PT017


@pytest.mark.parametrize("make", [made_files.docx, made_files.pptx])
def test_a_truncated_office_file_is_told_of(tmp_path, make):
    name = "a.docx" if make is made_files.docx else "a.pptx"
    path = make(tmp_path / name)
    path.write_bytes(path.read_bytes()[:-200])

    assert refusal(path) == (
        f"{name} can't be read (BadZipFile): it may be damaged. "
        "Open it in the program it was made with, save it anew, and try again."
    )


@pytest.mark.parametrize("start", [b"", b"%PDF-1.4\n", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.pptx", "a.html", "a.md", "a.txt"])
def test_random_bytes_are_told_of(tmp_path, name, start):
    data = random.Random(3).randbytes(5000)

    assert name in refusal(written(tmp_path / name, start + data))


@pytest.mark.parametrize(
    ("name", "text"), [("a.txt", "12 13\n"), ("a.md", "# Referanser\n\nHansen"), ("a.html", "<nav>Hjem</nav>")]
)
def test_a_file_without_text(tmp_path, name, text):
    assert refusal(written(tmp_path / name, text)).startswith(f"There is no text in {name}. If its pages are pictures")


def test_want_of_memory_is_no_damage(tmp_path, monkeypatch):
    def hungry(path, kind):
        raise MemoryError

    monkeypatch.setattr(reading, "_check_kind", hungry)

    with pytest.raises(MemoryError):
        read_document(written(tmp_path / "a.txt", "Hei"))
