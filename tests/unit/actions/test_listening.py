"""Tests of actions.listening."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.session import SmallTalk
from actions.walking import MarkDone
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import PERSON, Play, Record

THEMES = ("concept", "roles", "tools", "system", "preparation", "outcome", "privacy")


def test_a_doubt_is_stored_with_where_the_team_is_and_masked(
    play: Play, log: UncertaintyLog, begin: Callable[..., None]
) -> None:
    begin()

    play(SmallTalk, "thanks", "Jeg er usikker, ring 99 88 77 66", doubt=("roles", 0.9))

    [entry] = log.entries(PERSON)
    assert (entry.team, entry.theme) == (PERSON, "roles")
    assert (entry.phase, entry.step) == ("forberedelse", "forankre-i-ledelsen")
    assert entry.text.startswith("Jeg er usikker")
    assert "99 88 77 66" not in entry.text


@pytest.mark.parametrize("theme", THEMES)
def test_a_doubt_is_acknowledged_first_with_a_button_that_takes_it_back(
    play: Play, log: UncertaintyLog, theme: str
) -> None:
    played = play(SmallTalk, "thanks", "jeg er usikker", doubt=(theme, 0.9))

    assert played.names == [f"utter_doubt_{theme}", "utter_thanks"]
    acknowledged = played.messages[0]
    assert acknowledged["custom"] == {"response": f"utter_doubt_{theme}", "kind": "doubt", "theme": theme}
    assert [button["payload"] for button in acknowledged["buttons"]] == [
        f'/forget_doubt{{"entry": "{log.entries(PERSON)[0].id}"}}'
    ]


def test_what_was_asked_for_beside_the_doubt_still_happens(
    play: Play, begin: Callable[..., None], record: Record, log: UncertaintyLog
) -> None:
    begin()

    played = play(MarkDone, "mark_done", "den er gjort, men jeg er usikker", doubt=("outcome", 0.5))

    assert played.names == ["utter_doubt_outcome", "utter_marked_done", "utter_step"]
    assert record()[-1] == ("done", "forberedelse", "forankre-i-ledelsen")
    # The doubt belongs to the step that the team was at when it was voiced.
    assert [entry.step for entry in log.entries(PERSON)] == ["forankre-i-ledelsen"]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("takk", None), ("takk", ("roles", 0.49)), ("", ("roles", 0.99))],
    ids=["none", "weak", "button"],
)
def test_without_doubt_nothing_is_stored(
    play: Play, log: UncertaintyLog, text: str, doubt: tuple[str, float] | None
) -> None:
    assert play(SmallTalk, "thanks", text, doubt=doubt).names == ["utter_thanks"]
    assert log.entries(PERSON) == []
