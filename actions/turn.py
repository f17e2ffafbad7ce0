"""One turn as an action sees it: who wrote what, how it was understood, and how to answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.guide.journey import Journey, Wish
from bot.guide.store import JourneyStore
from bot.knowledge.library import Library, get_library
from bot.responses import BOKMAL, phrase, render
from bot.storage.database import get_database
from bot.types import Finding, Hit, JourneyEvent
from bot.uncertainty.log import UncertaintyLog

DOUBT_PROBABILITY = 0.5
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
    def intent(self) -> str | None:
        """What the message was understood as."""
        return (self.message.get("intent") or {}).get("name")

    @property
    def finding(self) -> Finding:
        """What the retriever found for the message; nothing for a button."""
        found = self.message.get("passages") or {"hits": [], "covered": 0.0}
        return Finding(tuple(Hit(**hit) for hit in found["hits"]), found["covered"])

    @property
    def doubt(self) -> str | None:
        """The theme of the doubt that the message voices, None when it voices none."""
        heard = self.message.get("uncertainty") or {}
        if not self.text or not heard:
            return None
        certain = heard["probability"] >= DOUBT_PROBABILITY or self.intent == DOUBT_INTENT
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
        return self._tracker.get_slot(name)

    def entity(self, name: str) -> str | None:
        """Return the value that a button's payload carries for `name`."""
        return next((e["value"] for e in self.message.get("entities") or () if e["entity"] == name), None)

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


def payload(intent: str, **entities: str) -> str:
    """Write a button's payload.

    >>> payload("mark_done", step="tolk")
    '/mark_done{"step": "tolk"}'
    """
    return f"/{intent}" + (json.dumps(entities) if entities else "")
