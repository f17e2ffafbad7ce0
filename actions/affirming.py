"""«Yes»: does what was asked about just before."""

from __future__ import annotations

from actions.answering import tell
from actions.base import Events, GuideAction
from actions.session import DELETE, erase
from actions.turn import Turn
from actions.walking import RESTART, ask_to_start, restart, show_current


class Affirm(GuideAction):
    """Confirms what the bot asked; without a question, goes on with the current step."""

    action = "action_affirm"

    def act(self, turn: Turn) -> Events | None:
        """Do it."""
        meant = turn.slot("yes_means")
        if meant == RESTART:
            return restart(turn)
        if meant == DELETE:
            return erase(turn)
        if meant and turn.library.knows(meant):
            return tell(turn, meant)
        journey = turn.journey
        return show_current(turn, journey) if journey.phase else ask_to_start(turn)
