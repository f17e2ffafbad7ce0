"""Tests of actions.answering."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.answering import AfterDoubt, Answer, TellSource
from bot.knowledge.documents.shelf import DocumentShelf
from bot.knowledge.library import get_library
from tests.unit.actions.playing import Play

NEAR = [("samskaping", 0.9), ("to-mal", 0.6), ("floker", 0.5), ("tolk", 0.4), ("god-tid", 0.3)]


def asks(*ids: str) -> list[str]:
    """Return the payloads of buttons that ask for these texts."""
    return [f'/ask_concept{{"concept": "{text_id}"}}' for text_id in ids]


def test_a_button_is_answered_with_its_text_whatever_was_found(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "samskaping"}, hits=[("tolk", 0.9)], covered=0.99)

    library = get_library()
    assert played.custom == {
        "response": "utter_answer",
        "kind": "answer",
        "outcome": "answered",
        "topic": "samskaping",
        "title": library.title("samskaping"),
        "sources": [library.citation(source) for source in library.sources("samskaping")],
    }
    assert played.text == library.articles["samskaping"].body
    assert played.payloads == asks(*library.see_also("samskaping")[:3])
    assert played.slots["last_topic"] == "samskaping"


def test_a_question_that_is_covered_is_answered_with_the_best_text(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva er samskaping?", hits=NEAR, covered=0.7)

    assert played.custom["topic"] == "samskaping"
    assert played.payloads == asks("to-mal", "ingen-fasit-definisjon", "samskaping-og-samarbeid")


def test_what_may_have_been_meant_as_well_is_offered_once(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva er det?", hits=[("samskaping", 0.9), ("tynn-og-tykk", 0.8)], covered=0.9)

    assert played.payloads == asks("tynn-og-tykk", "ingen-fasit-definisjon", "to-mal")


def test_an_answer_offers_the_way_back_to_the_step(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(Answer, "ask_concept", "hva er samskaping?", hits=NEAR, covered=0.9)

    assert played.payloads[-1] == "/repeat_step"
    assert get_library().short("forankre-i-ledelsen") in played.messages[-1]["buttons"][-1]["title"]


def test_a_question_about_a_phase_is_answered_with_its_introduction(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "rekruttering"})

    assert played.text == get_library().phases["rekruttering"].intro
    assert played.custom["sources"] == [get_library().citation(get_library().phases["rekruttering"].source)]


def test_a_question_about_a_step_is_answered_with_all_its_texts(play: Play) -> None:
    step = get_library().steps["tolk"]

    assert play(Answer, "ask_concept", entities={"concept": "tolk"}).text == "\n\n".join(
        (step.what, step.why, step.more)
    )


def test_a_question_that_nothing_covers_is_refused_and_the_nearest_offered(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva koster ost?", hits=NEAR, covered=0.14)

    assert played.custom == {"response": "utter_not_found", "kind": "answer", "outcome": "not_found"}
    assert played.payloads == asks("samskaping", "to-mal", "floker")
    assert played.slots["yes_means"] == "samskaping"
    assert "last_topic" not in played.slots


@pytest.mark.parametrize("covered", [0.15, 0.49])
def test_what_may_be_covered_is_asked_back(play: Play, covered: float) -> None:
    played = play(Answer, "ask_concept", "hva koster maten?", hits=NEAR, covered=covered)

    assert played.custom == {"response": "utter_did_you_mean", "kind": "answer", "outcome": "did_you_mean"}
    assert played.text == (
        "Jeg er ikke sikker på at jeg forstår. Mente du en av disse? Du kan også spørre med andre ord."
    )
    assert played.payloads == asks("samskaping", "to-mal", "floker")
    assert played.slots["yes_means"] == "samskaping"
    assert "last_topic" not in played.slots


def test_a_button_of_a_text_that_is_gone_is_refused(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "fantes-en-gang"}, yes_means="to-mal")

    assert played.names == ["utter_not_found"]
    assert played.payloads == []
    assert played.slots["yes_means"] is None


@pytest.mark.parametrize(
    ("intent", "covered", "outcome"),
    [
        ("compare_concepts", 0.7, "answered"),
        ("nlu_fallback", 0.7, "answered"),
        ("nlu_fallback", 0.69, "did_you_mean"),
        ("nlu_fallback", 0.14, "not_found"),
        ("out_of_scope", 0.84, "did_you_mean"),
        ("out_of_scope", 0.14, "not_found"),
        ("out_of_scope", 0.85, "answered"),
    ],
)
def test_what_was_not_understood_as_a_question_must_be_covered_more_surely(
    play: Play, intent: str, covered: float, outcome: str
) -> None:
    assert play(Answer, intent, "samskaping da", hits=NEAR, covered=covered).custom["outcome"] == outcome


def test_a_doubt_that_was_not_understood_otherwise_is_only_a_doubt(play: Play) -> None:
    played = play(Answer, "nlu_fallback", "æ e usikker", hits=NEAR, covered=0.6, doubt=("concept", 0.9))

    assert played.names == ["utter_doubt_concept", "utter_after_doubt"]
    assert played.custom["outcome"] == "doubt_only"
    assert played.payloads == asks("samskaping", "to-mal", "floker")


def test_after_a_doubt_the_nearest_texts_and_the_way_back_are_offered(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(AfterDoubt, "express_doubt", "jeg er usikker", hits=NEAR, covered=0.84, doubt=("roles", 0.9))

    assert played.names == ["utter_doubt_roles", "utter_after_doubt"]
    assert played.custom["outcome"] == "doubt_only"
    assert played.payloads == [*asks("samskaping", "to-mal", "floker"), "/repeat_step"]
    assert played.slots["yes_means"] == "samskaping"


def test_a_doubt_that_a_text_surely_covers_is_answered_with_it(play: Play) -> None:
    played = play(AfterDoubt, "express_doubt", "jeg er usikker", hits=NEAR, covered=0.85, doubt=("roles", 0.9))

    assert played.names == ["utter_doubt_roles", "utter_answer"]
    assert played.payloads == asks(*get_library().see_also("samskaping")[:3])
    assert played.slots["last_topic"] == "samskaping"


def test_the_source_of_what_was_shown_last(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(TellSource, "ask_source", last_topic="samskaping")

    library = get_library()
    citations = [library.citation(source) for source in library.sources("samskaping")]
    assert played.custom == {"response": "utter_source", "kind": "source", "sources": citations}
    assert "\n".join(f"- {citation}" for citation in citations) in played.text
    assert library.title("samskaping") in played.text
    assert played.payloads[-1] == "/repeat_step"


@pytest.mark.parametrize("topic", [None, "fantes-en-gang"])
def test_without_a_text_there_is_no_source(play: Play, topic: str | None) -> None:
    assert play(TellSource, "ask_source", last_topic=topic).names == ["utter_no_source"]


# Quotations

FERRIES = [("doc:rapport:0", 3.1), ("doc:rapport:1", 2.0)]
QUOTE = "«Fergen går {klokka} åtte.\nBillett\nDen er gratis.»"
FERRY_BUTTON = '/ask_concept{"concept": "doc:rapport:0"}'


def test_a_document_is_quoted_word_for_word_where_the_guide_has_no_answer(
    play: Play, begin: Callable[..., None]
) -> None:
    begin()

    played = play(Answer, "ask_concept", "når går ferga?", hits=NEAR, covered=0.2, quotations=FERRIES, quotable=0.7)

    assert played.custom == {
        "response": "utter_quotation",
        "kind": "answer",
        "outcome": "quoted",
        "topic": "doc:rapport:0",
        "title": "Rapport om ferger",
        "sources": ["Rapport om ferger, Tider, s. 12"],
    }
    assert played.text == (f"Veilederen selv svarer ikke på dette, men slik står det i «Rapport om ferger»:\n\n{QUOTE}")
    assert played.payloads == [*asks("samskaping"), "/repeat_step"]
    assert played.slots["last_topic"] == "doc:rapport:0"
    assert played.slots.get("yes_means") is None


def test_a_quotation_is_introduced_in_nynorsk(play: Play) -> None:
    played = play(Answer, "ask_concept", "når går ferja?", quotations=FERRIES, quotable=0.9, language=("no", "nynorsk"))

    assert played.text.startswith("Rettleiaren sjølv svarar ikkje på dette, men slik står det i «Rapport om ferger»:")


@pytest.mark.parametrize(
    ("passage", "place"),
    [
        ("doc:rapport:0", "Rapport om ferger, Tider, s. 12"),
        # Without headings or page, only the document; a heading that is the title is said once.
        ("doc:rapport:1", "Rapport om ferger"),
        ("doc:lysark:0", "Om sauer, lysark 4"),
    ],
)
def test_the_place_of_a_quotation(play: Play, passage: str, place: str) -> None:
    quoted = play(Answer, "ask_concept", entities={"concept": passage})
    told = play(TellSource, "ask_source", last_topic=passage)

    assert quoted.custom["sources"] == [place]
    assert told.custom["sources"] == [place]


@pytest.mark.parametrize(("quotable", "buttons"), [(0.8, [FERRY_BUTTON]), (0.79, [])])
def test_what_documents_say_surely_is_offered_beside_the_guides_answer(
    play: Play, begin: Callable[..., None], quotable: float, buttons: list[str]
) -> None:
    begin()

    played = play(
        Answer, "ask_concept", "hva er samskaping?", hits=NEAR, covered=0.9, quotations=FERRIES, quotable=quotable
    )

    assert played.custom["topic"] == "samskaping"
    assert played.payloads == [
        *asks("to-mal", "ingen-fasit-definisjon", "samskaping-og-samarbeid"),
        *buttons,
        "/repeat_step",
    ]
    titles = [button["title"] for button in played.messages[-1]["buttons"]]
    assert ("Les i dokumentene" in titles) == bool(buttons)


def test_the_button_shows_the_quotation(play: Play) -> None:
    played = play(Answer, "ask_concept", entities={"concept": "doc:rapport:0"})

    assert played.names == ["utter_quotation_beside"]
    assert played.text == f"Slik står det i «Rapport om ferger»:\n\n{QUOTE}"
    assert played.custom["outcome"] == "quoted"
    assert played.payloads == []
    assert played.slots["last_topic"] == "doc:rapport:0"


def test_the_button_of_a_document_that_is_gone_says_so(
    play: Play, shelf: DocumentShelf, begin: Callable[..., None]
) -> None:
    begin()
    shelf.remove(["rapport"])

    played = play(Answer, "ask_concept", entities={"concept": "doc:rapport:0"}, last_topic="samskaping")

    assert played.custom == {"response": "utter_quotation_gone", "kind": "answer"}
    assert played.payloads == ["/repeat_step"]
    assert "last_topic" not in played.slots


def test_a_document_that_was_removed_since_is_not_quoted(play: Play, shelf: DocumentShelf) -> None:
    shelf.remove(["rapport"])

    played = play(Answer, "ask_concept", "når går ferga?", hits=NEAR, covered=0.0, quotations=FERRIES, quotable=0.9)

    assert played.names == ["utter_not_found"]


def test_a_doubt_is_not_answered_with_a_quotation(play: Play) -> None:
    doubtful = {"hits": NEAR, "covered": 0.2, "quotations": FERRIES, "quotable": 1.0, "doubt": ("roles", 0.9)}

    assert play(AfterDoubt, "express_doubt", "æ e usikker", **doubtful).custom["outcome"] == "doubt_only"
    assert play(Answer, "nlu_fallback", "æ e usikker", **doubtful).custom["outcome"] == "doubt_only"


def test_the_source_of_a_quotation(play: Play, begin: Callable[..., None]) -> None:
    begin()

    played = play(TellSource, "ask_source", last_topic="doc:rapport:0")

    place = "Rapport om ferger, Tider, s. 12"
    assert played.custom == {"response": "utter_source", "kind": "source", "sources": [place]}
    assert played.text == f"«Rapport om ferger» bygger på:\n- {place}"
    assert played.payloads == ["/repeat_step"]


def test_the_source_of_a_quotation_that_is_gone_is_none(play: Play, shelf: DocumentShelf) -> None:
    shelf.remove(["rapport"])

    assert play(TellSource, "ask_source", last_topic="doc:rapport:0").names == ["utter_no_source"]


# What a message that was not understood may have meant


def test_the_two_best_guesses_are_offered_as_buttons(play: Play, begin: Callable[..., None]) -> None:
    begin()
    ranking = [("nlu_fallback", 0.6), ("mark_done", 0.34), ("undo", 0.3), ("help", 0.2)]

    played = play(Answer, "nlu_fallback", "den der", hits=NEAR, covered=0.2, ranking=ranking)

    assert played.custom == {"response": "utter_two_guesses", "kind": "answer", "outcome": "did_you_mean"}
    assert played.payloads == ["/mark_done", "/undo", "/repeat_step"]
    titles = [button["title"] for button in played.messages[-1]["buttons"]]
    assert titles[:2] == ["Merke steget som ferdig", "Angre det siste"]


def test_guesses_are_worded_in_the_persons_form(play: Play) -> None:
    played = play(Answer, "nlu_fallback", "den der", ranking=[("show_doubts", 0.3)], language=("no", "nynorsk"))

    assert played.text.startswith("Eg er ikkje sikker")
    assert [button["title"] for button in played.messages[-1]["buttons"]] == ["Vise kva de er usikre på"]


def test_a_guess_that_it_was_a_question_offers_the_nearest_text(play: Play) -> None:
    ranking = [("ask_concept", 0.34), ("mark_done", 0.3)]

    played = play(Answer, "nlu_fallback", "den der", hits=NEAR, covered=0.2, ranking=ranking)

    assert played.payloads == [*asks("samskaping"), "/mark_done"]


@pytest.mark.parametrize(
    ("ranking", "payloads"),
    [
        ([("mark_done", 0.1), ("undo", 0.099)], ["/mark_done"]),
        # Small talk is no guess, the next one is.
        ([("greet", 0.3), ("mark_done", 0.2), ("out_of_scope", 0.15), ("undo", 0.11)], ["/mark_done", "/undo"]),
    ],
)
def test_only_what_is_likely_and_can_be_worded_is_guessed(
    play: Play, ranking: list[tuple[str, float]], payloads: list[str]
) -> None:
    assert play(Answer, "nlu_fallback", "den der", ranking=ranking).payloads == payloads


@pytest.mark.parametrize("ranking", [[], [("greet", 0.3)], [("mark_done", 0.09)]])
def test_without_a_guess_the_nearest_texts_are_offered(play: Play, ranking: list[tuple[str, float]]) -> None:
    played = play(Answer, "nlu_fallback", "den der", hits=NEAR, covered=0.14, ranking=ranking)

    assert played.names == ["utter_not_found"]
    assert played.payloads == asks("samskaping", "to-mal", "floker")


def test_a_message_that_was_understood_is_not_guessed_at(play: Play) -> None:
    played = play(Answer, "ask_concept", "hva er ost?", hits=NEAR, covered=0.2, ranking=[("mark_done", 0.4)])

    assert played.names == ["utter_did_you_mean"]


def test_what_a_text_surely_answers_is_answered_and_not_guessed_at(play: Play) -> None:
    played = play(Answer, "nlu_fallback", "samskaping", hits=NEAR, covered=0.9, ranking=[("mark_done", 0.3)])

    assert played.names == ["utter_answer"]
