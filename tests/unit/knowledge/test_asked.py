"""Questions beside those in the texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import GuideError
from bot.knowledge.asked import with_asked
from bot.knowledge.library import read_library
from bot.types import Passage

PASSAGES = [Passage("tolk", "Tolk", "Om tolk.", ("hvem bestiller tolk?",)), Passage("makt", "Makt", "Om makt.")]


def test_they_come_after_the_text_s_own_from_all_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text('tolk:\n  - "må vi ha tolk?"\n', encoding="utf-8")
    (tmp_path / "a.yml").write_text('makt:\n  - "hvem har makt?"\ntolk:\n  - "tolk koster"\n', encoding="utf-8")
    assert [passage.questions for passage in with_asked(PASSAGES, tmp_path)] == [
        ("hvem bestiller tolk?", "tolk koster", "må vi ha tolk?"),
        ("hvem har makt?",),
    ]


def test_without_files_the_passages_are_as_they_were(tmp_path: Path) -> None:
    assert with_asked(PASSAGES, tmp_path) == PASSAGES


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("mat:\n  - hva skal vi spise?\n", "/x.yml: there is no text mat."),
        ("tolk: hva?\n", "/x.yml:1: not every id has a list."),
        ("- hva?\n", "/x.yml:1: not every id has a list."),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "x.yml").write_text(content, encoding="utf-8")
    with pytest.raises(GuideError, match=sentence.replace(".", r"\.")):
        with_asked(PASSAGES, tmp_path)


def test_the_project_s_own_give_every_text_many_questions_none_of_them_twice() -> None:
    passages = with_asked(read_library().passages())
    assert min(len(passage.questions) for passage in passages) >= 30
    questions = [question.lower() for passage in passages for question in passage.questions]
    assert len(questions) == len(set(questions))
