"""Measures retrieval and refusal on questions with gold ids."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from bot.answers.outcome import Outcome, decide
from bot.build import INDEX
from bot.retrieval.embedder import Embedder, get_embedder
from bot.retrieval.index import load
from bot.retrieval.retriever import Retriever
from bot.settings import Settings

DEPTHS = (1, 3, 5)


def load_retriever(settings: Settings) -> tuple[Retriever, Embedder]:
    """Load the current index and the embedding model.

    Raises:
        GuideError: the index is missing or does not fit the model.
    """
    embedder = get_embedder()
    return Retriever(load(settings.build / INDEX, embedder.digest)), embedder


def evaluate(file: Path, settings: Settings) -> dict[str, Any]:
    """Return the figures for a YAML list of {text, gold, form, style}.

    `recall@k` is the share of covered questions with a gold text among the first k; `mrr` the mean of 1 / rank of the
    first one (0 beyond five). `answered_right` is the share of covered questions that are answered, with a gold text;
    `refused_right` the share of uncovered ones that are refused.
    """
    questions = yaml.safe_load(file.read_text(encoding="utf-8"))
    retriever, embedder = load_retriever(settings)
    vectors = embedder.queries([question["text"] for question in questions])
    counts: dict[str, list[float]] = defaultdict(list)
    misses = []
    for question, vector in zip(questions, vectors):
        finding = retriever.search(question["text"], vector, max(DEPTHS))
        found = [hit.passage for hit in finding.hits]
        decision = decide("ask_concept", False, finding)
        answered = decision.outcome is Outcome.ANSWERED
        if not question["gold"]:
            counts["refused_right"].append(not answered)
            counts[f"refused_right {question['form']}"].append(not answered)
            right = not answered
        else:
            rank = next((i for i, passage in enumerate(found, start=1) if passage in question["gold"]), None)
            for depth in DEPTHS:
                counts[f"recall@{depth}"].append(rank is not None and rank <= depth)
            counts["mrr"].append(1 / rank if rank else 0.0)
            for group in (question["form"], question["style"]):
                counts[f"recall@3 {group}"].append(rank is not None and rank <= 3)
            right = answered and decision.passage in question["gold"]
            counts["answered"].append(answered)
            counts["answered_right"].append(right)
        if not right:
            misses.append({**question, "found": found[:3], "covered": finding.covered})
    figures: dict[str, Any] = {"covered": len(counts["answered"]), "uncovered": len(counts["refused_right"])}
    figures |= {name: sum(values) / len(values) for name, values in counts.items()}
    return figures | {"misses": misses}
