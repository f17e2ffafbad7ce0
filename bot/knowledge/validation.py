"""Checks the knowledge before it is indexed: `samskap validate`.

Each check looks at one text (an `Entry`) and yields what is wrong with it, so that an editor sees everything at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.articles import article_of
from bot.knowledge.front_matter import FrontMatter, Line, joined, paragraphs, read_text, read_yaml, split_front_matter
from bot.knowledge.library import Document, read_documents
from bot.knowledge.phase_file import PHASE_ORDER, StepBlock, introduction, phase_of, split_steps, step_of
from bot.knowledge.readability import lix, sentences, words
from bot.types import Article, Phase, Source, Step

TOPICS = ("begrepet", "modeller", "funn", "rammer", "folkehelse", "caser", "veilederen")
QUESTIONS = range(8, 16)
TITLE, SHORT = 70, 32
WORDS = 250
LIX = 50
_LOCATED = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<what>.+)", re.DOTALL)
_STEP_ID = re.compile(r"^## .*\{#([^}]*)\}", re.MULTILINE)
_NO_PARAGRAPH = re.compile(r"[-*#>|]|\d+[.)] ")
_BODY_SECTIONS = ("Hva", "Hvorfor", "Snakk sammen", "Fortell mer")


@dataclass(frozen=True, order=True)
class Problem:
    """Something that an editor should mend.

    >>> str(Problem("knowledge/concepts/a.md", 3, "the title is too long", "shorten it"))
    'knowledge/concepts/a.md:3: the title is too long; shorten it'

    Attributes:
        path: of the file.
        line: the offending line, from 1.
        what: what is wrong.
        remedy: how to mend it.
    """

    path: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{self.path}:{self.line}: {self.what}; {self.remedy}"


@dataclass(frozen=True)
class Entry:
    """One text, and where in its file everything stands.

    Attributes:
        path: of its file.
        name: the file's name without the suffix.
        lines: for each field of the text its line, then the lines of its items.
        body: the paragraphs and list items that people read.
    """

    text: Article | Phase | Step
    path: str
    name: str
    lines: dict[str, tuple[int, ...]]
    body: tuple[Line, ...]

    def line(self, field: str, item: int | None = None) -> int:
        """Return the line of a field, or of one of its items; of the id where the field is absent."""
        found = self.lines.get(field) or self.lines["id"]
        place = 0 if item is None else item + 1
        return found[place] if place < len(found) else found[0]

    def problem(self, line: int, what: str, remedy: str) -> Problem:
        """Return a problem in this text's file."""
        return Problem(self.path, line, what, remedy)


@dataclass(frozen=True)
class WordRule:
    """A word that texts avoid.

    Attributes:
        pattern: finds it.
        better: what to write instead.
        explained_in: ids of the texts that may hold it.
    """

    pattern: re.Pattern[str]
    better: str
    explained_in: frozenset[str]


@dataclass(frozen=True)
class Known:
    """What a text may refer to.

    Attributes:
        texts: ids of all articles, steps and phases, also of those in files that cannot be read.
        steps: ids of the steps.
        strands: by phase, ids of its strands.
        documents: the source documents, or None where their list cannot be read.
        words: words to avoid.
    """

    texts: frozenset[str]
    steps: frozenset[str]
    strands: dict[str, tuple[str, ...]]
    documents: dict[str, Document] | None
    words: tuple[WordRule, ...]


Check = Callable[[Entry, Known], Iterator[Problem]]


def validate(folder: Path) -> list[Problem]:
    """Return all that is wrong in a knowledge folder, by file and line."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    texts: set[str] = set()
    steps: set[str] = set()
    for part in ("guide", "concepts", "cases"):
        for path in sorted((folder / part).glob("*.md")):
            read, broken = _read_file(path, f"{folder.name}/{part}/{path.name}", part == "guide")
            entries += read
            problems += broken
            inside = _step_ids(path) if part == "guide" else set()
            steps |= inside
            texts |= inside | {path.stem} | {entry.text.id for entry in read}
    documents, unread = _read_documents(folder / "sources.yml")
    rules, malformed = _read_words(folder / "words.yml")
    strands = {e.text.id: tuple(s.id for s in e.text.strands) for e in entries if isinstance(e.text, Phase)}
    known = Known(frozenset(texts), frozenset(steps), strands, documents, rules)
    problems += unread + malformed + _repeated_ids(entries) + _repeated_questions(entries)
    problems += [problem for entry in entries for check in CHECKS for problem in check(entry, known)]
    return sorted(set(problems))


def problem_of(error: GuideError, path: str) -> Problem:
    """Return an error of a parser as a problem; `path` is used if the error names no place."""
    located = _LOCATED.fullmatch(error.what)
    remedy = (error.remedy[:1].lower() + error.remedy[1:]).removesuffix(".")
    if not located:
        return Problem(path, 1, error.what.removesuffix("."), remedy)
    return Problem(located["path"], int(located["line"]), located["what"].removesuffix("."), remedy)


# Reading, with lines


def _read_file(path: Path, name: str, is_phase: bool) -> tuple[list[Entry], list[Problem]]:
    try:
        front = split_front_matter(read_text(path, name), name)
        if is_phase:
            return _read_phase(front, path.stem)
        return [Entry(article_of(front), name, path.stem, front.lines, paragraphs(front.body))], []
    except GuideError as error:
        return [], [problem_of(error, name)]


def _read_phase(front: FrontMatter, name: str) -> tuple[list[Entry], list[Problem]]:
    """Return a phase and its steps; a part that cannot be read hides only itself."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    readers = [partial(_phase_entry, front, name)]
    for number, block in enumerate(split_steps(front), start=1):
        readers.append(partial(_step_entry, front, block, number, name))
    for read in readers:
        try:
            entries.append(read())
        except GuideError as error:
            problems.append(problem_of(error, front.path))
    return entries, problems


