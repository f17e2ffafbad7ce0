"""Tests of actions.turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.turn
from actions.turn import Turn, payload
from bot.answers.outcome import NOTHING
from bot.knowledge.documents.shelf import DocumentShelf
from bot.types import Finding, Hit
from tests.unit.actions.playing import REPORT


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


FOUND, GONE = {"passage": "doc:rapport:1", "score": 3.1}, {"passage": "doc:rapport:7", "score": 0.7}


def test_quotations_that_have_been_removed_are_left_out(shelf: DocumentShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.turn, "_shelf", lambda: shelf)
    asked = turn({"text": "ferger", "quotations": {"hits": [FOUND, GONE], "covered": 0.6}})
    assert asked.quotations == Finding((Hit("doc:rapport:1", 3.1),), 0.6)

    shelf.remove(["rapport"])

    assert asked.quotations == Finding((), 0.0)


def test_the_probability_of_a_first_quotation_that_is_gone_is_not_the_next_one_s(
    shelf: DocumentShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions.turn, "_shelf", lambda: shelf)

    assert turn({"text": "ferger", "quotations": {"hits": [GONE, FOUND], "covered": 0.6}}).quotations == NOTHING


def test_a_damaged_document_is_left_out_and_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "rapport.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(actions.turn, "_shelf", lambda: DocumentShelf(tmp_path))

    assert turn({"text": "ferger", "quotations": {"hits": [FOUND], "covered": 0.9}}).quotations == NOTHING
    assert "The imported document rapport is damaged." in caplog.text


@pytest.mark.parametrize("message", [{"text": "/greet"}, {"text": "hei", "quotations": None}, None])
def test_where_nothing_is_imported_there_are_no_quotations(message: dict[str, Any] | None) -> None:
    assert turn(message).quotations == Finding((), 0.0)


def test_the_shelf_is_that_of_the_settings(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("SAMSKAP_DATA_DIR", str(tmp_path / "data"))
    actions.turn._shelf.cache_clear()
    DocumentShelf(tmp_path / "data" / "documents").put([REPORT])

    assert turn().shelf.all() == [REPORT]
    assert turn().shelf is turn().shelf

    actions.turn._shelf.cache_clear()


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


# What a message names, means and asks for besides

TYPED = {"entity": "step", "value": "4", "extractor": "GuideEntityExtractor"}


def test_what_words_name_is_apart_from_what_a_button_carries() -> None:
    carried = turn({"entities": [{"entity": "step", "value": "tolk"}, TYPED, {"entity": "team", "value": "Rev"}]})

    assert [carried.entity(name) for name in ("step", "team", "phase")] == ["tolk", "Rev", None]
    assert [carried.mentioned(name) for name in ("step", "team", "phase")] == ["4", None, None]
    assert turn({"entities": [TYPED]}).entity("step") is None


@pytest.mark.parametrize("message", [{"entities": []}, {"entities": None}, {}, None])
def test_nothing_is_named(message: dict[str, Any] | None) -> None:
    assert (turn(message).mentioned("step"), turn(message).entity("step")) == (None, None)


def test_the_ranking_is_in_order_and_without_the_fallback() -> None:
    names = [("nlu_fallback", 0.7), ("mark_done", 0.3), ("undo", 0.2)]
    ranking = [{"name": name, "confidence": confidence} for name, confidence in names]

    assert turn({"intent_ranking": ranking}).ranking == names[1:]
    assert turn({"text": "/undo"}).ranking == []
    assert turn({"intent_ranking": None}).ranking == []


@pytest.mark.parametrize(
    ("text", "language", "is_english"),
    [
        ("what now", {"code": "en"}, True),
        ("hva nå", {"code": "no"}, False),
        ("was nun", {"code": "de"}, False),
        # A button in an English conversation.
        ("/next_step", {"code": "en"}, False),
        ("", {"code": "en"}, False),
        ("what now", None, False),
        ("what now", {}, False),
    ],
)
def test_english(text: str, language: dict[str, Any] | None, is_english: bool) -> None:
    assert turn({"text": text, "language": language}).is_english is is_english


@pytest.mark.parametrize("message", [None, {}, {"also": None}, {"also": []}])
def test_most_messages_ask_for_one_thing(message: dict[str, Any] | None) -> None:
    assert turn(message).also == []


PART = {
    "text": "kva er tolk?",
    "intent": "ask_concept",
    "confidence": 0.9,
    "passages": {"hits": [{"passage": "tolk", "score": 0.7}], "covered": 0.4},
    "entities": [TYPED],
}
WHOLE = {
    "text": "den er gjord, kva er tolk?",
    "intent": {"name": "mark_done", "confidence": 0.8},
    "intent_ranking": [{"name": "mark_done", "confidence": 0.8}],
    "language": {"code": "no", "form": "nynorsk"},
    "uncertainty": {"theme": "roles", "probability": 0.9},
    "passages": {"hits": [], "covered": 0.0},
    "entities": [{"entity": "step", "value": "9", "extractor": "GuideEntityExtractor"}],
    "also": [PART],
}


def test_a_part_is_a_turn_of_its_own_words_by_the_same_person() -> None:
    part = turn(WHOLE).part(PART, [])

    assert (part.person, part.team) == ("kari", "kari")
    assert (part.text, part.intent) == ("kva er tolk?", "ask_concept")
    assert part.finding == Finding((Hit("tolk", 0.7),), 0.4)
    assert part.mentioned("step") == "4"
    assert part.form == "nynorsk"
    # Doubt is heard once, for the whole message.
    assert part.doubt is None
    assert (part.also, part.ranking) == ([], [])


def test_a_part_knows_what_was_set_before_it_in_the_turn() -> None:
    before = turn(WHOLE, last_topic="samskaping", written_form="bokmal", yes_means="restart")
    before.yes_means = "tolk"
    events = [
        {"event": "slot", "name": "last_topic", "value": "tolk"},
        {"event": "slot", "name": "form_is_chosen", "value": None},
        {"event": "action", "name": "written_form"},
    ]

    part = before.part(PART, events)

    assert part.yes_means == "tolk"
    assert [part.slot(name) for name in ("last_topic", "form_is_chosen", "written_form")] == ["tolk", None, "bokmal"]
    assert before.slot("last_topic") == "samskaping"


def test_a_part_speaks_with_the_same_voice() -> None:
    dispatcher = CollectingDispatcher()
    before = Turn(dispatcher, Tracker("kari", {}, WHOLE, [], False, None, {}, None))

    before.part(PART, []).say("utter_thanks")

    assert [message["custom"]["response"] for message in dispatcher.messages] == ["utter_thanks"]
