"""The tables. Times are UTC without a zone, people are keyed hashes, texts are masked before they come here."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

journey_event = Table(
    "journey_event",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("phase", String(64), nullable=False),
    Column("step", String(64)),
    Column("person", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

uncertainty_entry = Table(
    "uncertainty_entry",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("phase", String(64)),
    Column("step", String(64)),
    Column("theme", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Index("uncertainty_entry_team", "team", "at"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("events", Text, nullable=False),
    Column("updated_at", DateTime, nullable=False, index=True),
)
