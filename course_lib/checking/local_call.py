"""Call a function in this process: catch its errors and prints, and steady its maps."""

import gc
import io
import linecache
import mmap
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from course_lib.checking.time_limit import TimeLimit
from course_lib.system import libc

_PRINTED_LIMIT = 4000


@dataclass(frozen=True)
class StudentError:
    """What a student's function raised.

    Attributes
    ----------
    kind : str
        Name of the exception's class.
    message : str
        Its text, shortened.
    line : str
        The student's line that failed; empty if it is not known.
    lineno : int
        Its number in the cell; 0 if it is not known.
    bases : tuple of str
        Names of the built-in exceptions that it is a kind of.
    """

    kind: str
    message: str
    line: str = ""
    lineno: int = 0
    bases: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f' in line {self.lineno}: "{self.line}"' if self.line else ""
        return f"{self.kind}: {self.message}{where}" if self.message else f"{self.kind}{where}"


@dataclass(frozen=True)
class Called:
    """What came of a call.

    Attributes
    ----------
    value : object
        The result; ``None`` if it raised.
    args : tuple
        The arguments after the call.
    error : StudentError or None
        What it raised.
    printed : str
        What it printed, the first few kB.
    told : dict or None
        What a trace in the same process has counted, as plain data.
    """

    value: object
    args: tuple = ()
    error: StudentError | None = None
    printed: str = ""
    told: dict | None = None


def with_told(called: Called, told: dict) -> Called:
    """Return the same with what a trace has counted."""
    return replace(called, told=told)


class _Shortened(io.StringIO):
    """A text buffer that keeps the first few kB, so a print of a page costs nothing."""

    def write(self, text: str) -> int:
        room = _PRINTED_LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def call(
    function: Callable,
    args: tuple,
    kwargs: dict,
    take: int | None = None,
    random_maps: bool = False,
    limit: TimeLimit | None = None,
) -> Called:
    """Call a function; never raise for its errors.

    Parameters
    ----------
    function : callable
        What to call.
    args : tuple
        Its arguments by position.
    kwargs : dict
        Its arguments by name.
    take : int, optional
        Take that many items of the iterator that it returns, as a list, and close it.
    random_maps : bool
        True to switch readahead off for every memory map made meanwhile.
    limit : TimeLimit, optional
        What ends a call that takes too long. Default: nothing does.
    """
    printed, error, value = _Shortened(), None, None
    limit = limit or TimeLimit(0, 0)
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(printed))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # a harmless warning must not cost points
        if random_maps:
            stack.enter_context(maps_without_readahead())
        stack.callback(limit.stop)
        try:
            with limit:
                value = function(*args, **kwargs)
                if take is not None:
                    value = _take(value, take)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # SystemExit too: nothing a student does ends the check
            limit.stop()  # a signal may have come on the way out of the block
            value, error = None, describe(raised, function)
        if error is not None:
            collect_quietly()  # what the traceback held
    return Called(value, args, error, printed.getvalue())


def collect_quietly() -> None:
    """Free what calls left in rings, such as a traceback with a coroutine that nobody awaited.

    Some of it complains on stderr when it goes, and stock nbgrader takes all points of a cell
    for that.
    """
    with redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


_set_aside = False


def settle() -> None:
    """Free what earlier calls left, so that the peak of the next call is its own.

    The first time, everything alive is set aside for good: that is the imported libraries,
    which the collector would otherwise go through again before each call.
    """
    global _set_aside
    collect_quietly()
    if not _set_aside:
        gc.freeze()
        _set_aside = True
    libc.trim_heap()


def _take(items, n: int) -> list:
    iterator = iter(items)
    try:
        return list(islice(iterator, n))
    finally:
        getattr(iterator, "close", lambda: None)()


def describe(raised: BaseException, function: Callable) -> StudentError:
    """Turn an exception into a `StudentError` that points at the student's own line.

    That is the innermost line of the notebook: where a given function called the student's,
    the line of the student's.
    """
    notebook, trace = getattr(function, "__globals__", None), raised.__traceback__
    filename, number = "", 0
    while trace is not None:
        if trace.tb_frame.f_globals is notebook:
            filename, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    line = linecache.getline(filename, number).strip() if number else ""
    try:
        message = str(raised)[:500]
    except BaseException:
        message = ""
    bases = tuple(b.__name__ for b in type(raised).__mro__ if b.__module__ == "builtins")
    return StudentError(type(raised).__name__, message, line[:200], number, bases)


@contextmanager
def maps_without_readahead() -> Iterator[None]:
    """Give every memory map made inside the block the advice MADV_RANDOM.

    Notes
    -----
    Readahead differs from machine to machine; without it a page count is exact.
    """
    original: Any = mmap.mmap

    class RandomMap(original):
        """A memory map that fetches single pages: pages in the cache are pages in use."""

        def __new__(cls, *args, **kwargs):
            made = super().__new__(cls, *args, **kwargs)
            if hasattr(mmap, "MADV_RANDOM"):
                made.madvise(mmap.MADV_RANDOM)
            return made

    RandomMap.__name__ = original.__name__  # tests tell a map by its name
    mmap.mmap = RandomMap  # type: ignore[misc]
    try:
        yield
    finally:
        mmap.mmap = original  # type: ignore[misc]
