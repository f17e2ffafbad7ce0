"""Searching imported documents, on numbers that can be checked by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.errors import GuideError
from bot.retrieval import corpus as module
from bot.retrieval.bm25 import Bm25
from bot.retrieval.corpus import (
    BIAS,
    EVIDENCE,
    FORMAT,
    SHARPNESS,
    WINDOW,
    Corpus,
    CorpusRetriever,
    build,
    content_digest,
    load,
    save,
    standing_out,
    windows,
)
from bot.retrieval.embedder import Embedder
from bot.retrieval.generation import CURRENT, Manifest
from bot.retrieval.retriever import Judgement
from bot.retrieval.vectors import FlatVectors

LONG = "Dere trenger en tolk som kjenner faget, og som har god tid til å snakke med alle i gruppa før dere møtes."
PASSAGES = [
    ("tolk-1", "Tolk", f"Bestill tolk i god tid.\n{LONG} Spør om noen vil ha en annen tolk."),
    ("mat-1", "Måltid > Mat", "Spis varm mat sammen før møtet."),
    ("makt-1", "", "Snakk åpent om makt i rommet."),
]
GUIDE = [
    ("tolk", "Bestill tolk i god tid."),
    ("maltid", "Spis mat sammen."),
    ("makt", "Makt i rommet."),
    ("samtale", "Snakk åpent."),
]


def _cut(number: int, length: int) -> str:
    return f"{number} ".ljust(length - 1, "x") + "."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kort. Også kort.", ["Kort. Også kort."]),
        ("Hva? Ja! Nei. Vi\nspør", ["Hva? Ja! Nei. Vi spør"]),
        (f"{_cut(1, 100)} {_cut(2, 100)}", [_cut(1, 100), _cut(2, 100)]),
        (f"{_cut(1, 100)}\n{_cut(2, 50)} {_cut(3, 10)}", [f"{_cut(1, 100)} {_cut(2, 50)}", _cut(3, 10)]),
        (f"{_cut(1, 100)} {_cut(2, 51)}", [_cut(1, 100), _cut(2, 51)]),
        (f"Kort. {_cut(1, 400)} Kort.", ["Kort.", _cut(1, 400), "Kort."]),
        (f"{'x' * 200} {'y' * 200}", [f"{'x' * 200} {'y' * 200}"]),
        ("\n\n  En.  \n\n\nTo.\n", ["En. To."]),
        ("bl.a. 3.5 og kl.12", ["bl.a. 3.5 og kl.12"]),
        ("", [""]),
        ("\n", ["\n"]),
    ],
)
def test_windows(text: str, found: list[str]) -> None:
    assert WINDOW == 150
    assert [" ".join(window.split()) if text.strip() else window for window in windows(text)] == found


def test_no_word_of_a_passage_is_lost_or_moved() -> None:
    text = "\n".join(text for _, _, text in PASSAGES)

    assert " ".join(windows(text)).split() == text.split()


def test_standing_out_is_in_standard_deviations_of_the_row() -> None:
    found = standing_out(np.array([[1, 2, 3], [5, 5, 5], [0, 0, 3]], dtype=np.float32))

    spread = math.sqrt(2 / 3)
    expected = [[-1 / spread, 0, 1 / spread], [0, 0, 0], [-1 / math.sqrt(2), -1 / math.sqrt(2), math.sqrt(2)]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32


@pytest.fixture
def built(word_embedder: Embedder) -> Corpus:
    """An index of three passages, four windows, beside four texts of the guide."""
    return build(PASSAGES, GUIDE, word_embedder)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_a_corpus_has_the_windows_of_each_passage_in_order(built: Corpus, word_embedder: Embedder) -> None:
    cut = [window for _, _, text in PASSAGES for window in windows(text)]
    vectors = word_embedder.passages(cut)

    assert built.passages == ("tolk-1", "mat-1", "makt-1")
    assert built.texts == ("tolk", "maltid", "makt", "samtale")
    assert [len(windows(text)) for _, _, text in PASSAGES] == [2, 1, 1]
    assert built.starts.tolist() == [0, 2, 3]
    guide = word_embedder.passages([text for _, text in GUIDE])
    centre = np.concatenate([vectors, guide]).mean(axis=0)
    np.testing.assert_allclose(built.vectors.rows, _unit(vectors - centre), atol=1e-6)


def test_spelling_is_that_of_heading_and_text(built: Corpus) -> None:
    expected = Bm25.build([f"{heading}\n{text}" for _, heading, text in PASSAGES])

    np.testing.assert_array_equal(built.bm25.scores(["måltid tolk"]), expected.scores(["måltid tolk"]))
    assert built.bm25.scores(["måltid"])[0].argmax() == 1


def test_the_manifest_tells_what_it_was_made_of(built: Corpus) -> None:
    assert built.manifest == Manifest(FORMAT, "word-embedder", 64, content_digest(PASSAGES, GUIDE), {})


def test_the_content_digest_follows_passages_and_guide() -> None:
    first = PASSAGES[0]
    others = [
        content_digest([("x", first[1], first[2]), *PASSAGES[1:]], GUIDE),
        content_digest([(first[0], "x", first[2]), *PASSAGES[1:]], GUIDE),
        content_digest([(first[0], first[1], "x"), *PASSAGES[1:]], GUIDE),
        content_digest(PASSAGES[::-1], GUIDE),
        content_digest(PASSAGES, GUIDE[::-1]),
        content_digest(PASSAGES, [("x", GUIDE[0][1]), *GUIDE[1:]]),
        content_digest(PASSAGES, [("tolk", "x"), *GUIDE[1:]]),
        content_digest(PASSAGES, []),
    ]

    assert len({content_digest(PASSAGES, GUIDE), *others}) == 9
    assert content_digest(list(map(tuple, PASSAGES)), list(GUIDE)) == content_digest(PASSAGES, GUIDE)


def test_the_bridge_is_a_softmax_of_meaning_and_spelling(built: Corpus, word_embedder: Embedder) -> None:
    texts = [text for _, text in GUIDE]
    own = word_embedder.passages(texts)
    cosines = _unit(own - own.mean(axis=0)) @ built.vectors.rows.T
    meaning = np.stack([cosines[:, :2].max(axis=1), cosines[:, 2], cosines[:, 3]], axis=1)
    spelling = built.bm25.scores(texts)

    def deviations(scores: NDArray[np.float32]) -> NDArray[np.float32]:
        return (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)

    likeness = deviations(meaning) + deviations(spelling)
    weights = np.exp(SHARPNESS * likeness / likeness.std())

    np.testing.assert_allclose(built.bridge, weights / weights.sum(axis=1, keepdims=True), atol=1e-5)
    assert built.bridge.sum(axis=1) == pytest.approx(1.0, abs=1e-6)
    assert built.bridge.argmax(axis=1).tolist() == [0, 1, 2, 2]
    assert built.bridge.dtype == np.float32


def test_a_passage_far_above_thousands_of_others_gets_all_the_attention() -> None:
    likeness = np.zeros((2, 20_000), dtype=np.float32)
    likeness[0, 7] = likeness[1, 9] = math.sqrt(20_000) * 2

    found = module._attention(likeness)

    assert np.isfinite(found).all()
    assert found.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (found[0, 7], found[1, 9]) == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_guide_without_texts_makes_a_bridge_without_rows(word_embedder: Embedder) -> None:
    found = build(PASSAGES, [], word_embedder)

    assert found.texts == ()
    assert found.bridge.shape == (0, 3)


def test_a_guide_of_one_text_and_a_document_of_one_window_are_indexed(word_embedder: Embedder) -> None:
    found = build(PASSAGES[1:2], GUIDE[:1], word_embedder)

    assert found.bridge.tolist() == [[1.0]]
    window, guide = word_embedder.passages([PASSAGES[1][2]]), word_embedder.passages([GUIDE[0][1]])
    np.testing.assert_allclose(found.vectors.rows, _unit(window - (window + guide) / 2), atol=1e-6)


def test_nothing_to_index_is_told(word_embedder: Embedder) -> None:
    with pytest.raises(GuideError) as refused:
        build([], GUIDE, word_embedder)

    assert str(refused.value) == "There is no document to index. Add one with `samskap knowledge add FILE`."


def test_windows_are_embedded_in_batches_and_progress_is_told(
    word_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(PASSAGES, GUIDE, word_embedder)
    monkeypatch.setattr(module, "_BATCH", 3)
    told: list[tuple[int, int]] = []

    found = build(PASSAGES, GUIDE, word_embedder, lambda done, total: told.append((done, total)))

    assert told == [(3, 4), (4, 4)]
    np.testing.assert_array_equal(found.vectors.rows, whole.vectors.rows)


# Six passages; the first has two windows, the others one each.
SPELLED = ["tolk", "makt", "tid", "mat", "rom", "lokaler"]


def hand_made(bridge: Sequence[Sequence[float]], spelled: Sequence[str] = SPELLED) -> Corpus:
    """Return six passages p0 … p5; p0 lies east and west, p1 north, the others south."""
    rows = np.array([[-1, 0], [1, 0], [0, 1], [0, -1], [0, -1], [0, -1], [0, -1]], dtype=np.float32)
    return Corpus(
        passages=tuple(f"p{i}" for i in range(6)),
        starts=np.array([0, 2, 3, 4, 5, 6]),
        vectors=FlatVectors.of(rows),
        bm25=Bm25.build(spelled),
        texts=tuple(f"t{i}" for i in range(len(bridge))),
        bridge=np.array(bridge, dtype=np.float32).reshape(len(bridge), 6),
        manifest=Manifest(FORMAT, "hand", 2, "hand", {}),
    )


BRIDGE = [[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5, 0.5, 0.0]]
ORIGIN = np.zeros(2, dtype=np.float32)
NORTH = np.array([0, 1], dtype=np.float32)
SLANTED = np.array([0.6, 0.8], dtype=np.float32)


def judged(*votes: float, covered: float = 0.0) -> Judgement:
    """Return what the guide's texts got."""
    return Judgement(np.array(votes, dtype=np.float32), covered)


