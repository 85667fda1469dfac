"""A thousand small arrays, kept in four ways: what each costs in reads, descriptors, memory."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import counters, data, pagecache
from course_lib.experiments.reading import no_readahead
from course_lib.system import instruments, procfs

SHAPE = (500, 30, 3)
DTYPE = np.dtype("f4")
ROW_BYTES = SHAPE[1] * SHAPE[2] * DTYPE.itemsize
ARRAY_BYTES = SHAPE[0] * ROW_BYTES
WAYS = ("np.load each time", "dict of arrays", "dict of memmaps", "one packed file")
# Descriptors that Python and its libraries need besides the maps.
_SPARE = 100


def how_many(want: int = 1000) -> int:
    """Return how many arrays to use: `want`, or what the limit of descriptors allows."""
    try:
        import resource
    except ImportError:  # Windows
        return want
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return want if hard == resource.RLIM_INFINITY else max(1, min(want, hard - _SPARE))


def make(folder: str | os.PathLike, count: int) -> Path:
    """Make the arrays twice: as .npy files, and one after the other in ``packed.raw``.

    Parameters
    ----------
    folder : path
        Directory to make; its parent exists.
    count : int
        Number of arrays of shape (500, 30, 3), float32. Value of array k, row r: about k + r/500.

    Returns
    -------
    Path
        `folder`, with ``0000.npy`` ..., ``packed.raw`` and ``starts.npy``: the offset of each
        array in the packed file, in items.
    """

    def write(beside: Path) -> None:
        beside.mkdir()
        rows = np.arange(SHAPE[0], dtype="f4") / SHAPE[0]
        base = np.broadcast_to(rows[:, None, None], SHAPE)
        with open(beside / "packed.raw", "wb") as packed:
            for k in data.progress(range(count), count, "small arrays"):
                array = base + DTYPE.type(k)
                np.save(beside / f"{k:04}.npy", array)
                packed.write(array.tobytes())
        np.save(beside / "starts.npy", np.arange(count) * (ARRAY_BYTES // DTYPE.itemsize))

    return data.make(Path(folder), write, maker="small_arrays", count=count)


def accesses(count: int, number: int = 100, seed: int = 0) -> list[tuple[int, int]]:
    """Return distinct (array, row) pairs to read, each from another array.

    Examples
    --------
    >>> len({k for k, _ in accesses(1000)})
    100
    """
    rng = np.random.default_rng(seed)
    arrays = rng.permutation(count)[:number].tolist()
    return list(zip(arrays, rng.integers(0, SHAPE[0], len(arrays)).tolist(), strict=True))


def packed_pages(picks: list[tuple[int, int]]) -> int:
    """Return the pages of the packed file that hold the picked rows: the count by theory."""
    offsets = [k * ARRAY_BYTES + row * ROW_BYTES for k, row in picks]
    return pagecache.pages_of(offsets, ROW_BYTES)


@dataclass(frozen=True)
class Cost:
    """What one way cost in a process of its own.

    Attributes
    ----------
    way : str
        Name of the way.
    descriptors, maps : int or None
        Descriptors and memory maps more than before the arrays were opened.
    memory : int or None
        Bytes of memory of its own (not of files) more than before.
    opening : int or None
        Bytes from disk to open everything, cold.
    reading : int or None
        Bytes from disk for the picked rows, cold.
    seconds : float
        Mean time of a warm access.
    total : float
        Sum of the picked rows: the same for every way.
    """

    way: str
    descriptors: int | None
    maps: int | None
    memory: int | None
    opening: int | None
    reading: int | None
    seconds: float
    total: float


def measure_way(way: str, folder: str, count: int, picks: list[tuple[int, int]]) -> Cost:
    """Open all arrays in one way and read the picked rows: cold once, then warm five times.

    Run it in a child, whose memory and descriptors start small.

    Raises
    ------
    ValueError
        If `way` is none of `WAYS`.
    """
    if way not in WAYS:
        raise ValueError(f"no way {way!r}; expected one of {', '.join(WAYS)}")
    _raise_descriptor_limit(count)
    cold = _evict(way, folder)
    before = _held()
    with counters.watch() as opening:
        get = _open(way, folder, count)
    held = [
        None if None in pair else pair[1] - pair[0] for pair in zip(before, _held(), strict=True)
    ]
    _evict(way, folder)
    with counters.watch() as reading:
        total = _read(get, picks)
    seconds = min(_timed(get, picks) for _ in range(5)) / len(picks)
    disk = (opening.delta.read_bytes, reading.delta.read_bytes) if cold else (None, None)
    return Cost(way, *held, *disk, seconds, total)


def _open(way: str, folder: str, count: int) -> Callable[[int], np.ndarray]:
    """Return a function that gives array k."""
    paths = [Path(folder, f"{k:04}.npy") for k in range(count)]
    if way == "np.load each time":
        return lambda k: np.load(paths[k])
    if way == "dict of arrays":
        return {k: np.load(path) for k, path in enumerate(paths)}.__getitem__
    if way == "dict of memmaps":
        return {k: np.load(path, mmap_mode="r") for k, path in enumerate(paths)}.__getitem__
    starts = np.load(Path(folder, "starts.npy")).tolist()
    flat = no_readahead(np.memmap(Path(folder, "packed.raw"), DTYPE, "r"))
    values = np.asarray(flat)  # NumPy's class memmap costs time at every slice
    size = ARRAY_BYTES // DTYPE.itemsize
    return lambda k: values[starts[k] : starts[k] + size].reshape(SHAPE)


def _evict(way: str, folder: str) -> bool:
    """Drop the files that this way reads from the page cache; say whether that worked."""
    packed = [Path(folder, name) for name in ("packed.raw", "starts.npy")]
    return all(pagecache.evict(p) for p in (packed if way == WAYS[-1] else [folder]))


def _read(get: Callable[[int], np.ndarray], picks: list[tuple[int, int]]) -> float:
    return float(sum(get(k)[row].mean(dtype="f8") for k, row in picks))


def _timed(get: Callable[[int], np.ndarray], picks: list[tuple[int, int]]) -> float:
    start = time.perf_counter()
    _read(get, picks)
    return time.perf_counter() - start


def _raise_descriptor_limit(count: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count + _SPARE:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + _SPARE, hard))


def _held() -> tuple[int | None, int | None, int | None]:
    """Return descriptors, maps and bytes of own memory that this process holds."""
    import psutil

    pid = os.getpid()
    descriptors = psutil.Process().num_fds() if hasattr(os, "getuid") else None
    if not instruments.works("smaps"):
        return descriptors, None, None
    maps = len(Path(f"/proc/{pid}/maps").read_text().splitlines())
    return descriptors, maps, procfs.status(pid).get("RssAnon")
