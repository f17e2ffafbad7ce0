"""`samskap validate`: every check with a text that passes and one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import GuideError
from bot.knowledge.library import KNOWLEDGE
from bot.knowledge.validation import Problem, problem_of, validate

DUGNAD, MALTID, PHASE = "concepts/dugnad.md", "cases/maltid.md", "guide/forberedelse.md"


def found(knowledge: Any) -> list[str]:
    """Return what is wrong, without the folder's name in front; `knowledge` is the fixture."""
    return [str(problem).removeprefix("knowledge/") for problem in validate(knowledge.folder)]


def questions(count: int) -> str:
    """Return so many extra questions as lines of an article."""
    return "".join(f"  - Ekstra spørsmål {number}?\n" for number in range(count))


def test_nothing_is_wrong_in_good_knowledge(knowledge):
    assert found(knowledge) == []


def test_nothing_is_wrong_in_the_projects_own_knowledge():
    assert [str(problem) for problem in validate(KNOWLEDGE)] == []


GOOD = {
    "a title of 70 characters": (DUGNAD, "Hva er dugnad?", "x" * 70),
    "a short title of 32 characters": (DUGNAD, "short: Dugnad", "short: " + "x" * 32),
    "fifteen questions": (DUGNAD, "  - dugnat\n", "  - dugnat\n" + questions(7)),
    "no phase": (DUGNAD, "phase: forberedelse", "phase: null"),
    "no steps": (DUGNAD, "steps: [god-tid]", "steps: []"),
    "a link to a phase": (MALTID, "[dugnad, elefanten]", "[forberedelse]"),
    "a question that only resembles another": (MALTID, "  - kaffi", "  - Hva er dugnaden?"),
    "250 words": (DUGNAD, "Alle tar del.", "Vi er. " * 122 + "Ja."),
    "a list after the first paragraph": (DUGNAD, "Alle tar del.", "- Alle\n- tar del"),
    "a word where it is explained": (DUGNAD, "Alle tar del.", "Før het de brukere."),
    "a longer word with the avoided one in it": (MALTID, "De spiste", "Storbrukere spiste"),
    "an avoided word in a question": (MALTID, "  - kaffi", "  - Skal brukere ha kaffi?"),
    "LIX 50": (MALTID, "De spiste først.", "Innbyggere samskaper velferdstjenester i dag med kommunen og alle vi."),
    "a wrapped paragraph": (MALTID, "De spiste først.", "De\nspiste\nførst."),
    "a quotation after a colon": (MALTID, "De spiste først.", "Hun sa: «Vi spiste!» Så gikk vi."),
}


@pytest.mark.parametrize(("file", "old", "new"), GOOD.values(), ids=GOOD)
def test_passes(knowledge, file, old, new):
    knowledge.change(file, old, new)

    assert found(knowledge) == []


