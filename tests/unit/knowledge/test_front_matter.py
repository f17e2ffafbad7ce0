"""The front matter of a file, its values and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import GuideError
from bot.knowledge.front_matter import Line, paragraphs, read_source, read_text, read_yaml, split_front_matter
from bot.types import Source


def lines(*texts: str) -> tuple[Line, ...]:
    """Return texts as lines 1, 2, …."""
    return tuple(Line(number, text) for number, text in enumerate(texts, start=1))


def test_fields_items_and_body_keep_their_lines():
    front = split_front_matter("---\nid: a\nquestions:\n  - En?\n\n  - To?\nsteps: [b, c]\n---\n\nHei.\n", "a.md")

    assert front.fields == {"id": "a", "questions": ["En?", "To?"], "steps": ["b", "c"]}
    assert front.lines == {"id": (2,), "questions": (3, 4, 6), "steps": (7, 7, 7)}
    assert front.body == (Line(9, ""), Line(10, "Hei."), Line(11, ""))


def test_a_file_may_end_with_its_front_matter():
    assert split_front_matter("---\nid: a\n---", "a.md").body == (Line(3, ""),)


def test_a_line_of_dashes_in_the_text_stays_there():
    front = split_front_matter("---\nid: a\n---\nEn\n---\nTo", "a.md")

    assert [line.text for line in front.body] == ["En", "---", "To"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hei", "a.md:1: the front matter is missing. Start with a block between two --- lines."),
        ("---\nid: a\nHei", "a.md:1: the front matter is missing. Start with a block between two --- lines."),
        ("---\n- a\n---\n", "a.md:1: the front matter is not a list of fields. Write lines `name: value`."),
        (
            "---\nid: a\ntitle: b: c\n---\n",
            "a.md:3: the front matter is not valid YAML. Put quotes around a text with a colon, and mend the indents.",
        ),
        ("---\nid: a\nshort: b\nid: c\n---\n", "a.md:4: the field `id` is there twice. Take one out."),
    ],
)
def test_a_bad_front_matter_is_told_with_its_line(text, message):
    with pytest.raises(GuideError) as caught:
        split_front_matter(text, "a.md")

    assert str(caught.value) == message


def test_texts_are_stripped_and_absent_lists_are_empty():
    front = split_front_matter("---\nid: ' a '\nquestions: [' En? ']\nsee_also:\nphase: null\n---\n", "a.md")

    assert front.required("id") == "a"
    assert front.texts("questions") == ("En?",)
    assert front.texts("see_also") == ()
    assert front.texts("steps") == ()
    assert front.optional("phase") is None


@pytest.mark.parametrize("value", ["no", "2021", "Hva: er det", "[a]"])
def test_what_yaml_does_not_take_for_text_is_told_with_its_line(value):
    front = split_front_matter(f"---\nid: a\nquestions:\n  - En?\n  - {value}\n---\n", "a.md")

    with pytest.raises(GuideError) as caught:
        front.texts("questions")

    assert str(caught.value) == "a.md:5: this is not plain text for YAML. Put quotes around it."


def test_a_list_field_that_is_no_list_is_told():
    front = split_front_matter("---\nid: a\nquestions: En?\n---\n", "a.md")

    with pytest.raises(GuideError) as caught:
        front.texts("questions")

    assert str(caught.value) == "a.md:3: the field `questions` is not a list. Write each item as `- item`."


@pytest.mark.parametrize(("text", "line"), [("id: a", 1), ("id: a\ntitle: ''", 3), ("id: a\ntitle:", 3)])
def test_a_required_field_that_is_missing_is_told(text, line):
    front = split_front_matter(f"---\n{text}\n---\n", "a.md")

    with pytest.raises(GuideError) as caught:
        front.required("title")

    expected = f"a.md:{line}: the field `title` is missing. Add a line `title: ...` between the --- lines."
    assert str(caught.value) == expected


def test_a_source_has_a_page_only_where_one_is_given():
    assert read_source({"source": "a", "heading": "H"}, "x:1") == Source("a", "H", None)
    assert read_source({"source": "a", "heading": "H", "page": 45}, "x:1") == Source("a", "H", 45)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"source": "a"}, 'x:1: a source is incomplete. Write {source: ID, heading: "HEADING"}.'),
        ("a", 'x:1: a source is incomplete. Write {source: ID, heading: "HEADING"}.'),
        (None, 'x:1: a source is incomplete. Write {source: ID, heading: "HEADING"}.'),
        (
            {"source": "a", "heading": "H", "page": "s. 4"},
            "x:1: the page s. 4 is not a number. Write page: 45, or leave it out.",
        ),
    ],
)
def test_a_malformed_source_is_told(value, message):
    with pytest.raises(GuideError) as caught:
        read_source(value, "x:1")

    assert str(caught.value) == message


def test_a_byte_order_mark_and_windows_line_ends_do_not_count(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_bytes("\ufeffÆ\r\nb\r\n".encode())

    assert read_text(path, "a.md") == "Æ\nb\n"


def test_another_encoding_is_told_with_its_line(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_bytes(b"en\nto\nm\xe5l\n")

    with pytest.raises(GuideError) as caught:
        read_text(path, "x/a.md")

    assert str(caught.value) == "x/a.md:3: the file is not UTF-8. Save it with the encoding UTF-8."


def test_a_yaml_file_that_does_not_parse_is_told_with_its_line(tmp_path: Path):
    path = tmp_path / "a.yml"
    path.write_text("a: 1\nb: c: d\n", encoding="utf-8")

    with pytest.raises(GuideError) as caught:
        read_yaml(path, "a.yml")

    assert str(caught.value) == (
        "a.yml:2: the file is not valid YAML. Put quotes around a text with a colon, and mend the indents."
    )


def test_paragraphs_join_wrapped_lines_and_keep_list_items_apart():
    found = paragraphs(lines("", "Det er", "to:", "- styrt", "  og stramt", "- åpent", "", "1. Slutt", "2. Her"))

    assert found == (
        Line(2, "Det er to:"),
        Line(4, "- styrt og stramt"),
        Line(6, "- åpent"),
        Line(8, "1. Slutt"),
        Line(9, "2. Her"),
    )
