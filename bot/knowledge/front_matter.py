"""Reads a Markdown file with YAML front matter, and remembers the line of everything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.errors import GuideError
from bot.types import Source

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_ITEM = re.compile(r"(?:[-*]|\d+[.)])\s")


class Line(NamedTuple):
    """One line of a file, numbered from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class FrontMatter:
    """The fields at the top of a file, and the text that follows them.

    Attributes:
        path: how messages name the file.
        fields: the fields' values.
        lines: for each field the line that it stands on, then the lines of its items if it is a list.
        body: what follows, line by line.
    """

    path: str
    fields: dict[str, Any]
    lines: dict[str, tuple[int, ...]]
    body: tuple[Line, ...]

    def where(self, name: str, item: int | None = None) -> str:
        """Return `path:line` of a field or of one of its items."""
        lines = self.lines.get(name, (1,))
        return f"{self.path}:{lines[0 if item is None else item + 1]}"

    def required(self, name: str) -> str:
        """Return the field `name` as a non-empty string.

        Raises:
            GuideError: it is missing or not a text.
        """
        value = self.optional(name)
        if not value:
            raise GuideError(
                f"{self.where(name)}: the field `{name}` is missing.",
                f"Add a line `{name}: ...` between the --- lines.",
            )
        return value

    def optional(self, name: str) -> str | None:
        """Return the field `name` as a string, None when it is absent.

        Raises:
            GuideError: it is not a text.
        """
        value = self.fields.get(name)
        return None if value is None else _text(value, self.where(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the list field `name` as a tuple of strings, empty when it is absent.

        Raises:
            GuideError: it is not a list of texts.
        """
        return tuple(_text(value, self.where(name, item)) for item, value in enumerate(self.items(name)))

    def sources(self, name: str) -> tuple[Source, ...]:
        """Return the list field `name` as a tuple of sources.

        Raises:
            GuideError: a source has another form than `{source: id, heading: "..."}`.
        """
        return tuple(read_source(value, self.where(name, item)) for item, value in enumerate(self.items(name)))

    def items(self, name: str) -> list[Any]:
        """Return the list field `name`, empty when it is absent.

        Raises:
            GuideError: it is not a list.
        """
        value = self.fields.get(name)
        if value is not None and not isinstance(value, list):
            raise GuideError(f"{self.where(name)}: the field `{name}` is not a list.", "Write each item as `- item`.")
        return value or []


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise GuideError(f"{where}: this is not plain text for YAML.", "Put quotes around it.")
    return value.strip()


def read_source(value: Any, where: str) -> Source:
    """Return the source written as `{source: id, heading: "..."}`; `where` is named in messages.

    Raises:
        GuideError: it has another form.
    """
    if not isinstance(value, dict) or not {"source", "heading"} <= value.keys():
        raise GuideError(f"{where}: a source is incomplete.", 'Write {source: ID, heading: "HEADING"}.')
    page = value.get("page")
    if page is not None and not isinstance(page, int):
        raise GuideError(f"{where}: the page {page} is not a number.", "Write page: 45, or leave it out.")
    return Source(str(value["source"]), str(value["heading"]), page)


def read_text(path: Path, name: str) -> str:
    """Return a file's text; `name` is how messages name it.

    Raises:
        GuideError: it is missing, or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise GuideError(f"{name}:1: the file is missing.", "Put it back.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GuideError(f"{name}:{line}: the file is not UTF-8.", "Save it with the encoding UTF-8.") from error


def read_yaml(path: Path, name: str) -> Any:
    """Return what a YAML file holds; `name` is how messages name it.

    Raises:
        GuideError: it is missing, not UTF-8 or not YAML.
    """
    try:
        return yaml.safe_load(read_text(path, name))
    except yaml.YAMLError as error:
        raise _not_yaml(error, name, "file", 1) from error


def _not_yaml(error: yaml.YAMLError, path: str, what: str, first: int) -> GuideError:
    """Return what to tell about YAML that does not parse and begins on line `first`."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + first if mark else first
    return GuideError(
        f"{path}:{line}: the {what} is not valid YAML.", "Put quotes around a text with a colon, and mend the indents."
    )


def split_front_matter(text: str, path: str) -> FrontMatter:
    r"""Return the front matter and what follows it.

    >>> front = split_front_matter("---\nid: a\n---\nHei", "a.md")
    >>> front.fields, front.lines, front.body
    ({'id': 'a'}, {'id': (2,)}, (Line(number=4, text='Hei'),))

    Raises:
        GuideError: the front matter is missing or is not YAML.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        raise GuideError(f"{path}:1: the front matter is missing.", "Start with a block between two --- lines.")
    try:
        loader = yaml.SafeLoader(match.group(1))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise GuideError(f"{path}:1: the front matter is not a list of fields.", "Write lines `name: value`.")
        lines = _field_lines(node, path)
        fields = loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _not_yaml(error, path, "front matter", 2) from error
    first = text.count("\n", 0, match.start(2)) + 1
    body = tuple(Line(number, line) for number, line in enumerate(match.group(2).split("\n"), start=first))
    return FrontMatter(path, fields, lines, body)


def _field_lines(node: yaml.MappingNode, path: str) -> dict[str, tuple[int, ...]]:
    """Return the lines of each field and its items; the front matter starts on the file's second line."""
    lines: dict[str, tuple[int, ...]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 2
        name = str(key.value)
        if name in lines:
            raise GuideError(f"{path}:{line}: the field `{name}` is there twice.", "Take one out.")
        items = value.value if isinstance(value, yaml.SequenceNode) else []
        lines[name] = (line, *(item.start_mark.line + 2 for item in items))
    return lines


def joined(lines: tuple[Line, ...]) -> str:
    """Return lines as one text, without blank space around it."""
    return "\n".join(line.text for line in lines).strip()


def paragraphs(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the paragraphs and list items in some lines, each on one line that has the number of its first.

    >>> paragraphs((Line(4, "Det er"), Line(5, "to:"), Line(6, "- styrt"), Line(7, ""), Line(8, "Slutt.")))
    (Line(number=4, text='Det er to:'), Line(number=6, text='- styrt'), Line(number=8, text='Slutt.'))
    """
    found: list[Line] = []
    inside = False
    for line in lines:
        text = line.text.strip()
        if inside and text and not _ITEM.match(text):
            found[-1] = Line(found[-1].number, f"{found[-1].text} {text}")
        elif text:
            found.append(Line(line.number, text))
        inside = bool(text)
    return tuple(found)
