"""Tests of actions.turn."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, payload
from bot.types import Finding, Hit


def turn(message: dict[str, Any] | None = None, **slots: Any) -> Turn:
    """Return a turn with this latest message and these slots."""
    return Turn(CollectingDispatcher(), Tracker("kari", slots, message, [], False, None, {}, None))


def test_a_person_is_their_own_team() -> None:
    assert (turn().person, turn().team) == ("kari", "kari")


@pytest.mark.parametrize(
    ("message", "text"), [({"text": "hei"}, "hei"), ({"text": "/next_step"}, ""), ({"text": None}, ""), (None, "")]
)
def test_the_text_is_what_was_typed(message: dict[str, Any] | None, text: str) -> None:
    assert turn(message).text == text


@pytest.mark.parametrize(
    ("message", "intent"), [({"intent": {"name": "greet"}}, "greet"), ({"intent": None}, None), (None, None)]
)
def test_the_intent(message: dict[str, Any] | None, intent: str | None) -> None:
    assert turn(message).intent == intent


def test_the_finding_of_a_message() -> None:
    passages = {"hits": [{"passage": "tolk", "score": 0.7}], "covered": 0.4}

    assert turn({"passages": passages}).finding == Finding((Hit("tolk", 0.7),), 0.4)


def test_a_button_finds_nothing() -> None:
    assert turn({"text": "/greet"}).finding == Finding((), 0.0)


@pytest.mark.parametrize(
    ("text", "intent", "probability", "theme"),
    [
        ("usikker", "greet", 0.5, "roles"),
        ("usikker", "greet", 0.49, None),
        ("usikker", "express_doubt", 0.1, "roles"),
        ("/express_doubt", "express_doubt", 0.9, None),
    ],
)
def test_doubt_counts_when_it_is_likely_or_the_intent_itself(
    text: str, intent: str, probability: float, theme: str | None
) -> None:
    heard = {"theme": "roles", "probability": probability}

    assert turn({"text": text, "intent": {"name": intent}, "uncertainty": heard}).doubt == theme


def test_without_the_classifier_there_is_no_doubt() -> None:
    assert turn({"text": "usikker", "intent": {"name": "express_doubt"}}).doubt is None


@pytest.mark.parametrize(
    ("text", "code", "form", "slots", "answered"),
    [
        ("kva no", "no", "nynorsk", {}, "nynorsk"),
        ("kva no", "no", "nynorsk", {"written_form": "bokmal"}, "nynorsk"),
        ("hva nå", "no", "bokmal", {"written_form": "nynorsk"}, "bokmal"),
        ("hva nå", "no", "bokmal", {"written_form": "nynorsk", "form_is_chosen": True}, "nynorsk"),
        ("what now", "en", "bokmal", {"written_form": "nynorsk"}, "nynorsk"),
        ("/next_step", "no", "bokmal", {"written_form": "nynorsk"}, "nynorsk"),
        ("/next_step", "no", "nynorsk", {}, "bokmal"),
    ],
)
def test_the_written_form_to_answer_in(text: str, code: str, form: str, slots: dict[str, Any], answered: str) -> None:
    assert turn({"text": text, "language": {"code": code, "form": form}}, **slots).form == answered


def test_an_entity_by_name() -> None:
    carried = turn({"entities": [{"entity": "step", "value": "tolk"}, {"entity": "entry", "value": "1"}]})

    assert [carried.entity(name) for name in ("entry", "step", "concept")] == ["1", "tolk", None]


def test_buttons_only_for_texts_that_exist() -> None:
    buttons = turn().topic_buttons(["samskaping", "fantes-en-gang", "tolk"])

    assert [button["payload"] for button in buttons] == [
        '/ask_concept{"concept": "samskaping"}',
        '/ask_concept{"concept": "tolk"}',
    ]


def test_payloads() -> None:
    assert payload("next_step") == "/next_step"
    assert payload("mark_done", step="tolk") == '/mark_done{"step": "tolk"}'
