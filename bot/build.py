"""Builds what the bot runs on, index and dialogue model, and knows when it is up to date."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import yaml

from bot.errors import GuideError
from bot.knowledge.asked import with_asked
from bot.knowledge.library import read_library
from bot.retrieval.embedded_model import embedded_folder
from bot.retrieval.embedder import locate, place_digest
from bot.settings import EMBEDDED_MODEL, ROOT, Settings

INDEX = "index"
MODELS = "models"
TRAINING_FILES = ("data/nlu", "data/rules", "data/stories")
# Everything that a trained model depends on, beside the embedding model and the libraries.
_INPUTS = (
    "config.yml",
    "domain/domain.yml",
    *TRAINING_FILES,
    "data/uncertainty",
    "bot/nlu",
    "bot/classification.py",
    "bot/bokmal.py",
    "data/bokmal.yml",
    "bot/clauses.py",
    "bot/uncertainty/classifier.py",
    "bot/retrieval/lexical.py",
)
_INDEX_CODE = (
    "bot/knowledge",
    "bot/retrieval",
    "data/retrieval/uncovered.yml",
    "data/retrieval/questions",
    "data/nlu/samtale.yml",
    "bot/classification.py",
    "bot/bokmal.py",
    "data/bokmal.yml",
)
_LIBRARIES = ("rasa", "scikit-learn", "sentence-transformers")


def uncovered_questions() -> list[str]:
    """Return what nothing in the guide answers: questions written for it, and the out-of-scope messages."""
    raw = yaml.safe_load((ROOT / "data" / "retrieval" / "uncovered.yml").read_text(encoding="utf-8"))
    talk = yaml.safe_load((ROOT / "data" / "nlu" / "samtale.yml").read_text(encoding="utf-8"))
    examples = next(item["examples"] for item in talk["nlu"] if item["intent"] == "out_of_scope")
    return [str(question) for question in raw["questions"]] + [line[2:] for line in examples.splitlines()]


def embedding_model_is_here(settings: Settings) -> bool:
    """Say whether the embedded model has been rebuilt already; another model needs no building."""
    return settings.embedding_model != EMBEDDED_MODEL or embedded_folder(settings.cache).is_dir()


def index_is_current(settings: Settings) -> bool:
    """Say whether the index was made of the present knowledge, by the present code and embedding model."""
    return _stamp(settings.build / INDEX) == _index_digest(settings)


def build_index(settings: Settings) -> int:
    """Build the index and make it the current one; return the number of passages."""
    from bot.retrieval.embedder import CachedEmbedder, get_embedder
    from bot.retrieval.fitting import fit
    from bot.retrieval.index import build, save

    inputs = _index_digest(settings)
    passages = with_asked(read_library().passages())
    embedder = CachedEmbedder(get_embedder(), settings.cache)
    index = fit(build(passages, embedder), passages, uncovered_questions(), embedder)
    embedder.save()
    save(index, settings.build / INDEX)
    _write_stamp(settings.build / INDEX, inputs)
    return len(passages)


def current_model(settings: Settings) -> Path | None:
    """Return the trained dialogue model if it is up to date."""
    path = _model_path(settings)
    return path if path.exists() else None


def train(settings: Settings) -> Path:
    """Train the dialogue model and return its file.

    Raises:
        GuideError: Rasa found the training data or the config wrong.
    """
    path = _model_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(settings.build / "rasa-cache"))
    from rasa.model_training import train as rasa_train
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    result = rasa_train(
        domain=str(ROOT / "domain" / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / name) for name in TRAINING_FILES],
        output=str(path.parent),
        fixed_model_name=path.name,
    )
    if result.code != 0 or not path.exists():
        raise GuideError("The dialogue model could not be trained.", "Read the messages above.")
    for old in path.parent.glob("*.tar.gz"):
        if old != path:
            old.unlink()
    return path


def _model_path(settings: Settings) -> Path:
    return settings.build / MODELS / f"{_digest(settings, _INPUTS)}.tar.gz"


def _index_digest(settings: Settings) -> str:
    return _digest(settings, ("knowledge", *_INDEX_CODE))


def _digest(settings: Settings, inputs: Iterable[str]) -> str:
    digest = hashlib.sha256(place_digest(locate(settings.embedding_model, settings.cache)).encode())
    for name in _LIBRARIES:
        digest.update(version(name).encode())
    for path in _files(inputs):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _files(inputs: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in inputs:
        path = ROOT / name
        found += [path] if path.is_file() else [p for p in path.rglob("*") if p.suffix in {".py", ".yml", ".md"}]
    return sorted(found)


def _stamp(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "BUILT").read_text())["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_stamp(folder: Path, inputs: str) -> None:
    (folder / "BUILT").write_text(json.dumps({"inputs": inputs}))
