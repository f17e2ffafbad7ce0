"""Tests of actions.walking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import walking
from actions.walking import (
    GoToStep,
    MarkDone,
    NextStep,
    PreviousStep,
    RepeatStep,
    Restart,
    SkipStep,
    StartPhase,
    TellMore,
    Undo,
)
from bot.guide.journey import Wish
from bot.guide.store import JourneyStore
from bot.knowledge.library import get_library
from bot.types import EventKind
from tests.unit.actions.playing import PERSON, PREPARATION, Play, Record

FIRST, SECOND, THIRD, *_, LAST = PREPARATION
Begin = Callable[..., None]


@pytest.mark.parametrize(
    ("intent", "phase", "step", "total"),
    [
        ("start_preparation", "forberedelse", "forankre-i-ledelsen", 8),
        ("start_recruitment", "rekruttering", "forelopig-problemstilling", 9),
        ("start_implementation", "gjennomforing", "maltidet", 21),
    ],
)
def test_starting_a_phase_introduces_it_and_shows_its_first_step(
    play: Play, record: Record, intent: str, phase: str, step: str, total: int
) -> None:
    played = play(StartPhase, intent)

    found = get_library().phases[phase]
    assert played.names == ["utter_phase_started", "utter_step"]
    assert played.messages[0]["custom"]["title"] == found.title
    assert played.messages[0]["text"] == found.intro
    assert played.custom["step"] == step
    assert played.custom["progress"] == {"phase": found.title, "done": 0, "skipped": 0, "total": total}
    assert played.slots == {"last_topic": step, "written_form": "bokmal"}
    assert record() == [("started", phase, None)]


def test_starting_a_phase_again_goes_on_at_the_first_open_step(play: Play, begin: Begin, store: JourneyStore) -> None:
    begin("forberedelse", FIRST)
    store.wish(PERSON, PERSON, Wish(EventKind.STARTED, phase="rekruttering"))

    played = play(StartPhase, "start_preparation")

    assert played.custom["step"] == SECOND
    assert played.custom["progress"]["done"] == 1


def test_starting_a_finished_phase_again_shows_its_end(play: Play, finished: None) -> None:
    assert play(StartPhase, "start_preparation").names == ["utter_phase_started", "utter_phase_complete"]


def test_a_step_is_shown_with_its_texts_sources_and_buttons(play: Play, begin: Begin) -> None:
    begin()

    played = play(RepeatStep, "repeat_step")

    step = get_library().steps[FIRST]
    assert played.custom == {
        "response": "utter_step",
        "kind": "step",
        "step": FIRST,
        "title": step.title,
        "sources": [get_library().citation(source) for source in step.sources],
        "progress": {"phase": get_library().phases["forberedelse"].title, "done": 0, "skipped": 0, "total": 8},
    }
    assert all(part in played.text for part in (step.what, step.why, step.discuss))
    assert played.payloads == [
        f'/mark_done{{"step": "{FIRST}"}}',
        f'/skip_step{{"step": "{FIRST}"}}',
        f'/tell_more{{"step": "{FIRST}"}}',
        "/next_step",
    ]


@pytest.mark.parametrize(("kind", "missing"), [(EventKind.DONE, "/mark_done"), (EventKind.SKIPPED, "/skip_step")])
def test_a_marked_step_does_not_offer_the_same_mark_again(
    play: Play, begin: Begin, store: JourneyStore, kind: EventKind, missing: str
) -> None:
    begin()
    store.wish(PERSON, PERSON, Wish(kind, FIRST))
    open_step = play(RepeatStep, "repeat_step")

    marked = play(GoToStep, "go_to_step", entities={"step": FIRST})

    assert missing in [payload.partition("{")[0] for payload in open_step.payloads]
    assert missing not in [payload.partition("{")[0] for payload in marked.payloads]
    assert len(marked.payloads) == 3


@pytest.mark.parametrize(
    ("kind", "mark"), [(EventKind.DONE, "utter_mark_done"), (EventKind.SKIPPED, "utter_mark_skipped")]
)
def test_a_marked_step_says_how_it_is_marked(
    play: Play, begin: Begin, store: JourneyStore, monkeypatch: pytest.MonkeyPatch, kind: EventKind, mark: str
) -> None:
    begin()
    store.wish(PERSON, PERSON, Wish(kind, FIRST))
    monkeypatch.setattr(walking.Turn, "phrase", lambda turn, name, **values: f"<{name}>")

    shown = play(GoToStep, "go_to_step", entities={"step": FIRST})

    assert f"<{mark}>" in shown.text


def test_next_shows_the_neighbour_without_marking(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(NextStep, "next_step")

    assert played.names == ["utter_step"]
    assert played.custom["step"] == SECOND
    assert played.custom["progress"]["done"] == 0
    assert played.slots["last_topic"] == SECOND
    assert record()[1:] == [("shown", "forberedelse", SECOND)]


def test_next_on_the_last_step_says_so_and_stays(play: Play, begin: Begin, store: JourneyStore, record: Record) -> None:
    begin()
    store.wish(PERSON, PERSON, Wish(EventKind.SHOWN, LAST))

    played = play(NextStep, "next_step")

    assert played.names == ["utter_last_step", "utter_step"]
    assert played.custom["step"] == LAST
    assert len(record()) == 2


def test_next_at_the_end_of_a_phase_shows_the_end(play: Play, finished: None) -> None:
    assert play(NextStep, "next_step").names == ["utter_phase_complete"]


def test_previous_shows_the_step_before(play: Play, begin: Begin, record: Record) -> None:
    begin("forberedelse", FIRST)

    played = play(PreviousStep, "previous_step")

    assert played.names == ["utter_step"]
    assert played.custom["step"] == FIRST
    assert record()[-1] == ("shown", "forberedelse", FIRST)


def test_previous_on_the_first_step_says_so_and_stays(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(PreviousStep, "previous_step")

    assert played.names == ["utter_first_step", "utter_step"]
    assert played.custom["step"] == FIRST
    assert len(record()) == 1


def test_previous_at_the_end_of_a_phase_shows_its_last_step(play: Play, finished: None) -> None:
    assert play(PreviousStep, "previous_step").custom["step"] == LAST


@pytest.mark.parametrize("action", [NextStep, PreviousStep, MarkDone, SkipStep, RepeatStep, TellMore, Restart])
def test_without_a_journey_the_phases_are_offered(play: Play, record: Record, action: type) -> None:
    played = play(action)

    assert played.names == ["utter_not_started"]
    assert played.payloads == ["/start_preparation", "/start_recruitment", "/start_implementation"]
    assert record() == []


@pytest.mark.parametrize(
    ("action", "kind", "said"),
    [(MarkDone, "done", "utter_marked_done"), (SkipStep, "skipped", "utter_marked_skipped")],
)
def test_marking_marks_the_current_step_and_shows_the_next_open_one(
    play: Play, begin: Begin, record: Record, action: type, kind: str, said: str
) -> None:
    begin()

    played = play(action)

    counted = {"done": 0, "skipped": 0} | {kind: 1}
    assert played.names == [said, "utter_step"]
    assert get_library().steps[FIRST].title in played.messages[0]["text"]
    assert played.custom["step"] == SECOND
    assert {name: played.custom["progress"][name] for name in counted} == counted
    assert record()[1:] == [(kind, "forberedelse", FIRST)]


def test_marking_by_a_button_marks_the_step_of_the_button(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(MarkDone, "mark_done", entities={"step": THIRD})

    assert played.custom["step"] == PREPARATION[3]
    assert record()[1:] == [("done", "forberedelse", THIRD)]


@pytest.mark.parametrize(
    ("action", "kind", "said"),
    [(MarkDone, EventKind.DONE, "utter_already_done"), (SkipStep, EventKind.SKIPPED, "utter_already_skipped")],
)
def test_marking_twice_the_same_way_says_so_and_stores_nothing(
    play: Play, begin: Begin, store: JourneyStore, record: Record, action: type, kind: EventKind, said: str
) -> None:
    begin()
    store.wish(PERSON, PERSON, Wish(kind, FIRST))

    played = play(action, entities={"step": FIRST})

    assert played.names == [said, "utter_step"]
    assert played.custom["step"] == SECOND
    assert len(record()) == 2


def test_a_button_marks_a_step_even_before_any_phase_was_started(play: Play, record: Record) -> None:
    played = play(MarkDone, "mark_done", entities={"step": FIRST})

    assert played.names == ["utter_marked_done", "utter_step"]
    assert record() == [("done", "forberedelse", FIRST)]


def test_a_button_of_a_step_that_is_gone_shows_the_current_step(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(MarkDone, "mark_done", entities={"step": "fantes-en-gang"})

    assert played.names == ["utter_step"]
    assert len(record()) == 1


def test_the_last_open_step_ends_the_phase_and_the_next_one_is_offered(play: Play, begin: Begin) -> None:
    begin("forberedelse", *PREPARATION[:-1])

    played = play(SkipStep, "skip_step")

    assert played.names == ["utter_marked_skipped", "utter_phase_complete"]
    assert played.custom["progress"] == {"phase": "Forberedelsesfasen", "done": 7, "skipped": 1, "total": 8}
    assert played.payloads[-1] == "/start_recruitment"
    assert "last_topic" not in played.slots


def test_done_at_the_end_of_a_phase_shows_the_end_again(play: Play, finished: None, record: Record) -> None:
    before = record()

    assert play(MarkDone, "mark_done").names == ["utter_phase_complete"]
    assert record() == before


def test_the_end_of_the_second_phase_offers_the_third(play: Play, begin: Begin) -> None:
    begin("rekruttering", *(step.id for step in get_library().phases["rekruttering"].steps))

    assert play(RepeatStep, "repeat_step").payloads[-1] == "/start_implementation"


def test_the_end_of_the_last_phase_offers_no_phase(play: Play, begin: Begin) -> None:
    begin("gjennomforing", *(step.id for step in get_library().phases["gjennomforing"].steps))

    played = play(RepeatStep, "repeat_step")

    assert played.names == ["utter_guide_complete"]
    assert played.custom["progress"]["done"] == 21
    assert not [payload for payload in played.payloads if payload.startswith("/start_")]


def test_undo_takes_back_the_latest_mark(play: Play, begin: Begin, record: Record) -> None:
    begin("forberedelse", FIRST)

    played = play(Undo, "undo")

    assert played.names == ["utter_undone", "utter_step"]
    assert played.custom["step"] == FIRST
    assert played.custom["progress"]["done"] == 0
    assert record()[-1][0] == "undone"


def test_undoing_the_start_offers_the_phases(play: Play, begin: Begin) -> None:
    begin()

    assert play(Undo, "undo").names == ["utter_undone", "utter_not_started"]


def test_undo_with_nothing_to_undo_says_so(play: Play, record: Record) -> None:
    played = play(Undo, "undo")

    assert played.names == ["utter_nothing_to_undo"]
    assert record() == []


def test_repeat_shows_the_current_step_and_stores_nothing(play: Play, begin: Begin, record: Record) -> None:
    begin("forberedelse", FIRST)

    played = play(RepeatStep, "repeat_step", last_topic="samskaping")

    assert played.custom["step"] == SECOND
    assert played.slots["last_topic"] == SECOND
    assert len(record()) == 2


def test_more_about_the_current_step(play: Play, begin: Begin) -> None:
    begin()

    played = play(TellMore, "tell_more")

    step = get_library().steps[FIRST]
    assert played.names == ["utter_more_about_step"]
    assert played.text == step.more
    assert (played.custom["kind"], played.custom["title"]) == ("more", step.title)
    assert played.custom["sources"] == [get_library().citation(source) for source in step.sources]
    assert [payload.partition("{")[0] for payload in played.payloads] == ["/mark_done", "/skip_step", "/next_step"]
    assert played.slots["last_topic"] == FIRST


def test_more_means_what_was_shown_last_before_the_current_step(play: Play, begin: Begin) -> None:
    begin()

    assert play(TellMore, "tell_more", last_topic=THIRD).slots["last_topic"] == THIRD


def test_more_by_a_button_means_the_step_of_the_button(play: Play, begin: Begin) -> None:
    begin()

    played = play(TellMore, "tell_more", entities={"step": SECOND}, last_topic=THIRD)

    assert played.text == get_library().steps[SECOND].more


def test_more_about_an_article_offers_what_to_read_beside_it(play: Play, begin: Begin) -> None:
    begin()

    played = play(TellMore, "tell_more", last_topic="samskaping")

    beside = get_library().see_also("samskaping")
    assert played.names == ["utter_more_about_topic"]
    assert get_library().title("samskaping") in played.text
    assert played.payloads == [f'/ask_concept{{"concept": "{text}"}}' for text in beside] + ["/repeat_step"]
    assert "last_topic" not in played.slots


def test_more_about_a_text_that_is_gone_shows_the_current_step(play: Play, begin: Begin) -> None:
    begin()

    played = play(TellMore, "tell_more", last_topic="fantes-en-gang")

    assert played.names == ["utter_step"]
    assert played.custom["step"] == FIRST


def test_more_at_the_end_of_a_phase_shows_the_end(play: Play, finished: None) -> None:
    assert play(TellMore, "tell_more").names == ["utter_phase_complete"]


def test_going_to_a_step_by_number(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(GoToStep, "go_to_step", "ta oss til steg 4", hits=[(SECOND, 0.9)])

    assert played.custom["step"] == "elefanten-i-rommet"
    assert played.slots["last_topic"] == "elefanten-i-rommet"
    assert record()[-1] == ("shown", "forberedelse", "elefanten-i-rommet")


def test_going_to_a_step_by_button_wins_over_the_number(play: Play, begin: Begin) -> None:
    begin()

    assert play(GoToStep, "go_to_step", "steg 4", {"step": THIRD}).custom["step"] == THIRD


def test_going_to_a_step_in_words_may_lead_to_another_phase(play: Play, begin: Begin) -> None:
    begin()

    played = play(GoToStep, "go_to_step", "den om tolk", hits=[("samskaping", 0.8), ("tolk", 0.5)])

    assert played.custom["step"] == "tolk"
    assert played.custom["progress"]["total"] == 21


@pytest.mark.parametrize(("text", "hits"), [("steg 40", [(THIRD, 0.9)]), ("den om ost", [(THIRD, 0.05)])])
def test_a_step_that_is_not_found_leaves_the_journey(
    play: Play, begin: Begin, record: Record, text: str, hits: list[tuple[str, float]]
) -> None:
    begin()

    played = play(GoToStep, "go_to_step", text, hits=hits)

    assert played.names == ["utter_step_not_found"]
    assert played.payloads[-1] == "/repeat_step"
    assert len(record()) == 1


def test_restart_asks_first(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(Restart, "restart_journey")

    assert played.names == ["utter_confirm_restart"]
    assert played.slots["yes_means"] == "restart"
    assert '/restart_journey{"confirmed": "yes"}' in played.payloads
    assert played.payloads[-1] == "/repeat_step"
    assert len(record()) == 1


def test_restart_that_is_confirmed_begins_anew_and_can_be_undone(play: Play, begin: Begin, record: Record) -> None:
    begin("forberedelse", FIRST)

    played = play(Restart, "restart_journey", entities={"confirmed": "yes"}, yes_means="restart")

    assert played.names == ["utter_restarted"]
    assert played.slots["yes_means"] is None
    assert record()[-1][0] == "restarted"
    assert "/undo" in played.payloads
    assert play(Undo, "undo").custom["step"] == SECOND


# Steps that the person's words name


@pytest.mark.parametrize(("action", "kind"), [(MarkDone, "done"), (SkipStep, "skipped")])
def test_marking_marks_the_step_that_is_named_by_number(
    play: Play, begin: Begin, record: Record, action: type, kind: str
) -> None:
    begin()

    played = play(action, text="steg 4 er gjort", mentions={"step": "4"})

    assert record()[1:] == [(kind, "forberedelse", PREPARATION[3])]
    assert get_library().steps[PREPARATION[3]].title in played.messages[0]["text"]
    assert played.custom["step"] == PREPARATION[4]


def test_a_number_means_a_step_of_the_phase_that_is_named_with_it(play: Play, begin: Begin, record: Record) -> None:
    begin()

    play(MarkDone, "mark_done", "steg 2 i rekrutteringa er gjort", mentions={"step": "2", "phase": "rekruttering"})

    assert record()[1:] == [("done", "rekruttering", get_library().phases["rekruttering"].steps[1].id)]


def test_a_phase_alone_names_no_step(play: Play, begin: Begin, record: Record) -> None:
    begin()

    play(MarkDone, "mark_done", "ferdig i rekrutteringa", mentions={"phase": "rekruttering"}, hits=[(THIRD, 0.9)])

    assert record()[1:] == [("done", "forberedelse", FIRST)]


def test_marking_marks_the_step_that_is_named_by_what_it_is_about(play: Play, begin: Begin, record: Record) -> None:
    begin()

    play(MarkDone, "mark_done", "det om ledelse er gjort", mentions={"step": "ledelse"}, hits=[(THIRD, 0.6)])

    assert record()[1:] == [("done", "forberedelse", THIRD)]


def test_words_that_name_no_step_mean_the_current_one(play: Play, begin: Begin, record: Record) -> None:
    begin()

    play(MarkDone, "mark_done", "ferdig med det med en gang", mentions={"step": "en gang"}, hits=[(THIRD, 0.05)])

    assert record()[1:] == [("done", "forberedelse", FIRST)]


@pytest.mark.parametrize("action", [MarkDone, SkipStep])
def test_a_number_that_no_step_has_marks_nothing(play: Play, begin: Begin, record: Record, action: type) -> None:
    begin()

    played = play(action, text="steg 40 er gjort", mentions={"step": "40"}, hits=[(THIRD, 0.9)])

    assert played.names == ["utter_step_not_found"]
    assert played.payloads[-1] == "/repeat_step"
    assert len(record()) == 1


def test_a_button_goes_before_what_words_name(play: Play, begin: Begin, record: Record) -> None:
    begin()

    play(MarkDone, "mark_done", entities={"step": THIRD}, mentions={"step": "4"})

    assert record()[1:] == [("done", "forberedelse", THIRD)]


def test_going_to_a_step_of_another_phase(play: Play, begin: Begin) -> None:
    begin()

    played = play(GoToStep, "go_to_step", "steg 2 i gjennomføringa", mentions={"step": "2", "phase": "gjennomforing"})

    assert played.custom["step"] == get_library().phases["gjennomforing"].steps[1].id


def test_going_to_a_step_by_a_spelled_number(play: Play, begin: Begin) -> None:
    begin()

    assert play(GoToStep, "go_to_step", "tredje steg", mentions={"step": "3"}).custom["step"] == THIRD
