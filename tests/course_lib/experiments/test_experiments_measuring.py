"""The experiments of lesson 00 show what they promise."""

import subprocess
import sys

import pytest

from course_lib import child, data, memory
from course_lib.experiments import holders, measuring
from course_lib.units import MiB


@pytest.mark.linux
def test_lines_show_arrays_that_stay_and_the_peak_shows_those_that_do_not():
    lines = dict(child.run(measuring.line_by_line, 16 * MiB).value)
    second, total = lines["second = first + 1"], lines["total = int((first + second)[-1])"]
    assert 30 * MiB < second < 40 * MiB
    assert abs(total - second) < 4 * MiB  # the temporary does not show
    assert lines["del second"] < 24 * MiB
    assert memory.peak_in_child(measuring.steps, 16 * MiB).peak > 46 * MiB


def test_polling_never_sees_more_than_there_was():
    peaks = child.run(measuring.polled_peaks, 16 * MiB, 0.1, 2).value
    assert len(peaks) == 2
    assert max(peaks) < 20 * MiB


def test_two_instruments_disagree_about_zeros_and_maps(disk):
    path = str(data.random_bytes(disk / "file", 8 * MiB))
    zeros, mapped = (child.run(measuring.two_views, k, path).value for k in ("zeros", "memmap"))
    assert zeros.traced >= 8 * MiB > 8 * zeros.resident
    assert mapped.resident >= 8 * MiB > 8 * mapped.traced


def test_counts_repeat_in_fresh_processes(disk):
    path = data.random_bytes(disk / "file", 4 * MiB)
    rows = measuring.in_fresh_processes(path, 2)
    assert all(row["bytes from the disk"] in (4 * MiB, None) for row in rows)
    assert all(row["major faults of a map"] in (1024, None) for row in rows)
    apart = measuring.spread(rows)
    assert apart["calls of read()"] in (0, None)


def test_spread_of_an_unknown_figure_is_unknown():
    assert measuring.spread([{"a": None, "b": 0}, {"a": 1, "b": 0}]) == {"a": None, "b": 0.0}


def test_holders_share_a_map_and_end_with_the_block(disk):
    path = data.random_bytes(disk / "file", 16 * MiB)
    with holders.HeldFile("map", path, 2) as held:
        mapped = memory.table(held.pids)
    with holders.HeldFile("load", path, 2) as loaded:
        copied = memory.table(loaded.pids)
    if mapped.total("pss") is not None:
        assert copied.total("pss") - mapped.total("pss") > 12 * MiB
    for pid in (*held.pids.values(), *loaded.pids.values()):
        with pytest.raises(ProcessLookupError):
            memory.usage(pid)


def test_a_holder_that_fails_says_why_and_leaves_no_process(disk):
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        with holders.HeldFile("map", disk / "missing", 2):
            pass
    with pytest.raises(ValueError, match="'copy'"):
        holders.HeldFile("copy", disk, 1)


def test_the_experiments_import_without_a_warning():
    names = "measuring, reading, writing, holders, little_cache"
    code = f"from course_lib.experiments import {names}"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True)
    assert done.returncode == 0, done.stderr
