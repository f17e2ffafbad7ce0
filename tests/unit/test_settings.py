"""Tests of bot.settings."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import settings
from bot.errors import GuideError
from bot.settings import ROOT, Settings, get_settings

SECRETS: list[tuple[str, Callable[[Settings], str]]] = [
    ("secret", lambda found: found.secret_bytes().decode()),
    ("rest-key", lambda found: found.rest_bearer()),
]


def test_defaults(environment: pytest.MonkeyPatch) -> None:
    found = get_settings()

    assert (found.host, found.port, found.action_port) == ("127.0.0.1", 5005, 5055)
    assert (found.embedding_model, found.session_hours, found.max_message) == ("embedded", 336, 2000)
    assert (found.data, found.build) == (ROOT / "var", ROOT / "build")


def test_the_default_database_is_a_file_in_the_project(environment: pytest.MonkeyPatch) -> None:
    assert get_settings().database == f"sqlite:///{ROOT}/var/samskap.db"


def test_the_default_database_follows_the_data_folder(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_DATA_DIR", "/srv/samskap")

    assert get_settings().database == "sqlite:////srv/samskap/samskap.db"


def test_a_database_address_wins_over_the_data_folder(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_DATA_DIR", "/srv/samskap")
    environment.setenv("SAMSKAP_DATABASE_URL", "postgresql://db/samskap")

    assert get_settings().database == "postgresql://db/samskap"


def test_a_home_folder_is_expanded(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HOME", "/home/kari")

    assert get_settings().cache == Path("/home/kari/.cache/samskap")


def test_the_env_file_of_the_working_folder_counts_and_the_environment_wins(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SAMSKAP_CONTACT=Bjørg, 12 34 56 78\nSAMSKAP_PORT=6000\n", encoding="utf-8")
    environment.setenv("SAMSKAP_PORT", "7000")

    found = get_settings()

    assert (found.contact, found.port) == ("Bjørg, 12 34 56 78", 7000)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SAMSKAP_PORT", "åtti", "value is not a valid integer"),
        ("SAMSKAP_PORT", "0", "ensure this value is greater than or equal to 1"),
        ("SAMSKAP_ACTION_PORT", "65536", "ensure this value is less than or equal to 65535"),
        ("SAMSKAP_MAX_MESSAGE", "99", "ensure this value is greater than or equal to 100"),
        ("SAMSKAP_SESSION_HOURS", "0", "ensure this value is greater than or equal to 1"),
        ("SAMSKAP_EMBEDDING_THREADS", "0", "ensure this value is greater than or equal to 1"),
    ],
)
def test_a_wrong_value_names_the_variable(environment: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    environment.setenv(name, value)

    with pytest.raises(GuideError) as caught:
        get_settings()

    assert caught.value.what == f"Setting {name} is wrong: {why}."
    assert caught.value.remedy == "Correct it in the environment or in .env."


def test_the_settings_are_read_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_PORT", "6000")
    first = get_settings()
    environment.setenv("SAMSKAP_PORT", "7000")

    assert get_settings() is first


@pytest.mark.parametrize(("file", "read"), SECRETS)
def test_a_generated_secret_is_stable_and_for_its_owner_only(
    environment: pytest.MonkeyPatch, tmp_path: Path, file: str, read: Callable[[Settings], str]
) -> None:
    folder = tmp_path / "new" / "data"

    first = read(Settings(data_dir=folder))

    assert read(Settings(data_dir=folder)) == first == (folder / file).read_text()
    assert len(first) == 43  # 32 random bytes
    assert stat.S_IMODE((folder / file).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [file]


@pytest.mark.parametrize(("file", "read"), SECRETS)
def test_installations_get_different_secrets(
    environment: pytest.MonkeyPatch, tmp_path: Path, file: str, read: Callable[[Settings], str]
) -> None:
    assert read(Settings(data_dir=tmp_path / "a")) != read(Settings(data_dir=tmp_path / "b"))


def test_the_two_secrets_differ(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = Settings(data_dir=tmp_path)

    assert found.secret_bytes().decode() != found.rest_bearer()


def test_set_secrets_are_used_and_nothing_is_written(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("SAMSKAP_DATA_DIR", str(tmp_path / "data"))
    environment.setenv("SAMSKAP_SECRET", "signatur")
    environment.setenv("SAMSKAP_REST_KEY", "nøkkel")

    found = get_settings()

    assert (found.secret_bytes(), found.rest_bearer()) == (b"signatur", "nøkkel")
    assert not (tmp_path / "data").exists()


def test_set_secrets_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SAMSKAP_SECRET", "signatur")
    environment.setenv("SAMSKAP_REST_KEY", "nøkkel")

    assert "signatur" not in repr(get_settings())
    assert "nøkkel" not in repr(get_settings())


def test_two_that_generate_at_once_get_the_same_secret(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second process comes in the middle of the first one's making."""
    found = Settings(data_dir=tmp_path)
    tokens = iter(["first-secret", "second-secret"])
    others: list[bytes] = []

    def token_while_another_comes(size: int) -> str:
        token = next(tokens)
        if token == "first-secret":
            others.append(found.secret_bytes())
        return token

    environment.setattr(settings.secrets, "token_urlsafe", token_while_another_comes)

    mine = found.secret_bytes()

    assert (mine, others) == (b"second-secret", [b"second-secret"])
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_another_process_gets_the_same_settings_through_the_environment(environment: pytest.MonkeyPatch) -> None:
    mine = Settings(port=6000, data_dir="/srv/data", secret="signatur", contact="Bjørg", cache_dir="~/hos-meg")

    variables = mine.environment()
    for name, value in variables.items():
        environment.setenv(name, value)

    assert variables["SAMSKAP_SECRET"] == "signatur"
    assert variables["SAMSKAP_DATA_DIR"] == "/srv/data"
    assert get_settings() == mine
