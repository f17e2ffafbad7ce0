"""Reading requests and writing refusals, alike in all HTTP channels."""

from __future__ import annotations

import json
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.conversation import MAX_BODY, Refusal
from bot.settings import get_settings


def json_body(request: Request) -> dict[str, Any]:
    """Return the request's JSON object.

    Raises:
        Refusal: the body is too large or no JSON object.
    """
    if len(request.body) > MAX_BODY:
        raise Refusal(413, "utter_too_long", limit=get_settings().max_message)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "utter_bad_request") from error
    if not isinstance(body, dict):
        raise Refusal(400, "utter_bad_request")
    return body


def refusal_response(refusal: Refusal) -> HTTPResponse:
    """Return a refusal as JSON: {"error": one sentence}."""
    return response.json({"error": refusal.text}, status=refusal.status, ensure_ascii=False)
