"""Tests of bot.guide.journey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guide.journey import Journey, Mark, Wish, decide, replay
from bot.types import EventKind, JourneyEvent, Phase

Guide = Mapping[str, Phase]
State = tuple[str | None, str | None, dict[str, Mark]]

AT = datetime(2024, 1, 2, 3, 4, 5)
STARTED, SHOWN, DONE, SKIPPED, REOPENED, UNDONE, RESTARTED = EventKind
PHASES = ["forberedelse", "rekruttering", "gjennomforing"]
STEPS = ["f1", "f2", "f3", "r1", "r2", "g1"]
PHASE_OF = {"f": "forberedelse", "r": "rekruttering", "g": "gjennomforing"}


def event(kind: EventKind, step: str | None = None, phase: str | None = None) -> JourneyEvent:
    """Return an event; its phase is the step's where it isn't given."""
    return JourneyEvent(kind, phase or PHASE_OF[(step or "f")[0]], step, AT, "kari")


def start(phase: str = "forberedelse") -> JourneyEvent:
    """Return the start of a phase."""
    return event(STARTED, phase=phase)


def state(journey: Journey) -> State:
    """Return what there is to say of a journey."""
    return journey.phase, journey.step, dict(journey.marks)


def ids(steps: Sequence[object]) -> list[str]:
    """Return the ids of steps."""
    return [step.id for step in steps]  # type: ignore[attr-defined]


# Each kind of event


def test_an_empty_record_is_a_journey_not_begun(guide: Guide) -> None:
    journey = replay([], guide)

    assert state(journey) == (None, None, {})
    assert not journey.undoable


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param([start()], ("forberedelse", "f1", {}), id="started: first step"),
        pytest.param([start("rekruttering")], ("rekruttering", "r1", {}), id="any phase can be the first"),
        pytest.param(
            [start(), event(DONE, "f1"), event(SHOWN, "f3"), start()],
            ("forberedelse", "f2", {"f1": Mark.DONE}),
            id="started again: first open step",
        ),
        pytest.param(
            [start(), event(DONE, "f1"), start("rekruttering"), event(SKIPPED, "r1"), start()],
            ("forberedelse", "f2", {"f1": Mark.DONE, "r1": Mark.SKIPPED}),
            id="another phase and back: both keep their marks",
        ),
        pytest.param(
            [start("gjennomforing"), event(DONE, "g1"), start("gjennomforing")],
            ("gjennomforing", None, {"g1": Mark.DONE}),
            id="started a finished phase: no open step",
        ),
        pytest.param([start(), event(SHOWN, "f3")], ("forberedelse", "f3", {}), id="shown: moves, marks nothing"),
        pytest.param([start(), event(SHOWN, "r2")], ("rekruttering", "r2", {}), id="shown: in another phase"),
        pytest.param([event(SHOWN, "r2")], ("rekruttering", "r2", {}), id="shown before any start"),
        pytest.param(
            [start(), event(DONE, "f1")], ("forberedelse", "f2", {"f1": Mark.DONE}), id="done: marks and moves on"
        ),
        pytest.param(
            [start(), event(SKIPPED, "f1")], ("forberedelse", "f2", {"f1": Mark.SKIPPED}), id="skipped: the same"
        ),
        pytest.param(
            [start(), event(DONE, "f2"), event(DONE, "f1")],
            ("forberedelse", "f3", {"f1": Mark.DONE, "f2": Mark.DONE}),
            id="done: moves past marked steps",
        ),
        pytest.param(
            [start(), event(DONE, "f3")], ("forberedelse", "f1", {"f3": Mark.DONE}), id="done at the end: from the top"
        ),
        pytest.param(
            [start(), event(DONE, "f2")], ("forberedelse", "f3", {"f2": Mark.DONE}), id="done: goes on behind the step"
        ),
        pytest.param(
            [start(), event(DONE, "r1")], ("rekruttering", "r2", {"r1": Mark.DONE}), id="done in another phase"
        ),
        pytest.param(
            [start("gjennomforing"), event(SKIPPED, "g1")],
            ("gjennomforing", None, {"g1": Mark.SKIPPED}),
            id="the last open step: none is left",
        ),
        pytest.param(
            [start(), event(SKIPPED, "f1"), event(DONE, "f1")],
            ("forberedelse", "f2", {"f1": Mark.DONE}),
            id="the latest mark counts",
        ),
        pytest.param(
            [start(), event(DONE, "f1"), event(SKIPPED, "f2"), event(REOPENED, "f1")],
            ("forberedelse", "f1", {"f2": Mark.SKIPPED}),
            id="reopened: loses its mark and is shown",
        ),
        pytest.param([start(), event(REOPENED, "f2")], ("forberedelse", "f2", {}), id="reopened an open step"),
        pytest.param([start(), event(DONE, "f1"), event(UNDONE)], ("forberedelse", "f1", {}), id="undone"),
        pytest.param(
            [start(), event(DONE, "f1"), event(DONE, "f2"), event(UNDONE)],
            ("forberedelse", "f2", {"f1": Mark.DONE}),
            id="undone: only the latest",
        ),
        pytest.param(
            [start(), event(DONE, "f1"), event(DONE, "f2"), event(UNDONE), event(UNDONE)],
            ("forberedelse", "f1", {}),
            id="undone twice: the latest two",
        ),
        pytest.param(
            [start(), event(DONE, "f1"), event(UNDONE), event(SKIPPED, "f1"), event(UNDONE)],
            ("forberedelse", "f1", {}),
            id="undone, gone on, undone",
        ),
        pytest.param(
            [start(), event(SKIPPED, "f1"), event(DONE, "f1"), event(UNDONE)],
            ("forberedelse", "f2", {"f1": Mark.SKIPPED}),
            id="undone: the earlier mark is back",
        ),
        pytest.param([start(), event(UNDONE), event(UNDONE)], (None, None, {}), id="more undone than was done"),
        pytest.param([event(UNDONE), start()], ("forberedelse", "f1", {}), id="undone before anything was done"),
        pytest.param([start(), event(DONE, "f1"), event(RESTARTED)], (None, None, {}), id="restarted"),
        pytest.param(
            [start(), event(DONE, "f1"), event(RESTARTED), event(UNDONE)],
            ("forberedelse", "f2", {"f1": Mark.DONE}),
            id="a restart can be undone",
        ),
        pytest.param(
            [start(), event(DONE, "f1"), event(RESTARTED), start()], ("forberedelse", "f1", {}), id="restarted, begun"
        ),
    ],
)
def test_a_record_leads_to_a_journey(guide: Guide, record: list[JourneyEvent], expected: State) -> None:
    assert state(replay(record, guide)) == expected


@pytest.mark.parametrize(
    ("record", "undoable"),
    [
        ([start()], True),
        ([start(), event(UNDONE)], False),
        ([start(), event(RESTARTED)], True),
        ([start(), event(RESTARTED), event(UNDONE)], True),
    ],
)
def test_a_journey_knows_whether_there_is_anything_to_undo(
    guide: Guide, record: list[JourneyEvent], undoable: bool
) -> None:
    assert replay(record, guide).undoable is undoable


# Questions to a journey


def test_a_step_is_found_in_whatever_phase_it_is(guide: Guide) -> None:
    journey = Journey(guide)

    assert journey.find("r2") is guide["rekruttering"].steps[1]


@pytest.mark.parametrize("step", ["rekruttering", "f4", "", None])
def test_what_is_no_step_is_not_found(guide: Guide, step: str | None) -> None:
    assert Journey(guide).find(step) is None


def test_progress_tells_done_skipped_and_left_in_the_guides_order(guide: Guide) -> None:
    journey = Journey(guide, marks={"f3": Mark.DONE, "f2": Mark.SKIPPED, "f1": Mark.DONE, "r1": Mark.DONE})

    prepared, recruited = journey.progress("forberedelse"), journey.progress("rekruttering")

    assert (ids(prepared.done), ids(prepared.skipped), ids(prepared.left)) == (["f1", "f3"], ["f2"], [])
    assert (ids(recruited.done), ids(recruited.skipped), ids(recruited.left)) == (["r1"], [], ["r2"])
    assert prepared.phase is guide["forberedelse"]


@pytest.mark.parametrize(
    ("marked", "after", "expected"),
    [
        ([], None, "f1"),
        (["f1"], None, "f2"),
        ([], "f1", "f2"),
        (["f2"], "f1", "f3"),
        ([], "f3", "f1"),
        (["f1", "f3"], "f3", "f2"),
        (["f1", "f2"], "f3", "f3"),
        (["f1", "f2", "f3"], "f1", None),
        ([], "r1", "f1"),
    ],
)
def test_the_next_open_step(guide: Guide, marked: list[str], after: str | None, expected: str | None) -> None:
    journey = Journey(guide, marks=dict.fromkeys(marked, Mark.SKIPPED))

    assert journey.next_open("forberedelse", after) == expected


@pytest.mark.parametrize(
    ("phase", "step", "offset", "expected"),
    [
        ("forberedelse", "f1", 1, "f2"),
        ("forberedelse", "f3", -1, "f2"),
        ("forberedelse", "f1", -1, None),
        ("forberedelse", "f3", 1, None),
        ("forberedelse", None, -1, "f3"),
        ("forberedelse", None, 1, None),
        (None, None, 1, None),
        (None, None, -1, None),
    ],
)
def test_the_neighbour_stays_within_the_phase(
    guide: Guide, phase: str | None, step: str | None, offset: int, expected: str | None
) -> None:
    assert Journey(guide, phase, step).neighbour(offset) == expected


def test_the_neighbour_can_be_a_marked_step(guide: Guide) -> None:
    assert Journey(guide, "forberedelse", "f1", {"f2": Mark.DONE}).neighbour(1) == "f2"


# Wishes

UNDER_WAY = [start(), event(DONE, "f1"), event(SKIPPED, "f2")]  # at f3


@pytest.mark.parametrize(
    ("record", "wish", "kind", "phase", "step"),
    [
        ([], Wish(STARTED, phase="rekruttering"), STARTED, "rekruttering", None),
        (UNDER_WAY, Wish(STARTED, phase="rekruttering"), STARTED, "rekruttering", None),
        ([start(), event(SHOWN, "f2")], Wish(STARTED, phase="forberedelse"), STARTED, "forberedelse", None),
        (UNDER_WAY, Wish(SHOWN, "f1"), SHOWN, "forberedelse", "f1"),
        ([], Wish(SHOWN, "g1"), SHOWN, "gjennomforing", "g1"),
        (UNDER_WAY, Wish(DONE), DONE, "forberedelse", "f3"),
        (UNDER_WAY, Wish(DONE, "f2"), DONE, "forberedelse", "f2"),
        (UNDER_WAY, Wish(DONE, "r2"), DONE, "rekruttering", "r2"),
        (UNDER_WAY, Wish(DONE, "r2", phase="gjennomforing"), DONE, "rekruttering", "r2"),
        (UNDER_WAY, Wish(SKIPPED), SKIPPED, "forberedelse", "f3"),
        (UNDER_WAY, Wish(SKIPPED, "f1"), SKIPPED, "forberedelse", "f1"),
        (UNDER_WAY, Wish(REOPENED, "f1"), REOPENED, "forberedelse", "f1"),
        (UNDER_WAY, Wish(UNDONE), UNDONE, "forberedelse", "f3"),
        ([start(), event(RESTARTED)], Wish(UNDONE), UNDONE, "", None),
        (UNDER_WAY, Wish(RESTARTED), RESTARTED, "forberedelse", "f3"),
    ],
)
def test_a_wish_becomes_an_event(
    guide: Guide, record: list[JourneyEvent], wish: Wish, kind: EventKind, phase: str, step: str | None
) -> None:
    decided = decide(replay(record, guide), wish, "ola", AT)

    assert decided == JourneyEvent(kind, phase, step, AT, "ola")


@pytest.mark.parametrize(
    ("record", "wish"),
    [
        pytest.param([], Wish(STARTED), id="start nothing"),
        pytest.param([], Wish(STARTED, phase="etterarbeid"), id="start a phase that isn't"),
        pytest.param([start()], Wish(STARTED, phase="forberedelse"), id="start where one is"),
        pytest.param(
            [event(DONE, "g1")], Wish(STARTED, phase="gjennomforing"), id="start a finished phase where one is"
        ),
        pytest.param([], Wish(SHOWN), id="show nothing"),
        pytest.param(UNDER_WAY, Wish(SHOWN), id="show what is shown"),
        pytest.param(UNDER_WAY, Wish(SHOWN, "f3"), id="show what is shown, by name"),
        pytest.param(UNDER_WAY, Wish(SHOWN, "f4"), id="show what isn't"),
        pytest.param([], Wish(DONE), id="done before the start"),
        pytest.param([event(DONE, "g1")], Wish(DONE), id="done when all is done"),
        pytest.param(UNDER_WAY, Wish(DONE, "f1"), id="done twice"),
        pytest.param(UNDER_WAY, Wish(DONE, "f4"), id="done what isn't"),
        pytest.param(UNDER_WAY, Wish(SKIPPED, "f2"), id="skipped twice"),
        pytest.param([], Wish(SKIPPED), id="skipped before the start"),
        pytest.param(UNDER_WAY, Wish(REOPENED), id="reopen what is open"),
        pytest.param(UNDER_WAY, Wish(REOPENED, "r1"), id="reopen what is open, by name"),
        pytest.param([], Wish(UNDONE), id="undo nothing"),
        pytest.param([start(), event(UNDONE)], Wish(UNDONE), id="undo when all is undone"),
        pytest.param([], Wish(RESTARTED), id="restart nothing"),
        pytest.param([start(), event(RESTARTED)], Wish(RESTARTED), id="restart twice"),
    ],
)
def test_a_wish_that_changes_nothing_is_no_event(guide: Guide, record: list[JourneyEvent], wish: Wish) -> None:
    assert decide(replay(record, guide), wish, "ola", AT) is None


# A guide that has changed since


def test_an_unknown_phase_in_the_record_is_passed_over(newer_guide: Guide) -> None:
    record = [start(), event(DONE, "f1"), start("gjennomforing"), event(DONE, "g1")]

    assert state(replay(record, newer_guide)) == ("forberedelse", "f9", {"f1": Mark.DONE})


def test_showing_a_step_that_is_gone_leaves_the_team_where_it_was(newer_guide: Guide) -> None:
    record = [start("rekruttering"), event(SHOWN, "f2")]

    assert state(replay(record, newer_guide)) == ("rekruttering", "r1", {})


def test_a_mark_on_a_step_that_is_gone_is_kept_and_counts_in_no_progress(newer_guide: Guide) -> None:
    journey = replay([start(), event(DONE, "f1"), event(DONE, "f2")], newer_guide)

    found = journey.progress("forberedelse")

    assert state(journey) == ("forberedelse", "f9", {"f1": Mark.DONE, "f2": Mark.DONE})
    assert (ids(found.done), ids(found.skipped), ids(found.left)) == (["f1"], [], ["f9"])


def test_reopening_a_step_that_is_gone_takes_its_mark_and_leaves_the_team_where_it_was(newer_guide: Guide) -> None:
    record = [event(DONE, "f2"), event(SHOWN, "r2"), event(REOPENED, "f2")]

    assert state(replay(record, newer_guide)) == ("rekruttering", "r2", {})


def test_an_undo_takes_back_an_event_on_what_is_gone(newer_guide: Guide) -> None:
    record = [start(), event(DONE, "f2"), event(UNDONE)]

    assert state(replay(record, newer_guide)) == ("forberedelse", "f1", {})


def test_a_step_that_moved_is_shown_in_its_new_phase(newer_guide: Guide) -> None:
    journey = replay([start(), event(SHOWN, "f3")], newer_guide)

    assert state(journey) == ("rekruttering", "f3", {})
    assert (journey.neighbour(-1), journey.neighbour(1)) == ("r1", "r2")


def test_a_mark_follows_a_step_that_moved(newer_guide: Guide) -> None:
    journey = replay([start(), event(DONE, "f3")], newer_guide)

    assert ids(journey.progress("rekruttering").done) == ["f3"]


# What holds for any sequence

wishes = st.builds(
    Wish,
    st.sampled_from(EventKind),
    st.sampled_from([None, *STEPS, "gone"]),
    st.sampled_from([None, *PHASES, "gone"]),
)
events = st.builds(
    JourneyEvent,
    st.sampled_from(EventKind),
    st.sampled_from([*PHASES, "gone", ""]),
    st.sampled_from([None, *STEPS, "gone", "f9"]),
    st.just(AT),
    st.just("kari"),
)


def record_of(guide: Guide, wished: Sequence[Wish]) -> list[JourneyEvent]:
    """Return the record that a sequence of wishes leaves."""
    record: list[JourneyEvent] = []
    for wish in wished:
        decided = decide(replay(record, guide), wish, "kari", AT)
        record += [decided] if decided else []
    return record


def assert_readable(journey: Journey, guide: Guide) -> None:
    """Check that status, place and ways on agree with the guide."""
    for phase in guide.values():
        found = journey.progress(phase.id)
        parts = [*ids(found.done), *ids(found.skipped), *ids(found.left)]
        assert Counter(parts) == Counter(ids(phase.steps))
        for part in (found.done, found.skipped, found.left):
            assert ids(part) == [step for step in ids(phase.steps) if step in ids(part)]
    steps = ids(guide[journey.phase].steps) if journey.phase else []
    assert journey.step in [None, *steps]
    assert {journey.neighbour(-1), journey.neighbour(1)} <= {None, *steps}


def naive(guide: Guide, record: Sequence[JourneyEvent]) -> State:
    """Run a record the naive way: keep every whole state, an undo throws the latest away."""
    states: list[State] = [(None, None, {})]
    for happened in record:
        marks = states[-1][2]
        order = ids(guide[happened.phase].steps) if happened.phase else []
        if happened.kind is UNDONE:
            states.pop()
        elif happened.kind is RESTARTED:
            states.append((None, None, {}))
        elif happened.kind is STARTED:
            left = [step for step in order if step not in marks]
            states.append((happened.phase, left[0] if left else None, marks))
        elif happened.kind is SHOWN:
            states.append((happened.phase, happened.step, marks))
        elif happened.kind is REOPENED:
            states.append((happened.phase, happened.step, {s: m for s, m in marks.items() if s != happened.step}))
        else:
            assert happened.step is not None
            marks = {**marks, happened.step: Mark(happened.kind.value)}
            behind = [s for s in order if s > happened.step and s not in marks]
            before = [s for s in order if s < happened.step and s not in marks]
            states.append((happened.phase, (behind + before + [None])[0], marks))  # type: ignore[list-item]
    return states[-1]


@given(wished=st.lists(wishes))
def test_done_skipped_and_left_partition_every_phase(guide: Guide, wished: list[Wish]) -> None:
    journey = replay(record_of(guide, wished), guide)

    assert_readable(journey, guide)
    assert set(journey.marks) <= set(STEPS)


@given(wished=st.lists(wishes))
def test_replay_of_the_record_equals_the_running_state(guide: Guide, wished: list[Wish]) -> None:
    record = record_of(guide, wished)

    assert state(replay(record, guide)) == naive(guide, record)


@given(wished=st.lists(wishes), last=wishes.filter(lambda wish: wish.kind is not UNDONE))
def test_an_undo_restores_the_journey_before_the_wish(guide: Guide, wished: list[Wish], last: Wish) -> None:
    record = record_of(guide, wished)
    before = replay(record, guide)
    happened = decide(before, last, "kari", AT)
    if happened is None:
        return

    taken_back = decide(replay([*record, happened], guide), Wish(UNDONE), "ola", AT)

    assert taken_back is not None
    assert replay([*record, happened, taken_back], guide) == before


@given(wished=st.lists(wishes), last=wishes)
def test_every_event_changes_the_journey(guide: Guide, wished: list[Wish], last: Wish) -> None:
    record = record_of(guide, wished)
    before = replay(record, guide)
    happened = decide(before, last, "kari", AT)

    after = replay([*record, happened] if happened else record, guide)

    assert (state(after) != state(before)) == (happened is not None)


@given(wished=st.lists(wishes), last=wishes.filter(lambda wish: wish.kind in (DONE, SKIPPED)))
def test_a_mark_made_twice_is_one_event(guide: Guide, wished: list[Wish], last: Wish) -> None:
    record = record_of(guide, wished)
    happened = decide(replay(record, guide), last, "kari", AT)
    if happened is None:
        return

    again = decide(replay([*record, happened], guide), Wish(last.kind, happened.step), "ola", AT)

    assert again is None


@given(record=st.lists(events), wish=wishes)
def test_any_old_record_is_readable_and_can_be_gone_on_with(
    newer_guide: Guide, record: list[JourneyEvent], wish: Wish
) -> None:
    journey = replay(record, newer_guide)
    happened = decide(journey, wish, "kari", AT)

    assert_readable(journey, newer_guide)
    assert_readable(replay([*record, happened] if happened else record, newer_guide), newer_guide)
