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
from rich.markup import escape
from rich.table import Column, Table

from bot.errors import GuideError
from bot.settings import ROOT, Settings, get_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Samskapingsguiden.", pretty_exceptions_enable=False)
knowledge_app = typer.Typer(no_args_is_help=True, help="Documents of one's own, which the bot quotes from.")
app.add_typer(knowledge_app, name="knowledge")
evaluate_app = typer.Typer(no_args_is_help=True, help="Measure on held-out questions and messages.")
app.add_typer(evaluate_app, name="evaluate")
# Without emoji: the id `doc:key:0` is no picture of a key.
console = Console(highlight=False, soft_wrap=True, emoji=False)

# Where the command was given; paths are meant from there.
START = Path.cwd()
JsonFile = typer.Option(None, "--json", help="Also write the figures to this file.")
Mapping = typer.Option(None, help="YAML or JSON file of the file's labels -> ours.")


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
    from bot.importing import is_current as documents_are_current
    from bot.storage.database import migrate

    settings.secret_bytes()
    settings.rest_bearer()
    migrate(settings.database)
    _done("Database")
    for label, command, is_current in (
        ("Embedding model", "model", embedding_model_is_here),
        ("Search index", "index", index_is_current),
        ("Imported documents", "index-documents", documents_are_current),
        ("Dialogue model", "train", lambda known: current_model(known) is not None),
    ):
        if not is_current(settings):
            with console.status(f"Building: {label.lower()} (some minutes the first time) …"):
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


@app.command("index-documents", hidden=True)
def index_documents() -> None:
    """Index the imported documents anew."""
    from bot.importing import rebuild
    from bot.retrieval.embedder import CachedEmbedder, get_embedder

    settings = get_settings()
    console.print(f"Indexed {rebuild(settings, lambda: CachedEmbedder(get_embedder(), settings.cache))} documents.")


@knowledge_app.command("add")
def knowledge_add(files: list[Path] = typer.Argument(help="PDF, DOCX, PPTX, HTML, Markdown or text files.")) -> None:
    """Add documents, or take them in again after a change. The running bot uses them at once."""
    from rich.progress import Progress

    from bot.importing import add, read_files
    from bot.knowledge.documents.shelf import shelf_of
    from bot.retrieval.embedder import CachedEmbedder, get_embedder

    settings = get_settings()
    with console.status("Reading …"):
        imported = read_files([START / file for file in files], shelf_of(settings))
    if any(found.changed for found in imported):
        embedder = CachedEmbedder(get_embedder(), settings.cache)
        with Progress(console=console) as bar:
            task = bar.add_task("Indexing", total=None)
            add(imported, settings, embedder, lambda done, total: bar.update(task, completed=done, total=total))
        embedder.save()
    for found in imported:
        if found.error:
            console.print(f"[red]✗[/] {escape(str(found.error))}")
        elif found.document:
            state = "added" if found.changed else "unchanged"
            console.print(f"[green]✓[/] {found.document.id}: {state}, {len(found.document.passages)} passages")
    raise typer.Exit(1 if any(found.error for found in imported) else 0)


@knowledge_app.command("list")
def knowledge_list() -> None:
    """List the documents that were added."""
    from bot.knowledge.documents.shelf import shelf_of

    # An id must be readable whole: it is what the other commands take.
    table = Table(Column("id", overflow="fold"), "title", "file", "passages")
    for document in shelf_of(get_settings()).all():
        table.add_row(document.id, escape(document.title), escape(document.name), str(len(document.passages)))
    console.print(table)


@knowledge_app.command("remove")
def knowledge_remove(documents: list[str] = typer.Argument(help="Ids, see `samskap knowledge list`.")) -> None:
    """Remove documents. The running bot forgets them at once."""
    from bot.importing import remove
    from bot.retrieval.embedder import CachedEmbedder, get_embedder

    settings = get_settings()
    remove(documents, settings, lambda: CachedEmbedder(get_embedder(), settings.cache))
    console.print(f"Removed {len(set(documents))} document(s).")


@knowledge_app.command("show")
def knowledge_show(document: str = typer.Argument(help="Id, see `samskap knowledge list`.")) -> None:
    """Show the passages that a document was cut into, with their places."""
    from bot.knowledge.documents.shelf import shelf_of

    found = shelf_of(get_settings()).get(document)
    console.print(f"{found.title} ({found.name})", style="bold", markup=False)
    for place, passage in enumerate(found.passages):
        where = [*passage.headings]
        where += [f"page {passage.page}"] if passage.page else []
        where += [f"slide {passage.slide}"] if passage.slide else []
        console.print(f"\n{found.passage_id(place)}  {' > '.join(where)}", style="bold", markup=False)
        console.print(passage.text, markup=False)


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
    squad: Path | None = typer.Option(None, help="Instead: a file in SQuAD's format; its contexts are searched."),
    gold: Path | None = typer.Option(None, help="Instead: JSON lines of questions with quotes from --documents."),
    documents: list[Path] = typer.Option([], help="The files that --gold quotes from; give it once for each."),
    others: list[Path] = typer.Argument(None, help="More files for --documents.", show_default=False),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Which texts are found, and whether a question that nothing answers is refused."""
    from bot.evaluation.retrieval import evaluate, evaluate_documents, evaluate_squad

    settings = get_settings()
    if squad:
        report = evaluate_squad(START / squad, settings)
    elif gold:
        files = [START / path for path in [*documents, *(others or ())]]
        if not files:
            raise GuideError("--gold needs documents.", "Name them: --documents FILE FILE …")
        report = evaluate_documents(START / gold, files, settings)
    else:
        report = evaluate(START / file, settings)
    _show(report, json_file, misses)


@evaluate_app.command("nlu")
def evaluate_nlu(
    file: Path = typer.Option(ROOT / "tests/heldout/intents.yml", help="Messages with intents, YAML or JSON lines."),
    mapping: Path | None = Mapping,
    cross: tuple[Path, Path] | None = typer.Option(
        None, help="Instead: train the same classifier on the first file of {text, intent}, measure on the second."
    ),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Which intents are understood."""
    from bot.evaluation import understanding

    settings = get_settings()
    if cross:
        report = understanding.cross(START / cross[0], START / cross[1], settings)
    else:
        report = understanding.evaluate_intents(START / file, settings, START / mapping if mapping else None)
    _show(report, json_file, misses)


@evaluate_app.command("uncertainty")
def evaluate_uncertainty(
    file: Path = typer.Option(ROOT / "tests/heldout/uncertainty.yml", help="Messages with themes, YAML or JSON lines."),
    mapping: Path | None = Mapping,
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Whether doubt is heard, and its theme."""
    from bot.evaluation.understanding import evaluate_doubt

    _show(evaluate_doubt(START / file, get_settings(), START / mapping if mapping else None), json_file, misses)


@evaluate_app.command("language")
def evaluate_language(
    file: Path = typer.Option(ROOT / "tests/heldout/intents.yml", help="Messages with written forms."),
    json_file: Path | None = JsonFile,
    misses: bool = typer.Option(False, help="List what went wrong."),
) -> None:
    """Whether language and written form are recognised."""
    from bot.evaluation.language import evaluate

    _show(evaluate(START / file), json_file, misses)


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
        (START / json_file).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")


def main() -> None:
    """Run the command line; an error of ours is one sentence, not a stack trace."""
    os.chdir(ROOT)
    try:
        app()
    except GuideError as error:
        Console(stderr=True, highlight=False, soft_wrap=True, emoji=False).print(
            str(error), style="bold red", markup=False
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
