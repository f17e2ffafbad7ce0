"""Generations of an index on disk."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.errors import GuideError
from bot.retrieval import generation as module
from bot.retrieval.generation import CURRENT, Manifest, Shelf, digest, read_json, write_json

REMEDY = "Do it again."
SHELF = Shelf("The shelf", 7, REMEDY)
MISSING = f"The shelf is missing. {REMEDY}"
MISMATCH = f"The shelf was made with another embedding model or version. {REMEDY}"
DAMAGED = f"The shelf is damaged. {REMEDY}"
MANIFEST = Manifest(7, "model", 3, "content", {})
FILES = ["a.txt", "b.json"]


def put(folder: Path, text: str = "first", shelf: Shelf = SHELF) -> Path:
    """Save a generation of two files that both hold the text."""

    def fill(workplace: Path) -> None:
        (workplace / "a.txt").write_text(text, encoding="utf-8")
        write_json(workplace / "b.json", [text])

    return shelf.save(folder, MANIFEST, fill)


def read(generation: Path, manifest: Manifest) -> tuple[str, str]:
    """Read the text of both files."""
    (second,) = read_json(generation / "b.json")
    return (generation / "a.txt").read_text(encoding="utf-8"), second


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with a generation in it."""
    put(tmp_path / "deep" / "shelf")
    return tmp_path / "deep" / "shelf"


def _refusal(folder: Path, model: str = "model") -> str:
    with pytest.raises(GuideError) as refused:
        SHELF.load(folder, model, read)
    return str(refused.value)


def _in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_saved_is_loaded(saved: Path) -> None:
    assert SHELF.load(saved, "model", read) == ("first", "first")


def test_the_manifest_is_that_of_saving_with_the_files_and_goes_to_the_reader(saved: Path) -> None:
    given: list[Manifest] = []

    def keep(generation: Path, manifest: Manifest) -> None:
        given.append(manifest)

    SHELF.load(saved, "model", keep)

    files = {"a.txt": hashlib.sha256(b"first").hexdigest(), "b.json": hashlib.sha256(b'["first"]').hexdigest()}
    assert SHELF.manifest(saved) == Manifest(7, "model", 3, "content", files)
    assert given == [SHELF.manifest(saved)]


def test_current_is_the_name_of_the_generation(tmp_path: Path) -> None:
    first = put(tmp_path)
    assert SHELF.current(tmp_path) == first.name
    assert first == tmp_path / first.name

    second = put(tmp_path, "second")

    assert SHELF.current(tmp_path) == second.name != first.name


def test_a_generation_is_named_by_its_content_and_the_only_one_kept(tmp_path: Path) -> None:
    first, same = put(tmp_path), put(tmp_path)
    assert first == same
    assert first.name == hashlib.sha256((first / "manifest.json").read_bytes()).hexdigest()[:16]
    assert _in(tmp_path) == sorted([CURRENT, first.name])

    other = put(tmp_path, "other")

    assert _in(tmp_path) == sorted([CURRENT, other.name])
    assert (tmp_path / CURRENT).read_text() == other.name
    assert SHELF.load(tmp_path, "model", read) == ("other", "other")


def test_a_generation_can_be_read_by_other_users(saved: Path) -> None:
    assert stat.S_IMODE((saved / SHELF.current(saved)).stat().st_mode) == 0o755


def test_files_beside_and_the_workplace_of_another_process_stay(saved: Path) -> None:
    (saved / "building-other").mkdir()
    (saved / "notes.txt").write_text("hei")
    (saved / "0123456789abcdef").mkdir()

    generation = put(saved, "second")

    assert _in(saved) == sorted([CURRENT, "building-other", generation.name, "notes.txt"])


def test_another_model_is_refused(saved: Path) -> None:
    assert _refusal(saved, "another model") == MISMATCH


def test_another_format_is_refused(saved: Path) -> None:
    with pytest.raises(GuideError) as refused:
        Shelf("The shelf", 8, REMEDY).load(saved, "model", read)

    assert str(refused.value) == MISMATCH


def test_a_missing_generation_is_told(tmp_path: Path) -> None:
    assert _refusal(tmp_path) == _refusal(tmp_path / "nowhere") == MISSING
    for ask in (SHELF.current, SHELF.manifest):
        with pytest.raises(GuideError) as refused:
            ask(tmp_path)
        assert str(refused.value) == MISSING


