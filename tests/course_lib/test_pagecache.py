"""Page residency, eviction and dirty pages are exact, and honest where they cannot be."""

import mmap
import os
import subprocess
import sys

import numpy as np
import pytest

from course_lib import counters, pagecache
from course_lib.system import instruments

PAGE = pagecache.PAGE_SIZE
needs_cachestat = pytest.mark.skipif(
    not instruments.works("cachestat", "/var/tmp"), reason="no cachestat on this kernel"
)


@pytest.fixture
def file(disk):
    path = disk / "file.bin"
    path.write_bytes(bytes(64 * PAGE + 1))
    with open(path) as f:
        os.fsync(f.fileno())
    return path


def test_written_pages_are_resident_and_evicted_pages_are_not(file):
    assert pagecache.residency(file).resident_pages == 65
    assert pagecache.evict(file)
    assert pagecache.residency(file).resident_pages == 0


def test_looking_reads_nothing_and_changes_nothing(file):
    pagecache.evict(file)
    with counters.watch() as watched:
        pagecache.residency(file)
    assert watched.delta.read_bytes == 0
    assert pagecache.residency(file).resident_pages == 0


def test_a_random_map_makes_exactly_the_used_pages_resident(file):
    pagecache.evict(file)
    with open(file, "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m:
        m.madvise(mmap.MADV_RANDOM)
        assert m[3 * PAGE] == m[40 * PAGE] == 0
    seen = pagecache.residency(file)
    assert np.flatnonzero(seen.pages).tolist() == [3, 40]
    assert seen.fraction == 2 / 65


def test_pages_of_a_live_map_stay(file):
    m = np.memmap(file, mode="r")
    m[:].sum()
    pagecache.evict(file)
    assert pagecache.residency(file).resident_pages == 65
    del m
    pagecache.evict(file)
    assert pagecache.residency(file).resident_pages == 0


@needs_cachestat
def test_dirty_pages_are_counted_until_fsync(disk):
    path = disk / "dirty.bin"
    with open(path, "wb") as f:
        f.write(bytes(10 * PAGE))
        f.flush()
        assert pagecache.dirty_pages(path) == 10
        os.fsync(f.fileno())
        assert pagecache.dirty_pages(path) == 0


def test_evict_writes_dirty_pages_first(disk):
    path = disk / "dirty.bin"
    path.write_bytes(b"x" * 10 * PAGE)
    pagecache.evict(path)
    assert pagecache.residency(path).resident_pages == 0
    assert path.read_bytes() == b"x" * 10 * PAGE


def test_a_directory_is_evicted_with_all_below_it(disk):
    (disk / "a" / "b").mkdir(parents=True)
    for name in ("one", "a/two", "a/b/three"):
        (disk / name).write_bytes(bytes(PAGE))
    pagecache.evict(disk)
    files = [p for p in disk.rglob("*") if p.is_file()]
    assert [pagecache.residency(p).resident_pages for p in files] == [0, 0, 0]


def test_an_empty_file_has_no_pages(disk):
    (disk / "empty").touch()
    seen = pagecache.residency(disk / "empty")
    assert (seen.total_pages, seen.resident_pages, seen.fraction) == (0, 0, 0.0)


def test_tmpfs_cannot_be_evicted_and_says_so():
    if not os.path.isdir("/dev/shm"):
        pytest.fail("this test needs /dev/shm")
    path = f"/dev/shm/evict-{os.getpid()}"
    try:
        with open(path, "wb") as f:
            f.write(bytes(PAGE))
        done = pagecache.evict(path)
        assert not done and "tmpfs" in done.why
    finally:
        os.unlink(path)


def test_a_foreign_file_is_unknown_not_all_resident(tmp_path):
    source = (
        "from course_lib import pagecache\n"
        "import numpy, os, tempfile\n"  # before the user changes: it may not read the library
        "os.setgid(65534); os.setuid(65534)\n"
        "seen = pagecache.residency('/etc/passwd')\n"
        "print(seen.pages, seen.missing)\n"
    )
    if os.geteuid() == 0:
        done = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, check=True
        )
        text = done.stdout
    else:
        seen = pagecache.residency("/etc/passwd")
        text = f"{seen.pages} {seen.missing}"
    assert text.startswith("None") and "neither own the file nor can write it" in text


def test_unknown_is_never_zero(file, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "all")
    seen = pagecache.residency(file)
    assert seen.pages is None and seen.resident_pages is None and seen.fraction is None
    assert "switched off" in str(seen) and "unknown" in str(seen)
    assert not pagecache.evict(file)
    assert pagecache.dirty_pages(file) is None


@pytest.mark.parametrize("call", [pagecache.residency, pagecache.evict, pagecache.dirty_pages])
def test_a_missing_file_is_named(call, disk):
    with pytest.raises(FileNotFoundError, match=r"expected a file.*nowhere"):
        call(disk / "nowhere")


@pytest.mark.parametrize("call", [pagecache.residency, pagecache.dirty_pages])
def test_a_directory_is_refused(call, disk):
    with pytest.raises(IsADirectoryError, match="expected a file, got a directory"):
        call(disk)


def test_a_device_is_refused():
    with pytest.raises(ValueError, match=r"regular file.*null"):
        pagecache.residency("/dev/null")


@pytest.mark.parametrize(
    ("offsets", "itemsize", "pages"),
    [
        ([], 4, 0),
        ([0], 1, 1),
        ([4095], 2, 2),
        ([0, 4096, 8192, 1], 1, 3),
        ([100], 3 * PAGE, 4),
        ([0], 3 * PAGE, 3),
    ],
)
def test_pages_by_theory(offsets, itemsize, pages):
    assert pagecache.pages_of(offsets, itemsize, 4096) == pages


@pytest.mark.parametrize(("offsets", "itemsize"), [([-1], 4), ([0], 0)])
def test_pages_by_theory_refuses_nonsense(offsets, itemsize):
    with pytest.raises(ValueError, match=r"-1|0"):
        pagecache.pages_of(offsets, itemsize)
