"""Opens the database, SQLite or PostgreSQL, and brings its tables up to date."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.errors import GuideError
from bot.settings import get_settings

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10


def open_database(url: str) -> Engine:
    """Return an engine for a SQLAlchemy address; nothing is connected yet.

    Raises:
        GuideError: the address is not one, or its driver is missing.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
            event.listen(engine, "connect", _set_up_sqlite)
            return engine
        return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, SQLAlchemyError, ImportError, OSError) as error:
        raise GuideError(
            f"The database can't be opened ({type(error).__name__}).", "Check SAMSKAP_DATABASE_URL."
        ) from error


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Let readers and a writer work at once (WAL); a commit has reached the disk when it returns (FULL)."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def migrate(url: str) -> None:
    """Create the tables, or bring older ones up to date.

    Raises:
        GuideError: the database can't be reached or changed.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    engine = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError) as error:
        raise GuideError(
            f"The database can't be set up ({type(error).__name__}).", "Check SAMSKAP_DATABASE_URL and its rights."
        ) from error
    finally:
        engine.dispose()


@lru_cache(maxsize=1)
def get_database() -> Engine:
    """Return this process's engine for the database in the settings."""
    return open_database(get_settings().database)


def utc_now() -> datetime:
    """Return the time as it is stored: UTC, without a zone.

    >>> utc_now().tzinfo is None
    True
    """
    return datetime.now(timezone.utc).replace(tzinfo=None)
