"""Importing documents: what is read, embedded and indexed, and that nothing changes when something fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot import importing
from bot.errors import GuideError
from bot.importing import Imported, add, is_current, read_files, rebuild, remove
from bot.knowledge.documents.reading import read_document
from bot.knowledge.documents.shelf import DocumentShelf, shelf_of
from bot.knowledge.library import get_library, read_library
from bot.retrieval import corpus
from bot.retrieval.embedder import CachedEmbedder, Embedder, place_digest
from bot.settings import Settings
from bot.types import DocumentPassage
from tests.unit.knowledge.documents import made_files

MODEL = "no-such-model"
GUIDE = [("tolk", "Bestill tolk i god tid."), ("maltid", "Spis sammen før møtet.")]
GUIDE_TEXTS = [text for _, text in GUIDE]


class SpyEmbedder:
    """The tiny embedder, with a record of the passages that it embedded; fails at one that holds `fails_at`."""

    digest = place_digest(MODEL)

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.embedded: list[str] = []
        self.fails_at: str | None = None

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embedder.queries(texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.fails_at and any(self.fails_at in text for text in texts):
            raise RuntimeError("no memory")
        self.embedded += texts
        return self._embedder.passages(texts)


class Desk:
    """Imports files as the command line does; tells what was read, and how index and shelf stand."""

    def __init__(self, folder: Path, embedder: SpyEmbedder) -> None:
        self.files = folder / "files"
        self.files.mkdir()
        self.settings = Settings(
            data_dir=folder / "data", build_dir=folder / "build", cache_dir=folder / "cache", embedding_model=MODEL
        )
        self.embedder = embedder
        self.read: list[str] = []

    @property
    def shelf(self) -> DocumentShelf:
        return shelf_of(self.settings)

    @property
    def index(self) -> Path:
        return self.settings.document_index

    def write(self, **texts: str) -> list[Path]:
        """Write `name.txt` for each name."""
        for name, text in texts.items():
            (self.files / f"{name}.txt").write_text(text, encoding="utf-8")
        return [self.files / f"{name}.txt" for name in texts]

    def cached(self) -> CachedEmbedder:
        return CachedEmbedder(self.embedder, self.settings.cache)

    def add(self, files: Sequence[Path]) -> list[Imported]:
        """Read and add files."""
        imported = read_files(files, self.shelf)
        embedder = self.cached()
        add(imported, self.settings, embedder, lambda done, total: None)
        embedder.save()
        return imported

    def indexed(self) -> list[str]:
        """Return the ids of the indexed passages."""
        return list(corpus.load(self.index, self.embedder.digest).passages)

    def state(self) -> dict[str, bytes]:
        """Return every file of index and shelf."""
        folders = (self.settings.data, self.settings.build)
        return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path, word_embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with nothing on it; files are read in this process, and the guide is two texts."""
    desk = Desk(tmp_path, SpyEmbedder(word_embedder))

    def read(path: Path) -> Any:
        desk.read.append(path.name)
        return read_document(path)

    monkeypatch.setattr(importing, "read_safely", read)
    monkeypatch.setattr(importing, "_guide", lambda: list(GUIDE))
    yield desk
    assert not list(tmp_path.rglob("building-*"))
    assert all(path.suffix == ".json" for path in (tmp_path / "data" / "documents").rglob("*") if path.is_file())


# Reading


def test_a_new_file_is_read_and_indexed(desk: Desk) -> None:
    (found,) = desk.add(desk.write(rapport="Bestill tolk til møtet."))

    assert (found.name, found.changed, found.error) == ("rapport.txt", True, None)
    assert found.document == desk.shelf.get("rapport")
    assert [passage.text for passage in desk.shelf.get("rapport").passages] == ["Bestill tolk til møtet."]
    assert desk.indexed() == ["doc:rapport:0"]
    assert desk.embedder.embedded == ["Bestill tolk til møtet.", *GUIDE_TEXTS]
    assert is_current(desk.settings)


def test_a_real_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = made_files.docx(tmp_path / "notat.docx", title="Et notat")

    (found,) = read_files([path], DocumentShelf(tmp_path / "shelf"))

    assert found.document is not None
    assert (found.document.id, found.document.title, found.changed) == ("notat", "Et notat", True)
    assert found.document.passages == (DocumentPassage("God tid er viktig.", ("Forberedelse",)),)


def test_an_unchanged_file_is_not_read_again(desk: Desk) -> None:
    files = desk.write(rapport="Bestill tolk.")
    desk.add(files)
    before = desk.state()
    desk.read.clear()
    desk.embedder.embedded.clear()

    (found,) = desk.add(files)

    assert found == Imported("rapport.txt", desk.shelf.get("rapport"))
    assert (desk.read, desk.embedder.embedded) == ([], [])
    assert desk.state() == before


