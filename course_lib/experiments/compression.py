"""Measure what compression saves and costs: bytes, time, memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import blosc
import blosc2
import numpy as np

from course_lib import data, memory
from course_lib.slowdisk import Disk
from course_lib.system import libc

LEVEL = 5
"""How hard to try, 0 to 9. Blosc's default, 9, makes zstd slow and little smaller."""
FILTERS = {"none": blosc.NOSHUFFLE, "shuffle": blosc.SHUFFLE, "bitshuffle": blosc.BITSHUFFLE}


def kinds(items: int = 150_000) -> dict[str, np.ndarray]:
    """Return four arrays that compress in four ways.

    Returns
    -------
    dict of str to ndarray
        ``"linspace"`` and ``"noise"`` float64, ``"elevations"`` int16 and real,
        ``"tenths"`` float32: temperatures rounded to a tenth of a degree.
    """
    rng = np.random.default_rng(0)
    temperatures = 15 + 10 * np.sin(np.arange(items) / 5000) + rng.normal(0, 0.2, items)
    return {
        "linspace": np.linspace(0, 100, items),
        "noise": rng.random(items),
        "elevations": data.elevations(),
        "tenths": np.round(temperatures, 1).astype("f4"),
    }


def compress(array: np.ndarray, codec: str, shuffle: str, typesize: int | None = None) -> bytes:
    """Compress the bytes of a contiguous array with Blosc.

    Parameters
    ----------
    array : ndarray
        C-contiguous.
    codec : str
        One of ``blosc.cnames``.
    shuffle : str
        One of `FILTERS`.
    typesize : int, optional
        Bytes of an item for the filter. Default: that of the array.

    Raises
    ------
    ValueError
        For an unknown filter.
    """
    if shuffle not in FILTERS:
        raise ValueError(f"no filter {shuffle!r}; expected one of {', '.join(FILTERS)}")
    size = array.itemsize if typesize is None else typesize
    buffer = memoryview(array.reshape(-1).view("u1"))
    return blosc.compress(buffer, size, LEVEL, FILTERS[shuffle], codec)


def ratio(array: np.ndarray, codec: str, shuffle: str, typesize: int | None = None) -> float:
    """Return how many times fewer bytes `compress` makes of an array."""
    return array.nbytes / len(compress(array, codec, shuffle, typesize))


@dataclass(frozen=True)
class Packed:
    """One array through a packer and back.

    Attributes
    ----------
    items : int
        Elements.
    nbytes, stored : int
        Bytes before and after.
    pack_s, unpack_s : float
        Seconds.
    """

    items: int
    nbytes: int
    stored: int
    pack_s: float
    unpack_s: float

    @property
    def ratio(self) -> float:
        """Bytes before by bytes after; below 1 the array grew."""
        return self.nbytes / self.stored


_PACKERS: dict[str, tuple[Callable, Callable]] = {
    "blosc": (blosc.pack_array, blosc.unpack_array),
    "blosc2": (blosc2.pack_array2, blosc2.unpack_array2),
}


def pack_and_unpack(items: int, packer: str = "blosc", repeats: int = 5) -> Packed:
    """Send ``np.linspace(0, 100, items)`` through a packer and back, and check it.

    Parameters
    ----------
    items : int
        Elements, float64.
    packer : str
        ``"blosc"`` or ``"blosc2"``.
    repeats : int
        The best time of so many counts: a small array takes less time than an interruption.
    """
    pack, unpack = _PACKERS[packer]
    array = np.linspace(0, 100, items)
    packed, pack_s = _best(lambda: pack(array), repeats)
    back, unpack_s = _best(lambda: unpack(packed), repeats)
    if not np.array_equal(array, back):
        raise ValueError(f"{packer} did not return the same {items} numbers")
    return Packed(items, array.nbytes, len(packed), pack_s, unpack_s)