def _deviations(scores: Sequence[float]) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=np.float64)
    return (values - values.mean()) / values.std()


def test_scores_add_meaning_and_spelling_and_what_the_bridge_lends() -> None:
    retriever = CorpusRetriever(hand_made(BRIDGE), ORIGIN)

    fused, found = retriever.scores("tolk", SLANTED, judged(3, 1, covered=0.5))

    # Votes are squared: 9 against 1.
    lent = [0, 0, 0.9, 0.05, 0.05, 0]
    meaning = [0.6, 0.8, -0.8, -0.8, -0.8, -0.8]
    expected = _deviations(meaning) + _deviations([1, 0, 0, 0, 0, 0]) + 0.5 * _deviations(lent)
    np.testing.assert_allclose(fused, expected, atol=1e-4)
    np.testing.assert_allclose(found[:, 0], meaning, atol=1e-6)
    # One word asked, all of it in the first passage, which is about as long as the others.
    share = retriever.corpus.bm25.scores(["tolk"])[0] / retriever.corpus.bm25.most(["tolk"])[0]
    np.testing.assert_allclose(found[:, 1], share, atol=1e-6)
    assert found[0, 1] == pytest.approx(1.0, abs=0.1)
    assert found[1:, 1].tolist() == [0] * 5
    lift = [0.5 * math.log(max(each * 6, 1e-3)) for each in lent]
    np.testing.assert_allclose(found[:, 2], lift, atol=1e-5)
    np.testing.assert_allclose(found[:, 3], expected - np.sort(expected)[1:].mean(), atol=1e-4)
    assert found.shape == (6, 4)


