"""What is asked, what counts as an answer, and what is told of the misses; the figures have tests of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from bot.answers.outcome import COVERED, QUOTABLE
from bot.errors import GuideError
from bot.evaluation import retrieval
from bot.evaluation.retrieval import evaluate, evaluate_documents, evaluate_squad, load_retriever
from bot.knowledge.documents.reading import read_document
from bot.knowledge.library import Library
from bot.retrieval import corpus
from bot.retrieval.embedder import Embedder
from bot.retrieval.retriever import Judgement
from bot.settings import Settings
from bot.types import Finding, Hit, Passage
from tests.unit.knowledge.documents import made_files

# text, gold, form, style, what is found best first, covered
ROWS: list[tuple[str, list[str], str, str, str, float]] = [
    ("first", ["a"], "nb", "question", "abcde", 0.9),
    ("second", ["b", "x"], "nb", "question", "abcde", 0.9),
    ("beyond", ["f"], "nn", "keyword", "abcde", 0.2),
    ("first, but refused", ["a"], "da", "question", "abcde", COVERED - 0.01),
    ("refused", [], "nb", "question", "abcde", COVERED - 0.01),
    ("answered", [], "en", "question", "abcde", COVERED),
]


class FixedRetriever:
    """Finds what the rows say."""

    def search(self, text: str, vector: NDArray[np.float32], count: int) -> Finding:
        assert count == 10
        found, covered = next((row[4], row[5]) for row in ROWS if row[0] == text)
        return Finding(tuple(Hit(passage, 1.0) for passage in found), covered)


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> dict[str, Any]:
    """The figures for the rows."""
    file = tmp_path / "rows.yml"
    names = ("text", "gold", "form", "style")
    file.write_text(yaml.safe_dump([dict(zip(names, row[:4], strict=True)) for row in ROWS]))
    monkeypatch.setattr(retrieval, "load_retriever", lambda settings: (FixedRetriever(), word_embedder))
    return evaluate(file, Settings())


def test_the_guides_own_texts(figures: dict[str, Any]) -> None:
    figures.pop("misses")

    assert figures == {
        "answerable": 4,
        "unanswerable": 2,
        "recall@1": 0.5,
        "recall@3": 0.75,
        "recall@5": 0.75,
        "mrr": pytest.approx((1 + 1 / 2 + 0 + 1) / 4),
        # For the second question two texts answer, of which one was found, at the second place.
        "ndcg@10": pytest.approx((1 + 0.6309 / 1.6309 + 0 + 1) / 4, abs=1e-4),
        "answered_right": 0.25,
        "answered_wrong": 0.25,
        "refused_right": 0.5,
        "false_answers": 0.5,
        "recall@3 nb": 1.0,
        "recall@3 nn": 0.0,
        "recall@3 da": 1.0,
        "recall@3 question": 1.0,
        "recall@3 keyword": 0.0,
        "refused_right nb": 1.0,
        "refused_right en": 0.0,
        "refused_right question": 0.5,
    }


def test_misses_say_what_was_found(figures: dict[str, Any]) -> None:
    misses = [miss["text"] for miss in figures["misses"]]

    assert misses == ["second", "beyond", "first, but refused", "answered"]
    assert figures["misses"][0] == {
        "text": "second",
        "gold": ["b", "x"],
        "form": "nb",
        "style": "question",
        "found": ["a", "b", "c"],
        "covered": 0.9,
    }


def test_a_missing_index_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> None:
    monkeypatch.setattr(retrieval, "get_embedder", lambda: word_embedder)

    with pytest.raises(GuideError, match="`samskap index`"):
        load_retriever(Settings(build_dir=tmp_path))


# Over documents: a real index of documents, and a guide that knows two texts


class FixedGuide:
    """The guide, which covers nothing."""

    class index:
        query_mean = np.zeros(64, dtype=np.float32)

    def judge(self, text: str, vector: NDArray[np.float32]) -> Judgement:
        assert vector.shape == (64,)
        return Judgement(np.array([0.5, 0.25], dtype=np.float32), 0.0)


class OwnLibrary(Library):
    """The guide's texts."""

    def passages(self) -> list[Passage]:
        return [Passage("tolk", "Tolk", "Tolk Bestill tolk"), Passage("makt", "Makt", "Makt i rommet")]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder) -> Settings:
    """Settings of the test's own; files are read in this process."""
    monkeypatch.setattr(retrieval, "load_retriever", lambda settings: (FixedGuide(), word_embedder))
    monkeypatch.setattr(retrieval, "read_library", lambda: OwnLibrary({}, {}, {}))
    monkeypatch.setattr(retrieval, "read_safely", read_document)
    return Settings(cache_dir=tmp_path / "cache")


