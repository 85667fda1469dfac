"""Call a student's function and measure the call from outside the function.

The call may happen in this process (a learner's notebook) or in another one (the grader,
whose functions are proxies). The kernel's counters of the process that runs it tell what
it cost, so both places give the same counts.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from course_lib import pagecache
from course_lib.checking import files, local_call
from course_lib.checking.local_call import StudentError
from course_lib.checking.time_limit import TimeLimit
from course_lib.recording import is_metadata
from course_lib.system import instruments, libc, procfs
from course_lib.units import GiB


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
    """

    value: int | None
    unit: str
    missing: str = ""
    analytic: int | None = None
    names: tuple[str, ...] = ()
    run: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a student's function returned or raised, and what it cost.

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
        Bytes by which the process grew at its highest. Where that is not measured: bytes
        that it allocated.
    held : Count
        Only where the peak is not measured: bytes allocated or mapped at one time. That is
        the peak, by theory, of a function that uses all of what it maps.
    descriptors : Count
        Descriptors that stayed open.
    segments : Count
        Shared memory segments that stayed.
    processes : Count
        Child processes that stayed.
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


_LARGEST = 16 * GiB  # of a file whose pages are counted one by one
_MOMENT = 0.1  # seconds between fork and exec of a helper of multiprocessing
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
    paths = [os.fspath(path) for path in watched]
    probe = _Probe(function, paths, cold, segment_prefix)
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
        (function.settle if self.remote else local_call.settle)()
        self.pid = function.worker_pid if self.remote else os.getpid()
        self.paths, self.cold, self.prefix = paths, cold, segment_prefix
        self.readable = self.remote and _is_readable(self.pid)
        self.not_cold = self._cool() if cold else ""

    def _cool(self) -> str:
        gone = [path for path in self.paths if not os.path.exists(path)]
        if gone:  # an earlier call of the student's may have removed it
            return f"{gone[0]} is gone"
        evictions = [pagecache.evict(path) for path in self.paths]
        return "; ".join(done.why for done in evictions if not done)

    def start(self, stack: ExitStack) -> None:
        """Read the counters before the call."""
        self.inotify = None
        if self.paths and self._works("inotify"):
            there = list(filter(os.path.exists, self.paths))  # an earlier run may delete anything
            self.inotify = stack.enter_context(libc.Inotify(there))
        self.files = self._descriptors()
        self.shm = self._segment_names()
        self.children = self._children()
        self.tracing = stack.enter_context(ExitStack())
        self.trace: Any = None
        self.wanted: dict[str, Any] | None = None
        if self._lacks_something():
            self._start_trace()
        if self._works("peak"):
            procfs.reset_peak(self.pid)
            self.resident = procfs.status(self.pid)["VmHWM"]
        self.io = procfs.io(self.pid) if self._works("proc_io") else None

    def _start_trace(self) -> None:
        from course_lib.checking import portable  # most machines never need it

        wanted: dict[str, Any] = {
            "paths": self.paths, "cold": self.cold, "allocations": not self._works("peak"),
            "unsynced": files.unsynced(),
        }  # fmt: skip
        self.wanted = wanted
        if not self.remote:  # a trace follows the process that it runs in
            self.trace = self.tracing.enter_context(portable.traced(**wanted))

    def stop(self) -> dict[str, Count]:
        """Read them after it, I/O first: the other instruments read files themselves."""
        self.tracing.close()  # before the instruments open files
        counts = self._io_counts()
        counts["peak"] = self._peak()
        counts["held"] = self._held()
        opened = self._opened()
        counts["opened"] = self._opens(opened)
        chunks = [name for name in opened if not is_metadata(name)]
        counts["chunks"] = self._opens(chunks, "chunk files")
        counts["pages"] = self._over_files(
            lambda p: pagecache.residency(p).resident_pages, "mincore", "pages", self.not_cold
        )
        counts["dirty"] = self._over_files(pagecache.dirty_pages, "cachestat", "dirty_pages")
        counts["descriptors"] = self._left(self.files, self._descriptors(), "descriptors")
        counts["segments"] = self._left(self.shm, self._segment_names(), "segments")
        counts["processes"] = self._left(self.children, self._children_left(), "processes")
        return counts

    def _lacks_something(self) -> bool:
        names = ["peak", "proc_io"]
        if self.paths:
            names += ["mincore", "cachestat", "inotify"]
        return bool(self.not_cold) or not all(map(self._works, names))

    def _works(self, name: str) -> bool:
        """Tell whether an instrument works on the process that is measured.

        The grader hides itself, so a self-test on its own process fails where the
        measurement of the student's would not.
        """
        answer = instruments.available(name)
        if answer.works or not self.remote or instruments.OFF_SWITCH in answer.why:
            return answer.works
        return self.readable if name in ("proc_io", "peak") else False

    def _count(self, value, unit, missing="", analytic=None, names=()) -> Count:
        return Count(value, unit, missing, analytic, tuple(names), self.number)

    def _io_counts(self) -> dict[str, Count]:
        names = {
            "bytes_read": ("rchar", "bytes"),
            "reads": ("syscr", "reads"),
            "bytes_written": ("wchar", "bytes"),
            "bytes_dirtied": ("write_bytes", "bytes"),
        }
        if self.io is None:
            why = instruments.available("proc_io").why
            return {
                name: self._count(None, unit, why, getattr(self.trace, name, None))
                for name, (_, unit) in names.items()
            }
        after = procfs.io(self.pid)
        own = {} if self.remote else _cost_of_asking(self.pid)
        return {
            name: self._count(max(0, after[key] - self.io[key] - own.get(key, 0)), unit)
            for name, (key, unit) in names.items()
        }

    def _peak(self) -> Count:
        if self._works("peak"):
            return self._count(procfs.status(self.pid)["VmHWM"] - self.resident, "bytes")
        why = instruments.available("peak").why
        return self._count(None, "bytes", why, self.trace.allocated if self.trace else None)

    def _held(self) -> Count:
        if self.trace is None or self._works("peak"):
            return self._count(None, "bytes", "the high-water mark is measured")
        return self._count(self.trace.held, "bytes")

    def _opened(self) -> list[str]:
        if self.inotify:
            return self.inotify.opened()
        return list(self.trace.opened) if self.trace else []

    def _opens(self, names: list[str], unit: str = "files") -> Count:
        if self.inotify:
            return self._count(len(names), unit, names=names)
        why = instruments.available("inotify").why if self.paths else "no file was watched"
        analytic = len(names) if self.trace and self.paths else None
        return self._count(None, unit, why, analytic, names)

    def _over_files(self, count: Callable, instrument: str, traced: str, why: str = "") -> Count:
        if not self.paths:
            return self._count(None, "pages", "no file was watched")
        watched = _files(self.paths)
        found = [None] if why else [_count_or_all(count, file) for file in watched]
        if None not in found:
            return self._count(sum(found), "pages")
        why = why or instruments.available(instrument).why
        known = self.trace if watched else None
        analytic = sum(map(getattr(known, traced), watched)) if known else None
        return self._count(None, "pages", why or "the kernel does not tell for this file", analytic)

    def _left(self, before: set | None, after: set | None, unit: str) -> Count:
        if before is None or after is None:
            return self._count(None, unit, f"{unit} of a process are not told here")
        return self._count(len(after - before), unit, names=sorted(map(str, after - before)))

    def _descriptors(self) -> set[int] | None:
        try:
            found = procfs.descriptors(self.pid)
            return {number for number, file in found.items() if not _is_arena(file)}
        except OSError:
            from course_lib.checking import portable

            return None if self.remote else portable.descriptors()

    def _segment_names(self) -> set[str] | None:
        root = f"/proc/{self.pid}/root/dev/shm" if self.remote else "/dev/shm"
        try:
            return {name for name in os.listdir(root) if name.startswith(self.prefix)}
        except OSError:
            return None

    def _children_left(self) -> set[int] | None:
        """Return the children after the call; a helper needs a moment to become one."""
        last = time.monotonic() + _MOMENT
        while (after := self._children()) and self.children is not None:
            if after <= self.children or time.monotonic() > last:
                break
            time.sleep(0.005)
        return after

    def _children(self) -> set[int] | None:
        """Return the child processes, but for the helpers of multiprocessing itself."""
        try:
            tasks = os.listdir(f"/proc/{self.pid}/task")
            found = [Path(f"/proc/{self.pid}/task/{t}/children").read_text() for t in tasks]
        except OSError:
            return None
        return {int(child) for line in found for child in line.split() if not _is_helper(child)}


