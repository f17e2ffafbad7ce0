"""Tests of actions.session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import yaml

from actions.session import WITH_WAY_BACK, ChooseForm, DeleteMyData, SessionStart, SmallTalk, TalkToPerson
from bot.responses import Response
from bot.settings import ROOT
from bot.uncertainty.log import UncertaintyLog
from tests.unit.actions.playing import OTHER, PERSON, Play, Record

Begin = Callable[..., None]
STARTED = ["session_started", "action"]


def small_talk_intents() -> Iterator[str]:
    """Yield the intents that the rules send to small talk."""
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            if action["action"] == SmallTalk.action:
                yield intent["intent"]


INTENTS = list(small_talk_intents())


def test_a_conversation_begins_with_the_introduction(play: Play) -> None:
    played = play(SessionStart)

    assert played.names == ["utter_intro"]
    assert played.custom["kind"] == "intro"
    assert [event["event"] for event in played.events[:2]] == STARTED
    assert played.events[1]["name"] == "action_listen"


def test_the_introduction_is_said_once(play: Play) -> None:
    played = play(SessionStart, events=[{"event": "session_started"}])

    assert played.messages == []
    assert [event["event"] for event in played.events[:2]] == STARTED


def test_the_session_starts_even_when_greeting_fails(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.responses.all_responses", dict)

    played = play(SessionStart)

    assert played.messages == []
    assert [event["event"] for event in played.events] == STARTED


def test_the_rules_send_all_these_to_small_talk() -> None:
    assert sorted(INTENTS) == [
        "bot_challenge", "deny", "export_doubts", "feedback", "goodbye", "greet", "help", "join_team", "onboarding",
        "privacy", "start_team", "thanks",
    ]  # fmt: skip


@pytest.mark.parametrize("intent", INTENTS)
def test_small_talk_says_the_response_of_its_intent(play: Play, intent: str) -> None:
    played = play(SmallTalk, intent, "hei")

    assert played.names == [f"utter_{intent}"]
    assert "/repeat_step" not in played.payloads


@pytest.mark.parametrize("intent", INTENTS)
def test_small_talk_leads_back_to_the_step_where_people_may_want_it(play: Play, begin: Begin, intent: str) -> None:
    begin()

    assert ("/repeat_step" in play(SmallTalk, intent, "hei").payloads) == (
        intent in {"greet", "thanks", "deny", "help", "privacy"}
    )


def test_a_no_takes_the_question_away(play: Play) -> None:
    assert play(SmallTalk, "deny", "nei", yes_means="delete").slots["yes_means"] is None


@pytest.mark.parametrize(("intent", "form"), [("use_nynorsk", "nynorsk"), ("use_bokmal", "bokmal")])
def test_a_chosen_form_is_kept(play: Play, begin: Begin, intent: str, form: str) -> None:
    begin()

    played = play(ChooseForm, intent, "skriv nynorsk")

    assert played.names == [f"utter_form_{form}"]
    assert played.payloads[-1] == "/repeat_step"
    assert played.slots == {"form_is_chosen": True, "written_form": form}


@pytest.mark.parametrize(
    ("intent", "language", "slots", "form"),
    [
        ("use_nynorsk", ("no", "bokmal"), {}, "nynorsk"),
        ("use_nynorsk", None, {"written_form": "bokmal", "form_is_chosen": True}, "nynorsk"),
        ("use_bokmal", ("no", "nynorsk"), {"written_form": "bokmal"}, "bokmal"),
    ],
)
def test_a_chosen_form_is_not_overwritten_by_the_form_of_the_message(
    play: Play, intent: str, language: tuple[str, str] | None, slots: dict[str, object], form: str
) -> None:
    """The tracker keeps what was set last."""
    assert play(ChooseForm, intent, "skriv slik", language=language, **slots).slots["written_form"] == form


def test_deleting_asks_first(play: Play, begin: Begin, record: Record) -> None:
    begin()

    played = play(DeleteMyData, "delete_my_data", "slett alt om meg")

    assert played.names == ["utter_confirm_delete"]
    assert played.slots["yes_means"] == "delete"
    assert '/delete_my_data{"confirmed": "yes"}' in played.payloads
    assert len(record()) == 1


def test_deleting_erases_the_person_and_nobody_else(
    play: Play, begin: Begin, record: Record, log: UncertaintyLog
) -> None:
    for person in (PERSON, OTHER):
        begin(person=person)
        log.add(team=person, person=person, phase=None, step=None, theme="roles", text="usikker")

    played = play(DeleteMyData, "delete_my_data", entities={"confirmed": "yes"}, last_topic="samskaping")

    # The channel erases the conversation when it sees this kind.
    assert played.custom == {"response": "utter_deleted", "kind": "erased"}
    assert played.slots["last_topic"] is None
    assert (record(PERSON), log.entries(PERSON)) == ([], [])
    assert record(OTHER) == [("started", "forberedelse", None)]
    assert [entry.theme for entry in log.entries(OTHER)] == ["roles"]


def test_the_contact_of_the_settings_is_told(play: Play, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_CONTACT", "Bjørg, 12 34 56 78")

    played = play(TalkToPerson, "talk_to_person", "kan jeg ringe noen?")

    assert played.names == ["utter_contact"]
    assert "Bjørg, 12 34 56 78" in played.text


def test_without_a_contact_that_is_said(play: Play, environment: pytest.MonkeyPatch) -> None:
    assert play(TalkToPerson, "talk_to_person", "kan jeg ringe noen?").names == ["utter_no_contact"]


def test_every_way_back_belongs_to_small_talk() -> None:
    assert set(INTENTS) >= WITH_WAY_BACK


def test_small_talk_in_nynorsk_is_answered_in_nynorsk(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"bokmal": Response("Bare hyggelig"), "nynorsk": Response("Berre hyggeleg")}
    monkeypatch.setattr("bot.responses.all_responses", lambda: {"utter_thanks": both})

    played = play(SmallTalk, "thanks", "takk skal du ha", language=("no", "nynorsk"))

    assert played.text == "Berre hyggeleg"
    assert played.slots["written_form"] == "nynorsk"
