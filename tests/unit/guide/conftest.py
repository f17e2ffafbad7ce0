"""A small guide: forberedelse f1–f3, rekruttering r1–r2, gjennomforing g1."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.types import Phase, Source, Step

SOURCE = Source("rapport", "Kapittel")


def small_phase(phase: str, number: int, *steps: str) -> Phase:
    """Return a phase with these steps in order."""
    return Phase(
        id=phase,
        number=number,
        title=phase.title(),
        short=phase,
        intro="",
        source=SOURCE,
        steps=tuple(
            Step(
                id=step,
                phase=phase,
                number=place,
                title=step,
                short=step,
                what="",
                why="",
                discuss="",
                more="",
                sources=(SOURCE,),
                questions=(),
                see_also=(),
            )
            for place, step in enumerate(steps, start=1)
        ),
    )


@pytest.fixture(scope="session")
def guide() -> Mapping[str, Phase]:
    """The small guide."""
    return {
        "forberedelse": small_phase("forberedelse", 1, "f1", "f2", "f3"),
        "rekruttering": small_phase("rekruttering", 2, "r1", "r2"),
        "gjennomforing": small_phase("gjennomforing", 3, "g1"),
    }


@pytest.fixture(scope="session")
def newer_guide() -> Mapping[str, Phase]:
    """A later edition: f3 has moved to rekruttering, f2 is gone, f9 is new, gjennomforing is gone."""
    return {
        "forberedelse": small_phase("forberedelse", 1, "f1", "f9"),
        "rekruttering": small_phase("rekruttering", 2, "r1", "f3", "r2"),
    }
