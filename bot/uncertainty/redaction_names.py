"""Masks the names of people.

A text is read into words, each of a kind: certainly a name («Kari», «hansen»), possibly one («Liv», «Berg»), a word
with a capital that no list knows, or an ordinary word. Words that stand together make a run («Kari N.», «Ngozi van
Berg»). A run with a certain name in it is a person. Any other is one if it stands where only a name has a capital, or
if what stands around it says so («ringte Ngozi», «Liv mener at»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from bot.uncertainty.redaction_identifiers import URL, Mask
from bot.uncertainty.redaction_lists import WORD, cue_phrases, cue_words, has_ending, last_words, name_lists

_MASKS = "|".join(re.escape(mask.value) for mask in Mask)
# A word, or what holds no words: a mask, a URL.
_TOKEN = re.compile(rf"(?:{_MASKS}|{URL.pattern})|(?P<word>{WORD.pattern})", re.IGNORECASE)
# What stands between two sentences, list items, or a quotation and its frame.
_NEW_SENTENCE = re.compile(r"(?:[.!?:…][\s\"'»”)\]]*\s|[\n\r«\"“(|•*>#]|(?:^|\s)[-–—]\s)[\s\"'«“(]*$")
_SPACE = re.compile(r"[ \t\u00a0]{1,2}|-")
_SPACE_AFTER_INITIAL = re.compile(r"\.?[ \t\u00a0]?|-")
_AGE = re.compile(r",?\s\(?\d{1,2}(?:\)|\s(?:år|aar|years)\b)")
_LONGEST_PHRASE = 3
_FEWEST_LETTERS = 5
# «Nguyen Van An»: a syllable that is an ordinary word elsewhere.
_MOST_LETTERS_OF_SYLLABLE = 3
_TWICE = re.compile(r"\[navn\](?:[ -]\[navn\])+")


class Kind(Enum):
    """How much a word by itself looks like a name."""

    CERTAIN = "on the lists, and nothing else"
    POSSIBLE = "on the lists, and an ordinary word, a place or a kept name too"
    UNKNOWN = "a capital, and on no list"
    ORDINARY = "anything else"


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        key: the word as it is compared, in lower case, without a genitive.
        start: where it begins in the text.
        end: where it ends, without a genitive.
        gap: what stands between it and the word before it.
        kind: how much it looks like a name.
        capital: whether it has a capital that says something.
        opens: whether it stands where every word has a capital.
        genitive: whether it ends with the «s» of possession.
    """

    key: str
    start: int
    end: int
    gap: str
    kind: Kind
    capital: bool
    opens: bool
    genitive: bool


def mask_names(text: str) -> str:
    """Mask people's names.

    >>> mask_names("Liv og helse er viktig, sa Liv til Karis sjef, Ngozi.")
    'Liv og helse er viktig, sa [navn] til [navn]s sjef, [navn].'
    """
    for start, end in reversed(list(_people(text, read_words(text)))):
        text = f"{text[:start]}{Mask.NAME.value}{text[end:]}"
    return _TWICE.sub(Mask.NAME.value, text)


# --- Reading words ---------------------------------------------------------------------------------------------------


def read_words(text: str) -> list[Word]:
    """Return the words of a text that may be masked or tell of a name: all but those in masks and URLs."""
    shouted = text.isupper()
    words: list[Word] = []
    behind = 0
    for found in _TOKEN.finditer(text):
        if found["word"]:
            words.append(_word(found, text[behind : found.start()], words[-1].key if words else None, shouted))
            behind = found.end()
    return _without_kept(words)


def _word(found: re.Match[str], gap: str, previous: str | None, shouted: bool) -> Word:
    written = found[0]
    capital = not shouted and written[0].isupper() and (len(written) == 1 or not written[:2].isupper())
    key, kind = _look_up(written.lower().replace("’", "'"), capital)
    lost = len(written) - len(key)
    opens = _opens(gap, previous)
    return Word(key, found.start(), found.end() - lost, gap, kind, capital, opens, bool(lost))


