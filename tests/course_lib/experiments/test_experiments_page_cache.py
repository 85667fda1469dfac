"""The experiments of lesson 01 count what they promise."""

import os

import pytest

from course_lib import data, pagecache
from course_lib.experiments import little_cache, reading, writing
from course_lib.system import instruments
from course_lib.units import MiB


def test_a_file_that_fits_is_read_once_and_one_page_more_is_read_whole():
    assert little_cache.misses(64, 64, passes=3) == [64, 0, 0]
    assert little_cache.misses(65, 64, passes=3) == [65, 65, 65]


def test_a_memory_group_says_why_not_or_drops_what_does_not_fit(disk):
    path = data.random_bytes(disk / "large", 96 * MiB)
    limited = little_cache.read_twice_limited(path, 48 * MiB)
    if limited.read_bytes is None:
        assert limited.why
    else:
        assert limited.read_bytes[0] == 96 * MiB
        assert limited.read_bytes[1] > 48 * MiB
    folders = [p for p in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory") if os.path.isdir(p)]
    assert not [n for p in folders for n in os.listdir(p) if n == f"course-{os.getpid()}"]


def test_a_memory_group_needs_root(monkeypatch, disk):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    limited = little_cache.read_twice_limited(disk, MiB)
    assert limited.read_bytes is None
    assert "needs root" in limited.why


def test_no_read_counter_no_memory_group(monkeypatch, disk):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv(instruments.OFF_SWITCH, "all")
    assert "switched off" in little_cache.read_twice_limited(disk / "x", MiB).why


def test_random_reads_cost_a_page_each(disk):
    path = data.random_bytes(disk / "file", 4 * MiB)
    places = range(0, 4 * MiB, MiB)
    pagecache.evict(path)
    assert reading.read_pages(path, places, ahead=False) == 4
    assert pagecache.residency(path).resident_pages in (4, None)
    pagecache.evict(path)
    assert reading.touch_map(path, ahead=False) == 1024
    assert reading.read_blocks(path) == 4 * MiB


def test_sync_leaves_no_dirty_page(disk):
    path = disk / "file"
    assert writing.write_blocks(path, 2 * MiB) == 2 * MiB
    assert pagecache.dirty_pages(path) in (512, None)
    writing.sync(path)
    assert pagecache.dirty_pages(path) in (0, None)


@pytest.mark.parametrize("durable", [False, True])
def test_small_writes_write_what_they_should(disk, durable):
    assert writing.small_writes(disk / "file", 3, durable) > 0
    assert (disk / "file").stat().st_size == 3 * 4096


def test_save_durably_replaces_and_leaves_no_partial_file(disk):
    writing.save_durably(disk / "result", b"old")
    writing.save_durably(disk / "result", b"new")
    assert (disk / "result").read_bytes() == b"new"
    with pytest.raises(TypeError):
        writing.save_durably(disk / "result", "no bytes")
    assert (disk / "result").read_bytes() == b"new"
    assert os.listdir(disk) == ["result"]
    assert pagecache.dirty_pages(disk / "result") in (0, None)
