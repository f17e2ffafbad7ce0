"""Phase files: the values that are read, and what is told when one cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import GuideError
from bot.knowledge.phase_file import parse_phase, read_phases
from bot.types import Source, Step, Strand

PATH = "guide/forberedelse.md"


def file(knowledge: Any) -> str:
    """Return the good phase's text."""
    return str((knowledge.folder / PATH).read_text(encoding="utf-8"))


def test_the_phases_own_values_are_read(knowledge):
    phase = parse_phase(file(knowledge), PATH)

    assert (phase.id, phase.number, phase.title, phase.short) == (
        "forberedelse",
        1,
        "Forberedelsesfasen",
        "Forberedelse",
    )
    assert phase.intro == "Her blir dere klare."
    assert phase.source == Source("rapport", "Appendiks 1: Forberedelsesfasen")
    assert phase.strands == ()
    assert phase.questions[0] == "Hva gjør vi først?"
    assert phase.questions[7] == "forbredelse"
    assert phase.see_also == ("dugnad",)
    assert phase.path == PATH
    assert [step.id for step in phase.steps] == ["god-tid", "elefanten"]


def test_every_value_of_a_step_is_read(knowledge):
    assert parse_phase(file(knowledge), PATH).steps[0] == Step(
        id="god-tid",
        phase="forberedelse",
        number=1,
        title="Beregn god tid",
        short="God tid",
        what="Sett av tid.",
        why="Det tar tid.",
        discuss="Hva haster?",
        more="En ansatt ville ha mer tid.",
        sources=(Source("rapport", "1. Innledning"), Source("rapport", "Appendiks 1: Forberedelsesfasen")),
        questions=(
            "Hvor god tid trenger vi?",
            "Er et møte nok?",
            "Kor lang tid?",
            "kor my ti",
            "tidsbruk",
            "How much time?",
            "Vi har bare en formiddag",
            "tids bruk",
        ),
        see_also=("elefanten", "dugnad"),
        strand=None,
        path=PATH,
    )


def test_a_step_is_numbered_and_takes_its_title_where_there_is_no_short_one(knowledge):
    step = parse_phase(file(knowledge), PATH).steps[1]

    assert (step.number, step.short, step.see_also) == (2, "Snakk om elefanten", ("god-tid",))


def test_strands_are_read(knowledge):
    knowledge.change(PATH, "strands: []", "strands: [{id: a, title: Den ene}, {id: b, title: Den andre}]")
    knowledge.change(PATH, "Kort: God tid", "Kort: God tid\nBolk: b")

    phase = parse_phase(file(knowledge), PATH)

    assert phase.strands == (Strand("a", "Den ene"), Strand("b", "Den andre"))
    assert [step.strand for step in phase.steps] == ["b", None]


def test_a_text_of_several_paragraphs_stays_whole(knowledge):
    knowledge.change(PATH, "Sett av tid.", "Sett av tid:\n\n- mye\n- nok: mer")

    assert parse_phase(file(knowledge), PATH).steps[0].what == "Sett av tid:\n\n- mye\n- nok: mer"


def test_a_phase_may_have_no_steps_yet(knowledge):
    text = file(knowledge).partition("## Beregn")[0]

    phase = parse_phase(text, PATH)

    assert (phase.intro, phase.steps) == ("Her blir dere klare.", ())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "id: forberedelse",
            "id: etterpa",
            ":2: no phase has the id etterpa. Use one of forberedelse, rekruttering, gjennomforing.",
        ),
        (
            'source: {source: rapport, heading: "Appendiks 1: Forberedelsesfasen"}\nstrands',
            "source: rapport\nstrands",
            ':5: a source is incomplete. Write {source: ID, heading: "HEADING"}.',
        ),
        ("strands: []", "strands: [{id: a}]", ":6: a strand is incomplete. Write {id: ID, title: TITLE}."),
        (" {#god-tid}", "", ":20: this heading has no id. Write `## Title {#id}`."),
        (" {#god-tid}", " {#God tid}", ":20: this heading has no id. Write `## Title {#id}`."),
        ("### Hva\nSett av tid.\n", "", ":20: the step god-tid lacks `### Hva`. Add it with its text."),
        ("\nSett av tid.\n", "\n", ":20: the step god-tid lacks `### Hva`. Add it with its text."),
        (
            "### Fortell mer\nEn",
            "### Annet\nNei.\n\n### Fortell mer\nEn",
            ":36: no section is called Annet. Use one of Hva, Hvorfor, Snakk sammen, Fortell mer, Spørsmål.",
        ),
        (
            'heading: "1. Innledning"',
            "heading: Appendiks: nei",
            ':23: the source is not readable. Write {source: ID, heading: "HEADING"}.',
        ),
        (
            ', heading: "1. Innledning"',
            "",
            ':23: a source is incomplete. Write {source: ID, heading: "HEADING"}.',
        ),
    ],
)
def test_an_error_names_file_and_line(knowledge, old, new, message):
    knowledge.change(PATH, old, new)

    with pytest.raises(GuideError) as caught:
        parse_phase(file(knowledge), PATH)

    assert str(caught.value) == PATH + message


def test_phases_come_in_the_guides_order(knowledge):
    for phase in ("gjennomforing", "rekruttering"):
        knowledge.write(f"guide/{phase}.md", file(knowledge).replace("id: forberedelse", f"id: {phase}"))

    phases = read_phases(knowledge.folder / "guide")

    assert [(phase.id, phase.number, phase.path) for phase in phases] == [
        ("forberedelse", 1, "guide/forberedelse.md"),
        ("rekruttering", 2, "guide/rekruttering.md"),
        ("gjennomforing", 3, "guide/gjennomforing.md"),
    ]
