"""Walks a team through the phases, step by step."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events, GuideAction
from actions.turn import Turn, payload
from bot.guide.finding import find_step
from bot.guide.journey import Journey, Mark, Wish
from bot.types import EventKind, Step

START_INTENTS = {
    "start_preparation": "forberedelse",
    "start_recruitment": "rekruttering",
    "start_implementation": "gjennomforing",
}
RESTART = "restart"


class StartPhase(GuideAction):
    """Starts a phase, or goes back to it where it was left."""

    action = "action_start_phase"

    def act(self, turn: Turn) -> Events:
        """Introduce the phase and show its first open step."""
        phase = turn.library.phases[START_INTENTS[turn.intent or ""]]
        journey, _ = turn.wish(Wish(EventKind.STARTED, phase=phase.id))
        turn.say("utter_phase_started", custom={"kind": "phase", "title": phase.title}, intro=phase.intro)
        return show_current(turn, journey)


class Move(GuideAction):
    """Shows the next or the previous step, without marking anything."""

    offset = 1

    def act(self, turn: Turn) -> Events | None:
        """Show the neighbour, or say that there is none."""
        journey = turn.journey
        if journey.phase is None:
            return ask_to_start(turn)
        neighbour = journey.neighbour(self.offset)
        if neighbour is None and journey.step is not None:
            turn.say("utter_last_step" if self.offset > 0 else "utter_first_step")
            return show_current(turn, journey)
        if neighbour is not None:
            journey, _ = turn.wish(Wish(EventKind.SHOWN, neighbour))
        return show_current(turn, journey)


class NextStep(Move):
    """Shows the next step."""

    action = "action_next_step"


class PreviousStep(Move):
    """Shows the previous step."""

    action = "action_previous_step"
    offset = -1


class MarkStep(GuideAction):
    """Marks a step and goes on to the next open one."""

    kind = EventKind.DONE
    said = "utter_marked_done"
    already = "utter_already_done"

    def act(self, turn: Turn) -> Events | None:
        """Mark the step of the button that was pressed, else the one the team is at."""
        before = turn.journey
        pressed = turn.entity("step")
        step = before.find(pressed) or named_step(turn, before)
        if step is None and pressed:
            # The button of a step that is gone.
            return show_current(turn, before)
        if step is None and (turn.mentioned("step") or "").isdecimal():
            # A number was named that no step has: nothing is marked, least of all the current step.
            turn.say("utter_step_not_found", buttons=turn.back_button())
            return None
        step = step or before.find(before.step)
        if before.phase is None and step is None:
            return ask_to_start(turn)
        if step is None:
            return show_current(turn, before)
        journey, event = turn.wish(Wish(self.kind, step.id))
        turn.say(self.said if event else self.already, title=step.title)
        return show_current(turn, journey)


def named_step(turn: Turn, journey: Journey) -> Step | None:
    """Return the step that the message names by number or by what it is about, None when it names none."""
    named = turn.mentioned("step")
    return find_step(named, turn.finding.hits, journey, turn.mentioned("phase")) if named else None


class MarkDone(MarkStep):
    """Marks a step as done."""

    action = "action_mark_done"


class SkipStep(MarkStep):
    """Marks a step as skipped."""

    action = "action_skip_step"
    kind = EventKind.SKIPPED
    said = "utter_marked_skipped"
    already = "utter_already_skipped"


class Undo(GuideAction):
    """Takes back the latest thing that happened in the journey."""

    action = "action_undo"

    def act(self, turn: Turn) -> Events | None:
        """Undo and show where the team then stands."""
        journey, event = turn.wish(Wish(EventKind.UNDONE))
        if event is None:
            turn.say("utter_nothing_to_undo")
            return None
        turn.say("utter_undone")
        return show_current(turn, journey) if journey.phase else ask_to_start(turn)


class RepeatStep(GuideAction):
    """Shows the current step again; also the way back after a digression."""

    action = "action_repeat_step"

    def act(self, turn: Turn) -> Events | None:
        """Show it."""
        journey = turn.journey
        return show_current(turn, journey) if journey.phase else ask_to_start(turn)


class TellMore(GuideAction):
    """Tells more about what was shown last: a step's longer text, or what to read beside an article."""

    action = "action_tell_more"

    def act(self, turn: Turn) -> Events | None:
        """Tell more."""
        journey = turn.journey
        topic = turn.entity("step") or turn.slot("last_topic") or journey.step
        step = journey.find(topic)
        if step is not None:
            turn.say(
                "utter_more_about_step",
                buttons=step_buttons(turn, step),
                custom={"kind": "more", "title": step.title, "sources": citations(turn, step)},
                more=step.more,
            )
            return [SlotSet("last_topic", step.id)]
        if topic and turn.library.knows(topic):
            turn.say(
                "utter_more_about_topic",
                buttons=turn.topic_buttons(turn.library.see_also(topic)) + turn.back_button(),
                title=turn.library.title(topic),
            )
            return None
        return show_current(turn, journey)


