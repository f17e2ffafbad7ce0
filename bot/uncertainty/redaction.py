"""Masks what tells who somebody is, before a text is stored."""

from __future__ import annotations

import re
import unicodedata

from bot.uncertainty.redaction_identifiers import mask_addresses, mask_net, mask_numbers, mask_phones
from bot.uncertainty.redaction_names import mask_names

_DIGIT = re.compile(r"\d")


def redact(text: str) -> str:
    """Return the text with people's names, addresses and numbers masked.

    What is masked once stays as it is: `redact(redact(text)) == redact(text)`.

    >>> redact("Kari Nilsen (912 34 567) i Storgata 14 er bekymret for møtet i Larvik")
    '[navn] ([telefon]) i [adresse] er bekymret for møtet i Larvik'
    """
    masked = _mask(unicodedata.normalize("NFC", text))
    # A mask is new surroundings for the words beside it, so look again until nothing is left to mask.
    while masked != text:
        text, masked = masked, _mask(masked)
    return masked


def _mask(text: str) -> str:
    text = mask_net(text)
    if _DIGIT.search(text):
        text = mask_addresses(mask_phones(mask_numbers(text)))
    return mask_names(text)
