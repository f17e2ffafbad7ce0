"""One turn as an action sees it: who wrote what, how it was understood, and how to answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.outcome import DOUBTED, NOTHING
from bot.errors import GuideError
from bot.guide.journey import Journey, Wish
from bot.guide.store import JourneyStore
from bot.knowledge.documents.shelf import DocumentShelf, shelf_of
from bot.knowledge.library import Library, get_library
from bot.responses import BOKMAL, phrase, render
from bot.settings import get_settings
from bot.storage.database import get_database
from bot.types import Finding, Hit, JourneyEvent
from bot.uncertainty.log import UncertaintyLog

logger = logging.getLogger(__name__)
DOUBT_INTENT = "express_doubt"
PAYLOAD_PREFIX = "/"


class Turn:
    """Reads the tracker and speaks through the dispatcher.

    Args:
        dispatcher: collects what is said.
        tracker: the conversation; its id is the keyed hash of the person.
    """

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        # Slots that were set earlier in this turn.
        self._fresh: dict[str, Any] = {}
        self.person: str = tracker.sender_id
        # Everyone has a private journey: the team is the person.
        self.team: str = tracker.sender_id
        self.message: dict[str, Any] = tracker.latest_message or {}
        # What a bare «yes» in the next message would mean; an action that asks something sets it.
        self.yes_means: str | None = None

    @property
    def library(self) -> Library:
        """The knowledge."""
        return get_library()

    @property
    def store(self) -> JourneyStore:
        """The journeys."""
        return JourneyStore(get_database(), self.library.phases)

    @property
    def log(self) -> UncertaintyLog:
        """The uncertainty log."""
        return UncertaintyLog(get_database())

    @property
    def journey(self) -> Journey:
        """Where the team stands."""
        return self.store.journey(self.team)

    @property
    def also(self) -> list[dict[str, Any]]:
        """What else the message asks for, as the classifier left it."""
        return list(self.message.get("also") or ())

    def part(self, part: dict[str, Any], events: Iterable[dict[str, Any]]) -> Turn:
        """Return the turn as an action sees it that serves one more thing of the message.

        Args:
            part: one of `also`.
            events: what the actions before it returned.
        """
        turn = Turn(self._dispatcher, self._tracker)
        turn.yes_means = self.yes_means
        turn._fresh = {event["name"]: event["value"] for event in events if event.get("event") == "slot"}
        intent = {"name": part["intent"], "confidence": part["confidence"]}
        turn.message = {**part, "intent": intent, "language": self.message.get("language")}
        return turn

    @property
    def is_english(self) -> bool:
        """Whether the person wrote in English."""
        return bool(self.text) and (self.message.get("language") or {}).get("code") == "en"

    def wish(self, wish: Wish) -> tuple[Journey, JourneyEvent | None]:
        """Change the journey; return it as it then is, and the event, None when nothing changed."""
        return self.store.wish(self.team, self.person, wish)

    @property
    def is_first(self) -> bool:
        """Whether the conversation is only beginning."""
        return not any(event["event"] == "session_started" for event in self._tracker.events)

    @property
    def text(self) -> str:
        """What the person typed; empty when a button was pressed."""
        text = str(self.message.get("text") or "")
        return "" if text.startswith(PAYLOAD_PREFIX) else text

    @property
    def has_words(self) -> bool:
        """Whether the person typed more than pictures or signs: those ask for nothing."""
        return any(c.isalnum() for c in self.text)

    @property
    def intent(self) -> str | None:
        """What the message was understood as."""
        return (self.message.get("intent") or {}).get("name")

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """The intents that the message may have, most likely first, without the fallback."""
        ranking = self.message.get("intent_ranking") or ()
        return [(one["name"], one["confidence"]) for one in ranking if one["name"] != "nlu_fallback"]

    @property
    def finding(self) -> Finding:
        """What the retriever found for the message; nothing for a button."""
        found = _finding(self.message.get("passages"))
        return found if self.has_words or not self.text else replace(found, covered=0.0)

    @property
    def quotations(self) -> Finding:
        """What was found in imported documents; passages that have been removed since are left out."""
        found = _finding(self.message.get("quotations"))
        try:
            kept = tuple(hit for hit in found.hits if self.shelf.find(hit.passage))
        except GuideError as error:
            logger.error("Imported documents are left out: %s", error)
            return NOTHING
        # The probability is that of the first hit: it says nothing of the second.
        return Finding(kept, found.covered) if kept[:1] == found.hits[:1] else NOTHING

    @property
    def shelf(self) -> DocumentShelf:
        """The imported documents."""
        return _shelf()

    @property
    def doubt(self) -> str | None:
        """The theme of the doubt that the message voices, None when it voices none."""
        heard = self.message.get("uncertainty") or {}
        if not self.text or not heard:
            return None
        certain = heard["probability"] >= DOUBTED or self.intent == DOUBT_INTENT
        return str(heard["theme"]) if certain else None

    @property
    def form(self) -> str:
        """The written form to answer in: the one that was chosen, else the message's own, else the one before."""
        language = self.message.get("language") or {}
        if (
            not self.slot("form_is_chosen")
            and self.text
            and language.get("code") == "no"
            and language.get("told", True)
        ):
            return str(language["form"])
        return str(self.slot("written_form") or BOKMAL)

    def slot(self, name: str) -> Any:
        """Return a slot's value."""
        return self._fresh[name] if name in self._fresh else self._tracker.get_slot(name)

    def entity(self, name: str) -> str | None:
        """Return the value that a button's payload carries for `name`."""
        entities = self.message.get("entities") or ()
        return next((e["value"] for e in entities if e["entity"] == name and not _is_typed(e)), None)

    def mentioned(self, name: str) -> str | None:
        """Return what the person's own words name, as `bot.guide.entities` found it."""
        entities = self.message.get("entities") or ()
        return next((e["value"] for e in entities if e["entity"] == name and _is_typed(e)), None)

    def say(
        self,
        response: str,
        buttons: Iterable[dict[str, str]] = (),
        custom: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Answer with a response of the domain, its values, more buttons than its own, and data for the channel."""
        said = render(response, self.form, **values)
        self._dispatcher.utter_message(
            text=said.text, buttons=[*said.buttons, *buttons], json_message={"response": response, **(custom or {})}
        )

    def phrase(self, name: str, **values: Any) -> str:
        """Return a short phrase in the person's written form."""
        return phrase(name, self.form, **values)

    def topic_buttons(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """Return a button for each text, which asks for it."""
        return [
            {"title": self.library.short(text_id), "payload": payload("ask_concept", concept=text_id)}
            for text_id in ids
            if self.library.knows(text_id)
        ]

    def back_button(self) -> list[dict[str, str]]:
        """Return a button back to the step that the team is at, none when it is at none."""
        step = self.journey.find(self.journey.step)
        if step is None:
            return []
        return [{"title": self.phrase("utter_button_back", step=step.short), "payload": payload("repeat_step")}]


@lru_cache(maxsize=1)
def _shelf() -> DocumentShelf:
    return shelf_of(get_settings())


def _finding(found: dict[str, Any] | None) -> Finding:
    return Finding(tuple(Hit(**hit) for hit in found["hits"]), found["covered"]) if found else NOTHING


def _is_typed(entity: dict[str, Any]) -> bool:
    return entity.get("extractor") == "GuideEntityExtractor"


def payload(intent: str, **entities: str) -> str:
    """Write a button's payload.

    >>> payload("mark_done", step="tolk")
    '/mark_done{"step": "tolk"}'
    """
    return f"/{intent}" + (json.dumps(entities) if entities else "")
