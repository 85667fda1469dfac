"""Measure the memory of processes: RSS, PSS, USS, and the peak of one function.

RSS counts a shared page in every process that maps it. PSS divides it among them, so
only PSS adds up. USS counts the pages that nobody else has.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from course_lib import child
from course_lib.system import instruments, libc, procfs
from course_lib.units import format_bytes


@dataclass(frozen=True)
class Usage:
    """Memory of one process, in bytes; ``None`` where this machine does not tell.

    Attributes
    ----------
    pid : int
        The process.
    rss : int or None
        Resident set size: every page it maps that is in memory.
    pss : int or None
        Proportional set size: shared pages divided by the number of sharers.
    uss : int or None
        Unique set size: pages that no other process maps. Pages of files stay cached at its end.
    peak : int or None
        Highest RSS so far (high-water mark).
    label : str
        Name to show instead of the pid.
    """

    pid: int
    rss: int | None
    pss: int | None
    uss: int | None
    peak: int | None
    label: str = ""

    @property
    def shared(self) -> int | None:
        """Bytes of PSS that other processes map too."""
        return None if self.pss is None or self.uss is None else self.pss - self.uss

    def __str__(self) -> str:
        parts = (f"{name} {format_bytes(getattr(self, name.lower()))}" for name in _COLUMNS)
        return f"{self.label or self.pid}: {', '.join(parts)}"


_COLUMNS = ("RSS", "PSS", "USS", "Peak")


def usage(pid: int | None = None, label: str = "") -> Usage:
    """Return the memory of a process.

    Raises
    ------
    ProcessLookupError
        If the process is gone.
    PermissionError
        If it belongs to another user.

    Notes
    -----
    Source: /proc/<pid>/smaps_rollup and status on Linux. Elsewhere psutil gives RSS and,
    where it can, USS; PSS is unknown there.

    Examples
    --------
    >>> own = usage()
    >>> own.rss > 0
    True
    """
    pid = os.getpid() if pid is None else pid
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        raise ValueError(f"pid must be a positive whole number, got {pid!r}")
    if not instruments.works("smaps"):
        return _usage_from_psutil(pid, label)
    rollup, status = procfs.smaps_rollup(pid), procfs.status(pid)
    uss = rollup["Private_Clean"] + rollup["Private_Dirty"]
    return Usage(pid, rollup["Rss"], rollup["Pss"], uss, status.get("VmHWM"), label)


def _usage_from_psutil(pid: int, label: str) -> Usage:
    import psutil

    try:
        process = psutil.Process(pid)
        rss, uss = process.memory_info().rss, None
    except psutil.NoSuchProcess:
        raise procfs.NoSuchProcess(3, f"no process with pid {pid}") from None
    except psutil.AccessDenied:
        raise PermissionError(13, f"no permission to look at process {pid}") from None
    return Usage(pid, rss, None, uss, None, label)


@dataclass(frozen=True)
class UsageTable:
    """Memory of several processes, their total, and what the machine has left.

    Attributes
    ----------
    rows : tuple of Usage
        One for each process.
    left : int or None
        Bytes that the machine, or the container, can still give.
    """

    rows: tuple[Usage, ...]
    left: int | None

    def total(self, kind: str) -> int | None:
        """Add up ``"rss"``, ``"pss"`` or ``"uss"``; ``None`` if one row is unknown."""
        values = [getattr(row, kind) for row in self.rows]
        return None if None in values else sum(values)

    def _cells(self) -> list[tuple[str, ...]]:
        kinds = ("rss", "pss", "uss")
        lines = [
            (row.label or str(row.pid), *(format_bytes(getattr(row, k)) for k in kinds))
            for row in self.rows
        ]
        return [*lines, ("total", *(format_bytes(self.total(k)) for k in kinds))]

    def __str__(self) -> str:
        lines = [f"{'process':16}{'RSS':>12}{'PSS':>12}{'USS':>12}"]
        lines += [f"{a:16}{b:>12}{c:>12}{d:>12}" for a, b, c, d in self._cells()]
        return "\n".join([*lines, f"left on this machine: {format_bytes(self.left)}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from course_lib._html import table

        return table(
            ("process", "RSS", "PSS", "USS"),
            self._cells(),
            caption=f"Left on this machine: {format_bytes(self.left)}",
        )


def table(processes: Iterable[int] | dict[str, int]) -> UsageTable:
    """Measure several processes at once: the engines of a cluster, the workers of a pool.

    Parameters
    ----------
    processes : iterable of int, or dict of str to int
        Process numbers, or names with process numbers.

    Examples
    --------
    >>> import os
    >>> t = table({"notebook": os.getpid()})
    >>> t.total("rss") == t.rows[0].rss
    True
    """
    from course_lib import machine

    named = processes.items() if isinstance(processes, dict) else (("", p) for p in processes)
    rows = tuple(usage(pid, label) for label, pid in named)
    return UsageTable(rows, machine.memory_left())


@dataclass(frozen=True)
class Peak:
    """What a function needed in a process of its own.

    Attributes
    ----------
    value : object
        What the function returned.
    peak : int or None
        Bytes by which the process grew at its highest, counted from just before the call.
    """

    value: object
    peak: int | None

    def __str__(self) -> str:
        return f"peak {format_bytes(self.peak)}"


def peak_in_child(function: Callable, *args) -> Peak:
    """Run a function in a fresh process and return how far its memory rose.

    The kernel keeps the high-water mark, so a peak of a microsecond is seen too.

    Parameters
    ----------
    function : callable
        A function of an importable module: the new process imports it by name.
    *args
        Plain arguments; they are pickled.

    Raises
    ------
    RuntimeError
        If the function fails in the child; the text holds the child's own error.
    """
    result = child.run(_measured_peak, function, args)
    result.check()
    value, peak = result.value
    return Peak(value, peak)


def _measured_peak(function: Callable, args: tuple):
    value, grown = grown_peak(lambda: function(*args))
    return value, grown


def grown_peak(call: Callable[[], object], pid: int | None = None):
    """Run `call`; return its value and the bytes by which the memory of `pid` rose.

    Returns
    -------
    value : object
    peak : int or None
        ``None`` where the high-water mark is not available.
    """
    pid = os.getpid() if pid is None else pid
    if not instruments.works("peak"):
        return call(), None
    libc.trim_heap()
    procfs.reset_peak(pid)
    before = procfs.status(pid)["VmHWM"]
    value = call()
    return value, procfs.status(pid)["VmHWM"] - before
