"""Rows of `touched_chunks`: the chunks that a selection touches."""

from collections.abc import Callable
from itertools import product

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report


def _chunks(*axes) -> list[tuple]:
    return list(product(*axes))


CASES = [
    Case("the example", ((10, 10), (4, 4), [(3, 5, 1), (0, 10, 8)]), _chunks([0, 1], [0, 2]), 0.25),
    Case(
        "a window",
        ((100, 60), (10, 20), [(15, 31, 1), (5, 45, 1)]),
        _chunks([1, 2, 3], [0, 1, 2]),
        0.5,
    ),
    Case(
        "a long step",
        ((100, 60), (10, 20), [(5, 100, 25), (0, 60, 1)]),
        _chunks([0, 3, 5, 8], [0, 1, 2]),
        0.5,
    ),
    Case("a step backwards", ((40,), (7,), [(30, 3, -9)]), [(1,), (3,), (4,)], 0.25),
    Case(
        "None, and a negative start",
        ((33, 8), (10, 3), [(-9, None, None), (None, 3, 2)]),
        _chunks([2, 3], [0]),
        0.25,
    ),
    Case("beyond the end", ((25,), (10,), [(5, 900, 6)]), [(0,), (1,), (2,)], 0.25),
    Case("nothing along one axis", ((25, 7), (10, 3), [(0, 9, 1), (5, 4, 1)]), [], 0.25),
]


def rows(report: Report, touched_chunks: Callable) -> None:
    """Add the visible rows of `touched_chunks`."""
    ask(report, touched_chunks, CASES)
