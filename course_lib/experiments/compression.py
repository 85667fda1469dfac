"""What lesson 06 compresses, and what has to run in a process of its own to be measured."""

import blosc
import numpy as np

from course_lib import data, memory
from course_lib.system import libc


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


def extra_memory(way: str, items: int) -> int | None:
    """Return how many bytes this process grows by while it compresses an array."""
    array = np.linspace(0, 100, items)
    blosc.pack_array(array[:10])  # starts the threads, which have memory of their own
    if way == "pack_array":
        return memory.grown_peak(lambda: blosc.pack_array(array))[1]
    return memory.grown_peak(lambda: blosc.compress(array, typesize=8, clevel=5))[1]


def keep_compressed(items: int) -> tuple[int | None, int | None]:
    """Return the private memory of a process that keeps an array, then its compressed bytes."""
    array = np.linspace(0, 100, items)
    blosc.pack_array(array[:10])
    libc.trim_heap()  # the C library gives back what is free
    raw = memory.usage().uss
    packed = blosc.compress(array, typesize=8, clevel=5, cname="lz4")
    del array
    blosc.free_resources()  # the buffers of its threads, which would be used again
    libc.trim_heap()
    kept = memory.usage().uss
    return raw, kept if packed else None
