"""Run one test cell on the trusted side, and turn what came out into a score.

The rules are nbgrader's: an error scores 0, a number as the last expression is partial
credit, anything else is full marks. Two rules differ: text on stderr costs nothing, and
what is no possible score (NaN, below 0, above the points) is 0 instead of full marks.
"""

import ast
import contextlib
import io
import linecache
import math
import signal
import sys
import traceback
import warnings

from nbverdict.hidden import hidden_lines
from nbverdict.verdict.link import Broken
from nbverdict.verdict.proxies import Remote

_OUTPUT_LIMIT = 100_000
# Magics that change nothing in a process without a screen.
_HARMLESS = ("matplotlib", "config", "load_ext", "autoreload", "autosave", "precision")


class _Buffer(io.StringIO):
    """A text buffer that keeps the first part."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, _OUTPUT_LIMIT - self.tell())])
        return len(text)


class TestCell:
    """One test cell, to run once.

    Parameters
    ----------
    cell : dict
        ``id``, ``source``, ``points``.
    names : dict
        The trusted globals.
    link : Link
    """

    __test__ = False  # a word of the grader's, no test of pytest's

    def __init__(self, cell: dict, names: dict, link):
        self.cell, self.names, self.link = cell, names, link
        self.file = f"<test {cell['id']}>"
        self.hidden = hidden_lines(cell["source"])
        self.shown: list[dict] = []
        self._out, self._err = _Buffer(), _Buffer()

    def run(self) -> dict:
        """Run the cell; return its score, outputs and reasons."""
        self.names["display"] = self._display
        error, value = None, None
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
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno in self.hidden
            frame = frame.f_back
        return False

    def captures(self) -> bool:
        """Return True unless the test has put its own text buffer in place of stdout."""
        return sys.stdout is self._out

    def _execute(self):
        source = self.cell["source"]
        linecache.cache[self.file] = (len(source), None, source.splitlines(True), self.file)
        tree = ast.parse(_plain(source, self.names), self.file)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, self.file, "exec"), self.names)
        if last is None or source.rstrip().endswith(";"):
            if last is not None:
                eval(compile(ast.Expression(last.value), self.file, "eval"), self.names)
            return None
        return eval(compile(ast.Expression(last.value), self.file, "eval"), self.names)

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
            data = {"text/plain": repr(value)[:_OUTPUT_LIMIT]}
            self.shown.append(_output("display_data", data | ({"text/html": html} if html else {})))

    # Scores

    def _passed(self, value, text: str | None, html: str | None) -> dict:
        points = self.cell["points"]
        score, reason = _score(text, points)
        outputs = self._streams() + self.shown
        if text is not None:
            data = {"text/plain": text[:_OUTPUT_LIMIT]}
            if html:
                data["text/html"] = html
            outputs.append(_output("execute_result", data, execution_count=None))
        elif isinstance(value, Remote):
            outputs.append(
                _output("execute_result", {"text/plain": repr(value)}, execution_count=None)
            )
        messages = _row_messages(value)
        result = {"score": score, "outputs": outputs, "reason": reason, "messages": messages}
        return result | {"details": reason, "broken": False}

    def _failed(self, error: BaseException) -> dict:
        line = self._failing_line(error)
        hidden = line in self.hidden
        broken = isinstance(error, Broken)
        kind, text = type(error).__name__, _text(error)
        reason = text if broken else f"{kind}: {text}" if text else kind
        public = self._public(kind, text, reason, hidden, broken, line, error)
        lines = traceback.format_exception(error)[-12:]
        details = reason if broken else "".join(lines)[-4000:]
        output = {"output_type": "error", "ename": "NotSolved" if broken else kind,
                  "evalue": public[0], "traceback": public}  # fmt: skip
        shown = self._streams() + self.shown
        if self.hidden:  # the feedback drops the traceback of a cell with hidden tests
            text = "\n".join(public) + "\n"
            shown.append({"output_type": "stream", "name": "stdout", "text": text})
        return {
            "score": 0.0, "outputs": [*shown, output],
            "reason": public[0], "details": details, "broken": broken, "messages": [public[0]],
        }  # fmt: skip

    def _public(self, kind, text, reason, hidden, broken, line, error) -> list[str]:
        """Return the lines that the student may read: nothing of a hidden test."""
        number, code = getattr(error, "student_line", ("", 0))[::-1]
        where = f'your line {number}: "{code}"' if code else ""
        if broken:
            return [f"No points: {reason}."]
        if hidden:
            told = f"A hidden test failed: {kind}" + (f" in {where}" if where else "")
            return [told]
        lines = [f"{kind}: {text}" if text else kind]
        if 0 < line <= self.cell["source"].count("\n") + 1:
            lines.append(f"in the test: {self.cell['source'].split(chr(10))[line - 1].strip()}")
        if where:
            lines.append(f"in {where}")
            lines += getattr(error, "student_trace", [])
        return lines

    def _failing_line(self, error: BaseException) -> int:
        trace, number = error.__traceback__, 0
        if isinstance(error, SyntaxError) and error.filename == self.file:
            return error.lineno or 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                number = number if number in self.hidden else trace.tb_lineno
            trace = trace.tb_next
        return number

    def _streams(self) -> list[dict]:
        return [
            {"output_type": "stream", "name": name, "text": buffer.getvalue()}
            for name, buffer in (("stdout", self._out), ("stderr", self._err))
            if buffer.getvalue()
        ]


def _score(text: str | None, points: float) -> tuple[float, str]:
    """Return (score, reason) for the text of the last expression, as nbgrader reads it."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return points, ""
    if math.isnan(number) or not 0 <= number <= points:
        return 0.0, f"the test's own result, {text[:40]}, is no score between 0 and {points:g}"
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


class _Magics:
    """What ``%matplotlib inline`` in a test cell calls."""

    def run_line_magic(self, name: str, line: str, *args, **kwargs) -> None:
        if name not in _HARMLESS:
            raise RuntimeError(f"the magic %{name} does not work in a graded cell")


def _plain(source: str, names: dict) -> str:
    """Return the source as Python, with IPython's magics turned into calls."""
    if not any(line.lstrip().startswith(("%", "!")) for line in source.split("\n")):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    names["get_ipython"] = _Magics
    return TransformerManager().transform_cell(source)
