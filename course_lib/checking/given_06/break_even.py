"""Rows of `break_even`: from which bandwidth on compression pays."""

from collections.abc import Callable
from math import inf

from course_lib.checking.check import Report


def rows(report: Report, break_even: Callable) -> None:
    """Add the visible rows of `break_even`."""
    run = report.run(break_even, 64e6, 12e6, 0.05)
    report.close("the example", run, 1.04e9, rtol=1e-9, points=0.5)
    run = report.run(break_even, 1000, 300, 0.3)
    report.close("a slow decompressor", run, 7000 / 3, rtol=1e-9, points=0.25)
    run = report.run(break_even, 1000, 1200, 0.001)
    report.equal("an array that grew", run, 0.0, points=0.25)
    run = report.run(break_even, 9_000_000, 600_000, 0)
    report.equal("no time to decompress", run, inf, points=0.25)
