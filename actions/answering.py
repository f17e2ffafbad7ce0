"""Answers questions with the guide's texts, and says where they come from."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Events, GuideAction
from actions.turn import DOUBT_INTENT, Turn
from bot.answers.outcome import Decision, Outcome, decide
from bot.types import Article, Phase, Step

ASK_NEXT = 3


class Answer(GuideAction):
    """Answers a question, or says plainly that the guide does not hold the answer."""

    action = "action_answer"

    def act(self, turn: Turn) -> Events | None:
        """Decide what becomes of the message and do it."""
        asked = turn.entity("concept")
        if asked and turn.library.knows(asked):
            return tell(turn, asked)
        decision = decide(turn.intent, turn.doubt is not None, turn.finding)
        if decision.outcome is Outcome.ANSWERED and decision.passage:
            return tell(turn, decision.passage, decision.nearest[:1])
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
        topic = turn.slot("last_topic")
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


def offer(turn: Turn, decision: Decision) -> None:
    """Offer the nearest texts where none answers; a «yes» then means the first of them."""
    turn.say(
        "utter_after_doubt" if decision.outcome is Outcome.DOUBT_ONLY else "utter_not_found",
        buttons=turn.topic_buttons(decision.nearest) + turn.back_button(),
        custom={"kind": "answer", "outcome": decision.outcome.value},
    )
    turn.yes_means = decision.nearest[0] if decision.nearest else None


def tell(turn: Turn, text_id: str, also: tuple[str, ...] = ()) -> Events:
    """Tell a text with its title, its sources and what to ask next; remember that it was told.

    Args:
        also: texts that may have been meant as well; they come first among what to ask next.
    """
    onward = tuple(dict.fromkeys((*also, *turn.library.see_also(text_id))))[:ASK_NEXT]
    buttons = turn.topic_buttons(onward) + turn.back_button()
    custom = {
        "kind": "answer",
        "outcome": Outcome.ANSWERED.value,
        "topic": text_id,
        "title": turn.library.title(text_id),
        "sources": _citations(turn, text_id),
    }
    turn.say("utter_answer", buttons=buttons, custom=custom, body=_body(turn, text_id))
    return [SlotSet("last_topic", text_id)]


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
