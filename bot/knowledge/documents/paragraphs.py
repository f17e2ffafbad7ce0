"""Makes headings, paragraphs and items of physical lines, where a format knows nothing but lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.knowledge.documents.blocks import Block, Line
from bot.knowledge.documents.repair import BULLET, LARGER, body_size, join

_ITEM = re.compile(rf"^(?:[{BULLET}●○▪■–−*-]\s|\d{{1,2}}[.)]\s|[a-z]\)\s)")
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-ZÆØÅ«“\"]")
_CHAPTER = re.compile(r"^(?:Appendiks|Vedlegg|Kapittel|Del|Appendix|Chapter)\s+(?:\d+|[A-Z])(?:\s*[:.–-].+)?$")
_SENTENCE_END = re.compile(r"[.!?:»”\")]$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LONGEST_HEADING = 90
_LONGEST_BARE_HEADING = 60
# A line shorter than this share of the usual width did not break because the page ended.
_FULL_LINE = 0.72
_FRAGMENT_WORDS = 3
_FRAGMENTS = 4


def paragraphs(lines: Sequence[Line]) -> list[Block]:
    """Return the blocks that the lines make up. A blank line alone ends no paragraph: extraction strews them."""
    written = [line for line in lines if line.text]
    width, body = _usual_width(written), body_size(written)
    blocks: list[Block] = []
    last: Line | None = None
    for place, line in enumerate(written):
        following = written[place + 1] if place + 1 < len(written) else None
        ended = last is None or _ends_block(last.text, line.text, width)
        sentence_ended = last is not None and bool(_SENTENCE_END.search(last.text))
        level = _heading_level(line, following, body, width, ended, sentence_ended)
        if level and last is not None and blocks[-1].level == level and _is_second_line(last, line, body):
            blocks[-1] = replace(blocks[-1], text=join(blocks[-1].text, line.text))
        elif level:
            blocks.append(Block(line.text, level, line.page))
        elif last is not None and (_continues_heading(last, line) if blocks[-1].level else not ended):
            blocks[-1] = replace(blocks[-1], text=join(blocks[-1].text, line.text))
        else:
            blocks.append(Block(line.text, 0, line.page))
        last = line
    return _gather_fragments(blocks)


def _usual_width(lines: Sequence[Line]) -> int:
    """Return the length that full lines have, in characters."""
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(len(lengths) * 0.85)] if lengths else 0


def _ends_block(last: str, text: str, width: int) -> bool:
    """Say whether a block ends between two lines."""
    if _ITEM.match(text):
        return True
    if text[0].islower() or re.search(r"\w-$", last) or last.endswith(","):
        return False
    is_full = len(last) >= _FULL_LINE * width
    return not is_full or (bool(_SENTENCE_END.search(last)) and len(last) < 0.9 * width)


def _heading_level(
    line: Line, following: Line | None, body: float | None, width: int, ended: bool, sentence_ended: bool
) -> int:
    """Return the level of the heading that a line is, 0 when it is none."""
    text = line.text
    if line.level:
        return line.level
    if len(text) > _LONGEST_HEADING or not any(c.isalpha() for c in text) or text[-1] in ".,;:":
        return 0
    if body and line.size and line.size >= LARGER * body:
        return 1 if line.size >= 1.5 * body else 2
    if _CHAPTER.match(text):
        return 1
    numbered = _NUMBERED.match(text)
    if numbered and not re.match(r"^\d{1,2}[.)]\s", text):
        depth = numbered[1].count(".") + 1
        is_note = depth == 1 and (len(text) > _LONGEST_BARE_HEADING or _YEAR.search(text))
        return 0 if is_note or (depth == 1 and not ended) else depth
    if body and line.size:
        return 0
    if not (ended or sentence_ended) or following is None or _ITEM.match(text) or not text[0].isupper():
        return 0
    is_short = len(text) <= min(_LONGEST_BARE_HEADING, 0.7 * width) and len(text.split()) <= 8
    is_title = following.text[0].isupper() and len(following.text) > max(1.3 * len(text), 0.6 * width)
    leads = is_title or bool(_ITEM.match(following.text))
    return 3 if is_short and leads and not _SENTENCE_END.search(text.rstrip('»”"?!')) else 0


def _is_second_line(last: Line, line: Line, body: float | None) -> bool:
    """Say whether two lines in the same large letters are one heading."""
    if last.level or line.level or last.page != line.page or not (body and last.size and line.size):
        return False
    starts = _CHAPTER.match(line.text) or _NUMBERED.match(line.text) or _ITEM.match(line.text)
    same_size = abs(last.size - line.size) < 0.5 and line.size >= LARGER * body
    return same_size and not starts and not _SENTENCE_END.search(last.text)


def _continues_heading(last: Line, line: Line) -> bool:
    if last.level:
        return False
    same_size = last.size is None or line.size is None or abs(last.size - line.size) < 0.5
    return same_size and line.text[0].islower() and len(line.text) <= _LONGEST_BARE_HEADING


def _gather_fragments(blocks: Sequence[Block]) -> list[Block]:
    """Join runs of torn labels (words from a figure, each on a line of its own) into one block each."""
    kept: list[Block] = []
    run: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and not block.level and _is_fragment(block.text):
            run.append(block)
            continue
        if len(run) >= _FRAGMENTS:
            kept.append(replace(run[0], text=" / ".join(piece.text for piece in run)))
        else:
            kept += run
        run = []
        if block is not None:
            kept.append(block)
    return kept


def _is_fragment(text: str) -> bool:
    return len(text.split()) <= _FRAGMENT_WORDS and not _SENTENCE_END.search(text) and not _ITEM.match(text)
