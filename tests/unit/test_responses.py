"""The bot's own words: both written forms, the same values and payloads in each, nothing missing and nothing unused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from bot.answers.acts import PASSING
from bot.answers.outcome import QUESTION_INTENTS
from bot.responses import BOKMAL, NYNORSK, Response, all_responses, knows_phrase, phrase, render
from bot.uncertainty.classifier import THEMES

ROOT = Path(__file__).parents[2]
NAMES = sorted(all_responses())
SMALL_TALK = [
    rule["steps"][0]["intent"]
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    if rule["steps"][1]["action"] == "action_small_talk"
]
# Not what only a button says, small talk, and questions, for which the nearest text is offered.
GUESSED = sorted(
    set(yaml.safe_load((ROOT / "domain" / "domain.yml").read_text(encoding="utf-8"))["intents"])
    - {"nlu_fallback", "forget_doubt"}
    - (PASSING - {"feedback"})
    - QUESTION_INTENTS
    | {"compare_concepts"}
)


def placeholders(response: Response) -> set[str]:
    """Return the names of the values that a response wants, in its text and in its buttons."""
    parts = [response.text, *(words for button in response.buttons for words in button.values())]
    return {name for part in parts for _, name, _, _ in Formatter().parse(part) if name}


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_say_the_same_with_the_same_values_and_payloads(name: str) -> None:
    variants = all_responses()[name]
    assert set(variants) == {BOKMAL, NYNORSK}
    assert all(variant.text.strip() for variant in variants.values())
    assert placeholders(variants[BOKMAL]) == placeholders(variants[NYNORSK])
    payloads = [[button["payload"] for button in variants[form].buttons] for form in (BOKMAL, NYNORSK)]
    assert payloads[0] == payloads[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", [BOKMAL, NYNORSK])
def test_payloads_name_an_intent_of_the_domain_and_carry_json(name: str, form: str) -> None:
    intents = yaml.safe_load((ROOT / "domain" / "domain.yml").read_text(encoding="utf-8"))["intents"]
    values = dict.fromkeys(placeholders(all_responses()[name][form]), "x")
    for button in render(name, form, **values).buttons:
        match = re.fullmatch(r"/(\w+)(\{.*\})?", button["payload"])
        assert match, button
        assert match[1] in intents
        assert match[2] is None or isinstance(json.loads(match[2]), dict)


def test_a_form_is_chosen_and_values_are_filled_in() -> None:
    assert render("utter_last_step").text == "Dette er det siste steget i fasen."
    assert render("utter_step_not_found", NYNORSK).text.startswith("Eg fann ikkje")
    assert render("utter_source", title="T", lines="- a").text == "«T» bygger på:\n- a"
    assert render("utter_doubt_roles", entry="e1").buttons[0]["payload"] == '/forget_doubt{"entry": "e1"}'


def test_every_response_that_is_named_exists_and_none_is_unused() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for folder in ("actions", "bot") for path in (ROOT / folder).rglob("*.py")
    )
    named = set(re.findall(r"\"(utter_\w+)\"", source))
    named |= {f"utter_doubt_{theme}" for theme in THEMES} | {f"utter_theme_{theme}" for theme in THEMES}
    named |= {f"utter_{intent}" for intent in SMALL_TALK}
    named -= {"utter_action"}  # Rasa's own name for where a message comes from
    named |= {"utter_mark_done", "utter_mark_skipped", f"utter_form_{BOKMAL}", f"utter_form_{NYNORSK}"}
    named |= {f"utter_guess_{intent}" for intent in GUESSED}
    assert named == set(NAMES)


def test_every_intent_that_a_person_can_mean_has_a_guess_in_both_forms() -> None:
    for intent in GUESSED:
        assert knows_phrase(f"utter_guess_{intent}"), intent
        assert set(all_responses()[f"utter_guess_{intent}"]) == {BOKMAL, NYNORSK}
        for form in (BOKMAL, NYNORSK):
            # It ends the sentence «Vil du at jeg skal …» on a button.
            assert re.fullmatch(r"[A-ZÆØÅ][^.?!]{5,40}", phrase(f"utter_guess_{intent}", form))


@pytest.mark.parametrize("form", [BOKMAL, NYNORSK])
def test_no_two_guesses_are_worded_alike(form: str) -> None:
    assert len({phrase(f"utter_guess_{intent}", form) for intent in GUESSED}) == len(GUESSED)


def test_which_phrases_are_known() -> None:
    assert knows_phrase("utter_last_step")
    assert not knows_phrase("utter_guess_greet")
    assert not knows_phrase("")


def test_each_response_is_written_once_nynorsk_before_bokmal() -> None:
    written = [
        (name, [variant.get("condition") for variant in variants])
        for path in sorted((ROOT / "domain" / "responses").glob("*.yml"))
        for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
    ]
    nynorsk = [{"type": "slot", "name": "written_form", "value": "nynorsk"}]
    assert sorted(name for name, _ in written) == NAMES
    assert [name for name, conditions in written if conditions != [nynorsk, None]] == []
