"""Web pages: what is text, what surrounds it, which letters the bytes mean."""

from __future__ import annotations

import pytest

from bot.knowledge.documents.blocks import Block
from bot.knowledge.documents.formats import web

PAGE = """<!doctype html><html><head><title>Om  samskaping</title><style>p {}</style></head><body>
<header>Kommunens nettsted</header><nav><a href="/">Hjem</a></nav>
<main><h1>Sam<b>skaping</b></h1><p>Vi lager <em>tjenester</em><br>i lag. <!-- skjult --></p>
<div>Bare i en boks<p>Og et avsnitt</p>etterpå</div>
<ul><li>kaffe<ul><li><p>svart</p><p>helst</p></li></ul></li><li></li></ul><p>rett etter</p><h3>Etterpå</h3>
<table><tr><th>Hvem</th><th>Hva</th></tr><tr><td>Kari</td><td><p>leder</p><p>møtet</p></td><td></td></tr></table>
<table><tr><td><h2>Ramme</h2>tekst</td><td>side</td></tr><tr><td><p>én</p><p>to</p></td></tr></table>
<blockquote>«Vi øver»</blockquote><p hidden>a</p><p aria-hidden="true">b</p><p style="display: none">c</p>
<form><p>Søk</p></form><aside>Les også</aside><script>kode()</script></main><footer>Kontakt</footer></body></html>"""


def test_the_text_is_kept_in_order_and_its_surroundings_are_not(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")

    contents = web.read(path)

    assert contents.title == "Om samskaping"
    assert contents.blocks == (
        Block("Samskaping", 1),
        Block("Vi lager tjenester i lag."),
        Block("Bare i en boks"),
        Block("Og et avsnitt"),
        Block("etterpå"),
        Block("• kaffe"),
        Block("• svart"),
        Block("helst"),
        Block("rett etter"),
        Block("Etterpå", 3),
        Block("Hvem | Hva"),
        Block("Kari | leder møtet"),
        Block("Ramme", 2),
        Block("tekst"),
        Block("side"),
        Block("én"),
        Block("to"),
        Block("«Vi øver»"),
    )


def test_without_a_title_the_first_heading_is_one(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<title> </title><header><h1>Blåbær</h1></header><p>x</p>", encoding="utf-8")

    assert web.read(path).title == "Blåbær"


def test_a_form_around_the_whole_page_is_no_form(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<form><h1>Tittel</h1><p>Tekst</p><form><input></form></form>", encoding="utf-8")

    assert web.read(path).blocks == (Block("Tittel", 1), Block("Tekst"))


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "cp1252"),
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta charset="mac-roman">', "mac_roman"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta  charset="utf-16">', "utf-8"),
        ('<meta charset="finnes-ikke">', "utf-8"),
    ],
)
def test_the_bytes_tell_the_encoding(tmp_path, declared, encoding):
    path = tmp_path / "a.html"
    path.write_bytes(f"<html><head>{declared}</head><body><p>«Blåbær» og grønne trær</p></body>".encode(encoding))

    assert web.read(path).blocks == (Block("«Blåbær» og grønne trær"),)
