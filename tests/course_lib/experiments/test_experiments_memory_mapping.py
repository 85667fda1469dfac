"""The experiments of lesson 02: computing with little memory."""

import numpy as np
import pytest

from course_lib import child, data, memory, pagecache
from course_lib.experiments import out_of_core
from course_lib.units import MiB


@pytest.fixture
def numbers(disk):
    """Return a raw file of 32 MiB: 0, 1, 2, ... as float32."""
    return data.matrix(disk / "numbers", (8 * MiB,), "float32")


@pytest.mark.parametrize(
    ("limit", "survivors"),
    [
        ("data", {"map it, in blocks", "map each block", "read it, in blocks"}),
        ("addresses", {"map each block", "read it, in blocks"}),
    ],
)
def test_only_some_ways_pass_a_limit(numbers, limit, survivors):
    ways = out_of_core.WAYS
    tries = {w: child.run(out_of_core.attempt, w, numbers, limit, 8 * MiB).value for w in ways}
    if not all(t.limited for t in tries.values()):
        pytest.skip("this system has no such limit")
    assert {way for way, t in tries.items() if t.value is not None} == survivors
    expected = np.fromfile(numbers, "f4").std(dtype="f8")
    assert all(tries[way].value == pytest.approx(expected) for way in survivors)
    assert tries["load it, x.std()"].error == "MemoryError"


def test_a_map_for_each_block_keeps_rss_small(numbers):
    ways = ("map it, in blocks", "map each block")
    peaks = [memory.peak_in_child(out_of_core.WAYS[way], str(numbers)).peak for way in ways]
    if None in peaks:
        pytest.skip("this system tells no peak")
    assert peaks[0] > 32 * MiB > 2 * peaks[1]


def test_blocks_cover_the_values_once_and_the_last_may_be_short(tmp_path):
    path = tmp_path / "odd"
    np.arange(MiB // 4 * 2 + 3, dtype="f4").tofile(path)
    blocks = [np.array(block) for block in out_of_core.block_maps(path)]
    assert [block.size for block in blocks] == [MiB // 4, MiB // 4, 3]
    assert np.array_equal(np.concatenate(blocks), np.fromfile(path, "f4"))


def test_standardise_in_little_memory_is_exact_and_durable(numbers):
    done = child.run(out_of_core.standardise, numbers, 8 * MiB)
    assert done.value == 8 * MiB, done.stderr
    assert pagecache.dirty_pages(numbers) in (0, None)
    values = np.fromfile(numbers, "f4")
    assert values.mean(dtype="f8") == pytest.approx(0, abs=1e-5)
    assert values.std(dtype="f8") == pytest.approx(1, abs=1e-5)


def test_an_unknown_limit_is_named():
    with pytest.raises(ValueError, match="'stack'"):
        out_of_core.leave_room("stack", MiB)