def _phase_entry(front: FrontMatter, name: str) -> Entry:
    phase = phase_of(front, ())
    lines = {**front.lines, "sources": front.lines["source"]}
    return Entry(phase, front.path, name, lines, paragraphs(introduction(front)))


def _step_entry(front: FrontMatter, block: StepBlock, number: int, name: str) -> Entry:
    step = step_of(block, front, number)
    body = [part for section in _BODY_SECTIONS for part in paragraphs(block.sections[section][1:])]
    sources = [line.number for line in block.values("Kilde")]
    questions = [line.number for line in block.questions()]
    lines = {
        "id": (block.line,),
        "short": tuple(line.number for line in block.values("Kort")),
        "strand": tuple(line.number for line in block.values("Bolk")),
        "sources": tuple(sources[:1] + sources),
        "see_also": tuple(line.number for line in block.values("Se også")),
        "questions": (block.sections["Spørsmål"][0].number, *questions),
    }
    return Entry(step, front.path, name, lines, tuple(body))


def _step_ids(path: Path) -> set[str]:
    """Return the ids of the steps that a file means to have, even if it cannot be read."""
    return set(_STEP_ID.findall(path.read_text(encoding="utf-8", errors="replace")))


def _read_documents(path: Path) -> tuple[dict[str, Document] | None, list[Problem]]:
    try:
        return read_documents(path), []
    except GuideError as error:
        return None, [problem_of(error, path.name)]


def _read_words(path: Path) -> tuple[tuple[WordRule, ...], list[Problem]]:
    name = f"{path.parent.name}/{path.name}"
    try:
        rows = read_yaml(path, name)["words"]
        return tuple(_word_rule(row) for row in rows), []
    except GuideError as error:
        return (), [problem_of(error, name)]
    except (KeyError, TypeError, re.error) as error:
        return (), [Problem(name, 1, f"a word cannot be read ({error})", "give each pattern, better and explained_in")]


def _word_rule(row: dict[str, str | list[str]]) -> WordRule:
    return WordRule(re.compile(str(row["pattern"]), re.IGNORECASE), str(row["better"]), frozenset(row["explained_in"]))


# Checks over all texts


