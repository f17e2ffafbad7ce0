"""Tests of bot.storage.database."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot.errors import GuideError
from bot.storage import database as module
from bot.storage.database import get_database, migrate, open_database, utc_now


def test_sqlite_lets_readers_and_a_writer_work_at_once_and_commits_reach_the_disk(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/guide.db")

    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/new/data/guide.db")

    assert (tmp_path / "new" / "data").is_dir()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("tull", "ArgumentError"),
        ("", "ArgumentError"),
        ("tull://vert/base", "NoSuchModuleError"),
        ("postgresql+tull://vert/base", "NoSuchModuleError"),
        ("oracle://vert/base", "ModuleNotFoundError"),
    ],
)
def test_a_wrong_address_says_which_setting_to_check(url: str, error: str) -> None:
    with pytest.raises(GuideError) as caught:
        open_database(url)

    assert str(caught.value) == f"The database can't be opened ({error}). Check SAMSKAP_DATABASE_URL."


def test_a_folder_that_cannot_be_made_says_which_setting_to_check(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(GuideError) as caught:
        open_database(f"sqlite:///{tmp_path}/file/data/guide.db")

    assert str(caught.value) == "The database can't be opened (NotADirectoryError). Check SAMSKAP_DATABASE_URL."


@pytest.mark.parametrize(
    "url", ["sqlite:///{folder}", "postgresql://kari:hemmelig@/samskap?host={folder}"], ids=["folder", "no server"]
)
def test_a_database_that_does_not_answer_says_what_to_check_and_not_the_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(GuideError) as caught:
        migrate(url.format(folder=tmp_path))

    assert str(caught.value) == (
        "The database can't be set up (OperationalError). Check SAMSKAP_DATABASE_URL and its rights."
    )


def test_a_database_of_a_newer_version_is_refused(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(GuideError) as caught:
        migrate(str(database.url))

    assert caught.value.what == "The database can't be set up (CommandError)."


def test_a_wrong_address_is_refused_before_migrating() -> None:
    with pytest.raises(GuideError, match=r"^The database can't be opened \(ArgumentError\)\."):
        migrate("tull")


def test_the_process_has_one_engine_on_the_database_of_the_settings(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("SAMSKAP_DATABASE_URL", f"sqlite:///{tmp_path}/guide.db")
    get_database.cache_clear()
    try:
        engine = get_database()

        assert str(engine.url) == f"sqlite:///{tmp_path}/guide.db"
        assert get_database() is engine
    finally:
        get_database.cache_clear()


def test_times_are_utc_without_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2024, 6, 1, 10 if tz is timezone.utc else 12, tzinfo=timezone.utc)

    monkeypatch.setattr(module, "datetime", Clock)

    assert utc_now() == datetime(2024, 6, 1, 10)
