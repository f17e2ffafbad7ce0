"""Small frozen records that several parts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


@dataclass(frozen=True)
class Source:
    """Where a text has its facts from.

    Attributes:
        document: id of the document in `knowledge/sources.yml`.
        heading: chapter or section heading, or slide title, word for word.
        page: page number, only where the document itself shows one.
    """

    document: str
    heading: str
    page: int | None = None


@dataclass(frozen=True)
class Article:
    """One concept or case.

    Attributes:
        id: stable, also the file's name.
        title: heading or short question.
        short: at most 32 characters, fits on a button.
        topic: the shelf it stands on.
        body: plain text, paragraphs apart by a blank line.
        questions: what people would type to find it.
        see_also: ids of texts that one would ask about next.
        phase: the phase it belongs to, if any.
        steps: ids of the steps it belongs to.
    """

    id: str
    title: str
    short: str
    topic: str
    body: str
    sources: tuple[Source, ...]
    questions: tuple[str, ...]
    see_also: tuple[str, ...]
    phase: str | None = None
    steps: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Step:
    """One piece of advice in a phase.

    Attributes:
        number: its place in the phase, from 1.
        strand: id of the strand within the phase, or None.
        what: what to do.
        why: why.
        discuss: a question for the team.
        more: what there is to tell beyond that.
    """

    id: str
    phase: str
    number: int
    title: str
    short: str
    what: str
    why: str
    discuss: str
    more: str
    sources: tuple[Source, ...]
    questions: tuple[str, ...]
    see_also: tuple[str, ...]
    strand: str | None = None
    path: str = ""


@dataclass(frozen=True)
class Strand:
    """A group of steps within a phase."""

    id: str
    title: str


@dataclass(frozen=True)
class Phase:
    """One phase of the guide with its steps in order."""

    id: str
    number: int
    title: str
    short: str
    intro: str
    source: Source
    steps: tuple[Step, ...]
    strands: tuple[Strand, ...] = ()
    questions: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Passage:
    """What can be found: a text of the knowledge as the index sees it.

    Attributes:
        id: id of the article, step or phase it is.
        title: its title.
        text: what is embedded as a passage.
        questions: what people would ask for it.
    """

    id: str
    title: str
    text: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentPassage:
    """A piece of an imported document, quoted as it stands there.

    Attributes:
        text: at most 1,200 characters; an inner heading has a line of its own.
        headings: the headings above it, the highest first.
        page: number of the page that it begins on, where the format has pages.
        slide: number of its slide, where the format has slides.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None
    slide: int | None = None


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Attributes:
        passage: id of the passage.
        score: the votes it got, about 0 to 1; higher is better.
    """

    passage: str
    score: float


@dataclass(frozen=True)
class Finding:
    """What the retriever found for a message.

    Attributes:
        hits: passages, best first.
        covered: calibrated probability in [0, 1] that the guide covers what is asked.
    """

    hits: tuple[Hit, ...]
    covered: float


class EventKind(str, Enum):
    """What can happen in a journey."""

    STARTED = "started"
    SHOWN = "shown"
    DONE = "done"
    SKIPPED = "skipped"
    REOPENED = "reopened"
    UNDONE = "undone"
    RESTARTED = "restarted"


@dataclass(frozen=True)
class JourneyEvent:
    """One line in a team's append-only record.

    Attributes:
        kind: what happened.
        step: id of the step it is about; for STARTED the step that the phase starts at.
        phase: id of the phase it is about.
        at: when, in UTC.
        by: keyed hash of the person.
    """

    kind: EventKind
    phase: str
    step: str | None
    at: datetime
    by: str = field(default="")
