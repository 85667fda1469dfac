"""The experiments of lesson 02: computing with little memory."""

import numpy as np
import pytest

from course_lib import child, data, pagecache
from course_lib.experiments import out_of_core
from course_lib.units import MiB


@pytest.fixture
def numbers(disk):
    """Return a raw file of 32 MiB: 0, 1, 2, ... as float32."""
    return data.matrix(disk / "numbers", (8 * MiB,), "float32")


@pytest.mark.parametrize(
    ("limit", "survivors"),
    [
        ("data", {"map it, in blocks", "read it, in blocks"}),
        ("addresses", {"read it, in blocks"}),
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