def test_one_changed_file_embeds_only_what_is_new(desk: Desk) -> None:
    long = "Vi spiste sammen før møtet, og praten gikk lett rundt bordet hele kvelden, også for dem som var nye."
    other = "Etterpå ryddet alle, og noen ble igjen for å planlegge det neste møtet med kommunen og NAV-kontoret."
    desk.add(desk.write(a="Bestill tolk.", b=f"{long} {other}"))
    desk.embedder.embedded.clear()
    desk.read.clear()

    found = desk.add(desk.write(a="Bestill tolk.", b=f"{long} Dette er nytt: ingen visste hvem som skulle lede møtet."))

    assert [one.changed for one in found] == [False, True]
    assert desk.read == ["b.txt"]
    assert desk.embedder.embedded == ["Dette er nytt: ingen visste hvem som skulle lede møtet."]
    assert desk.indexed() == ["doc:a:0", "doc:b:0"]


def test_a_new_file_leaves_the_others_in_the_index(desk: Desk) -> None:
    desk.add(desk.write(b="Bestill tolk."))

    desk.add(desk.write(a="Spis sammen."))

    assert desk.indexed() == ["doc:a:0", "doc:b:0"]
    assert desk.embedder.embedded == ["Bestill tolk.", *GUIDE_TEXTS, "Spis sammen."]
    assert is_current(desk.settings)


def test_a_way_of_reading_that_changed_reads_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = desk.write(rapport="Bestill tolk.")
    desk.add(files)
    monkeypatch.setattr("bot.knowledge.documents.shelf.READER", 99)

    assert [one.changed for one in desk.add(files)] == [True]


def test_a_bad_file_does_not_stop_the_others(desk: Desk) -> None:
    empty, good = desk.write(a="", b="Bestill tolk.")

    found = desk.add([empty, desk.files / "gone.txt", desk.files, good])

    assert [one.name for one in found] == ["a.txt", "gone.txt", "files", "b.txt"]
    assert [str(one.error) for one in found[:3]] == [
        "a.txt is empty. Check that it was copied in full.",
        "There is no file gone.txt. Check the path.",
        "files is not a file. Give the path of one document.",
    ]
    assert [one.document for one in found[:3]] == [None] * 3
    assert desk.indexed() == ["doc:b:0"]


