"""Run one test cell on the trusted side, and turn what came out into a score.

The rules are nbgrader's: an error scores 0, a number as the last expression is partial
credit, anything else is full marks. Two rules differ: text on stderr costs nothing, and
what is no possible score (NaN, below 0, above the points) is 0 instead of full marks.
"""

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import math
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from nbverdict.hidden import hidden_lines
from nbverdict.ipython_syntax import to_python
from nbverdict.steps import Result, TestStep
from nbverdict.student.answers import Thrown
from nbverdict.verdict.border import STUDENTS_SIDE
from nbverdict.verdict.link import Broken, Link
from nbverdict.verdict.mirror import Watching
from nbverdict.verdict.proxies import Remote

_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class _Buffer(io.StringIO):
    """A text buffer that keeps the first part."""

    def __init__(self, limit: int):
        super().__init__()
        self._limit = limit

    def write(self, text: str) -> int:
        super().write(text[: max(0, self._limit - self.tell())])
        return len(text)


@dataclass(frozen=True)
class Failure:
    """Why a test cell got no points.

    Attributes
    ----------
    kind, text : str
        Name of the exception's class, and its text.
    line : int
        Line of the test that failed; 0 if it is not known.
    hidden : bool
        True if that line is in a hidden region.
    broken : bool
        True if the student's process gave no answer that counts.
    thrown : Thrown or None
        The way of a student's exception through the student's code.
    """

    kind: str
    text: str
    line: int
    hidden: bool
    broken: bool
    thrown: Thrown | None

    @property
    def reason(self) -> str:
        """The exception in one line."""
        if self.broken:
            return self.text
        return f"{self.kind}: {self.text}" if self.text else self.kind

    @property
    def where(self) -> str:
        """The student's line; empty if it is not known."""
        if self.thrown is None or not self.thrown.line:
            return ""
        return f'your line {self.thrown.lineno}: "{self.thrown.line}"'

    def public(self, source: list[str]) -> list[str]:
        """Return the lines that the student may read: nothing of a hidden test.

        Parameters
        ----------
        source : list of str
            The lines of the test.
        """
        if self.broken:
            return [f"No points: {self.reason}."]
        if self.hidden:
            where = f" in {self.where}" if self.where else ""
            return [f"A hidden test failed: {self.kind}{where}"]
        lines = [self.reason]
        if 0 < self.line <= len(source):
            lines.append(f"in the test: {source[self.line - 1].strip()}")
        if self.thrown is not None and self.where:
            lines += [f"in {self.where}", *self.thrown.traceback]
        return lines


