"""Finds out which letters the bytes of a text file stand for."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

# UTF-32's mark begins with UTF-16's, so it comes first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Norwegian texts that are not Unicode are written in. Free to guess, charset-normalizer takes short ones for
# Eastern European or even Chinese.
_OLD = ["cp1252", "mac_roman"]
_DAMAGED = 0.1


def marked(data: bytes) -> str | None:
    """Return the encoding that a byte order mark tells of, None where there is no mark."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text that the bytes stand for; never fails.

    Args:
        data: a whole file.
        declared: the encoding that the file itself names, if it does.

    >>> decode("blåbær".encode("cp1252")), decode("blåbær".encode("utf-16"))
    ('blåbær', 'blåbær')
    """
    mark = marked(data)
    if mark:
        return data.decode(mark, "replace").removeprefix("\ufeff")
    for name in (declared, "utf-8"):
        try:
            return data.decode(name or "utf-8")
        except (UnicodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")
    # A few bad bytes among many good letters: UTF-8 that is damaged.
    if text.count("\ufffd") <= _DAMAGED * sum(c > "\x7f" for c in text):
        return text
    best = from_bytes(data, cp_isolation=_OLD).best()
    return str(best) if best else data.decode("latin-1")
