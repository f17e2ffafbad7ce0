"""Repairs what extraction breaks: characters, hyphens at line ends, running heads, page numbers, reference lists."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.knowledge.documents.blocks import Block, Line

BULLET = "•"
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]|[\x00-\x08\x0e-\x1b\x7f]")
# A soft hyphen at the end of a line is a hyphen that one sees.
_SOFT_HYPHEN_AT_END = re.compile("\u00ad(?=[^\\S\n]*(?:\n|$))")
_WHITE = re.compile(r"[^\S\n]+")
# «barne- og ungdomstiltak»: that hyphen stands for the rest of a word and is no line break.
_SUSPENDED = re.compile(r"^(og|eller|samt|til|men|and|or)\b")
_PAGE_NUMBER = re.compile(r"^(?:s(?:ide)?\.?\s*)?[-–|]?\s*\d{1,4}\s*[-–|]?(?:\s*(?:av|/)\s*\d{1,4})?$", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}\s*\d{1,4}$|…\s*\d{1,4}$")
_REFERENCE_HEADING = re.compile(
    r"^(?:\d+\.?\s*)?(?:referanser|referanseliste|litteratur|litteraturliste|litteraturhenvisninger|kilder|kildeliste|"
    r"references|bibliography|works cited)\s*:?$",
    re.IGNORECASE,
)
_APPENDIX = re.compile(r"^(?:appendiks|appendix|vedlegg)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"^[A-ZÆØÅ][^()]{2,160}\((?:19|20)\d\d[a-z]?\)\s*[.:,]")
HEAD_REPEATS = 3
# Letters this much larger than the body's make a heading.
LARGER = 1.12
_PAGE_EDGE = 2


def clean_characters(text: str) -> str:
    r"""Return text with ligatures taken apart, bullets of private fonts made plain, and invisible characters removed.

    >>> clean_characters("e\ufb03sient\u00a0og \uf0b7 punkt")
    'effisient og • punkt'
    """
    text = unicodedata.normalize("NFC", text)
    text = _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _SOFT_HYPHEN_AT_END.sub("-", _PRIVATE_USE.sub(BULLET, text))
    return _WHITE.sub(" ", _INVISIBLE.sub("", text))


def one_line(text: str) -> str:
    r"""Return text with clean characters on one line, without white space at its ends.

    >>> one_line("  Hei\x0bpå\n deg ")
    'Hei på deg'
    """
    return " ".join(clean_characters(text).split())


def join(before: str, after: str) -> str:
    """Join two lines of one paragraph; a hyphen that only divides a word at the line's end goes.

    >>> join("fra rappor-", "ten")
    'fra rapporten'
    >>> join("barne-", "og ungdomstiltak"), join("de NAV-", "ansatte")
    ('barne- og ungdomstiltak', 'de NAV-ansatte')
    """
    if not before or not after:
        return before or after
    if not re.search(r"\w-$", before) or _SUSPENDED.match(after):
        return f"{before} {after}"
    divided = before[-2].islower() and after[0].islower()
    return before[:-1] + after if divided else before + after


def without_page_furniture(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without page numbers, running heads and lines of a table of contents.

    A running head is a line that comes back in the same size, the numbers in it aside, on several pages; where the
    format has no pages, one that comes back at all, is of some length, and stands without a sentence's end. In large
    letters the numbers count: «Kapittel 1» and «Kapittel 2» are headings. What the outline names stays.
    """
    body = body_size(lines)
    shapes: dict[tuple[str, float], set[int]] = defaultdict(set)
    for place, line in enumerate(lines):
        if line.text:
            shapes[_shape(line, body)].add(line.page if line.page is not None else -place - 1)
    has_pages = any(line.page is not None for line in lines)
    edges = _edges(lines) if has_pages else set()
    kept = []
    for place, line in enumerate(lines):
        repeated = len(shapes.get(_shape(line, body), ())) >= HEAD_REPEATS
        is_head = repeated and (place in edges if has_pages else _looks_like_head(line.text))
        is_number = bool(_PAGE_NUMBER.match(line.text)) and (not has_pages or place in edges)
        if line.level or not (is_head or is_number or _CONTENTS_LINE.search(line.text)):
            kept.append(line)
    return kept


def without_references(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without lists of references: they answer no question."""
    kept: list[Block] = []
    inside = 0
    for block in blocks:
        if _REFERENCE_HEADING.match(block.text) and len(block.text) < 40:
            inside = block.level or 1
            continue
        if inside and (_APPENDIX.match(block.text) or (0 < block.level <= inside and not _REFERENCE.match(block.text))):
            inside = 0
        if not inside and not (block.level == 0 and _REFERENCE.match(block.text)):
            kept.append(block)
    return kept


def _shape(line: Line, body: float | None) -> tuple[str, float]:
    text, size = line.text.lower().strip(), round(line.size or 0)
    return text if body and size >= LARGER * body else re.sub(r"\d+", "#", text), size


def _looks_like_head(text: str) -> bool:
    return len(text) >= 15 and text[-1] not in ".!?:;," and not text.startswith((BULLET, "-", "http"))


def _edges(lines: Sequence[Line]) -> set[int]:
    """Return the places of the first and last written lines of each page."""
    written: dict[int | None, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.text:
            written[line.page].append(place)
    return {place for places in written.values() for place in places[:_PAGE_EDGE] + places[-_PAGE_EDGE:]}


def body_size(lines: Sequence[Line]) -> float | None:
    """Return the size of letters that most of the text has, in points; None where the format does not tell."""
    letters: Counter[float] = Counter()
    for line in lines:
        if line.size:
            letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0] if letters else None
