"""Graph component: what a message names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.guide.entities import find_entities
from bot.knowledge.library import get_library
from bot.nlu.component import ALSO, FIRST_ACT, GuideComponent, written_text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GuideEntityExtractor(GuideComponent):
    """Adds entities {entity, value, start, end, extractor} for phase, step, concept and team."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Find them in written messages."""
        for message in messages:
            text = written_text(message)
            if text:
                # Of several things that are asked for, each is about what its own words name.
                also = message.get(ALSO) or []
                found = self._find(message.get(FIRST_ACT) or text if also else text)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
                for act in also:
                    act[ENTITIES] = self._find(act["text"])
        return messages

    def _find(self, text: str) -> list[dict[str, Any]]:
        return [
            {"entity": e.kind, "value": e.value, "start": e.start, "end": e.end, "extractor": type(self).__name__}
            for e in find_entities(text, _titles())
        ]


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    return {article.id: article.short.lower() for article in get_library().articles.values()}