def _is_readable(pid: int) -> bool:
    """Tell whether the I/O counters and the high-water mark of a process can be had."""
    try:
        procfs.io(pid)
        procfs.reset_peak(pid)
    except OSError:
        return False
    return True


def _is_arena(file: str) -> bool:
    """Tell whether a descriptor is of the memory that multiprocessing keeps for more arrays.

    It makes one with the first Array or RawArray, and keeps it for the next: nobody leaks it.
    """
    return os.path.basename(file).startswith("pym-") and file.endswith(" (deleted)")


def _is_helper(pid: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True  # it ended meanwhile
    return b"resource_tracker" in command or b"forkserver" in command


def _files(paths: list[str]) -> list[Path]:
    """Return the regular files at and below `paths`; links are left out."""
    found = [f for p in map(Path, paths) for f in (p.rglob("*") if p.is_dir() else [p])]
    return [file for file in found if file.is_file() and not file.is_symlink()]


def _count_or_all(count: Callable, file: Path) -> int | None:
    """Count pages of a file; all of them if the function left one that nobody can look at.

    A file without permissions, or of an absurd size, must not make the count unknown.
    """
    size = file.lstat().st_size
    try:
        return count(file) if size <= _LARGEST else -(-size // pagecache.PAGE_SIZE)
    except OSError:
        return -(-size // pagecache.PAGE_SIZE)


def _cost_of_asking(pid: int) -> dict[str, int]:
    """Return what reading the I/O counters adds to them when a process asks itself."""
    first = procfs.io(pid)
    second = procfs.io(pid)
    return {key: second[key] - first[key] for key in first}
