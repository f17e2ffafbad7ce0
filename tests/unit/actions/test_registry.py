"""Tests of actions.registry."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import yaml

import actions
from actions.answering import AfterDoubt, Answer
from actions.base import GuideAction
from actions.registry import action_for
from actions.session import SmallTalk
from actions.walking import MarkDone, Move, NextStep
from bot.settings import ROOT

DOMAIN = ROOT / "domain" / "domain.yml"


@pytest.fixture(autouse=True)
def all_actions() -> None:
    """Import what the action server imports."""
    for module in pkgutil.iter_modules(actions.__path__):
        if module.name != "__main__":
            importlib.import_module(f"actions.{module.name}")


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("mark_done", MarkDone),
        # Below another action of ours, which serves nothing itself.
        ("next_step", NextStep),
        ("ask_concept", Answer),
        ("nlu_fallback", Answer),
        ("express_doubt", AfterDoubt),
        ("greet", SmallTalk),
    ],
)
def test_an_intent_is_served_by_the_action_of_its_rule(intent: str, kind: type[GuideAction]) -> None:
    assert type(action_for(intent)) is kind


@pytest.mark.parametrize("intent", ["", "fantes_en_gang", "action_answer"])
def test_what_no_rule_names_is_served_by_none(intent: str) -> None:
    assert action_for(intent) is None


def test_every_intent_of_the_domain_is_served() -> None:
    intents = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["intents"]

    assert [intent for intent in intents if action_for(intent) is None] == []


def test_a_base_without_a_name_serves_nothing() -> None:
    assert Move.action == ""
    assert all(action_for(intent) is not None and action_for(intent).name() for intent in ("undo", "next_step"))