def test_a_pointer_to_a_generation_that_is_gone_is_told(saved: Path) -> None:
    (saved / CURRENT).write_text("0123456789abcdef")

    assert _refusal(saved) == MISSING
    with pytest.raises(GuideError, match="is missing"):
        SHELF.manifest(saved)


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [_damage, Path.unlink])
def test_a_damaged_file_is_told(saved: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(next(saved.glob(f"*/{name}")))

    assert _refusal(saved) == f"The shelf is damaged ({name}). {REMEDY}"


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("damage", [_damage, Path.unlink])
def test_saving_again_mends_what_is_damaged(saved: Path, name: str, damage: Callable[[Path], None]) -> None:
    path = next(saved.glob(f"*/{name}"))
    damage(path)

    generation = put(saved)

    assert generation == path.parent
    assert SHELF.load(saved, "model", read) == ("first", "first")
    assert sorted(SHELF.manifest(saved).files) == FILES
    assert _in(saved) == sorted([CURRENT, generation.name])


def test_saving_again_leaves_a_whole_generation_untouched(saved: Path) -> None:
    def inodes() -> list[int]:
        return [path.stat().st_ino for path in sorted(saved.glob("*/*"))]

    before = inodes()
    put(saved)

    assert inodes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 7}', '{"format": 7, "new": 1}'])
def test_a_damaged_manifest_is_told(saved: Path, content: str) -> None:
    next(saved.glob("*/manifest.json")).write_text(content)

    assert _refusal(saved) == DAMAGED
    with pytest.raises(GuideError) as refused:
        SHELF.manifest(saved)
    assert str(refused.value) == DAMAGED


def test_a_manifest_that_names_no_files_is_refused_when_they_are_gone(saved: Path) -> None:
    path = next(saved.glob("*/manifest.json"))
    write_json(path, {**read_json(path), "files": {}})
    (path.parent / "a.txt").unlink()

    assert _refusal(saved) == DAMAGED


def test_whatever_the_reader_raises_is_damage(saved: Path) -> None:
    def fail(generation: Path, manifest: Manifest) -> None:
        raise KeyError("rows")

    with pytest.raises(GuideError) as refused:
        SHELF.load(saved, "model", fail)

    assert str(refused.value) == DAMAGED
    assert isinstance(refused.value.__cause__, KeyError)


def test_a_failure_while_writing_leaves_the_old_generation_and_nothing_else(saved: Path) -> None:
    before = sorted(saved.rglob("*"))

    def full_disk(workplace: Path) -> None:
        (workplace / "a.txt").write_text("second")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        SHELF.save(saved, MANIFEST, full_disk)

    assert sorted(saved.rglob("*")) == before
    assert SHELF.load(saved, "model", read) == ("first", "first")


def test_a_failure_while_swapping_leaves_the_old_generation_current(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="input/output"):
            put(saved, "second")

    assert SHELF.load(saved, "model", read) == ("first", "first")
    put(saved, "second")
    assert SHELF.load(saved, "model", read) == ("second", "second")


@pytest.mark.parametrize("step", ["read_json", "_sha256", "reader"])
def test_a_reader_that_is_overtaken_by_a_new_generation_gets_the_new_one(
    saved: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    overtaken: list[str] = []

    def overtaking(original: Callable[..., Any]) -> Callable[..., Any]:
        def first_save(*arguments: Any) -> Any:
            if not overtaken:
                overtaken.append(step)
                put(saved, "second")
            return original(*arguments)

        return first_save

    if step != "reader":
        monkeypatch.setattr(module, step, overtaking(getattr(module, step)))

    found = SHELF.load(saved, "model", overtaking(read) if step == "reader" else read)

    assert found == ("second", "second")
    assert overtaken == [step]


def test_a_reader_that_is_overtaken_by_a_removal_is_told(saved: Path) -> None:
    def removed(generation: Path, manifest: Manifest) -> None:
        (saved / CURRENT).unlink()
        raise FileNotFoundError(generation)

    with pytest.raises(GuideError) as refused:
        SHELF.load(saved, "model", removed)

    assert str(refused.value) == MISSING


def test_readers_beside_a_writer_get_one_whole_generation_each(saved: Path) -> None:
    def write() -> None:
        for i in range(12):
            put(saved, f"text {i}")

    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(write)
        reads = [pool.submit(SHELF.load, saved, "model", read) for _ in range(30)]
        writing.result()
        found = [reading.result() for reading in reads]

    assert [first for first, _ in found] == [second for _, second in found]
    assert SHELF.load(saved, "model", read) == ("text 11", "text 11")


def test_json_keeps_norwegian_letters(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"måltid": ["æ", 1]})

    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{"måltid": ["æ", 1]}'
    assert read_json(tmp_path / "a.json") == {"måltid": ["æ", 1]}


def test_a_digest_follows_the_content_and_its_order() -> None:
    assert digest(["a", "å"]) == hashlib.sha256(json.dumps(["a", "å"], ensure_ascii=False).encode()).hexdigest()
    assert digest([("a", "b")]) == digest([["a", "b"]])
    assert len({digest(["a", "b"]), digest(["b", "a"]), digest(["ab"]), digest([["a", "b"]])}) == 4
