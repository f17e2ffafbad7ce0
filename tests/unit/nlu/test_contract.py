"""What every graph component keeps to, before it is trained and after. A new component is one line in READY."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import GuideComponent
from bot.nlu.entity_extractor import GuideEntityExtractor
from bot.nlu.intent_classifier import EmbeddingIntentClassifier
from bot.nlu.language_identifier import LanguageIdentifier
from bot.nlu.passage_retriever import PassageRetriever
from bot.nlu.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer
from bot.nlu.uncertainty_classifier import UncertaintyClassifier
from bot.settings import ROOT
from tests.unit.nlu.conftest import Make

# Each component with what it adds to the output for a message that a person wrote.
READY: dict[type[GuideComponent], set[str]] = {
    LanguageIdentifier: {"language"},
    SentenceEmbeddingFeaturizer: set(),
    EmbeddingIntentClassifier: {"intent", "intent_ranking", "also"},
    UncertaintyClassifier: {"uncertainty"},
    PassageRetriever: {"passages"},
    GuideEntityExtractor: {"entities"},
}
WRITTEN = ["hei på deg", "Å nei, æ e usikker på rollen! 😊", "den er gjort, men jeg er usikker på metoden", "   x   "]
UNWRITTEN = ["/mark_done", '/mark_done{"step": "tolk"}', "  /repeat_step", "", "   ", "\n", None]


@pytest.fixture(params=["created", "loaded"])
def component(
    request: pytest.FixtureRequest,
    kind: type[GuideComponent],
    create: Make,
    load: Make,
    training_data: TrainingData,
    index: Path,
) -> Any:
    """The component, new from its default config, and then trained and loaded as when the bot starts."""
    new: Any = create(kind)
    if request.param == "created":
        return new
    if hasattr(new, "train"):
        new.train(training_data)
    return load(kind)


each_component = pytest.mark.parametrize("kind", READY, ids=lambda kind: kind.__name__)


def _output(message: Message) -> dict[str, Any]:
    """Return what reaches the tracker, by way of JSON."""
    output: dict[str, Any] = json.loads(json.dumps(message.as_dict(only_output_properties=True)))
    return output


@each_component
def test_no_messages_give_none(component: Any) -> None:
    assert component.process([]) == []


@each_component
@pytest.mark.parametrize("text", UNWRITTEN)
def test_what_nobody_wrote_is_not_judged(component: Any, embedder: Any, text: str | None) -> None:
    embedder.batches.clear()
    message = Message({} if text is None else {"text": text})

    assert component.process([message]) == [message]

    assert message.get("text") == text
    assert _output(message).keys() <= {"text", "intent"}
    assert message.features == []
    assert embedder.batches == []


@each_component
@pytest.mark.parametrize("text", WRITTEN)
def test_a_text_is_left_as_it_is_and_the_output_is_json(
    component: Any, written: Callable[[str], Message], text: str
) -> None:
    message = written(text)

    assert component.process([message])[0] is message

    assert message.get("text") == text
    assert _output(message).keys() - {"text"} <= READY[type(component)]


@each_component
def test_messages_come_back_in_order_each_judged_by_itself(component: Any, written: Callable[[str], Message]) -> None:
    alone = [_output(component.process([written(text)])[0]) for text in WRITTEN]

    together = component.process([Message({"text": "/undo"}), *(written(text) for text in WRITTEN)])

    assert [message.get("text") for message in together] == ["/undo", *WRITTEN]
    assert [_output(message) for message in together[1:]] == alone


@pytest.mark.parametrize("component", ["loaded"], indirect=True)
@each_component
def test_a_loaded_component_says_what_it_is_there_for(component: Any, written: Callable[[str], Message]) -> None:
    message = component.process([written(WRITTEN[0])])[0]

    assert _output(message).keys() - {"text"} == READY[type(component)]


@each_component
def test_the_methods_have_the_parameter_names_that_rasa_passes(kind: Any) -> None:
    names = {"process": "messages", "train": "training_data", "process_training_data": "training_data"}
    found = {name: list(inspect.signature(getattr(kind, name)).parameters) for name in names if hasattr(kind, name)}

    assert found == {name: ["self", names[name]] for name in found}
    assert "process" in found


@each_component
def test_rasa_finds_it_by_its_name(kind: Any) -> None:
    registered = DefaultV1Recipe._registered_components[kind.__name__].clazz

    assert registered is kind


def test_the_pipelines_own_components_are_all_held_to_this() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]

    named = {part["name"] for part in pipeline if part["name"].startswith("bot.")}
    assert named == {f"{kind.__module__}.{kind.__name__}" for kind in READY}
