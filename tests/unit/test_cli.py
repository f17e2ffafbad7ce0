"""Tests of bot.cli."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from bot import build, cli, importing, serving, terminal
from bot.errors import GuideError
from bot.evaluation import retrieval
from bot.knowledge import validation
from bot.knowledge.documents.reading import read_document
from bot.knowledge.documents.shelf import DocumentShelf, OwnDocument
from bot.retrieval import corpus, embedder
from bot.retrieval.embedder import Embedder
from bot.settings import ROOT, Settings
from bot.types import DocumentPassage
from bot.uncertainty.log import UncertaintyLog

MESSAGES = """\
- {text: "Hva er samskaping, og hvordan kommer vi i gang med det?", form: nb}
- {text: "Kva er samskaping, og korleis kjem vi i gang med det?", form: nn}
- {text: "Could you please explain what co-creation means?", form: da}
"""


def invoke(*arguments: str) -> tuple[int, str]:
    """Run a command in this process; return its exit code and what it prints."""
    result = CliRunner().invoke(cli.app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_projects_own_knowledge_is_valid() -> None:
    assert invoke("validate") == (0, "0 problem(s)\n")


def test_problems_in_the_knowledge_are_told_with_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "validate", lambda folder: ["a.md:1: [id] is taken", "b.md:2: too long"])

    assert invoke("validate") == (1, "a.md:1: [id] is taken\nb.md:2: too long\n2 problem(s)\n")


def test_an_error_of_ours_is_one_sentence_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> Settings:
        raise GuideError("The index [/tmp/a] is missing.", "Run `samskap index`.")

    monkeypatch.setattr(cli, "get_settings", fail)
    monkeypatch.setattr(sys, "argv", ["samskap", "model"])
    # `main` goes to the project folder; this takes us back after the test.
    monkeypatch.chdir(ROOT)

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert capsys.readouterr() == ("", "The index [/tmp/a] is missing. Run `samskap index`.\n")


def test_commands_work_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[Path] = []
    monkeypatch.setattr(cli, "app", lambda: seen.append(Path.cwd()))

    cli.main()

    assert seen == [ROOT]


def test_a_setting_that_is_wrong_is_one_sentence(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("SAMSKAP_PORT", "many")
    environment.setattr(sys, "argv", ["samskap", "prepare"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.startswith("Setting SAMSKAP_PORT is wrong: ")
    assert told.endswith("Correct it in the environment or in .env.\n")
    assert "Traceback" not in told


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    """Three messages with their forms; the last form is wrong."""
    path = tmp_path / "messages.yml"
    path.write_text(MESSAGES, encoding="utf-8")
    return path


def test_figures_are_shown_and_written_as_json(messages: Path, tmp_path: Path) -> None:
    code, shown = invoke("evaluate", "language", "--file", str(messages), "--json", str(tmp_path / "figures.json"))

    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    misses = figures.pop("misses")
    assert code == 0
    assert figures == {
        "language": pytest.approx(2 / 3),
        "language nb": 1.0,
        "language nn": 1.0,
        "language da": 0.0,
        "nynorsk recognised": 1.0,
        "bokmal recognised": 1.0,
    }
    assert [(miss["form"], miss["found"]) for miss in misses] == [("da", "en")]
    assert "0.667" in shown
    assert "co-creation" not in shown


def test_misses_are_shown_on_request(messages: Path) -> None:
    _, shown = invoke("evaluate", "language", "--file", str(messages), "--misses")

    assert json.loads(shown.splitlines()[-1]) == {
        "text": "Could you please explain what co-creation means?",
        "form": "da",
        "found": "en",
    }


def test_doubts_are_counted_by_theme_and_phase(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    log = UncertaintyLog(database)
    for theme, phase in (("roles", None), ("tools", "rekruttering"), ("tools", "rekruttering")):
        log.add(team="t", person="p", phase=phase, step=None, theme=theme, text="usikker")
    monkeypatch.setattr("bot.storage.database.get_database", lambda: database)

    code, shown = invoke("report")

    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines() if "│" in line]
    assert code == 0
    assert rows == [["tools", "rekruttering", "2"], ["roles", "-", "1"]]


def test_chat_talks_with_the_page_of_the_settings(
    environment: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.setenv("SAMSKAP_PORT", "6001")
    called: list[str] = []
    monkeypatch.setattr(terminal, "talk", lambda address, console: called.append(address))

    assert invoke("chat")[0] == 0
    assert called == ["http://127.0.0.1:6001/chat/"]


@pytest.fixture
def built(environment: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What `prepare` builds; nothing is built really, and nothing is up to date."""
    commands: list[str] = []
    environment.setenv("SAMSKAP_DATA_DIR", str(tmp_path / "data"))
    environment.setattr(cli, "_run_self", lambda command, settings: commands.append(command))
    environment.setattr(build, "embedding_model_is_here", lambda settings: False)
    environment.setattr(build, "index_is_current", lambda settings: False)
    environment.setattr(importing, "is_current", lambda settings: False)
    environment.setattr(build, "current_model", lambda settings: None)
    return commands


