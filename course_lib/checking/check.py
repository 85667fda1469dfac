"""Check a student's function, and teach with what came out: the report of a graded cell.

A report's plain text is its score, which stock nbgrader reads as partial credit. Its HTML
is the table of what passed, what was expected, what came, and the message that fits the
mistake. One failing row does not hide the others, and no error of the student raises.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from course_lib._html import table
from course_lib.checking import outcome
from course_lib.checking.difference import Difference, difference, is_closed_map, short
from course_lib.checking.outcome import Count, Outcome
from course_lib.checking.workdir import workdir
from course_lib.units import format_count

__all__ = ["Report", "Row", "workdir"]

Known = Sequence[tuple[object, str]]


@dataclass(frozen=True)
class Row:
    """One check of a report.

    Attributes
    ----------
    label : str
        The case: ``"a slice inside one page"``.
    ok : bool
        True if it passed.
    points : float
        What it is worth.
    expected, got : str
        Short texts; empty in hidden rows.
    message : str
        What to learn from the mistake.
    hidden : bool
        True for a case whose values stay secret.
    measured : bool
        False if this machine could not measure it; its points then do not count.
    """

    label: str
    ok: bool
    points: float
    expected: str = ""
    got: str = ""
    message: str = ""
    hidden: bool = False
    measured: bool = True

    @property
    def earned(self) -> float:
        """Points that the row brings."""
        return self.points if self.ok and self.measured else 0.0


class Report:
    """The verdict on one problem.

    Parameters
    ----------
    problem : str
        Name of the problem, as in its hints.
    title : str
        What it is about, for the reader.
    points : float
        Points of the graded cell. The rows, hidden ones included, add up to it.

    Examples
    --------
    >>> report = Report("double", "Twice a number", points=2)
    >>> def double(x):
    ...     return x + x if x else None
    >>> report.equal("three", report.run(double, 3), 6, points=1)
    >>> report.equal("nothing", report.run(double, 0), 0, points=1)
    >>> report
    1
    >>> report.rows[1].message
    'got None: does the function end with return?'
    """

    def __init__(self, problem: str, title: str, points: float):
        if not points > 0:
            raise ValueError(f"points must be positive, got {points!r}")
        self.problem, self.title, self.points = problem, title, points
        self.rows: list[Row] = []
        self._hidden = False
        self._pictures: list[str] = []
        self._right: dict[int, bool] = {}
        self._shown = False

    # Calling the student's function

    def run(self, function: Callable, *args, **options) -> Outcome:
        """Call the student's function and measure it; see `outcome.run`."""
        return outcome.run(function, *args, **options)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Mark the rows of the block: they name the case, never the values."""
        before, self._hidden = self._hidden, True
        try:
            yield
        finally:
            self._hidden = before

    # Rows

    def equal(
        self,
        label: str,
        got,
        expected,
        points: float = 1,
        known: Known = (),
        of: Outcome | None = None,
    ) -> None:
        """Check that a result is exactly the expected plain data.

        Parameters
        ----------
        label : str
            The case.
        got : Outcome or plain data
            The run, or something read back from what it left (then give `of`).
        expected : plain data
            An array asks for its shape and dtype too.
        points : float
            Worth of the row.
        known : list of (value or predicate, message)
            Typical mistakes. The first that fits the result gives the message.
        of : Outcome, optional
            The run that `got` belongs to.
        """
        self.close(label, got, expected, rtol=0, atol=0, points=points, known=known, of=of)

    def close(
        self, label: str, got, expected, rtol: float = 1e-6, atol: float = 0.0,
        points: float = 1, known: Known = (), of: Outcome | None = None,
    ) -> None:  # fmt: skip
        """Check that numbers are equal within a tolerance; otherwise as `equal`."""
        run = got if isinstance(got, Outcome) else of
        if run is not None and run.error:
            return self._failed_run(label, points, run, known)
        value = got.value if isinstance(got, Outcome) else got
        found = difference(value, expected, rtol, atol)
        row = Row(label, found is None, points, short(expected), short(value))
        self._add(row, run, found, _known_message(known, value) if found else "")

    def true(
        self, label: str, condition, points: float = 1, message: str = "", got="",
        of: Outcome | None = None, expected: str = "",
    ) -> None:  # fmt: skip
        """Check a condition that the test computed itself from plain data.

        `message` is what to say where it does not hold. Give the run as `of`.
        """
        if of is not None and of.error:
            return self._failed_run(label, points, of, ())
        holds = type(condition).__name__ in ("bool", "bool_") and bool(condition)
        text = got if isinstance(got, str) else short(got)
        found = None if holds else Difference("condition does not hold", message)
        self._add(Row(label, holds, points, expected, text), of, found, message)

    def raises(
        self, label: str, run: Outcome, kind: type[BaseException] | tuple, mentions: str = "",
        points: float = 1, known: Known = (),
    ) -> None:  # fmt: skip
        """Check that the run raised an error of a built-in kind that names a value."""
        kinds = tuple(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
        expected = " or ".join(kinds) + (f" that names {mentions}" if mentions else "")
        if run.error is None:
            found = Difference(
                "no error was raised", f"expected {expected}, got {short(run.value)}"
            )
        elif not set(kinds) & {run.error.kind, *run.error.bases}:
            found = Difference(f"raised {run.error.kind}", f"expected {expected}, got {run.error}")
        elif mentions not in run.error.message:
            found = Difference("the error does not name the value", f"got {run.error}")
        else:
            found = None
        value = run.error.kind if run.error else run.value
        got = str(run.error or short(run.value))
        if found is None:  # where it was raised is of no interest then
            got = f"{run.error.kind}: {run.error.message}"
        row = Row(label, found is None, points, expected, got)
        self._add(row, run, found, _known_message(known, value) if found else "")

    def at_most(
        self, label: str, count: Count, limit: float, points: float = 1, message: str = "",
        analytic: float | None = None,
    ) -> None:  # fmt: skip
        """Check a budget: a measured count against a limit.

        A budget counts only where the results of the same run are right: a function that
        does nothing reads nothing.

        Parameters
        ----------
        label : str
            What is counted.
        count : Count
            A count of an `Outcome`.
        limit : float
            Largest count that passes.
        points : float
            Worth of the row.
        message : str
            What to learn where the budget is broken.
        analytic : float, optional
            A count from theory, used where the instrument is missing.

        Raises
        ------
        ValueError
            If no row has checked the results of that run before.
        """
        if count.run not in self._right:
            raise ValueError(f"budget {label!r}: check the results of the same run first")
        stand_in = count.analytic if analytic is None else analytic
        used = stand_in if count.value is None else count.value
        note = f"not measured here: {count.missing}" if count.value is None else ""
        got = f"{format_count(used, count.unit)} (analytic count; {note})" if note else ""
        row = Row(
            label, used is not None and used <= limit, points,
            f"at most {format_count(limit, count.unit)}", got or format_count(used, count.unit),
        )  # fmt: skip
        if not self._right[count.run]:
            row = replace(row, ok=False, message="A budget counts once the result is right.")
            return self._append(row)
        if used is None:
            return self._append(replace(row, ok=False, measured=False, got=note, message=""))
        found = None if row.ok else Difference("over the budget", message)
        self._add(row, None, found, message)

    def picture(self, axes) -> None:
        """Show a Matplotlib figure below the table; ignored in hidden rows."""
        from course_lib import plotting

        if not self._hidden:
            self._pictures.append(plotting.to_html(axes))

    def _failed_run(self, label: str, points: float, run: Outcome, known: Known) -> None:
        error = run.error
        detail = f"{error}" if not self._hidden else f'{error.kind} in line "{error.line}"'
        found = Difference(f"raised {error.kind}", f"Your function raised {detail}")
        if self._hidden:  # the error's own text may hold the secret arguments
            found = replace(found, kind=f"your function raised {detail}")
        row = Row(label, False, points, "", f"{error.kind}")
        self._add(row, run, found, _known_message(known, error.kind))

    def _add(self, row: Row, run: Outcome | None, found: Difference | None, known: str) -> None:
        if run is not None:
            self._right[run.number] = self._right.get(run.number, True) and row.ok
        if found:
            detail = found.kind if self._hidden else found.detail
            row = replace(row, message=known or detail)
        self._append(row)

    def _append(self, row: Row) -> None:
        if self._hidden:
            row = replace(row, hidden=True, expected="", got="")
        self.rows.append(row)

    # The score

    @property
    def score(self) -> float:
        """Points earned.

        Rows that this machine could not measure at all give their points to the others:
        the share of points earned is that of the rows that were measured.
        """
        lost = sum(row.points for row in self.rows if not row.measured)
        total = sum(row.points for row in self.rows)
        earned = sum(row.earned for row in self.rows)
        return earned * total / (total - lost) if 0 < lost < total else earned

    @property
    def passed(self) -> bool:
        """True if every row that could be measured passed."""
        return bool(self.rows) and all(row.ok or not row.measured for row in self.rows)

    def __repr__(self) -> str:
        self._remember()
        return f"{round(min(self.score, self.points), 2):g}"

    def __float__(self) -> float:
        return float(repr(self))

    def _repr_html_(self) -> str:
        head = ("", "check", "points", "expected", "came", "what to learn")
        rows = [
            (_mark(row), row.label + (" (hidden)" if row.hidden else ""),
             f"{row.earned:g} / {row.points:g}", row.expected, row.got, row.message)
            for row in self.rows
        ]  # fmt: skip
        caption = f"{self.title}: {self!r} of {self.points:g} points{self._unseen()}"
        return table(head, rows, caption=caption, text=True) + "".join(self._pictures)

    def _unseen(self) -> str:
        """Say which points are not decided by what was measured here."""
        rest = self.points - sum(row.points for row in self.rows)
        lost = sum(row.points for row in self.rows if not row.measured)
        notes = [f"hidden tests will decide on {rest:g} more"] if rest > 0 else []
        if lost:
            notes.append(f"{lost:g} could not be measured here and follow the others")
        return f" ({'; '.join(notes)})" if notes else ""

    def __str__(self) -> str:
        lines = [f"{self.title}: {self!r} of {self.points:g} points{self._unseen()}"]
        for row in self.rows:
            lines.append(f"  {_mark(row):14}{row.label}: {row.message or row.got or _mark(row)}")
        return "\n".join(lines)

    def _remember(self) -> None:
        """Count this attempt once, so that `hints.solution` knows when to open."""
        if not self._shown:
            from course_lib import hints

            self._shown = True
            hints.record_attempt(self.problem, self.passed)


def _mark(row: Row) -> str:
    if not row.measured:
        return "not measured"
    return "passed" if row.ok else "not yet"


def _known_message(known: Known, value) -> str:
    """Return the message of the first known mistake that fits the value."""
    # A predicate that looks at the items of such an array would crash the process.
    if type(value).__name__ in ("ndarray", "memmap") and is_closed_map(value):
        return ""
    for wrong, message in known:
        try:
            fits = wrong(value) if callable(wrong) else difference(value, wrong) is None
        except Exception:  # a predicate written for arrays may meet anything at all
            fits = False
        if type(fits).__name__ in ("bool", "bool_") and bool(fits):
            return message
    return ""
