"""What a message names, as the graph leaves it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import entity_extractor
from bot.nlu.component import ALSO, FIRST_ACT
from bot.nlu.entity_extractor import GuideEntityExtractor
from tests.unit.nlu.conftest import Make


@pytest.fixture
def extractor(create: Make) -> Any:
    """The component."""
    return create(GuideEntityExtractor)


def named(entities: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return kinds and values."""
    return [(entity["entity"], entity["value"]) for entity in entities]


def test_entities_say_what_where_and_by_whom_and_reach_the_tracker(extractor: Any) -> None:
    message = extractor.process([Message({"text": "steg 4 i rekrutteringa er gjort"})])[0]

    assert message.as_dict(only_output_properties=True)["entities"] == [
        {"entity": "phase", "value": "rekruttering", "start": 9, "end": 22, "extractor": "GuideEntityExtractor"},
        {"entity": "step", "value": "4", "start": 5, "end": 6, "extractor": "GuideEntityExtractor"},
    ]


def test_concepts_are_the_articles_by_their_short_titles(extractor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert entity_extractor._titles()["folkehelseloven"] == "folkehelseloven"

    message = extractor.process([Message({"text": "Hva sier Folkehelseloven?"})])[0]

    assert named(message.get("entities")) == [("concept", "folkehelseloven")]


@pytest.mark.parametrize("text", ['/mark_done{"step": "steg 4"}', "", None])
def test_a_button_is_left_as_it_is(extractor: Any, text: str | None) -> None:
    carried = [{"entity": "step", "value": "tolk"}]
    message = Message({"text": text, "entities": carried})

    assert extractor.process([message])[0].get("entities") == carried


def test_entities_from_before_are_kept(extractor: Any) -> None:
    message = Message({"text": "steg 4", "entities": [{"entity": "x", "value": "y"}]})

    assert named(extractor.process([message])[0].get("entities")) == [("x", "y"), ("step", "4")]


def test_each_thing_that_is_asked_for_is_about_what_its_own_words_name(extractor: Any) -> None:
    first, then = "den er gjort", {"text": "hopp over steg 6", "intent": "skip_step"}
    message = Message({"text": f"{first}, {then['text']}", FIRST_ACT: first, ALSO: [then]})

    extractor.process([message])

    assert message.get("entities") == []
    assert named(message.get(ALSO)[0]["entities"]) == [("step", "6")]
    assert message.get(ALSO)[0]["intent"] == "skip_step"


@pytest.mark.parametrize("also", [[], None])
def test_one_thing_is_about_what_the_whole_message_names(extractor: Any, also: list[Any] | None) -> None:
    message = Message({"text": "i rekrutteringa, steg 4 er gjort", FIRST_ACT: "steg 4 er gjort", ALSO: also})

    assert named(extractor.process([message])[0].get("entities")) == [("phase", "rekruttering"), ("step", "4")]
