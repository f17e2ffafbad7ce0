"""The shelf of imported documents: ids, what is stored, what another process sees."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import GuideError
from bot.knowledge.documents import shelf as module
from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.shelf import DocumentShelf, OwnDocument, file_digest, own_document, shelf_of
from bot.settings import Settings
from bot.types import DocumentPassage

PASSAGES = (
    DocumentPassage("Bestill tolk i god tid.", ("Før møtet", "Språk"), page=3),
    DocumentPassage("Spis sammen.\nEtter møtet", (), slide=2),
)


def document(document_id: str = "rapport", name: str = "", title: str = "Rapport Å") -> OwnDocument:
    """Return a document of two passages."""
    return OwnDocument(document_id, name or f"{document_id}.pdf", title, "d1", PASSAGES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the documents lie; it is not there yet."""
    return tmp_path / "data" / "documents"


@pytest.fixture
def shelf(folder: Path) -> DocumentShelf:
    """An empty shelf."""
    return DocumentShelf(folder)


def ids(shelf: DocumentShelf) -> list[str]:
    """Return the ids of all documents."""
    return [document.id for document in shelf.all()]


def test_an_empty_shelf_makes_no_folder(shelf: DocumentShelf, folder: Path) -> None:
    assert shelf.all() == []
    assert not folder.exists()


def test_a_document_comes_back_as_it_was(shelf: DocumentShelf, folder: Path) -> None:
    shelf.put([document()])

    assert shelf.all() == [document()]
    assert shelf.get("rapport") == document()
    assert DocumentShelf(folder).all() == [document()]
    assert [path.name for path in folder.iterdir()] == ["rapport.json"]
    assert "Rapport Å" in (folder / "rapport.json").read_text(encoding="utf-8")


def test_documents_are_ordered_by_id(shelf: DocumentShelf) -> None:
    shelf.put([document("b"), document("a-b"), document("a")])

    assert ids(shelf) == ["a", "a-b", "b"]


def test_a_document_with_the_same_id_takes_its_place(shelf: DocumentShelf) -> None:
    shelf.put([document(title="Old"), document("b")])
    shelf.put([document(title="New")])

    assert [found.title for found in shelf.all()] == ["Rapport Å", "New"]


def test_what_another_process_changes_is_seen(shelf: DocumentShelf, folder: Path) -> None:
    other = DocumentShelf(folder)
    other.put([document("a")])
    assert ids(shelf) == ["a"]

    other.put([document("b")])
    os.utime(folder, ns=(1, 1))
    assert ids(shelf) == ["a", "b"]

    other.remove(["a"])
    os.utime(folder, ns=(2, 2))
    assert ids(shelf) == ["b"]


def test_files_are_read_again_only_after_a_change(
    shelf: DocumentShelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put([document()])
    read: list[str] = []
    real = module._read
    monkeypatch.setattr(module, "_read", lambda path: read.append(path.name) or real(path))

    for _ in range(3):
        shelf.all()
        shelf.find("doc:rapport:0")
    assert read == ["rapport.json"]

    os.utime(folder, ns=(1, 1))
    shelf.all()
    assert read == ["rapport.json"] * 2


def test_what_one_writes_oneself_is_seen_at_once(shelf: DocumentShelf, folder: Path) -> None:
    """Though the folder's time may be the same."""
    shelf.put([document(title="Old")])
    shelf.all()
    at = folder.stat().st_mtime_ns

    shelf.put([document(title="New")])
    os.utime(folder, ns=(at, at))
    assert [found.title for found in shelf.all()] == ["New"]

    shelf.remove(["rapport"])
    os.utime(folder, ns=(at, at))
    assert shelf.all() == []


def test_a_document_that_is_not_there_is_told(shelf: DocumentShelf) -> None:
    with pytest.raises(GuideError) as caught:
        shelf.get("rapport")

    assert str(caught.value) == "There is no document rapport. See `samskap knowledge list`."


def test_removing(shelf: DocumentShelf, folder: Path) -> None:
    shelf.put([document("a"), document("b"), document("c")])

    shelf.remove(["a", "c"])

    assert ids(shelf) == ["b"]
    assert [path.name for path in folder.iterdir()] == ["b.json"]


def test_when_one_is_not_there_none_is_removed(shelf: DocumentShelf) -> None:
    shelf.put([document("a"), document("b")])

    with pytest.raises(GuideError, match="There is no document c"):
        shelf.remove(["a", "c"])

    assert ids(shelf) == ["a", "b"]


def test_a_passage_is_found_by_its_id(shelf: DocumentShelf) -> None:
    shelf.put([document()])

    assert document().passage_id(1) == "doc:rapport:1"
    assert shelf.find("doc:rapport:0") == (document(), PASSAGES[0])
    assert shelf.find("doc:rapport:1") == (document(), PASSAGES[1])


@pytest.mark.parametrize(
    "passage_id",
    ["doc:rapport:2", "doc:other:0", "doc:rapport:", "doc:rapport", "doc:rapport:-1", "doc:rapport:²", "doc:", ""],
)
def test_a_passage_that_is_not_there_is_none(shelf: DocumentShelf, passage_id: str) -> None:
    shelf.put([document()])

    assert shelf.find(passage_id) is None


def test_a_passage_that_was_removed_is_none(shelf: DocumentShelf) -> None:
    shelf.put([document()])
    shelf.find("doc:rapport:0")

    shelf.remove(["rapport"])

    assert shelf.find("doc:rapport:0") is None


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", "null", "{}", '{"passages": [{}]}', '{"id": "a", "passages": []}', '{"passages": 1}', b"\xff\xfe{"],
)
def test_a_damaged_file_is_told(shelf: DocumentShelf, folder: Path, damaged: str | bytes) -> None:
    shelf.put([document("a")])
    (folder / "b.json").write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())

    with pytest.raises(GuideError) as caught:
        DocumentShelf(folder).all()

    assert str(caught.value) == ("The imported document b is damaged. Remove b.json there and add the document again.")


