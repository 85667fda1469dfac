"""Follow what Python asks the system for during a call: stand-ins where the kernel tells nothing.

Reads, writes, syncs, memory maps and allocations are counted where Python code asks for them,
so they need no instrument and no particular system. They are a theory of what happens, not a
measurement: what a map fetches is not seen, and C libraries are seen as `hdf5` says.
"""

import os
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from course_lib.checking.portable import hdf5, opens, python
from course_lib.checking.portable.trace import Trace

__all__ = ["Trace", "descriptors", "traced"]

_MOST_DESCRIPTORS = 2048  # that are looked at


@contextmanager
def traced(
    paths: Sequence[str] = (),
    cold: bool = False,
    allocations: bool = True,
    unsynced: Iterable[Sequence[int]] = (),
) -> Iterator[Trace]:
    """Follow what happens in the block.

    Parameters
    ----------
    paths : list of str
        Files and directories whose opens are told.
    cold : bool
        True if no page of the files is in the cache at the start.
    allocations : bool
        False to leave out of the peak what Python and NumPy allocate: to trace it takes
        memory, which an instrument would see.
    unsynced : list of (device, inode)
        Files that were written before and not synced.

    Examples
    --------
    >>> with traced() as trace, open(os.devnull, "wb") as file:
    ...     n = file.write(b"four")
    >>> trace.bytes_written
    4
    """
    trace = Trace(cold=cold, unsynced={(device, inode) for device, inode in unsynced})
    with ExitStack() as stack:
        trace.opened = stack.enter_context(opens.recorded_opens(list(paths)))
        for owner, name, made in [*python.patches(trace), *hdf5.patches(trace)]:
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, made)
        if allocations and not tracemalloc.is_tracing():
            tracemalloc.start()
            stack.callback(tracemalloc.stop)
        trace.start()
        try:
            yield trace
        finally:
            trace.see_peak()


def descriptors() -> set[int]:
    """Return the open descriptors of this process: those that the system knows.

    Examples
    --------
    >>> before = descriptors()
    >>> with open(os.devnull) as file:
    ...     descriptors() - before == {file.fileno()}
    True
    """
    return {fd for fd in range(_MOST_DESCRIPTORS) if _is_open(fd)}


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
