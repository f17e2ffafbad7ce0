"""Measures retrieval and refusal: over the guide's texts, over documents, over any SQuAD file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.answers.outcome import QUOTABLE, Outcome, decide
from bot.build import INDEX
from bot.errors import GuideError
from bot.evaluation.ranking import DEEPEST, Ranked, figures
from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.sandbox import read_safely
from bot.knowledge.documents.splitting import split
from bot.knowledge.library import read_library
from bot.retrieval import corpus
from bot.retrieval.embedder import CachedEmbedder, Embedder, get_embedder
from bot.retrieval.index import load
from bot.retrieval.retriever import Retriever
from bot.settings import Settings

_NOT_LETTERS = re.compile(r"[\W_]+")
_LINE_END_HYPHEN = re.compile(r"(?<=\w)-\s*\n\s*")
SHOWN = 3


@dataclass(frozen=True)
class Question:
    """A question over a corpus of documents.

    Attributes:
        text: what is asked.
        answers: ids of the passages that answer, each as a set of which one is enough; empty when nothing answers.
        groups: what to count it under as well.
    """

    text: str
    answers: frozenset[str]
    groups: tuple[str, ...] = ()


@dataclass
class Texts:
    """A corpus to be measured on.

    Attributes:
        passages: id, heading and text of each.
        unit: what a passage's id counts for: itself, or the context that it was cut from.
    """

    passages: list[tuple[str, str, str]] = field(default_factory=list)
    unit: Callable[[str], str] = lambda passage_id: passage_id


def load_retriever(settings: Settings) -> tuple[Retriever, Embedder]:
    """Load the current index and the embedding model.

    Raises:
        GuideError: the index is missing or does not fit the model.
    """
    embedder = get_embedder()
    return Retriever(load(settings.build / INDEX, embedder.digest)), embedder


def evaluate(file: Path, settings: Settings) -> dict[str, Any]:
    """Return the figures over the guide's texts for a YAML list of {text, gold, form, style}; see `ranking.figures`."""
    questions = yaml.safe_load(file.read_text(encoding="utf-8"))
    retriever, embedder = load_retriever(settings)
    vectors = embedder.queries([question["text"] for question in questions])
    rankings, misses = [], []
    for question, vector in zip(questions, vectors):
        finding = retriever.search(question["text"], vector, DEEPEST)
        found = [hit.passage for hit in finding.hits]
        answered = decide("ask_concept", False, finding).outcome is Outcome.ANSWERED
        relevant = tuple(passage in question["gold"] for passage in found)
        ranked = Ranked(relevant, len(question["gold"]), answered, _groups(question))
        rankings.append(ranked)
        if not ranked.right:
            misses.append({**question, "found": found[:SHOWN], "covered": finding.covered})
    return figures(rankings) | {"misses": misses}


def evaluate_squad(file: Path, settings: Settings) -> dict[str, Any]:
    """Return the figures over a file in SQuAD's format, whose contexts are the corpus.

    Contexts are cut into passages; a context ranks by its best passage. Questions marked impossible are unanswerable.

    Raises:
        GuideError: the file is not of that format.
    """
    texts, questions = _read_squad(file)
    return _evaluate_over(texts, questions, settings)


def evaluate_documents(gold: Path, documents: Sequence[Path], settings: Settings) -> dict[str, Any]:
    """Return the figures over documents, read as `samskap knowledge add` reads them.

    Args:
        gold: lines of {question, answerable, gold: [{seed, quote}]}; a passage of the file `seed` answers when it holds
            the quote, compared without white space, punctuation and hyphens at line ends.
        documents: the files.

    Raises:
        GuideError: a file can't be read.
    """
    texts, spelled = Texts(), []
    for path in documents:
        for place, passage in enumerate(split(read_safely(path).blocks)):
            heading = " > ".join(passage.headings[-2:])
            texts.passages.append((f"{path.name}:{place}", heading, passage.text))
            spelled.append((path.name, _letters(f"{' '.join(passage.headings)} {passage.text}")))
    questions = []
    for row in _json_lines(gold):
        wanted = [(place["seed"], _letters(place["quote"])) for place in row.get("gold", []) if row["answerable"]]
        answers = frozenset(
            texts.passages[i][0]
            for i, (name, letters) in enumerate(spelled)
            if any(seed == name and quote in letters for seed, quote in wanted)
        )
        # A quote that no passage holds counts as answerable and not found: splitting must not lose text.
        questions.append(Question(row["question"], answers or frozenset(["lost"] if wanted else []), _groups(row)))
    return _evaluate_over(texts, questions, settings)


def _evaluate_over(texts: Texts, questions: Sequence[Question], settings: Settings) -> dict[str, Any]:
    guide, model = load_retriever(settings)
    embedder = CachedEmbedder(model, settings.cache)
    own = [(passage.id, passage.text) for passage in read_library().passages()]
    retriever = corpus.CorpusRetriever(corpus.build(texts.passages, own, embedder), guide.index.query_mean)
    vectors = embedder.queries([question.text for question in questions])
    embedder.save()
    rankings, misses = [], []
    for question, vector in zip(questions, vectors):
        finding = retriever.search(question.text, vector, guide.judge(question.text, vector), len(texts.passages))
        found = list(dict.fromkeys(texts.unit(hit.passage) for hit in finding.hits))[:DEEPEST]
        relevant = tuple(unit in question.answers for unit in found)
        ranked = Ranked(relevant, len(question.answers), finding.covered >= QUOTABLE, question.groups)
        rankings.append(ranked)
        if not ranked.right:
            missed = {"text": question.text, "found": found[:SHOWN], "covered": finding.covered, "rank": ranked.rank}
            misses.append({**missed, "gold": sorted(question.answers)[:SHOWN]})
    return {"passages": len(texts.passages)} | figures(rankings) | {"misses": misses}


def _read_squad(file: Path) -> tuple[Texts, list[Question]]:
    texts = Texts(unit=lambda passage_id: passage_id.split(":")[0])
    questions: list[Question] = []
    units: dict[str, str] = {}
    try:
        articles = json.loads(file.read_text(encoding="utf-8"))["data"]
        # A flattened file has the paragraphs themselves in `data`.
        paragraphs = [p for article in articles for p in article.get("paragraphs", [article])]
        for paragraph in paragraphs:
            context = paragraph["context"]
            unit = units.setdefault(context, str(len(units)))
            asked = paragraph.get("qas", [paragraph])
            for row in asked:
                answers = frozenset() if row.get("is_impossible") else frozenset([unit])
                questions.append(Question(row["question"], answers))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GuideError(
            f"{file.name} is not in SQuAD's format ({error}).", "Give a file of SQuAD 1.1 or 2.0."
        ) from error
    for context, unit in units.items():
        blocks = [Block(" ".join(line.split())) for line in context.splitlines() if line.strip()]
        for place, passage in enumerate(split(blocks)):
            texts.passages.append((f"{unit}:{place}", "", passage.text))
    return texts, questions


def _json_lines(file: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise GuideError(
            f"{file.name} is not a file of JSON lines ({error}).", "Write one object on each line."
        ) from error


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", _LINE_END_HYPHEN.sub("", text).lower())


def _groups(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("form", "style", "dialect") if row.get(name))
