"""Plays the conversations in scripts/ over HTTP against the running bot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import Conversation

SCRIPTS = [
    pytest.param(script, id=f"{path.stem}: {script['name']}")
    for path in sorted((Path(__file__).parent / "scripts").glob("*.yml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]
pytestmark = pytest.mark.bot


@pytest.mark.parametrize("script", SCRIPTS)
def test_conversation(script: dict[str, Any], conversation: Conversation) -> None:
    replies: list[list[dict[str, Any]]] = []
    for turn in script["turns"]:
        if "say" in turn:
            reply = conversation.say(turn["say"])
        elif "press" in turn:
            reply = conversation.press(turn["press"])
        else:
            conversation.reply = replies[turn["of"]]
            reply = conversation.press(turn["press_again"])
        replies.append(reply)
        check(turn, reply)
    if "events" in script:
        assert [kind for kind, _ in conversation.events()] == script["events"]
    if "doubts" in script:
        stored = conversation.doubts()
        assert len(stored) == len(script["doubts"])
        for row, expected in zip(stored, script["doubts"]):
            assert {name: getattr(row, name) for name in expected} == expected


def check(turn: dict[str, Any], reply: list[dict[str, Any]]) -> None:
    """Compare a reply with what a turn expects."""
    data = [message["custom"] for message in reply]
    assert reply, "no turn ends without a message"
    if "replies" in turn:
        assert [custom.get("response") for custom in data] == turn["replies"]
    for name in ("step", "topic", "outcome"):
        if name in turn:
            assert turn[name] in [custom.get(name) for custom in data]
    if "text" in turn:
        assert any(turn["text"] in message["text"] for message in reply), [message["text"] for message in reply]
    if "acknowledged" in turn:
        assert [custom.get("kind") for custom in data].count("doubt") == int(turn["acknowledged"])
    if any(custom.get("outcome") == "answered" for custom in data):
        answer = next(m for m in reply if m["custom"].get("outcome") == "answered")
        assert answer["custom"]["sources"]
        assert answer["custom"]["title"]
        assert 2 <= len(answer["buttons"]) <= 4
