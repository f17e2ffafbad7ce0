"""Tests of bot.tracker.store, each on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.storage.database import open_database
from bot.storage.tables import conversation
from bot.tracker import store as module
from bot.tracker.store import ConversationStore

pytestmark = pytest.mark.filterwarnings("ignore:Slot auto-fill")

AT = datetime(2024, 3, 31, 12)
WRITTEN = "Kari Nilsen er hemmelig redd"
SHOWN = "Hei, jeg er en robot"
FOUND = {"hits": [{"passage": "dugnad", "score": 0.7}], "covered": 0.9}
DOUBT = {"probability": 0.8, "theme": "roles"}


def slot() -> dict[str, Any]:
    """Return a slot's definition; Rasa takes it apart, so each slot needs its own."""
    return {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}


@pytest.fixture(scope="module")
def domain() -> Domain:
    """A small domain."""
    return Domain.from_dict(
        {
            "intents": [f"intent{number}" for number in range(20)],
            "entities": ["step"],
            "slots": {name: slot() for name in ("last_topic", "yes_means", "written_form")},
            "actions": ["action_answer"],
        }
    )


@pytest.fixture
def store(any_database: Engine, domain: Domain) -> ConversationStore:
    """A store on an empty database."""
    return ConversationStore(domain, engine=any_database)


def user_said(intent: str = "intent0", text: str = WRITTEN) -> UserUttered:
    """Return a message as Rasa hands it to the store."""
    return UserUttered(
        text,
        intent={"name": intent, "confidence": 0.9},
        entities=[{"entity": "step", "value": "hemmelig steg", "start": 0, "end": 4}],
        parse_data={
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": "step", "value": "hemmelig steg", "start": 0, "end": 4}],
            "intent_ranking": [{"name": intent, "confidence": 0.9}],
            "text_tokens": [[0, 4]],
            "language": "nb",
            "passages": FOUND,
            "uncertainty": DOUBT,
        },
        input_channel="web",
        message_id="m1",
        metadata={"heading": "hemmelig merknad"},
    )


def bot_said() -> BotUttered:
    """Return a reply as Rasa hands it to the store."""
    data = {"buttons": [{"title": "hemmelig knapp", "payload": "/intent1"}], "custom": {"title": "hemmelig kort"}}
    return BotUttered(SHOWN, data, {"utter_action": "utter_x", "more": "hemmelig"})


def begun(domain: Domain, person: str = "kari") -> DialogueStateTracker:
    """Return a conversation that has just begun."""
    return tracker_of(domain, [ActionExecuted("action_session_start"), SessionStarted(), LISTEN], person)


LISTEN = ActionExecuted("action_listen")


def turn(number: int = 0, *slots: SlotSet) -> list[Event]:
    """Return one turn's events."""
    return [user_said(f"intent{number}"), ActionExecuted("action_answer"), *slots, bot_said(), LISTEN]


def tracker_of(domain: Domain, events: Sequence[Event], person: str = "kari") -> DialogueStateTracker:
    """Return a conversation with these events."""
    return DialogueStateTracker.from_events(person, list(events), domain.slots, domain=domain)


def save(store: ConversationStore, tracker: DialogueStateTracker) -> None:
    """Save a conversation."""
    asyncio.run(store.save(tracker))


def retrieve(store: ConversationStore, person: str = "kari") -> DialogueStateTracker | None:
    """Read a conversation."""
    return asyncio.run(store.retrieve(person))


def read(store: ConversationStore, person: str = "kari") -> DialogueStateTracker:
    """Read a conversation that must be there."""
    tracker = retrieve(store, person)
    assert tracker is not None
    return tracker


def talk(store: ConversationStore, domain: Domain, turns: Sequence[Sequence[Event]]) -> DialogueStateTracker:
    """Talk as Rasa does: read, go on, save, turn by turn. Return the whole conversation, never shortened."""
    whole = begun(domain)
    save(store, whole)
    for events in turns:
        tracker = read(store)
        for event in events:
            tracker.update(event, domain)
            whole.update(event, domain)
        save(store, tracker)
    return whole


def intents(tracker: DialogueStateTracker) -> list[str | None]:
    """Return what each kept message was understood as."""
    return [event.intent_name for event in tracker.events if isinstance(event, UserUttered)]


def stored_row(database: Engine) -> tuple[str, str, datetime]:
    """Return the only row."""
    with database.connect() as connection:
        (row,) = connection.execute(select(conversation))
    return tuple(row)


