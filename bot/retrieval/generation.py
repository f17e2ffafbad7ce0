"""Generations of an index on disk: each a folder of its own, swapped in at once.

A generation is written beside the others and named by its content. The file `CURRENT` names the one in use and is
replaced atomically, so that a reader sees the old generation or the new one, never a mixture.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import GuideError

CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_WORKPLACE = "building-"
Content = TypeVar("Content")


@dataclass(frozen=True)
class Manifest:
    """What an index was made of.

    Attributes:
        format: of the folder.
        model: digest of the embedding model.
        dimension: of the vectors.
        content: digest of what is indexed.
        files: file name to sha256.
    """

    format: int
    model: str
    dimension: int
    content: str
    files: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """Where one kind of index lies, and how its errors speak of it.

    Attributes:
        name: what messages call it.
        format: the format that this code reads and writes.
        remedy: what to do when it is missing or damaged.
    """

    name: str
    format: int
    remedy: str

    def save(self, folder: Path, manifest: Manifest, fill: Callable[[Path], None]) -> Path:
        """Write a generation below `folder`, make it the current one, remove older ones, and return its folder.

        Args:
            manifest: without `files`.
            fill: writes the files into a folder.
        """
        folder.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=_WORKPLACE, dir=folder))
        try:
            fill(workplace)
            files = {path.name: _sha256(path) for path in sorted(workplace.iterdir())}
            write_json(workplace / _MANIFEST, asdict(replace(manifest, files=files)))
            files[_MANIFEST] = _sha256(workplace / _MANIFEST)
            generation = folder / files[_MANIFEST][:16]
            workplace.chmod(0o755)
            if generation.exists() and _damaged(generation, files):
                shutil.rmtree(generation)
            if not generation.exists():
                os.rename(workplace, generation)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
        pointer = folder / f".{CURRENT}.{os.getpid()}"
        pointer.write_text(generation.name)
        pointer.replace(folder / CURRENT)
        for old in folder.iterdir():
            # Another process may be building beside this one: its workplace stays.
            if old.is_dir() and old != generation and not old.name.startswith(_WORKPLACE):
                shutil.rmtree(old, ignore_errors=True)
        return generation

    def load(self, folder: Path, model: str, read: Callable[[Path, Manifest], Content]) -> Content:
        """Load the current generation, made with the embedding model whose digest is `model`.

        Args:
            read: makes the content of a folder whose files are whole.

        Raises:
            GuideError: it is missing, damaged, or made with another model or format.
        """
        name = self.current(folder)
        try:
            return self._read(folder / name, model, read)
        except GuideError:
            if self.current(folder) == name:
                raise
        # Another generation has taken its place, and it was removed, while it was read.
        return self.load(folder, model, read)

    def current(self, folder: Path) -> str:
        """Return the name of the current generation.

        Raises:
            GuideError: there is none.
        """
        try:
            return (folder / CURRENT).read_text().strip()
        except FileNotFoundError as error:
            raise self._missing() from error

    def manifest(self, folder: Path) -> Manifest:
        """Return the manifest of the current generation.

        Raises:
            GuideError: there is none, or it is damaged.
        """
        return self._manifest(folder / self.current(folder))

    def _read(self, generation: Path, model: str, read: Callable[[Path, Manifest], Content]) -> Content:
        manifest = self._manifest(generation)
        if manifest.format != self.format or manifest.model != model:
            raise GuideError(f"{self.name} was made with another embedding model or version.", self.remedy)
        if damaged := _damaged(generation, manifest.files):
            raise GuideError(f"{self.name} is damaged ({damaged}).", self.remedy)
        try:
            return read(generation, manifest)
        except Exception as error:  # numpy, faiss and joblib each have errors of their own
            raise GuideError(f"{self.name} is damaged.", self.remedy) from error

    def _manifest(self, generation: Path) -> Manifest:
        try:
            return Manifest(**read_json(generation / _MANIFEST))
        except FileNotFoundError as error:
            raise self._missing() from error
        except (ValueError, TypeError) as error:
            raise GuideError(f"{self.name} is damaged.", self.remedy) from error

    def _missing(self) -> GuideError:
        return GuideError(f"{self.name} is missing.", self.remedy)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def digest(content: Any) -> str:
    """Return a digest of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _damaged(generation: Path, files: dict[str, str]) -> str | None:
    """Return the name of the first file that is gone or not as its digest says."""
    for name, expected in files.items():
        try:
            whole = _sha256(generation / name) == expected
        except FileNotFoundError:
            whole = False
        if not whole:
            return name
    return None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