def test_a_file_of_an_older_form_is_told(shelf: DocumentShelf, folder: Path) -> None:
    shelf.put([document("a")])
    raw = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    (folder / "a.json").write_text(json.dumps({**raw, "pages": 3}), encoding="utf-8")

    with pytest.raises(GuideError, match="The imported document a is damaged"):
        DocumentShelf(folder).all()


@pytest.mark.parametrize(
    ("name", "document_id"),
    [
        ("rapport.pdf", "rapport"),
        ("Årsrapport 2021 – Øst & Vest.PDF", "arsrapport-2021-ost-vest"),
        ("Ærlig.docx", "aerlig"),
        ("a_b..c.md", "a-b-c"),
        ("../x.txt", "x"),
        ("отчёт.pdf", "dokument"),
        (".pdf", "pdf"),
        ("a" * 300 + ".pdf", "a" * 80),
    ],
)
def test_an_id_is_plain(shelf: DocumentShelf, name: str, document_id: str) -> None:
    assert shelf.new_id(name) == document_id


def test_a_file_keeps_its_id(shelf: DocumentShelf) -> None:
    shelf.put([document("rapport", "Rapport.pdf")])

    assert shelf.new_id("Rapport.pdf") == "rapport"


def test_files_of_similar_names_have_ids_of_their_own(shelf: DocumentShelf) -> None:
    """Whatever comes first, none takes another's place."""
    long = "a" * 90
    names = ["rapport.pdf", "rapport docx.pdf", "rapport.docx", f"{long} 1.pdf", f"{long} 2.pdf"]
    for name in names:
        shelf.put([document(shelf.new_id(name), name)])

    assert {found.name: found.id for found in shelf.all()} == {
        "rapport.pdf": "rapport",
        "rapport docx.pdf": "rapport-docx",
        "rapport.docx": "rapport-" + hashlib.sha256(b"rapport.docx").hexdigest()[:8],
        f"{long} 1.pdf": "a" * 80,
        f"{long} 2.pdf": "a" * 71 + "-" + hashlib.sha256(f"{long} 2.pdf".encode()).hexdigest()[:8],
    }
    assert [shelf.new_id(name) for name in names] == [
        next(found.id for found in shelf.all() if found.name == name) for name in names
    ]


def test_a_file_keeps_its_id_when_the_one_that_had_the_shorter_is_gone(shelf: DocumentShelf) -> None:
    shelf.put([document("rapport", "rapport.pdf"), document("rapport-docx", "rapport.docx")])

    shelf.remove(["rapport"])

    assert shelf.new_id("rapport.docx") == "rapport-docx"


def test_a_digest_is_of_the_bytes_and_of_the_way_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("a.txt", b"x"), ("b.txt", b"x"), ("c.txt", b"y")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (file_digest(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt"))
    monkeypatch.setattr(module, "READER", module.READER + 1)

    assert a == b
    assert len({a, c, file_digest(tmp_path / "a.txt")}) == 3


def test_a_document_is_cut_along_its_headings() -> None:
    blocks = (Block("Språk", 1, page=1), Block("Bestill tolk.", page=2))

    found = own_document("a", "A b.pdf", "d1", Contents("Veileder", blocks))

    assert found == OwnDocument("a", "A b.pdf", "Veileder", "d1", (DocumentPassage("Bestill tolk.", ("Språk",), 2),))


def test_a_document_without_a_title_is_called_as_its_file() -> None:
    assert own_document("a", "A b.pdf", "d1", Contents("", (Block("x"),))).title == "A b"


def test_the_shelf_is_in_the_folder_of_data(tmp_path: Path) -> None:
    shelf_of(Settings(data_dir=tmp_path)).put([replace(document(), id="a")])

    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["a.json"]