def _opens(gap: str, previous: str | None) -> bool:
    """Say whether a word after this gap begins a sentence, a list item or a quotation."""
    if previous is None and not gap.strip():
        return True
    short = previous is not None and (len(previous) == 1 or previous in cue_words("abbreviations"))
    return not (short and gap.startswith(".")) and bool(_NEW_SENTENCE.search(gap.rsplit("]", 1)[-1]))


@lru_cache(maxsize=8192)
def _look_up(key: str, capital: bool) -> tuple[str, Kind]:
    """Return the word without its genitive, and its kind."""
    stems = (key, key.removesuffix("s"), key.removesuffix("'s"))
    found = next((stem for stem in stems if stem in name_lists().all or stem in cue_words("function_words")), None)
    if found is None:
        return key, Kind.UNKNOWN if capital and _is_unheard_of(key) else Kind.ORDINARY
    return found, _kind(found, capital)


def _kind(key: str, capital: bool) -> Kind:
    lists = name_lists()
    if key not in lists.given and key not in lists.surnames:
        return Kind.ORDINARY
    if key in lists.ambiguous or key in lists.places or key in lists.kept or key in cue_words("function_words"):
        return Kind.POSSIBLE
    return Kind.CERTAIN if capital or key not in cue_words("ordinary_in_lower_case") else Kind.POSSIBLE


def _is_unheard_of(key: str) -> bool:
    """Say whether a word that no list has ends as no ordinary word does."""
    noun = has_ending(key, "person_nouns") and not has_ending(key, "surname_endings")
    return len(key) > 1 and not noun and not has_ending(key, "ordinary_endings")


def _without_kept(words: list[Word]) -> list[Word]:
    """Make ordinary the words of kept phrases («Lars Ueland Kobro», «Sør-Fron»)."""
    phrases = name_lists().kept_phrases
    for i, word in enumerate(words):
        for phrase in phrases.get(word.key, ()):
            if _is_phrase(words[i : i + len(phrase)], phrase):
                for j in range(i, i + len(phrase)):
                    words[j] = words[j]._replace(kind=Kind.ORDINARY, capital=False)
                break
    return words


def _is_phrase(words: Sequence[Word], phrase: tuple[str, ...]) -> bool:
    """Say whether words, read without their genitives, are a phrase."""
    return len(words) == len(phrase) and all(
        word.key in (part, part.removesuffix("s")) for word, part in zip(words, phrase, strict=True)
    )


# --- Runs of words ---------------------------------------------------------------------------------------------------


