"""Typed settings: the only module that reads the environment.

Every setting is `SAMSKAP_<NAME>` in the environment or in a `.env` file in the working folder. Paths are
relative to the project folder, the one that holds `config.yml`.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pydantic import BaseSettings, Field, SecretStr, ValidationError

from bot.errors import GuideError

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED_MODEL = "embedded"


class Settings(BaseSettings):
    """All settings, with their defaults."""

    host: str = Field(default="127.0.0.1", description="Address that the bot listens on.")
    port: int = Field(default=5005, ge=1, le=65535, description="Port of the page and the webhooks.")
    action_port: int = Field(default=5055, ge=1, le=65535, description="Port of the action server (loopback only).")
    database_url: str = Field(default="", description="SQLAlchemy address; empty means SQLite in `data_dir`.")
    data_dir: Path = Field(default=Path("var"), description="Database and generated secrets.")
    build_dir: Path = Field(default=Path("build"), description="Index and trained dialogue model.")
    cache_dir: Path = Field(default=Path("~/.cache/samskap"), description="Embedding model and embedding cache.")
    embedding_model: str = Field(
        default=EMBEDDED_MODEL, description="`embedded`, or the name or path of a sentence-transformers model."
    )
    embedding_threads: int = Field(default=2, ge=1, description="CPU threads for the embedding.")
    secret: SecretStr = Field(
        default=SecretStr(""), description="Signs sessions, buttons and hashes; generated when empty."
    )
    rest_key: SecretStr = Field(
        default=SecretStr(""), description="Bearer key of the REST webhook; generated when empty."
    )
    session_hours: int = Field(default=24 * 14, ge=1, description="Hours until a web session expires.")
    contact: str = Field(
        default="", description="Whom «I want to talk to a person» points to: name, telephone, e-mail."
    )
    max_message: int = Field(default=2000, ge=100, description="Longest message in characters.")

    class Config:
        env_prefix = "SAMSKAP_"
        env_file = ".env"
        env_file_encoding = "utf-8"

    def path(self, path: Path) -> Path:
        """Return `path` as an absolute path, `~` expanded, relative ones taken from the project folder."""
        path = path.expanduser()
        return path if path.is_absolute() else ROOT / path

    @property
    def data(self) -> Path:
        """Folder of the database and the generated secrets."""
        return self.path(self.data_dir)

    @property
    def build(self) -> Path:
        """Folder of the index and the trained dialogue model."""
        return self.path(self.build_dir)

    @property
    def document_index(self) -> Path:
        """Folder of the index of imported documents: it goes with the data, not with the build."""
        return self.data / "document-index"

    @property
    def cache(self) -> Path:
        """Folder of the embedding model and the embedding cache, shared between checkouts."""
        return self.path(self.cache_dir)

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'samskap.db'}"

    def environment(self) -> dict[str, str]:
        """Return these settings as environment variables, for a process that is to have the same."""
        values = {name: getattr(self, name) for name in self.__fields__}
        plain = {n: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for n, v in values.items()}
        return {f"SAMSKAP_{name.upper()}": value for name, value in plain.items()}

    def secret_bytes(self) -> bytes:
        """Return the signing secret, generated once into `data_dir` (mode 0600) unless it is set."""
        return (self.secret.get_secret_value() or _generated(self.data / "secret")).encode()

    def rest_bearer(self) -> str:
        """Return the key that REST callers must show, generated once into `data_dir` unless it is set."""
        return self.rest_key.get_secret_value() or _generated(self.data / "rest-key")


def _generated(path: Path) -> str:
    """Return the secret in `path`; the first caller makes it, and two callers at once get the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            # The name appears with the whole secret in it: nobody can read an empty one.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text().strip()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        GuideError: a setting has a value it can't have.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAMSKAP_" + str(first["loc"][0]).upper()
        raise GuideError(
            f"Setting {name} is wrong: {first['msg']}.", "Correct it in the environment or in .env."
        ) from error