class GoToStep(GuideAction):
    """Shows a step that was named by number, by a button or in words."""

    action = "action_go_to_step"

    def act(self, turn: Turn) -> Events | None:
        """Find the step and show it."""
        journey = turn.journey
        named = journey.find(turn.entity("step")) or named_step(turn, journey)
        step = named or find_step(turn.text, turn.finding.hits, journey)
        if step is None:
            turn.say("utter_step_not_found", buttons=turn.back_button())
            return None
        journey, _ = turn.wish(Wish(EventKind.SHOWN, step.id))
        return show_current(turn, journey)


class Restart(GuideAction):
    """Asks once, then begins the journey anew. «Undo» takes it back."""

    action = "action_restart_journey"

    def act(self, turn: Turn) -> Events:
        """Ask, or begin anew when the person has confirmed."""
        if turn.journey.phase is None:
            return ask_to_start(turn)
        if turn.entity("confirmed") == "yes":
            return restart(turn)
        turn.say("utter_confirm_restart", buttons=turn.back_button())
        turn.yes_means = RESTART
        return []


def restart(turn: Turn) -> Events:
    """Begin the journey anew."""
    turn.wish(Wish(EventKind.RESTARTED))
    turn.say("utter_restarted")
    return []


def ask_to_start(turn: Turn) -> Events:
    """Say that no phase has been started and offer the three."""
    turn.say("utter_not_started")
    return []


def show_current(turn: Turn, journey: Journey) -> Events:
    """Show the step that the team is at, or the end of the phase."""
    step = journey.find(journey.step)
    if journey.phase is None:
        return ask_to_start(turn)
    if step is None:
        return _show_end(turn, journey)
    mark = journey.marks.get(step.id)
    turn.say(
        "utter_step",
        buttons=step_buttons(turn, step),
        custom={
            "kind": "step",
            "step": step.id,
            "title": step.title,
            "sources": citations(turn, step),
            "progress": progress(journey),
        },
        number=step.number,
        count=len(journey.phases[step.phase].steps),
        mark=turn.phrase(f"utter_mark_{mark.value}") if mark else "",
        what=step.what,
        why=step.why,
        discuss=step.discuss,
    )
    return [SlotSet("last_topic", step.id)]


def _show_end(turn: Turn, journey: Journey) -> Events:
    assert journey.phase is not None
    found = journey.progress(journey.phase)
    following = next((p for p in journey.phases.values() if p.number == found.phase.number + 1), None)
    starts = {phase: intent for intent, phase in START_INTENTS.items()}
    buttons = [{"title": following.title, "payload": payload(starts[following.id])}] if following else []
    turn.say(
        "utter_phase_complete" if following else "utter_guide_complete",
        buttons=buttons,
        custom={"kind": "phase_complete", "progress": progress(journey)},
        phase=found.phase.title.lower(),
        done=len(found.done),
        skipped=len(found.skipped),
    )
    return []


def step_buttons(turn: Turn, step: Step) -> list[dict[str, str]]:
    """Return what one can do with a step."""
    marked = turn.journey.marks.get(step.id)
    choices = [
        ("utter_button_done", payload("mark_done", step=step.id), marked is not Mark.DONE),
        ("utter_button_skip", payload("skip_step", step=step.id), marked is not Mark.SKIPPED),
        ("utter_button_more", payload("tell_more", step=step.id), turn.intent != "tell_more"),
        ("utter_button_next", payload("next_step"), True),
    ]
    return [{"title": turn.phrase(name), "payload": order} for name, order, wanted in choices if wanted]


def progress(journey: Journey) -> dict[str, object]:
    """Return how far the team is in its phase, as the page's progress bar wants it."""
    assert journey.phase is not None
    found = journey.progress(journey.phase)
    return {
        "phase": found.phase.title,
        "done": len(found.done),
        "skipped": len(found.skipped),
        "total": len(found.phase.steps),
    }


def citations(turn: Turn, step: Step) -> list[str]:
    """Return a step's sources as people read them."""
    return [turn.library.citation(source) for source in step.sources]