@pytest.fixture
def certain(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, float]], None]:
    """Set how probable it is that a question is covered, by a word in it; what is found stays as it is."""

    def certain(probabilities: dict[str, float]) -> None:
        search = corpus.CorpusRetriever.search

        def fixed(self: Any, text: str, *rest: Any) -> Finding:
            covered = next((value for word, value in probabilities.items() if word in text), 0.0)
            return Finding(search(self, text, *rest).hits, covered)

        monkeypatch.setattr(corpus.CorpusRetriever, "search", fixed)

    return certain


FERRIES = "Fergen går fra kaia klokka åtte."
SHEEP = "Sauene beiter i fjellet hele sommeren."
BREAD = "Brødet stekes i vedovn hver morgen."


def squad(path: Path, articles: list[dict[str, Any]]) -> Path:
    """Write a file in SQuAD's format."""
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    return path


def asked(question: str, impossible: bool | None = None) -> dict[str, Any]:
    """Return a question as the format has it."""
    answers = {"id": "1", "question": question, "answers": [{"text": "x", "answer_start": 0}]}
    return answers if impossible is None else {**answers, "is_impossible": impossible}


NESTED = [
    {"title": "a", "paragraphs": [{"context": FERRIES, "qas": [asked("fergen går fra kaia klokka når")]}]},
    {
        "title": "b",
        "paragraphs": [
            {"context": SHEEP, "qas": [asked("sauene beiter i fjellet", False), asked("brødet stekes", False)]},
            {"context": BREAD, "qas": [asked("brødet koster", True), asked("sauene heter", True)]},
        ],
    },
]


def test_a_squad_file(tmp_path: Path, settings: Settings, certain: Callable[[dict[str, float]], None]) -> None:
    certain({"fergen": QUOTABLE, "sauene": QUOTABLE - 0.01, "brødet": 0.9})

    figures = evaluate_squad(squad(tmp_path / "q.json", NESTED), settings)

    misses = figures.pop("misses")
    ranks = [1, 1, misses[1]["rank"]]
    assert ranks[2] in (2, 3)
    assert (figures["passages"], figures["answerable"], figures["unanswerable"]) == (3, 3, 2)
    assert figures["recall@1"] == pytest.approx(2 / 3)
    assert figures["recall@3"] == 1.0
    assert figures["mrr"] == pytest.approx(sum(1 / rank for rank in ranks) / 3)
    assert figures["answered_right"] == pytest.approx(1 / 3)
    assert figures["answered_wrong"] == pytest.approx(1 / 3)
    assert figures["refused_right"] == 0.5
    assert [(miss["text"], miss["gold"], miss["found"][0], miss["covered"], miss["rank"]) for miss in misses] == [
        ("sauene beiter i fjellet", ["1"], "1", QUOTABLE - 0.01, 1),
        ("brødet stekes", ["1"], "2", 0.9, ranks[2]),
        ("brødet koster", [], "2", 0.9, None),
    ]


def test_a_flattened_file_gives_the_same(tmp_path: Path, settings: Settings) -> None:
    flat = [
        {"context": paragraph["context"], **question}
        for article in NESTED
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]

    assert evaluate_squad(squad(tmp_path / "flat.json", flat), settings) == evaluate_squad(
        squad(tmp_path / "nested.json", NESTED), settings
    )


def test_a_context_ranks_by_its_best_passage_and_counts_once(tmp_path: Path, settings: Settings) -> None:
    long = "\n".join(f"{'Sauene beiter i fjellet. ' * 30}Nummer {number} spiser." for number in range(3))
    paragraphs = [
        {"context": long, "qas": [asked("fergen går fra kaia"), asked("sauene beiter i fjellet")]},
        {"context": FERRIES, "qas": [asked("fergen går fra kaia"), asked("sauene beiter i fjellet")]},
    ]

    figures = evaluate_squad(squad(tmp_path / "q.json", [{"paragraphs": paragraphs}]), settings)

    # The last question's own context is the second found, though three passages of the other come before it.
    assert figures["passages"] == 4
    assert figures["mrr"] == pytest.approx((1 / 2 + 1 + 1 + 1 / 2) / 4)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"data": 3}',
        '{"data": [3]}',
        '{"data": [{"paragraphs": [{}]}]}',
        '{"data": [{"context": "x", "qas": [{}]}]}',
    ],
)
def test_a_file_of_another_format_is_told(tmp_path: Path, settings: Settings, content: str) -> None:
    (tmp_path / "q.json").write_text(content)

    with pytest.raises(GuideError, match=r"^q\.json is not in SQuAD's format .* Give a file of SQuAD 1\.1 or 2\.0\.$"):
        evaluate_squad(tmp_path / "q.json", settings)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(GuideError, match="No such file"):
        evaluate_squad(tmp_path / "q.json", settings)
    with pytest.raises(GuideError, match="No such file"):
        evaluate_documents(tmp_path / "q.jsonl", [], settings)


