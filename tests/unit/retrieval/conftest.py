"""A tiny embedding model in the packed format, and a small corpus for the index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.retrieval import embedded_model
from bot.types import Passage
from tests.unit.retrieval.packed_file import tiny_model


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Path]:
    """Put bytes where the package's model file would be."""

    def put(data: bytes) -> Path:
        path = tmp_path / "e5-small-q4.bin"
        path.write_bytes(data)
        monkeypatch.setattr(embedded_model, "packed_file", lambda: path)
        return path

    return put


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder rebuilt from the tiny model; its name tells that it is of the e5 family."""
    packed = tmp_path_factory.mktemp("packed") / "e5-small-q4.bin"
    packed.write_bytes(tiny_model().data())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_model, "packed_file", lambda: packed)
        return embedded_model.ensure_embedded_model(tmp_path_factory.mktemp("tiny-cache"))


@pytest.fixture
def corpus() -> list[Passage]:
    """Three passages, two questions each."""
    return [
        Passage("tolk", "Tolk", "Tolk\nBestill tolk i god tid.", ("når trenger vi tolk", "hvem betaler tolken")),
        Passage("maltid", "Måltidet", "Måltidet\nSpis sammen før møtet.", ("hvorfor spise sammen", "mat på møtet")),
        Passage("makt", "Makt", "Makt\nSnakk åpent om makt i rommet.", ("hvem har makt her", "makt i rommet")),
    ]
