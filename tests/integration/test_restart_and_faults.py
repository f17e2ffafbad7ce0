"""What a team has done survives a restart of everything; a dead action server is told, not hidden."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.running import Conversation, free_port, running, settings_for_tests

pytestmark = pytest.mark.bot


def test_restart_then_a_dead_action_server(tmp_path: Path) -> None:
    settings = settings_for_tests(tmp_path)
    with running(settings) as bot:
        before = Conversation(bot, "team")
        before.say("start forberedelsen")
        before.press("Ferdig")
        before.say("jeg er usikker på om ledelsen vil dette")
        assert [kind for kind, _ in before.events()] == ["started", "done"]
        assert len(before.doubts()) == 1

    with running(_on_other_ports(settings)) as bot:
        after = Conversation(bot, "team")
        status = after.say("hvilken fase er vi i?")
        assert len(status) == 1, "the first message is said once"
        assert status[0]["custom"]["phase"] == "forberedelse"
        assert status[0]["custom"]["done"] == ["forankre-i-ledelsen"]
        assert status[0]["custom"]["step"] == "forankre-pa-tvers"
        assert len(after.doubts()) == 1

        action_server = next(server for server in bot.servers if server.name == "action server")
        os.killpg(action_server.process.pid, signal.SIGKILL)
        action_server.process.wait()
        for text in ("ferdig", "hva er samskaping?", "jeg er redd"):
            reply = after.say(text)
            assert [message["custom"]["kind"] for message in reply] == ["error"]
            assert "Prøv igjen" in reply[0]["text"]
        newcomer = Conversation(bot, "newcomer").say("hei")
        assert [message["custom"]["kind"] for message in newcomer] == ["error"]
        assert [kind for kind, _ in after.events()] == ["started", "done"]


def _on_other_ports(settings: Settings) -> Settings:
    return settings.copy(update={"port": free_port(), "action_port": free_port()})
