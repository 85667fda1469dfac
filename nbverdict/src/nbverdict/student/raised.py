"""Put what a student's function raised into words that point at the student's own line."""

import linecache
from collections.abc import Callable

from nbverdict.measuring import Raised


def describe(raised: BaseException, function: Callable) -> Raised:
    """Return an exception as text.

    Its line is the innermost one of the notebook: where a given function called the
    student's, the line of the student's.
    """
    filename, number = _innermost(raised, getattr(function, "__globals__", None))
    line = linecache.getline(filename, number).strip() if number else ""
    bases = tuple(b.__name__ for b in type(raised).__mro__ if b.__module__ == "builtins")
    return Raised(type(raised).__name__, _text(raised), line[:200], number, bases)


def _innermost(raised: BaseException, notebook: dict | None) -> tuple[str, int]:
    filename, number, trace = "", 0, raised.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is notebook:
            filename, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return filename, number


def _text(raised: BaseException) -> str:
    try:
        return str(raised)[:500]
    except BaseException:
        return ""