def test_the_questions_mean_is_taken_from_its_vector() -> None:
    mean = np.array([0.6, 0.0], dtype=np.float32)

    _, found = CorpusRetriever(hand_made(BRIDGE), mean).scores("tolk", SLANTED, judged(1, 1))

    np.testing.assert_allclose(found[:, 0], [0, 1, -1, -1, -1, -1], atol=1e-6)


def test_the_bridge_carries_only_as_far_as_the_guide_covers() -> None:
    retriever = CorpusRetriever(hand_made(BRIDGE), ORIGIN)

    def best(covered: float) -> str:
        return retriever.search("xyz", NORTH, judged(1, 0, covered=covered), 1).hits[0].passage

    # In meaning p1 stands out as much as p2 does on the bridge, but for the first passage.
    assert (best(0.0), best(0.2), best(1.0)) == ("p1", "p1", "p2")


def test_votes_against_a_text_lend_nothing() -> None:
    retriever = CorpusRetriever(hand_made(BRIDGE), ORIGIN)

    np.testing.assert_allclose(retriever._lent(judged(-5, 1)), BRIDGE[1])
    assert retriever._lent(judged(-5, -1)).tolist() == [0] * 6
    assert retriever._lent(judged(-5, -1)).dtype == np.float32


def test_a_corpus_without_the_guides_texts_lends_nothing() -> None:
    retriever = CorpusRetriever(hand_made([]), ORIGIN)

    fused, found = retriever.scores("xyz", NORTH, judged(covered=1.0))

    np.testing.assert_allclose(fused, _deviations([0, 1, -1, -1, -1, -1]), atol=1e-5)
    np.testing.assert_allclose(found[:, 2], math.log(1e-3), atol=1e-5)


def test_a_question_that_shares_no_spelling_has_no_share() -> None:
    _, found = CorpusRetriever(hand_made(BRIDGE), ORIGIN).scores("😊", NORTH, judged(1, 1))

    assert found[:, 1].tolist() == [0] * 6


