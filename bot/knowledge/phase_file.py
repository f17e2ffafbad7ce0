"""Reads a phase of the guide: front matter, an introduction, and one section per step.

A step is a second-level heading with its id in braces, a few `Name: value` lines, and the third-level headings
named in `SECTIONS`. The same file is walked and searched: it is the only place where a step's words stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import yaml

from bot.errors import GuideError
from bot.knowledge.front_matter import FrontMatter, Line, joined, read_source, read_text, split_front_matter
from bot.types import Phase, Source, Step, Strand

PHASE_ORDER = ("forberedelse", "rekruttering", "gjennomforing")
SECTIONS = {"Hva": "what", "Hvorfor": "why", "Snakk sammen": "discuss", "Fortell mer": "more", "Spørsmål": "questions"}
_STEP = re.compile(r"## (?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}\s*$")
_SECTION = re.compile(r"### (.+?)\s*$")
_FIELD = re.compile(r"([A-ZÆØÅ][a-zæøå ]+): (.+)$")


@dataclass(frozen=True)
class StepBlock:
    """One step as it stands in its file.

    Attributes:
        line: of its heading.
        fields: the `Name: value` lines, each with its name.
        sections: by heading, the heading's line and then the lines under it.
    """

    id: str
    title: str
    line: int
    fields: tuple[tuple[str, Line], ...]
    sections: dict[str, tuple[Line, ...]]

    def values(self, name: str) -> list[Line]:
        """Return the values of a field with their lines, in order."""
        return [line for field, line in self.fields if field == name]

    def value(self, name: str) -> str | None:
        """Return a field's value, None when it is absent."""
        return next((line.text for line in self.values(name)), None)

    def text(self, section: str) -> str:
        """Return a section's text."""
        return joined(self.sections.get(section, ())[1:])

    def questions(self) -> list[Line]:
        """Return the questions with their lines."""
        lines = self.sections.get("Spørsmål", ())[1:]
        return [Line(line.number, line.text[2:].strip()) for line in lines if line.text.startswith("- ")]


def parse_phase(text: str, path: str) -> Phase:
    """Parse one phase file; `path` is named in messages.

    Raises:
        GuideError: something is missing or malformed; the message says where.
    """
    front = split_front_matter(text, path)
    blocks = split_steps(front)
    return phase_of(front, tuple(step_of(block, front, number) for number, block in enumerate(blocks, start=1)))


def phase_of(front: FrontMatter, steps: tuple[Step, ...]) -> Phase:
    """Return the phase that a file's front matter and introduction are, with these steps.

    Raises:
        GuideError: a field is missing or malformed.
    """
    phase_id = front.required("id")
    if phase_id not in PHASE_ORDER:
        known = ", ".join(PHASE_ORDER)
        raise GuideError(f"{front.where('id')}: no phase has the id {phase_id}.", f"Use one of {known}.")
    return Phase(
        id=phase_id,
        number=PHASE_ORDER.index(phase_id) + 1,
        title=front.required("title"),
        short=front.required("short"),
        intro=joined(introduction(front)),
        source=read_source(front.fields.get("source"), front.where("source")),
        steps=steps,
        strands=tuple(_strand(value, front.where("strands", n)) for n, value in enumerate(front.items("strands"))),
        questions=front.texts("questions"),
        see_also=front.texts("see_also"),
        path=front.path,
    )


def _strand(value: object, where: str) -> Strand:
    if not isinstance(value, dict) or not {"id", "title"} <= value.keys():
        raise GuideError(f"{where}: a strand is incomplete.", "Write {id: ID, title: TITLE}.")
    return Strand(str(value["id"]), str(value["title"]))


def introduction(front: FrontMatter) -> tuple[Line, ...]:
    """Return the lines before the first step."""
    starts = _starts(front)
    return front.body[: starts[0]] if starts else front.body


def split_steps(front: FrontMatter) -> list[StepBlock]:
    """Return the steps of a phase file as they stand in it.

    Raises:
        GuideError: a step's heading has no id.
    """
    places = [*_starts(front), len(front.body)]
    return [_block(front.body[start:end], front.path) for start, end in pairwise(places)]


def _starts(front: FrontMatter) -> list[int]:
    return [place for place, line in enumerate(front.body) if line.text.startswith("## ")]


def _block(lines: tuple[Line, ...], path: str) -> StepBlock:
    head = _STEP.match(lines[0].text)
    if not head:
        raise GuideError(f"{path}:{lines[0].number}: this heading has no id.", "Write `## Title {#id}`.")
    marks = [place for place, line in enumerate(lines) if _SECTION.match(line.text)]
    sections = {lines[start].text[4:].strip(): lines[start:end] for start, end in pairwise([*marks, len(lines)])}
    matches = [(line.number, _FIELD.match(line.text)) for line in lines[1 : marks[0] if marks else len(lines)]]
    fields = tuple((match[1], Line(number, match[2].strip())) for number, match in matches if match)
    return StepBlock(head["id"], head["title"], lines[0].number, fields, sections)


def step_of(block: StepBlock, front: FrontMatter, number: int) -> Step:
    """Return the step that a block is.

    Raises:
        GuideError: a section is missing or unknown, or a source is malformed.
    """
    _check_sections(block, front.path)
    return Step(
        id=block.id,
        phase=front.required("id"),
        number=number,
        title=block.title,
        short=block.value("Kort") or block.title,
        what=block.text("Hva"),
        why=block.text("Hvorfor"),
        discuss=block.text("Snakk sammen"),
        more=block.text("Fortell mer"),
        sources=tuple(_line_source(line, front.path) for line in block.values("Kilde")),
        questions=tuple(line.text for line in block.questions()),
        see_also=tuple(listed(block.value("Se også"))),
        strand=block.value("Bolk"),
        path=front.path,
    )


def listed(value: str | None) -> list[str]:
    """Return the ids in a line such as `a, b`.

    >>> listed("a, b,")
    ['a', 'b']
    """
    return [part.strip() for part in (value or "").split(",") if part.strip()]


def _check_sections(block: StepBlock, path: str) -> None:
    """Refuse a step that lacks a section or has one that nobody reads."""
    missing = [name for name in SECTIONS if not block.text(name)]
    if missing:
        names = ", ".join(f"`### {name}`" for name in missing)
        raise GuideError(f"{path}:{block.line}: the step {block.id} lacks {names}.", "Add it with its text.")
    for name, lines in block.sections.items():
        if name not in SECTIONS:
            known = ", ".join(SECTIONS)
            raise GuideError(f"{path}:{lines[0].number}: no section is called {name}.", f"Use one of {known}.")


def _line_source(line: Line, path: str) -> Source:
    where = f"{path}:{line.number}"
    try:
        value = yaml.safe_load(line.text)
    except yaml.YAMLError as error:
        raise GuideError(f"{where}: the source is not readable.", 'Write {source: ID, heading: "HEADING"}.') from error
    return read_source(value, where)


def read_phases(folder: Path) -> list[Phase]:
    """Read the phase files in a folder, in the guide's order."""
    names = [(path, f"{folder.name}/{path.name}") for path in folder.glob("*.md")]
    return sorted((parse_phase(read_text(path, name), name) for path, name in names), key=lambda phase: phase.number)
