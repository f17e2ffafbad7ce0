"""What the project's graph components have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.answers.follow_up import FollowUp

MODEL_FILE = "classifier.joblib"
CLAUSES = "clauses"
CONTEXT = "context"
# What else a message asks for: {text, intent, confidence, passages, quotations, entities}, acted on after the first.
ALSO = "also"
# The words of the first thing that it asks for.
FIRST_ACT = "first_act"


@dataclass(frozen=True)
class InContext:
    """A message that leans on what was told last.

    Attributes:
        kind: how it does.
        topic: id of the text that was told last.
        text: the message with that text's title.
        vector: its embedding, shape (dimension,).
    """

    kind: FollowUp
    topic: str
    text: str
    vector: NDArray[np.float32]


class GuideComponent(GraphComponent):
    """A component that is made from its config and may keep one file in the model."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideComponent:
        """Make the component (called by Rasa's graph)."""
        return cls(config, model_storage, resource)


def written_text(message: Message) -> str | None:
    """Return what a person wrote, or None for an empty message and for a button's payload."""
    text = (message.get(TEXT) or "").strip()
    return None if not text or text.startswith(INTENT_MESSAGE_PREFIX) else text


def sentence_embedding(message: Message) -> NDArray[np.float32] | None:
    """Return the embedding that `SentenceEmbeddingFeaturizer` left, shape (dimension,), if there is one."""
    _, sentence = message.get_dense_features(TEXT)
    return np.asarray(sentence.features[0], dtype=np.float32) if sentence else None


def embedded_clauses(message: Message) -> list[tuple[str, NDArray[np.float32]]]:
    """Return the clauses of a message of several, each with its embedding of shape (dimension,)."""
    return message.get(CLAUSES) or []


def asked_in_context(message: Message) -> InContext | None:
    """Return the message as it leans on what was told last, None when it stands by itself."""
    found: InContext | None = message.get(CONTEXT)
    return found


def files_digest(paths: Iterable[Path]) -> str:
    """Return a digest of files' contents, for `fingerprint_addon`: Rasa's training cache can't see them."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