def test_prepare_builds_what_is_missing_in_order(built: list[str], tmp_path: Path) -> None:
    code, shown = invoke("prepare")

    assert code == 0
    assert built == ["model", "index", "index-documents", "train"]
    assert [line for line in shown.splitlines() if line.startswith("✓")] == [
        "✓ Database",
        "✓ Embedding model",
        "✓ Search index",
        "✓ Imported documents",
        "✓ Dialogue model",
    ]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["rest-key", "samskap.db", "secret"]


def test_prepare_leaves_alone_what_is_up_to_date(built: list[str], environment: pytest.MonkeyPatch) -> None:
    environment.setattr(build, "embedding_model_is_here", lambda settings: True)
    environment.setattr(build, "current_model", lambda settings: Path("model.tar.gz"))
    environment.setattr(importing, "is_current", lambda settings: True)

    invoke("prepare")

    assert built == ["index"]


def test_a_build_that_fails_is_told_with_the_end_of_its_log(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setattr(cli, "ROOT", tmp_path)
    # In this folder `python -m bot.cli` is our own little program.
    (tmp_path / "bot").mkdir()
    program = "import sys; print(*range(20), f'no {sys.argv[1]}', sep=chr(10)); sys.exit(1)"
    (tmp_path / "bot" / "cli.py").write_text(program)
    environment.setattr(serving, "environment", lambda settings: {"PYTHONPATH": str(tmp_path)})

    with pytest.raises(GuideError) as error:
        cli._run_self("index", Settings(data_dir=tmp_path / "data"))

    lines = [*map(str, range(13, 20)), "no index"]
    assert error.value.what == "\n".join(["`samskap index` failed:", *lines, ""])
    assert error.value.remedy == f"The whole log is {tmp_path / 'data' / 'index.log'}."


class Started:
    """Stands in for the running bot: `watch` is interrupted at once."""

    def __init__(self, model: Path) -> None:
        self.model = model
        self.ended = False

    def __enter__(self) -> list[Any]:
        """Start."""
        return []

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.ended = True


def test_run_tells_the_address_and_stops_everything_on_ctrl_c(
    built: list[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SAMSKAP_PORT", "6001")
    environment.setattr(build, "current_model", lambda settings: Path("model.tar.gz"))
    bots: list[Started] = []

    def start(settings: Settings, model: Path) -> Started:
        bots.append(Started(model))
        return bots[-1]

    def interrupt(servers: list[Any]) -> None:
        raise KeyboardInterrupt

    environment.setattr(serving, "check_ports", lambda settings: None)
    environment.setattr(serving, "started", start)
    environment.setattr(serving, "watch", interrupt)

    code, shown = invoke("run")

    assert code == 0
    assert "http://127.0.0.1:6001/chat/" in shown
    assert shown.splitlines()[-1] == "Stopped."
    assert [(bot.model, bot.ended) for bot in bots] == [(Path("model.tar.gz"), True)]


def test_run_builds_nothing_when_a_port_is_taken(built: list[str], environment: pytest.MonkeyPatch) -> None:
    def taken(settings: Settings) -> None:
        raise GuideError("Port 5005 is taken.")

    environment.setattr(serving, "check_ports", taken)

    with pytest.raises(GuideError, match="Port 5005 is taken"):
        invoke("run")

    assert built == []


# Documents of one's own


@pytest.fixture
def library(
    environment: pytest.MonkeyPatch, tmp_path: Path, word_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> DocumentShelf:
    """The shelf of the settings, empty; commands are given in `tmp_path`, and files are read in this process."""
    for name in ("data", "build", "cache"):
        environment.setenv(f"SAMSKAP_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setattr(cli, "START", tmp_path)
    # As `main` goes to the project folder.
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(embedder, "get_embedder", lambda: word_embedder)
    monkeypatch.setattr(importing, "read_safely", read_document)
    monkeypatch.setattr(importing, "_guide", lambda: [("tolk", "Bestill tolk i god tid.")])
    return DocumentShelf(tmp_path / "data" / "documents")


def indexed(tmp_path: Path) -> list[str]:
    """Return the ids of the passages in the index of documents."""
    return list(corpus.load(tmp_path / "data" / "document-index", "word-embedder").passages)


def table_rows(shown: str) -> list[list[str]]:
    """Return the cells of a table's rows."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines() if "│" in line]


def test_documents_are_added_from_where_the_command_is_given(library: DocumentShelf, tmp_path: Path) -> None:
    (tmp_path / "Ferger.txt").write_text("Fergen går klokka åtte.", encoding="utf-8")

    code, shown = invoke("knowledge", "add", "Ferger.txt")

    assert code == 0
    assert shown.splitlines()[-1] == "✓ ferger: added, 1 passages"
    assert [document.name for document in library.all()] == ["Ferger.txt"]
    assert indexed(tmp_path) == ["doc:ferger:0"]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["embeddings-word-embedde.npz"]


def test_an_unchanged_document_needs_no_model(library: DocumentShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cli.START / "ferger.txt"
    path.write_text("Fergen går.", encoding="utf-8")
    invoke("knowledge", "add", str(path))
    monkeypatch.setattr(embedder, "get_embedder", lambda: pytest.fail("the model was loaded"))

    assert invoke("knowledge", "add", str(path)) == (0, "✓ ferger: unchanged, 1 passages\n")


def test_a_bad_file_is_told_with_exit_code_1_and_the_others_are_added(library: DocumentShelf, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Fergen går.", encoding="utf-8")
    # A name that the terminal's own markup must not swallow.
    (tmp_path / "b[red].txt").write_text("", encoding="utf-8")

    code, shown = invoke("knowledge", "add", "a.txt", "b[red].txt", "gone.pdf")

    assert code == 1
    assert shown.splitlines()[-3:] == [
        "✓ a: added, 1 passages",
        "✗ b[red].txt is empty. Check that it was copied in full.",
        "✗ There is no file gone.pdf. Check the path.",
    ]
    assert [document.id for document in library.all()] == ["a"]


def test_only_bad_files_change_nothing(library: DocumentShelf, tmp_path: Path) -> None:
    assert invoke("knowledge", "add", "gone.pdf") == (1, "✗ There is no file gone.pdf. Check the path.\n")
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "build").exists()


MADE = OwnDocument(
    "a",
    "[a].pdf",
    "Om [ferger]",
    "d",
    (
        DocumentPassage("Fergen [går].", ("Reise", "Tider"), page=3),
        DocumentPassage("Kaia.", (), slide=2),
        DocumentPassage("Ny."),
    ),
)


def test_documents_are_listed(library: DocumentShelf) -> None:
    assert table_rows(invoke("knowledge", "list")[1]) == []
    library.put([MADE, OwnDocument("b", "b.md", "B", "d", ())])

    code, shown = invoke("knowledge", "list")

    assert code == 0
    assert table_rows(shown) == [["a", "Om [ferger]", "[a].pdf", "3"], ["b", "B", "b.md", "0"]]


def test_a_documents_passages_are_shown_with_their_places(library: DocumentShelf) -> None:
    library.put([MADE])

    assert invoke("knowledge", "show", "a") == (
        0,
        "Om [ferger] ([a].pdf)\n"
        "\ndoc:a:0  Reise > Tider > page 3\nFergen [går].\n"
        "\ndoc:a:1  slide 2\nKaia.\n"
        "\ndoc:a:2  \nNy.\n",
    )


def test_a_document_that_is_not_there_is_not_shown(library: DocumentShelf) -> None:
    with pytest.raises(GuideError, match=r"^There is no document a\. See `samskap knowledge list`\.$"):
        invoke("knowledge", "show", "a")


def test_documents_are_removed(library: DocumentShelf, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"Fergen {name} går.", encoding="utf-8")
    invoke("knowledge", "add", "a.txt", "b.txt", "c.txt")

    assert invoke("knowledge", "remove", "a", "c", "a") == (0, "Removed 2 document(s).\n")

    assert [document.id for document in library.all()] == ["b"]
    assert indexed(tmp_path) == ["doc:b:0"]


def test_when_one_is_not_there_none_is_removed(library: DocumentShelf) -> None:
    library.put([MADE])

    with pytest.raises(GuideError, match="There is no document b"):
        invoke("knowledge", "remove", "a", "b")

    assert library.all() == [MADE]


def test_documents_are_indexed_anew(library: DocumentShelf, tmp_path: Path) -> None:
    library.put([MADE])

    assert invoke("index-documents") == (0, "Indexed 1 documents.\n")
    assert indexed(tmp_path) == ["doc:a:0", "doc:a:1", "doc:a:2"]


# Evaluation of retrieval


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What is measured, and on which files; the command is given in `tmp_path`."""
    called: list[tuple[Any, ...]] = []
    for name in ("evaluate", "evaluate_squad", "evaluate_documents"):

        def measure(*given: Any, name: str = name) -> dict[str, Any]:
            called.append((name, *given[:-1]))
            return {"passages": 7, "mrr": 0.5, "misses": [{"text": "hva er [x]"}]}

        monkeypatch.setattr(retrieval, name, measure)
    monkeypatch.setattr(cli, "START", tmp_path)
    return called


def test_the_guides_own_texts_are_measured_unless_told_otherwise(measured: list[tuple[Any, ...]]) -> None:
    code, shown = invoke("evaluate", "retrieval")

    assert code == 0
    assert measured == [("evaluate", ROOT / "tests/heldout/retrieval.yml")]
    assert table_rows(shown) == [["passages", "7"], ["mrr", "0.500"]]


def test_another_file_of_questions(measured: list[tuple[Any, ...]], tmp_path: Path) -> None:
    _, shown = invoke("evaluate", "retrieval", "--file", "q.yml", "--json", "out.json", "--misses")

    assert measured == [("evaluate", tmp_path / "q.yml")]
    assert shown.splitlines()[-1] == '{"text": "hva er [x]"}'
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["mrr"] == 0.5


def test_a_squad_file_is_measured(measured: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert invoke("evaluate", "retrieval", "--squad", "dev.json")[0] == 0
    assert measured == [("evaluate_squad", tmp_path / "dev.json")]


@pytest.mark.parametrize(
    "arguments",
    [["--documents", "a.pdf", "b.pdf"], ["--documents", "a.pdf", "--documents", "b.pdf"], ["a.pdf", "b.pdf"]],
)
def test_documents_are_measured(measured: list[tuple[Any, ...]], tmp_path: Path, arguments: list[str]) -> None:
    assert invoke("evaluate", "retrieval", "--gold", "gold.jsonl", *arguments)[0] == 0
    assert measured == [("evaluate_documents", tmp_path / "gold.jsonl", [tmp_path / "a.pdf", tmp_path / "b.pdf"])]


def test_quotes_without_documents_are_refused(measured: list[tuple[Any, ...]]) -> None:
    with pytest.raises(GuideError, match=r"^--gold needs documents\. Name them: --documents FILE FILE …$"):
        invoke("evaluate", "retrieval", "--gold", "gold.jsonl")

    assert measured == []
