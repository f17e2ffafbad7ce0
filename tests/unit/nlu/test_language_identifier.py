"""The language of a message."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_identifier import LanguageIdentifier
from tests.unit.nlu.conftest import Make


@pytest.mark.parametrize(
    ("text", "code", "form"),
    [
        ("Korleis går me vidare?", "no", "nynorsk"),
        ("Hvordan går vi videre?", "no", "bokmal"),
        ("what phase are we in", "en", "bokmal"),
    ],
)
def test_language_and_form_are_set(create: Make, text: str, code: str, form: str) -> None:
    message = Message({"text": text})

    create(LanguageIdentifier).process([message])  # type: ignore[attr-defined]

    assert message.get("language") == {"code": code, "form": form, "told": code == "no"}
