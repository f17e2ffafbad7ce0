"""Tests of bot.channels.http."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sanic.request import Request

from bot.channels.conversation import Refusal
from bot.channels.http import json_body, refusal_response

MAX = 64 * 1024


def request(body: bytes) -> Request:
    """Return a request with a body."""
    return cast(Request, SimpleNamespace(body=body))


def body_of(size: int) -> bytes:
    """Return a JSON object of exactly so many bytes."""
    return json.dumps({"message": "x" * (size - len('{"message": ""}'))}).encode()


def refused(body: bytes) -> Refusal:
    """Return the refusal that a body meets."""
    with pytest.raises(Refusal) as caught:
        json_body(request(body))
    return caught.value


def test_a_json_object_is_read() -> None:
    body = '{"message": "Hei på deg", "sender": 7}'.encode()

    assert json_body(request(body)) == {"message": "Hei på deg", "sender": 7}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hei", id="no JSON"),
        pytest.param(b'{"message": "hei"', id="cut off"),
        pytest.param(b'["hei"]', id="a list"),
        pytest.param(b'"hei"', id="a string"),
        pytest.param(b"null", id="null"),
        pytest.param('{"message": "på"}'.encode("latin-1"), id="not UTF-8"),
        pytest.param(b"[" * 60_000, id="deep"),
        pytest.param(b'{"a":' * 10_000, id="deep objects"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    refusal = refused(body)

    assert refusal.status == 400
    assert refusal.text == "Jeg forstod ikke forespørselen. Den må være JSON med feltet «message»."


def test_a_body_of_the_greatest_size_is_read() -> None:
    body = body_of(MAX)

    assert len(body) == MAX
    assert list(json_body(request(body))) == ["message"]


def test_a_larger_body_is_refused_with_the_limit_of_a_message(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_MAX_MESSAGE", "500")

    refusal = refused(body_of(MAX + 1))

    assert refusal.status == 413
    assert refusal.text == "Meldingen er for lang for meg. Skriv det viktigste med høyst 500 tegn."


def test_a_refusal_is_answered_as_one_sentence_of_json() -> None:
    answer: Any = refusal_response(Refusal(401, "utter_no_key"))

    assert (answer.status, answer.content_type) == (401, "application/json")
    assert answer.body.decode() == '{"error":"Forespørselen mangler riktig nøkkel."}'
