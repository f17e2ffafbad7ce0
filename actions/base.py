"""The base of all actions: it listens for doubt first, and whatever fails, the person gets an answer.

Every rule ends in exactly one of these actions, so that each message costs one call to the action server and none
goes unheard, whichever rule fires.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.listening import listen
from actions.turn import Turn
from bot.responses import phrase

logger = logging.getLogger(__name__)
Events = list[dict[str, Any]]


class GuideAction(Action):
    """An action with one guard around it. Subclasses set `action` and write `act`."""

    action = ""

    def name(self) -> str:
        """The name in the domain."""
        return self.action

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Listen, then act; on any error forget half-said words and ask the person to try again."""
        turn = Turn(dispatcher, tracker)
        try:
            listen(turn)
            heard = len(dispatcher.messages)
        except Exception:
            # A doubt that was not noted is not acknowledged; what the message asked for still happens.
            logger.exception("listening failed")
            dispatcher.messages.clear()
            heard = 0
        try:
            if turn.is_english:
                turn.say("utter_english_frame", custom={"kind": "frame"})
            events = self.act(turn) or []
            last = turn
            for part in turn.also:
                last = last.part(part, events)
                events = [*events, *self._act_on(last, dispatcher)]
            return [*events, *_remember(last, events)]
        except Exception:
            logger.exception("action %s failed", self.action)
            del dispatcher.messages[heard:]
            return self.on_error(dispatcher)

    def on_error(self, dispatcher: CollectingDispatcher) -> Events:
        """Answer in spite of an error."""
        dispatcher.utter_message(text=phrase("utter_try_again"), json_message={"kind": "error"})
        return []

    def _act_on(self, turn: Turn, dispatcher: CollectingDispatcher) -> Events:
        """Act on one more thing that a message asks for; should it fail, what was done before it stays and is told."""
        from actions.registry import action_for

        action = action_for(turn.intent or "")
        said = len(dispatcher.messages)
        try:
            return (action.act(turn) or []) if action else []
        except Exception:
            logger.exception("action for %s failed", turn.intent)
            del dispatcher.messages[said:]
            return self.on_error(dispatcher)

    def act(self, turn: Turn) -> Events | None:
        """Do the work and return events for the tracker, if any."""
        raise NotImplementedError


def _remember(turn: Turn, events: Events) -> Events:
    """Return slots for what the next turn needs of this one, those that changed and that the action has not set."""
    wanted = {"written_form": turn.form, "yes_means": turn.yes_means}
    for event in events:
        wanted.pop(event.get("name", ""), None)
    return [SlotSet(name, value) for name, value in wanted.items() if turn.slot(name) != value]
