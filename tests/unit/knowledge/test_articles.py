"""Articles: the values that are read, and what is told when one cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import GuideError
from bot.knowledge.articles import parse_article, read_articles
from bot.types import Article, Source

PATH = "concepts/dugnad.md"


def file(knowledge: Any) -> str:
    """Return the good article's text."""
    return str((knowledge.folder / PATH).read_text(encoding="utf-8"))


def test_every_value_is_read(knowledge):
    assert parse_article(file(knowledge), PATH) == Article(
        id="dugnad",
        title="Hva er dugnad?",
        short="Dugnad",
        topic="begrepet",
        body="Dugnad er arbeid i lag.\n\nAlle tar del.",
        sources=(Source("rapport", "1. Innledning"), Source("lysark", "Forside", 4)),
        questions=(
            "Hva er en dugnad?",
            "dugnad forklaring",
            "Kva er dugnad?",
            "ka e dugnad",
            "Hvem er med på dugnad?",
            "What is dugnad?",
            "Vi maler et gjerde i lag",
            "dugnat",
        ),
        see_also=("maltid", "forberedelse"),
        phase="forberedelse",
        steps=("god-tid",),
        path=PATH,
    )


def test_lists_and_phase_may_be_left_out():
    article = parse_article("---\nid: a\ntitle: A\nshort: A\ntopic: funn\n---\nHei.\n", "a.md")

    assert article == Article("a", "A", "A", "funn", "Hei.", (), (), (), None, (), "a.md")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: dugnad\n", "", ":1: the field `id` is missing. Add a line `id: ...` between the --- lines."),
        (
            "topic: begrepet",
            "topic:",
            ":5: the field `topic` is missing. Add a line `topic: ...` between the --- lines.",
        ),
        ("title: Hva er dugnad?", "title: [Hva]", ":3: this is not plain text for YAML. Put quotes around it."),
        ("phase: forberedelse", "phase: [a]", ":6: this is not plain text for YAML. Put quotes around it."),
        (", heading: Forside", "", ':13: a source is incomplete. Write {source: ID, heading: "HEADING"}.'),
        ("page: 4", "page: fire", ":13: the page fire is not a number. Write page: 45, or leave it out."),
        ("  - dugnat", "  - no", ":22: this is not plain text for YAML. Put quotes around it."),
        ("steps: [god-tid]", "steps: god-tid", ":7: the field `steps` is not a list. Write each item as `- item`."),
    ],
)
def test_an_error_names_file_and_line(knowledge, old, new, message):
    knowledge.change(PATH, old, new)

    with pytest.raises(GuideError) as caught:
        parse_article(file(knowledge), PATH)

    assert str(caught.value) == PATH + message


def test_a_folder_is_read_in_the_order_of_names(knowledge):
    text = file(knowledge)
    for name in ("b", "a", "c"):
        knowledge.write(f"concepts/{name}.md", text.replace("id: dugnad", f"id: {name}"))
    knowledge.write("concepts/merk.txt", "Ikke en artikkel.")

    articles = read_articles(knowledge.folder / "concepts")

    assert [(article.id, article.path) for article in articles] == [
        ("a", "concepts/a.md"),
        ("b", "concepts/b.md"),
        ("c", "concepts/c.md"),
        ("dugnad", "concepts/dugnad.md"),
    ]
