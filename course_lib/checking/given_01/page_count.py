"""Rows of `page_count`: the pages of a byte range."""

from collections.abc import Callable

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report

CASES = [
    Case("an example", (100, 200), 1, 0.25),
    Case("an example", (4000, 5000), 2, 0.25),
    Case("more than two pages", (4000, 9000), 3, 0.25),
    Case("from boundary to boundary", (8192, 16_384), 2, 0.25),
    Case("an empty range", (5000, 5000), 0, 0.25),
    Case("pages of another size", (100, 40_000, 16_384), 3, 0.25),
]


def rows(report: Report, page_count: Callable) -> None:
    """Add the visible rows."""
    ask(report, page_count, CASES)
