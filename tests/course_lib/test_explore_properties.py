"""What must hold for any shape, chunks and selection, against counting by hand."""

import math
import os

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib import explore

PROPERTY = settings(
    max_examples=100, deadline=None, database=None, derandomize="CI" in os.environ
)  # fmt: skip


@st.composite
def selections(draw):
    """A shape, the chunks of it, and a selection of basic indexing."""
    shape = draw(hnp.array_shapes(max_dims=3, max_side=12))
    chunks = tuple(draw(st.integers(1, 9)) for _ in shape)
    return shape, chunks, draw(hnp.basic_indices(shape))


def numbered(shape, chunks):
    """Return an array in which each element holds the number of its chunk, and the grid."""
    grid = tuple(-(-length // chunk) for length, chunk in zip(shape, chunks, strict=True))
    places = np.indices(shape)
    index = tuple(place // chunk for place, chunk in zip(places, chunks, strict=True))
    return np.ravel_multi_index(index, grid), grid


@PROPERTY
@given(selections())
def test_touched_chunks_are_those_that_hold_an_element(case):
    shape, chunks, selection = case
    numbers, grid = numbered(shape, chunks)
    expected = [tuple(map(int, np.unravel_index(n, grid))) for n in np.unique(numbers[selection])]
    assert explore.chunks_touched(shape, chunks, selection) == expected


@PROPERTY
@given(selections(), st.integers(1, 16))
def test_the_cost_is_the_bytes_of_those_chunks(case, itemsize):
    shape, chunks, selection = case
    numbers, grid = numbered(shape, chunks)
    touched = np.unique(numbers[selection])
    cost = explore.chunk_cost(shape, chunks, selection, itemsize)
    assert cost.chunks == len(touched) and cost.grid == math.prod(grid)
    assert cost.wanted == np.asarray(numbers[selection]).size * itemsize
    assert cost.read == len(touched) * math.prod(chunks) * itemsize
