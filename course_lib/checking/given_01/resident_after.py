"""Rows of `resident_after`: the pages that reads make resident."""

from collections.abc import Callable

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report

_THREE_READS = [(4095, 4097), (8192, 12_288), (30_000, 31_000)]


def mask(pages: list[int], total: int):
    """Return a boolean array of `total` pages with some set."""
    import numpy as np

    expected = np.zeros(total, dtype=bool)
    expected[pages] = True
    return expected


def cases() -> list[Case]:
    """Return the visible cases of `resident_after`."""
    return [
        Case("the example", (10_000, [(0, 1), (5000, 6000)]), mask([0, 1], 3), 0.5),
        Case("three reads", (40_960, _THREE_READS), mask([0, 1, 2, 7], 10), 0.75),
        Case("all of a file", (20_480, [(0, 20_480)]), mask([0, 1, 2, 3, 4], 5), 0.25),
        Case(
            "a read beyond the end", (9500, [(9499, 30_000), (70_000, 80_000)]), mask([2], 3), 0.25
        ),
        Case("an empty range", (12_000, [(5000, 5000)]), mask([], 3), 0.25),
        Case("behind the end only", (9500, [(13_000, 14_000)]), mask([], 3), 0.25),
        Case("pages of another size", (50_000, [(16_000, 17_000)], 16_384), mask([0, 1], 4), 0.25),
    ]


def rows(report: Report, resident_after: Callable) -> None:
    """Add the visible rows."""
    ask(report, resident_after, cases())
