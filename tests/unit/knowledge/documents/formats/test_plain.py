"""Markdown and plain text."""

from __future__ import annotations

import pytest

from bot.knowledge.documents.blocks import Block, Contents
from bot.knowledge.documents.formats import plain

MARKDOWN = """---
title: "En veileder"
---
# Samskaping

Vi lager *tjenester*
i [lag](https://example.org) med `kode`.

Undertittel
-----------

* kaffe
  1. svart

     helst
* kake

| Hvem | Hva |
|------|-----|
| Kari | leder |
| Ola  |     |

> «Vi øver»

```
linje 1
linje 2
```

<div><p>I <b>HTML</b></p></div>

![Et bilde](a.png)
"""


def written(path, text, encoding="utf-8"):
    """Write text to a file, with the line ends that it has."""
    path.write_bytes(text.encode(encoding))
    return path


def test_markdown_is_read_without_its_marks(tmp_path):
    contents = plain.read_markdown(written(tmp_path / "a.md", MARKDOWN))

    assert contents == Contents(
        "En veileder",
        (
            Block("Samskaping", 1),
            Block("Vi lager tjenester i lag med kode."),
            Block("Undertittel", 2),
            Block("• kaffe"),
            Block("• svart"),
            Block("helst"),
            Block("• kake"),
            Block("Hvem | Hva"),
            Block("Kari | leder"),
            Block("Ola"),
            Block("«Vi øver»"),
            Block("linje 1 linje 2"),
            Block("I HTML"),
            Block("Et bilde"),
        ),
    )


def test_without_front_matter_the_first_heading_is_the_title(tmp_path):
    assert plain.read_markdown(written(tmp_path / "a.md", "## B\n\n# A\r\n\rtekst")) == Contents(
        "A", (Block("B", 2), Block("A", 1), Block("tekst"))
    )


def test_text_with_two_headings_is_markdown_and_keeps_its_pages(tmp_path):
    text = "# En\n\nført\n\f## To\n\n* punkt\n"

    assert plain.read_text(written(tmp_path / "a.txt", text)).blocks == (
        Block("En", 1, 1),
        Block("ført", 0, 1),
        Block("To", 2, 2),
        Block("• punkt", 0, 2),
    )


def test_text_with_one_such_line_is_not_markdown(tmp_path):
    assert plain.read_text(written(tmp_path / "a.txt", "# En\n* to *\n")).blocks == (
        Block("# En"),
        Block("* to *"),
    )


def test_a_form_feed_begins_a_page_and_heads_go(tmp_path):
    words = ("første", "andre", "tredje")
    pages = [
        f"Rapport\nPå den {word} siden står det noe som går\nover en linje til.\nMer om den {word}.\n{number}"
        for number, word in enumerate(words, start=1)
    ]

    assert plain.read_text(written(tmp_path / "a.txt", "\f".join(pages))).blocks == tuple(
        block
        for number, word in enumerate(words, start=1)
        for block in (
            Block(f"På den {word} siden står det noe som går over en linje til.", 0, number),
            Block(f"Mer om den {word}.", 0, number),
        )
    )


def test_without_a_form_feed_there_are_no_pages(tmp_path):
    assert plain.read_text(written(tmp_path / "a.txt", "Hei.")).blocks == (Block("Hei."),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same(tmp_path, encoding, ends):
    text = f"- Blåbær og grønne trær.{ends}- Ærlig talt{ends}"

    assert plain.read_text(written(tmp_path / "a.txt", text, encoding)).blocks == (
        Block("- Blåbær og grønne trær."),
        Block("- Ærlig talt"),
    )


def test_front_matter_moves_no_page(tmp_path):
    text = "---\ntitle: T\n---\n# En\n\nher\n\f# To\n\nder"

    assert [(block.text, block.page) for block in plain.read_markdown(written(tmp_path / "a.md", text)).blocks] == [
        ("En", 1),
        ("her", 1),
        ("To", 2),
        ("der", 2),
    ]


def test_a_heading_in_an_item_has_no_bullet(tmp_path):
    assert plain.read_markdown(written(tmp_path / "a.md", "* # En\n")).blocks == (Block("En", 1),)


def test_unicode_s_own_line_ends_count(tmp_path):
    assert plain.read_text(written(tmp_path / "a.txt", "- en\u2028- to\x85- tre")).blocks == (
        Block("- en"),
        Block("- to"),
        Block("- tre"),
    )


def test_plain_text_has_no_title_of_its_own(tmp_path):
    text = (
        "Forord\n\n" + "Denne rapporten handler om møter mellom folk som bor i kommunen og dem som arbeider der. " * 3
    )

    read = plain.read_text(written(tmp_path / "a.txt", text))

    assert (read.title, read.blocks[0].text) == ("", "Forord")
