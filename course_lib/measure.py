"""Run a function cold or warm and return what it cost: time, bytes, pages, faults, memory."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from course_lib import counters, memory, pagecache
from course_lib._html import table
from course_lib.counters import Counters
from course_lib.system import instruments
from course_lib.units import format_bytes, format_count, format_seconds

Paths = str | os.PathLike | Iterable[str | os.PathLike]


@dataclass(frozen=True)
class Measurement:
    """What one function cost.

    Counts are those of the last repeat; they are the same in every repeat if the cache
    starts the same. Times differ from run to run: compare them, do not quote them.

    Attributes
    ----------
    label : str
        Name of the measurement.
    seconds : tuple of float
        Wall time of each repeat, s.
    counts : Counters
        I/O and page faults of the last repeat.
    pages : int or None
        Pages of the watched files that were resident after the call; ``None`` if no file was
        watched, or if the pages could not be counted.
    peak : int or None
        Bytes by which the process grew at its highest; ``None`` if not measured.
    value : object
        What the function returned the last time.
    notes : tuple of str
        What could not be done or measured here, and why.
    watched : bool
        Whether there were files whose pages were to be counted.
    followed : bool
        Whether the peak was to be measured.
    """

    label: str
    seconds: tuple[float, ...]
    counts: Counters
    pages: int | None = None
    peak: int | None = None
    value: object = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    watched: bool = False
    followed: bool = False

    @property
    def best(self) -> float:
        """Shortest of the repeats, s."""
        return min(self.seconds)

    @property
    def read_bytes(self) -> int | None:
        """Bytes fetched from the disk, readahead included."""
        return self.counts.read_bytes

    @property
    def rchar(self) -> int | None:
        """Bytes that went through read()."""
        return self.counts.rchar

    @property
    def syscr(self) -> int | None:
        """Calls of read()."""
        return self.counts.syscr

    @property
    def majflt(self) -> int | None:
        """Page faults that waited for the disk."""
        return self.counts.majflt

    def _row(self) -> tuple[str, ...]:
        return (
            self.label,
            format_seconds(self.best),
            format_bytes(self.read_bytes),
            format_bytes(self.rchar),
            format_count(self.majflt),
            format_count(self.pages) if self.watched else _UNASKED[0],
            format_bytes(self.peak) if self.followed else _UNASKED[1],
        )

    def __str__(self) -> str:
        return f"{self.label}: " + ", ".join(
            f"{name} {cell}" for name, cell in zip(_HEAD[1:], self._row()[1:], strict=True)
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return compare(self)._repr_html_()


_HEAD = ("", "time", "from disk", "through read()", "major faults", "pages resident", "peak")
_UNASKED = ("not watched", "not measured")
"""Cells of what nobody asked for; a table leaves out a column of nothing else."""


def measure(
    function: Callable,
    *args,
    cold: Paths | None = None,
    watch: Paths | None = None,
    repeats: int = 1,
    peak: bool = False,
    label: str = "",
) -> Measurement:
    """Call a function and measure what it costs.

    Parameters
    ----------
    function : callable
        What to measure.
    *args
        Its arguments.
    cold : path or list of paths, optional
        Files or directories to evict before each repeat. Default: the cache stays as it is.
    watch : path or list of paths, optional
        Files whose resident pages are counted after the call. Default: those in `cold`.
    repeats : int
        How many times to run.
    peak : bool
        True to follow the high-water mark of this process too.
    label : str
        Name to show; default: the function's.

    Raises
    ------
    ValueError
        If `repeats` is not positive.
    FileNotFoundError
        If a path of `cold` or `watch` does not exist.

    Examples
    --------
    >>> m = measure(sum, [1, 2, 3], label="three numbers")
    >>> m.value, len(m.seconds)
    (6, 1)
    """
    if not isinstance(repeats, int) or repeats < 1:
        raise ValueError(f"repeats must be a whole number of at least 1, got {repeats!r}")
    cold_paths = _paths(cold)
    watched = _paths(watch) or cold_paths
    notes: list[str] = []
    seconds = []
    for _ in range(repeats):
        _cool(cold_paths, notes)
        elapsed, counts, value, grown = _once(lambda: function(*args), peak)
        seconds.append(elapsed)
    if peak and grown is None:
        notes.append(instruments.available("peak").why)
    name = label or getattr(function, "__name__", "measurement")
    pages = _resident(watched, notes) if watched else None
    said = tuple(dict.fromkeys(notes))
    asked = (bool(watched), peak)
    return Measurement(name, tuple(seconds), counts, pages, grown, value, said, *asked)


@dataclass(frozen=True)
class Comparison:
    """Several measurements, shown as one table."""

    rows: tuple[Measurement, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "; ".join(dict.fromkeys(note for row in self.rows for note in row.notes))
        columns = zip(_HEAD, *(row._row() for row in self.rows), strict=True)
        head, *rows = zip(*(c for c in columns if not set(c[1:]) <= {*_UNASKED}), strict=True)
        return table(head, rows, caption=notes)


def compare(*measurements: Measurement) -> Comparison:
    """Put measurements side by side in one table."""
    return Comparison(measurements)


def _paths(paths: Paths | None) -> list[Path]:
    if paths is None:
        return []
    found = [Path(paths)] if isinstance(paths, (str, os.PathLike)) else [Path(p) for p in paths]
    for path in found:
        if not path.exists():
            raise FileNotFoundError(2, "expected a file or directory that exists", str(path))
    return found


def _cool(paths: list[Path], notes: list[str]) -> None:
    for path in paths:
        done = pagecache.evict(path)
        if not done:
            notes.append(f"the cache could not be emptied, so this run is warm: {done.why}")


def _once(call: Callable[[], object], peak: bool):
    with counters.watch() as watched:
        start = time.perf_counter()
        value, grown = memory.grown_peak(call) if peak else (call(), None)
        elapsed = time.perf_counter() - start
    return elapsed, watched.delta, value, grown


def _resident(paths: list[Path], notes: list[str]) -> int | None:
    files = [f for p in paths for f in (p.rglob("*") if p.is_dir() else [p]) if f.is_file()]
    found = [pagecache.residency(file) for file in files]
    unknown = [r.missing for r in found if r.pages is None]
    notes.extend(unknown[:1])
    return None if unknown else sum(r.resident_pages for r in found)


@dataclass(frozen=True)
class Exact:
    """An exact count that was checked, or could not be measured here."""

    text: str

    def __repr__(self) -> str:
        return self.text


def exactly(
    name: str, measured: int | None, expected: int, unit: str = "", slack: int = 0
) -> Exact:
    """Assert that a count is exactly what theory says, where it can be measured.

    Parameters
    ----------
    name : str
        What was counted.
    measured : int or None
        ``None`` where the instrument is missing: then the count from theory is shown as such.
    expected : int
        The count from theory.
    unit : str
        Unit of both.
    slack : int
        Difference that is allowed. It is 0 for what a process did. It is some share of the
        file for pages that should still be cached: the kernel may take any of them back.

    Raises
    ------
    AssertionError
        If the measurement differs by more.

    Examples
    --------
    >>> exactly("pages", 3, 3)
    pages: 3, as counted by theory
    >>> exactly("pages", None, 3)
    pages: not measured here; by theory 3
    >>> exactly("written", 400_004_096, 400_000_000, "bytes", slack=8192)
    written: 381.5 MiB, 4.0 KiB more than by theory
    """
    if measured is None:
        return Exact(f"{name}: not measured here; by theory {format_count(expected, unit)}")
    theory = format_count(expected, unit)
    assert abs(measured - expected) <= slack, (
        f"{name}: expected {theory}, measured {format_count(measured, unit)}"
    )
    if measured != expected:
        return Exact(f"{name}: {_beside(measured, expected, unit)}")
    return Exact(f"{name}: {theory}, as counted by theory")


def _beside(measured: int, expected: int, unit: str) -> str:
    """Tell two counts apart, also where both round to the same text."""
    text, theory = format_count(measured, unit), format_count(expected, unit)
    if text != theory:
        return f"{text}; by theory {theory}"
    side = "more" if measured > expected else "less"
    return f"{text}, {format_count(abs(measured - expected), unit)} {side} than by theory"
