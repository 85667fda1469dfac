"""Rows of `choose_chunks`: a chunk shape for a workload."""

from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.given_04.shared import whole_numbers


class Workload:
    """Some reads of an array, and what they cost with every chunk shape.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    itemsize : int
        Bytes of an item.
    reads : list of (list of (start, stop), int)
        What is read, and how many times.
    smallest, largest : int
        Limits of a chunk in bytes.
    """

    def __init__(self, shape: tuple, itemsize: int, reads: list, smallest: int, largest: int):
        import numpy as np

        self.arguments = (shape, itemsize, reads, smallest, largest)
        self.shape, self.lengths = shape, np.indices(shape, dtype=np.int64) + 1
        self.nbytes = np.prod(self.lengths, axis=0) * itemsize
        self.allowed = (self.nbytes >= smallest) & (self.nbytes <= largest)
        self.cost = self._chunks() * self.nbytes
        self.best = int(self.cost[self.allowed].min())

    def _chunks(self):
        """Return the chunks that all reads touch, with every chunk shape."""
        total = 0
        for selection, times in self.arguments[2]:
            touched = times
            for (start, stop), length in zip(selection, self.lengths, strict=True):
                touched = touched * ((stop - 1) // length - start // length + 1)
            total = total + touched
        return total

    def why_not(self, chunks) -> str:
        """Say why a value is no chunk shape; empty if it is one."""
        n = len(self.shape)
        if chunks is None:
            return "got None: does the function end with return?"
        if type(chunks) is not tuple or not all(type(c) is int for c in chunks):
            return f"Expected a tuple of {n} whole numbers."
        if len(chunks) != n:
            return f"Expected {n} numbers, one for each axis."
        if not all(1 <= c <= length for c, length in zip(chunks, self.shape, strict=True)):
            return "Each axis of a chunk has between 1 item and the items of the array."
        size = self.nbytes[self._place(chunks)]
        if size > self.arguments[4]:
            return "The chunk has more than `largest` bytes: items times itemsize."
        if size < self.arguments[3]:
            return "The chunk has less than `smallest` bytes: items times itemsize."
        return ""

    @staticmethod
    def _place(chunks: tuple) -> tuple:
        return tuple(c - 1 for c in chunks)

    def price(self, chunks: tuple) -> int:
        """Return the bytes that the reads cost with a chunk shape."""
        return int(self.cost[self._place(chunks)])


def choose_rows(
    report: Report, choose: Callable, label: str, arguments: tuple, points: dict, message: str
) -> None:
    """Check one workload.

    Parameters
    ----------
    points : dict of float to float
        For each factor, what a shape that costs at most so many times the best is worth.
    """
    work = Workload(*arguments)
    run = report.run(choose, *arguments)
    chunks = whole_numbers(run.value)
    wrong = work.why_not(chunks)
    came = None if wrong or run.error else work.price(chunks)
    got = run.value if came is None else f"{came:,} bytes with {chunks}"
    best = came is not None and came <= min(points) * work.best
    text = "" if best or run.error else wrong or message
    for factor, worth in points.items():
        good = came is not None and came <= factor * work.best
        report.true(
            f"{label}: {factor} times the best",
            good,
            points=worth,
            of=run,
            got=got,
            expected=f"at most {int(factor * work.best):,} bytes",
            message=text,
        )


_STRIPS = [([(30, 31), (0, 120)], 20), ([(77, 78), (0, 120)], 20)]


_MAPS_AND_SERIES = [
    ([(5, 6), (0, 60), (0, 40)], 10),
    ([(40, 41), (0, 60), (0, 40)], 10),
    ([(0, 48), (33, 34), (21, 22)], 100),
    ([(0, 48), (59, 60), (0, 1)], 100),
]


_WINDOWS = [([(25, 35), (15, 25)], 5), ([(55, 65), (45, 55)], 5)]


def rows(report: Report, choose: Callable) -> None:
    """Add the visible rows of `choose_chunks`."""
    few = "Only rows are read: a chunk should be a row, or a part of one."
    for label, arguments, points, message in [
        ("the example", ((100, 100), 8, [([(7, 8), (0, 100)], 5)], 800, 800), {1.1: 0.5}, few),
        ("rows of a table", ((90, 120), 8, _STRIPS, 500, 2000), {2: 0.25, 1.1: 0.25}, few),
        (
            "maps and series of a cube",
            ((48, 60, 40), 4, _MAPS_AND_SERIES, 4096, 8192),
            {2: 0.5, 1.1: 0.5},
            "Maps want flat chunks, series want long ones. Try several shapes and add up what they cost.",
        ),
        (
            "windows of a table",
            ((80, 60), 8, _WINDOWS, 600, 1600),
            {2: 0.25, 1.1: 0.25},
            "Try several shapes and add up what they cost; where a read begins counts, too.",
        ),
        (
            "one item, again and again",
            ((50,), 4, [([(49, 50)], 9)], 80, 200),
            {2: 0.25, 1.1: 0.25},
            "A chunk need not be as large as it may be.",
        ),
    ]:
        choose_rows(report, choose, label, arguments, points, message)
