"""What the components have in common."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from bot.answers.follow_up import FollowUp
from bot.nlu.component import (
    CONTEXT,
    InContext,
    asked_in_context,
    embedded_clauses,
    files_digest,
    sentence_embedding,
    written_text,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  hei på deg \n", "hei på deg"),
        ("og/eller", "og/eller"),
        ("/mark_done", None),
        (" /ask_concept{}", None),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_written_text(text: str | None, expected: str | None) -> None:
    assert written_text(Message({"text": text})) == expected


def test_the_sentence_embedding_is_the_vector_that_was_left() -> None:
    message = Message({"text": "hei"})
    assert sentence_embedding(message) is None
    message.add_features(Features(np.array([[1.5, -2.0]]), FEATURE_TYPE_SENTENCE, TEXT, "somebody"))

    found = sentence_embedding(message)

    assert found is not None
    assert found.tolist() == [1.5, -2.0]
    assert found.dtype == np.float32


def test_a_message_without_clauses_has_none() -> None:
    assert embedded_clauses(Message({"text": "hei"})) == []


def test_a_message_that_stands_by_itself_has_no_context() -> None:
    assert asked_in_context(Message({"text": "hei"})) is None


def test_the_context_is_the_one_that_was_left() -> None:
    left = InContext(FollowUp.SAME, "tolk", "Tolk: hvorfor?", np.zeros(2, dtype=np.float32))

    assert asked_in_context(Message({"text": "hvorfor?", CONTEXT: left})) is left


def test_the_digest_follows_names_and_contents_but_neither_order_nor_place(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yml").write_text("a")
        (tmp_path / folder / "b.yml").write_text("b")
    one = [tmp_path / "one" / "a.yml", tmp_path / "one" / "b.yml"]
    two = [tmp_path / "two" / "b.yml", tmp_path / "two" / "a.yml"]
    first = files_digest(one)
    assert files_digest(two) == first

    two[0].write_text("c")
    changed = files_digest(two)
    two[0].write_text("b")
    two[1].rename(tmp_path / "two" / "aa.yml")

    assert len({first, changed, files_digest((tmp_path / "two").glob("*.yml")), files_digest(one[:1])}) == 4
