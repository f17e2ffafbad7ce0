"""Whatever comes in, the caller gets a clear answer, and nothing is executed or lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.web import SESSION_HEADER
from tests.running import Conversation, RunningBot

pytestmark = pytest.mark.bot


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"sender": "a", "message": ""}, 400, "Meldingen var tom"),
        ({"sender": "a", "message": " \n\t "}, 400, "Meldingen var tom"),
        ({"sender": "a", "message": "///"}, 400, "Meldingen var tom"),
        ({"sender": "a", "message": None}, 400, "bare lese tekst"),
        ({"sender": "a", "message": ["hei"]}, 400, "bare lese tekst"),
        ({"sender": "a", "message": "x" * 2001}, 413, "høyst 2000 tegn"),
        ({"sender": "a", "message": "x" * 1_000_000}, 413, "høyst 2000 tegn"),
        ({"sender": "s" * 10_000, "message": "hei"}, 400, "høyst 200 tegn"),
        ({"sender": "", "message": "hei"}, 400, "høyst 200 tegn"),
        ({"sender": 5, "message": "hei"}, 400, "høyst 200 tegn"),
        ({"message": "hei"}, 400, "høyst 200 tegn"),
        ([1, 2], 400, "Den må være JSON"),
        (b"{broken", 400, "Den må være JSON"),
        (b"\xff\xfe", 400, "Den må være JSON"),
        (b"[" * 50_000, 400, "Den må være JSON"),
        (b"", 400, "Den må være JSON"),
    ],
)
def test_a_bad_request_gets_one_clear_sentence(bot: RunningBot, body: Any, status: int, said: str) -> None:
    response = bot.post_rest(body)
    assert response.status_code == status
    assert said in response.json()["error"]


def test_rest_needs_the_key(bot: RunningBot) -> None:
    assert bot.post_rest({"sender": "a", "message": "hei"}, key="wrong").status_code == 401
    assert bot.http.post("/webhooks/rest/webhook", json={"sender": "a", "message": "hei"}).status_code == 401


def test_only_emoji_is_answered(conversation: Conversation) -> None:
    assert conversation.say("🎉🎉🎉")[-1]["custom"]["outcome"] == "not_found"


def test_two_thousand_characters_are_answered(conversation: Conversation) -> None:
    assert conversation.say("hva er samskaping " * 111)[-1]["text"]


def test_markup_is_text_and_is_not_echoed(conversation: Conversation) -> None:
    reply = conversation.say("<script>alert(1)</script> er jeg redd for")
    assert reply
    assert "<script>" not in json.dumps(reply)


def test_nul_and_lone_surrogates_are_dropped(bot: RunningBot) -> None:
    response = bot.post_rest(b'{"sender": "surrogate", "message": "hva er\\u0000 samskaping \\ud800"}')
    assert response.status_code == 200
    assert response.json()[-1]["custom"]["topic"] == "samskaping"


def test_a_button_of_somebody_else_is_refused(bot: RunningBot, conversation: Conversation) -> None:
    other = Conversation(bot, "the-other-person")
    other.say("start forberedelsen")
    conversation.reply = other.reply
    conversation.press("Ferdig")
    assert conversation.responses == ["utter_stale_button"]
    assert conversation.events() == []


def test_a_forged_payload_is_refused(conversation: Conversation) -> None:
    conversation.say("start forberedelsen")
    conversation.say('~0123456789abcdef/mark_done{"step": "forankre-i-ledelsen"}')
    assert conversation.responses == ["utter_stale_button"]
    assert [kind for kind, _ in conversation.events()] == ["started"]


def test_the_web_page_and_its_headers(bot: RunningBot) -> None:
    response = bot.http.get("/chat/")
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert bot.http.get("/chat/../config.yml").status_code == 404
    assert bot.http.get("/chat/%2e%2e/config.yml").status_code == 404


def test_a_web_caller_never_chooses_who_it_is(bot: RunningBot) -> None:
    first = bot.http.post("/chat/session").json()["session"]
    second = bot.http.post("/chat/session").json()["session"]
    assert first != second
    ask = {"message": "hvilken fase er vi i?", "sender": "chosen"}
    assert bot.http.post("/chat/message", json=ask).status_code == 401
    assert bot.http.post("/chat/message", json=ask, headers={SESSION_HEADER: first[:-2] + "xx"}).status_code == 401
    start = bot.http.post("/chat/message", json={"message": "start forberedelsen"}, headers={SESSION_HEADER: first})
    assert start.json()["messages"][-1]["custom"]["step"] == "forankre-i-ledelsen"
    other = bot.http.post("/chat/message", json=ask, headers={SESSION_HEADER: second})
    assert other.json()["messages"][-1]["custom"]["response"] == "utter_not_started"


def test_the_first_message_says_what_this_is(bot: RunningBot) -> None:
    messages = bot.http.post("/chat/session").json()["messages"]
    assert len(messages) == 1
    first = messages[0]
    assert first["custom"]["response"] == "utter_intro"
    assert "maskin" in first["text"]
    assert "uten navn" in first["text"]
    assert "bare du" in first["text"]
