"""Lesson 03: pages by theory, the three walls, four ways to keep arrays, rows on time."""

import numpy as np
import pytest

from course_lib import child, pagecache
from course_lib.experiments import limits, row_stream, small_arrays, small_shm, table_reads
from course_lib.system import instruments


def test_a_row_and_a_column_on_pages():
    per_page = pagecache.PAGE_SIZE // 4
    shape = (64, 4 * per_page)
    row = table_reads.needed_pages(shape, 4, (3, slice(None)))
    column = table_reads.needed_pages(shape, 4, (slice(None), 3))
    assert np.flatnonzero(row).tolist() == [12, 13, 14, 15]
    assert np.flatnonzero(column).tolist() == list(range(0, 256, 4))


def test_a_map_on_a_full_disk_is_sigbus_and_reserving_is_enospc():
    reserved = child.run(small_shm.fill_map, True)
    if str(reserved.value).startswith("not shown here"):
        assert child.run(small_shm.fill_map, False).value == reserved.value
    else:
        assert reserved.value == "ENOSPC"
        filled = child.run(small_shm.fill_map, False)
        assert (filled.stdout, filled.signal_name) == ("made\n", "SIGBUS")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_arrays.make(tmp_path_factory.mktemp("small") / "arrays", 30)


def test_too_many_descriptors(small):
    file = str(small / "0000.npy")
    wall = child.run(limits.memmaps_until_error, file, 100, limits={"nofile": 64}).value
    assert wall.error == "EMFILE" and 40 < wall.opened < 64 and wall.limit == 64


def test_too_little_memory(small):
    wall = child.run(limits.load_until_error, str(small / "0000.npy"), 1000, 8 << 20).value
    assert wall.error == "MemoryError"
    # A little more than the room: the process had some free memory of its own already.
    assert 10 < wall.opened < 1.5 * (8 << 20) / small_arrays.ARRAY_BYTES


@pytest.mark.parametrize("way", small_arrays.WAYS)
def test_four_ways_read_the_same(small, way):
    picks = small_arrays.accesses(30, 10)
    run = child.run(small_arrays.measure_way, way, str(small), 30, picks)
    run.check()
    cost = run.value
    assert cost.total == pytest.approx(sum(k + row / 500 for k, row in picks), rel=1e-6)
    wanted = {"dict of memmaps": 30, "one packed file": 1}.get(way, 0)
    assert cost.descriptors == wanted
    if way == "one packed file" and instruments.works("evict", small):
        assert cost.reading == small_arrays.packed_pages(picks) * pagecache.PAGE_SIZE


def test_an_unknown_way_is_named(small):
    with pytest.raises(ValueError, match="carrier pigeon"):
        small_arrays.measure_way("carrier pigeon", str(small), 30, [])


def test_late_rows_on_the_virtual_clock():
    reads = row_stream.read_times(100)
    assert sum(reads) == 2550
    late = [row_stream.simulate(reads, 20, workers, ahead=8).late for workers in (0, 1, 2)]
    assert late == [99, 64, 0]


def test_a_buffer_never_runs_further_ahead_than_allowed():
    run = row_stream.simulate([1] * 20, period=20, workers=2, ahead=4)
    shown = run.due[0]
    assert run.starts[4] == shown and run.starts[10] == run.due[6]


def test_prefetch_needs_room():
    with pytest.raises(ValueError, match="ahead"):
        row_stream.simulate([1], period=20, workers=1)
