"""POST /webhooks/rest/webhook with {sender, message}: for machines that hold the key."""

from __future__ import annotations

import hmac
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.conversation import Handler, Refusal, converse
from bot.channels.http import json_body, refusal_response
from bot.channels.identity import Identity
from bot.settings import get_settings

MAX_SENDER = 200


class RestChannel(InputChannel):
    """The caller is trusted to say who sends, since it shows `Authorization: Bearer KEY`."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel and its place below /webhooks."""
        return "rest"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes."""
        settings = get_settings()
        identity = Identity(settings.secret_bytes(), settings.session_hours)
        expected = f"Bearer {settings.rest_bearer()}"
        blueprint = Blueprint("rest_channel")

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                shown = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
                if not hmac.compare_digest(shown, expected.encode()):
                    raise Refusal(401, "utter_no_key")
                body = json_body(request)
                person = identity.person(self.name(), _sender(body.get("sender")))
                messages = await converse(
                    on_new_message, identity, self.name(), person, body.get("message", ""), settings.max_message
                )
            except Refusal as refusal:
                return refusal_response(refusal)
            return response.json([{"recipient_id": body["sender"], **message} for message in messages])

        return blueprint


def _sender(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_SENDER or not value.isprintable():
        raise Refusal(400, "utter_bad_sender", limit=MAX_SENDER)
    return value
