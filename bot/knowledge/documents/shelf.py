"""The documents that were imported, as passages: one JSON file each, in the folder of data."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.documents.blocks import Contents
from bot.knowledge.documents.splitting import split
from bot.settings import Settings
from bot.types import DocumentPassage

# Begins a passage's id, and tells it from the ids of the guide's own texts.
PREFIX = "doc:"
# Changes when reading or splitting does: documents that were read before are then read again when added again.
READER = 2
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


@dataclass(frozen=True)
class OwnDocument:
    """One imported document.

    Attributes:
        id: made of the file's name; stable as long as the name is.
        name: the file's name.
        title: what the document calls itself, else the file's name without its ending.
        digest: of the file's bytes and of the way it was read.
        passages: in reading order.
    """

    id: str
    name: str
    title: str
    digest: str
    passages: tuple[DocumentPassage, ...]

    def passage_id(self, place: int) -> str:
        """Return the id of the passage at a place, from 0."""
        return f"{PREFIX}{self.id}:{place}"


class DocumentShelf:
    """The imported documents.

    Args:
        folder: where they lie; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: int | None = None
        self._documents: dict[str, OwnDocument] = {}

    def all(self) -> list[OwnDocument]:
        """Return all documents by the order of their ids; what another process has added or removed is seen.

        Raises:
            GuideError: a file on the shelf is damaged.
        """
        seen = self._folder.stat().st_mtime_ns if self._folder.is_dir() else None
        if seen != self._seen or seen is None:
            self._documents = {path.stem: _read(path) for path in self._paths()}
            self._seen = seen
        return list(self._documents.values())

    def get(self, document_id: str) -> OwnDocument:
        """Return one document.

        Raises:
            GuideError: there is none with this id.
        """
        for document in self.all():
            if document.id == document_id:
                return document
        raise GuideError(f"There is no document {document_id}.", "See `samskap knowledge list`.")

    def find(self, passage_id: str) -> tuple[OwnDocument, DocumentPassage] | None:
        """Return a passage and its document by the passage's id, None when it has been removed."""
        document_id, _, place = passage_id.removeprefix(PREFIX).rpartition(":")
        self.all()
        document = self._documents.get(document_id)
        if document is None or not place.isdecimal() or int(place) >= len(document.passages):
            return None
        return document, document.passages[int(place)]

    def put(self, documents: Iterable[OwnDocument]) -> None:
        """Write documents; one with the id of another takes its place."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for document in documents:
            path = self._folder / f"{document.id}.json"
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(asdict(document), ensure_ascii=False), encoding="utf-8")
            draft.replace(path)
        self._seen = None

    def remove(self, document_ids: Iterable[str]) -> None:
        """Remove documents.

        Raises:
            GuideError: one of them does not exist; then none is removed.
        """
        for document in [self.get(document_id) for document_id in document_ids]:
            (self._folder / f"{document.id}.json").unlink(missing_ok=True)
        self._seen = None

    def new_id(self, name: str) -> str:
        """Return the id for a file's name: the one that the file had before, else a new one."""
        owners = {document.id: document.name for document in self.all()}
        before = next((document_id for document_id, owner in owners.items() if owner == name), None)
        stem, whole = _slug(Path(name).stem), _slug(name)
        # Long names, cut, may differ in nothing else.
        other = f"{stem[:71]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        return before or next(new for new in (stem, whole, other) if new not in owners or new == other)

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"), key=lambda path: path.stem)


def shelf_of(settings: Settings) -> DocumentShelf:
    """Return the shelf in the folder of data."""
    return DocumentShelf(settings.data / "documents")


def file_digest(path: Path) -> str:
    """Return a digest of a file and of the way it is read."""
    return hashlib.sha256(f"{READER}:".encode() + path.read_bytes()).hexdigest()


def own_document(document_id: str, name: str, digest: str, contents: Contents) -> OwnDocument:
    """Cut a document into passages and make it ready for the shelf."""
    return OwnDocument(document_id, name, contents.title or Path(name).stem, digest, tuple(split(contents.blocks)))


def _slug(name: str) -> str:
    return _NOT_PLAIN.sub("-", name.lower().translate(_LETTERS)).strip("-")[:80] or "dokument"


def _read(path: Path) -> OwnDocument:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        passages = tuple(DocumentPassage(**{**p, "headings": tuple(p["headings"])}) for p in raw.pop("passages"))
        return OwnDocument(**raw, passages=passages)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GuideError(
            f"The imported document {path.stem} is damaged.", f"Remove {path.name} there and add the document again."
        ) from error
