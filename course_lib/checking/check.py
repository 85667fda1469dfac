"""Check a student's function, and teach with what came out: the report of a graded cell.

A report's plain text is its score, which stock nbgrader reads as partial credit. Its HTML says
where one stands, names the mistake if it is a known one, and shows the table of what passed, what
was expected and what came. One failing row does not hide the others, and no error of the student
raises.
"""

import builtins
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from course_lib import hints, progress
from course_lib.checking import diagnosis, files, full_check, outcome, report_page
from course_lib.checking.difference import Difference, difference, short
from course_lib.checking.local_call import StudentError
from course_lib.checking.outcome import Count, Outcome
from course_lib.checking.rows import Row
from course_lib.checking.workdir import workdir
from course_lib.units import format_count

__all__ = ["Report", "Row", "workdir"]


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
        self, label: str, got, expected, points: float = 1, of: Outcome | None = None,
        after: bool = True,
    ) -> None:  # fmt: skip
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
        of : Outcome, optional
            The run that `got` belongs to.
        after : bool
            False if the row makes no sense yet: something before it went wrong.

        Raises
        ------
        TypeError
            If `expected` holds what cannot be compared: a mistake of the author.
        """
        self.close(label, got, expected, 0, 0, points, of, after)

    def close(
        self, label: str, got, expected, rtol: float = 1e-6, atol: float = 0.0,
        points: float = 1, of: Outcome | None = None, after: bool = True,
    ) -> None:  # fmt: skip
        """Check that numbers are equal within a tolerance; otherwise as `equal`."""
        run = got if isinstance(got, Outcome) else of
        if self._cannot_be_checked(label, points, run, after):
            return
        value = got.value if isinstance(got, Outcome) else got
        found = difference(value, expected, rtol, atol)
        if found and files.is_reason(value):
            found = Difference("no usable file, or not of the expected size", str(value))
        behaviour = diagnosis.of_value(label, value) if found else ""
        row = Row(label, found is None, points, short(expected), short(value), behaviour=behaviour)
        self._add(row, run, found)

    def true(
        self, label: str, condition, points: float = 1, message: str = "", got="",
        of: Outcome | None = None, expected: str = "", after: bool = True,
    ) -> None:  # fmt: skip
        """Check a condition that the test computed itself from plain data.

        `message` is what to say where it does not hold. Give the run as `of`.
        """
        if self._cannot_be_checked(label, points, of, after):
            return
        holds = type(condition).__name__ in ("bool", "bool_") and bool(condition)
        text = got if isinstance(got, str) else short(got)
        found = None if holds else Difference("condition does not hold", "")
        row = Row(label, holds, points, expected, text, behaviour=diagnosis.of_value(label, got))
        self._add(row, of, found, message)

    def raises(
        self, label: str, run: Outcome, kind: type[BaseException] | tuple, mentions: str = "",
        points: float = 1, after: bool = True,
    ) -> None:  # fmt: skip
        """Check that the run raised an error of a built-in kind that names a value."""
        if self._cannot_be_checked(label, points, _only_unanswered(run), after):
            return
        kinds = tuple(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
        expected = " or ".join(kinds) + (f" that names {mentions}" if mentions else "")
        found = _wrong_error(run, kinds, mentions, expected)
        got = str(run.error or short(run.value))
        if found is None and run.error:  # where it was raised is of no interest then
            got = f"{run.error.kind}: {run.error.message}"
        behaviour = _of_ending(label, run, found)
        row = Row(label, found is None, points, expected, got, behaviour=behaviour)
        self._add(row, run, found)

    def at_most(
        self, label: str, count: Count, limit: float, points: float = 1, message: str = "",
        analytic: float | None = None, after: bool = True, at_least: float | None = None,
    ) -> None:  # fmt: skip
        """Check a budget: a measured count against a limit.

        A budget counts only where the results of the same run are right: a function that
        does nothing reads nothing. A count that is too good to be true fails, and so does one
        that the call itself has made impossible.

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
        after : bool
            False if the row makes no sense yet: something before it went wrong.
        at_least : float, optional
            Smallest measured count that a right answer can have. Default: what the count says
            of itself, 1 for what has to be read.

        Raises
        ------
        ValueError
            If no row has checked the results of that run before.
        """
        if count.run not in self._right:
            raise ValueError(f"budget {label!r}: check the results of the same run first")
        stand_in = count.analytic if analytic is None else analytic
        used = stand_in if count.value is None and not count.failed else count.value
        note = f"not measured here: {count.missing}" if count.value is None else ""
        got = format_count(used, count.unit) + (f" (analytic count; {note})" if note else "")
        wanted = f"at most {format_count(limit, count.unit)}"
        row = Row(label, used is not None and used <= limit, points, wanted, got)
        if not (after and self._right[count.run]):
            why = "It counts once the result is right."
            return self._append(replace(row, ok=False, waits=True, message=why))
        if beyond := _beyond_belief(count, limit, at_least):
            row = replace(row, ok=False, got="" if count.failed else got)
            return self._add(row, None, Difference("the count cannot be believed", beyond), "")
        if used is None:
            return self._append(replace(row, ok=False, measured=False, got=note))
        row = replace(row, behaviour=diagnosis.of_count(label, used))
        self._add(row, None, None if row.ok else Difference("over the budget", ""), message)

    def picture(self, axes) -> None:
        """Show a Matplotlib figure below the table; ignored in hidden rows."""
        from course_lib import plotting

        if not self._hidden:
            self._pictures.append(plotting.to_html(axes))

    def _cannot_be_checked(
        self, label: str, points: float, run: Outcome | None, after: bool
    ) -> bool:
        """Add a row that says why, if the call failed or something before the row did."""
        error = run.error if run is not None else None
        if run is not None and error is not None:
            if _is_placeholder(error):
                self._right[run.number] = False
                self._append(Row(label, False, points, answered=False))
            else:
                self._failed_run(label, points, run, error)
            return True
        if not after:
            self._append(Row(label, False, points, waits=True, message="A row above comes first."))
        return not after

    def _failed_run(self, label: str, points: float, run: Outcome, error: StudentError) -> None:
        """Show what the student's function raised: always, whatever else there is to say."""
        detail = f"Your function raised {error}"
        secret = f"your function raised {_public_kind(error)}"  # its text may hold the arguments
        found = Difference(secret, detail)
        came = f"{error.kind}: {error.message}" if error.message else error.kind
        row = Row(label, False, points, "", came, behaviour=diagnosis.of_error(error.kind))
        self._add(row, run, found)

    def _add(self, row: Row, run: Outcome | None, found: Difference | None, told: str = "") -> None:
        if run is not None:
            self._right[run.number] = self._right.get(run.number, True) and row.ok
        if found:
            # A sentence about the mistake stands beside what came, not in its place.
            message, public = (
                " ".join(filter(None, (told, _sentence(detail, told))))
                for detail in (found.detail, found.kind)
            )
            row = replace(row, message=public if self._hidden else message, public=public)
        self._append(replace(row, behaviour=diagnosis.PASSED) if row.ok else row)

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

    @property
    def diagnosis(self) -> str:
        """What the known wrong answers say that behave like this one; empty if none does."""
        hidden = [row.hidden for row in self.rows]
        table = diagnosis.of_all_rows if any(hidden) else diagnosis.of_visible_rows
        known, behaviour = table(self.problem), [row.behaviour for row in self.rows]
        found = diagnosis.diagnose(behaviour, known)
        if found is None and any(hidden):  # perhaps there is one mistake more in the hidden rows
            found = diagnosis.diagnose(*diagnosis.visible_part(behaviour, known, hidden))
        told = " ".join(row.message for row in self.rows)
        new = found is not None and any(message not in told for message in found.messages)
        return str(found) if new else ""

    def __repr__(self) -> str:
        self._finish()
        return f"{round(min(self._validated(), self.points), 2):g}"

    def __float__(self) -> float:
        return float(repr(self))

    def _validated(self) -> float:
        """Return the score; for nbgrader's Validate all points, if all that is seen passed.

        Validate takes less than all points for a failure, and in a release the hidden rows are
        not there. Where rows fail it shows what a cell printed on stderr.
        """
        if not os.environ.get("NBGRADER_VALIDATING"):
            return self.score
        return self.points if self.passed else self.score

    def _repr_html_(self) -> str:
        score = repr(self)
        page = report_page.html(self.title, self.rows, self.points, score, self.diagnosis)
        return page + "".join(self._pictures)

    def _repr_public_html_(self, after_hidden: bool) -> str:
        """Return the page without what came from code that knows arguments of hidden tests.

        Parameters
        ----------
        after_hidden : bool
            True if it knew them from the first row on, not only from the first hidden one on.
        """
        score, rows, left_out = repr(self), [], False
        for row in self.rows:
            after_hidden = after_hidden or row.hidden
            if after_hidden and not row.hidden:
                left_out = left_out or bool(row.got)
                row = replace(
                    row, got="", message=row.message if row.public is None else row.public
                )
            rows.append(row)
        notes = " ".join(filter(None, (self.diagnosis, report_page.LEFT_OUT if left_out else "")))
        return report_page.html(self.title, rows, self.points, score, notes)

    def __str__(self) -> str:
        score = repr(self)
        return report_page.text(self.title, self.rows, self.points, score, self.diagnosis)

    def _finish(self) -> None:
        """When it is shown first: run the hidden rows where they are, count the attempt."""
        if self._shown:
            return
        self._shown = True
        names = full_check.namespace()
        if names is not None and self.passed and names.get("report") is self:
            full_check.run(self.problem, names)
        if not report_page.unanswered(self.rows):
            hints.record_attempt(self.problem, self.passed)
        sentence = report_page.standing(self.rows, self.points)[1]
        score = min(self.score, self.points)
        progress.note(progress.Standing(self.problem, self.points, score, sentence))
        if os.environ.get("NBGRADER_VALIDATING") and not self.passed:
            print(self, file=sys.stderr)


