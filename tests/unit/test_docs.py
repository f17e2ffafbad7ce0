"""The documentation says what the code does."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import ROOT, Settings

OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `SAMSKAP_(\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
# What an empty default means to the reader.
EMPTY = {
    "database_url": "SQLite in the data folder",
    "secret": "generated, `var/secret`",
    "rest_key": "generated, `var/rest-key`",
    "contact": "empty",
}


def documented_settings() -> dict[str, str]:
    """Return the defaults in the table, by setting."""
    return {name.lower(): default for name, default, _ in ROW.findall(OPERATING)}


def documented_commands() -> set[str]:
    """Return the commands that the section Commands names, those of `evaluate` with it."""
    section = OPERATING.partition("## Commands\n")[2].partition("\n## ")[0]
    found: set[str] = set()
    for words in re.findall(r"`([^`]+)`", section):
        command, *rest = words.removeprefix("samskap ").split()
        found |= {f"{command} {one}" for one in rest[0].split("|")} if rest else {command}
    return found


def commands() -> set[str]:
    """Return the commands that there are."""
    found: set[str] = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found |= {f"{name} {one}" for one in below} or {name}
    return found


def test_every_setting_has_a_row_and_no_row_is_of_a_setting_that_is_gone() -> None:
    assert sorted(documented_settings()) == sorted(Settings.__fields__)


@pytest.mark.parametrize("name", sorted(Settings.__fields__))
def test_the_default_in_the_row_is_the_settings_own(name: str) -> None:
    default = Settings.__fields__[name].default
    value = default.get_secret_value() if hasattr(default, "get_secret_value") else str(default)

    assert documented_settings().get(name) == (f"`{value}`" if value else EMPTY[name])


def test_every_command_is_named_and_every_named_command_exists() -> None:
    assert documented_commands() - {"--help"} == commands()
