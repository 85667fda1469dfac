"""Rows of a report that ask a function for a plain result, one row a call.

The row's label shows the call, so a test cell need not spell out each of them. Hidden cases
stand in the test cell: what is in this package, the learner can read.
"""

from dataclasses import dataclass

from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome

_WIDEST = 90


@dataclass(frozen=True)
class Case:
    """A call, and what should come back.

    Attributes
    ----------
    title : str
        What the case is about.
    arguments : tuple
        Of the call.
    expected : plain data
        See `Report.equal`.
    points : float
        What the row is worth.
    """

    title: str
    arguments: tuple
    expected: object
    points: float


def call_text(name: str, arguments: tuple) -> str:
    """Return a call as a reader would write it, or nothing if that gets long.

    Examples
    --------
    >>> call_text("page_count", (100, 200))
    'page_count(100, 200)'
    """
    text = f"{name}({', '.join(map(repr, arguments))})"
    return text if len(text) <= _WIDEST and "\n" not in text else ""


def ask(report: Report, function, cases: list[Case], hidden: bool = False) -> list[Outcome]:
    """Add a row for each case; return the runs.

    Parameters
    ----------
    hidden : bool
        True in a hidden block: labels then show no call.
    """
    runs = []
    for case in cases:
        run = report.run(function, *case.arguments)
        call = "" if hidden else call_text(report.problem, case.arguments)
        label = f"{case.title}: {call}" if call else case.title
        report.equal(label, run, case.expected, points=case.points)
        runs.append(run)
    return runs