def _repeated_ids(entries: list[Entry]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for entry in entries:
        here = f"{entry.path}:{entry.line('id')}"
        taken = first.setdefault(entry.text.id, here)
        if taken != here:
            what = f"the id {entry.text.id} is taken by {taken}"
            problems.append(entry.problem(entry.line("id"), what, "choose another id"))
    return problems


def _repeated_questions(entries: list[Entry]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for entry in entries:
        for item, question in enumerate(entry.text.questions):
            line = entry.line("questions", item)
            here = f"{entry.path}:{line}"
            asked = first.setdefault(" ".join(words(question.casefold())), here)
            if asked != here:
                what = f"the question «{question}» already stands in {asked}"
                problems.append(entry.problem(line, what, "keep it in the text that answers it best"))
    return problems


# Checks of one text


def _id(entry: Entry, known: Known) -> Iterator[Problem]:
    if not isinstance(entry.text, Step) and entry.text.id != entry.name:
        what = f"the id {entry.text.id} is not the file's name"
        yield entry.problem(entry.line("id"), what, f"write `id: {entry.name}`, or rename the file")


def _links(entry: Entry, known: Known) -> Iterator[Problem]:
    for item, other in enumerate(entry.text.see_also):
        line = entry.line("see_also", item)
        if other == entry.text.id:
            yield entry.problem(line, "the text points to itself", f"take {other} out of the list")
        elif other not in known.texts:
            yield entry.problem(line, f"there is no text with the id {other}", "mend it, or take it out of the list")


def _place(entry: Entry, known: Known) -> Iterator[Problem]:
    """Topic, phase and steps of an article."""
    if not isinstance(entry.text, Article):
        return
    if entry.text.topic not in TOPICS:
        what = f"there is no topic {entry.text.topic}"
        yield entry.problem(entry.line("topic"), what, f"use one of {', '.join(TOPICS)}")
    if entry.text.phase not in (None, *PHASE_ORDER):
        what = f"there is no phase {entry.text.phase}"
        yield entry.problem(entry.line("phase"), what, f"use one of {', '.join(PHASE_ORDER)}, or null")
    for item, step in enumerate(entry.text.steps):
        if step not in known.steps:
            line = entry.line("steps", item)
            yield entry.problem(line, f"there is no step with the id {step}", "mend it, or take it out of the list")


def _strand(entry: Entry, known: Known) -> Iterator[Problem]:
    """The strand of a step; in a phase without strands it has none."""
    if not isinstance(entry.text, Step) or entry.text.phase not in known.strands:
        return
    strands = known.strands[entry.text.phase]
    strand = entry.text.strand
    if strands and strand is None:
        yield entry.problem(entry.line("id"), "the step has no strand", f"add `Bolk:` with one of {', '.join(strands)}")
    elif strand is not None and strand not in strands:
        remedy = f"use one of {', '.join(strands)}" if strands else "take the line out"
        yield entry.problem(entry.line("strand"), f"the phase has no strand {strand}", remedy)


def _sources(entry: Entry, known: Known) -> Iterator[Problem]:
    sources = (entry.text.source,) if isinstance(entry.text, Phase) else entry.text.sources
    if not sources:
        yield entry.problem(entry.line("sources"), "the text has no source", "say where its facts come from")
    for item, source in enumerate(sources):
        wrong = _source(source, known.documents)
        if wrong:
            yield entry.problem(entry.line("sources", item), *wrong)


def _source(source: Source, documents: dict[str, Document] | None) -> tuple[str, str] | None:
    """Return what is wrong with a source and how to mend it."""
    if documents is None:
        return None
    if source.document not in documents:
        return f"there is no document {source.document} in sources.yml", f"use one of {', '.join(documents)}"
    if source.heading not in documents[source.document].headings:
        what = f"{source.document} has no heading «{source.heading}» in sources.yml"
        return what, "copy the heading word for word from sources.yml"
    return None


def _questions(entry: Entry, known: Known) -> Iterator[Problem]:
    count = len(entry.text.questions)
    if count not in QUESTIONS:
        remedy = f"write {QUESTIONS[0]} to {QUESTIONS[-1]} that people would ask"
        yield entry.problem(entry.line("questions"), f"the text has {count} question(s)", remedy)


def _titles(entry: Entry, known: Known) -> Iterator[Problem]:
    for field, name, text, most in (
        ("title", "title", entry.text.title, TITLE),
        ("short", "short title", entry.text.short, SHORT),
    ):
        if len(text) > most:
            what = f"the {name} has {len(text)} characters"
            yield entry.problem(entry.line(field), what, f"shorten it to at most {most}")


def _body(entry: Entry, known: Known) -> Iterator[Problem]:
    """Whether there is a text, of a good length, that starts with a paragraph."""
    count = len(words(joined(entry.body)))
    if not count:
        yield entry.problem(entry.line("id"), "the text is empty", "write what it has to tell")
        return
    first = entry.body[0]
    if _NO_PARAGRAPH.match(first.text.lstrip()):
        what = "the text does not start with a paragraph"
        yield entry.problem(first.number, what, "answer in a sentence or two first")
    if count > WORDS:
        yield entry.problem(first.number, f"the text has {count} words", f"shorten it to at most {WORDS}")


def _words(entry: Entry, known: Known) -> Iterator[Problem]:
    for rule in known.words:
        if entry.text.id in rule.explained_in:
            continue
        for line in entry.body:
            for match in rule.pattern.finditer(line.text):
                what = f"the text says «{match[0].strip('«»')}»"
                yield entry.problem(line.number, what, f"write {rule.better}, or explain the word (see words.yml)")


def _reading_ease(entry: Entry, known: Known) -> Iterator[Problem]:
    """Whether the text reads easily; the longest sentence is where to begin."""
    value = lix(joined(entry.body))
    if value > LIX:
        length, line = max((len(words(part)), -line.number) for line in entry.body for part in sentences(line.text))
        what = f"the text is hard to read (LIX {value:.0f}, at most {LIX})"
        yield entry.problem(-line, what, f"shorten sentences and words; its longest sentence is here: {length} words")


CHECKS: tuple[Check, ...] = (_id, _links, _place, _strand, _sources, _questions, _titles, _body, _words, _reading_ease)
