"""Tells where the team is: phase, what is done, what is left, the next step."""

from __future__ import annotations

from collections.abc import Sequence

from actions.base import Events, GuideAction
from actions.turn import Turn, payload
from actions.walking import ask_to_start, progress
from bot.types import Step


class PhaseStatus(GuideAction):
    """Answers «which phase are we in?»."""

    action = "action_phase_status"

    def act(self, turn: Turn) -> Events | None:
        """Tell phase, done, skipped, left and next."""
        journey = turn.journey
        if journey.phase is None:
            return ask_to_start(turn)
        found = journey.progress(journey.phase)
        step = journey.find(journey.step)
        turn.say(
            "utter_phase_status",
            buttons=turn.back_button(),
            custom={
                "kind": "status",
                "phase": journey.phase,
                "step": journey.step,
                "done": [s.id for s in found.done],
                "skipped": [s.id for s in found.skipped],
                "left": [s.id for s in found.left],
                "progress": progress(journey),
            },
            phase=found.phase.title.lower(),
            number=found.phase.number,
            done=_listed(turn, found.done),
            skipped=_listed(turn, found.skipped),
            left=_listed(turn, found.left),
            next=step.title if step else turn.phrase("utter_none_left"),
        )
        return None


class WhatsLeft(GuideAction):
    """Answers «what is left?»."""

    action = "action_whats_left"

    def act(self, turn: Turn) -> Events | None:
        """List the open and the skipped steps of the phase."""
        journey = turn.journey
        if journey.phase is None:
            return ask_to_start(turn)
        found = journey.progress(journey.phase)
        turn.say(
            "utter_whats_left",
            buttons=turn.back_button(),
            custom={"kind": "status", "left": [s.id for s in found.left], "progress": progress(journey)},
            phase=found.phase.title.lower(),
            left=_listed(turn, found.left),
            skipped=_listed(turn, found.skipped),
        )
        return None


class ReadyForNextPhase(GuideAction):
    """Answers «are we ready to go on?» with what is open; the team decides."""

    action = "action_ready_for_next_phase"

    def act(self, turn: Turn) -> Events | None:
        """Compare what is open with the next phase."""
        journey = turn.journey
        if journey.phase is None:
            return ask_to_start(turn)
        found = journey.progress(journey.phase)
        following = next((p for p in journey.phases.values() if p.number == found.phase.number + 1), None)
        if following is None:
            turn.say("utter_no_next_phase", buttons=turn.back_button())
            return None
        start = {"rekruttering": "start_recruitment", "gjennomforing": "start_implementation"}[following.id]
        turn.say(
            "utter_not_all_done" if found.left else "utter_all_done",
            buttons=[{"title": following.title, "payload": payload(start)}, *turn.back_button()],
            custom={"kind": "status", "left": [s.id for s in found.left], "progress": progress(journey)},
            phase=found.phase.title.lower(),
            following=following.title.lower(),
            left=_listed(turn, found.left),
        )
        return None


def _listed(turn: Turn, steps: Sequence[Step]) -> str:
    return "\n".join(f"- {step.title}" for step in steps) or turn.phrase("utter_none")
