"""Call the few system calls that Python does not wrap: mincore, cachestat, inotify."""

import ctypes
import mmap
import os
import struct
import sys
from dataclasses import dataclass
from functools import lru_cache

PAGE_SIZE = mmap.PAGESIZE
# cachestat(2) has one number on every architecture: it is newer than the common table.
_SYS_CACHESTAT = 451
_IN_OPEN, _IN_ISDIR, _IN_NONBLOCK = 0x20, 0x40000000, 0o4000
_PROT_READ, _MAP_SHARED = 1, 1
_M_MMAP_THRESHOLD = -3


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    if not sys.platform.startswith("linux"):
        raise OSError(0, f"needs Linux, this is {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    three = (ctypes.c_int, ctypes.c_int, ctypes.c_int)
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *three, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    return libc


def _raise_errno(call: str):
    number = ctypes.get_errno()
    raise OSError(number, f"{call}: {os.strerror(number)}")


def trim_heap() -> None:
    """Give free heap memory back to the kernel, so that new memory raises the peak.

    Large blocks come from the kernel and go back to it from then on. By itself, glibc begins
    to keep them once some were freed, in heaps of threads that cannot be trimmed: the second
    call of the same function would seem to need nothing.
    """
    try:
        _libc().mallopt(_M_MMAP_THRESHOLD, 128 * 1024)
        _libc().malloc_trim(0)
    except (OSError, AttributeError):  # not Linux, or not glibc
        return


def mincore(fd: int, size: int):
    """Return which pages of the first `size` bytes of an open file are in the page cache.

    Mapping a file does not read it, so the answer does not change what it describes.

    Returns
    -------
    ndarray of bool, shape (pages,)
    """
    import numpy as np

    pages = np.zeros(-(-size // PAGE_SIZE), dtype=np.uint8)
    if not size:
        return pages.view(bool)
    libc = _libc()
    address = libc.mmap(None, size, _PROT_READ, _MAP_SHARED, fd, 0)
    if address == ctypes.c_void_p(-1).value:
        _raise_errno("mmap")
    try:
        if libc.mincore(address, size, pages.ctypes.data):
            _raise_errno("mincore")
    finally:
        libc.munmap(address, size)
    pages &= 1  # the upper bits are reserved
    return pages.view(bool)


@dataclass(frozen=True)
class CacheStat:
    """Pages of a file by state, as cachestat(2) counts them."""

    cached: int
    dirty: int
    writeback: int
    evicted: int
    recently_evicted: int


def cachestat(fd: int) -> CacheStat:
    """Count the cached and dirty pages of an open file (Linux 6.5 or newer).

    Raises
    ------
    OSError
        ENOSYS on an older kernel, EPERM for a file that you neither own nor can write.
    """
    reach = (ctypes.c_uint64 * 2)(0, 0)  # offset 0, length 0: the whole file
    answer = (ctypes.c_uint64 * 5)()
    if _libc().syscall(_SYS_CACHESTAT, fd, reach, answer, 0):
        _raise_errno("cachestat")
    return CacheStat(*answer)


class Inotify:
    """Record every open() of files below some paths while the context lasts.

    Parameters
    ----------
    paths : list of str
        Files, or directories that are watched with all directories below them.

    Notes
    -----
    Directories created while watching are not watched themselves. The kernel joins two
    identical events in a row, so a file opened twice with nothing between counts once.
    """

    _HEADER = struct.Struct("iIII")

    def __init__(self, paths: list[str]):
        self._fd = _libc().inotify_init1(_IN_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            _raise_errno("inotify_init1")
        self._paths: dict[int, str] = {}
        for path in paths:
            self._watch(path)
            for root, folders, _ in os.walk(path):
                for folder in folders:
                    self._watch(os.path.join(root, folder))

    def _watch(self, path: str) -> None:
        number = _libc().inotify_add_watch(self._fd, os.fsencode(path), _IN_OPEN)
        if number < 0:
            _raise_errno(f"inotify_add_watch {path}")
        self._paths[number] = path

    def opened(self) -> list[str]:
        """Return the paths of the files opened since the last call, in order."""
        names: list[str] = []
        while True:
            try:
                buffer = os.read(self._fd, 1 << 16)
            except BlockingIOError:
                return names
            names += self._parse(buffer)

    def _parse(self, buffer: bytes) -> list[str]:
        at, names = 0, []
        while at < len(buffer):
            number, mask, _, length = self._HEADER.unpack_from(buffer, at)
            name = buffer[at + 16 : at + 16 + length].rstrip(b"\0")
            if not mask & _IN_ISDIR and number in self._paths:
                names.append(os.path.join(self._paths[number], os.fsdecode(name)).rstrip("/"))
            at += 16 + length
        return names

    def close(self) -> None:
        """Stop watching."""
        os.close(self._fd)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
