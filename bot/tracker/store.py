"""Keeps conversations for Rasa: one row each, short, without texts.

The dialogue is carried by rules and by the journey in its own tables, so a conversation needs only its slots and
its last few turns. Keeping just those makes a message cost the same on the first day and after a year, and leaves
little to erase. What people wrote is not kept here at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from bot.storage.database import get_database, utc_now
from bot.storage.tables import conversation

KEPT_TURNS = 3
LISTEN = "action_listen"


class ConversationStore(TrackerStore):
    """Rasa's tracker store on the project's own database.

    Args:
        domain: of the dialogue.
        event_broker: unused; Rasa passes it.
        engine: of the database; the one in the settings when None.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        engine: Engine | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = engine or get_database()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write a conversation's current state."""
        events = json.dumps([slim(event) for event in recent(tracker)], ensure_ascii=False)
        values = {"events": events, "updated_at": utc_now()}
        with self._engine.begin() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            insert = dialect.insert(conversation).values(id=tracker.sender_id, **values)
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a conversation, None when there is none."""
        query = select(conversation.c.events).where(conversation.c.id == sender_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        events = [event for item in json.loads(row.events) if (event := Event.from_parameters(item)) is not None]
        return DialogueStateTracker.from_events(
            sender_id, events, self.domain.slots, max_event_history=self.max_event_history, domain=self.domain
        )

    def slot(self, sender_id: str, name: str) -> Any:
        """Return a slot's value in a conversation, None when there is none; without building the tracker."""
        query = select(conversation.c.events).where(conversation.c.id == sender_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        events = json.loads(row.events) if row else []
        return next((e["value"] for e in reversed(events) if e["event"] == "slot" and e["name"] == name), None)

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        with self._engine.connect() as connection:
            return [row.id for row in connection.execute(select(conversation.c.id))]

    def erase(self, sender_id: str) -> bool:
        """Remove a conversation; say whether there was one."""
        with self._engine.begin() as connection:
            return bool(connection.execute(delete(conversation).where(conversation.c.id == sender_id)).rowcount)

    def expire(self, days: int) -> int:
        """Remove conversations that have been silent for so many days; return how many."""
        before = utc_now() - timedelta(days=days)
        with self._engine.begin() as connection:
            return int(connection.execute(delete(conversation).where(conversation.c.updated_at < before)).rowcount)


def recent(tracker: DialogueStateTracker) -> list[Event]:
    """Return the shortest list of events that leads to the same state: a start, the slots, the last few turns."""
    events = list(tracker.events)
    turns = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= KEPT_TURNS:
        return events
    start = turns[-KEPT_TURNS]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:start], tracker.slots.values())
    slots = [SlotSet(name, value) for name, value in before.current_slot_values().items() if value is not None]
    return [ActionExecuted("action_session_start"), SessionStarted(), *slots, ActionExecuted(LISTEN), *events[start:]]


def slim(event: Event) -> dict[str, Any]:
    """Return an event as it is stored: without what people wrote and without the texts that were shown.

    What a message was understood as stays; the words do not.
    """
    stored: dict[str, Any] = event.as_dict()
    if stored["event"] == "user":
        parse = stored.get("parse_data") or {}
        kept = ("intent", "entities", "language", "passages", "uncertainty")
        entities = [
            {k: v for k, v in entity.items() if k != "value"} if "start" in entity else entity
            for entity in parse.get("entities", [])
        ]
        stored["text"] = ""
        stored["parse_data"] = {**{k: parse[k] for k in kept if k in parse}, "entities": entities, "text": ""}
        stored.pop("metadata", None)
    elif stored["event"] == "bot":
        stored["text"] = ""
        stored["data"] = {}
        stored["metadata"] = {"utter_action": (stored.get("metadata") or {}).get("utter_action")}
    return stored
