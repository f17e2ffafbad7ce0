"""`samskap chat`: a conversation in the terminal, through the same API as the page."""

from __future__ import annotations

from typing import Any

import httpx
from rich.console import Console

from bot.errors import GuideError

SESSION_HEADER = "X-Samskap-Session"
TIMEOUT_SECONDS = 30


def talk(address: str, console: Console) -> None:
    """Talk with the bot at an address until an empty line.

    Args:
        address: of the chat page, with a slash at the end.
        console: to write on.

    Raises:
        GuideError: the bot does not answer.
    """
    with httpx.Client(base_url=address, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        started = _post(client, "session", {})
        client.headers[SESSION_HEADER] = started["session"]
        buttons = show(started["messages"], console)
        while line := _read_line(console):
            number = int(line) if line.isdecimal() else 0
            text = buttons[number - 1]["payload"] if 0 < number <= len(buttons) else line
            buttons = show(_post(client, "message", {"message": text})["messages"], console)


def show(messages: list[dict[str, Any]], console: Console) -> list[dict[str, str]]:
    """Print messages with numbered buttons and sources; return the buttons in the order of their numbers."""
    buttons: list[dict[str, str]] = []
    for message in messages:
        console.print()
        custom = message.get("custom") or {}
        if custom.get("title"):
            console.print(custom["title"], style="bold", markup=False)
        console.print(message["text"], markup=False)
        for source in custom.get("sources") or ():
            console.print(f"  ↳ {source}", style="dim", markup=False)
        for button in message.get("buttons") or ():
            buttons.append(button)
            console.print(f"  {len(buttons)}. {button['title']}", style="cyan", markup=False)
    return buttons


def _read_line(console: Console) -> str:
    try:
        return console.input("\n[bold]> [/]").strip()
    except EOFError:
        return ""


def _post(client: httpx.Client, path: str, body: dict[str, str]) -> dict[str, Any]:
    try:
        response = client.post(path, json=body)
    except httpx.HTTPError as error:
        raise GuideError("The bot does not answer.", "Start it with `samskap run` in another terminal.") from error
    if response.status_code >= 500:
        raise GuideError(f"The bot answered {response.status_code}.", "Read the logs that `samskap run` names.")
    try:
        answer: dict[str, Any] = response.json()
    except ValueError as error:
        raise GuideError("Something else than the bot answers.", "Check SAMSKAP_HOST and SAMSKAP_PORT.") from error
    if "error" in answer:
        answer["messages"] = [{"text": answer["error"]}]
    return answer