def gold(path: Path, *rows: dict[str, Any]) -> Path:
    """Write questions as JSON lines, with a blank line among them."""
    path.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


def wants(question: str, *quotes: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Return a question that these quotes, each with its file, answer."""
    places = [{"seed": seed, "quote": quote} for seed, quote in quotes]
    return {"question": question, "answerable": bool(quotes), "gold": places, **more}


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    """A Word file of two passages and a text of one."""
    word = made_files.docx(
        tmp_path / "a.docx",
        [("Heading 1", "Om sauer"), ("Normal", " ".join([SHEEP] * 12)), ("Heading 1", "Ferger"), ("Normal", FERRIES)],
    )
    (tmp_path / "b.txt").write_text(BREAD, encoding="utf-8")
    return [word, tmp_path / "b.txt"]


def test_documents(
    tmp_path: Path, settings: Settings, documents: list[Path], certain: Callable[[dict[str, float]], None]
) -> None:
    certain({"fergen": QUOTABLE, "sauene": 0.9, "brødet": QUOTABLE - 0.01})
    file = gold(
        tmp_path / "gold.jsonl",
        wants("fergen går fra kaia", ("a.docx", "fergen, GÅR fra\nka-\n ia"), style="question"),
        wants("sauene beiter i fjellet", ("b.txt", SHEEP), ("a.docx", "Om sauer"), form="nn"),
        wants("brødet stekes", ("b.txt", BREAD)),
        wants("hva er sauene", dialect="nord"),
        wants("hva er brødet", dialect="nord"),
    )

    figures = evaluate_documents(file, documents, settings)

    misses = figures.pop("misses")
    assert figures == {
        "passages": 3,
        "answerable": 3,
        "unanswerable": 2,
        "recall@1": 1.0,
        "recall@3": 1.0,
        "recall@5": 1.0,
        "mrr": 1.0,
        "ndcg@10": 1.0,
        "answered_right": pytest.approx(2 / 3),
        "answered_wrong": 0.0,
        "refused_right": 0.5,
        "false_answers": 0.5,
        "recall@3 question": 1.0,
        "recall@3 nn": 1.0,
        "refused_right nord": 0.5,
    }
    assert [(miss["text"], miss["gold"], miss["found"][0]) for miss in misses] == [
        ("brødet stekes", ["b.txt:0"], "b.txt:0"),
        ("hva er sauene", [], "a.docx:0"),
    ]


def test_a_quote_that_no_passage_holds_is_answerable_and_not_found(
    tmp_path: Path, settings: Settings, documents: list[Path]
) -> None:
    file = gold(tmp_path / "gold.jsonl", wants("fergen går fra kaia", ("a.docx", "Står ikke der")))

    figures = evaluate_documents(file, documents, settings)

    assert (figures["answerable"], figures["recall@5"], figures["answered_right"]) == (1, 0.0, 0.0)
    assert figures["misses"][0]["gold"] == ["lost"]


def test_a_quote_counts_in_its_own_file_only(tmp_path: Path, settings: Settings, documents: list[Path]) -> None:
    file = gold(tmp_path / "gold.jsonl", wants("fergen går fra kaia", ("b.txt", FERRIES)))

    assert evaluate_documents(file, documents, settings)["misses"][0]["gold"] == ["lost"]


def test_questions_and_passages_are_embedded_once(
    tmp_path: Path, settings: Settings, documents: list[Path], monkeypatch: pytest.MonkeyPatch, word_embedder: Embedder
) -> None:
    file = gold(tmp_path / "gold.jsonl", wants("fergen går fra kaia", ("a.docx", FERRIES)))
    first = evaluate_documents(file, documents, settings)

    def again(texts: Any) -> None:
        pytest.fail("embedded again")

    monkeypatch.setattr(word_embedder, "queries", again)
    monkeypatch.setattr(word_embedder, "passages", again)

    assert evaluate_documents(file, documents, settings) == first


def test_lines_that_are_no_json_are_told(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "gold.jsonl").write_text('{"question": "x"}\n{')

    with pytest.raises(
        GuideError, match=r"^gold\.jsonl is not a file of JSON lines .* Write one object on each line\.$"
    ):
        evaluate_documents(tmp_path / "gold.jsonl", [], settings)