def _people(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield where people's names stand in the text."""
    i, person_before = 0, -1
    while i < len(words):
        run = _run(words, i, text)
        if run and _is_person(words, run, text, person_before):
            last = words[run.stop - 1]
            dotted = len(last.key) == 1 and text.startswith(".", last.end)
            yield words[run.start].start, last.end + dotted
            person_before = run.stop - 1
        i = run.stop if run else i + 1


def _run(words: Sequence[Word], i: int, text: str) -> range:
    """Return the run of words that may make one name and begins at word `i`; empty where none does."""
    if not _may_begin(words, i, text):
        return range(0)
    stop = i + 1
    while stop < len(words) and _joined(words[stop - 1], words[stop]):
        if _may_continue(words, stop, text):
            stop += 1
        elif _is_particle(words, stop):
            stop += 2
        else:
            break
    if stop > i + 1 and _opens_before_name(words[i], words[i + 1]):
        return range(i + 1, stop)
    return range(i, stop)


def _may_begin(words: Sequence[Word], i: int, text: str) -> bool:
    word = words[i]
    if word.kind is not Kind.ORDINARY:
        return True
    if _is_initial(word, text) and text.startswith(".", word.end):
        return i + 1 < len(words) and _joined(word, words[i + 1]) and words[i + 1].capital
    return not word.capital and _is_free(word) and _is_introduced(words, i)


def _may_continue(words: Sequence[Word], i: int, text: str) -> bool:
    """Say whether word `i` may be a part of the name that the word before it belongs to."""
    word, before = words[i], words[i - 1]
    doubtful = before.kind is Kind.POSSIBLE and not before.capital
    if before.genitive or (doubtful and not _may_follow_lower_case(before, word)):
        return False
    if word.kind in (Kind.CERTAIN, Kind.UNKNOWN) or _is_initial(word, text):
        return True
    if word.kind is Kind.POSSIBLE and not word.capital:
        return before.kind is not Kind.UNKNOWN and _is_free(word) and word.key in name_lists().surnames
    return word.kind is Kind.POSSIBLE or (word.key not in cue_words("function_words") and _may_end(words, i, text))


def _may_end(words: Sequence[Word], i: int, text: str) -> bool:
    """Say whether an ordinary word may end a name: «Kari Hamar», «Tran Van An», «kari torvaldsrud», «kari n.»."""
    word, before = words[i], words[i - 1]
    certain = before.kind is Kind.CERTAIN
    if word.capital:
        syllable = len(word.key) <= _MOST_LETTERS_OF_SYLLABLE and before.kind is not Kind.ORDINARY
        place = certain and word.key in name_lists().places and not _is_institution(words, i + 1)
        return before.capital and (syllable or place)
    if before.kind is Kind.ORDINARY:
        return not _looks_ordinary(word)
    if len(word.key) == 1:
        return certain and text.startswith(".", word.end)
    farm = len(word.key) >= _FEWEST_LETTERS and has_ending(word.key, "farm_endings")
    return certain and farm and before.key in name_lists().given


def _may_follow_lower_case(before: Word, word: Word) -> bool:
    """Say whether a word may follow one that may be a name in lower case: «stein hansen», but no «per Teams»."""
    return not word.capital and (_is_free(before) or (word.kind is Kind.CERTAIN and word.key in name_lists().surnames))


def _joined(before: Word, word: Word) -> bool:
    """Say whether only a space, a hyphen or the dot of an initial parts two words."""
    return bool((_SPACE_AFTER_INITIAL if len(before.key) == 1 else _SPACE).fullmatch(word.gap))


def _is_initial(word: Word, text: str) -> bool:
    dotted = text.startswith(".", word.end)
    return len(word.key) == 1 and word.capital and (dotted or word.key not in cue_words("function_words"))


def _is_particle(words: Sequence[Word], i: int) -> bool:
    """Say whether word `i` is the «van» of «Anneke van Dijk»."""
    if words[i].key not in cue_words("particles") or i + 1 >= len(words):
        return False
    after = words[i + 1]
    return _joined(words[i], after) and after.capital and after.kind is not Kind.ORDINARY


def _opens_before_name(first: Word, second: Word) -> bool:
    """Say whether a word that opens a sentence is none of the name after it: «Husker Kari», «Inviter Hansen»."""
    if first.kind is not Kind.UNKNOWN or not first.opens:
        return False
    return (second.capital and second.key in name_lists().given) or has_ending(first.key, "opening_endings")


def _is_free(word: Word) -> bool:
    """Say whether no list holds the word to be ordinary, in whatever way it is written."""
    return len(word.key) > 1 and word.key not in cue_words("function_words") and word.key not in name_lists().kept


# --- What makes a run a person ---------------------------------------------------------------------------------------


def _is_person(words: Sequence[Word], run: range, text: str, person_before: int) -> bool:
    first, last = words[run.start], words[run.stop - 1]
    if first.capital and not last.genitive and _is_institution(words, run.stop):
        return False
    told_before = _is_told_before(words, run.start, person_before)
    if any(words[i].kind is Kind.CERTAIN for i in run) or _is_introduced(words, run.start):
        return told_before or not _is_farm(words, run)
    if len(run) > 1 and _is_full_name(words, run, text):
        return True
    if _is_compound(text, last) or all(words[i].key in name_lists().kept for i in run):
        return False
    told_after = _is_told_after(words, run.stop, text)
    if not first.capital:
        return _is_free(first) and first.key in name_lists().given and (told_before or (told_after and first.opens))
    if first.opens:
        return told_before or (told_after and not _is_subject(first))
    return told_before or told_after or _is_proper_name(words, run.start)


def _is_institution(words: Sequence[Word], i: int) -> bool:
    """Say whether word `i` makes an institution of the words before it: «Thor Heyerdahl videregående»."""
    return 0 < i < len(words) and words[i].key in cue_words("institutions") and _joined(words[i - 1], words[i])


def _is_farm(words: Sequence[Word], run: range) -> bool:
    """Say whether a run is a surname that here is the place it comes from: «på Solberg», «i Lervik»."""
    first = words[run.start]
    somewhere = run.start > 0 and words[run.start - 1].key in cue_words("place_prepositions") and first.gap == " "
    farm = first.capital and has_ending(first.key, "farm_endings") and not has_ending(first.key, "surname_endings")
    return len(run) == 1 and somewhere and farm and first.key not in name_lists().given and not first.genitive


def _is_subject(word: Word) -> bool:
    """Say whether a word that opens a sentence is an ordinary one: «Forskerne mener», «Andre mener»."""
    if word.kind is Kind.POSSIBLE:
        return word.key in cue_words("opening_words")
    return has_ending(word.key, "opening_endings") or has_ending(word.key, "thing_endings")


def _is_compound(text: str, word: Word) -> bool:
    """Say whether a word is the first half of a compound: «Sam-utforming»."""
    return text.startswith("-", word.end) and text[word.end + 1 : word.end + 2].islower()


def _is_full_name(words: Sequence[Word], run: range, text: str) -> bool:
    """Say whether several words, none certainly a name, make one: «Liv Berg», «Ngozi Okafor», «K. Moen», «K.H.»."""
    lists = name_lists()
    first, *others = (words[i] for i in run)
    surname = any(word.kind is Kind.POSSIBLE and word.key in lists.surnames for word in others)
    if first.kind is Kind.POSSIBLE and first.key in lists.given:
        return surname or not first.opens or _is_free(first)
    if any(word.key in cue_words("particles") and not word.capital for word in others):
        return True
    if len(first.key) == 1:
        return all(len(word.key) > 1 or text.startswith(".", word.end) for word in others)
    somewhere = run.start > 0 and words[run.start - 1].key in cue_words("place_prepositions")
    unheard_of = not first.opens and all(word.kind is Kind.UNKNOWN for word in others)
    return not somewhere and (surname or unheard_of)


def _is_proper_name(words: Sequence[Word], i: int) -> bool:
    """Say whether a word with a capital inside a sentence is a person though nothing around it says so."""
    word, lists = words[i], name_lists()
    before = words[i - 1].key if i else ""
    if word.gap == " " and (before in lists.places or before in lists.kept):
        return False
    if word.kind is Kind.UNKNOWN and not has_ending(word.key, "surname_endings"):
        return word.gap == " " and before not in cue_words("before_things") and not has_ending(before, "thing_endings")
    if word.key in lists.places or word.key in lists.kept or any(character.isdigit() for character in word.gap):
        return False
    return before not in cue_words("place_prepositions") or (before != "i" and word.key in lists.given)


# --- What stands before a person -------------------------------------------------------------------------------------


def _is_introduced(words: Sequence[Word], i: int) -> bool:
    """Say whether the words before word `i` say that a name follows: «jeg heter», «mvh», «hei»."""
    word = words[i]
    if _is_called(words, i):
        return True
    if word.capital and _phrase_before(words, i, "presenting", r"[ :]*"):
        return _is_free(word)
    if not word.capital and (not _is_free(word) or _looks_ordinary(word)):
        return False
    if _phrase_before(words, i, "sign_offs", r"[\s,.:!]*"):
        return True
    greeted = word.kind is not Kind.ORDINARY and (word.capital or word.key in name_lists().given)
    return greeted and bool(_phrase_before(words, i, "greetings", r"[ ,]*"))


def _is_called(words: Sequence[Word], i: int) -> bool:
    """Say whether «heter» stands before word `i`, and it is no thing that is called so."""
    length = _phrase_before(words, i, "naming", r"[ :]*")
    if not length:
        return False
    subject = i - length - 1
    if subject > 0 and words[subject].key == "som":
        subject -= 1
    key = words[subject].key if subject >= 0 else ""
    if has_ending(key, "thing_endings"):
        return False
    if words[i].kind is not Kind.ORDINARY:
        return True
    if not _is_free(words[i]) or words[i].key in name_lists().words:
        return False
    return length > 1 or key in cue_words("self_words") | cue_words("possessives") or has_ending(key, "person_nouns")


def _looks_ordinary(word: Word) -> bool:
    """Say whether a word in lower case is no name, by the lists or by how it ends."""
    kinds = ("opening_endings", "ordinary_endings", "person_nouns", "thing_endings")
    ordinary = word.key in name_lists().words or any(has_ending(word.key, kind) for kind in kinds)
    return word.kind is Kind.ORDINARY and ordinary


def _is_told_before(words: Sequence[Word], i: int, person_before: int) -> bool:
    """Say whether what stands before word `i` speaks of a person: «sammen med», «sjefen min,», «Kari og»."""
    if i == 0:
        return False
    if _phrase_before(words, i, "company", " "):
        return True
    before = words[i - 1]
    if words[i].gap == ". " and before.key in cue_words("abbreviations"):
        return has_ending(before.key, "person_nouns")
    if words[i].gap in (" ", ", "):
        noun = i - 2 if i > 1 and before.key in cue_words("possessives") and words[i - 1].gap == " " else i - 1
        if has_ending(words[noun].key, "person_nouns"):
            return True
        if person_before == i - 1 and words[i].gap == ", ":
            return True
    joins = before.key in cue_words("and_words") and words[i].gap == before.gap == " "
    return joins and (person_before == i - 2 or (i > 1 and words[i - 2].key in cue_words("self_words")))


def _phrase_before(words: Sequence[Word], i: int, kind: str, gap: str) -> int:
    """Return how many words long the phrase of a list is that stands before word `i`; 0 where none does."""
    if i == 0 or words[i - 1].key not in last_words(kind) or not re.fullmatch(gap, words[i].gap):
        return 0
    phrases = cue_phrases(kind)
    for length in range(min(_LONGEST_PHRASE, i), 0, -1):
        if tuple(word.key for word in words[i - length : i]) in phrases:
            return length
    return 0


# --- What stands after a person --------------------------------------------------------------------------------------


def _is_told_after(words: Sequence[Word], stop: int, text: str) -> bool:
    """Say whether what stands after a run speaks of a person: «sa», «er litt bekymret», «og jeg», «(34)»."""
    if _AGE.match(text, words[stop - 1].end):
        return True
    keys = [word.key for word in words[stop : stop + 4]]
    if not keys:
        return False
    if words[stop].gap == ", ":
        called = words[stop - 1].kind is Kind.POSSIBLE and keys[0] in cue_words("calling")
        return called or has_ending(keys[0], "person_nouns") or _is_listed(words, stop)
    if words[stop].gap != " ":
        return False
    if keys[0] in cue_words("person_verbs") or tuple(keys[:2]) in cue_phrases("person_verbs"):
        return True
    if keys[0] in cue_words("auxiliaries") and words[stop - 1].key not in name_lists().places:
        return any(key in cue_words("person_states") for key in keys[1:3])
    if keys[0] in cue_words("and_words") and len(keys) > 1:
        return keys[1] in cue_words("self_words") or _is_given_name(words[stop + 1])
    return False


def _is_listed(words: Sequence[Word], i: int) -> bool:
    """Say whether a list goes on with people from word `i`: «…, Geir og», «…, Geir, Anette»."""
    if not _is_given_name(words[i]) or i + 1 >= len(words):
        return False
    return words[i + 1].gap == ", " or words[i + 1].key in cue_words("and_words")


def _is_given_name(word: Word) -> bool:
    named = word.kind is Kind.CERTAIN or (word.kind is Kind.POSSIBLE and word.capital)
    return named and word.key in name_lists().given
