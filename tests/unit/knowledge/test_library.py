"""The library: what it knows, how it cites, what the index gets."""

from __future__ import annotations

import pytest

from bot.errors import GuideError
from bot.knowledge.library import Document, Library, get_library, read_documents, read_library
from bot.types import Passage, Source


@pytest.fixture
def library(knowledge) -> Library:
    return read_library(knowledge.folder)


def test_it_holds_articles_phases_and_steps_by_id(library):
    assert list(library.articles) == ["dugnad", "maltid"]
    assert list(library.phases) == ["forberedelse"]
    assert list(library.steps) == ["god-tid", "elefanten"]
    assert library.articles["maltid"].path == "cases/maltid.md"


@pytest.mark.parametrize(
    ("text_id", "title", "short"),
    [
        ("dugnad", "Hva er dugnad?", "Dugnad"),
        ("forberedelse", "Forberedelsesfasen", "Forberedelse"),
        ("god-tid", "Beregn god tid", "God tid"),
    ],
)
def test_titles_of_every_kind_of_text(library, text_id, title, short):
    assert (library.title(text_id), library.short(text_id), library.knows(text_id)) == (title, short, True)


def test_an_unknown_id_is_not_known(library):
    assert library.knows("ukjent") is False
    with pytest.raises(KeyError, match="ukjent"):
        library.title("ukjent")


def test_see_also_leaves_out_what_does_not_exist(knowledge):
    knowledge.change("cases/maltid.md", "[dugnad, elefanten]", "[dugnad, borte, elefanten]")

    assert read_library(knowledge.folder).see_also("maltid") == ("dugnad", "elefanten")


def test_sources_of_every_kind_of_text(library):
    assert library.sources("maltid") == (Source("lysark", "Forside"),)
    assert library.sources("elefanten") == (Source("lysark", "Forside"),)
    assert library.sources("forberedelse") == (Source("rapport", "Appendiks 1: Forberedelsesfasen"),)


@pytest.mark.parametrize(
    ("source", "citation"),
    [
        (Source("rapport", "1. Innledning"), "Sluttrapport (Universitetet, 2021): 1. Innledning"),
        (Source("rapport", "1. Innledning", 7), "Sluttrapport (Universitetet, 2021): 1. Innledning, s. 7"),
        (Source("lysark", "Forside"), "Et lysark (Kommunen): Forside"),
    ],
)
def test_citations_have_a_year_and_a_page_only_where_there_is_one(library, source, citation):
    assert library.citation(source) == citation


def test_passages_are_all_texts_in_order_with_their_words_and_questions(library):
    passages = library.passages()

    assert [passage.id for passage in passages] == ["dugnad", "maltid", "forberedelse", "god-tid", "elefanten"]
    assert passages[1] == Passage(
        "maltid", "Et måltid sammen", "Et måltid sammen\nDe spiste først.", library.articles["maltid"].questions
    )
    assert passages[2].text == "Forberedelsesfasen\nHer blir dere klare."
    assert passages[4].text == "Snakk om elefanten\nSi det høyt.\nDet hjelper.\nNoen var redde."
    assert passages[4].questions[4] == "elefant"


def test_documents_are_read_with_their_headings(knowledge):
    assert read_documents(knowledge.folder / "sources.yml") == {
        "rapport": Document(
            "rapport",
            "Sluttrapport",
            "Universitetet",
            2021,
            ("1. Innledning", "Appendiks 1: Forberedelsesfasen"),
            "rapport.txt",
        ),
        "lysark": Document("lysark", "Et lysark", "Kommunen", None, ("Forside",), "lysark.txt"),
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "documents:",
            "dokumenter:",
            ":1: there is no field `documents`. Write `documents:` and the documents under it.",
        ),
        (
            "    title: Et lysark\n",
            "",
            ":1: a document lacks a field ('title'). Give each title, publisher, file and headings.",
        ),
        (
            "title: Et lysark",
            "title: Et: lysark",
            ":11: the file is not valid YAML. Put quotes around a text with a colon, and mend the indents.",
        ),
    ],
)
def test_malformed_documents_are_told_with_file_and_line(knowledge, old, new, message):
    knowledge.change("sources.yml", old, new)

    with pytest.raises(GuideError) as caught:
        read_documents(knowledge.folder / "sources.yml")

    assert str(caught.value) == f"knowledge/sources.yml{message}"


@pytest.mark.parametrize("taken", ["dugnad", "god-tid", "forberedelse"])
def test_an_id_that_is_taken_is_refused(knowledge, taken):
    knowledge.change("cases/maltid.md", "id: maltid", f"id: {taken}")

    with pytest.raises(GuideError) as caught:
        read_library(knowledge.folder)

    assert str(caught.value) == f"cases/maltid.md:2: the id {taken} is taken. Choose another id."


def test_the_projects_own_guide_has_its_three_phases_and_38_steps():
    library = get_library()

    assert {phase.id: len(phase.steps) for phase in library.phases.values()} == {
        "forberedelse": 8,
        "rekruttering": 9,
        "gjennomforing": 21,
    }
    assert list(library.documents) == [
        "usn-rapport-2021",
        "nibr-rapport-2019",
        "usn-webinar-lysark",
        "usn-verktoykasse-lysark",
        "larvik-lysark",
    ]
