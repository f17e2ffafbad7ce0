"""Rows of vectors, searched by cosine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.retrieval.vectors import FlatVectors, centred

ROWS = np.array([[1, 0], [0, 1], [0.6, -0.8]], dtype=np.float32)


def _random_rows(count: int, dimension: int) -> NDArray[np.float32]:
    rows = np.random.RandomState(7).randn(count, dimension)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_cosines_stand_in_the_order_of_the_rows() -> None:
    found = FlatVectors.of(ROWS).cosines(np.array([[0, 1], [0.8, 0.6]], dtype=np.float32))

    np.testing.assert_allclose(found, [[0, 1, -0.8], [0.8, 0.6, 0]], atol=1e-6)
    assert found.dtype == np.float32


def test_every_row_is_compared_however_many_there_are() -> None:
    rows, queries = _random_rows(500, 8), _random_rows(3, 8)

    np.testing.assert_allclose(FlatVectors.of(rows).cosines(queries), queries @ rows.T, atol=1e-5)


def test_rows_and_their_count_are_what_was_put_in() -> None:
    vectors = FlatVectors.of(ROWS)

    assert vectors.count == 3
    np.testing.assert_array_equal(vectors.rows, ROWS)


def test_rows_of_any_layout_and_precision_are_taken() -> None:
    vectors = FlatVectors.of(np.asfortranarray(ROWS.astype(np.float64)))

    np.testing.assert_array_equal(vectors.rows, ROWS)


def test_written_vectors_are_read_as_they_were(tmp_path: Path) -> None:
    FlatVectors.of(ROWS).write(tmp_path / "vectors.faiss")

    found = FlatVectors.read(tmp_path / "vectors.faiss")

    np.testing.assert_array_equal(found.rows, ROWS)
    np.testing.assert_array_equal(found.cosines(ROWS), FlatVectors.of(ROWS).cosines(ROWS))


def test_centred_rows_have_length_one_around_the_mean() -> None:
    vectors = np.array([[4, 5], [1, 3], [1, 1]], dtype=np.float32)

    found = centred(vectors, np.array([1, 1], dtype=np.float32))

    np.testing.assert_allclose(found, [[0.6, 0.8], [0, 1], [0, 0]], atol=1e-6)
    assert found.dtype == np.float32
    assert found.flags["C_CONTIGUOUS"]
    assert vectors[0].tolist() == [4, 5]


@pytest.mark.parametrize("count", [0, 1])
def test_centring_keeps_the_shape(count: int) -> None:
    assert centred(np.ones((count, 3), dtype=np.float32), np.zeros(3, dtype=np.float32)).shape == (count, 3)
