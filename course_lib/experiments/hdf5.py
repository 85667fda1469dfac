"""Count what HDF5 reads of a file that it opens itself."""

import os
from pathlib import Path

import h5py

from course_lib.system import instruments


def read_by_name(path: str | os.PathLike, name: str, selection) -> tuple[int, int] | None:
    """Read from a file that HDF5 opens itself; return the bytes and reads that it took.

    A Python file object is read as it is asked for. A file that HDF5 opens itself is read
    through its sieve buffer, so only this shows what a program usually does. Give it to
    ``child.run``: the threads of a notebook read, too.

    Returns
    -------
    tuple of int, or None
        ``None`` where the system does not count what a process reads.
    """
    if not instruments.works("proc_io"):
        return None
    with h5py.File(path, "r") as file:
        dataset = file[name]
        start, before = _own_reads(), _own_reads()
        dataset[selection]
        after = _own_reads()
    counting = before[1] - start[1]
    return after[0] - before[0] - before[2], after[1] - before[1] - counting


def _own_reads() -> tuple[int, int, int]:
    """Return the bytes and reads of this process so far, and the bytes that asking took."""
    text = Path("/proc/self/io").read_text()
    numbers = dict(line.split(": ") for line in text.splitlines())
    return int(numbers["rchar"]), int(numbers["syscr"]), len(text)
