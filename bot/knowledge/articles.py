"""Reads articles: Markdown files with YAML front matter."""

from __future__ import annotations

from pathlib import Path

from bot.knowledge.front_matter import FrontMatter, joined, read_text, split_front_matter
from bot.types import Article


def parse_article(text: str, path: str) -> Article:
    """Parse one article file; `path` is named in messages.

    Raises:
        GuideError: a field is missing or malformed.
    """
    return article_of(split_front_matter(text, path))


def article_of(front: FrontMatter) -> Article:
    """Return the article that a file's front matter and body are.

    Raises:
        GuideError: a field is missing or malformed.
    """
    return Article(
        id=front.required("id"),
        title=front.required("title"),
        short=front.required("short"),
        topic=front.required("topic"),
        body=joined(front.body),
        sources=front.sources("sources"),
        questions=front.texts("questions"),
        see_also=front.texts("see_also"),
        phase=front.optional("phase"),
        steps=front.texts("steps"),
        path=front.path,
    )


def read_articles(folder: Path) -> list[Article]:
    """Read all articles in a folder, in the order of their names."""
    names = [(path, f"{folder.name}/{path.name}") for path in sorted(folder.glob("*.md"))]
    return [parse_article(read_text(path, name), name) for path, name in names]
