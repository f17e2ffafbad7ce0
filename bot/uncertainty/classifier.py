"""Says whether a person is in doubt, and about what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import yaml
from numpy.typing import NDArray

from bot.classification import TextClassifier
from bot.retrieval.embedder import Embedder
from bot.settings import ROOT

DATA = ROOT / "data" / "uncertainty"
THEMES = ("concept", "roles", "tools", "system", "preparation", "outcome", "privacy")
_DOUBT = "doubt"
_NO_DOUBT = "none"


@dataclass(frozen=True)
class Doubt:
    """What the classifier heard.

    Attributes:
        probability: that the person is in doubt, in [0, 1].
        theme: the most probable theme, were it so.
    """

    probability: float
    theme: str


@dataclass(frozen=True)
class Example:
    """A labelled sentence; `theme` is None where nobody is in doubt."""

    text: str
    theme: str | None


def read_examples(folder: Path = DATA) -> list[Example]:
    """Read the labelled sentences."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [Example(str(sentence), content["theme"]) for sentence in content["sentences"]]
    return found


@dataclass
class DoubtClassifier:
    """Two text classifiers over one embedding: doubt or not, and the theme."""

    doubt: TextClassifier
    theme: TextClassifier

    @classmethod
    def train(cls, examples: Sequence[Example], neutral: Sequence[str], embedder: Embedder) -> DoubtClassifier:
        """Train on labelled sentences, and on what people otherwise say to the bot (`neutral`: nobody is in doubt)."""
        examples = [*examples, *(Example(text, None) for text in neutral)]
        vectors = embedder.queries([example.text for example in examples])
        doubtful = [i for i, example in enumerate(examples) if example.theme]
        return cls(
            TextClassifier.train(
                [example.text for example in examples],
                vectors,
                [_DOUBT if example.theme else _NO_DOUBT for example in examples],
                regularisation=30.0,
            ),
            TextClassifier.train(
                [examples[i].text for i in doubtful], vectors[doubtful], [str(examples[i].theme) for i in doubtful]
            ),
        )

    def hear(self, text: str, vector: NDArray[np.float32]) -> Doubt:
        """Judge one message with its embedding of shape (dimension,)."""
        probability = self.doubt.probabilities([text], vector[None, :])[0][self.doubt.labels.index(_DOUBT)]
        themes = self.theme.probabilities([text], vector[None, :])[0]
        return Doubt(float(probability), self.theme.labels[int(np.argmax(themes))])

    def save(self, path: Path) -> None:
        """Write both classifiers to a file inside the trained model."""
        joblib.dump(self, path)

    @staticmethod
    def load(path: Path) -> DoubtClassifier:
        """Read what `save` wrote. Only for files that this project trained: it unpickles."""
        loaded: DoubtClassifier = joblib.load(path)
        return loaded
