"""Deliver rows at a fixed rate from a slow disk: exactly on a virtual clock, and live."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Delivery:
    """When the rows came.

    Attributes
    ----------
    starts, ends : tuple of int
        Start and end of the read of each row, ms.
    due : tuple of int
        When each row had to be there, ms.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    due: tuple[int, ...]

    @property
    def late(self) -> int:
        """Rows that came after they were due."""
        return sum(end > due for end, due in zip(self.ends, self.due, strict=True))

    @property
    def events(self) -> list[tuple[str, float, float]]:
        """Label, start and end in seconds of each read, for a timeline."""
        reads = zip(self.starts, self.ends, strict=True)
        return [(f"row {n}", start / 1000, end / 1000) for n, (start, end) in enumerate(reads)]

    @property
    def due_seconds(self) -> list[float]:
        """When each row was due, in seconds."""
        return [due / 1000 for due in self.due]


def read_times(rows: int = 100, seed: int = 20) -> list[int]:
    """Return how long each read of a moody disk takes: 1 to 50 ms, evenly spread, shuffled."""
    times = np.arange(rows) % 50 + 1
    return np.random.default_rng(seed).permutation(times).tolist()


def simulate(reads: list[int], period: int, workers: int, ahead: int = 0) -> Delivery:
    """Play rows at a fixed rate on a virtual clock.

    Parameters
    ----------
    reads : list of int
        Milliseconds that the read of each row takes.
    period : int
        Milliseconds from one row to the next.
    workers : int
        Threads that read. 0: the player itself reads each row when it needs it.
    ahead : int
        Rows that may be read before they are needed. The clock starts when they are there.

    Returns
    -------
    Delivery

    Examples
    --------
    >>> simulate([30, 30, 30], period=20, workers=0).late
    2
    >>> simulate([30, 30, 30], period=20, workers=2, ahead=2).late
    0
    """
    return _without_prefetch(reads, period) if not workers else _with(reads, period, workers, ahead)


def _without_prefetch(reads: list[int], period: int) -> Delivery:
    starts, ends, due = [], [], []
    for number, cost in enumerate(reads):
        due.append(reads[0] + number * period)
        starts.append(max(due[-1], ends[-1]) if number else 0)
        ends.append(starts[-1] + cost)
    return Delivery(tuple(starts), tuple(ends), tuple(due))


def _with(reads: list[int], period: int, workers: int, ahead: int) -> Delivery:
    if ahead < 1:
        raise ValueError(f"a prefetching reader needs ahead of at least 1, got {ahead!r}")
    free, starts, ends = [0] * workers, [], []
    shown: list[int] = []  # when the player took each row, which makes room for another
    first = None
    for number, cost in enumerate(reads):
        if number >= ahead:
            if first is None:
                first = max(ends)
            row = number - ahead
            due = first + row * period
            shown.append(max([due, ends[row], *shown[-1:]]))
        worker = free.index(min(free))
        starts.append(max(free[worker], shown[-1] if shown else 0))
        free[worker] = starts[-1] + cost
        ends.append(free[worker])
    first = max(ends) if first is None else first
    return Delivery(
        tuple(starts), tuple(ends), tuple(first + n * period for n in range(len(reads)))
    )


def slow_reader(array, seconds: list[float]) -> Callable[[int], np.ndarray]:
    """Return a function that reads row n of `array` and takes ``seconds[n]`` for it."""

    def read(number: int) -> np.ndarray:
        time.sleep(seconds[number])
        return np.array(array[number])

    return read


def play(rows: Iterator[np.ndarray], period: float) -> list[bool]:
    """Take rows at a fixed rate; print a dot for each that was in time, an L for a late one.

    Parameters
    ----------
    rows : iterator
        The clock starts with its first row.
    period : float
        Seconds from one row to the next.

    Returns
    -------
    list of bool
        True for each late row. Depends on how busy the machine is.
    """
    late, start = [], None
    for number, _ in enumerate(rows):
        now = time.monotonic()
        start = now if start is None else start
        due = start + number * period
        # A millisecond of slack: sleeping is not exact.
        late.append(now > due + 0.001)
        print("L" if late[-1] else ".", end="", flush=True)
        # Wait until the next row is due, as a screen would.
        time.sleep(max(0.0, due + period - time.monotonic()))
    print(f"  {sum(late)} of {len(late)} late")
    return late
