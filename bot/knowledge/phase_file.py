"""Reads a phase of the guide: front matter, an introduction, and one section per step.

A step is a second-level heading with its id in braces, a few `Name: value` lines, and the third-level headings
named in `SECTIONS`. The same file is walked and searched: it is the only place where a step's words stand.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.errors import GuideError
from bot.knowledge.articles import read_source, required, split_front_matter, texts
from bot.types import Phase, Source, Step, Strand

PHASE_ORDER = ("forberedelse", "rekruttering", "gjennomforing")
SECTIONS = {"Hva": "what", "Hvorfor": "why", "Snakk sammen": "discuss", "Fortell mer": "more", "Spørsmål": "questions"}
_STEP = re.compile(r"^## (?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}\s*$", re.MULTILINE)
_SECTION = re.compile(r"^### (.+?)\s*$", re.MULTILINE)
_FIELD = re.compile(r"^([A-ZÆØÅ][a-zæøå ]+): (.+)$", re.MULTILINE)


def parse_phase(text: str, path: str) -> Phase:
    """Parse one phase file; `path` is named in messages.

    Raises:
        GuideError: something is missing or malformed; the message says which step.
    """
    fields, body = split_front_matter(text, path)
    phase_id = required(fields, "id", path)
    if phase_id not in PHASE_ORDER:
        raise GuideError(f"{path}:1: no phase has the id {phase_id}.", f"Use one of {', '.join(PHASE_ORDER)}.")
    heads = list(_STEP.finditer(body))
    ends = [head.start() for head in heads[1:]] + [len(body)]
    steps = tuple(
        _parse_step(head, body[head.end() : end], phase_id, number, path)
        for number, (head, end) in enumerate(zip(heads, ends), start=1)
    )
    return Phase(
        id=phase_id,
        number=PHASE_ORDER.index(phase_id) + 1,
        title=required(fields, "title", path),
        short=required(fields, "short", path),
        intro=body[: heads[0].start()].strip() if heads else body,
        source=read_source(fields.get("source"), path),
        steps=steps,
        strands=tuple(Strand(str(s["id"]), str(s["title"])) for s in fields.get("strands") or ()),
        questions=texts(fields, "questions"),
        see_also=texts(fields, "see_also"),
        path=path,
    )


def _parse_step(head: re.Match[str], section: str, phase: str, number: int, path: str) -> Step:
    where = f"{path} ({head['id']})"
    parts = _SECTION.split(section)
    sections = dict(zip(parts[1::2], (part.strip() for part in parts[2::2])))
    for name in SECTIONS:
        if not sections.get(name):
            raise GuideError(f"{where}: the section `{name}` is missing.", f"Add `### {name}` with its text.")
    lines = _FIELD.findall(parts[0])
    fields = dict(lines)
    sources = tuple(_line_source(value, where) for name, value in lines if name == "Kilde")
    questions = tuple(line[2:].strip() for line in sections["Spørsmål"].splitlines() if line.startswith("- "))
    return Step(
        id=head["id"],
        phase=phase,
        number=number,
        title=head["title"],
        short=fields.get("Kort") or head["title"],
        what=sections["Hva"],
        why=sections["Hvorfor"],
        discuss=sections["Snakk sammen"],
        more=sections["Fortell mer"],
        sources=sources,
        questions=questions,
        see_also=tuple(part.strip() for part in fields.get("Se også", "").split(",") if part.strip()),
        strand=fields.get("Bolk"),
        path=path,
    )


def _line_source(value: str, where: str) -> Source:
    try:
        return read_source(yaml.safe_load(value), where)
    except yaml.YAMLError as error:
        raise GuideError(f"{where}: the source is not readable.", 'Write {source: ID, heading: "HEADING"}.') from error


def read_phases(folder: Path) -> list[Phase]:
    """Read the phase files in a folder, in the guide's order."""
    phases = [
        parse_phase(path.read_text(encoding="utf-8"), f"{folder.name}/{path.name}") for path in folder.glob("*.md")
    ]
    return sorted(phases, key=lambda phase: phase.number)
