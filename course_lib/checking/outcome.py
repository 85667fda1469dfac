"""Call a student's function and measure the call from outside the function.

The call may happen in this process (a learner's notebook) or in another one (the grader,
whose functions are proxies). The kernel's counters of the process that runs it tell what
it cost, so both places give the same counts.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, cast

from course_lib import pagecache
from course_lib.checking import files, local_call
from course_lib.checking.cost import Cost, Told
from course_lib.checking.leftovers import Left, Leftovers
from course_lib.checking.local_call import StudentError
from course_lib.checking.time_limit import TimeLimit
from course_lib.checking.watched import WatchedFiles, count_or_all
from course_lib.recording import is_metadata
from course_lib.system import instruments, libc


@dataclass(frozen=True)
class Count:
    """One measured figure of a run, with how it was measured.

    Attributes
    ----------
    value : int or None
        The figure; ``None`` where it could not be measured.
    unit : str
        ``"bytes"``, ``"pages"``, ``"files"``, ...
    missing : str
        Why there is no value.
    analytic : int or None
        A count that needs no instrument and stands in for the missing value.
    names : tuple of str
        What was counted, where it has names (files), in order.
    run : int
        Number of the run that it belongs to.
    failed : bool
        True if the instrument works here and the call took the value away: no budget is kept.
    least : int
        The smallest value that a right answer can have.
    """

    value: int | None
    unit: str
    missing: str = ""
    analytic: int | None = None
    names: tuple[str, ...] = ()
    run: int = 0
    failed: bool = False
    least: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a student's function returned or raised, and what it cost.

    All processes that run for the function count, not only the one that was called.

    Attributes
    ----------
    value : object
        The result as plain data; ``None`` if it raised.
    error : StudentError or None
        What it raised.
    printed : str
        What it printed, the first few kB.
    args : tuple
        The arguments after the call, changes in place included.
    pages : Count
        Pages of the watched files that are resident after the call. Exact if the run was
        cold: memory maps then fetch page by page, without readahead.
    bytes_read, reads : Count
        Bytes and calls of read(), anywhere. Blind to memory maps.
    bytes_written : Count
        Bytes of write(). Blind to memory maps.
    bytes_dirtied : Count
        Bytes of the pages that the process made dirty, by write() or through a memory map:
        what the disk has to take. A page that was flushed and changed again counts twice.
    opened, chunks : Count
        How often a watched file was opened; `chunks` leaves out Zarr's metadata files.
    peak : Count
        Bytes by which the processes grew at their highest, with what they hold in shared memory
        afterwards. Not told of a call that starts a process. Where that is not measured: bytes
        that were allocated.
    held : Count
        Only where the peak is not measured: bytes allocated or mapped at one time. That is
        the peak, by theory, of a function that uses all of what it maps.
    descriptors : Count
        Descriptors that stayed open.
    segments : Count
        Shared memory segments that stayed.
    processes : Count
        Processes that stayed, those that were cut off from their parents too.
    dirty : Count
        Pages of the watched files that are not on disk yet.
    """

    number: int
    value: object
    error: StudentError | None
    printed: str = ""
    args: tuple = ()
    counts: dict[str, Count] = field(default_factory=dict, repr=False)

    def __getattr__(self, name: str) -> Count:
        try:
            return self.__dict__["counts"][name]
        except KeyError:
            raise AttributeError(f"an Outcome has no {name!r}") from None


_numbers = iter(range(1, 1 << 62))


