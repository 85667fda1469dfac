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
import re
import signal
import sys
import threading
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

AFTER_HIDDEN = "What came is left out: hidden tests ran before. It is shown in your own notebook."
_NUMBER = re.compile(r"\d+(\.\d+)?")
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
        Name of the exception's class, a built-in one's where it must tell nothing; and its text.
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
        """The student's line, as the student's process tells it; empty if it is not known."""
        if self.thrown is None or not self.thrown.line:
            return ""
        return f'your line {self.thrown.lineno}: "{self.thrown.line}"'

    def public(self, source: list[str], told: bool) -> list[str]:
        """Return the lines that the student may read: nothing of a hidden test.

        Parameters
        ----------
        source : list of str
            The lines of the test.
        told : bool
            True if the student's code knows arguments of hidden tests, and may have put them into
            everything that it has a word in.
        """
        if self.broken:
            return [f"No points: {self.reason.split(' (')[0] if told else self.reason}."]
        if self.hidden:
            return [f"A hidden test failed: {self.kind}"]
        lines = [self.kind if told else self.reason]
        if 0 < self.line <= len(source):
            lines.append(f"in the test: {source[self.line - 1].strip()}")
        if told:
            return [*lines, AFTER_HIDDEN]
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
        # How much had been shown when the student's code was told of a hidden test; None: not yet.
        self._told_before = link.told_hidden
        self._untold: tuple[int, int, int] | None = (0, 0, 0) if link.told_hidden else None

    def run(self) -> Result:
        """Run the cell; return its score, outputs and reasons."""
        self.link.asking = self._note_hidden
        try:
            return self._run()
        finally:
            self.link.asking = lambda: None

    def _run(self) -> Result:
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
        """Return True if a running line of the test is in a hidden region.

        Any of them: a helper in the visible part may be called from there. What another thread
        was started for, nobody knows.
        """
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file and frame.f_lineno in self.hidden:
                return True
            frame = frame.f_back
        return bool(self.hidden) and threading.current_thread() is not threading.main_thread()

    def _note_hidden(self) -> None:
        """Before each request: note from when on the student's code may know what is hidden."""
        if not self.link.told_hidden and self.in_hidden():
            self.link.told_hidden = True
            self._untold = self._out.tell(), self._err.tell(), len(self.shown)

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
            outputs += [_result_of({"text/plain": text[: self._room]}, html)]
        elif isinstance(value, Remote):
            outputs += [_result_of({"text/plain": repr(value)}, None)]
        messages = tuple(_row_messages(value))
        public = self._public([self._public_result(value, text)] if text is not None else [])
        return Result(tuple(outputs), score, reason, reason, messages, public=public)

    def _public_result(self, value, text: str) -> dict[str, Any]:
        """Return what the student may see of the last expression: a report's page, a score."""
        rows = getattr(value, "rows", None)
        told_before = self._told_before or not any(
            getattr(row, "hidden", False) for row in (rows if type(rows) is list else ())
        )
        make = getattr(type(value), "_repr_public_html_", None)
        html = make(value, told_before) if make and not isinstance(value, type) else None
        is_score = bool(_NUMBER.fullmatch(text)) and not score_of(text, self.step.points)[1]
        return _result_of({"text/plain": text if is_score else AFTER_HIDDEN}, html)

    def _public(self, last: list[dict[str, Any]]) -> tuple[dict[str, Any], ...] | None:
        """Return what was shown before the code was told of a hidden test, and the last output."""
        if self._untold is None:
            return None
        out, err, shown = self._untold
        streams = ("stdout", self._out.getvalue()[:out]), ("stderr", self._err.getvalue()[:err])
        return (*(_stream(*each) for each in streams if each[1]), *self.shown[:shown], *last)

    def _failed(self, error: BaseException) -> Result:
        failure = self._failure(error)
        source, told = self.step.source.split("\n"), self._untold is not None
        public = failure.public(source, told=False)
        lines = traceback.format_exception(error)[-12:]
        details = failure.reason if failure.broken else "".join(lines)[-4000:]
        name = "NotSolved" if failure.broken else failure.kind
        shown = self._streams() + self.shown + self._error(name, public)
        kept = self._public(self._error(name, failure.public(source, told)))
        return Result(
            tuple(shown), 0.0, public[0], details, (public[0],), broken=failure.broken, public=kept
        )

    def _error(self, name: str, lines: list[str]) -> list[dict[str, Any]]:
        found = {"output_type": "error", "ename": name, "evalue": lines[0], "traceback": lines}
        if not self.hidden:
            return [found]
        # The feedback drops the traceback of a cell with hidden tests.
        return [_stream("stdout", "\n".join(lines) + "\n"), found]

    def _failure(self, error: BaseException) -> Failure:
        line, thrown = self._failing_line(error), vars(error).get(STUDENTS_SIDE)
        told = self._untold is not None
        return Failure(
            _public_kind(error) if told else type(error).__name__, _text(error), line,
            line in self.hidden,
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


def _public_kind(error: BaseException) -> str:
    """Return a name that holds no argument: a student may have named a class after one."""
    known = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    return known.__name__ if known is type(error) else f"an error of its own ({known.__name__})"


def _result_of(data: dict[str, str], html: str | None) -> dict[str, Any]:
    more = {"text/html": html} if html else {}
    return _output("execute_result", data | more, execution_count=None)


def _output(kind: str, data: dict, **more) -> dict:
    return {"output_type": kind, "data": data, "metadata": {}, **more}


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:
        return ""
