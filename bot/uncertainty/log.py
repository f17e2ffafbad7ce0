"""The uncertainty log: what teams were in doubt about, without names."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from bot.storage.database import utc_now
from bot.storage.tables import uncertainty_entry
from bot.uncertainty.redaction import redact


@dataclass(frozen=True)
class Entry:
    """One doubt.

    Attributes:
        id: random, names the entry in the button that removes it.
        team: keyed hash of the team.
        phase: id of the phase the team was in, if any.
        step: id of the step the team was at, if any.
        theme: what the doubt is about.
        text: the message, masked.
        at: when, in UTC.
    """

    id: str
    team: str
    phase: str | None
    step: str | None
    theme: str
    text: str
    at: datetime


class UncertaintyLog:
    """Writes and reads the log.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, *, team: str, person: str, phase: str | None, step: str | None, theme: str, text: str) -> str:
        """Mask the text, store the entry, and return its id when it stands in the database.

        Args:
            team: keyed hash of the team.
            person: keyed hash of the person, so that they, and only they, can take it back.
            text: the message as it was written; only the masked form is stored.
        """
        entry = uuid.uuid4().hex
        with self._engine.begin() as connection:
            connection.execute(
                uncertainty_entry.insert().values(
                    id=entry,
                    team=team,
                    person=person,
                    phase=phase,
                    step=step,
                    theme=theme,
                    text=redact(text),
                    at=utc_now(),
                )
            )
        return entry

    def remove(self, entry: str, person: str) -> bool:
        """Remove an entry that this person made; say whether there was one."""
        table = uncertainty_entry
        with self._engine.begin() as connection:
            found = connection.execute(delete(table).where(table.c.id == entry, table.c.person == person))
        return bool(found.rowcount)

    def entries(self, team: str) -> Sequence[Entry]:
        """Return a team's entries, oldest first."""
        table = uncertainty_entry
        query = select(table).where(table.c.team == team).order_by(table.c.at, table.c.id)
        with self._engine.connect() as connection:
            return [
                Entry(row.id, row.team, row.phase, row.step, row.theme, row.text, row.at)
                for row in connection.execute(query)
            ]
