"""Documents of one's own in the conversation: with them, without them, and while the bot runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.importing import add, read_files, remove
from bot.knowledge.documents.shelf import shelf_of
from bot.retrieval.embedder import CachedEmbedder, get_embedder
from bot.settings import ROOT
from tests.running import Conversation, RunningBot

pytestmark = [pytest.mark.bot, pytest.mark.model]
SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*-*.txt"))
PLAN = """# Lokal plan for Fjordvik

## Parkering ved frivilligsentralen

Frivillige som kjører eldre til frivilligsentralen i Fjordvik, kan parkere gratis bak biblioteket i inntil fire timer.
Parkeringsbeviset hentes i skranken på servicetorget og gjelder ut kalenderåret.

## Nøkler

Nøkkelen til møterommet i andre etasje kvitteres ut hos vaktmesteren før klokka tre.
"""
QUESTION = "Hvor henter vi parkeringsbevis til de frivillige som kjører eldre?"


def import_files(bot: RunningBot, files: list[Path]) -> list[str]:
    """Import files as `samskap knowledge add` does; return the documents' ids."""
    imported = read_files(files, shelf_of(bot.settings))
    embedder = CachedEmbedder(get_embedder(), bot.settings.cache)
    add(imported, bot.settings, embedder, lambda done, total: None)
    return [found.document.id for found in imported if found.document]


@pytest.fixture
def plan(bot: RunningBot, tmp_path: Path) -> Iterator[str]:
    """A document that was added while the bot runs; its id."""
    path = tmp_path / "fjordvik.md"
    path.write_text(PLAN, encoding="utf-8")
    (document,) = import_files(bot, [path])
    yield document
    if document in [known.id for known in shelf_of(bot.settings).all()]:
        remove([document], bot.settings, get_embedder)


def test_without_the_document_the_question_has_no_answer(conversation: Conversation) -> None:
    reply = conversation.say(QUESTION)

    assert reply[-1]["custom"]["outcome"] in {"not_found", "did_you_mean"}


def test_a_running_bot_quotes_a_document_with_its_place_and_forgets_it(
    bot: RunningBot, conversation: Conversation, plan: str
) -> None:
    quoted = conversation.say(QUESTION)[-1]

    assert quoted["custom"]["outcome"] == "quoted"
    assert quoted["custom"]["topic"] == f"doc:{plan}:0"
    assert quoted["custom"]["sources"] == ["Lokal plan for Fjordvik, Parkering ved frivilligsentralen"]
    assert (
        "«Frivillige som kjører eldre" in quoted["text"].replace("\n", " ")
        or "Parkeringsbeviset hentes" in quoted["text"]
    )
    assert conversation.say("kilde?")[-1]["custom"]["sources"] == quoted["custom"]["sources"]

    remove([plan], bot.settings, get_embedder)

    assert conversation.say(QUESTION)[-1]["custom"]["outcome"] in {"not_found", "did_you_mean"}


def test_the_guide_s_own_text_comes_first(conversation: Conversation, plan: str) -> None:
    told = conversation.say("Hva er tynn samskaping?")[-1]

    assert (told["custom"]["outcome"], told["custom"]["topic"]) == ("answered", "tynn-og-tykk")


@pytest.mark.skipif(not SEEDS, reason="the folder of source documents is not here")
def test_the_source_documents_can_be_read_beside_the_guide(bot: RunningBot, conversation: Conversation) -> None:
    documents = import_files(bot, SEEDS)
    try:
        told = conversation.say("Hva gjorde de på arbeidsverkstedet for folkehelsefolk i Oslo i 2018?")[-1]

        assert told["custom"]["outcome"] == "answered"
        read = conversation.press("Les i dokumentene")[-1]
        assert read["custom"]["outcome"] == "quoted"
        assert read["custom"]["topic"].startswith("doc:nibr-samskaping-folkehelsearbeid-2019:")
        assert "workshop" in read["text"].lower()
    finally:
        remove(documents, bot.settings, get_embedder)
