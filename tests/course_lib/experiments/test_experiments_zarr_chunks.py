"""Lesson 04: the table on its chunk grids, what writes do, and how many reads wait at once."""

import numpy as np
import pytest
import zarr

from course_lib.experiments import chunk_table, chunk_writes, reads_at_once
from course_lib.explore import chunk_cost
from course_lib.recording import recording_store


@pytest.mark.parametrize(
    ("grid", "chunks"),
    [("row strips", (1, 300)), ("column strips", (300, 1)), ("squares", (5, 60))],
)
def test_chunks_of_both_directions(grid, chunks):
    rows = (slice(0, 100), slice(None))
    columns = (slice(None), slice(0, 10))
    shape = chunk_table.GRIDS[grid]
    costs = [chunk_cost(chunk_table.SHAPE, shape, s, itemsize=4) for s in (rows, columns)]
    assert tuple(cost.chunks for cost in costs) == chunks
    assert [cost.read for cost in costs] == [1_200_000 * n for n in chunks]
    assert {cost.wanted for cost in costs} == {1_200_000}


def test_the_table_tells_its_place_and_reads_as_theory_says(tmp_path):
    chunk_table.write(tmp_path / "t", chunks=(4, 7), shape=(10, 20))
    store = recording_store(tmp_path / "t")
    table = zarr.open_array(store, mode="r")
    store.log.clear()
    assert np.array_equal(table[:, 3], np.arange(10) * 20 + 3)
    cost = chunk_cost((10, 20), (4, 7), (slice(None), 3), itemsize=4)
    assert (len(store.log.chunks), store.log.bytes) == (cost.chunks, cost.read)


def test_a_part_of_a_chunk_is_read_first_and_a_whole_one_is_not():
    store = chunk_writes.RecordingWrites()
    z = zarr.create_array(store, shape=4, chunks=2, dtype="i1", compressors=None)
    z[0:2] = 1
    assert store.log == [("set", "c/0", 2)]
    store.log.clear()
    z[0] = 2
    assert store.log == [("get", "c/0", 2), ("set", "c/0", 2)]


def test_a_shard_is_written_whole():
    store = chunk_writes.RecordingWrites()
    layout = {"shape": (40, 40), "chunks": (10, 10), "shards": (20, 20), "dtype": "i4"}
    z = zarr.create_array(store, compressors=None, **layout)
    z[:] = np.arange(1600).reshape(40, 40)
    written = sorted(key for call, key, _ in store.log if call == "set")
    assert written == ["c/0/0", "c/0/1", "c/1/0", "c/1/1"]
    store.log.clear()
    z[0, 0] = -1
    assert [(call, key) for call, key, _ in store.log] == [("get", "c/0/0"), ("set", "c/0/0")]
    assert store.log[-1][2] > 20 * 20 * 4


def test_two_writers_lose_updates_on_a_common_chunk_only():
    for _ in range(10):
        assert sorted(np.unique(chunk_writes.two_writers(chunk=100))) in ([0, 1], [0, 2])
        assert np.unique(chunk_writes.two_writers(chunk=50)).tolist() == [1, 2]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_zarr_asks_for_as_many_chunks_at_once_as_it_may(concurrency):
    run = reads_at_once.with_zarr(concurrency, seconds=0.001)
    assert (run.reads, run.most) == (40, concurrency)


def test_h5py_reads_one_chunk_at_a_time(tmp_path):
    run = reads_at_once.with_h5py(tmp_path / "x.h5", threads=3, seconds=0.001)
    assert (run.reads, run.most) == (40, 1)
