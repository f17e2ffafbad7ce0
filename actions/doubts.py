"""Shows the doubts that were noted, and takes one back."""

from __future__ import annotations

from collections import Counter

from actions.base import GuideAction
from actions.turn import Turn

ABOUT_DOUBT = "usikkerhet-som-ressurs"


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
            buttons=turn.topic_buttons([ABOUT_DOUBT]) + turn.back_button(),
            custom={"kind": "doubts", "themes": dict(counts)},
            lines="\n".join(lines),
        )
