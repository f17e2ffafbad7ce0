"""Answers questions with the guide's texts, and says where they come from."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events, GuideAction
from actions.turn import DOUBT_INTENT, Turn, payload
from bot.answers.follow_up import LAST_TOPIC
from bot.answers.outcome import QUESTION_INTENTS, Decision, Outcome, decide
from bot.knowledge.documents.shelf import PREFIX, OwnDocument
from bot.responses import knows_phrase
from bot.types import Article, DocumentPassage, Phase, Step

ASK_NEXT = 3
FALLBACK = "nlu_fallback"
GUESSES = 2
# An intent that is less likely than this is no guess.
LEAST_GUESS = 0.1
_OFFERS = {
    Outcome.DOUBT_ONLY: "utter_after_doubt",
    Outcome.DID_YOU_MEAN: "utter_did_you_mean",
    Outcome.NOT_FOUND: "utter_not_found",
}


class Answer(GuideAction):
    """Answers a question, or says plainly that the guide does not hold the answer."""

    action = "action_answer"

    def act(self, turn: Turn) -> Events | None:
        """Decide what becomes of the message and do it."""
        asked = turn.entity("concept")
        if asked and turn.library.knows(asked):
            return tell(turn, asked)
        if asked and asked.startswith(PREFIX):
            return quote(turn, asked, response="utter_quotation_beside")
        decision = decide(turn.intent, turn.doubt is not None, turn.finding, turn.quotations)
        if decision.outcome is Outcome.ANSWERED and decision.passage:
            return tell(turn, decision.passage, decision.nearest[:1], decision.quotation)
        if decision.outcome is Outcome.QUOTED and decision.quotation:
            return quote(turn, decision.quotation, decision.nearest[:1])
        if turn.intent == FALLBACK and turn.has_words and (buttons := guesses(turn, decision)):
            custom = {"kind": "answer", "outcome": Outcome.DID_YOU_MEAN.value}
            turn.say("utter_two_guesses", buttons=buttons + turn.back_button(), custom=custom)
            return None
        offer(turn, decision)
        return None


class AfterDoubt(GuideAction):
    """Goes on after a message that was nothing but doubt: offers what the guide says and the way back."""

    action = "action_after_doubt"

    def act(self, turn: Turn) -> Events | None:
        """Offer the nearest texts. A doubt that matches a text exactly is answered with it."""
        decision = decide(DOUBT_INTENT, True, turn.finding)
        if decision.outcome is Outcome.ANSWERED and decision.passage:
            return tell(turn, decision.passage)
        offer(turn, decision)
        return None


class TellSource(GuideAction):
    """Says where the text that was shown last comes from."""

    action = "action_tell_source"

    def act(self, turn: Turn) -> None:
        """Name document and heading."""
        topic = turn.slot(LAST_TOPIC)
        if topic and topic.startswith(PREFIX) and (found := turn.shelf.find(topic)):
            place = _place(turn, *found)
            turn.say(
                "utter_source",
                buttons=turn.back_button(),
                custom={"kind": "source", "sources": [place]},
                title=found[0].title,
                lines=f"- {place}",
            )
            return
        if not topic or not turn.library.knows(topic):
            turn.say("utter_no_source")
            return
        sources = _citations(turn, topic)
        turn.say(
            "utter_source",
            buttons=turn.back_button(),
            custom={"kind": "source", "sources": sources},
            title=turn.library.title(topic),
            lines="\n".join(f"- {source}" for source in sources),
        )


def guesses(turn: Turn, decision: Decision) -> list[dict[str, str]]:
    """Return a button for each of the two things that a message which was not understood most likely meant."""
    found: list[dict[str, str]] = []
    for name, confidence in turn.ranking:
        if confidence < LEAST_GUESS or len(found) == GUESSES:
            break
        if name in QUESTION_INTENTS:
            found += turn.topic_buttons(decision.nearest[:1])
        elif knows_phrase(f"utter_guess_{name}"):
            found.append({"title": turn.phrase(f"utter_guess_{name}"), "payload": payload(name)})
    return found


def offer(turn: Turn, decision: Decision) -> None:
    """Offer the nearest texts where none answers; a «yes» then means the first of them."""
    turn.say(
        _OFFERS[decision.outcome],
        buttons=turn.topic_buttons(decision.nearest) + turn.back_button(),
        custom={"kind": "answer", "outcome": decision.outcome.value},
    )
    turn.yes_means = decision.nearest[0] if decision.nearest else None


def tell(turn: Turn, text_id: str, also: tuple[str, ...] = (), quotation: str | None = None) -> Events:
    """Tell a text with its title, its sources and what to ask next; remember that it was told.

    Args:
        also: texts that may have been meant as well; they come first among what to ask next.
        quotation: id of a passage of an imported document that answers, too; it is offered.
    """
    onward = tuple(dict.fromkeys((*also, *turn.library.see_also(text_id))))[:ASK_NEXT]
    buttons = turn.topic_buttons(onward) + _quotation_button(turn, quotation) + turn.back_button()
    custom = {
        "kind": "answer",
        "outcome": Outcome.ANSWERED.value,
        "topic": text_id,
        "title": turn.library.title(text_id),
        "sources": _citations(turn, text_id),
    }
    turn.say("utter_answer", buttons=buttons, custom=custom, body=_body(turn, text_id))
    return [SlotSet(LAST_TOPIC, text_id)]


def quote(turn: Turn, passage_id: str, also: tuple[str, ...] = (), response: str = "utter_quotation") -> Events | None:
    """Quote a passage of an imported document word for word, with its place; remember that it was told.

    Args:
        also: texts of the guide that are near; they are offered.
        response: the words around it.
    """
    found = turn.shelf.find(passage_id)
    if found is None:
        turn.say("utter_quotation_gone", buttons=turn.back_button(), custom={"kind": "answer"})
        return None
    document, passage = found
    place = _place(turn, document, passage)
    custom = {
        "kind": "answer",
        "outcome": Outcome.QUOTED.value,
        "topic": passage_id,
        "title": document.title,
        "sources": [place],
    }
    buttons = turn.topic_buttons(also) + turn.back_button()
    turn.say(response, buttons=buttons, custom=custom, text=passage.text, document=document.title)
    return [SlotSet(LAST_TOPIC, passage_id)]


def _quotation_button(turn: Turn, quotation: str | None) -> list[dict[str, str]]:
    if quotation is None:
        return []
    return [{"title": turn.phrase("utter_button_quotation"), "payload": payload("ask_concept", concept=quotation)}]


def _place(turn: Turn, document: OwnDocument, passage: DocumentPassage) -> str:
    """Write where a passage stands: document, nearest heading, page or slide."""
    parts = [document.title, *passage.headings[-1:]]
    parts += [turn.phrase("utter_place_page", page=passage.page)] if passage.page else []
    parts += [turn.phrase("utter_place_slide", slide=passage.slide)] if passage.slide else []
    return ", ".join(dict.fromkeys(parts))


def _body(turn: Turn, text_id: str) -> str:
    found: Article | Phase | Step = (
        turn.library.articles.get(text_id) or turn.library.phases.get(text_id) or turn.library.steps[text_id]
    )
    if isinstance(found, Article):
        return found.body
    if isinstance(found, Phase):
        return found.intro
    return "\n\n".join((found.what, found.why, found.more))


def _citations(turn: Turn, text_id: str) -> list[str]:
    return [turn.library.citation(source) for source in turn.library.sources(text_id)]