def extra_memory(packer: str, items: int) -> int | None:
    """Return how far the memory of this process rises while it packs an array.

    Parameters
    ----------
    packer : str
        ``"pack_array"`` or ``"compress"``, which reads the array's own memory.
    items : int
        Elements of the array, float64.

    Returns
    -------
    int or None
        Bytes on top of the array; ``None`` where the peak cannot be measured.
    """
    array = np.linspace(0, 100, items)
    blosc.pack_array(array[:10])  # starts the threads, which have memory of their own
    work = {
        "pack_array": lambda: blosc.pack_array(array),
        "compress": lambda: compress(array, "blosclz", "shuffle"),
    }[packer]
    return memory.grown_peak(work)[1]


def unpack_speed(packed: bytes, like: np.ndarray, repeats: int = 3) -> float:
    """Return the bytes of array per second that decompression makes, best of `repeats`."""
    target = np.empty_like(like)
    target.fill(0)  # so that no page fault is in the time
    _, seconds = _best(lambda: blosc.decompress_ptr(packed, target.ctypes.data), repeats)
    return like.nbytes / seconds


def copy_speed(like: np.ndarray, repeats: int = 3) -> float:
    """Return the bytes per second of a plain copy in memory, best of `repeats`."""
    target = np.empty_like(like)
    target.fill(0)
    _, seconds = _best(lambda: np.copyto(target, like), repeats)
    return like.nbytes / seconds


def _best(work: Callable[[], object], repeats: int) -> tuple[object, float]:
    """Return the last result of `work`, and the seconds of its fastest run."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, min(seconds)


def load_seconds(disk: Disk, stored: int, nbytes: int, speed: float | None = None) -> float:
    """Return the seconds to read `stored` bytes and make `nbytes` of them.

    Parameters
    ----------
    disk : Disk
        The medium of the virtual clock.
    stored : int
        Bytes on it.
    nbytes : int
        Bytes of the array.
    speed : float, optional
        Bytes of array per second that decompression makes. ``None``: nothing to decompress.

    Examples
    --------
    >>> load_seconds(Disk("example", 0, 100), stored=500, nbytes=1000, speed=1000)
    6.0
    """
    return disk.seconds([stored]) + (nbytes / speed if speed else 0)


def loading(disk: Disk, stored: dict[str, bytes], nbytes: int, speed: float):
    """Return (label, start, end) of reading and unpacking each version of an array, in seconds.

    Parameters
    ----------
    disk : Disk
        The medium of the virtual clock.
    stored : dict of str to bytes
        Versions of the array; ``"raw"`` needs no unpacking.
    nbytes, speed
        As in `load_seconds`.
    """
    events = []
    for name, content in stored.items():
        read = disk.seconds([len(content)])
        events.append((f"{name}: read", 0.0, read))
        if name != "raw":
            events.append((f"{name}: unpack", read, read + nbytes / speed))
    return events


def break_even(ratio: float, speed: float) -> float:
    """Return the bandwidth at which compressed and raw data load equally fast, bytes/s.

    Examples
    --------
    >>> break_even(ratio=2, speed=1000)
    500.0
    """
    return speed * (1 - 1 / ratio)


@dataclass(frozen=True)
class Idle:
    """Memory of a process that keeps an array, raw and then compressed.

    Attributes
    ----------
    raw, packed : int or None
        Private memory (USS), bytes.
    """

    raw: int | None
    packed: int | None


def keep_compressed(items: int) -> Idle:
    """Keep an array in memory, then only its compressed bytes; run it in a child."""
    array = np.linspace(0, 100, items)
    blosc.pack_array(array[:10])
    libc.trim_heap()
    raw = memory.usage().uss
    packed = compress(array, "lz4", "shuffle")  # zstd would keep large tables of its own
    del array
    blosc.free_resources()  # the buffers of its threads, which would be used again
    libc.trim_heap()
    kept = memory.usage().uss
    return Idle(raw, kept if packed else None)
