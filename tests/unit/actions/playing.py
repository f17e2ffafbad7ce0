"""Plays one turn of an action and shows what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

PERSON = "kari"
OTHER = "ola"
PREPARATION = (
    "forankre-i-ledelsen",
    "forankre-pa-tvers",
    "endringsvilje",
    "elefanten-i-rommet",
    "delegere-myndighet",
    "god-tid",
    "mentalt-forberedt",
    "fortsette-forankringen",
)


@dataclass(frozen=True)
class Played:
    """What an action said and which events it gave the tracker."""

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def names(self) -> list[str | None]:
        """The responses that were said, in order; None for a message without a name."""
        return [message["custom"].get("response") for message in self.messages]

    @property
    def slots(self) -> dict[str, Any]:
        """The slots that were set."""
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    @property
    def custom(self) -> dict[str, Any]:
        """The data of the last message."""
        return dict(self.messages[-1]["custom"])

    @property
    def text(self) -> str:
        """The words of the last message."""
        return str(self.messages[-1]["text"])

    @property
    def payloads(self) -> list[str]:
        """The payloads of the last message's buttons, in order."""
        return [button["payload"] for button in self.messages[-1]["buttons"]]


Play = Callable[..., Played]
Record = Callable[..., list[tuple[str, str, str | None]]]


def play(
    action: type[Action],
    intent: str | None = None,
    text: str = "",
    entities: Mapping[str, str] | None = None,
    *,
    person: str = PERSON,
    hits: Sequence[tuple[str, float]] = (),
    covered: float = 0.0,
    doubt: tuple[str, float] | None = None,
    language: tuple[str, str] | None = None,
    events: Sequence[dict[str, Any]] = (),
    **slots: Any,
) -> Played:
    """Run an action on one message; without a text a button was pressed.

    Args:
        hits: what the retriever found, as (passage, score).
        doubt: theme and probability that the uncertainty classifier gave.
        language: code and written form that the language identifier gave.
        events: what stands in the tracker from before.
    """
    message: dict[str, Any] = {
        "text": text or f"/{intent}",
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "passages": {"hits": [{"passage": name, "score": score} for name, score in hits], "covered": covered},
    }
    if doubt:
        message["uncertainty"] = {"theme": doubt[0], "probability": doubt[1]}
    if language:
        message["language"] = {"code": language[0], "form": language[1]}
    dispatcher = CollectingDispatcher()
    tracker = Tracker(person, dict(slots), message, list(events), False, None, {}, None)
    given = asyncio.run(action().run(dispatcher, tracker, {}))
    return Played(dispatcher.messages, given)