class TestCell:
    """One test cell, to run once.

    Parameters
    ----------
    step : TestStep
    names : dict
        The trusted globals.
    link : Link
    """

    __test__ = False  # a word of the grader's, no test of pytest's

    def __init__(self, step: TestStep, names: dict, link: Link):
        self.step, self.names, self.link = step, names, link
        self.file = f"<test {step.name}>"
        self.hidden = hidden_lines(step.source)
        self.shown: list[dict[str, Any]] = []
        self._room = link.settings.output
        self._out, self._err = _Buffer(self._room), _Buffer(self._room)

    def run(self) -> Result:
        """Run the cell; return its score, outputs and reasons."""
        dict.__setitem__(self.names, "display", self._display)
        error: BaseException | None = None
        value = text = html = None
        self.link.start_cell()
        with self._alarm(), warnings.catch_warnings():
            warnings.simplefilter("default")
            with contextlib.redirect_stdout(self._out), contextlib.redirect_stderr(self._err):
                try:
                    value = self._execute()
                    text = None if value is None or isinstance(value, Remote) else repr(value)
                    html = _html(value)
                except BaseException as raised:  # whatever a test lets through is a failure
                    error = raised
        if self.link.broken:  # even if the test's own code has swallowed it
            return self._failed(Broken(self.link.broken))
        if error is not None:
            return self._failed(error)
        return self._passed(value, text, html)

    def in_hidden(self) -> bool:
        """Return True if the running line of the test is in a hidden region."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno in self.hidden
            frame = frame.f_back
        return False

    def captures(self) -> bool:
        """Return True unless the test has put its own text buffer in place of stdout."""
        return sys.stdout is self._out

    def _execute(self):
        source = self.step.source
        linecache.cache[self.file] = (len(source), None, source.splitlines(True), self.file)
        tree = ast.parse(to_python(source), self.file)
        last = tree.body[-1] if tree.body else None
        shown = isinstance(last, ast.Expr)
        if isinstance(last, ast.Expr):
            tree.body.pop()
        tree = ast.fix_missing_locations(Watching().visit(tree))
        self._do(compile(tree, self.file, "exec", _AWAIT))
        if not shown or not isinstance(last, ast.Expr):
            return None
        value = self._do(compile(ast.Expression(last.value), self.file, "eval", _AWAIT))
        return None if source.rstrip().endswith(";") else value

    def _do(self, code: CodeType):
        """Run code of the test; ``await`` may stand in it, as in a notebook."""
        value = eval(code, self.names)
        return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value

    @contextlib.contextmanager
    def _alarm(self):
        """End the cell if the trusted code itself hangs, on a pipe that the student left."""

        def ring(number, frame):
            self.link.broken = self.link.broken or "the test took too long"
            raise Broken(self.link.broken)

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, self.link.settings.cell_timeout + 2)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _display(self, *values) -> None:
        for value in values:
            html = _html(value)
            data = {"text/plain": repr(value)[: self._room]}
            self.shown.append(_output("display_data", data | ({"text/html": html} if html else {})))

    # Scores

    def _passed(self, value, text: str | None, html: str | None) -> Result:
        score, reason = score_of(text, self.step.points)
        outputs = self._streams() + self.shown
        if text is not None:
            data = {"text/plain": text[: self._room]}
            if html:
                data["text/html"] = html
            outputs.append(_output("execute_result", data, execution_count=None))
        elif isinstance(value, Remote):
            outputs.append(
                _output("execute_result", {"text/plain": repr(value)}, execution_count=None)
            )
        return Result(tuple(outputs), score, reason, reason, tuple(_row_messages(value)))

    def _failed(self, error: BaseException) -> Result:
        failure = self._failure(error)
        public = failure.public(self.step.source.split("\n"))
        lines = traceback.format_exception(error)[-12:]
        details = failure.reason if failure.broken else "".join(lines)[-4000:]
        name = "NotSolved" if failure.broken else failure.kind
        shown = self._streams() + self.shown
        if self.hidden:  # the feedback drops the traceback of a cell with hidden tests
            shown.append(_stream("stdout", "\n".join(public) + "\n"))
        output = {"output_type": "error", "ename": name, "evalue": public[0], "traceback": public}
        return Result(
            (*shown, output), 0.0, public[0], details, (public[0],), broken=failure.broken
        )

    def _failure(self, error: BaseException) -> Failure:
        line, thrown = self._failing_line(error), vars(error).get(STUDENTS_SIDE)
        return Failure(
            type(error).__name__, _text(error), line, line in self.hidden,
            isinstance(error, Broken), thrown if isinstance(thrown, Thrown) else None,
        )  # fmt: skip

    def _failing_line(self, error: BaseException) -> int:
        trace, number = error.__traceback__, 0
        if isinstance(error, SyntaxError) and error.filename == self.file:
            return error.lineno or 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                number = number if number in self.hidden else trace.tb_lineno
            trace = trace.tb_next
        return number

    def _streams(self) -> list[dict[str, Any]]:
        return [
            _stream(name, buffer.getvalue())
            for name, buffer in (("stdout", self._out), ("stderr", self._err))
            if buffer.getvalue()
        ]


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def score_of(text: str | None, points: float) -> tuple[float, str]:
    """Return (score, reason) for the text of the last expression, as nbgrader reads it.

    Parameters
    ----------
    text : str or None
        None if the cell ends with no value.
    points : float
        The most that the cell can get.
    """
    try:
        number = float(text or "none")
    except ValueError:
        return points, ""
    if math.isnan(number) or not 0 <= number <= points:
        return 0.0, f"the test's own result, {text!s:.40}, is no score between 0 and {points:g}"
    return number, ""


def _row_messages(value) -> list[str]:
    """Return what a report told the student about rows that did not pass."""
    rows = getattr(value, "rows", None)
    if isinstance(value, Remote) or type(rows) is not list:
        return []
    found = [row for row in rows if not getattr(row, "ok", True)]
    return [f"{row.label}: {row.message}" if row.message else str(row.label) for row in found]


def _html(value) -> str | None:
    method = getattr(type(value), "_repr_html_", None)
    if method is None or isinstance(value, (Remote, type)):
        return None
    html = method(value)
    return html if isinstance(html, str) and len(html) < 2_000_000 else None


def _output(kind: str, data: dict, **more) -> dict:
    return {"output_type": kind, "data": data, "metadata": {}, **more}


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:
        return ""
