"""Functions of lesson 00: small enough to know by heart what they need."""

import os
import time
import tracemalloc
from dataclasses import dataclass

import numpy as np

from course_lib import child, measure, memory
from course_lib.experiments.reading import read_blocks, touch_map
from course_lib.units import MiB


def spike(nbytes: int) -> int:
    """Fill `nbytes` of memory and give them back at once."""
    return int(np.ones(nbytes, "u1")[-1])


def steps(nbytes: int) -> int:
    """Make arrays and drop them, one step a line, for a line-by-line picture."""
    first = np.ones(nbytes, "u1")
    second = first + 1
    total = int((first + second)[-1])
    del second
    return total


def line_by_line(nbytes: int) -> list[tuple[str, int]]:
    """Return the lines of `steps` with the memory that memory_profiler saw after each.

    Parameters
    ----------
    nbytes : int
        Bytes of one array.

    Returns
    -------
    list of (str, int)
        Source text, and bytes of RSS above what the function started with.
    """
    import inspect

    from memory_profiler import LineProfiler

    source, first = inspect.getsourcelines(steps)
    profiler = LineProfiler(backend="psutil")
    profiler(steps)(nbytes)
    [(_, lines)] = profiler.code_map.items()
    seen = {number: figures[1] for number, figures in lines if figures}
    start = seen[min(seen)]
    return [
        (source[number - first].strip(), round((mib - start) * MiB))
        for number, mib in sorted(seen.items())
        if not source[number - first].startswith("def")
    ]


def short_spike(nbytes: int, before: float) -> int:
    """Do nothing for `before` seconds, have a short spike, do nothing again."""
    time.sleep(before)
    result = spike(nbytes)
    time.sleep(0.07)
    return result


def polled_peaks(nbytes: int, interval: float, times: int) -> list[int]:
    """Run `short_spike` some times; return each peak as memory_profiler's polling sees it.

    Each run has its spike at another moment between two looks: at the same moment, polling
    would see the spike in every run of a machine or in none.

    Parameters
    ----------
    nbytes : int
        Bytes of the spike.
    interval : float
        Seconds between two looks.
    times : int
        How many runs.
    """
    from memory_profiler import memory_usage

    moments = [interval * (0.3 + number / times) for number in range(times)]
    runs = (memory_usage((short_spike, (nbytes, m)), interval=interval) for m in moments)
    return [round((max(seen) - seen[0]) * MiB) for seen in runs]


@dataclass(frozen=True)
class TwoViews:
    """Memory of one array as two instruments count it, in bytes."""

    traced: int
    """What tracemalloc counts: bytes that Python code asked for."""
    resident: int
    """Growth of RSS: bytes that are in memory."""


def two_views(kind: str, path: str | os.PathLike) -> TwoViews:
    """Make an array the size of a file and measure it with tracemalloc and with RSS.

    Parameters
    ----------
    kind : str
        ``"zeros"`` (never touched), ``"ones"`` or ``"memmap"`` (the file, each page touched).
    path : path
        The file.
    """
    size = os.path.getsize(path)
    makers = {
        "zeros": lambda: np.zeros(size, "u1"),
        "ones": lambda: np.ones(size, "u1"),
        "memmap": lambda: _touched_map(path),
    }
    memory.usage()  # the first look imports what it needs
    tracemalloc.start()
    traced, resident = tracemalloc.get_traced_memory()[0], memory.usage().rss
    array = makers[kind]()
    views = TwoViews(tracemalloc.get_traced_memory()[0] - traced, memory.usage().rss - resident)
    tracemalloc.stop()
    del array
    return views


def _touched_map(path: str | os.PathLike) -> np.memmap:
    array = np.memmap(path, mode="r", dtype="u1")
    int(array[::4096].max())
    return array


def figures(path: str | os.PathLike) -> dict[str, float | None]:
    """Read a cold file in two ways and return every figure that the course could use.

    Each way runs twice and the second run counts: the first also loads program code.
    """
    read = measure.measure(read_blocks, path, cold=path, repeats=2, peak=True)
    mapped = measure.measure(touch_map, path, False, cold=path, repeats=2)
    known = not read.notes and not mapped.notes
    return {
        "bytes from the disk": read.read_bytes if known else None,
        "calls of read()": read.syscr,
        "pages in the cache": read.pages,
        "major faults of a map": mapped.majflt if known else None,
        "peak memory": read.peak,
        "minor faults of a map": mapped.counts.minflt,
        "time": read.seconds[-1],
    }


def in_fresh_processes(path: str | os.PathLike, times: int) -> list[dict[str, float | None]]:
    """Return `figures` of `path` as measured by some processes, one after the other."""
    results = [child.run(figures, str(path)) for _ in range(times)]
    for result in results:
        result.check()
    return [result.value for result in results]


def spread(rows: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Return how far the figures of several runs lie apart, in per cent of the largest.

    Examples
    --------
    >>> spread([{"time": 3.0}, {"time": 4.0}])
    {'time': 25.0}
    """
    return {name: _spread([row[name] for row in rows]) for name in rows[0]}


def _spread(values: list[float | None]) -> float | None:
    if None in values:
        return None
    return 100 * (max(values) - min(values)) / max(values) if max(values) else 0.0
