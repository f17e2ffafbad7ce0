"""Graph component: which language and written form a message is in."""

from __future__ import annotations

from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.language import identify
from bot.nlu.component import GuideComponent, written_text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageIdentifier(GuideComponent):
    """Sets `language`: {code, form}."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Identify the language of each written message."""
        for message in messages:
            text = written_text(message)
            if text:
                message.set("language", asdict(identify(text)), add_to_output=True)
        return messages
