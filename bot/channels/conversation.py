"""What all channels share: checking a message, handing it to the dialogue, and shaping the reply."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.answers.follow_up import LAST_TOPIC, follow_up
from bot.channels.identity import Identity
from bot.responses import phrase
from bot.tracker.store import ConversationStore

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]
START = "/session_start"
ERASED = "erased"
MAX_BODY = 64 * 1024
# Rasa strips all kinds of white space before it looks for the slash.
_ORDER = re.compile(r"^[\s/]+")


class Refusal(Exception):
    """A message that is not taken.

    Args:
        status: HTTP status to answer with.
        name: of the phrase that tells the person why.
    """

    def __init__(self, status: int, name: str, **values: Any) -> None:
        super().__init__(name)
        self.status = status
        self.text = phrase(name, **values)


@dataclass
class ReplyChannel(OutputChannel):
    """Collects one turn's messages as {text, buttons, custom}; each button's payload is signed."""

    identity: Identity
    channel: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def name(self) -> str:
        """Name the channel, as responses can depend on it."""
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take a message whole: Rasa would tear text, buttons and data apart and split the text at blank lines."""
        reply: dict[str, Any] = {"text": message.get("text") or ""}
        reply["buttons"] = [
            {"title": button["title"], "payload": self.identity.sign(button["payload"], recipient_id)}
            for button in message.get("buttons") or ()
        ]
        reply["custom"] = message.get("custom") or {}
        self.messages.append(reply)


def checked_text(value: Any, limit: int) -> str:
    """Return a message's text, stripped.

    Raises:
        Refusal: it is not text, empty, or longer than `limit` characters.
    """
    if not isinstance(value, str):
        raise Refusal(400, "utter_not_text")
    # PostgreSQL can't store NUL, and lone surrogates can't be encoded at all.
    text = value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if not text:
        raise Refusal(400, "utter_empty")
    if len(text) > limit:
        raise Refusal(413, "utter_too_long", limit=limit)
    return text


async def forget(person: str) -> None:
    """Erase a conversation from the tracker store."""
    ConversationStore().erase(person)


async def converse(
    on_new_message: Handler, identity: Identity, channel: str, person: str, text: str, limit: int
) -> list[dict[str, Any]]:
    """Hand one message to the dialogue and return the reply; there is always at least one message.

    Args:
        on_new_message: Rasa's handler.
        identity: checks and signs payloads.
        channel: name of the channel.
        person: keyed hash of the person; it is also the conversation's id.
        text: what was typed, or the signed payload of a button.
        limit: longest text in characters.

    Raises:
        Refusal: the message is not taken.
    """
    text = checked_text(text, limit)
    # A typed "/restart" is text, not an order: only our own buttons carry orders.
    payload = identity.payload(text, person)
    if payload is None and identity.looks_signed(text):
        return [own_message("utter_stale_button")]
    message = payload or _ORDER.sub("", text)
    if not message:
        raise Refusal(400, "utter_empty")
    return await _turn(on_new_message, identity, channel, person, message)


async def start(on_new_message: Handler, identity: Identity, channel: str, person: str) -> list[dict[str, Any]]:
    """Begin a conversation and return the first message."""
    return await _turn(on_new_message, identity, channel, person, START)


async def _turn(
    on_new_message: Handler, identity: Identity, channel: str, person: str, message: str
) -> list[dict[str, Any]]:
    reply = ReplyChannel(identity, channel)
    try:
        metadata = _context(person, message)
        await on_new_message(UserMessage(message, reply, person, input_channel=channel, metadata=metadata))
    except Exception:
        # Whatever failed, the person gets an answer and the operator the trace; the message is in neither.
        logger.exception("a turn failed")
    if any(message["custom"].get("kind") == ERASED for message in reply.messages):
        # The turn that erased has itself been kept since; it goes too.
        await forget(person)
    if not reply.messages:
        reply.messages.append(own_message("utter_try_again"))
    return reply.messages


def _context(person: str, message: str) -> dict[str, Any]:
    """Return what a message leans on, for the components that find passages: they see no tracker."""
    topic = ConversationStore().slot(person, LAST_TOPIC) if follow_up(message) else None
    return {LAST_TOPIC: topic} if topic else {}


def own_message(name: str) -> dict[str, Any]:
    """Return a message that the channel itself has to say."""
    return {"text": phrase(name), "buttons": [], "custom": {"kind": "error", "response": name}}
