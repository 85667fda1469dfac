"""Keep account of what a call asks the system for."""

import os
import threading
import tracemalloc
from dataclasses import dataclass, field

from course_lib.system.libc import PAGE_SIZE

_OWN_MEMORY = 64 * 1024  # what Python needs for a call, whatever the call does

Key = tuple[int, int]  # device and inode: a file keeps them when it is renamed


def key_of(file: int | str | os.PathLike) -> Key:
    """Return what stands for a file, by descriptor or by path."""
    found = os.stat(file)
    return found.st_dev, found.st_ino


@dataclass
class _File:
    """What is known of one file's pages."""

    dirty: bool
    cached: bool  # all its pages may be in the cache
    read: int = 0  # bytes read since it was dropped from the cache
    mapped: bool = False


@dataclass
class Trace:
    """What a call asked the system for.

    Attributes
    ----------
    bytes_read, reads, bytes_written : int
        Bytes and calls of read and write, anywhere.
    bytes_dirtied : int
        The bytes written, and the length of each map that may be written to.
    allocated, held : int
        The most bytes that were allocated at one time, and allocated or mapped.
    opened : list of str
        Files below the watched paths that Python code opened.
    """

    bytes_read: int = 0
    reads: int = 0
    bytes_written: int = 0
    bytes_dirtied: int = 0
    allocated: int = 0
    held: int = 0
    cold: bool = False
    opened: list[str] = field(default_factory=list)
    unsynced: set[Key] = field(default_factory=set)
    """Files that were written before."""
    lent: set[int] = field(default_factory=set)
    """Descriptors that NumPy works on a duplicate of."""
    numpy_reads: list[Key] | None = None
    """The file that ``numpy.fromfile`` reads right now."""
    _files: dict[Key, _File] = field(default_factory=dict)
    _mapped: int = 0
    _before: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # What happens

    def start(self) -> None:
        """Leave out of the peak what is allocated already."""
        tracemalloc.reset_peak()
        self._before = tracemalloc.get_traced_memory()[0]

    def read_from(self, fd: int | Key | None, nbytes: int, calls: int = 1) -> None:
        """Count reads from a file; ``None`` for one that a library has open."""
        with self._lock:
            self.reads += calls
            self.bytes_read += nbytes
            if fd is not None:
                self._file(fd).read += nbytes

    def wrote_to(self, fd: int | None, nbytes: int) -> None:
        """Count a write to a file, whose pages are dirty from now on."""
        with self._lock:
            self.bytes_written += nbytes
            self.bytes_dirtied += nbytes
            if fd is not None:
                file = self._file(fd)
                file.dirty, file.read = True, file.read + nbytes

    def synced(self, fd: int) -> None:
        """Note that the pages of a file are on the disk."""
        with self._lock:
            self._file(fd).dirty = False

    def all_synced(self) -> None:
        """Note that the pages of all files are on the disk."""
        with self._lock:
            self.unsynced.clear()
            for file in self._files.values():
                file.dirty = False

    def dropped(self, fd: int) -> None:
        """Note the advice that the pages of a file are not needed; dirty ones stay."""
        with self._lock:
            file = self._file(fd)
            if not file.dirty:
                file.cached, file.read = False, 0

    def mapped(self, fd: int, nbytes: int, writable: bool) -> "_File | None":
        """Count a new memory map: as memory, and as dirty pages if it may be written to.

        Returns what is known of the file; None for a map without one.
        """
        with self._lock:
            self.see_peak()
            self._mapped += nbytes
            if fd < 0:
                return None
            file = self._file(fd)
            file.mapped = True
            file.dirty = file.dirty or writable
            self.bytes_dirtied += nbytes if writable else 0
            return file

    def unmapped(self, nbytes: int) -> None:
        """Count the end of a memory map."""
        with self._lock:
            self.see_peak()
            self._mapped -= nbytes

    # What stands in for a count

    def pages(self, path: str | os.PathLike) -> int:
        """Return how many pages of a file may be in the cache.

        Of a map at least those that were copied out of it are.
        """
        file, pages = self._of(path), -(-os.stat(path).st_size // PAGE_SIZE)
        if file is None or file.cached:
            return 0 if file is None and self.cold else pages
        copied = max(0, self.allocated - _OWN_MEMORY) if file.mapped else 0
        return min(pages, -(-file.read // PAGE_SIZE) + copied // PAGE_SIZE)

    def dirty_pages(self, path: str | os.PathLike) -> int:
        """Return how many pages of a file may be dirty: all or none."""
        file = self._of(path)
        dirty = file.dirty if file else key_of(path) in self.unsynced
        return -(-os.stat(path).st_size // PAGE_SIZE) if dirty else 0

    def _file(self, fd: int | Key) -> _File:
        key = key_of(fd) if isinstance(fd, int) else fd
        if key not in self._files:
            self._files[key] = _File(key in self.unsynced, not self.cold)
        return self._files[key]

    def _of(self, path: str | os.PathLike) -> _File | None:
        return self._files.get(key_of(path))

    def see_peak(self) -> None:
        """Note the highest point of the allocations so far, on top of what is mapped now."""
        allocated = tracemalloc.get_traced_memory()[1] - self._before
        self.allocated = max(self.allocated, allocated)
        self.held = max(self.held, allocated + self._mapped)
        tracemalloc.reset_peak()

    # Over a border between processes

    def told(self) -> dict:
        """Return what is known, as plain data for JSON."""
        files = [[*key, f.dirty, f.cached, f.read, f.mapped] for key, f in self._files.items()]
        counts = {name: int(getattr(self, name)) for name in _COUNTS}  # PyTables counts in int64
        return {**counts, "opened": self.opened, "files": files}

    @classmethod
    def of(cls, told: dict, cold: bool) -> "Trace":
        """Return a trace from what another process told of it.

        Raises
        ------
        KeyError, TypeError, ValueError
            If that is not what `told` returns.
        """
        trace = cls(cold=bool(cold))
        for name in _COUNTS:
            setattr(trace, name, _count(told[name]))
        trace.opened = [str(name) for name in told["opened"]]
        for device, inode, dirty, cached, read, mapped in told["files"]:
            file = _File(bool(dirty), bool(cached), _count(read), bool(mapped))
            trace._files[_count(device), _count(inode)] = file
        return trace


_COUNTS = ("bytes_read", "reads", "bytes_written", "bytes_dirtied", "allocated", "held")


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"expected a count, got {value!r}")
    return value