def test_search_gives_the_best_first_and_the_logistic_of_the_evidence() -> None:
    retriever = CorpusRetriever(hand_made(BRIDGE), ORIGIN)
    what = judged(3, 1, covered=0.5)
    fused, found = retriever.scores("tolk", SLANTED, what)

    finding = retriever.search("tolk", SLANTED, what)

    order = sorted(range(6), key=lambda i: (-round(float(fused[i]), 5), i))[:5]
    assert [hit.passage for hit in finding.hits] == [f"p{i}" for i in order]
    assert [hit.score for hit in finding.hits] == [round(float(fused[i]), 4) for i in order]
    assert order[0] == 0
    logit = sum(weight * value for weight, value in zip(EVIDENCE, found[0], strict=True)) + BIAS
    assert finding.covered == pytest.approx(1 / (1 + math.exp(-logit)), abs=5e-5)
    assert 0.1 < finding.covered < 0.99


@pytest.mark.parametrize(("count", "found"), [(1, 1), (3, 3), (6, 6), (9, 6)])
def test_no_more_passages_than_asked_for(count: int, found: int) -> None:
    finding = CorpusRetriever(hand_made(BRIDGE), ORIGIN).search("tolk", NORTH, judged(1, 1), count)

    assert len({hit.passage for hit in finding.hits}) == len(finding.hits) == found


def test_what_stands_out_more_counts_for_more_certainty() -> None:
    retriever = CorpusRetriever(hand_made(BRIDGE), ORIGIN)

    certain = retriever.search("makt", NORTH, judged(1, 1)).covered
    doubtful = retriever.search("xyz", NORTH, judged(1, 1)).covered

    assert certain > doubtful + 0.1


def test_documents_answer_a_question_through_the_guide(built: Corpus, word_embedder: Embedder) -> None:
    # No three of its letters stand in the documents; the guide's text of the meal got the votes.
    question = "pizza"
    vector = word_embedder.queries([question])[0]
    retriever = CorpusRetriever(built, vector)

    through = retriever.search(question, vector, judged(0, 1, 0, 0, covered=1.0))
    unknown = retriever.search(question, vector, judged(0, 1, 0, 0, covered=0.0))

    assert through.hits[0].passage == "mat-1"
    assert through.covered > unknown.covered


def test_every_passage_is_found_by_its_own_sentence(built: Corpus, word_embedder: Embedder) -> None:
    retriever = CorpusRetriever(built, np.zeros(64, dtype=np.float32))

    for passage, _, text in PASSAGES:
        sentence = windows(text)[-1]
        finding = retriever.search(sentence, word_embedder.queries([sentence])[0], judged(0, 0, 0, 0))
        assert finding.hits[0].passage == passage


def test_a_document_of_one_passage_can_be_searched(word_embedder: Embedder) -> None:
    retriever = CorpusRetriever(build(PASSAGES[1:2], GUIDE, word_embedder), np.zeros(64, dtype=np.float32))

    found, other = (
        retriever.search(text, word_embedder.queries([text])[0], judged(0, 0, 0, 0))
        for text in ("Spis varm mat sammen før møtet.", "xyz")
    )

    assert [(hit.passage, hit.score) for hit in found.hits] == [("mat-1", 0.0)]
    assert found.covered > 0.5 > other.covered


def test_a_saved_corpus_is_loaded_as_it_was(built: Corpus, tmp_path: Path, word_embedder: Embedder) -> None:
    generation = save(built, tmp_path)

    found = load(tmp_path, "word-embedder")

    assert (tmp_path / CURRENT).read_text() == generation.name
    assert (found.passages, found.texts) == (built.passages, built.texts)
    np.testing.assert_array_equal(found.starts, built.starts)
    np.testing.assert_array_equal(found.bridge, built.bridge)
    np.testing.assert_array_equal(found.vectors.rows, built.vectors.rows)
    np.testing.assert_array_equal(found.bm25.scores(["tolk og mat"]), built.bm25.scores(["tolk og mat"]))
    assert replace(found.manifest, files={}) == built.manifest
    assert sorted(found.manifest.files) == ["arrays.npz", "bm25.joblib", "rows.json", "vectors.faiss"]


def test_a_corpus_of_another_model_a_missing_and_a_damaged_one_are_told(built: Corpus, tmp_path: Path) -> None:
    remedy = "Run `samskap prepare`."
    generation = save(built, tmp_path)

    with pytest.raises(GuideError) as other:
        load(tmp_path, "another model")
    with pytest.raises(GuideError) as missing:
        load(tmp_path / "nowhere", "word-embedder")
    (generation / "bm25.joblib").write_bytes(b"")
    with pytest.raises(GuideError) as damaged:
        load(tmp_path, "word-embedder")

    name = "The index of imported documents"
    assert str(other.value) == f"{name} was made with another embedding model or version. {remedy}"
    assert str(missing.value) == f"{name} is missing. {remedy}"
    assert str(damaged.value) == f"{name} is damaged (bm25.joblib). {remedy}"
