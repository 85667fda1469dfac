"""Check a student's function, and teach with what came out: the report of a graded cell.

A report's plain text is its score, which stock nbgrader reads as partial credit. Its HTML
is the table of what passed, what was expected, what came, and the message that fits the
mistake. One failing row does not hide the others, and no error of the student raises.

A message for a value never speaks about an error: what was raised, with its text and the line of
the answer, always stands there itself.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from course_lib._html import Markup, badge, lines, table
from course_lib.checking import files, outcome, time_limit
from course_lib.checking.difference import Difference, difference, is_closed_map, short
from course_lib.checking.local_call import StudentError
from course_lib.checking.outcome import Count, Outcome
from course_lib.checking.time_limit import TimeLimit
from course_lib.checking.workdir import workdir
from course_lib.units import format_count

__all__ = ["NOT_MADE", "Report", "Row", "workdir"]

Known = Sequence[tuple[object, str]]

NOT_ANSWERED = "not answered yet"
DEPENDS = "This depends on a row above."
_BUDGET_WAITS = "A budget counts once the result is right."
_SHARE_AFTER_A_STOP = 5  # of the time of a call, once one of the report had to be stopped


class _NotMade:
    """What a test has in place of data that an earlier row did not give it."""

    def __repr__(self) -> str:
        return "check.NOT_MADE"


NOT_MADE = _NotMade()
"""Give it as `got` or `expected` where the row depends on one that failed."""

_PLACEHOLDERS = (  # what some tests say instead
    "the table is not right yet", "the values are not right yet", "not asked: see above",
)  # fmt: skip


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
        What to learn from the mistake; what was raised, if anything was.
    detail : str
        Where the result first differs, if `message` does not say it.
    hidden : bool
        True for a case whose values stay secret.
    measured : bool
        False if this machine could not measure it; its points then do not count.
    waits : bool
        True if it could not be decided, as something before it is not right yet.
    """

    label: str
    ok: bool
    points: float
    expected: str = ""
    got: str = ""
    message: str = ""
    hidden: bool = False
    measured: bool = True
    detail: str = ""
    waits: bool = False

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
        self._shown = self._unanswered = self._stopped = self._waiting = False

    # Calling the student's function

    def run(self, function: Callable, *args, **options) -> Outcome:
        """Call the student's function and measure it.

        Parameters
        ----------
        function : callable
            The student's function.
        *args : object
            Its arguments by position.
        **options : object
            Options of `outcome.run`, and arguments by name.

        Notes
        -----
        In a notebook a call is stopped after `time_limit.CPU_SECONDS` of processor time, and the
        others of the report have less. The grader has limits of its own.
        """
        if self._stopped:
            limits = time_limit.CPU_SECONDS, time_limit.WALL_SECONDS
            options.setdefault("time_limit", TimeLimit(*(s / _SHARE_AFTER_A_STOP for s in limits)))
        run = outcome.run(function, *args, **options)
        self._stopped = self._stopped or _was_stopped(run.error)
        self._unanswered = self._unanswered or _is_placeholder_answer(run.error)
        return run

    @contextmanager
    def depends_on(self, *runs: Outcome) -> Iterator[None]:
        """Leave the rows of the block undecided unless every row of these runs has passed.

        Parameters
        ----------
        *runs : Outcome
            What made the files or values that the block asks for. A run that no row has checked
            is right if it raised nothing.

        Examples
        --------
        >>> report = Report("double", "Twice a number", points=2)
        >>> made = report.run(int, "three")
        >>> report.equal("three", made, 3)
        >>> with report.depends_on(made):
        ...     report.equal("and one more", report.run(lambda: made.value + 1), 4)
        >>> report.rows[1].message
        'This depends on a row above.'
        """
        before = self._waiting
        self._waiting = before or not all(
            run.error is None and self._right.get(run.number, True) for run in runs
        )
        try:
            yield
        finally:
            self._waiting = before

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
            Typical mistakes. The first that fits the result gives the message. A predicate is
            asked about values only; the name of an exception's class fits what was raised.
        of : Outcome, optional
            The run that `got` belongs to.
        """
        self.close(label, got, expected, rtol=0, atol=0, points=points, known=known, of=of)

    def close(
        self, label: str, got, expected, rtol: float = 1e-6, atol: float = 0.0,
        points: float = 1, known: Known = (), of: Outcome | None = None,
    ) -> None:  # fmt: skip
        """Check that numbers are equal within a tolerance.

        Parameters
        ----------
        label, got, expected, points, known, of
            As in `equal`.
        rtol, atol : float
            Relative and absolute tolerance.
        """
        run = got if isinstance(got, Outcome) else of
        value = got.value if isinstance(got, Outcome) else got
        if self._waiting or any(map(_is_not_made, (value, expected))):
            return self._wait(Row(label, False, points), run)
        if run is not None and run.error:
            return self._failed_run(label, points, run, known)
        found: Difference | None
        if files.is_reason(value) and type(expected) is not str:
            found = Difference("no usable file", str(value))
        else:
            found = difference(value, expected, rtol, atol, returned=isinstance(got, Outcome))
        row = Row(label, found is None, points, short(expected), short(value))
        self._add(row, run, found, _known_message(known, value) if found else "")

    def true(
        self, label: str, condition, points: float = 1, message: str = "", got="",
        of: Outcome | None = None, expected: str = "",
    ) -> None:  # fmt: skip
        """Check a condition that the test computed itself from plain data.

        Parameters
        ----------
        label : str
            The case.
        condition : bool
            Whether it holds.
        points : float
            Worth of the row.
        message : str
            What to say where it does not hold.
        got : object
            What came, for the reader.
        of : Outcome, optional
            The run that it is about.
        expected : str
            What should come, for the reader.
        """
        if self._waiting or _is_not_made(got):
            return self._wait(Row(label, False, points, expected), of)
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
        """Check that the run raised an error of a built-in kind that names a value.

        Parameters
        ----------
        label : str
            The case.
        run : Outcome
            The run that should raise.
        kind : exception class or tuple of these
            What it should raise; a kind of it will do.
        mentions : str
            What the text of the error has to contain.
        points : float
            Worth of the row.
        known : list of (value or predicate, message)
            Typical mistakes, as in `equal`.
        """
        kinds = tuple(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
        expected = " or ".join(kinds) + (f" that names {mentions}" if mentions else "")
        if self._waiting:
            return self._wait(Row(label, False, points, expected), run)
        found = self._not_raised(run, kinds, mentions, expected)
        if found is None or run.error is None:
            known_text = _known_message(known, run.value) if found else ""
        else:
            said = self._raised(run.error) if self._hidden else found.detail
            known_text = " ".join(filter(None, (said, _known_error(known, run.error))))
        row = Row(label, found is None, points, expected, _what_came(run))
        self._add(row, run, found, known_text)

    def _not_raised(
        self, run: Outcome, kinds: tuple[str, ...], mentions: str, expected: str
    ) -> Difference | None:
        """Return why a run did not raise what it should; None if it did."""
        error = run.error
        if error is None:
            return Difference("no error was raised", f"expected {expected}, got {short(run.value)}")
        detail = self._raised(error)
        if not set(kinds) & {error.kind, *error.bases}:
            return Difference(f"raised {error.kind}", f"expected {expected}. {detail}")
        if mentions not in error.message:
            return Difference("the error does not name the value", detail)
        return None

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
        got = note if used is None else format_count(used, count.unit)
        if note and used is not None:
            got = f"{got} (analytic count; {note})"
        fits, most = used is not None and used <= limit, format_count(limit, count.unit)
        row = Row(label, fits, points, f"at most {most}", got)
        if self._waiting or not self._right[count.run]:
            why = DEPENDS if self._waiting else _BUDGET_WAITS
            return self._append(replace(row, ok=False, message=why, waits=True))
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
        assert run.error is not None
        detail = self._raised(run.error)
        found = Difference(detail, detail)
        row = Row(label, False, points, "", _what_came(run))
        self._add(row, run, found, " ".join(filter(None, (detail, _known_error(known, run.error)))))

    def _raised(self, error: StudentError) -> str:
        """Say what was raised; in a hidden row without its text, which may hold the arguments."""
        if _was_stopped(error):
            where = f' Line {error.lineno} was at work: "{error.line}".' if error.line else ""
            return f"{error.message[:1].upper()}{error.message[1:]}.{where}"
        if not self._hidden:
            return f"Your function raised {error}."
        where = f' in line {error.lineno}: "{error.line}"' if error.line else ""
        return f"Your function raised {error.kind}{where}."

    def _wait(self, row: Row, run: Outcome | None) -> None:
        """Add a row that nothing can be said of yet."""
        if run is not None:
            self._right[run.number] = False
        self._append(replace(row, message=DEPENDS, waits=True))

    def _add(self, row: Row, run: Outcome | None, found: Difference | None, known: str) -> None:
        if run is not None:
            self._right[run.number] = self._right.get(run.number, True) and row.ok
        if found:
            detail = found.kind if self._hidden else found.detail
            detail, message = ("", detail) if not known else (detail, known)
            row = replace(row, message=message, detail="" if detail in message else detail)
        self._append(row)

    def _append(self, row: Row) -> None:
        if self._unanswered and not row.ok:
            row = replace(row, message=NOT_ANSWERED, got="", detail="", waits=False)
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
    def state(self) -> str:
        """Where one stands, in words.

        ``"not answered yet"``, ``"not yet"``, ``"all visible checks pass"`` where hidden cases
        are still to decide, or ``"solved"``.
        """
        if self._unanswered and not self.passed:
            return NOT_ANSWERED
        if not self.passed:
            return "not yet"
        return "all visible checks pass" if self._points_unseen() > 0 else "solved"

    def __repr__(self) -> str:
        self._remember()
        return f"{round(min(self.score, self.points), 2):g}"

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        """Write what stands below a cell: the score, which stock nbgrader reads.

        The Validate button of JupyterLab asks for all points of the cell, and hidden rows are
        not in the notebook that it runs. So there, what passes in all rows counts as all points.
        That gives nothing away: with the hidden rows the two are the same. What fails says so on
        stderr, which the button shows.
        """
        text = repr(self)
        if _validating():
            if self.passed:
                text = f"{self.points:g}"
            else:
                print(self, file=sys.stderr)
        printer.text(text)

    def __float__(self) -> float:
        return float(repr(self))

    def _repr_html_(self) -> str:
        head = ("", "check", "points", "expected", "came", "what to learn")
        rows = [
            (badge(_mark(row), _tone(row)), row.label + (" (hidden)" if row.hidden else ""),
             f"{row.earned:g} / {row.points:g}", row.expected, row.got,
             lines(row.message, row.detail))
            for row in self.rows
        ]  # fmt: skip
        tones = {NOT_ANSWERED: "neutral", "not yet": "bad", "solved": "good"}
        mark = badge(self.state, tones.get(self.state, "open"))
        caption = Markup(f"{mark} {lines(self._head())}")
        return table(head, rows, caption=caption, text=True) + "".join(self._pictures)

    def _head(self) -> str:
        return f"{self.title}: {self!r} of {self.points:g} points{self._unseen()}"

    def _points_unseen(self) -> float:
        return self.points - sum(row.points for row in self.rows)

    def _unseen(self) -> str:
        """Say which points are not decided by what was measured here."""
        rest = self._points_unseen()
        lost = sum(row.points for row in self.rows if not row.measured)
        notes = [f"hidden cases will decide on {rest:g} more"] if rest > 0 else []
        if lost:
            notes.append(f"{lost:g} could not be measured here and follow the others")
        return f" ({'; '.join(notes)})" if notes else ""

    def __str__(self) -> str:
        found = [f"{self._head()}: {self.state}"]
        for row in self.rows:
            told = " ".join(filter(None, (row.message, row.detail))) or row.got or _mark(row)
            found.append(f"  {_mark(row):16}{row.label}: {told}")
        return "\n".join(found)

    def _remember(self) -> None:
        """Count this attempt once, so that `hints.solution` knows when to open.

        To run the check of an untouched cell is no attempt.
        """
        if not self._shown and self.state != NOT_ANSWERED:
            from course_lib import hints

            self._shown = True
            hints.record_attempt(self.problem, self.passed)


def _validating() -> bool:
    """Tell whether nbgrader's validation runs this notebook."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def _is_placeholder_answer(error: StudentError | None) -> bool:
    """Tell whether an error is that of a cell which nobody has filled in."""
    if error is None or error.kind != "NotImplementedError" or error.message:
        return False
    return error.line in ("", "raise NotImplementedError()")


def _was_stopped(error: StudentError | None) -> bool:
    return error is not None and error.kind == time_limit.TookTooLong.__name__


def _is_not_made(value) -> bool:
    return value is NOT_MADE or (type(value) is str and value in _PLACEHOLDERS)


def _what_came(run: Outcome) -> str:
    """Return a short text for what a run returned or raised."""
    if run.error is None:
        return short(run.value)
    if _was_stopped(run.error):
        return "stopped"
    return f"{run.error.kind}: {run.error.message}" if run.error.message else run.error.kind


def _mark(row: Row) -> str:
    if not row.measured:
        return "not measured"
    if row.message == NOT_ANSWERED:
        return NOT_ANSWERED
    if row.waits:
        return "waits"
    return "passed" if row.ok else "not yet"


def _tone(row: Row) -> str:
    return {"passed": "good", "not yet": "bad"}.get(_mark(row), "neutral")


def _known_error(known: Known, error: StudentError) -> str:
    """Return the message that names the class of an error; predicates are for values."""
    return next(
        (message for wrong, message in known if type(wrong) is str and wrong == error.kind), ""
    )


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
