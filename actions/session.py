"""The start of a conversation, and its end."""

from __future__ import annotations

from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import delete

from actions.base import Events, GuideAction
from actions.turn import Turn
from bot.settings import get_settings
from bot.storage.database import get_database
from bot.storage.tables import journey_event, uncertainty_entry


class SessionStart(GuideAction):
    """Says, before anything else, that this is a machine, what it notes and who can see it."""

    action = "action_session_start"

    def act(self, turn: Turn) -> Events:
        """Greet."""
        turn.say("utter_intro", custom={"kind": "intro"})
        return self._started()

    def on_error(self, dispatcher: CollectingDispatcher) -> Events:
        """Start the session even when greeting failed; the turn goes on."""
        return self._started()

    @staticmethod
    def _started() -> Events:
        return [SessionStarted(), ActionExecuted("action_listen")]


class DeleteMyData(GuideAction):
    """Asks once, then erases everything that is kept of a person."""

    action = "action_delete_my_data"

    def act(self, turn: Turn) -> Events | None:
        """Ask, or erase when the person has confirmed."""
        if turn.entity("confirmed") != "yes":
            turn.say("utter_confirm_delete")
            return None
        with get_database().begin() as connection:
            connection.execute(delete(uncertainty_entry).where(uncertainty_entry.c.person == turn.person))
            connection.execute(delete(journey_event).where(journey_event.c.team == turn.team))
        # The channel erases the conversation when the turn is over.
        turn.say("utter_deleted", custom={"kind": "erased"})
        return [SlotSet("last_topic", None)]


class TalkToPerson(GuideAction):
    """Gives the contact that the municipality has set."""

    action = "action_talk_to_person"

    def act(self, turn: Turn) -> None:
        """Tell the contact, or that there is none."""
        contact = get_settings().contact
        if contact:
            turn.say("utter_contact", contact=contact)
        else:
            turn.say("utter_no_contact")
