"""Tests of bot.terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from rich.console import Console

from bot import terminal
from bot.errors import GuideError
from bot.terminal import show, talk

ADDRESS = "http://127.0.0.1:5005/chat/"
STEP = {
    "text": "Les dette [viktig].",
    "buttons": [{"title": "Ferdig", "payload": "signed-done"}, {"title": "Neste", "payload": "signed-next"}],
    "custom": {"title": "Tolk", "sources": ["Rapporten: 3.1", "Boka: 2"]},
}


class Server:
    """Answers as the bot would, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None, dict[str, str]]] = []
        self.answers: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        session = request.headers.get("X-Samskap-Session")
        self.sent.append((str(request.url), session, json.loads(request.content)))
        if request.url.path == "/chat/session":
            return httpx.Response(200, json={"session": "token", "messages": [STEP]})
        return httpx.Response(200, json=self.answers.pop(0) if self.answers else {"messages": [{"text": "Ok."}]})

    @property
    def typed(self) -> list[str]:
        """The messages that were sent, without the start."""
        return [body["message"] for _, _, body in self.sent[1:]]


Answer = Callable[[httpx.Request], httpx.Response]


def silent_console() -> Console:
    """Return a console that writes to a string."""
    return Console(file=io.StringIO(), width=200)


def written(console: Console) -> str:
    """Return what a console has written."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def converse(monkeypatch: pytest.MonkeyPatch, answer: Answer, lines: Iterable[str] = ()) -> str:
    """Type these lines to a server that answers so, then end the input; return what is shown."""
    real, given, console = httpx.Client, iter(lines), silent_console()

    def client(**options: Any) -> httpx.Client:
        return real(transport=httpx.MockTransport(answer), **options)

    def read(prompt: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(terminal.httpx, "Client", client)
    monkeypatch.setattr(console, "input", read)
    talk(ADDRESS, console)
    return written(console)


@pytest.fixture
def server() -> Server:
    """The bot that is talked with."""
    return Server()


def test_a_conversation_starts_a_session_and_carries_it(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    shown = converse(monkeypatch, server, ["hei", "hva er samskaping?"])

    assert server.sent == [
        (f"{ADDRESS}session", None, {}),
        (f"{ADDRESS}message", "token", {"message": "hei"}),
        (f"{ADDRESS}message", "token", {"message": "hva er samskaping?"}),
    ]
    assert shown.count("Ok.") == 2


@pytest.mark.parametrize(
    ("line", "sent"),
    [("1", "signed-done"), ("2", "signed-next"), (" 2 ", "signed-next"), ("3", "3"), ("0", "0"), ("²", "²")],
)
def test_a_number_presses_its_button_and_other_numbers_are_text(
    monkeypatch: pytest.MonkeyPatch, server: Server, line: str, sent: str
) -> None:
    converse(monkeypatch, server, [line])

    assert server.typed == [sent]


def test_numbers_count_for_the_latest_answer_only(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    converse(monkeypatch, server, ["hei", "1"])

    assert server.typed == ["hei", "1"]


def test_an_empty_line_ends(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    converse(monkeypatch, server, ["hei", "  ", "aldri sendt"])

    assert server.typed == ["hei"]


def test_a_refusal_is_shown_and_the_conversation_goes_on(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    server.answers = [{"error": "Meldingen er for lang."}]

    shown = converse(monkeypatch, server, ["x" * 3000, "hei"])

    assert "Meldingen er for lang." in shown
    assert server.typed[-1] == "hei"


def refuse(request: httpx.Request) -> httpx.Response:
    """Answer as a port where nobody listens."""
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refuse, "The bot does not answer. Start it with `samskap run` in another terminal."),
        (
            lambda request: httpx.Response(502, text="<html>Bad gateway</html>"),
            "The bot answered 502. Read the logs that `samskap run` names.",
        ),
        (
            lambda request: httpx.Response(200, text="<html>Something</html>"),
            "Something else than the bot answers. Check SAMSKAP_HOST and SAMSKAP_PORT.",
        ),
    ],
    ids=["nobody", "broken", "other"],
)
def test_a_bot_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch, answer: Answer, told: str) -> None:
    with pytest.raises(GuideError) as error:
        converse(monkeypatch, answer)

    assert str(error.value) == told


def test_no_proxy_stands_between_the_terminal_and_the_bot(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    options: dict[str, Any] = {}
    real = httpx.Client

    def client(**given: Any) -> httpx.Client:
        options.update(given)
        return real(transport=httpx.MockTransport(server), **given)

    console = silent_console()
    monkeypatch.setattr(terminal.httpx, "Client", client)
    monkeypatch.setattr(console, "input", lambda prompt: "")

    talk(ADDRESS, console)

    assert options == {"base_url": ADDRESS, "timeout": 30, "trust_env": False}


def test_messages_are_shown_with_title_text_sources_and_numbered_buttons() -> None:
    console = silent_console()

    buttons = show([STEP, {"text": "Hva nå?", "buttons": [{"title": "Hjelp", "payload": "signed-help"}]}], console)

    assert [line.strip() for line in written(console).splitlines() if line.strip()] == [
        "Tolk",
        "Les dette [viktig].",
        "↳ Rapporten: 3.1",
        "↳ Boka: 2",
        "1. Ferdig",
        "2. Neste",
        "Hva nå?",
        "3. Hjelp",
    ]
    assert [button["payload"] for button in buttons] == ["signed-done", "signed-next", "signed-help"]