def run(
    function: Callable,
    *args,
    watch: str | os.PathLike | Iterable[str | os.PathLike] = (),
    cold: bool = False,
    take: int | None = None,
    segment_prefix: str = "",
    time_limit: TimeLimit | None = None,
    **kwargs,
) -> Outcome:
    """Call `function(*args, **kwargs)` and measure it; never raise for its errors.

    Parameters
    ----------
    function : callable
        The student's function, or a proxy with ``worker_pid``, ``settle`` and
        ``call_in_worker``.
    *args : object
        Its arguments by position.
    watch : path or list of paths
        Files or directories whose pages, opens and dirty pages are counted.
    cold : bool
        True to evict the watched files first, and to switch readahead off for memory
        maps, so that pages resident afterwards are pages that were used.
    take : int, optional
        For a generator: how many items to take, as a list, before measuring.
    segment_prefix : str
        Count only shared memory segments whose name starts like this.
    time_limit : TimeLimit, optional
        What ends a call in this process. Default: `TimeLimit` with its own limits. A call in
        another process has those of the grader.
    **kwargs : object
        The arguments of `function` by name.
    """
    watched = [watch] if isinstance(watch, (str, os.PathLike)) else watch
    probe = _Probe(function, [os.fspath(path) for path in watched], cold, segment_prefix)
    with ExitStack() as stack:
        probe.start(stack)
        if probe.remote:
            options = {"take": take, "random_maps": cold, "trace": probe.wanted}
            called = cast(Any, function).call_in_worker(args, kwargs, options)
            probe.trace = _trace(called.told, probe.wanted)
        else:
            limit = time_limit or TimeLimit()
            called = local_call.call(function, args, kwargs, take, random_maps=cold, limit=limit)
        counts = probe.stop()
    if not probe.remote:
        local_call.collect_quietly()  # here, not in a cell of another problem
    error = _student_error(called.error)
    return Outcome(probe.number, called.value, error, called.printed, tuple(called.args), counts)


def _student_error(error) -> StudentError | None:
    """Return what the call raised; a grader has an error class of its own, with our fields."""
    if error is None or isinstance(error, StudentError):
        return error
    return StudentError(error.kind, error.message, error.line, error.lineno, error.bases)


def _trace(told: dict | None, wanted: dict | None):
    """Return what the student's process told of its call; None if that makes no sense."""
    from course_lib.checking import portable  # most machines never need it

    try:
        return portable.Trace.of(told, wanted["cold"]) if wanted and told else None
    except (KeyError, TypeError, ValueError):
        return None


