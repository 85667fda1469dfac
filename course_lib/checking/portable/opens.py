"""Record which files Python code opens, on any operating system."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_recorders: list[tuple[list[str], list[str]]] = []
_hooked = False


def _audit(event: str, args: tuple) -> None:
    if event != "open" or not _recorders or not isinstance(args[0], (str, bytes)):
        return
    path = os.path.abspath(os.fsdecode(args[0]))
    for roots, found in _recorders:
        if any(path == root or path.startswith(root + os.sep) for root in roots):
            found.append(path)


@contextmanager
def recorded_opens(paths: list[str]) -> Iterator[list[str]]:
    """Record which files below `paths` Python code opens, on any operating system.

    Notes
    -----
    Files that a C library opens (HDF5) are not seen. An audit hook cannot be removed,
    so one stays for good and does nothing while nobody records.
    """
    global _hooked
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked = True
    entry: tuple[list[str], list[str]] = ([os.path.abspath(p) for p in paths], [])
    _recorders.append(entry)
    try:
        yield entry[1]
    finally:
        _recorders.remove(entry)
