"""The base of all actions: whatever fails in one, the person gets an answer."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn

logger = logging.getLogger(__name__)
Events = list[dict[str, Any]]


class GuideAction(Action):
    """An action with one guard around it. Subclasses set `action` and write `act`."""

    action = ""

    def name(self) -> str:
        """The name in the domain."""
        return self.action

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Run `act`; on any error forget its half-said words and ask the person to try again."""
        try:
            return self.act(Turn(dispatcher, tracker)) or []
        except Exception:
            logger.exception("action %s failed", self.action)
            return self.on_error(dispatcher)

    def on_error(self, dispatcher: CollectingDispatcher) -> Events:
        """Answer in spite of an error."""
        dispatcher.messages.clear()
        dispatcher.utter_message(response="utter_try_again", json_message={"kind": "error"})
        return []

    def act(self, turn: Turn) -> Events | None:
        """Do the work and return events for the tracker, if any."""
        raise NotImplementedError