def _beyond_belief(count: Count, limit: float, at_least: float | None) -> str:
    """Return why a count keeps no budget, whatever it says; empty if there is no reason."""
    if count.failed:  # it could have been measured: no theory stands in, and no other row pays
        return f"This could not be counted: {count.missing}."
    least = count.least if at_least is None else at_least
    if count.value is None or count.value >= min(least, limit):
        return ""
    found, least_text = format_count(count.value, count.unit), format_count(least, count.unit)
    return f"{found} were seen, and no right answer comes out with less than {least_text}."


def _is_placeholder(error: StudentError) -> bool:
    """Tell whether the answer is still what the release has in its place."""
    return error.kind == "NotImplementedError" and error.line.startswith("raise NotImplemented")


def _only_unanswered(run: Outcome) -> Outcome | None:
    return run if run.error is not None and _is_placeholder(run.error) else None


def _public_kind(error: StudentError) -> str:
    """Return a name that holds no argument: an exception's own class may be named after one.

    Only names of built-in exceptions do: all that an error says of itself may be made up.
    """
    known = next(filter(_is_builtin_error, (error.kind, *error.bases)), "Exception")
    return known if error.kind == known else f"an error of its own ({known})"


def _is_builtin_error(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def _wrong_error(
    run: Outcome, kinds: tuple[str, ...], mentions: str, expected: str
) -> Difference | None:
    """Return how what a run raised differs from what it should raise."""
    if run.error is None:
        return Difference("no error was raised", f"expected {expected}, got {short(run.value)}")
    if not set(kinds) & {run.error.kind, *run.error.bases}:
        public = _public_kind(run.error)
        return Difference(f"raised {public}", f"expected {expected}, got {run.error}")
    if mentions not in run.error.message:
        return Difference("the error does not name the value", f"got {run.error}")
    return None


def _of_ending(label: str, run: Outcome, found: Difference | None) -> str:
    """Return how a row behaves that wants an error."""
    if run.error is None:
        return diagnosis.of_value(label, run.value)
    nameless = found is not None and found.kind == "the error does not name the value"
    return diagnosis.of_error(run.error.kind + (" without the value" if nameless else ""))


def _sentence(detail: str, told: str) -> str:
    """Return the difference as a sentence of its own, where another one stands before it."""
    if not told or not detail:
        return detail
    return f"({detail})" if detail != told else ""
