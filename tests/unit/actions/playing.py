"""Plays one turn of an action and shows what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.knowledge.documents.shelf import OwnDocument
from bot.types import DocumentPassage

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
REPORT = OwnDocument(
    "rapport",
    "rapport.pdf",
    "Rapport om ferger",
    "digest",
    (
        DocumentPassage("Fergen går {klokka} åtte.\nBillett\nDen er gratis.", ("Reise", "Tider"), page=12),
        DocumentPassage("Kaia er ny.", ()),
    ),
)
SLIDES = OwnDocument(
    "lysark", "lysark.pptx", "Om sauer", "digest", (DocumentPassage("Sauene beiter.", ("Om sauer",), slide=4),)
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
    quotations: Sequence[tuple[str, float]] = (),
    quotable: float = 0.0,
    doubt: tuple[str, float] | None = None,
    language: tuple[str, str] | None = None,
    events: Sequence[dict[str, Any]] = (),
    also: Sequence[dict[str, Any]] = (),
    mentions: Mapping[str, str] | None = None,
    ranking: Sequence[tuple[str, float]] = (),
    **slots: Any,
) -> Played:
    """Run an action on one message; without a text a button was pressed.

    Args:
        hits: what the retriever found in the guide, as (passage, score).
        covered: how probable it is that the guide covers it.
        quotations: what it found in imported documents, as (passage, score).
        quotable: how probable it is that the first of those answers.
        doubt: theme and probability that the uncertainty classifier gave.
        language: code and written form that the language identifier gave.
        events: what stands in the tracker from before.
        also: what else the message asks for, each {text, intent, …}.
        mentions: what its own words name.
        ranking: the intents it may have, likeliest first.
    """
    message: dict[str, Any] = {
        "text": text or f"/{intent}",
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "passages": _found(hits, covered),
    }
    if quotations:
        message["quotations"] = _found(quotations, quotable)
    if doubt:
        message["uncertainty"] = {"theme": doubt[0], "probability": doubt[1]}
    if language:
        message["language"] = {"code": language[0], "form": language[1]}
    typed = {"extractor": "GuideEntityExtractor"}
    message["entities"] += [{"entity": name, "value": value, **typed} for name, value in (mentions or {}).items()]
    message["also"] = [{"confidence": 0.9, **act} for act in also]
    message["intent_ranking"] = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    dispatcher = CollectingDispatcher()
    tracker = Tracker(person, dict(slots), message, list(events), False, None, {}, None)
    given = asyncio.run(action().run(dispatcher, tracker, {}))
    return Played(dispatcher.messages, given)


def _found(hits: Sequence[tuple[str, float]], covered: float) -> dict[str, Any]:
    return {"hits": [{"passage": name, "score": score} for name, score in hits], "covered": covered}
