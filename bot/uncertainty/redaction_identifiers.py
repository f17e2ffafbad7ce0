"""Masks what names a person by its form: addresses on the net, identity and account numbers, phones, streets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from bot.uncertainty.redaction_lists import cue_pattern, cue_words, name_lists


class Mask(str, Enum):
    """What stands in the text instead."""

    EMAIL = "[e-post]"
    PHONE = "[telefon]"
    IDENTITY = "[fødselsnummer]"
    ACCOUNT = "[konto]"
    NUMBER = "[nummer]"
    ADDRESS = "[adresse]"
    NAME = "[navn]"


# --- The net ---------------------------------------------------------------------------------------------------------

_AT = r"(?:@|\s?[(\[](?:at|a|alfa|krøllalfa)[)\]]\s?|\s(?:krøllalfa|alfakrøll)\s)"
_EMAIL = re.compile(rf"(?<![\w.+%-])[\w.+%-]+{_AT}[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
URL = re.compile(
    r"\b(?:https?://|www\.)\S+|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:no|com|org|net|info|se|dk|eu|io)\b(?:/\S*)?",
    re.IGNORECASE,
)
_URL_USER = re.compile(
    r"(?P<before>://(?=[^\s/@]*@)|/~|/@|/(?:in|u|users?|profile?|people|person|ansatte?)/"
    r"|\b(?:facebook|instagram|twitter|x|tiktok|snapchat|github)\.com/(?!(?:in|u|users?|profile?|groups|pages|events)/))"
    r"(?P<user>[^\s/@?#\[\]]+)(?P<at>@?)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@/\]])@(?P<name>[\w.]*\w)")


def mask_net(text: str) -> str:
    """Mask e-mail addresses, @handles and the user in a URL.

    >>> mask_net("Skriv til kari@larvik.no, @kari_h eller se https://github.com/karih/kode")
    'Skriv til [e-post], [navn] eller se https://github.com/[navn]/kode'
    """
    text = URL.sub(lambda url: _URL_USER.sub(_without_user, url[0]), text)
    return _HANDLE.sub(_without_handle, _EMAIL.sub(Mask.EMAIL.value, text))


def _without_user(found: re.Match[str]) -> str:
    return f"{found['before']}{Mask.NAME.value}{found['at']}"


def _without_handle(found: re.Match[str]) -> str:
    return found[0] if found["name"].lower() in cue_words("group_handles") else Mask.NAME.value


# --- Numbers of eleven digits ----------------------------------------------------------------------------------------

_ELEVEN = re.compile(r"(?<!\d)(?=(\d(?:[ .\-/\u00a0]?\d){10})(?!\d))")
_RUN = re.compile(r"\d{11,}")
_SHAPE_OF_ACCOUNT = re.compile(r"\d{4}[ .\-\u00a0]\d{2}[ .\-\u00a0]\d{5}")
_SHAPE_OF_IDENTITY = re.compile(r"\d{6}[ \-\u00a0]\d{5}")
_IBAN = re.compile(r"\bNO\d{2}(?:[ \u00a0]?\d){11}(?!\d)", re.IGNORECASE)
_FIRST_CONTROL = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_CONTROL = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
# From 2032 the first control digit may leave these remainders; the second must still leave none.
_FIRST_REMAINDERS = frozenset({0, 1, 2, 3})
_DAYS_OF_D_NUMBER = 40
# Added to the month: H-numbers and NAV's synthetic ones 40, the tax office's synthetic ones 80, both 65.
_ADDED_TO_MONTH = frozenset({0, 40, 65, 80})


def mask_numbers(text: str) -> str:
    """Mask numbers of eleven digits: a person's, an account's, any other.

    >>> mask_numbers("fnr 01818012094, konto 1234.56.78903, sak 12345678901")
    'fnr [fødselsnummer], konto [konto], sak [nummer]'
    """
    text = _IBAN.sub(Mask.ACCOUNT.value, text)
    for start, end, mask in reversed(list(_elevens(text))):
        text = f"{text[:start]}{mask.value}{text[end:]}"
    return _RUN.sub(Mask.NUMBER.value, text)


def _elevens(text: str) -> Iterator[tuple[int, int, Mask]]:
    """Yield where numbers of eleven digits stand, and their masks, none overlapping."""
    behind = 0
    for found in _ELEVEN.finditer(text):
        mask = _kind_of_eleven(found[1])
        if mask and found.start() >= behind:
            behind = found.end(1)
            yield found.start(), behind, mask


def _kind_of_eleven(written: str) -> Mask | None:
    """Say what eleven digits are; None for other numbers that happen to stand side by side."""
    digits = tuple(int(character) for character in written if character.isdecimal())
    if _SHAPE_OF_ACCOUNT.fullmatch(written):
        return Mask.ACCOUNT if is_account_number(digits) else Mask.NUMBER
    if is_identity_number(digits):
        return Mask.IDENTITY
    if len(written) == len(digits):
        return Mask.ACCOUNT if is_account_number(digits) else Mask.NUMBER
    return Mask.NUMBER if _SHAPE_OF_IDENTITY.fullmatch(written) else None


def is_identity_number(digits: tuple[int, ...]) -> bool:
    """Say whether eleven digits are a fødselsnummer, d-number, H-number or synthetic number.

    >>> is_identity_number((0, 1, 8, 1, 8, 0, 1, 2, 0, 9, 4)), is_identity_number((0, 1, 8, 1, 8, 0, 1, 2, 0, 9, 5))
    (True, False)
    """
    day, month = digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]
    return (
        (1 <= day <= 31 or 1 <= day - _DAYS_OF_D_NUMBER <= 31)
        and any(1 <= month - added <= 12 for added in _ADDED_TO_MONTH)
        and _remainder(digits, _FIRST_CONTROL) in _FIRST_REMAINDERS
        and is_account_number(digits)
    )


def is_account_number(digits: tuple[int, ...]) -> bool:
    """Say whether the last of eleven digits is their control digit, as in an account number."""
    return _remainder(digits, _SECOND_CONTROL) == 0


def _remainder(digits: tuple[int, ...], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11


# --- Phone numbers ---------------------------------------------------------------------------------------------------

_SEPARATOR = r"[ .\-\u00a0]"
_GAP = f"{_SEPARATOR}?"
_ABROAD = rf"\(?(?:\+|00)[1-9]\d{{0,2}}\)?[ \-\u00a0]?(?:\(0\)[ ]?)?\d(?:{_GAP}\d){{5,11}}(?!\d)"
_DATE = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
_SHAPES = (
    rf"(?!{_DATE})[2-9]\d{{7}}",
    rf"[2-9]\d(?:{_SEPARATOR}\d\d){{3}}",
    rf"[2-9]\d\d{_SEPARATOR}\d\d{_SEPARATOR}\d\d\d",
    rf"[49]\d\d{_SEPARATOR}\d{{5}}",
    rf"[49]\d\d\d{_SEPARATOR}?\d{_SEPARATOR}?\d\d\d",
    rf"[49]\d\d\d{_SEPARATOR}\d\d\d\d",
)


@lru_cache(maxsize=1)
def _phone() -> re.Pattern[str]:
    home = rf"(?<!\d[ .,/\-])(?:{'|'.join(_SHAPES)})(?!{_GAP}\d)(?!\s*(?:{cue_pattern('money')})\b)(?!,-)"
    return re.compile(rf"(?<![\w+/=§])(?:{_ABROAD}|{home})", re.IGNORECASE)


def mask_phones(text: str) -> str:
    """Mask phone numbers, except where they are a part of a URL.

    >>> mask_phones("Ring 912 34 567 eller +47 91 23 45 67, 2019-2020 er over")
    'Ring [telefon] eller [telefon], 2019-2020 er over'
    """
    return _outside_urls(_phone(), Mask.PHONE, text)


def _outside_urls(pattern: re.Pattern[str], mask: Mask, text: str) -> str:
    urls = [url.span() for url in URL.finditer(text)]

    def masked(found: re.Match[str]) -> str:
        return found[0] if any(start <= found.start() < end for start, end in urls) else mask.value

    return pattern.sub(masked, text)


# --- Streets and post codes ------------------------------------------------------------------------------------------

_CAPITAL = r"[A-ZÆØÅ][^\W\d_]"
# «14», «14b», «14 B», «14-16», «14, H0201»; «14 I» and «14 a» go on with another word.
_HOUSE = (
    r"\d{1,4}(?:[A-Za-z]\b|[ ][A-HJ-Z]\b|[ ][bcd]\b)?"
    r"(?:[ ]?[-–/][ ]?\d{1,4}[A-Za-z]?\b)?(?:,?[ ][HULK]\d{4}\b)?"
)
_POST_PLACE = re.compile(
    r"(?P<comma>(?:^|[,\n]|\[adresse\])\s*)?(?<![\w.,:/-])(?P<country>NO?-)?(?P<code>\d{4})\s(?P<place>[^\W\d_]+)"
    r"(?:[ ](?:[iI][ ])?[A-ZÆØÅ][^\W\d_]+)?(?![\w-])"
)
_YEARS = range(1900, 2100)
_ONE_ADDRESS = re.compile(r"\[adresse\](?:,?\s*\[adresse\])+")


@lru_cache(maxsize=1)
def _street() -> re.Pattern[str]:
    """Return the pattern of a street with a house number."""
    endings, capital_endings = cue_pattern("street_endings"), cue_pattern("capital_street_endings")
    letters = r"[^\W\d_]"
    adjective = rf"(?i:(?:{cue_pattern('street_adjectives')})[ ])"
    any_case = rf"{adjective}?(?i:{letters}{{2,}}(?:{endings}))|{adjective}(?i:{endings})"
    capital = rf"{adjective}?{_CAPITAL}{letters}+(?:{capital_endings})"
    several = rf"(?:{_CAPITAL}*\.?[ ]?[ -]){{1,3}}(?i:{endings}|{capital_endings})"
    cued = rf"(?i:(?<=\b)(?P<cue>(?:{cue_pattern('address_cues')}):?[ ](?:[iI][ ]|på[ ])?))"
    cued += rf"(?:(?:{_CAPITAL}+[ ]){{0,2}}{_CAPITAL}+|{letters}+(?:{capital_endings}))"
    return re.compile(
        rf"(?<![\w-])(?:{cued}|(?!(?i:{cue_pattern('not_streets')})\b)(?:{several}|{capital}|{any_case}))"
        rf"\.?[ ](?:nr\.?[ ])?{_HOUSE}(?!\w)(?!\s*(?:{cue_pattern('units')}|%)\b)"
    )


@lru_cache(maxsize=1)
def _post_box() -> re.Pattern[str]:
    return re.compile(r"\bpostboks[ ]\d+(?:[ ][A-ZÆØÅ][^\W\d_]+)?", re.IGNORECASE)


def mask_addresses(text: str) -> str:
    """Mask streets with a number, post boxes, and post codes with their place.

    >>> mask_addresses("Hun bor i Storgata 14 B, 3256 Larvik, og jobber i Nordre gate 3")
    'Hun bor i [adresse], og jobber i [adresse]'
    """
    text = _street().sub(lambda found: f"{found['cue'] or ''}{Mask.ADDRESS.value}", text)
    text = _POST_PLACE.sub(_without_post_code, _post_box().sub(Mask.ADDRESS.value, text))
    return _ONE_ADDRESS.sub(Mask.ADDRESS.value, text)


def _without_post_code(found: re.Match[str]) -> str:
    """Mask a post code and a place; a year before a place is no post code unless an address stands before it."""
    known = found["place"].lower() in name_lists().places
    year = int(found["code"]) in _YEARS and not found["country"]
    after_address = (found["comma"] or "").startswith(("[adresse]", ","))
    post_code = (known or (after_address and found["place"][0].isupper())) and not (year and not after_address)
    return f"{found['comma'] or ''}{Mask.ADDRESS.value}" if post_code else found[0]
