"""Hears doubt in every message, whatever else the message is."""

from __future__ import annotations

from collections import Counter

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, GuideAction
from actions.turn import Turn, payload


class Listen(GuideAction):
    """Runs before any other action in every turn: Rasa calls this name after understanding a message.

    Notes a doubt durably and acknowledges it in one line; notices the written form. What the message otherwise asks
    for happens after it.
    """

    action = "action_validate_slot_mappings"

    def act(self, turn: Turn) -> Events:
        """Note and acknowledge."""
        theme = turn.doubt
        if theme:
            journey = turn.journey
            entry = turn.log.add(
                team=turn.team,
                person=turn.person,
                phase=journey.phase,
                step=journey.step,
                theme=theme,
                text=turn.text,
            )
            turn.say(f"utter_doubt_{theme}", custom={"kind": "doubt", "theme": theme}, entry=entry)
        return self._written_form(turn)

    def on_error(self, dispatcher: CollectingDispatcher) -> Events:
        """Say nothing here: the turn goes on, and a doubt that was not noted must not be acknowledged."""
        dispatcher.messages.clear()
        return []

    @staticmethod
    def _written_form(turn: Turn) -> Events:
        language = turn.message.get("language") or {}
        if turn.slot("form_is_chosen") or language.get("code") != "no" or not turn.text:
            return []
        return [SlotSet("written_form", language["form"])] if language["form"] != turn.form else []


class ForgetDoubt(GuideAction):
    """Removes an entry that the person does not want noted."""

    action = "action_forget_doubt"

    def act(self, turn: Turn) -> None:
        """Remove it and say so."""
        removed = turn.log.remove(turn.entity("entry") or "", turn.person)
        turn.say("utter_doubt_forgotten" if removed else "utter_doubt_was_gone", buttons=turn.back_button())


class ShowDoubts(GuideAction):
    """Shows the themes that have been noted, with how often."""

    action = "action_show_doubts"

    def act(self, turn: Turn) -> None:
        """Count and show."""
        counts = Counter(entry.theme for entry in turn.log.entries(turn.team))
        if not counts:
            turn.say("utter_no_doubts", buttons=turn.back_button())
            return
        lines = [f"- {turn.phrase(f'utter_theme_{theme}')}: {count}" for theme, count in counts.most_common()]
        turn.say(
            "utter_doubts",
            buttons=[
                {"title": turn.library.short("usikkerhet-som-ressurs"),
                 "payload": payload("ask_concept", concept="usikkerhet-som-ressurs")},
                *turn.back_button(),
            ],
            lines="\n".join(lines),
        )


class ChooseForm(GuideAction):
    """Keeps to bokmål or nynorsk from now on."""

    action = "action_choose_form"

    def act(self, turn: Turn) -> Events:
        """Remember the choice and answer in it."""
        form = "nynorsk" if turn.intent == "use_nynorsk" else "bokmal"
        turn.say(f"utter_form_{form}", buttons=turn.back_button())
        return [SlotSet("written_form", form), SlotSet("form_is_chosen", True)]
