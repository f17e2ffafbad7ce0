"""Everything that the guide knows: articles, phases and steps, and the documents they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import GuideError
from bot.knowledge.articles import read_articles
from bot.knowledge.front_matter import read_yaml
from bot.knowledge.phase_file import read_phases
from bot.settings import ROOT
from bot.types import Article, Passage, Phase, Source, Step

KNOWLEDGE = ROOT / "knowledge"


@dataclass(frozen=True)
class Document:
    """A source document.

    Attributes:
        title: of the work.
        publisher: who stands behind it.
        year: or None where the document shows none.
        headings: its headings or slide titles, those that a source may name.
        file: name of its text among the source documents.
    """

    id: str
    title: str
    publisher: str
    year: int | None
    headings: tuple[str, ...]
    file: str


@dataclass(frozen=True)
class Library:
    """The whole knowledge, by id."""

    articles: dict[str, Article]
    phases: dict[str, Phase]
    documents: dict[str, Document]

    @property
    def steps(self) -> dict[str, Step]:
        """All steps by id, in the guide's order."""
        return {step.id: step for phase in self.phases.values() for step in phase.steps}

    def title(self, text_id: str) -> str:
        """Return the title of an article, step or phase."""
        return self._find(text_id).title

    def short(self, text_id: str) -> str:
        """Return the short title, which fits on a button."""
        return self._find(text_id).short

    def knows(self, text_id: str) -> bool:
        """Say whether there is a text with this id."""
        return text_id in self.articles or text_id in self.phases or text_id in self.steps

    def see_also(self, text_id: str) -> tuple[str, ...]:
        """Return ids of texts to go on with, only those that exist."""
        return tuple(other for other in self._find(text_id).see_also if self.knows(other))

    def sources(self, text_id: str) -> tuple[Source, ...]:
        """Return where a text has its facts from."""
        found = self._find(text_id)
        return (found.source,) if isinstance(found, Phase) else found.sources

    def citation(self, source: Source) -> str:
        """Write a source as people read it: work (publisher, year), heading, page."""
        document = self.documents[source.document]
        origin = f"{document.publisher}, {document.year}" if document.year else document.publisher
        page = f", s. {source.page}" if source.page else ""
        return f"{document.title} ({origin}): {source.heading}{page}"

    def passages(self) -> list[Passage]:
        """Return every text as the index sees it, in a stable order."""
        found = [Passage(a.id, a.title, f"{a.title}\n{a.body}", a.questions) for a in self.articles.values()]
        for phase in self.phases.values():
            overview = f"{phase.title}\n{phase.intro}"
            found.append(Passage(phase.id, phase.title, overview, phase.questions))
            for step in phase.steps:
                text = "\n".join((step.title, step.what, step.why, step.more))
                found.append(Passage(step.id, step.title, text, step.questions))
        return found

    def _find(self, text_id: str) -> Article | Phase | Step:
        found = self.articles.get(text_id) or self.phases.get(text_id) or self.steps.get(text_id)
        if found is None:
            raise KeyError(text_id)
        return found


def read_documents(path: Path) -> dict[str, Document]:
    """Read `sources.yml`.

    Raises:
        GuideError: it is missing or malformed.
    """
    where = f"{path.parent.name}/{path.name}"
    raw = read_yaml(path, where)
    documents = raw.get("documents") if isinstance(raw, dict) else None
    if not isinstance(documents, dict):
        raise GuideError(f"{where}:1: there is no field `documents`.", "Write `documents:` and the documents under it.")
    try:
        return {str(name): _document(str(name), fields) for name, fields in documents.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise GuideError(
            f"{where}:1: a document lacks a field ({error}).", "Give each title, publisher, file and headings."
        ) from error


def _document(name: str, fields: dict[str, Any]) -> Document:
    return Document(
        id=name,
        title=str(fields["title"]),
        publisher=str(fields["publisher"]),
        year=fields.get("year"),
        headings=tuple(str(heading["title"]) for heading in fields["headings"]),
        file=str(fields["file"]),
    )


def read_library(folder: Path = KNOWLEDGE) -> Library:
    """Read the whole knowledge folder.

    Raises:
        GuideError: a file is malformed, or two texts have one id.
    """
    articles: dict[str, Article] = {}
    phases = {phase.id: phase for phase in read_phases(folder / "guide")}
    taken = {step.id: phase.path for phase in phases.values() for step in phase.steps}
    for article in read_articles(folder / "concepts") + read_articles(folder / "cases"):
        if article.id in articles or article.id in taken or article.id in phases:
            raise GuideError(f"{article.path}:2: the id {article.id} is taken.", "Choose another id.")
        articles[article.id] = article
    return Library(articles, phases, read_documents(folder / "sources.yml"))


@lru_cache(maxsize=1)
def get_library() -> Library:
    """Return the project's own knowledge, read once."""
    return read_library()
