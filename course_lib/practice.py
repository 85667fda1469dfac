"""Check at once the few lines that a lesson asks you to write; nothing here gives points.

>>> def pages(nbytes):
...     ...  # Write your lines here.
>>> tests = ("pages of 5000 bytes", lambda: pages(5000), 2, "A part of a page is a page.")
>>> check(pages, tests)
pages: not answered yet. Write your lines in the cell above, run it, and run this cell again.
>>> def pages(nbytes):
...     return nbytes // 4096
>>> check(pages, tests)
pages: not right yet.
- pages of 5000 bytes: expected 2, yours 1. A part of a page is a page.
"""

import dis
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from course_lib.units import format_count

Test = tuple[str, Callable[[], object], object, str]
"""What is looked at, how to get it, what it has to be, and what to learn if it is not."""


@dataclass(frozen=True)
class AtMost:
    """A limit in place of an exact count.

    Attributes
    ----------
    limit : float or None
        The largest value that is right; ``None`` where this machine cannot measure it.
    unit : str
        Unit of both: ``"bytes"``, ``"pages"``, ...
    """

    limit: float | None
    unit: str = ""

    def __str__(self) -> str:
        return f"at most {format_count(self.limit, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One test of an answer: what was expected, what came, and what to learn from it."""

    what: str
    expected: str
    yours: str
    right: bool | None
    """``None`` where this machine cannot tell."""
    learn: str = ""

    def __str__(self) -> str:
        if self.right is None:
            return f"- {self.what}: cannot be measured here"
        if self.right:
            return f"- {self.what}: {self.yours}, right"
        return f"- {self.what}: expected {self.expected}, yours {self.yours}. {self.learn}".rstrip()


@dataclass(frozen=True)
class Checked:
    """What `check` found; a notebook shows it, and it never stops the notebook."""

    name: str
    rows: tuple[Row, ...]

    @property
    def answered(self) -> bool:
        """Whether there was anything to check."""
        return bool(self.rows)

    @property
    def passed(self) -> bool:
        """Whether there was an answer, and no test found it wrong."""
        return self.answered and all(row.right is not False for row in self.rows)

    def _headline(self) -> str:
        if not self.answered:
            wait = "Write your lines in the cell above, run it, and run this cell again."
            return f"{self.name}: not answered yet. {wait}"
        return f"{self.name}: {'right' if self.passed else 'not right yet'}."

    def __repr__(self) -> str:
        return "\n".join([self._headline(), *map(str, self.rows)])

    def _repr_html_(self) -> str:
        from course_lib._html import table

        said = {True: "right", False: "not yet", None: "cannot be measured here"}
        cells = [
            (r.what, r.expected, r.yours, said[r.right], "" if r.right else r.learn)
            for r in self.rows
        ]
        head = f"<p><b>{escape(self._headline())}</b></p>"
        return head + (table(("", "expected", "yours", "", ""), cells, text=True) if cells else "")


def check(answer: Callable[..., Any], *tests: Test) -> Checked:
    """Test what the learner wrote and say what to learn; do not raise.

    Parameters
    ----------
    answer : callable
        The learner's function. One that does nothing is "not answered yet", and no test runs.
    *tests : (str, callable, object, str)
        What is looked at; a call without arguments that gets it; the value that it has to be, an
        `AtMost`, or ``None`` where this machine cannot measure it; what to learn if it is wrong.

    Returns
    -------
    Checked
        A notebook shows it. ``passed`` is True if every test that could run was right.

    Notes
    -----
    Tests run in order, and an error of the answer ends them: the next would only say the same.
    """
    name = getattr(answer, "__name__", "the answer")
    rows: list[Row] = []
    for test in () if is_untouched(answer) else tests:
        rows.append(_row(answer, *test))
        if rows[-1].yours.startswith(_STOPPED):
            break
    return Checked(name, tuple(rows))


def is_untouched(answer: Callable[..., Any]) -> bool:
    """Tell whether a function is still the empty one that the lesson came with.

    Examples
    --------
    >>> def nothing(x): "Say what it does."
    >>> is_untouched(nothing), is_untouched(lambda x: x)
    (True, False)
    """
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    constants = [value for name, value in steps if name.endswith("_CONST")]
    return {name for name, _ in steps} <= idle and constants == [None]


_STOPPED = "stopped by "


def _row(
    answer: Callable[..., Any], what: str, get: Callable[[], object], expected: object, learn: str
) -> Row:
    if expected is None or (isinstance(expected, AtMost) and expected.limit is None):
        return Row(what, "-", "-", None)
    unit = expected.unit if isinstance(expected, AtMost) else ""
    try:
        got = get()
        right = _fits(got, expected)
    except Exception as error:
        text = f"{_STOPPED}{type(error).__name__}: {error}{_place(answer, error)}"
        return Row(what, _text(expected), text, False, learn)
    if got is None:
        learn = f"Does your function return its result? {learn}"
    return Row(what, _text(expected), _text(got, unit), right, learn)


def _fits(got: Any, expected: Any) -> bool:
    """Compare a result with what it has to be; arrays by dtype, shape and values."""
    import numpy as np

    if isinstance(expected, AtMost):
        return bool(got <= expected.limit)
    if isinstance(expected, np.ndarray):
        same_kind = isinstance(got, np.ndarray) and got.dtype == expected.dtype
        return same_kind and np.array_equal(got, expected)
    if isinstance(expected, float):
        return bool(np.isclose(got, expected, rtol=1e-6, atol=0))
    return bool(np.all(got == expected))


def _text(value: Any, unit: str = "") -> str:
    if isinstance(value, AtMost):
        return str(value)
    if type(value) is int or (unit and value is not None):
        return format_count(value, unit)
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:60]} ... {text[-15:]}"


def _place(answer: Callable[..., Any], error: Exception) -> str:
    """Name the line of the learner's cell where the error came from."""
    own = getattr(getattr(answer, "__code__", None), "co_filename", None)
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == own]
    return f" (line {lines[-1]} of your cell)" if lines else ""