def stored_events(database: Engine) -> list[dict[str, Any]]:
    """Return the events of the only row."""
    events: list[dict[str, Any]] = json.loads(stored_row(database)[1])
    return events


def test_a_stranger_has_no_conversation(store: ConversationStore) -> None:
    assert retrieve(store) is None


def test_a_conversation_survives_a_reopen(store: ConversationStore, any_database: Engine, domain: Domain) -> None:
    talk(store, domain, [turn(1, SlotSet("last_topic", "dugnad"))])
    any_database.dispose()

    reopened = open_database(any_database.url.render_as_string(hide_password=False))
    tracker = read(ConversationStore(domain, engine=reopened))
    reopened.dispose()

    assert tracker.sender_id == "kari"
    assert [type(event) for event in tracker.events] == [
        *(ActionExecuted, SessionStarted, ActionExecuted),
        *(UserUttered, ActionExecuted, SlotSet, BotUttered, ActionExecuted),
    ]
    assert intents(tracker) == ["intent1"]
    assert tracker.latest_action_name == "action_listen"
    assert tracker.get_slot("last_topic") == "dugnad"


def test_conversations_are_kept_apart(store: ConversationStore, domain: Domain) -> None:
    for number, person in enumerate(["kari", "ola"]):
        save(store, tracker_of(domain, [LISTEN, *turn(number)], person))

    assert (intents(read(store, "kari")), intents(read(store, "ola"))) == (["intent0"], ["intent1"])
    assert sorted(asyncio.run(store.keys())) == ["kari", "ola"]


def test_saving_again_replaces_the_row(store: ConversationStore, any_database: Engine, domain: Domain) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn(0)]))
    save(store, tracker_of(domain, [LISTEN, *turn(1)]))

    assert stored_row(any_database)[0] == "kari"
    assert intents(read(store)) == ["intent1"]


def test_no_words_of_a_person_or_the_bot_are_stored(
    store: ConversationStore, any_database: Engine, domain: Domain
) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn()]))

    row = json.dumps(stored_events(any_database), ensure_ascii=False)

    for word in ("Kari", "Nilsen", "hemmelig", "redd", "Hei", "robot"):
        assert word not in row


def test_what_a_message_was_understood_as_is_stored(
    store: ConversationStore, any_database: Engine, domain: Domain
) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn()]))

    (message,) = [event for event in stored_events(any_database) if event["event"] == "user"]

    assert message["text"] == ""
    assert message["parse_data"] == {
        "text": "",
        "intent": {"name": "intent0", "confidence": 0.9},
        "entities": [{"entity": "step", "start": 0, "end": 4}],
        "language": "nb",
        "passages": FOUND,
        "uncertainty": DOUBT,
    }
    assert (message["input_channel"], message["message_id"]) == ("web", "m1")
    assert "metadata" not in message


def test_of_a_reply_only_its_name_is_stored(store: ConversationStore, any_database: Engine, domain: Domain) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn()]))

    (reply,) = [event for event in stored_events(any_database) if event["event"] == "bot"]

    assert (reply["text"], reply["data"], reply["metadata"]) == ("", {}, {"utter_action": "utter_x"})


def test_a_finding_is_still_there_for_the_next_turn(store: ConversationStore, domain: Domain) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn()]))

    message = read(store).latest_message

    assert message is not None
    assert message.parse_data["passages"] == FOUND  # type: ignore[typeddict-item]


@pytest.mark.parametrize("turns", [4, 10])
def test_only_the_last_three_turns_are_kept(store: ConversationStore, domain: Domain, turns: int) -> None:
    talk(store, domain, [turn(number) for number in range(turns)])

    assert intents(read(store)) == [f"intent{number}" for number in (turns - 3, turns - 2, turns - 1)]


def test_three_turns_are_kept_whole(store: ConversationStore, domain: Domain) -> None:
    whole = talk(store, domain, [turn(number) for number in range(3)])

    assert [event.type_name for event in read(store).events] == [event.type_name for event in whole.events]


