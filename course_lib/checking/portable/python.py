"""Stand-ins for Python's own functions that tell a trace what they do: open, os, mmap, fromfile."""

import builtins
import io
import mmap
import os
import sys
from collections.abc import Callable
from typing import Any

from course_lib.checking.portable.trace import Trace, key_of


def patches(trace: Trace) -> list[tuple[object, str, object]]:
    """Return what stands in for Python's own functions: (module, name, replacement)."""
    opened = _counted_open(trace)
    found: list[tuple[object, str, object]] = [
        (io, "open", opened),
        (builtins, "open", opened),
        (mmap, "mmap", _counted_map(trace)),
    ]
    for name, note in _notes(trace).items():
        if hasattr(os, name):
            found.append((os, name, _noting(getattr(os, name), note)))
    found += _ipython_patches(opened)
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        found.append((numpy, "fromfile", _reading(numpy.fromfile, trace)))
    return found


# Two names that are private to their owners. Where a newer release lacks them, the default of
# Python stands in for the first, and nothing is patched for the second.


def _block_size(raw: io.FileIO) -> int:
    """Return the size of the buffer that Python would choose for a file."""
    return getattr(raw, "_blksize", 0) or io.DEFAULT_BUFFER_SIZE


def _ipython_patches(opened: Callable) -> list[tuple[object, str, object]]:
    """Replace ``open`` of a notebook's cells, which goes past the module io."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    return [(shell, "io_open", opened)] if hasattr(shell, "io_open") else []


def _notes(trace: Trace) -> dict[str, Callable]:
    """Return {function of os: what to note of its result and arguments}."""

    def copied(count, source, target, *_, **__):
        trace.read_from(source, count)
        trace.wrote_to(target, count)

    def advised(_, fd, offset, length, advice):
        if advice == os.POSIX_FADV_DONTNEED:
            trace.dropped(fd)

    return {
        "read": lambda data, fd, _: trace.read_from(fd, len(data)),
        "pread": lambda data, fd, *_: trace.read_from(fd, len(data)),
        "readv": lambda count, fd, _: trace.read_from(fd, count),
        "preadv": lambda count, fd, *_: trace.read_from(fd, count),
        "write": lambda count, fd, _: trace.wrote_to(fd, count),
        "pwrite": lambda count, fd, *_: trace.wrote_to(fd, count),
        "writev": lambda count, fd, _: trace.wrote_to(fd, count),
        "pwritev": lambda count, fd, *_: trace.wrote_to(fd, count),
        "copy_file_range": lambda count, src, dst, *_, **__: copied(count, src, dst),
        "sendfile": lambda count, out_fd, in_fd, *_, **__: copied(count, in_fd, out_fd),
        "fsync": lambda _, fd: trace.synced(fd),
        "fdatasync": lambda _, fd: trace.synced(fd),
        "sync": lambda _: trace.all_synced(),
        "posix_fadvise": advised,
        "dup": lambda _, fd: trace.lent.add(fd),
    }


def _noting(original: Callable, note: Callable) -> Callable:
    def call(*args, **kwargs):
        result = original(*args, **kwargs)
        note(result, *(a.fileno() if hasattr(a, "fileno") else a for a in args), **kwargs)
        return result

    return call


def _reading(original: Callable, trace: Trace) -> Callable:
    """Return ``numpy.fromfile``, which reads out of Python's sight."""

    def fromfile(*args, **kwargs):
        trace.numpy_reads = files = []
        try:
            found = original(*args, **kwargs)
        finally:
            trace.numpy_reads = None
        for key in files[:1]:
            trace.read_from(key, found.nbytes)
        return found

    return fromfile


def _counted_open(trace: Trace) -> Callable:
    """Return ``open`` for files that count."""
    original, counted = io.open, _counted_file(trace)

    def open(
        file, mode="r", buffering=-1, encoding=None, errors=None, newline=None,
        closefd=True, opener=None,
    ):  # fmt: skip
        # Python itself complains about arguments that do not go together.
        file = file if isinstance(file, int) else os.fspath(file)
        harmless = mode.replace("x", "w") if isinstance(mode, str) else mode
        original(os.devnull, harmless, buffering, encoding, errors, newline).close()
        raw = counted(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if buffering == 0:
            return raw
        kind = io.BufferedReader if "r" in mode else io.BufferedWriter
        kind = io.BufferedRandom if "+" in mode else kind
        buffer = kind(raw, buffering if buffering > 1 else _block_size(raw))
        if "b" in mode:
            return buffer
        text = io.TextIOWrapper(buffer, encoding, errors, newline, buffering == 1)
        text.mode = mode
        return text

    return open


def _counted_file(trace: Trace) -> type:
    class CountedFile(io.FileIO):
        """A file whose reads and writes count, those of NumPy's C code included."""

        def read(self, size=-1):
            return self._seen(super().read(size))

        def readall(self):
            return self._seen(super().readall())

        def readinto(self, buffer):
            count = super().readinto(buffer)
            trace.read_from(self.fileno(), count or 0)
            return count

        def write(self, data):
            count = super().write(data)
            trace.wrote_to(self.fileno(), count or 0)
            return count

        def seek(self, position, whence=os.SEEK_SET):
            # fromfile and tofile work on a duplicate, and then come to where they ended.
            start, reached = self.tell(), super().seek(position, whence)
            if self.fileno() in trace.lent:
                trace.lent.discard(self.fileno())
                if trace.numpy_reads is not None:
                    trace.numpy_reads.append(key_of(self.fileno()))
                elif self.writable():
                    trace.wrote_to(self.fileno(), max(0, reached - start))
            return reached

        def _seen(self, data):
            trace.read_from(self.fileno(), len(data or b""))
            return data

    return CountedFile


def _counted_map(trace: Trace) -> type:
    original: Any = mmap.mmap

    class CountedMap(original):
        """A memory map that counts while it is there."""

        def __new__(cls, fileno, *args, **kwargs):
            made = super().__new__(cls, fileno, *args, **kwargs)
            made._file = trace.mapped(fileno, len(made), _may_be_written(*args, **kwargs))
            made._length = len(made)
            return made

        def flush(self, *args):
            result = super().flush(*args)
            if self._file is not None:
                self._file.dirty = False
            return result

        def close(self):
            super().close()
            self._end()

        def __exit__(self, *_):
            self.close()

        def __del__(self):
            self._end()

        def _end(self):
            length, self._length = getattr(self, "_length", 0), 0
            if length:
                trace.unmapped(length)

    CountedMap.__name__ = original.__name__  # tests tell a map by its name
    return CountedMap


_SHARED, _WRITE = getattr(mmap, "MAP_SHARED", 1), getattr(mmap, "PROT_WRITE", 2)


def _may_be_written(length, flags=_SHARED, prot=_WRITE, access=mmap.ACCESS_DEFAULT, **_) -> bool:
    """Tell from the arguments of a map whether its changes go to the file."""
    if access != mmap.ACCESS_DEFAULT:
        return access == mmap.ACCESS_WRITE
    return bool(flags & _SHARED and prot & _WRITE)
