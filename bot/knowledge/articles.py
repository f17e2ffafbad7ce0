"""Reads articles: Markdown files with YAML front matter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.errors import GuideError
from bot.types import Article, Source

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


def split_front_matter(text: str, path: str) -> tuple[dict[str, Any], str]:
    """Return the front matter and what follows it.

    >>> split_front_matter("---\\nid: a\\n---\\nHei\\n", "a.md")
    ({'id': 'a'}, 'Hei')

    Raises:
        GuideError: the front matter is missing or is not YAML.
    """
    match = _FRONT_MATTER.match(text.replace("\r\n", "\n").lstrip("\ufeff"))
    if not match:
        raise GuideError(f"{path}:1: the front matter is missing.", "Start the file with a block between two --- lines.")
    try:
        fields = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise GuideError(f"{path}:{line}: the front matter is not valid YAML.", "Put quotes around the text.") from error
    if not isinstance(fields, dict):
        raise GuideError(f"{path}:1: the front matter is not a list of fields.", "Write `name: value` on each line.")
    return fields, match.group(2).strip()


def read_source(value: Any, path: str) -> Source:
    """Return the source written as `{source: id, heading: "..."}`.

    Raises:
        GuideError: it has another form.
    """
    if not isinstance(value, dict) or not {"source", "heading"} <= value.keys():
        raise GuideError(f"{path}: a source is incomplete.", 'Write {source: ID, heading: "HEADING"}.')
    page = value.get("page")
    return Source(str(value["source"]), str(value["heading"]), int(page) if page is not None else None)


def texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the list field `name` as a tuple of strings, empty when it is absent."""
    return tuple(str(value).strip() for value in fields.get(name) or ())


def required(fields: dict[str, Any], name: str, path: str) -> str:
    """Return the field `name` as a non-empty string.

    Raises:
        GuideError: it is missing.
    """
    value = str(fields.get(name) or "").strip()
    if not value:
        raise GuideError(f"{path}:1: the field `{name}` is missing.", f"Add a line `{name}: ...` between the --- lines.")
    return value


def parse_article(text: str, path: str) -> Article:
    """Parse one article file; `path` is named in messages.

    Raises:
        GuideError: a field is missing or malformed.
    """
    fields, body = split_front_matter(text, path)
    return Article(
        id=required(fields, "id", path),
        title=required(fields, "title", path),
        short=required(fields, "short", path),
        topic=required(fields, "topic", path),
        body=body,
        sources=tuple(read_source(value, path) for value in fields.get("sources") or ()),
        questions=texts(fields, "questions"),
        see_also=texts(fields, "see_also"),
        phase=fields.get("phase"),
        steps=texts(fields, "steps"),
        path=path,
    )


def read_articles(folder: Path) -> list[Article]:
    """Read all articles in a folder, in the order of their names."""
    return [
        parse_article(path.read_text(encoding="utf-8"), f"{folder.name}/{path.name}")
        for path in sorted(folder.glob("*.md"))
    ]
