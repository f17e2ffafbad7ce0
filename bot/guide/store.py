"""Keeps the record of events of every team's journey."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.guide.journey import Journey, Wish, decide, replay
from bot.storage.database import utc_now
from bot.storage.tables import journey_event
from bot.types import EventKind, JourneyEvent, Phase

ATTEMPTS = 20


class JourneyStore:
    """Reads and extends journeys.

    Args:
        engine: of the database.
        phases: the guide, by id, in order.
    """

    def __init__(self, engine: Engine, phases: Mapping[str, Phase]) -> None:
        self._engine = engine
        self._phases = phases

    def events(self, team: str) -> list[JourneyEvent]:
        """Return a team's whole record, oldest first."""
        with self._engine.connect() as connection:
            return [event for _, event in self._record(connection, team)]

    def journey(self, team: str) -> Journey:
        """Return where a team stands."""
        return replay(self.events(team), self._phases)

    def wish(self, team: str, person: str, wish: Wish) -> tuple[Journey, JourneyEvent | None]:
        """Turn a wish into an event, if it changes anything, and return the journey as it then is.

        Each event takes the number after those that were read. When two people write at once, the database lets
        one of them have the number; the other reads again, decides again and tries the next.
        """
        for _ in range(ATTEMPTS):
            try:
                with self._engine.begin() as connection:
                    record = self._record(connection, team)
                    events = [event for _, event in record]
                    journey = replay(events, self._phases)
                    event = decide(journey, wish, person, utc_now())
                    if event is None:
                        return journey, None
                    self._append(connection, team, record[-1][0] + 1 if record else 1, event)
                return replay([*events, event], self._phases), event
            except IntegrityError:
                continue
        raise RuntimeError(f"the journey could not be extended in {ATTEMPTS} attempts")

    @staticmethod
    def _record(connection: Connection, team: str) -> list[tuple[int, JourneyEvent]]:
        query = select(journey_event).where(journey_event.c.team == team).order_by(journey_event.c.sequence)
        return [
            (row.sequence, JourneyEvent(EventKind(row.kind), row.phase, row.step, row.at, row.person))
            for row in connection.execute(query)
        ]

    @staticmethod
    def _append(connection: Connection, team: str, sequence: int, event: JourneyEvent) -> None:
        connection.execute(
            journey_event.insert().values(
                team=team,
                sequence=sequence,
                kind=event.kind.value,
                phase=event.phase,
                step=event.step,
                person=event.by,
                at=event.at,
            )
        )
