"""Which letters bytes stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.documents.encoding import decode, marked


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("text", ["Blåbær", "Møtet på Værøy: «Vi øver» – sa hun.", "Hei på deg"])
def test_norwegian_is_read_in_every_usual_encoding(text, encoding):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-be", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-8", "\ufeff")])
def test_a_mark_is_not_part_of_the_text(encoding, mark):
    assert decode((mark + "å").encode(encoding)) == "å"


def test_a_declared_encoding_comes_before_a_guess_but_after_a_mark():
    assert decode("Ã¥".encode("cp1252"), "cp1252") == "Ã¥"
    assert decode("å".encode("mac_roman"), "mac-roman") == "å"
    assert decode("å".encode("utf-8-sig"), "mac-roman") == "å"
    assert decode("å".encode(), "ascii") == "å"
    assert decode("å".encode(), "no-such") == "å"


def test_one_bad_byte_does_not_spoil_the_rest():
    assert decode("ærlig talt, så får vi håpe på bær i år, øl og mat på bålet".encode() + b"\xe5") == (
        "ærlig talt, så får vi håpe på bær i år, øl og mat på bålet\ufffd"
    )


def test_marks_are_named():
    assert [marked("a".encode(name)) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32")] == [
        None,
        "utf-8-sig",
        "utf-16",
        "utf-32",
    ]


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "cp1252", "idna", "hex"]))
def test_it_never_fails(data, declared):
    assert isinstance(decode(data, declared), str)
