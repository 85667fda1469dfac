"""A page cache that is too small: as a simulation, and for real in a memory cgroup."""

import os
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from course_lib import child, counters, pagecache
from course_lib.experiments.reading import read_blocks
from course_lib.system import instruments

_V1, _V2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")


def misses(file_pages: int, cache_pages: int, passes: int = 2) -> list[int]:
    """Read a file front to back some times; return the pages each pass fetched from the disk.

    The cache drops the page that was used longest ago (LRU), which is the rule that real
    caches start from.

    Parameters
    ----------
    file_pages, cache_pages : int
        Sizes of the file and of the cache.
    passes : int
        How often the file is read.

    Examples
    --------
    >>> misses(file_pages=100, cache_pages=100), misses(file_pages=101, cache_pages=100)
    ([100, 0], [101, 101])
    """
    cache: OrderedDict[int, None] = OrderedDict()
    counts = []
    for _ in range(passes):
        missed = 0
        for page in range(file_pages):
            if page in cache:
                cache.move_to_end(page)
                continue
            missed += 1
            cache[page] = None
            if len(cache) > cache_pages:
                cache.popitem(last=False)
        counts.append(missed)
    return counts


@dataclass(frozen=True)
class Limited:
    """A file read twice in a group of processes with little memory.

    Attributes
    ----------
    read_bytes : tuple of int, or None
        Bytes that came from the disk in each pass; ``None`` where it could not be tried.
    why : str
        Reason why not.
    """

    read_bytes: tuple[int, int] | None
    why: str = ""


def read_twice_limited(path: str | os.PathLike, limit: int) -> Limited:
    """Read a file twice in a memory cgroup, as a container has one.

    Parameters
    ----------
    path : path
        The file.
    limit : int
        Bytes of memory for the process and its part of the page cache.

    Notes
    -----
    Making a cgroup needs root, and a machine that lets root do it: many containers do not.
    The cgroup is removed before the function returns.
    """
    why = _why_not(path)
    if why:
        return Limited(None, why)
    try:
        group = _make_group(limit)
    except OSError as error:
        return Limited(None, f"this machine lets nobody make a memory cgroup: {error.strerror}")
    try:
        result = child.run(_join_and_read, str(group), str(path))
        result.check()
        return Limited(result.value)
    finally:
        group.rmdir()


def _why_not(path: str | os.PathLike) -> str:
    if not sys.platform.startswith("linux"):
        return f"cgroups need Linux, this is {sys.platform}"
    if os.geteuid() != 0:
        return "making a memory cgroup needs root"
    tested = (instruments.available("proc_io"), instruments.available("evict", Path(path).parent))
    return next((a.why for a in tested if not a.works), "")


def _make_group(limit: int) -> Path:
    """Make a memory cgroup below the top one, v1 or v2, and set its limit."""
    old = (_V1 / "memory.limit_in_bytes").exists()
    group = (_V1 if old else _V2) / f"course-{os.getpid()}"
    group.mkdir()
    try:
        (group / ("memory.limit_in_bytes" if old else "memory.max")).write_text(str(limit))
    except OSError:
        group.rmdir()
        raise
    return group


def _join_and_read(group: str, path: str) -> tuple[int, int]:
    Path(group, "cgroup.procs").write_text(str(os.getpid()))
    pagecache.evict(path)
    return _bytes_of_a_pass(path), _bytes_of_a_pass(path)


def _bytes_of_a_pass(path: str) -> int:
    with counters.watch() as watched:
        read_blocks(path)
    return watched.delta.read_bytes