def test_only_bad_files_leave_index_and_shelf_as_they_were(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    before = desk.state()

    found = desk.add([*desk.write(a=""), desk.files / "gone.txt"])

    assert [one.changed for one in found] == [False, False]
    assert desk.state() == before
    assert desk.shelf.get("a").passages[0].text == "Bestill tolk."


def test_a_file_that_can_not_be_opened_is_told_by_its_reader(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(path: Path) -> str:
        raise PermissionError(path)

    def refuse(path: Path) -> Any:
        raise GuideError(f"{path.name} can't be read.")

    monkeypatch.setattr(importing, "file_digest", deny)
    monkeypatch.setattr(importing, "read_safely", refuse)

    (found,) = read_files(desk.write(a="x"), desk.shelf)

    assert (str(found.error), found.document) == ("a.txt can't be read.", None)


def test_a_file_too_large_to_be_read_is_not_hashed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.files / "a.txt"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    monkeypatch.setattr(importing, "file_digest", lambda path: pytest.fail("hashed"))

    (found,) = read_files([path], desk.shelf)

    assert str(found.error).startswith("a.txt is 65 MB large; at most 50 MB are read.")


@pytest.mark.parametrize("second", ["Rapport.md", "other/rapport.txt"])
def test_files_of_one_id_are_not_mixed_up(desk: Desk, second: str) -> None:
    (first,) = desk.write(rapport="Bestill tolk.")
    path = desk.files / second
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Noe annet", encoding="utf-8")

    found = desk.add([first, path])

    assert str(found[1].error) == f"{path.name} and rapport.txt have too similar names. Give one of them another name."
    assert desk.indexed() == ["doc:rapport:0"]
    assert desk.shelf.get("rapport").passages[0].text == "Bestill tolk."


def test_one_file_given_twice_is_one_document(desk: Desk) -> None:
    (path,) = desk.write(rapport="Bestill tolk.")

    found = desk.add([path, path])

    assert [one.error for one in found] == [None, None]
    assert desk.indexed() == ["doc:rapport:0"]


def test_a_name_that_is_no_text_is_stored_readably(desk: Desk) -> None:
    path = desk.files / b"\xe5pen.txt".decode(errors="surrogateescape")
    path.write_text("Bestill tolk.", encoding="utf-8")

    (found,) = desk.add([path])

    assert found.name == "?pen.txt"
    assert [(document.id, document.name) for document in desk.shelf.all()] == [("pen", "?pen.txt")]


# Indexing


def test_progress_is_told_in_windows(desk: Desk) -> None:
    sentence = (
        "Denne setningen er så lang at den fyller et vindu alene, for den går {} ganger rundt hele det store huset."
    )
    (path,) = desk.write(a=" ".join(sentence.format(number) for number in range(70)))
    told: list[tuple[int, int]] = []

    add(read_files([path], desk.shelf), desk.settings, desk.embedder, lambda done, total: told.append((done, total)))

    assert told == [(64, 70), (70, 70)]


def test_headings_are_searched_with_the_passage(desk: Desk) -> None:
    path = desk.files / "a.md"
    path.write_text("# Rapport\n\n## Rekruttering\n\n### Nabolag\n\nGå dit folk er.\n", encoding="utf-8")
    desk.add([path])

    loaded = corpus.load(desk.index, desk.embedder.digest)

    assert loaded.bm25.scores(["rekruttering"])[0][0] > 0
    assert loaded.bm25.scores(["nabolag"])[0][0] > 0
    # Only the two nearest are.
    assert loaded.bm25.scores(["rapport"])[0][0] == 0


def test_when_indexing_fails_index_and_shelf_are_as_they_were(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    before = desk.state()
    desk.embedder.fails_at = "umulig"

    with pytest.raises(RuntimeError, match="no memory"):
        desk.add(desk.write(a="Bestill tolk, om det ikke er umulig.", c="Noe nytt."))

    assert desk.state() == before
    assert is_current(desk.settings)


def test_when_the_index_can_not_be_written_the_shelf_is_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    before = desk.state()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(corpus, "save", full)
        with pytest.raises(OSError, match="No space left"):
            desk.add(desk.write(a="Bestill tolk i god tid.", c="Noe nytt."))

    assert desk.state() == before
    assert is_current(desk.settings)
    assert [one.changed for one in desk.add(desk.write(a="Bestill tolk i god tid."))] == [True]


# Removing


def test_what_is_removed_is_gone_from_shelf_and_index(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen.", c="Ta god tid."))
    desk.embedder.embedded.clear()

    remove(["a", "c", "a"], desk.settings, desk.cached)

    assert [document.id for document in desk.shelf.all()] == ["b"]
    assert desk.indexed() == ["doc:b:0"]
    assert desk.embedder.embedded == []
    assert is_current(desk.settings)


def test_removing_the_last_one_takes_the_index_away_without_the_model(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk."))

    remove(["a"], desk.settings, lambda: pytest.fail("the model was loaded"))

    assert desk.shelf.all() == []
    assert not desk.index.exists()
    assert is_current(desk.settings)


def test_when_one_is_not_there_none_is_removed(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    before = desk.state()

    with pytest.raises(GuideError, match="There is no document c"):
        remove(["a", "c"], desk.settings, desk.cached)

    assert desk.state() == before


def test_when_indexing_the_rest_fails_none_is_removed(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    before = desk.state()
    desk.embedder.fails_at = "Spis"

    with pytest.raises(RuntimeError, match="no memory"):
        remove(["a"], desk.settings, lambda: desk.embedder)

    assert desk.state() == before


# Rebuilding, and whether it is needed


def test_rebuilding_makes_the_same_index_from_the_shelf_alone(desk: Desk) -> None:
    paths = desk.write(a="Bestill tolk.", b="Spis sammen.")
    desk.add(paths)
    before = (desk.index / "CURRENT").read_text()
    for path in paths:
        path.unlink()
    for path in desk.index.rglob("vectors.faiss"):
        path.unlink()

    assert rebuild(desk.settings, desk.cached) == 2

    assert desk.indexed() == ["doc:a:0", "doc:b:0"]
    assert (desk.index / "CURRENT").read_text() == before


def test_rebuilding_nothing_needs_no_model(desk: Desk) -> None:
    assert rebuild(desk.settings, lambda: pytest.fail("the model was loaded")) == 0
    assert not desk.index.exists()


def test_rebuilding_without_documents_takes_an_index_away(desk: Desk) -> None:
    desk.add(desk.write(a="Bestill tolk."))
    desk.shelf.remove(["a"])
    assert not is_current(desk.settings)

    rebuild(desk.settings, desk.cached)

    assert not desk.index.exists()
    assert is_current(desk.settings)


def test_nothing_imported_is_current(desk: Desk) -> None:
    assert is_current(desk.settings)


def _forget_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.index / "CURRENT").unlink()


def _damage_manifest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    next(desk.index.rglob("manifest.json")).write_text("{")


def _other_documents(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.shelf.remove(["b"])


def _other_guide(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_guide", lambda: [GUIDE[0], ("maltid", "Spis mat.")])


def _other_format(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "FORMAT", corpus.FORMAT + 1)


def _other_model(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.settings = desk.settings.copy(update={"embedding_model": "another-model"})


@pytest.mark.parametrize(
    "change", [_forget_index, _damage_manifest, _other_documents, _other_guide, _other_format, _other_model]
)
def test_an_index_of_something_else_is_not_current(desk: Desk, change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(desk.write(a="Bestill tolk.", b="Spis sammen."))
    assert is_current(desk.settings)

    change(desk, monkeypatch)

    assert not is_current(desk.settings)


def test_the_guide_is_its_own_texts() -> None:
    guide = dict(importing._guide())

    step = get_library().steps["tolk"]
    assert guide["tolk"] == "\n".join((step.title, step.what, step.why, step.more))
    assert list(guide) == [passage.id for passage in get_library().passages()]


def test_a_source_document_is_called_as_the_guide_calls_it(desk: Desk) -> None:
    source = next(iter(read_library().documents.values()))

    desk.add([*desk.write(**{Path(source.file).stem: "Forord\n\nBestill tolk."}), *desk.write(plan="Bestill tolk.")])

    assert sorted(document.title for document in desk.shelf.all()) == sorted([source.title, "plan"])
