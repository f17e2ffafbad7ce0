"""A team's way through the guide: a pure state machine over an append-only record of events.

Status, history and undo all follow from the one list. Marking a step moves on to the next open one, so that one
event is one thing a person did and one «undo» takes back just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from bot.types import EventKind, JourneyEvent, Phase, Step


class Mark(str, Enum):
    """What a team has said of a step; a step without a mark is open."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Progress:
    """How far a team is in one phase. The three lists hold steps in the guide's order."""

    phase: Phase
    done: tuple[Step, ...]
    skipped: tuple[Step, ...]
    left: tuple[Step, ...]


@dataclass(frozen=True)
class Journey:
    """Where a team stands.

    Attributes:
        phases: the guide, by id, in order.
        phase: id of the phase the team is in, None before the first start.
        step: id of the step the team is at, None when no step of the phase is open.
        marks: step to mark; may hold steps that the guide no longer has.
        undoable: whether anything has happened that an undo could take back.
    """

    phases: Mapping[str, Phase]
    phase: str | None = None
    step: str | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    undoable: bool = False

    def find(self, step: str | None) -> Step | None:
        """Return a step of the guide, or None when the guide has no such step."""
        return next((s for phase in self.phases.values() for s in phase.steps if s.id == step), None)

    def progress(self, phase: str) -> Progress:
        """Return what is done, skipped and left in a phase."""
        steps = self.phases[phase].steps
        return Progress(
            self.phases[phase],
            tuple(s for s in steps if self.marks.get(s.id) is Mark.DONE),
            tuple(s for s in steps if self.marks.get(s.id) is Mark.SKIPPED),
            tuple(s for s in steps if s.id not in self.marks),
        )

    def next_open(self, phase: str, after: str | None = None) -> str | None:
        """Return the first open step behind `after`, else the first open one of the phase, else None."""
        steps = [step.id for step in self.phases[phase].steps]
        start = steps.index(after) + 1 if after in steps else 0
        return next((step for step in steps[start:] + steps[:start] if step not in self.marks), None)

    def neighbour(self, offset: int) -> str | None:
        """Return the step `offset` places from the current one in its phase, None where there is none."""
        if self.phase is None:
            return None
        steps = [step.id for step in self.phases[self.phase].steps]
        if self.step is None:
            return steps[-1] if offset < 0 else None
        place = steps.index(self.step) + offset
        return steps[place] if 0 <= place < len(steps) else None


def replay(events: Iterable[JourneyEvent], phases: Mapping[str, Phase]) -> Journey:
    """Return the journey that a record of events leads to. An undo takes back the latest event still in force."""
    in_force: list[JourneyEvent] = []
    for event in events:
        if event.kind is not EventKind.UNDONE:
            in_force.append(event)
        elif in_force:
            in_force.pop()
    journey = Journey(phases)
    for event in in_force:
        journey = _apply(journey, event)
    return replace(journey, undoable=bool(in_force))


def _apply(journey: Journey, event: JourneyEvent) -> Journey:
    phases = journey.phases
    if event.kind is EventKind.RESTARTED:
        return Journey(phases)
    if event.phase not in phases:
        return journey
    marks = dict(journey.marks)
    if event.kind is EventKind.STARTED:
        # Coming back to a phase goes on where it was left: at its first open step.
        return Journey(phases, event.phase, Journey(phases, marks=marks).next_open(event.phase), marks)
    if event.step is None:
        return journey
    if event.kind in (EventKind.DONE, EventKind.SKIPPED):
        marks[event.step] = Mark.DONE if event.kind is EventKind.DONE else Mark.SKIPPED
        return Journey(phases, event.phase, Journey(phases, marks=marks).next_open(event.phase, event.step), marks)
    if event.kind is EventKind.REOPENED:
        marks.pop(event.step, None)
    step = journey.find(event.step)
    if step is None:
        # The guide has changed since: the record stays readable, the team stays where it was.
        return Journey(phases, journey.phase, journey.step, marks)
    # The step's own phase: it may have moved to another one since.
    return Journey(phases, step.phase, step.id, marks)


@dataclass(frozen=True)
class Wish:
    """What a person wants to happen in a journey; `decide` turns it into an event or refuses it."""

    kind: EventKind
    step: str | None = None
    phase: str | None = None


def decide(journey: Journey, wish: Wish, person: str, at: datetime) -> JourneyEvent | None:
    """Return the event that a wish leads to, or None when it would change nothing.

    Marking a step twice the same way, undoing nothing, showing the step that is already shown or starting the phase
    whose first open step is already shown change nothing.
    """
    if wish.kind is EventKind.STARTED:
        if wish.phase is None or wish.phase not in journey.phases:
            return None
        there = (journey.phase, journey.step) == (wish.phase, journey.next_open(wish.phase))
        return None if there else JourneyEvent(wish.kind, wish.phase, None, at, person)
    if wish.kind in (EventKind.UNDONE, EventKind.RESTARTED):
        possible = journey.undoable if wish.kind is EventKind.UNDONE else journey.phase is not None
        return JourneyEvent(wish.kind, journey.phase or "", journey.step, at, person) if possible else None
    step = journey.find(wish.step or journey.step)
    if step is None:
        return None
    mark = {EventKind.DONE: Mark.DONE, EventKind.SKIPPED: Mark.SKIPPED}.get(wish.kind)
    unchanged = {
        EventKind.SHOWN: step.id == journey.step,
        EventKind.REOPENED: step.id not in journey.marks,
    }.get(wish.kind, mark is not None and journey.marks.get(step.id) is mark)
    return None if unchanged else JourneyEvent(wish.kind, step.phase, step.id, at, person)
