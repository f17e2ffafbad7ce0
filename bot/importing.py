"""Imports documents: reads the files, indexes what changed, and only then puts them on the shelf."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.documents.sandbox import read_safely
from bot.knowledge.documents.shelf import DocumentShelf, OwnDocument, file_digest, own_document, shelf_of
from bot.knowledge.library import read_library
from bot.retrieval import corpus
from bot.retrieval.embedder import Embedder, locate, place_digest
from bot.retrieval.generation import CURRENT
from bot.settings import Settings

Progress = Callable[[int, int], None]
# A file too large to be read is refused by its size, without being hashed first.
_WORTH_HASHING = 64 * 1024 * 1024


@dataclass(frozen=True)
class Imported:
    """What came of one file.

    Attributes:
        name: the file's name.
        document: as it now stands on the shelf; None when the file could not be read.
        changed: whether it is new or another than before.
        error: why it could not be read.
    """

    name: str
    document: OwnDocument | None
    changed: bool = False
    error: GuideError | None = None


def read_files(files: Sequence[Path], shelf: DocumentShelf) -> list[Imported]:
    """Read files; a file that stands on the shelf unchanged is not read again, and a bad one does not stop the rest."""
    known = {document.id: document for document in shelf.all()}
    titles = {document.file: document.title for document in read_library().documents.values()}
    found: list[Imported] = []
    taken: dict[str, Path] = {}
    for path in files:
        # What is no text in a file's name can't be stored.
        name = path.name.encode(errors="replace").decode()
        try:
            if not path.is_file():
                read_safely(path)
            document_id = shelf.new_id(name)
            if taken.setdefault(document_id, path) != path:
                raise GuideError(
                    f"{name} and {taken[document_id].name} have too similar names.", "Give one of them another name."
                )
            old = known.get(document_id)
            digest = _digest(path)
            if old is not None and digest and old.digest == digest:
                found.append(Imported(name, old))
                continue
            contents = read_safely(path)
            # A source document of the guide is called as the guide calls it.
            contents = replace(contents, title=titles.get(name, contents.title))
            document = own_document(document_id, name, digest, contents)
            found.append(Imported(name, document, changed=True))
        except GuideError as error:
            found.append(Imported(name, None, error=error))
    return found


def add(imported: Sequence[Imported], settings: Settings, embedder: Embedder, progress: Progress) -> None:
    """Index the documents that changed together with those on the shelf, and put them there.

    If anything fails, index and shelf are as they were.
    """
    shelf = shelf_of(settings)
    changed = [found.document for found in imported if found.changed and found.document]
    if changed:
        before = {document.id: document for document in shelf.all()}
        new = {document.id: document for document in changed}
        built = _corpus(list((before | new).values()), embedder, progress)
        try:
            shelf.put(changed)
            corpus.save(built, settings.document_index)
        except BaseException:
            shelf.put(before[document_id] for document_id in new if document_id in before)
            shelf.remove({document.id for document in shelf.all()} - before.keys())
            raise


def remove(document_ids: Sequence[str], settings: Settings, embedder: Callable[[], Embedder]) -> None:
    """Take documents off the shelf and out of the index.

    Args:
        embedder: makes the embedder; asked for only when documents are left.

    Raises:
        GuideError: one of them does not exist; then all is as it was.
    """
    shelf = shelf_of(settings)
    gone = {shelf.get(document_id).id for document_id in document_ids}
    kept = [document for document in shelf.all() if document.id not in gone]
    built = _corpus(kept, embedder(), _silent) if kept else None
    shelf.remove(gone)
    _put_index(built, settings)


def rebuild(settings: Settings, embedder: Callable[[], Embedder]) -> int:
    """Index all documents on the shelf anew; return how many there are."""
    documents = shelf_of(settings).all()
    _put_index(_corpus(documents, embedder(), _silent) if documents else None, settings)
    return len(documents)


def is_current(settings: Settings) -> bool:
    """Say whether the index of documents fits the shelf, the guide's own texts and the embedding model."""
    documents = shelf_of(settings).all()
    folder = settings.document_index
    if not documents:
        return not (folder / CURRENT).exists()
    model = place_digest(locate(settings.embedding_model, settings.cache))
    try:
        manifest = corpus.SHELF.manifest(folder)
    except GuideError:
        return False
    content = corpus.content_digest(_passages(documents), _guide())
    return (manifest.format, manifest.model, manifest.content) == (corpus.FORMAT, model, content)


def _digest(path: Path) -> str:
    """Return a file's digest; none of one that can't be read, which reading it will tell."""
    try:
        return file_digest(path) if path.stat().st_size <= _WORTH_HASHING else ""
    except OSError:
        return ""


def _put_index(built: corpus.Corpus | None, settings: Settings) -> None:
    if built is None:
        shutil.rmtree(settings.document_index, ignore_errors=True)
    else:
        corpus.save(built, settings.document_index)


def _corpus(documents: Sequence[OwnDocument], embedder: Embedder, progress: Progress) -> corpus.Corpus:
    return corpus.build(_passages(documents), _guide(), embedder, progress)


def _passages(documents: Sequence[OwnDocument]) -> list[tuple[str, str, str]]:
    ordered = sorted(documents, key=lambda document: document.id)
    return [
        (document.passage_id(place), " > ".join(passage.headings[-2:]), passage.text)
        for document in ordered
        for place, passage in enumerate(document.passages)
    ]


def _guide() -> list[tuple[str, str]]:
    return [(passage.id, passage.text) for passage in read_library().passages()]


def _silent(done: int, total: int) -> None:
    """Show no progress."""