def test_slots_survive_the_turns_that_set_them(store: ConversationStore, domain: Domain) -> None:
    whole = talk(
        store,
        domain,
        [
            turn(0, SlotSet("written_form", "nynorsk"), SlotSet("last_topic", "dugnad"), SlotSet("yes_means", "x")),
            turn(1, SlotSet("last_topic", "makt")),
            turn(2, SlotSet("yes_means", None)),
            *(turn(number) for number in range(3, 12)),
        ],
    )

    expected = {"written_form": "nynorsk", "last_topic": "makt", "yes_means": None}
    assert {name: read(store).get_slot(name) for name in expected} == expected
    assert {name: whole.get_slot(name) for name in expected} == expected


def test_a_slot_is_read_without_the_tracker(store: ConversationStore, domain: Domain) -> None:
    talk(store, domain, [turn(0, SlotSet("last_topic", "dugnad"), SlotSet("written_form", "nynorsk"))])
    talk_on = [turn(1, SlotSet("last_topic", "makt"), SlotSet("yes_means", "x")), turn(2, SlotSet("yes_means", None))]

    assert store.slot("kari", "last_topic") == "dugnad"
    talk(store, domain, [turn(0, SlotSet("last_topic", "dugnad"), SlotSet("written_form", "nynorsk")), *talk_on])

    assert store.slot("kari", "last_topic") == "makt"
    assert store.slot("kari", "written_form") == "nynorsk"
    assert store.slot("kari", "yes_means") is None
    assert store.slot("kari", "another") is None


def test_a_slot_is_read_after_the_turn_that_set_it_was_left_out(store: ConversationStore, domain: Domain) -> None:
    talk(store, domain, [turn(0, SlotSet("last_topic", "dugnad")), *(turn(number) for number in range(1, 8))])

    assert store.slot("kari", "last_topic") == read(store).get_slot("last_topic") == "dugnad"


def test_a_strangers_slot_is_none(store: ConversationStore, domain: Domain) -> None:
    save(store, tracker_of(domain, [LISTEN, *turn(0, SlotSet("last_topic", "dugnad"))], "ola"))

    assert store.slot("kari", "last_topic") is None


def test_a_shortened_conversation_begins_like_a_new_one(store: ConversationStore, domain: Domain) -> None:
    talk(store, domain, [turn(0, SlotSet("last_topic", "makt")), *(turn(number) for number in range(1, 5))])

    events = list(read(store).events)

    assert events[:4] == [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        SlotSet("last_topic", "makt"),
        ActionExecuted("action_listen"),
    ]
    assert [type(event) for event in events[4:]] == [UserUttered, ActionExecuted, BotUttered, ActionExecuted] * 3


def test_a_row_does_not_grow_with_the_conversation(
    store: ConversationStore, any_database: Engine, domain: Domain
) -> None:
    talk(store, domain, [turn(number % 2) for number in range(6)])
    after_six = len(stored_events(any_database))
    talk(store, domain, [turn(number % 2) for number in range(12)])

    assert len(stored_events(any_database)) == after_six == 3 + 3 * 4


def test_erasing_removes_one_conversation(store: ConversationStore, domain: Domain) -> None:
    for person in ("kari", "ola"):
        save(store, tracker_of(domain, [LISTEN, *turn()], person))

    assert (store.erase("kari"), store.erase("kari")) == (True, False)
    assert (retrieve(store, "kari"), intents(read(store, "ola"))) == (None, ["intent0"])


def test_conversations_expire_when_they_have_been_silent_for_so_many_days(
    store: ConversationStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_heard = {
        "long ago": datetime(2024, 1, 1),
        "just before": datetime(2024, 3, 1, 11, 59, 59),
        "just then": datetime(2024, 3, 1, 12),
        "now": AT,
    }
    for person, at in last_heard.items():
        monkeypatch.setattr(module, "utc_now", lambda at=at: at)
        save(store, tracker_of(domain, [LISTEN, *turn()], person))

    expired = store.expire(30)

    assert expired == 2
    assert sorted(asyncio.run(store.keys())) == ["just then", "now"]


def test_a_message_keeps_a_conversation_from_expiring(
    store: ConversationStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in (datetime(2024, 1, 1), AT):
        monkeypatch.setattr(module, "utc_now", lambda at=at: at)
        save(store, tracker_of(domain, [LISTEN, *turn()]))

    assert store.expire(30) == 0
    assert asyncio.run(store.keys()) == ["kari"]


def test_the_default_is_the_database_of_the_settings(
    database: Engine, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "get_database", lambda: database)

    save(ConversationStore(domain), tracker_of(domain, [LISTEN, *turn(4)]))

    assert intents(read(ConversationStore(domain, engine=database))) == ["intent4"]
