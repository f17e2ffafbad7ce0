"""Tests of bot.guide.finding."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.guide.finding import find_step
from bot.guide.journey import Journey
from bot.types import Hit, Phase

Guide = Mapping[str, Phase]


@pytest.mark.parametrize(
    ("text", "phase", "expected"),
    [
        ("vis steg 2", "rekruttering", "r2"),
        ("steg 2", "forberedelse", "f2"),
        ("3", "forberedelse", "f3"),
        ("gå til nr. 1, takk", "gjennomforing", "g1"),
        ("steg 03", "forberedelse", "f3"),
    ],
)
def test_a_number_means_a_step_of_the_teams_phase(guide: Guide, text: str, phase: str, expected: str) -> None:
    found = find_step(text, [], Journey(guide, phase))

    assert found is not None
    assert found.id == expected


def test_a_number_means_the_first_phase_before_any_start(guide: Guide) -> None:
    assert find_step("steg 2", [], Journey(guide)) is guide["forberedelse"].steps[1]


@pytest.mark.parametrize("text", ["steg 0", "steg 3", "steg 12"])
def test_a_number_that_the_phase_has_not_finds_nothing_even_where_a_passage_fits(guide: Guide, text: str) -> None:
    assert find_step(text, [Hit("r1", 0.9)], Journey(guide, "rekruttering")) is None


def test_a_number_goes_before_what_was_found(guide: Guide) -> None:
    found = find_step("steg 2", [Hit("f1", 0.9)], Journey(guide, "forberedelse"))

    assert found is guide["forberedelse"].steps[1]


@pytest.mark.parametrize("text", ["det om 2024-planen", "det om 100 innbyggere", "det om b2"])
def test_years_and_other_figures_are_no_step_numbers(guide: Guide, text: str) -> None:
    found = find_step(text, [Hit("r1", 0.9)], Journey(guide, "forberedelse"))

    assert found is guide["rekruttering"].steps[0]


def test_the_best_step_counts_and_other_passages_are_passed_over(guide: Guide) -> None:
    hits = [Hit("samskaping", 0.9), Hit("rekruttering", 0.8), Hit("r2", 0.5), Hit("f1", 0.4)]

    found = find_step("det om rekruttering", hits, Journey(guide, "forberedelse"))

    assert found is guide["rekruttering"].steps[1]


@pytest.mark.parametrize(("score", "expected"), [(0.1, "f1"), (0.099, None)])
def test_a_step_must_be_likely_enough(guide: Guide, score: float, expected: str | None) -> None:
    found = find_step("det om ballonger", [Hit("f1", score)], Journey(guide, "forberedelse"))

    assert (found.id if found else None) == expected


def test_nothing_found_is_no_step(guide: Guide) -> None:
    assert find_step("det om ballonger", [], Journey(guide, "forberedelse")) is None


@pytest.mark.parametrize("current", [None, "forberedelse", "gjennomforing"])
def test_a_number_means_a_step_of_the_phase_that_was_named(guide: Guide, current: str | None) -> None:
    assert find_step("2", [], Journey(guide, current), "rekruttering") is guide["rekruttering"].steps[1]


def test_a_number_that_the_named_phase_has_not_finds_nothing(guide: Guide) -> None:
    assert find_step("3", [], Journey(guide, "forberedelse"), "rekruttering") is None


def test_the_named_phase_does_not_bind_what_was_found_by_words(guide: Guide) -> None:
    found = find_step("det om ballonger", [Hit("f1", 0.9)], Journey(guide), "rekruttering")

    assert found is guide["forberedelse"].steps[0]
