"""Chunks of a selection: exact figures, checked against brute force and against Zarr itself."""

import itertools
import sys

import numpy as np
import pytest

from course_lib import explore

TABLE = (30_000, 3_000)
ROWS = np.s_[:100]
COLUMNS = np.s_[:, :10]


@pytest.mark.parametrize(
    ("chunks", "selection", "touched", "read"),
    [
        ((100, 3000), ROWS, 1, 1_200_000),
        ((100, 3000), COLUMNS, 300, 360_000_000),
        ((30000, 10), ROWS, 300, 360_000_000),
        ((30000, 10), COLUMNS, 1, 1_200_000),
        ((500, 600), ROWS, 5, 6_000_000),
        ((500, 600), COLUMNS, 60, 72_000_000),
    ],
)
def test_the_table_that_serves_both_axes(chunks, selection, touched, read):
    cost = explore.chunk_cost(TABLE, chunks, selection, itemsize=4)
    assert cost == explore.ChunkCost(touched, 300, 1_200_000, read)
    assert cost.amplification == read / 1_200_000
    assert explore.amplification(TABLE, chunks, selection) == read / 1_200_000


def brute_force(shape, chunks, selection):
    """Ask every chunk whether it holds a selected element."""
    marked = np.zeros(shape, dtype=bool)
    marked[selection] = True
    grid = [range(-(-n // c)) for n, c in zip(shape, chunks, strict=True)]
    found = []
    for index in itertools.product(*grid):
        box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunks, strict=True))
        if marked[box].any():
            found.append(index)
    return found, int(marked.sum())


SELECTIONS = {
    1: [np.s_[:], np.s_[3], np.s_[-1], np.s_[2:2], np.s_[::4], np.s_[::-3], np.s_[10:2:-5], ...],
    2: [
        np.s_[:],
        np.s_[5],
        np.s_[:, 5],
        np.s_[..., -1],
        np.s_[1:9:5, ::7],
        np.s_[0, 0],
        np.s_[3:1],
    ],
    3: [
        np.s_[:],
        np.s_[2],
        np.s_[..., 3],
        np.s_[1, ..., ::4],
        np.s_[::-5, 2:3, 1:],
        np.s_[4, 4, 4],
    ],
}
CASES = [
    (shape, chunks, selection)
    for shape, grids in {
        (11,): [(1,), (3,), (11,), (20,)],
        (11, 13): [(1, 1), (4, 5), (11, 1), (2, 13)],
        (5, 7, 6): [(1, 1, 1), (2, 3, 4), (5, 7, 6)],
    }.items()
    for chunks in grids
    for selection in SELECTIONS[len(shape)]
]


@pytest.mark.parametrize(("shape", "chunks", "selection"), CASES)
def test_against_brute_force(shape, chunks, selection):
    expected, n_wanted = brute_force(shape, chunks, selection)
    assert explore.chunks_touched(shape, chunks, selection) == expected
    cost = explore.chunk_cost(shape, chunks, selection, itemsize=2)
    assert (cost.chunks, cost.wanted) == (len(expected), n_wanted * 2)
    assert cost.read == len(expected) * int(np.prod(chunks)) * 2


def test_random_selections_against_brute_force():
    rng = np.random.default_rng(7)
    for _ in range(200):
        shape = tuple(int(n) for n in rng.integers(1, 12, size=rng.integers(1, 5)))
        chunks = tuple(int(n) for n in rng.integers(1, 8, size=len(shape)))
        starts, stops = rng.integers(-12, 12, size=(2, len(shape)))
        steps = rng.choice([-7, -2, -1, 1, 2, 5], size=len(shape))
        selection = tuple(
            slice(int(a), int(b), int(s)) for a, b, s in zip(starts, stops, steps, strict=True)
        )
        expected, _ = brute_force(shape, chunks, selection)
        assert explore.chunks_touched(shape, chunks, selection) == expected


def test_zarr_reads_the_same_chunks(tmp_path):
    zarr = pytest.importorskip("zarr")
    from course_lib.recording import recording_store

    store = recording_store(zarr.storage.LocalStore(tmp_path / "a.zarr"))
    array = zarr.create_array(store, shape=(11, 13), chunks=(4, 5), dtype="i4")
    array[:] = 1
    store.log.clear()
    _ = array[1:9:5, ::7]
    touched = explore.chunks_touched((11, 13), (4, 5), np.s_[1:9:5, ::7])
    assert set(store.log.chunks) == {f"c/{i}/{j}" for i, j in touched}


@pytest.mark.parametrize("bad", [10, -11, (0, 0, 0), (..., ...)])
def test_selection_outside_the_array(bad):
    with pytest.raises(IndexError):
        explore.chunks_touched((10, 10), (5, 5), bad)


def test_fancy_selection_is_refused():
    with pytest.raises(TypeError, match="integers and slices"):
        explore.chunks_touched((10,), (5,), ([1, 2],))


@pytest.mark.parametrize("bad", [(5,), (5, 0), (5, 5, 5)])
def test_chunks_that_do_not_fit(bad):
    with pytest.raises(ValueError, match="one positive length per axis"):
        explore.chunks_touched((10, 10), bad, ...)


def test_slider_offers_the_three_shapes_of_the_lesson():
    assert {100, 500, 30_000} <= set(explore.slider_sizes(30_000))
    assert {10, 600, 3000} <= set(explore.slider_sizes(3_000))
    assert explore.slider_sizes(7) == [1, 2, 5, 7]
    assert explore.slider_sizes(1) == [1]


def test_explorer_as_text_and_picture():
    explorer = explore.explore_chunks(TABLE, 4, {"100 rows": ROWS}, chunks=(500, 600))
    assert "100 rows: 5 of 300 chunks | 1.1 MiB | 5.7 MiB | 5" in repr(explorer)
    html = explorer.html()
    assert html.startswith("<img alt=")
    assert "5 of 300 chunks" in html


def test_default_explorer():
    explorer = explore.explore_chunks()
    assert explorer.shape == TABLE
    assert list(explorer.selections) == ["100 along axis 0", "10 along axis 1"]


def test_moving_a_slider_redraws():
    pytest.importorskip("ipywidgets")
    selections = {"rows": ROWS, "columns": COLUMNS}
    box = explore.explore_chunks(TABLE, 4, selections, chunks=(500, 600)).widget()
    choice, rows, columns, view = box.children
    assert "5 of 300 chunks read" in view.value
    rows.value, columns.value = 100, 3000
    assert "1 of 300 chunks read" in view.value
    choice.value = "columns"
    assert "300 of 300 chunks read" in view.value


def test_bundle_holds_sliders_and_picture():
    pytest.importorskip("ipywidgets")
    bundle = explore.explore_chunks((20, 20), 4)._repr_mimebundle_()
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} <= set(bundle)


def test_without_widgets_the_picture_remains(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    bundle = explore.explore_chunks((20, 20), 4)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "<img alt=" in bundle["text/html"]
