"""Read the kernel's counters of a process: bytes read and written, calls, page faults."""

import os
from dataclasses import dataclass, fields

from course_lib.system import instruments, procfs
from course_lib.units import format_bytes, format_count


@dataclass(frozen=True)
class Counters:
    """Counters of one process at one moment, or the difference of two moments.

    ``None`` stands for a counter that this machine does not show.

    Attributes
    ----------
    read_bytes : int or None
        Bytes fetched from the disk, readahead included.
    write_bytes : int or None
        Bytes of pages that this process made dirty.
    rchar, wchar : int or None
        Bytes that went through read() and write(); blind to memory maps.
    syscr, syscw : int or None
        Calls of read() and write().
    majflt : int or None
        Page faults that waited for the disk.
    minflt : int or None
        Page faults served from memory. The size of folios decides it: no exact figure.
    """

    read_bytes: int | None = None
    write_bytes: int | None = None
    rchar: int | None = None
    wchar: int | None = None
    syscr: int | None = None
    syscw: int | None = None
    majflt: int | None = None
    minflt: int | None = None

    def __sub__(self, earlier: "Counters") -> "Counters":
        """Return what happened between `earlier` and this snapshot."""
        pairs = ((getattr(self, f.name), getattr(earlier, f.name)) for f in fields(self))
        return Counters(*(None if None in pair else pair[0] - pair[1] for pair in pairs))

    def __str__(self) -> str:
        return (
            f"from disk {format_bytes(self.read_bytes)}, read() {format_bytes(self.rchar)} in "
            f"{format_count(self.syscr, 'calls')}, write() {format_bytes(self.wchar)}, "
            f"major faults {format_count(self.majflt)}"
        )


def snapshot(pid: int | None = None) -> Counters:
    """Read the counters of a process now.

    Parameters
    ----------
    pid : int, optional
        Default: this process.

    Raises
    ------
    ProcessLookupError
        If the process is gone.
    PermissionError
        If it belongs to another user.

    Examples
    --------
    >>> before = snapshot()
    >>> (snapshot() - before).majflt in (0, None)
    True
    """
    pid = os.getpid() if pid is None else pid
    numbers: dict[str, int] = {}
    if instruments.works("proc_io"):
        io = procfs.io(pid)
        numbers = {name: io[name] for name in _IO_NAMES if name in io}
    if instruments.works("faults"):
        numbers["majflt"], numbers["minflt"] = procfs.faults(pid)
    return Counters(**numbers)


_IO_NAMES = ("read_bytes", "write_bytes", "rchar", "wchar", "syscr", "syscw")


class watch:
    """Count what happens inside a ``with`` block.

    Parameters
    ----------
    pid : int, optional
        Default: this process.

    Attributes
    ----------
    delta : Counters
        What the block caused; set when the block ends.

    Examples
    --------
    >>> with watch() as w:
    ...     total = sum(range(10))
    >>> w.delta.majflt in (0, None)
    True
    """

    def __init__(self, pid: int | None = None):
        self.pid = pid
        self.delta = Counters()

    def __enter__(self) -> "watch":
        self._before = snapshot(self.pid)
        return self

    def __exit__(self, *exc) -> None:
        self.delta = snapshot(self.pid) - self._before
