"""Hears doubt in every message, whatever else the message is: called by the base of all actions."""

from __future__ import annotations

from actions.turn import Turn


def listen(turn: Turn) -> None:
    """Note a doubt durably, then acknowledge it in one line that can take it back."""
    theme = turn.doubt
    if not theme:
        return
    journey = turn.journey
    entry = turn.log.add(
        team=turn.team, person=turn.person, phase=journey.phase, step=journey.step, theme=theme, text=turn.text
    )
    turn.say(f"utter_doubt_{theme}", custom={"kind": "doubt", "theme": theme}, entry=entry)
