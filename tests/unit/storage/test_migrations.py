"""Tests of bot.storage.migrations against bot.storage.tables, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import datetime

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Engine

from bot.storage.database import MIGRATIONS, migrate
from bot.storage.tables import conversation, metadata


def address(engine: Engine) -> str:
    """Return a database's address."""
    return str(engine.url.render_as_string(hide_password=False))


def test_migrating_makes_the_tables_that_the_code_knows(any_database: Engine) -> None:
    """Names, columns, types, obligations and indexes; then what Alembic doesn't compare: primary keys."""
    with any_database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    keys = {name: inspect(any_database).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables}

    assert differences == []
    assert keys == {name: [column.name for column in table.primary_key] for name, table in metadata.tables.items()}


def test_the_tables_are_these(any_database: Engine) -> None:
    assert sorted(inspect(any_database).get_table_names()) == [
        "alembic_version",
        "conversation",
        "journey_event",
        "uncertainty_entry",
    ]


def test_migrating_twice_keeps_what_is_there(any_database: Engine) -> None:
    row = ("kari", "[]", datetime(2024, 1, 2))
    with any_database.begin() as connection:
        connection.execute(conversation.insert().values(row))

    migrate(address(any_database))

    with any_database.connect() as connection:
        assert [tuple(found) for found in connection.execute(select(conversation))] == [row]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0001"]


def test_the_first_migration_can_be_taken_back_and_made_again(any_database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with any_database.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = inspect(any_database).get_table_names()

    migrate(address(any_database))

    assert left == ["alembic_version"]
    assert set(inspect(any_database).get_table_names()) == {"alembic_version", *metadata.tables}
