"""The start of a conversation, small talk, and the end."""

from __future__ import annotations

from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import delete

from actions.base import Events, GuideAction
from actions.turn import Turn
from bot.responses import BOKMAL, NYNORSK
from bot.settings import get_settings
from bot.storage.database import get_database
from bot.storage.tables import journey_event, uncertainty_entry

DELETE = "delete"
ERASED = "erased"
WITH_WAY_BACK = frozenset({"greet", "thanks", "deny", "help", "privacy"})


class SessionStart(GuideAction):
    """Says, before anything else, that this is a machine, what it notes and who can see it."""

    action = "action_session_start"

    def act(self, turn: Turn) -> Events:
        """Greet, once: Rasa runs this action twice when a channel asks for a start by `/session_start`."""
        if turn.is_first:
            turn.say("utter_intro", custom={"kind": "intro"})
        return self._started()

    def on_error(self, dispatcher: CollectingDispatcher) -> Events:
        """Start the session even when greeting failed; the turn goes on."""
        return self._started()

    @staticmethod
    def _started() -> Events:
        return [SessionStarted(), ActionExecuted("action_listen")]


class SmallTalk(GuideAction):
    """Says the one response that belongs to the intent: `utter_<intent>`."""

    action = "action_small_talk"

    def act(self, turn: Turn) -> None:
        """Say it."""
        turn.say(f"utter_{turn.intent}", buttons=turn.back_button() if turn.intent in WITH_WAY_BACK else ())


class ChooseForm(GuideAction):
    """Keeps to bokmål or nynorsk from now on."""

    action = "action_choose_form"

    def act(self, turn: Turn) -> Events:
        """Remember the choice and answer in it."""
        form = NYNORSK if turn.intent == "use_nynorsk" else BOKMAL
        turn.say(f"utter_form_{form}", buttons=turn.back_button())
        return [SlotSet("form_is_chosen", True), SlotSet("written_form", form)]


class DeleteMyData(GuideAction):
    """Asks once, then erases everything that is kept of a person."""

    action = "action_delete_my_data"

    def act(self, turn: Turn) -> Events | None:
        """Ask, or erase when the person has confirmed."""
        if turn.entity("confirmed") != "yes":
            turn.say("utter_confirm_delete")
            turn.yes_means = DELETE
            return None
        return erase(turn)


def erase(turn: Turn) -> Events:
    """Erase a person's doubts and journey; the channel erases the conversation when the turn is over."""
    with get_database().begin() as connection:
        connection.execute(delete(uncertainty_entry).where(uncertainty_entry.c.person == turn.person))
        connection.execute(delete(journey_event).where(journey_event.c.team == turn.team))
    turn.say("utter_deleted", custom={"kind": ERASED})
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
