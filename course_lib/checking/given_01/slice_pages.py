"""Rows of `slice_pages`: the pages of a slice."""

from collections.abc import Callable

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report

CASES = [
    Case("an example", (0, 4096, 1, 4), 4, 0.25),
    Case("an example", (0, 4096, 1024, 4), 4, 0.25),
    Case("an example", (341, 342, 1, 12), 2, 0.25),
    Case("items in the middle of the file", (1000, 1100, 1, 8), 2, 0.25),
    Case("one item on every second page", (5, 10_000, 1024, 8), 10, 0.5),
    Case("several items on a page", (0, 2000, 50, 8), 4, 0.25),
    Case("a step backwards", (520, 0, -510, 8), 2, 0.25),
    Case("an empty slice", (60, 60, 3, 4), 0, 0.25),
    Case("pages of another size", (0, 10_000, 500, 8, 16_384), 5, 0.25),
]


def rows(report: Report, slice_pages: Callable) -> None:
    """Add the visible rows."""
    ask(report, slice_pages, CASES)