BAD = {
    "the id is not the file's name": (
        DUGNAD,
        "id: dugnad",
        "id: dugnader",
        "concepts/dugnad.md:2: the id dugnader is not the file's name; write `id: dugnad`, or rename the file",
    ),
    "a link to nothing": (
        DUGNAD,
        "  - maltid\n  - forb",
        "  - maltider\n  - forb",
        "concepts/dugnad.md:9: there is no text with the id maltider; mend it, or take it out of the list",
    ),
    "a link to itself": (
        DUGNAD,
        "  - maltid\n  - forberedelse",
        "  - maltid\n  - dugnad",
        "concepts/dugnad.md:10: the text points to itself; take dugnad out of the list",
    ),
    "a step's link to nothing": (
        PHASE,
        "Se også: elefanten, dugnad",
        "Se også: elefanten, dugnader",
        "guide/forberedelse.md:25: there is no text with the id dugnader; mend it, or take it out of the list",
    ),
    "a phase's link to itself": (
        PHASE,
        "see_also: [dugnad]",
        "see_also: [forberedelse]",
        "guide/forberedelse.md:16: the text points to itself; take forberedelse out of the list",
    ),
    "an unknown topic": (
        DUGNAD,
        "topic: begrepet",
        "topic: prat",
        "concepts/dugnad.md:5: there is no topic prat;"
        " use one of begrepet, modeller, funn, rammer, folkehelse, caser, veilederen",
    ),
    "an unknown phase": (
        DUGNAD,
        "phase: forberedelse",
        "phase: etterpa",
        "concepts/dugnad.md:6: there is no phase etterpa;"
        " use one of forberedelse, rekruttering, gjennomforing, or null",
    ),
    "an unknown step": (
        DUGNAD,
        "steps: [god-tid]",
        "steps: [god-tid, dugnad]",
        "concepts/dugnad.md:7: there is no step with the id dugnad; mend it, or take it out of the list",
    ),
    "an unknown document": (
        DUGNAD,
        "source: rapport",
        "source: raport",
        "concepts/dugnad.md:12: there is no document raport in sources.yml; use one of rapport, lysark",
    ),
    "an unknown heading": (
        DUGNAD,
        "heading: Forside",
        "heading: Bakside",
        "concepts/dugnad.md:13: lysark has no heading «Bakside» in sources.yml;"
        " copy the heading word for word from sources.yml",
    ),
    "an unknown heading of a step's second source": (
        PHASE,
        "}\nSe også: elefanten, dugnad",
        "}\nKilde: {source: lysark, heading: Nei}\nSe også: elefanten, dugnad",
        "guide/forberedelse.md:25: lysark has no heading «Nei» in sources.yml;"
        " copy the heading word for word from sources.yml",
    ),
    "an unknown heading of a phase's source": (
        PHASE,
        'Forberedelsesfasen"}\nstrands',
        'Starten"}\nstrands',
        "guide/forberedelse.md:5: rapport has no heading «Appendiks 1: Starten» in sources.yml;"
        " copy the heading word for word from sources.yml",
    ),
    "no source": (
        MALTID,
        "sources:\n  - {source: lysark, heading: Forside}",
        "sources: []",
        "cases/maltid.md:9: the text has no source; say where its facts come from",
    ),
    "a step without a source": (
        PHASE,
        "Kilde: {source: lysark, heading: Forside}\n",
        "",
        "guide/forberedelse.md:49: the text has no source; say where its facts come from",
    ),
    "seven questions": (
        DUGNAD,
        "  - dugnat\n",
        "",
        "concepts/dugnad.md:14: the text has 7 question(s); write 8 to 15 that people would ask",
    ),
    "sixteen questions": (
        DUGNAD,
        "  - dugnat\n",
        "  - dugnat\n" + questions(8),
        "concepts/dugnad.md:14: the text has 16 question(s); write 8 to 15 that people would ask",
    ),
    "a step with seven questions": (
        PHASE,
        "- tids bruk\n",
        "",
        "guide/forberedelse.md:39: the text has 7 question(s); write 8 to 15 that people would ask",
    ),
    "a question twice": (
        MALTID,
        "  - kaffi",
        "  - hva er EN dugnad",
        "cases/maltid.md:15: the question «hva er EN dugnad» already stands in knowledge/concepts/dugnad.md:15;"
        " keep it in the text that answers it best",
    ),
    "a step's question twice": (
        PHASE,
        "- Hvem er imot?",
        "- Forberedelse!",
        "guide/forberedelse.md:68: the question «Forberedelse!» already stands in knowledge/guide/forberedelse.md:12;"
        " keep it in the text that answers it best",
    ),
    "a title of 71 characters": (
        DUGNAD,
        "Hva er dugnad?",
        "x" * 71,
        "concepts/dugnad.md:3: the title has 71 characters; shorten it to at most 70",
    ),
    "a short title of 33 characters": (
        DUGNAD,
        "short: Dugnad",
        "short: " + "x" * 33,
        "concepts/dugnad.md:4: the short title has 33 characters; shorten it to at most 32",
    ),
    "a step's short title of 33 characters": (
        PHASE,
        "Kort: God tid",
        "Kort: " + "x" * 33,
        "guide/forberedelse.md:22: the short title has 33 characters; shorten it to at most 32",
    ),
    "no text": (
        MALTID,
        "De spiste først.\n",
        "",
        "cases/maltid.md:2: the text is empty; write what it has to tell",
    ),
    "no first paragraph": (
        DUGNAD,
        "Dugnad er arbeid",
        "- Dugnad er arbeid",
        "concepts/dugnad.md:24: the text does not start with a paragraph; answer in a sentence or two first",
    ),
    "251 words": (
        DUGNAD,
        "Alle tar del.",
        "Vi er. " * 123,
        "concepts/dugnad.md:24: the text has 251 words; shorten it to at most 250",
    ),
    "an avoided word": (
        MALTID,
        "De spiste først.",
        "De spiste først.\n\nAlle Brukere fikk mat.",
        "cases/maltid.md:23: the text says «Brukere»; write innbygger, or explain the word (see words.yml)",
    ),
    "an avoided word in a step": (
        PHASE,
        "En ansatt ville ha mer tid.",
        "En ansatt ville ha mer tid til brukere.",
        "guide/forberedelse.md:37: the text says «brukere»; write innbygger, or explain the word (see words.yml)",
    ),
    "a hard text": (
        MALTID,
        "De spiste først.",
        "De spiste.\n\nInnbyggere samskaper velferdstjenester kommunen ønsker seg.",
        "cases/maltid.md:23: the text is hard to read (LIX 54, at most 50);"
        " shorten sentences and words; its longest sentence is here: 6 words",
    ),
    "a step without two of its sections": (
        PHASE,
        "### Hvorfor\nDet hjelper.\n\n### Snakk sammen\nHva er elefanten?\n\n",
        "",
        "guide/forberedelse.md:49: the step elefanten lacks `### Hvorfor`, `### Snakk sammen`; add it with its text",
    ),
    "a section that nobody reads": (
        PHASE,
        "### Fortell mer\nNoen",
        "### Mer\nNei.\n\n### Fortell mer\nNoen",
        "guide/forberedelse.md:63: no section is called Mer;"
        " use one of Hva, Hvorfor, Snakk sammen, Fortell mer, Spørsmål",
    ),
    "a strand that is not there": (
        PHASE,
        "Kort: God tid\n",
        "Kort: God tid\nBolk: trygghet\n",
        "guide/forberedelse.md:23: the phase has no strand trygghet; take the line out",
    ),
    "a file that is not YAML": (
        DUGNAD,
        "title: Hva er dugnad?",
        "title: Dugnad: hva er det?",
        "concepts/dugnad.md:3: the front matter is not valid YAML;"
        " put quotes around a text with a colon, and mend the indents",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD.values(), ids=BAD)
def test_says_what_is_wrong_where_and_how_to_mend_it(knowledge, file, old, new, message):
    knowledge.change(file, old, new)

    assert found(knowledge) == [message]


def test_a_phase_with_strands_wants_one_for_each_step(knowledge):
    knowledge.change(PHASE, "strands: []", "strands: [{id: trygghet, title: Trygghet}]")
    knowledge.change(PHASE, "Kort: God tid\n", "Kort: God tid\nBolk: trygghet\n")

    assert found(knowledge) == [
        "guide/forberedelse.md:50: the step has no strand; add `Bolk:` with one of trygghet",
    ]


def test_an_id_may_stand_once_among_articles_steps_and_phases(knowledge):
    knowledge.write("cases/god-tid.md", (knowledge.folder / MALTID).read_text(encoding="utf-8"))
    knowledge.change("cases/god-tid.md", "id: maltid", "id: god-tid")
    (knowledge.folder / MALTID).unlink()
    knowledge.change(DUGNAD, "  - maltid\n", "")

    assert found(knowledge) == [
        "cases/god-tid.md:2: the id god-tid is taken by knowledge/guide/forberedelse.md:20; choose another id",
    ]


def test_a_file_that_cannot_be_read_is_one_problem_and_may_still_be_pointed_to(knowledge):
    knowledge.write(PHASE, "uten topp\n\n## Beregn god tid {#god-tid}\n\n## Elefanten {#elefanten}\n")

    assert found(knowledge) == [
        "guide/forberedelse.md:1: the front matter is missing; start with a block between two --- lines",
    ]


def test_a_step_that_cannot_be_read_does_not_hide_the_others(knowledge):
    knowledge.change(PHASE, "### Hva\nSett av tid.\n", "")
    knowledge.change(PHASE, "Se også: god-tid", "Se også: elefanten")

    assert found(knowledge) == [
        "guide/forberedelse.md:20: the step god-tid lacks `### Hva`; add it with its text",
        "guide/forberedelse.md:50: the text points to itself; take elefanten out of the list",
    ]


def test_all_problems_come_at_once_by_file_and_line(knowledge):
    knowledge.change(DUGNAD, "topic: begrepet", "topic: prat")
    knowledge.change(DUGNAD, "short: Dugnad", "short: " + "x" * 40)
    knowledge.change(MALTID, "[dugnad, elefanten]", "[x, y]")

    assert [message.partition("; ")[0] for message in found(knowledge)] == [
        "cases/maltid.md:8: there is no text with the id x",
        "cases/maltid.md:8: there is no text with the id y",
        "concepts/dugnad.md:4: the short title has 40 characters",
        "concepts/dugnad.md:5: there is no topic prat",
    ]


def test_a_missing_list_of_sources_is_one_problem(knowledge):
    (knowledge.folder / "sources.yml").unlink()

    assert found(knowledge) == ["sources.yml:1: the file is missing; put it back"]


def test_a_word_without_its_pattern_is_told(knowledge):
    knowledge.change("words.yml", "pattern:", "ord:")

    assert found(knowledge) == [
        "words.yml:1: a word cannot be read ('pattern'); give each pattern, better and explained_in",
    ]


def test_a_file_in_another_encoding_is_told(knowledge):
    path = knowledge.folder / MALTID
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))

    assert found(knowledge) == [
        "cases/maltid.md:3: the file is not UTF-8; save it with the encoding UTF-8",
    ]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Dere møter en bruker.", "en bruker"),
        ("De kalte ham «bruker».", "bruker"),
        ("Så kom brukerne inn.", "brukerne"),
        ("Det var brukerens ønske.", "brukerens"),
        ("Det var en brukers ønske.", "brukers"),
        ("Hun fasiliterte møtet.", "fasiliterte"),
        ("Så kom fasilitatoren inn.", "fasilitatoren"),
    ],
)
def test_the_projects_words_are_heard(knowledge, sentence, said):
    knowledge.write("words.yml", (KNOWLEDGE / "words.yml").read_text(encoding="utf-8"))
    knowledge.change(MALTID, "De spiste først.", sentence)

    assert [problem.what for problem in validate(knowledge.folder)] == [f"the text says «{said}»"]


@pytest.mark.parametrize(
    "sentence", ["Rapporten bruker ordet.", "Ordene dere bruker, teller.", "Dette er brukermedvirkning.", "Bruk tid."]
)
def test_the_verb_and_compounds_are_let_through(knowledge, sentence):
    knowledge.write("words.yml", (KNOWLEDGE / "words.yml").read_text(encoding="utf-8"))
    knowledge.change(MALTID, "De spiste først.", sentence)

    assert found(knowledge) == []


def test_an_error_without_a_place_stands_on_the_first_line():
    problem = problem_of(GuideError("It broke.", "Mend it."), "a.md")

    assert problem == Problem("a.md", 1, "It broke", "mend it")
