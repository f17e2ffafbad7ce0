"""Reads questions that people ask for the texts, beside the dozen that each text itself carries.

The more wordings a text is known by, the better it is found for one that nobody thought of. They stand apart from the
texts so that an editor's page stays short: `data/retrieval/questions/<shelf>.yml`, a list for each text's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.errors import GuideError
from bot.knowledge.front_matter import read_yaml
from bot.settings import ROOT
from bot.types import Passage

QUESTIONS = ROOT / "data" / "retrieval" / "questions"


def with_asked(passages: Sequence[Passage], folder: Path = QUESTIONS) -> list[Passage]:
    """Return the passages with these questions after their own.

    Raises:
        GuideError: a file is malformed, or names a text that does not exist.
    """
    asked: dict[str, tuple[str, ...]] = {}
    known = {passage.id for passage in passages}
    for path in sorted(folder.glob("*.yml")):
        where = f"{folder.name}/{path.name}"
        content = read_yaml(path, where)
        if not isinstance(content, dict) or not all(isinstance(questions, list) for questions in content.values()):
            raise GuideError(
                f"{where}:1: not every id has a list.", "Write `id:` and its questions as a list under it."
            )
        for text_id, questions in content.items():
            if text_id not in known:
                raise GuideError(f"{where}: there is no text {text_id}.", "Correct the id, or remove its questions.")
            asked[text_id] = asked.get(text_id, ()) + tuple(str(question) for question in questions)
    return [replace(passage, questions=passage.questions + asked.get(passage.id, ())) for passage in passages]
