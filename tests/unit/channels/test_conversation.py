"""Tests of bot.channels.conversation."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.channels.conversation import Refusal, converse, start
from bot.channels.identity import Identity
from bot.storage.tables import conversation
from bot.tracker import store as tracker_store

KARI, OLA = "0" * 32, "1" * 32
IDENTITY = Identity(b"hemmelighet", 1)
ORDER = '/mark_done{"step": "f1"}'
TRY_AGAIN = {
    "text": "Beklager, noe gikk galt hos meg akkurat nå. Det du har gjort før, er trygt lagret. Prøv igjen om litt.",
    "buttons": [],
    "custom": {"kind": "error", "response": "utter_try_again"},
}
Reply = dict[str, Any]


class Dialogue:
    """Stands in for Rasa: notes what it is handed and answers with set replies, then perhaps fails."""

    def __init__(self, *replies: Reply, error: Exception | None = None) -> None:
        self.heard: list[UserMessage] = []
        self._replies = replies
        self._error = error

    async def __call__(self, message: UserMessage) -> None:
        self.heard.append(message)
        for reply in self._replies:
            await message.output_channel.send_response(message.sender_id, dict(reply))
        if self._error:
            raise self._error

    @property
    def texts(self) -> list[str | None]:
        """What it was handed, as texts."""
        return [message.text for message in self.heard]


HELLO = {"text": "Hei!"}


def say(dialogue: Callable[[UserMessage], Awaitable[Any]], text: Any, limit: int = 100) -> list[Reply]:
    """Let Kari say something on the web page."""
    return asyncio.run(converse(dialogue, IDENTITY, "web", KARI, text, limit))


def refused(text: Any, limit: int = 100) -> Refusal:
    """Return the refusal that a message meets; the dialogue must not hear of it."""
    dialogue = Dialogue(HELLO)
    with pytest.raises(Refusal) as caught:
        say(dialogue, text, limit)
    assert dialogue.heard == []
    return caught.value


# What reaches the dialogue


def test_a_message_is_handed_over_as_its_person_and_channel() -> None:
    dialogue = Dialogue(HELLO)

    say(dialogue, "  Hva er samskaping?\n")

    (heard,) = dialogue.heard
    assert (heard.text, heard.sender_id, heard.input_channel) == ("Hva er samskaping?", KARI, "web")
    assert heard.output_channel.name() == "web"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/restart", "restart"),
        (" /restart", "restart"),
        ("//restart", "restart"),
        ("/ /restart", "restart"),
        ("/\t/restart", "restart"),
        ("/\n/restart", "restart"),
        ("/\u00a0/restart", "restart"),
        ("/\x1f/restart", "restart"),
        ("\x00/restart", "restart"),
        ("/\x00/restart", "restart"),
        ("\ud800/restart", "restart"),
        (ORDER, ORDER[1:]),
        ("og/eller", "og/eller"),
    ],
)
def test_a_typed_slash_is_neutralised(typed: str, heard: str) -> None:
    dialogue = Dialogue(HELLO)

    say(dialogue, typed)

    assert dialogue.texts == [heard]


@given(st.text(st.sampled_from("/~ \t\n\u00a0\u2003\x1f\x85\x00\ud800a{")))
def test_nothing_that_is_typed_is_an_order(typed: str) -> None:
    dialogue = Dialogue(HELLO)

    with suppress(Refusal):
        say(dialogue, typed)

    # Rasa strips a message before it looks for the slash.
    assert not any((text or "").strip().startswith("/") for text in dialogue.texts)


def test_a_persons_own_signed_payload_is_obeyed() -> None:
    dialogue = Dialogue(HELLO)

    say(dialogue, IDENTITY.sign(ORDER, KARI))

    assert dialogue.texts == [ORDER]


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param(IDENTITY.sign(ORDER, OLA), id="another person's"),
        pytest.param(Identity(b"another", 1).sign(ORDER, KARI), id="another installation's"),
        pytest.param(IDENTITY.sign("/undo", KARI) + "x", id="changed"),
    ],
)
def test_a_payload_that_is_not_the_persons_own_is_refused(signed: str) -> None:
    dialogue = Dialogue(HELLO)

    reply = say(dialogue, signed)

    assert dialogue.texts == []
    assert [message["custom"]["response"] for message in reply] == ["utter_stale_button"]


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("he\x00i", "hei"),
        ("he\ud800i\udfff", "hei"),
        ("\x00 hei \x00", "hei"),
        ("Skål 🥂 æøå", "Skål 🥂 æøå"),
    ],
)
def test_nul_and_lone_surrogates_are_left_out(typed: str, heard: str) -> None:
    dialogue = Dialogue(HELLO)

    say(dialogue, typed)

    assert dialogue.texts == [heard]


def test_a_conversation_starts_with_rasas_own_order() -> None:
    dialogue = Dialogue(HELLO)

    messages = asyncio.run(start(dialogue, IDENTITY, "web", KARI))

    (heard,) = dialogue.heard
    assert (heard.text, heard.sender_id, heard.input_channel) == ("/session_start", KARI, "web")
    assert messages == [{"text": "Hei!", "buttons": [], "custom": {}}]


# What is refused


@pytest.mark.parametrize("text", ["", "   \n", "\x00", "\ud800", "/", " / //"])
def test_an_empty_message_is_refused(text: str) -> None:
    refusal = refused(text)

    assert refusal.status == 400
    assert refusal.text == "Meldingen var tom. Skriv noe til meg, for eksempel «hva er samskaping?»."


@pytest.mark.parametrize("value", [None, 7, True, ["hei"], {"text": "hei"}, b"hei"])
def test_what_is_no_text_is_refused(value: Any) -> None:
    refusal = refused(value)

    assert refusal.status == 400
    assert refusal.text == "Jeg kan bare lese tekst. Skriv meldingen din som vanlig tekst."


def test_a_message_that_is_too_long_is_refused_with_the_limit() -> None:
    refusal = refused("å" * 31, limit=30)

    assert refusal.status == 413
    assert refusal.text == "Meldingen er for lang for meg. Skriv det viktigste med høyst 30 tegn."


def test_a_message_of_the_greatest_length_is_taken() -> None:
    """Characters count, not bytes, and not the white space around them."""
    dialogue = Dialogue(HELLO)

    say(dialogue, "  " + "å" * 30 + "\n\n", limit=30)

    assert dialogue.texts == ["å" * 30]


# The reply


def test_replies_come_whole_and_in_order() -> None:
    dialogue = Dialogue(
        {"text": "Ett avsnitt.\n\nEtt til.", "custom": {"kind": "step", "step": "f1"}}, {"text": None, "custom": None}
    )

    messages = say(dialogue, "hei")

    assert messages == [
        {"text": "Ett avsnitt.\n\nEtt til.", "buttons": [], "custom": {"kind": "step", "step": "f1"}},
        {"text": "", "buttons": [], "custom": {}},
    ]


def test_buttons_are_signed_for_the_person_that_is_shown_them() -> None:
    dialogue = Dialogue({"text": "Ferdig?", "buttons": [{"title": "Ja", "payload": ORDER, "type": "postback"}]})

    (message,) = say(dialogue, "hei")

    assert message["buttons"] == [{"title": "Ja", "payload": IDENTITY.sign(ORDER, KARI)}]


def test_a_button_that_was_shown_is_obeyed_when_it_is_pressed() -> None:
    asking = Dialogue({"text": "Ferdig?", "buttons": [{"title": "Ja", "payload": ORDER}]})
    listening = Dialogue(HELLO)

    (message,) = say(asking, "hei")
    say(listening, message["buttons"][0]["payload"])

    assert listening.texts == [ORDER]


def test_a_silent_turn_gives_one_try_again_message() -> None:
    assert say(Dialogue(), "hei") == [TRY_AGAIN]


def test_a_failing_turn_gives_one_try_again_message() -> None:
    assert say(Dialogue(error=RuntimeError("feil")), "hei") == [TRY_AGAIN]


def test_a_failing_start_gives_one_try_again_message() -> None:
    assert asyncio.run(start(Dialogue(error=RuntimeError("feil")), IDENTITY, "web", KARI)) == [TRY_AGAIN]


def test_what_was_said_before_a_turn_failed_stands_alone() -> None:
    messages = say(Dialogue(HELLO, error=RuntimeError("feil")), "hei")

    assert messages == [{"text": "Hei!", "buttons": [], "custom": {}}]


def test_a_failure_is_logged_with_its_trace_and_without_the_message(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        say(Dialogue(error=RuntimeError("feil")), "Kari er hemmelig redd")

    (record,) = [record for record in caplog.records if record.name == "bot.channels.conversation"]
    assert (record.levelname, record.getMessage()) == ("ERROR", "a turn failed")
    assert "RuntimeError: feil" in caplog.text
    assert "hemmelig" not in caplog.text


# What a message leans on


@pytest.fixture
def told(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kari was told a text, Ola another."""
    monkeypatch.setattr(tracker_store, "get_database", lambda: database)
    with database.begin() as connection:
        for person, topic in ((KARI, "tolk"), (OLA, "makt")):
            events = json.dumps([{"event": "slot", "name": "last_topic", "value": topic}])
            connection.execute(conversation.insert().values(id=person, events=events, updated_at=datetime(2024, 1, 2)))


