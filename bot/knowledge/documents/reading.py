"""The one entrance to documents of one's own: checks a file, reads it by its kind."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.documents.blocks import Contents
from bot.knowledge.documents.encoding import marked
from bot.knowledge.documents.formats import pdf, plain, slides, web, word
from bot.knowledge.documents.repair import without_references

MB = 1024 * 1024
LARGEST_FILE = 50 * MB
LARGEST_UNPACKED = 200 * MB
MOST_MEMBERS = 5_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
# A PDF may have something before its mark.
_PDF_MARK_WITHIN = 1024
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02
_TEXT_SEEN = 64 * 1024


@dataclass(frozen=True)
class _Kind:
    """A kind of file: how it is called, recognised and read."""

    name: str
    is_one: Callable[[Path, bytes], bool]
    read: Callable[[Path], Contents]


def read_document(path: Path) -> Contents:
    """Read a document of any kind that is known, without its lists of references.

    Raises:
        GuideError: the file can't be read, is not what its name says, is too large, or has no text.
    """
    name = path.name
    _check_size(path)
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise GuideError(f"{name} is of a kind that can't be read.", f"Use one of {', '.join(_KINDS)}.")
    try:
        _check_kind(path, kind)
        contents = kind.read(path)
    # Want of memory says nothing about the file's health; the sandbox tells of it.
    except (GuideError, MemoryError):
        raise
    except Exception as error:
        raise GuideError(
            f"{name} can't be read ({type(error).__name__}): it may be damaged.",
            "Open it in the program it was made with, save it anew, and try again.",
        ) from error
    contents = replace(contents, blocks=tuple(without_references(contents.blocks)))
    if not any(c.isalpha() for block in contents.blocks for c in block.text):
        raise GuideError(f"There is no text in {name}.", "If its pages are pictures, run text recognition (OCR) first.")
    return contents


def _check_size(path: Path) -> None:
    if not path.exists():
        raise GuideError(f"There is no file {path.name}.", "Check the path.")
    if not path.is_file():
        raise GuideError(f"{path.name} is not a file.", "Give the path of one document.")
    size = path.stat().st_size
    if not size:
        raise GuideError(f"{path.name} is empty.", "Check that it was copied in full.")
    if size > LARGEST_FILE:
        raise GuideError(
            f"{path.name} is {size / MB:.0f} MB large; at most {LARGEST_FILE // MB} MB are read.",
            "Split it into smaller files, or save it with smaller pictures.",
        )


def _check_kind(path: Path, kind: _Kind) -> None:
    with path.open("rb") as file:
        start = file.read(_TEXT_SEEN)
    if start.startswith(_OLE) and kind in (_WORD, _SLIDES):
        raise GuideError(
            f"{path.name} is protected by a password, or is an old .doc or .ppt under a new name.",
            "Save it without a password as .docx or .pptx and try again.",
        )
    if not kind.is_one(path, start):
        raise GuideError(f"{path.name} is not a {kind.name} file.", "Give it the ending that its content calls for.")


def _is_pdf(path: Path, start: bytes) -> bool:
    return b"%PDF-" in start[:_PDF_MARK_WITHIN]


def _is_zip_with(member: str) -> Callable[[Path, bytes], bool]:
    """Return a check for an Office file; it also refuses one that would unpack to more than memory should hold."""

    def check(path: Path, start: bytes) -> bool:
        if not start.startswith(_ZIP):
            return False
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(info.file_size for info in members) > LARGEST_UNPACKED:
            raise GuideError(
                f"{path.name} unpacks to more than {LARGEST_UNPACKED // MB} MB or {MOST_MEMBERS} parts.",
                "Split it into smaller files, or save it with smaller pictures.",
            )
        return any(re.fullmatch(member, info.filename) for info in members)

    return check


def _is_text(path: Path, start: bytes) -> bool:
    if start.startswith((_OLE, _ZIP)) or b"%PDF-" in start[:8]:
        return False
    if marked(start) in ("utf-16", "utf-32"):
        return True
    # Later than the start too: a NUL anywhere makes it another kind.
    return b"\x00" not in path.read_bytes() and len(_CONTROL.findall(start)) <= _MOST_CONTROLS * len(start)


def _is_web(path: Path, start: bytes) -> bool:
    return _is_text(path, start) and re.search(rb"<[a-zA-Z!?]", start.replace(b"\x00", b"")) is not None


_WORD = _Kind("Word", _is_zip_with(r"word/document\d*\.xml"), word.read)
_SLIDES = _Kind("PowerPoint", _is_zip_with(r"ppt/presentation\d*\.xml"), slides.read)
_WEB = _Kind("HTML", _is_web, web.read)
_MARKDOWN = _Kind("Markdown", _is_text, plain.read_markdown)
_KINDS = {
    ".pdf": _Kind("PDF", _is_pdf, pdf.read),
    ".docx": _WORD,
    ".pptx": _SLIDES,
    ".html": _WEB,
    ".htm": _WEB,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": _Kind("text", _is_text, plain.read_text),
}
