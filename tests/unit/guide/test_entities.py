"""Tests of bot.guide.entities: what a message names, in many wordings."""

from __future__ import annotations

import pytest
import yaml

from bot.guide.entities import PATTERNS, Entity, find_entities
from bot.knowledge.library import get_library

TITLES = {"tolk": "tolk", "tolk-tid": "tolk i god tid", "makt": "makt", "nytt": "er samskaping nytt?", "os": "os"}


def values(text: str, kind: str) -> list[str]:
    """Return what a text names of one kind."""
    return [entity.value for entity in find_entities(text, TITLES) if entity.kind == kind]


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("vi er i forberedelsen", "forberedelse"),
        ("forberedelsesfasen steg 2", "forberedelse"),
        ("førebuinga er ferdig", "forberedelse"),
        ("start førebuingsfasen", "forberedelse"),
        ("Er FORBEREDELSENE ferdige?", "forberedelse"),
        ("skip to the preparation phase", "forberedelse"),
        ("start rekrutteringa", "rekruttering"),
        ("rekrutteringsfasen", "rekruttering"),
        ("vi skal rekruttere nå", "rekruttering"),
        ("hvor langt er vi i gjennomføringen", "gjennomforing"),
        ("gjennomføringsfasen", "gjennomforing"),
        ("gjennomføringa", "gjennomforing"),
        ("where are we in implementation", "gjennomforing"),
        ("recruitment step 2", "rekruttering"),
    ],
)
def test_a_phase(text: str, phase: str) -> None:
    assert values(text, "phase") == [phase]


@pytest.mark.parametrize(
    "text", ["vi må gjennomføre dette", "hva er en fase", "uforberedt", "next phase", "neste fase"]
)
def test_no_phase(text: str) -> None:
    assert values(text, "phase") == []


def test_two_phases_are_both_named() -> None:
    assert values("fra rekruttering til forberedelse", "phase") == ["forberedelse", "rekruttering"]


def test_every_phase_of_the_guide_can_be_named_by_its_title() -> None:
    for phase in get_library().phases.values():
        assert values(f"gå til {phase.title}", "phase") == [phase.id]
    assert set(yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))["phase"]) == set(get_library().phases)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("steg 4 er gjort", "4"),
        ("Steg 4", "4"),
        ("steg4", "4"),
        ("steget 4", "4"),
        ("steg nr 4", "4"),
        ("steg nr. 4", "4"),
        ("steg nummer 4", "4"),
        ("trinn 12", "12"),
        ("punkt 3 er ferdig", "3"),
        ("råd 8 er gjort", "8"),
        ("hopp over nr. 5", "5"),
        ("nummer 6 hopper vi over", "6"),
        ("step 3 is done", "3"),
        ("step number 3", "3"),
        ("4. steg", "4"),
        ("vi er ferdige med 7. råd", "7"),
        ("første steg", "1"),
        ("fyrste steget er gjort", "1"),
        ("det fjerde rådet", "4"),
        ("ferdig med sjette trinn", "6"),
        ("det sjuande steget", "7"),
        ("syvende steg", "7"),
        ("niende punktet", "9"),
        ("det tolvte rådet", "12"),
        ("the third step is done", "3"),
        ("steg fire er gjort", "4"),
        ("steg nummer to", "2"),
        ("råd syv er ferdig", "7"),
        ("trinn en er gjort", "1"),
        ("step two", "2"),
    ],
)
def test_a_step_by_number(text: str, number: str) -> None:
    assert values(text, "step") == [number]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steget om tolk", "tolk"),
        ("gå til den om makt, takk", "makt"),
        ("ferdig med det om makt", "makt"),
        ("rådet om tillit!", "tillit"),
        ("den med tolken", "tolken"),
        ("go to the one about trust", "trust"),
        ("the step on power. thanks", "power"),
    ],
)
def test_a_step_by_what_it_is_about(text: str, words: str) -> None:
    assert values(text, "step") == [words]


@pytest.mark.parametrize(
    "text",
    [
        "den er gjort",
        "neste steg",
        "stegene",
        "steg 100",
        "2024",
        "kl. 4",
        "vi er 4 stykker",
        "to steg tilbake",
        "et steg om gangen er greit",
        "vis steget en gang til",
        "vis steg en gang til",
    ],
)
def test_no_step(text: str) -> None:
    assert [one for one in values(text, "step") if one.isdecimal()] == []


def test_a_number_goes_before_words_and_one_step_is_named() -> None:
    assert values("det om makt, altså steg 4 og steg 5", "step") == ["4"]


def test_every_spelled_number_that_the_patterns_know_has_its_number() -> None:
    raw = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    in_patterns = {
        word
        for pattern in raw["step"]["spelled"]
        for word in pattern.partition("(?P<name>")[2].replace("(?! gang)", "").partition(")")[0].split("|")
    }

    assert in_patterns == set(raw["numbers"])
    assert set(raw["numbers"].values()) == set(range(1, 13))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("hva med makt", "makt"),
        ("MAKT?", "makt"),
        ("bestille tolk i god tid", "tolk-tid"),
        ("tolk og makt", "tolk"),
        ("makt og makt", "makt"),
        ("er samskaping nytt?", "nytt"),
    ],
)
def test_the_longest_title_that_is_named(text: str, concept: str) -> None:
    assert values(text, "concept") == [concept]


@pytest.mark.parametrize("text", ["tolken", "avmakt", "maktesløs", "os", "samskaping"])
def test_parts_of_words_and_short_titles_name_nothing(text: str) -> None:
    assert values(text, "concept") == []


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("lag et team som heter Havnelaget", "Havnelaget"),
        ("start eit team for Ås og omegn!", "Ås og omegn"),
        ("bli med i teamet «Ås, og omegn»", "Ås, og omegn"),
        ("team kalt  Sauene ", "Sauene"),
        ("teamet ved navn Måne. takk", "Måne"),
        ("start a team called Bay", "Bay"),
        ("a team named Red Fox", "Red Fox"),
    ],
)
def test_a_team_with_its_capitals(text: str, team: str) -> None:
    assert values(text, "team") == [team]


@pytest.mark.parametrize("text", ["lag et team", "teamet vårt er stort", "hvem er i team", "teamet"])
def test_no_team(text: str) -> None:
    assert values(text, "team") == []


def test_kinds_in_order_each_with_its_place_in_the_text_as_read() -> None:
    # «gjennomføringa» is read as «gjennomføringen»; «tolken» is not the title, the later «tolk» is.
    text = "steg 4 i gjennomføringa med tolken og tolk, team kalt Rev"

    assert find_entities(text, TITLES) == [
        Entity("phase", "gjennomforing", 9, 24),
        Entity("step", "4", 5, 6),
        Entity("concept", "tolk", 39, 43),
        Entity("team", "Rev", 55, 58),
    ]


@pytest.mark.parametrize("text", ["", " ", "?!", "hei på deg", "\n"])
def test_nothing_is_named(text: str) -> None:
    assert find_entities(text, TITLES) == []