@pytest.mark.parametrize("text", ["hvorfor det?", "og ka med tykk?", "/hvorfor det?"])
def test_a_message_that_leans_brings_what_was_told_last(told: None, text: str) -> None:
    dialogue = Dialogue(HELLO)

    say(dialogue, text)

    assert [message.metadata for message in dialogue.heard] == [{"last_topic": "tolk"}]


@pytest.mark.parametrize("text", ["hva er tykk samskaping?", "takk", IDENTITY.sign(ORDER, KARI)])
def test_any_other_message_brings_nothing_and_costs_no_look_into_the_database(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(tracker_store, "get_database", lambda: pytest.fail("asked the database"))
    dialogue = Dialogue(HELLO)

    say(dialogue, text)

    assert [message.metadata or {} for message in dialogue.heard] == [{}]


@pytest.mark.parametrize("events", [[], [{"event": "slot", "name": "last_topic", "value": None}]])
def test_where_nothing_was_told_a_message_stands_by_itself(
    database: Engine, monkeypatch: pytest.MonkeyPatch, events: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(tracker_store, "get_database", lambda: database)
    with database.begin() as connection:
        connection.execute(
            conversation.insert().values(id=KARI, events=json.dumps(events), updated_at=datetime(2024, 1, 2))
        )
    dialogue = Dialogue(HELLO)

    say(dialogue, "hvorfor det?")

    assert [message.metadata or {} for message in dialogue.heard] == [{}]


def test_a_database_that_fails_is_answered_with_try_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Engine:
        raise RuntimeError("no database")

    monkeypatch.setattr(tracker_store, "get_database", broken)

    assert say(Dialogue(HELLO), "hvorfor det?") == [TRY_AGAIN]
    assert "no database" in caplog.text


# Erasure


@pytest.fixture
def kept(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A database with Kari's and Ola's conversations; tells whose are there."""
    monkeypatch.setattr(tracker_store, "get_database", lambda: database)
    with database.begin() as connection:
        for person in (KARI, OLA):
            connection.execute(conversation.insert().values(id=person, events="[]", updated_at=datetime(2024, 1, 2)))

    def whose() -> list[str]:
        with database.connect() as connection:
            return list(connection.execute(select(conversation.c.id).order_by(conversation.c.id)).scalars())

    return whose


def test_a_turn_that_erases_is_itself_erased(kept: Callable[[], list[str]]) -> None:
    messages = say(Dialogue({"text": "Slettet.", "custom": {"kind": "erased"}}), "hei")

    assert kept() == [OLA]
    assert messages == [{"text": "Slettet.", "buttons": [], "custom": {"kind": "erased"}}]


def test_any_other_turn_erases_nothing(kept: Callable[[], list[str]]) -> None:
    say(Dialogue({"text": "Hei!", "custom": {"kind": "intro"}}), "hei")

    assert kept() == [KARI, OLA]
