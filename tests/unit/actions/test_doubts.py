"""Tests of actions.doubts."""

from __future__ import annotations

from collections.abc import Callable

from actions.doubts import ForgetDoubt, ShowDoubts
from bot.responses import phrase
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import OTHER, PERSON, Play


def note(log: UncertaintyLog, theme: str, person: str = PERSON) -> str:
    """Note a doubt and return its id."""
    return log.add(team=person, person=person, phase=None, step=None, theme=theme, text="jeg er usikker")


def test_a_doubt_that_is_taken_back_is_gone(play: Play, log: UncertaintyLog, begin: Callable[..., None]) -> None:
    begin()
    kept, entry = note(log, "roles"), note(log, "tools")

    played = play(ForgetDoubt, "forget_doubt", entities={"entry": entry})

    assert played.names == ["utter_doubt_forgotten"]
    assert played.payloads == ["/repeat_step"]
    assert [found.id for found in log.entries(PERSON)] == [kept]


def test_a_doubt_is_taken_back_once(play: Play, log: UncertaintyLog) -> None:
    entry = note(log, "tools")
    play(ForgetDoubt, "forget_doubt", entities={"entry": entry})

    assert play(ForgetDoubt, "forget_doubt", entities={"entry": entry}).names == ["utter_doubt_was_gone"]


def test_nobody_takes_back_another_persons_doubt(play: Play, log: UncertaintyLog) -> None:
    entry = note(log, "tools", OTHER)

    played = play(ForgetDoubt, "forget_doubt", entities={"entry": entry})

    assert played.names == ["utter_doubt_was_gone"]
    assert [found.id for found in log.entries(OTHER)] == [entry]


def test_forgetting_without_an_entry_removes_nothing(play: Play, log: UncertaintyLog) -> None:
    entry = note(log, "tools")

    assert play(ForgetDoubt, "forget_doubt").names == ["utter_doubt_was_gone"]
    assert [found.id for found in log.entries(PERSON)] == [entry]


def test_doubts_are_shown_by_theme_the_most_frequent_first(
    play: Play, log: UncertaintyLog, begin: Callable[..., None]
) -> None:
    begin()
    for theme in ("roles", "tools", "tools"):
        note(log, theme)
    note(log, "privacy", OTHER)

    played = play(ShowDoubts, "show_doubts")

    assert played.custom == {"response": "utter_doubts", "kind": "doubts", "themes": {"roles": 1, "tools": 2}}
    assert f"- {phrase('utter_theme_tools')}: 2\n- {phrase('utter_theme_roles')}: 1" in played.text
    assert played.payloads == ['/ask_concept{"concept": "usikkerhet-som-ressurs"}', "/repeat_step"]


def test_without_doubts_there_is_nothing_to_show(play: Play, log: UncertaintyLog) -> None:
    note(log, "privacy", OTHER)

    played = play(ShowDoubts, "show_doubts")

    assert played.names == ["utter_no_doubts"]
    assert played.payloads == []
