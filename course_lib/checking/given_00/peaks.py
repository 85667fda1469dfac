"""Rows of `peaks`: the most memory that each call had."""

import tracemalloc
from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome

_STEP = 64 << 10
_ERROR = "this call fails"

# Steps of a call: how many blocks of 64 KiB it takes, one after the other. At 0 it gives all back.
ONE = [16, 0]
SUM = [16, 16, 0]
FALLING = [[40, 0], [16, 0], [8, 16, 0, 4, 0]]
KEPT = [[8], [16, 0], [4]]


def measure(peaks: Callable, calls: list) -> dict:
    """Call `peaks` for functions that take and give back memory.

    Parameters
    ----------
    peaks : callable
        The answer.
    calls : list of list of int
        For each function the blocks of 64 KiB that it takes, one number after the other; 0 gives
        all back, and what is left stays. An empty list is a function that raises ValueError.

    Returns
    -------
    dict
        ``"peaks"``: what came, in blocks; ``"calls"``: which functions ran, in order;
        ``"tracing"``: whether it was still on afterwards.
    """
    kept: list = []
    ran: list[int] = []
    tracemalloc.stop()
    functions = [_function(steps, number, kept, ran) for number, steps in enumerate(calls)]
    try:
        found = peaks(functions)
    except ValueError as error:
        if str(error) != _ERROR:
            raise
        found = "ValueError"
    finally:
        tracing = tracemalloc.is_tracing()
        tracemalloc.stop()
    return {"peaks": _in_blocks(found), "calls": ran, "tracing": tracing}


def _function(steps: list[int], number: int, kept: list, ran: list[int]) -> Callable:
    def call():
        ran.append(number)
        if not steps:
            raise ValueError(_ERROR)
        held = []
        for blocks in steps:
            if blocks:
                held.append(bytearray(blocks * _STEP))
            else:
                held.clear()
        kept.extend(held)

    return call


def _in_blocks(found):
    """Return numbers of bytes as the nearest numbers of blocks; anything else as it is."""
    if isinstance(found, (list, tuple)):
        return [_in_blocks(value) for value in found]
    return round(found / _STEP) if type(found) in (int, float) else found


def rows(report: Report, measure: Callable) -> None:
    """Add the visible rows; `measure` is the given function of the notebook."""
    run = asked(report, measure, "the example: 1 MiB, then 1 MiB twice", [ONE, SUM], [16, 32], 0.75)
    part(report, run, "tracing is off afterwards", "tracing", False, 0.5)
    run = asked(report, measure, "a large call before small ones", FALLING, [40, 16, 24], 0.75)
    part(report, run, "each was called once, in order", "calls", [0, 1, 2], 0.5)
    asked(report, measure, "calls that keep some memory", KEPT, [8, 16, 4], 0.75)
    asked(report, measure, "no calls", [], [], 0.25)
    run = asked(report, measure, "a call that raises", [ONE, [], ONE], "ValueError", 0.25)
    part(report, run, "tracing is off after that error", "tracing", False, 0.25)


def asked(
    report: Report, measure: Callable, label: str, calls: list, wanted, points: float
) -> Outcome:
    """Add the row of the peaks of some calls, in blocks of 64 KiB."""
    run = report.run(measure, calls)
    report.equal(label, _of(run.value, "peaks"), wanted, points=points, of=run)
    return run


def part(report: Report, run: Outcome, label: str, key: str, wanted, points: float) -> None:
    """Add a row about a run; it counts if the row before is right."""
    right = report.rows[-1].ok
    report.equal(label, _of(run.value, key), wanted, points=points, of=run, after=right)


def _of(value, key: str):
    return value.get(key, "nothing") if type(value) is dict else value
