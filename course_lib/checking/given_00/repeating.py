"""Rows of `repeating`: which figures are the same in every run."""

from collections.abc import Callable

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report

_RUNS = [
    {"time": 0.21, "bytes": 4096, "peak": 1000},
    {"time": 0.34, "bytes": 4096, "peak": 990},
]
_FOUR = [
    {"peak": 98, "calls": 16, "time": 0.5, "drift": 100},
    {"peak": 99, "calls": 16, "time": 0.9, "drift": 102},
    {"peak": 100, "calls": 16, "time": 0.8, "drift": 104},
    {"drift": 106, "calls": 16, "peak": 99, "time": 0.5},
]
_EDGE = [
    {"a": 300, "b": 299, "c": 301, "d": 297, "e": 260},
    {"a": 400, "b": 400, "c": 400, "d": 400, "e": 400},
]
_ZEROS = [{"faults": 0, "pages": 0}, {"faults": 0, "pages": 3}]
_UNKNOWN = [{"rchar": None, "pages": 8, "bytes": 7}, {"rchar": None, "pages": 8, "bytes": None}]
_MISSING = [{"pages": 8, "bytes": 7}, {"bytes": 7}, {"bytes": 7, "pages": 8, "calls": 1}]

CASES = [
    Case("the example", (_RUNS,), ["bytes"], 0.5),
    Case("the example, 5 percent", (_RUNS, 5), ["bytes", "peak"], 0.5),
    Case("four runs, 2 percent", (_FOUR, 2), ["peak", "calls"], 0.5),
    Case("exactly 25 percent of the largest, a little more, a little less", (_EDGE, 25),
         ["a", "c"], 0.5),
    Case("zeros in all runs", (_ZEROS, 10), ["faults"], 0.25),
    Case("a figure that is unknown", (_UNKNOWN, 3), ["pages"], 0.25),
    Case("a figure that a run does not have", (_MISSING, 3), ["bytes"], 0.25),
    Case("one run", (_RUNS[:1], 5), [], 0.25),
]  # fmt: skip


def rows(report: Report, repeating: Callable) -> None:
    """Add the visible rows."""
    ask(report, repeating, CASES)
