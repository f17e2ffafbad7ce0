"""`samskap`: the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import GuideError
from bot.settings import ROOT, Settings, get_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Samskapingsguiden.", pretty_exceptions_enable=False)
evaluate_app = typer.Typer(no_args_is_help=True, help="Measure on held-out questions and messages.")
app.add_typer(evaluate_app, name="evaluate")
console = Console(highlight=False, soft_wrap=True)

JsonFile = typer.Option(None, "--json", help="Also write the figures to this file.")


@app.command()
def run() -> None:
    """Build what is missing, start the whole bot, and print the page's address. Ctrl-C stops it."""
    from bot.serving import check_ports, started, watch

    settings = get_settings()
    check_ports(settings)
    _prepare(settings)
    from bot.build import current_model

    model = current_model(settings)
    assert model is not None
    console.print("Starting the bot (about half a minute) …")
    try:
        with started(settings, model) as servers:
            address = f"http://{settings.host}:{settings.port}/chat/"
            console.print(f"[bold green]Ready.[/] Talk to the guide at [bold]{address}[/]   (Ctrl-C stops everything)")
            console.print(f"REST key: {settings.data / 'rest-key'}   Logs: {settings.data}/*.log")
            watch(servers)
    except KeyboardInterrupt:
        console.print("Stopped.")


@app.command()
def prepare() -> None:
    """Build all that `run` needs, and nothing that is up to date."""
    _prepare(get_settings())


def _prepare(settings: Settings) -> None:
    """Bring everything up to date; each costly part runs in a process of its own, whose memory is then free."""
    from bot.build import current_model, embedding_model_is_here, index_is_current
    from bot.storage.database import migrate

    settings.secret_bytes()
    settings.rest_bearer()
    migrate(settings.database)
    _done("Database")
    for label, command, is_current in (
        ("Embedding model", "model", embedding_model_is_here),
        ("Search index", "index", index_is_current),
        ("Dialogue model", "train", lambda known: current_model(known) is not None),
    ):
        if not is_current(settings):
            with console.status(f"Building: {label.lower()} (up to two minutes) …"):
                _run_self(command, settings)
        _done(label)


def _done(label: str) -> None:
    console.print(f"[green]✓[/] {label}")


def _run_self(command: str, settings: Settings) -> None:
    from bot.serving import environment

    log = settings.data / f"{command}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        result = subprocess.run(
            [sys.executable, "-m", "bot.cli", command],
            cwd=ROOT,
            env=environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    if result.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise GuideError(f"`samskap {command}` failed:\n{tail}\n", f"The whole log is {log}.")


@app.command()
def model() -> None:
    """Rebuild the embedding model from its package, once."""
    from bot.retrieval.embedder import locate

    settings = get_settings()
    console.print(f"Embedding model: {locate(settings.embedding_model, settings.cache)}")


@app.command()
def train() -> None:
    """Train the dialogue model."""
    from bot.build import train as build_model

    console.print(f"Trained: {build_model(get_settings())}")


@app.command()
def index() -> None:
    """Build the search index from knowledge/."""
    from bot.build import build_index

    console.print(f"Indexed {build_index(get_settings())} texts.")


@app.command()
def ask(question: str) -> None:
    """Show what the guide finds for a question, with scores; the bot need not run."""
    from bot.answers.outcome import decide
    from bot.evaluation.retrieval import load_retriever

    retriever, embedder = load_retriever(get_settings())
    finding = retriever.search(question, embedder.queries([question])[0])
    from bot.knowledge.library import get_library

    library = get_library()
    decision = decide("ask_concept", False, finding)
    console.print(f"[bold]{decision.outcome.value}[/]   covered: {finding.covered:.2f}")
    for hit in finding.hits:
        console.print(f"  {hit.score:.2f}  {hit.passage}: {library.title(hit.passage)}")
    if decision.passage:
        for source in library.sources(decision.passage):
            console.print(f"  {library.citation(source)}")


@app.command()
def chat() -> None:
    """Talk with the running bot in the terminal. A number presses a button; an empty line ends."""
    from bot.terminal import talk

    settings = get_settings()
    talk(f"http://{settings.host}:{settings.port}/chat/", console)


@app.command()
def validate() -> None:
    """Check the knowledge: ids, links, sources, questions, words, reading ease."""
    from bot.knowledge.validation import validate as check

    problems = check(ROOT / "knowledge")
    for problem in problems:
        console.print(str(problem), markup=False)
    console.print(f"{len(problems)} problem(s)")
    raise typer.Exit(1 if problems else 0)


@app.command()
def report() -> None:
    """Count the noted doubts by theme and phase."""
    from sqlalchemy import func, select

    from bot.storage.database import get_database
    from bot.storage.tables import uncertainty_entry as entry

    table = Table("theme", "phase", "count")
    query = select(entry.c.theme, entry.c.phase, func.count()).group_by(entry.c.theme, entry.c.phase)
    with get_database().connect() as connection:
        for theme, phase, count in connection.execute(query.order_by(func.count().desc())):
            table.add_row(theme, phase or "-", str(count))
    console.print(table)


@evaluate_app.command("retrieval")
def evaluate_retrieval(
    file: Path = typer.Option(ROOT / "tests/heldout/retrieval.yml", help="Questions with gold ids."),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Which texts are found, and whether a question that nothing answers is refused."""
    from bot.evaluation.retrieval import evaluate

    _show(evaluate(file, get_settings()), json_file, misses)


@evaluate_app.command("nlu")
def evaluate_nlu(
    file: Path = typer.Option(ROOT / "tests/heldout/intents.yml", help="Messages with intents."),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Which intents are understood."""
    from bot.evaluation.understanding import evaluate_intents

    _show(evaluate_intents(file, get_settings()), json_file, misses)


@evaluate_app.command("uncertainty")
def evaluate_uncertainty(
    file: Path = typer.Option(ROOT / "tests/heldout/uncertainty.yml", help="Messages with themes or null."),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Whether doubt is heard, and its theme."""
    from bot.evaluation.understanding import evaluate_doubt

    _show(evaluate_doubt(file, get_settings()), json_file, misses)


@evaluate_app.command("language")
def evaluate_language(
    file: Path = typer.Option(ROOT / "tests/heldout/intents.yml", help="Messages with written forms."),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Whether language and written form are recognised."""
    from bot.evaluation.language import evaluate

    _show(evaluate(file), json_file, misses)


def _show(report: dict[str, Any], json_file: Path | None, misses: bool) -> None:
    wrong = report.get("misses", [])
    table = Table("figure", "value")
    for name, value in report.items():
        if name != "misses":
            table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    console.print(table)
    for miss in wrong if misses else ():
        console.print(json.dumps(miss, ensure_ascii=False), markup=False)
    if json_file:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")


def main() -> None:
    """Run the command line; an error of ours is one sentence, not a stack trace."""
    os.chdir(ROOT)
    try:
        app()
    except GuideError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), style="bold red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
