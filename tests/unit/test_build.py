"""Knowing what is up to date, in a small project of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from bot import build
from bot.build import build_index, current_model, index_is_current, train, uncovered_questions
from bot.errors import GuideError
from bot.knowledge.library import Library
from bot.retrieval import embedder as embedder_module
from bot.retrieval.embedder import Embedder
from bot.retrieval.index import load
from bot.settings import ROOT, Settings
from bot.types import Article

MODEL_INPUTS = [
    "config.yml",
    "domain/domain.yml",
    "data/nlu/samtale.yml",
    "data/rules/samtale.yml",
    "data/stories/journeys.yml",
    "data/uncertainty/roles.yml",
    "bot/nlu/component.py",
    "bot/classification.py",
    "bot/clauses.py",
    "bot/uncertainty/classifier.py",
    "bot/retrieval/lexical.py",
]
INDEX_INPUTS = [
    "knowledge/concepts/makt.md",
    "knowledge/guide/rekruttering.md",
    "knowledge/sources.yml",
    "bot/knowledge/library.py",
    "bot/retrieval/fitting.py",
    "bot/retrieval/lexical.py",
    "bot/classification.py",
    "data/retrieval/uncovered.yml",
    "data/nlu/samtale.yml",
]
OTHER_FILES = ["README.md", "web/chat.js", "actions/base.py", "tests/heldout/intents.yml", "data/retrieval/tuning.yml"]
TALK = """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hei
  - intent: out_of_scope
    examples: |
      - når går bussen
      - - 5 grader i morgen?
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with every input, and an embedding model in a folder beside it."""
    root = tmp_path / "project"
    for name in {*MODEL_INPUTS, *INDEX_INPUTS, *OTHER_FILES}:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (root / "data/retrieval/uncovered.yml").write_text("questions: [hva koster melk, 2030]")
    (root / "data/nlu/samtale.yml").write_text(TALK, encoding="utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"one")
    monkeypatch.setattr(build, "ROOT", root)
    return root


@pytest.fixture
def settings(project: Path) -> Settings:
    """Settings that point into the project."""
    beside = project.parent
    return Settings(build_dir=beside / "build", cache_dir=beside / "cache", embedding_model=str(beside / "model"))


@pytest.fixture
def model(settings: Settings) -> Path:
    """A trained model that is up to date."""
    path = build._model_path(settings)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"model")
    return path


@pytest.fixture
def stamped(settings: Settings) -> Path:
    """The folder of an index that is up to date."""
    folder = settings.build / "index"
    folder.mkdir(parents=True)
    build._write_stamp(folder, build._index_digest(settings))
    return folder


def test_a_model_is_current_while_nothing_changes(settings: Settings, model: Path) -> None:
    assert current_model(settings) == model
    model.unlink()
    assert current_model(settings) is None


@pytest.mark.parametrize("name", MODEL_INPUTS)
def test_a_model_is_out_of_date_when_an_input_changes_and_current_when_it_changes_back(
    settings: Settings, model: Path, project: Path, name: str
) -> None:
    before = (project / name).read_bytes()
    (project / name).write_bytes(before + b"#")
    assert current_model(settings) is None

    (project / name).write_bytes(before)
    assert current_model(settings) == model


@pytest.mark.parametrize("name", INDEX_INPUTS)
def test_an_index_is_out_of_date_when_an_input_changes_and_current_when_it_changes_back(
    settings: Settings, stamped: Path, project: Path, name: str
) -> None:
    assert index_is_current(settings)
    before = (project / name).read_bytes()
    (project / name).write_bytes(before + b"#")
    assert not index_is_current(settings)

    (project / name).write_bytes(before)
    assert index_is_current(settings)


@pytest.mark.parametrize("name", OTHER_FILES)
def test_other_files_make_nothing_out_of_date(
    settings: Settings, model: Path, stamped: Path, project: Path, name: str
) -> None:
    (project / name).write_text("changed")

    assert current_model(settings) == model
    assert index_is_current(settings)


def _add(project: Path) -> None:
    (project / "data/nlu/new.yml").write_text("x")
    (project / "knowledge/concepts/new.md").write_text("x")


def _remove(project: Path) -> None:
    (project / "data/rules/samtale.yml").unlink()
    (project / "knowledge/sources.yml").unlink()


def _rename(project: Path) -> None:
    (project / "data/rules/samtale.yml").rename(project / "data/rules/talk.yml")
    (project / "knowledge/concepts/makt.md").rename(project / "knowledge/concepts/power.md")


def _other_weights(project: Path) -> None:
    (project.parent / "model" / "weights").write_bytes(b"two")


@pytest.mark.parametrize("change", [_add, _remove, _rename, _other_weights])
def test_files_that_come_go_or_are_renamed_and_another_embedding_model_count(
    settings: Settings, model: Path, stamped: Path, project: Path, change: Callable[[Path], None]
) -> None:
    change(project)

    assert current_model(settings) is None
    assert not index_is_current(settings)


def test_another_version_of_a_library_counts(
    settings: Settings, model: Path, stamped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "version", lambda name: "99" if name == "scikit-learn" else "1")

    assert current_model(settings) is None
    assert not index_is_current(settings)


def test_the_project_may_be_moved(
    settings: Settings, model: Path, stamped: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(project, project.parent / "moved")
    monkeypatch.setattr(build, "ROOT", project.parent / "moved")

    assert current_model(settings) == model
    assert index_is_current(settings)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "null", '{"inputs": "something else"}'])
def test_an_index_with_a_damaged_or_another_stamp_is_out_of_date(
    settings: Settings, stamped: Path, content: str
) -> None:
    (stamped / "BUILT").write_text(content)

    assert index_is_current(settings) is False


def test_an_index_that_was_never_built_is_out_of_date(settings: Settings) -> None:
    assert index_is_current(settings) is False


def test_every_input_is_there_in_the_real_project() -> None:
    named = [*build._INPUTS, "knowledge", *build._INDEX_CODE]

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_uncovered_questions_are_those_written_for_it_and_the_messages_out_of_scope(project: Path) -> None:
    assert uncovered_questions() == ["hva koster melk", "2030", "når går bussen", "- 5 grader i morgen?"]


def _library() -> Library:
    texts = {
        "tolk": ("når trenger vi tolk", "hvem betaler tolken", "tolk til møtet"),
        "makt": ("hvem har makt", "makt i rommet", "hvem bestemmer i rommet"),
    }
    articles = {
        name: Article(name, name, name, "topic", f"Om {name}.", (), questions, ()) for name, questions in texts.items()
    }
    return Library(articles, {}, {})


@pytest.fixture
def small_library(monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> list[str]:
    """Two articles in place of the knowledge, the tiny embedder, and plain questions that nothing covers."""
    read: list[str] = []

    def read_library() -> Library:
        read.append("read")
        return _library()

    uncovered = ["hva koster bussen i dag", "når går bussen i dag", "blir det regn i dag", "hva koster det i dag"] * 3
    monkeypatch.setattr(build, "read_library", read_library)
    monkeypatch.setattr(build, "uncovered_questions", lambda: uncovered)
    # The project's further questions are about the project's own texts.
    monkeypatch.setattr(build, "with_asked", list)
    monkeypatch.setattr(embedder_module, "get_embedder", lambda: word_embedder)
    return read


def test_building_makes_the_index_current(settings: Settings, small_library: list[str]) -> None:
    assert build_index(settings) == 2

    assert index_is_current(settings)
    index = load(settings.build / "index", "word-embedder")
    assert index.passages == ("tolk", "makt")
    assert index.fitted.votes.shape == (8, 2)
    assert [path.name for path in settings.cache.iterdir()] == ["embeddings-word-embedde.npz"]


def test_knowledge_that_changes_while_the_index_is_built_leaves_it_out_of_date(
    settings: Settings, small_library: list[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited_meanwhile() -> Library:
        (project / "knowledge/concepts/makt.md").write_text("edited")
        return _library()

    original = build.read_library
    monkeypatch.setattr(build, "read_library", lambda: (original(), edited_meanwhile())[0])

    build_index(settings)

    assert not index_is_current(settings)


@pytest.fixture
def rasa(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Rasa's training, replaced by one that writes a file and keeps what it was told."""
    told = SimpleNamespace(code=0, writes=True, arguments={})

    def fake_train(**arguments: Any) -> SimpleNamespace:
        told.arguments = arguments
        if told.writes:
            (Path(arguments["output"]) / arguments["fixed_model_name"]).write_bytes(b"model")
        return SimpleNamespace(code=told.code)

    training: Any = ModuleType("rasa.model_training")
    training.train = fake_train
    logs: Any = ModuleType("rasa.utils.log_utils")
    logs.configure_structlog = lambda level: None
    monkeypatch.setitem(sys.modules, "rasa.model_training", training)
    monkeypatch.setitem(sys.modules, "rasa.utils.log_utils", logs)
    monkeypatch.setenv("RASA_CACHE_DIRECTORY", "elsewhere")
    return told


def test_training_leaves_one_model_the_current_one(settings: Settings, project: Path, rasa: Any) -> None:
    old = settings.build / "models" / "old.tar.gz"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")

    path = train(settings)

    assert current_model(settings) == path
    assert list(path.parent.iterdir()) == [path]
    assert rasa.arguments["config"] == str(project / "config.yml")
    assert rasa.arguments["training_files"] == [
        str(project / name) for name in ("data/nlu", "data/rules", "data/stories")
    ]


@pytest.mark.parametrize("code", [0, 1])
def test_a_training_that_makes_no_model_is_told_and_keeps_the_old_one(settings: Settings, rasa: Any, code: int) -> None:
    old = settings.build / "models" / "old.tar.gz"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    rasa.code, rasa.writes = code, False

    with pytest.raises(GuideError, match="could not be trained"):
        train(settings)

    assert old.exists()


def test_the_stamp_is_readable_json(settings: Settings, stamped: Path) -> None:
    assert json.loads((stamped / "BUILT").read_text()) == {"inputs": build._index_digest(settings)}
