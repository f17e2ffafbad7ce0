"""Tests of actions.__main__."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine

import actions
from actions import __main__ as server


class App:
    """Stands in for the web server: keeps what it was told."""

    def __init__(self) -> None:
        self.created: tuple[Any, list[str]] | None = None
        self.starts: list[Callable[[Any, Any], Awaitable[None]]] = []
        self.run_with: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def before_server_start(self, function: Callable[[Any, Any], Awaitable[None]]) -> None:
        """Keep what is to be done at the start."""
        self.starts.append(function)

    def run(self, *args: Any, **options: Any) -> None:
        """Keep how the server was run."""
        self.run_with = (args, options)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """The app that the server makes."""
    app = App()

    def create_app(package: Any, cors_origins: list[str]) -> App:
        app.created = (package, cors_origins)
        return app

    monkeypatch.setattr(server, "create_app", create_app)
    return app


def test_the_action_server_listens_on_loopback_only_and_lets_no_page_in(app: App) -> None:
    server.main(5055)

    assert app.created == (actions, [])
    assert app.run_with == (("127.0.0.1", 5055), {"workers": 1, "access_log": False})


def test_a_database_that_is_away_shows_at_the_start(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Engine:
        raise OSError("away")

    monkeypatch.setattr(server, "get_database", fail)
    server.main(5055)

    with pytest.raises(OSError, match="away"):
        asyncio.run(app.starts[0](None, None))


def test_knowledge_that_is_wrong_shows_at_the_start(
    app: App, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("wrong")

    monkeypatch.setattr(server, "get_database", lambda: database)
    monkeypatch.setattr(server, "get_library", fail)
    server.main(5055)

    with pytest.raises(ValueError, match="wrong"):
        asyncio.run(app.starts[0](None, None))
