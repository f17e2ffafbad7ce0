"""Reading in a process of its own: the same outcome, and an end to what takes too much."""

from __future__ import annotations

import multiprocessing

import pytest

from bot.errors import GuideError
from bot.knowledge.documents.reading import read_document
from bot.knowledge.documents.sandbox import read_safely
from tests.unit.knowledge.documents import greedy_readers, made_files

TOO_MUCH = "a.pdf took too much memory or time to read. Split it into smaller files."


def test_the_contents_arrive(tmp_path):
    path = made_files.pdf(tmp_path / "a.pdf")

    assert read_safely(path) == read_document(path)


def test_an_error_arrives_unchanged(tmp_path):
    with pytest.raises(GuideError) as caught:
        read_safely(tmp_path / "a.pdf")

    assert (caught.value.what, caught.value.remedy) == ("There is no file a.pdf.", "Check the path.")


@pytest.mark.parametrize(
    ("reader", "limits"),
    [
        (greedy_readers.takes_memory, {}),
        (greedy_readers.takes_time, {"cpu_seconds": 2}),
        (greedy_readers.waits, {"wall_seconds": 0.5}),
        (greedy_readers.dies, {}),
    ],
)
def test_what_takes_too_much_is_ended(tmp_path, reader, limits):
    with pytest.raises(GuideError) as caught:
        read_safely(tmp_path / "a.pdf", read=reader, **limits)

    assert str(caught.value) == TOO_MUCH
    assert not multiprocessing.active_children()


def test_the_process_has_none_of_the_heavy_libraries(tmp_path):
    modules = set(read_safely(tmp_path / "a.pdf", read=greedy_readers.tells_modules).title.split())

    assert "pypdf" in modules
    assert not modules & {"torch", "rasa", "tensorflow", "sentence_transformers", "transformers", "faiss"}
