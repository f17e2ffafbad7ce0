"""Reading nynorsk, dialect and chat spelling as bokmål."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot import bokmal as module
from bot.bokmal import WORDS, both_ways, spellings, to_bokmal
from bot.errors import GuideError

MALFORMED = "data/bokmal.yml is malformed. Write `word: [spelling, spelling]` on each line."


@pytest.fixture
def own_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Another file to read the list from; the real one is read anew afterwards."""
    monkeypatch.setattr(module, "WORDS", tmp_path / "bokmal.yml")
    spellings.cache_clear()
    yield tmp_path / "bokmal.yml"
    spellings.cache_clear()


@pytest.fixture(scope="module")
def nodes() -> list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]]:
    """Each line of the list as YAML has it: nothing is merged, and nothing made a boolean."""
    whole = yaml.compose(WORDS.read_text(encoding="utf-8"))
    return [(word, others.value) for word, others in whole.value]


def _repeated(words: list[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


def test_each_word_has_one_line_and_each_spelling_stands_once(
    nodes: list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]],
) -> None:
    assert _repeated([word.value for word, _ in nodes]) == []
    assert _repeated([other.value for _, others in nodes for other in others]) == []


def test_no_spelling_is_a_key_word(nodes: list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]]) -> None:
    words = {word.value for word, _ in nodes}

    assert [other.value for _, others in nodes for other in others if other.value in words] == []


def test_words_and_spellings_are_single_words_in_lower_case(
    nodes: list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]],
) -> None:
    every = [node.value for word, others in nodes for node in (word, *others)]

    assert [word for word in every if not word.isalpha() or word != word.lower()] == []
    assert [word for word in every if word != unicodedata.normalize("NFC", word)] == []


def test_yaml_reads_every_word_as_text(nodes: list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]]) -> None:
    # An unquoted `no` would be a boolean.
    others = [node for word, others in nodes for node in (word, *others)]

    assert [node.value for node in others if node.tag != "tag:yaml.org,2002:str"] == []


def test_every_spelling_of_the_list_is_known(nodes: list[tuple[yaml.ScalarNode, list[yaml.ScalarNode]]]) -> None:
    assert spellings() == {other.value: word.value for word, others in nodes for other in others}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Korleis går me fram?", "Hvordan går vi fram?"),
        ("ka e neste", "hva er neste"),
        ("Kva er samskaping", "Hva er samskaping"),
        ("KVA NO?", "Hva Nå?"),
        ("kva/korleis, kvifor...", "hva/hvordan, hvorfor..."),
        ("«Eg veit ikkje»", "«Jeg vet ikke»"),
        ("æ e usikker 😊", "jeg er usikker 😊"),
        ("  ka \t e \n neste  ", "  hva \t er \n neste  "),
        ("Hvordan går vi fram?", "Hvordan går vi fram?"),
        ("kvalitet og kake", "kvalitet og kake"),
        ("", ""),
    ],
)
def test_to_bokmal(written: str, read: str) -> None:
    assert to_bokmal(written) == read


def test_a_decomposed_letter_does_not_split_its_word() -> None:
    # «d» alone is read as «det», and «åssen» would not be known without its å.
    decomposed = unicodedata.normalize("NFD", "råd, åssen får æ råd")

    assert to_bokmal(decomposed) == "råd, hvordan får jeg råd"


def test_reading_twice_is_reading_once() -> None:
    every = " ".join(spellings())

    assert to_bokmal(to_bokmal(every)) == to_bokmal(every) == " ".join(spellings().values())


def test_both_ways_repeats_only_what_is_read_differently() -> None:
    assert both_ways("Kva gjer me?") == "Kva gjer me? Hva gjør vi?"
    assert both_ways("Hva gjør vi?") == "Hva gjør vi?"
    assert both_ways(unicodedata.normalize("NFD", "Hva gjør vi på møtet?")) == "Hva gjør vi på møtet?"


def test_the_list_is_read_from_its_file(own_list: Path) -> None:
    own_list.write_text("hva: [ka, kva]\nnå: ['no']\n", encoding="utf-8")

    assert spellings() == {"ka": "hva", "kva": "hva", "no": "nå"}
    assert to_bokmal("Ka no, kvifor?") == "Hva nå, kvifor?"


@pytest.mark.parametrize(
    "content", ["", "[hva]", "hva:", "hva: 3", "hva: kva", "hva: {kva: ka}", "hva: [kva", "hva: [kva]\n\t- ka"]
)
def test_a_malformed_list_is_told(own_list: Path, content: str) -> None:
    own_list.write_text(content, encoding="utf-8")

    with pytest.raises(GuideError) as refused:
        spellings()

    assert str(refused.value) == MALFORMED
