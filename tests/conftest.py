"""Fixtures for all tests."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine, make_url

from bot.settings import get_settings
from bot.storage.database import migrate, open_database
from tests.running import Conversation, RunningBot, running, settings_for_tests


class WordEmbedder:
    """A tiny embedder: texts that share words are alike. Deterministic, instant, without a model."""

    digest = "word-embedder"
    dimension = 64

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, shape (texts, 64)."""
        return np.stack([self._embed(text) for text in texts])

    passages = queries

    def _embed(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for word in text.lower().split():
            digest = hashlib.sha256(word.strip(".,?!:;«»").encode()).digest()
            vector[digest[0] % self.dimension] += 1.0
            vector[digest[1] % self.dimension] += 0.5
        return vector / np.linalg.norm(vector)


@pytest.fixture
def word_embedder() -> WordEmbedder:
    """The tiny embedder."""
    return WordEmbedder()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database with all tables."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """No settings from outside: set `SAMSKAP_…` on what this gives; the settings are read anew, and forgotten after."""
    for name in [name for name in os.environ if name.upper().startswith("SAMSKAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


POSTGRES_PROGRAMS = Path("/usr/lib/postgresql")


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, None when there are none."""
    versions = sorted(POSTGRES_PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name))
    return versions[-1].parent if versions else None


def run_as_postgres(*command: str | Path) -> None:
    """Run a program as the user postgres when we are root: PostgreSQL refuses to run as root."""
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # No pipes: the server would inherit them and `run` would wait for it to close them.
    with tempfile.TemporaryFile() as output:
        result = subprocess.run(
            [*as_postgres, *map(str, command)], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/"
        )
        output.seek(0)
        assert result.returncode == 0, output.read().decode()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a throw-away PostgreSQL server, reached through a socket in a folder of its own."""
    programs = postgres_programs()
    if programs is None:
        reason = f"PostgreSQL's programs are not in {POSTGRES_PROGRAMS} (apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Not in pytest's own folder: the user postgres can't enter it, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="samskap-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        run_as_postgres(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
        run_as_postgres(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run_as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Engine]:
    """An empty PostgreSQL database with all tables."""
    name = f"test_{uuid.uuid4().hex}"
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    engine = open_database(url)
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest) -> Engine:
    """An empty database with all tables: SQLite, then PostgreSQL where its programs are installed."""
    name = {"sqlite": "database", "postgresql": "postgres_database"}[request.param]
    engine: Engine = request.getfixturevalue(name)
    return engine


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One running bot for all tests that talk with it; each test uses a sender of its own."""
    with running(settings_for_tests(tmp_path_factory.mktemp("bot"))) as running_bot:
        yield running_bot


@pytest.fixture
def conversation(bot: RunningBot) -> Conversation:
    """A new person talking with the running bot over REST."""
    return Conversation(bot, f"person-{uuid.uuid4().hex}")
