"""The running bot as tests use it: real processes, real model and index, a database of its own, loopback only."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.build import current_model
from bot.serving import Server, started
from bot.settings import Settings
from bot.storage.database import migrate, open_database
from bot.storage.tables import journey_event, uncertainty_entry

REST_KEY = "test-key"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningBot:
    """A bot that answers."""

    settings: Settings
    servers: list[Server]
    engine: Engine
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.settings.port}"

    def rest(self, sender: str, message: str) -> list[dict[str, Any]]:
        """Send a message over the REST webhook and return the reply."""
        response = self.post_rest({"sender": sender, "message": message})
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()
        return messages

    def post_rest(self, body: Any, key: str = REST_KEY) -> httpx.Response:
        """Post any body to the REST webhook."""
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.http.post("/webhooks/rest/webhook", headers={"Authorization": f"Bearer {key}"}, **content)

    def rows(self, table: Any = journey_event) -> list[Any]:
        """Return all rows of a table."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(table)))


class Conversation:
    """One person's conversation over REST; remembers the buttons that are shown."""

    def __init__(self, bot: RunningBot, sender: str) -> None:
        self.bot = bot
        self.sender = sender
        self.reply: list[dict[str, Any]] = []

    def say(self, text: str) -> list[dict[str, Any]]:
        """Type something."""
        self.reply = self.bot.rest(self.sender, text)
        return self.reply

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press the button with this title."""
        payloads = {b["title"]: b["payload"] for message in self.reply for b in message["buttons"]}
        return self.say(payloads[title])

    @property
    def responses(self) -> list[str]:
        """Names of the responses in the latest reply."""
        return [message["custom"].get("response", "") for message in self.reply]

    def doubts(self) -> list[Any]:
        """Rows of this person in the uncertainty log, oldest first."""
        person = self._person()
        rows = [row for row in self.bot.rows(uncertainty_entry) if row.person == person]
        return sorted(rows, key=lambda row: row.at)

    def events(self) -> list[tuple[str, str | None]]:
        """Kind and step of this person's journey events, oldest first."""
        person = self._person()
        rows = sorted((r for r in self.bot.rows(journey_event) if r.team == person), key=lambda r: r.sequence)
        return [(row.kind, row.step) for row in rows]

    def _person(self) -> str:
        from bot.channels.identity import Identity

        return Identity(self.bot.settings.secret_bytes(), 1).person("rest", self.sender)


def settings_for_tests(data: Path) -> Settings:
    """Return settings for a bot of its own: free ports, its own data, the project's own index and model."""
    return Settings(
        port=free_port(),
        action_port=free_port(),
        data_dir=data,
        database_url=f"sqlite:///{data / 'bot.db'}",
        rest_key=REST_KEY,
        secret="test-secret",
        contact="Kontakt: 12 34",
    )


@contextmanager
def running(settings: Settings) -> Iterator[RunningBot]:
    """Start a bot with its own database, and stop it."""
    migrate(settings.database)
    model = current_model(settings)
    assert model is not None, "run `samskap prepare` first (make test does)"
    with started(settings, model) as servers:
        engine = open_database(settings.database)
        bot = RunningBot(settings, servers, engine)
        try:
            yield bot
        finally:
            bot.http.close()
            engine.dispose()


def until(condition: Any, seconds: float = 10) -> bool:
    """Poll a condition; say whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