class _Probe:
    """The measurements around one call; each method reads one instrument."""

    def __init__(self, function, paths: list[str], cold: bool, segment_prefix: str):
        self.number = next(_numbers)
        self.remote = hasattr(function, "call_in_worker")
        self.settle = function.settle if self.remote else local_call.settle
        self.cost = Cost(function.worker_pid if self.remote else os.getpid(), self.remote)
        self.left = Leftovers(self.cost.family, segment_prefix)
        self.watched, self.cold = WatchedFiles(paths), cold
        self.trace: Any = None
        self.wanted: dict[str, Any] | None = None

    def start(self, stack: ExitStack) -> None:
        """Read the counters before the call.

        Settling is code of the student's process, too: what it reads and leaves counts. Its
        memory and its writes do not, because earlier calls have left them.
        """
        stack.enter_context(self.watched)
        if self.remote:
            self.left.look_before()
            self.cost.before_settling()
        self.settle()
        self.cost.family.forget()
        self.not_cold = self._cool() if self.cold else ""
        self.inotify = self._watch_opens(stack)
        self.left.look_before()
        self.tracing = stack.enter_context(ExitStack())
        if self._lacks_something():
            self._start_trace()
        self.cost.before_call()

    def _cool(self) -> str:
        if self.watched.gone:  # an earlier call of the student's may have removed it
            return f"{self.watched.gone} is gone"
        return self.watched.swapped() or self.watched.evict()

    def _watch_opens(self, stack: ExitStack) -> libc.Inotify | None:
        if not self.watched.paths or not instruments.works("inotify"):
            return None
        there = list(filter(os.path.exists, self.watched.paths))  # what is gone cannot be opened
        return stack.enter_context(libc.Inotify(there))

    def _start_trace(self) -> None:
        from course_lib.checking import portable  # most machines never need it

        wanted: dict[str, Any] = {
            "paths": self.watched.paths, "cold": self.cold,
            "allocations": not instruments.works("peak"), "unsynced": files.unsynced(),
        }  # fmt: skip
        self.wanted = wanted
        if not self.remote:  # a trace follows the process that it runs in
            self.trace = self.tracing.enter_context(portable.traced(**wanted))

    def _lacks_something(self) -> bool:
        names = ["peak", "proc_io"]
        if self.watched.paths:
            names += ["mincore", "cachestat", "inotify"]
        return bool(self.not_cold) or not all(map(instruments.works, names))

    def stop(self) -> dict[str, Count]:
        """Read them after it, I/O first: the other instruments read files themselves."""
        self.tracing.close()  # before the instruments open files
        cost = self.cost.after_call()
        opened = self._opened()
        counts = {
            "opened": self._opens(opened),
            "chunks": self._opens([n for n in opened if not is_metadata(n)], "chunk files"),
            "pages": self._pages(),
            "dirty": self._dirty(),
            "held": self._held(),
        }
        untouched = self._untouched(opened, counts["pages"])
        counts |= {name: self._figure(name, told, untouched) for name, told in cost.items()}
        left = self.left.look_after()
        return counts | {unit: self._left(unit, found) for unit, found in left.items()}

    def _count(self, value, unit, missing="", analytic=None, **more) -> Count:
        return Count(value, unit, missing, analytic, run=self.number, **more)

    def _figure(self, name: str, told: Told, untouched: bool) -> Count:
        """Return a figure of the kernel's; something was read, if nothing else shows it."""
        traced = "allocated" if name == "peak" else name
        analytic = None if told.failed else getattr(self.trace, traced, None)
        unit, least = ("reads" if name == "reads" else "bytes"), 0
        if name in ("bytes_read", "reads") and untouched:
            least = 1
        return self._count(told.value, unit, told.why, analytic, failed=told.failed, least=least)

    def _untouched(self, opened: list[str], pages: Count) -> bool:
        """Tell whether no other instrument has seen the function at its files."""
        seen = bool(opened) or (self.cold and pages.value != 0)
        return bool(self.watched.paths) and self.inotify is not None and not seen

    def _held(self) -> Count:
        if self.trace is None or instruments.works("peak"):
            return self._count(None, "bytes", "the high-water mark is measured")
        return self._count(self.trace.held, "bytes")

    def _opened(self) -> list[str]:
        if self.inotify:
            return self.inotify.opened()
        return list(self.trace.opened) if self.trace else []

    def _opens(self, names: list[str], unit: str = "files") -> Count:
        if self.inotify:
            return self._count(len(names), unit, names=tuple(names), least=1)
        why = instruments.available("inotify").why if self.watched.paths else "no file was watched"
        analytic = len(names) if self.trace and self.watched.paths else None
        return self._count(None, unit, why, analytic, names=tuple(names))

    def _pages(self) -> Count:
        changed = self.watched.swapped() or self.watched.missing()
        if self.cold and self.watched.gone:
            changed = self.not_cold
        if changed:
            return self._count(None, "pages", changed, failed=True)
        count = self._over_files(
            lambda p: pagecache.residency(p).resident_pages, "mincore", "pages", self.not_cold
        )
        return replace(count, least=1 if self.cold else 0)

    def _dirty(self) -> Count:
        if changed := self.watched.missing():
            return self._count(None, "pages", changed, failed=True)
        return self._over_files(pagecache.dirty_pages, "cachestat", "dirty_pages")

    def _over_files(self, count: Callable, instrument: str, traced: str, why: str = "") -> Count:
        if not self.watched.paths:
            return self._count(None, "pages", "no file was watched")
        watched = self.watched.files()
        found = [None] if why else [count_or_all(count, file) for file in watched]
        if None not in found:
            return self._count(sum(found), "pages")
        why = why or instruments.available(instrument).why
        known = self.trace if watched else None
        analytic = sum(map(getattr(known, traced), watched)) if known else None
        return self._count(None, "pages", why or "the kernel does not tell for this file", analytic)

    def _left(self, unit: str, left: Left) -> Count:
        if left.names is None:
            return self._count(None, unit, left.why, failed=left.failed)
        return self._count(len(left.names), unit, names=left.names)
