"""See, empty and count the page cache of files.

Every function asks the kernel. Where the kernel cannot be believed (another operating
system, gVisor, tmpfs, a file of somebody else) the answer is "unknown" with the reason,
never 0, and nothing stops. The analytic count, `pages_of`, works everywhere.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.system import instruments, libc, procfs
from course_lib.units import format_bytes, format_count

PAGE_SIZE = libc.PAGE_SIZE


@dataclass(frozen=True)
class Residency:
    """Pages of one file that were in the page cache at one moment.

    Attributes
    ----------
    path : str
        The file.
    pages : ndarray of bool, shape (total_pages,), or None
        True where the page was resident; ``None`` where nobody can tell.
    file_size : int
        Bytes.
    missing : str
        Why the pages are unknown; empty if they are known.
    page_size : int
        Bytes.
    """

    path: str
    pages: object = field(repr=False)
    file_size: int
    missing: str = ""
    page_size: int = PAGE_SIZE

    @property
    def total_pages(self) -> int:
        """Pages that the file spans."""
        return -(-self.file_size // self.page_size)

    @property
    def resident_pages(self) -> int | None:
        """Pages in the cache; ``None`` if unknown."""
        return None if self.pages is None else int(self.pages.sum())

    @property
    def resident_bytes(self) -> int | None:
        """Bytes of memory that the cached pages take; ``None`` if unknown."""
        return None if self.pages is None else self.resident_pages * self.page_size

    @property
    def fraction(self) -> float | None:
        """Share of the file's pages that is resident; 0.0 for an empty file."""
        if self.pages is None:
            return None
        return self.resident_pages / self.total_pages if self.total_pages else 0.0

    def __str__(self) -> str:
        if self.pages is None:
            return f"{os.path.basename(self.path)}: residency unknown: {self.missing}"
        return (
            f"{os.path.basename(self.path)}: {self.resident_pages:,} of "
            f"{format_count(self.total_pages, 'pages')} resident "
            f"({format_bytes(self.resident_bytes)}, {self.fraction:.1%})"
        )


def residency(path: str | os.PathLike) -> Residency:
    """Return which pages of a file are in the page cache.

    The file is mapped, not read, so asking changes nothing.

    Parameters
    ----------
    path : path
        A regular file that you own or may write.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, PermissionError, ValueError
        If the file cannot be looked at.

    Notes
    -----
    For a file that you neither own nor can write, the kernel reports every page as
    resident. That answer is refused: `Residency.missing` says so. Source: mincore(2).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as f:
    ...     _ = f.write(b"x" * 10_000)
    ...     f.flush()
    ...     residency(f.name).total_pages
    3
    """
    path = _regular_file(path)
    fd = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(fd).st_size
        instruments.require("mincore", _home(path))
        _refuse_foreign(path)
        return Residency(str(path), libc.mincore(fd, size), size)
    except instruments.Unavailable as reason:
        return Residency(str(path), None, size, str(reason))
    finally:
        os.close(fd)


@dataclass(frozen=True)
class Eviction:
    """Whether files could be dropped from the page cache; true if they could.

    Attributes
    ----------
    path : str
        File or directory.
    worked : bool
        True if the kernel was told to drop it, and does so on this file system.
    why : str
        Reason why not.
    """

    path: str
    worked: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.worked

    def __repr__(self) -> str:
        name = os.path.basename(self.path)
        return f"evicted {name}" if self.worked else f"{name} not evicted: {self.why}"


def evict(path: str | os.PathLike) -> Eviction:
    """Drop a file, or every file below a directory, from the page cache.

    Dirty pages are written to disk first, because the kernel drops only clean pages.

    Raises
    ------
    FileNotFoundError, PermissionError
        If a file does not exist or cannot be opened.

    Notes
    -----
    Pages that a live memory map uses stay, in your process or in any other. Look at
    `residency` afterwards. On tmpfs, and on systems without posix_fadvise, nothing can
    be evicted; the result says so. Source: posix_fadvise(2).
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(2, "expected a file or directory that exists", str(path))
    files = [f for f in path.rglob("*") if f.is_file() and not f.is_symlink()]
    try:
        instruments.require("evict", _home(path))
        _refuse_tmpfs(path)
    except instruments.Unavailable as reason:
        return Eviction(str(path), False, str(reason))
    for file in files if path.is_dir() else [_regular_file(path)]:
        _evict_file(file)
    return Eviction(str(path), True)


def dirty_pages(path: str | os.PathLike) -> int | None:
    """Count the pages of a file that are changed in memory and not yet on disk.

    Pages that are on their way to the disk count too.

    Returns
    -------
    int or None
        ``None`` where the kernel does not tell: before Linux 6.5, on overlayfs (it
        counts 0 for every file there), in containers that forbid the call, and for files
        that you neither own nor can write. ``instruments.available("cachestat")`` says why.

    Notes
    -----
    Source: cachestat(2), system call 451.
    """
    path = _regular_file(path)
    if procfs.file_system(path) == "overlay" or not instruments.works("cachestat", _home(path)):
        return None
    fd = os.open(path, os.O_RDONLY)
    try:
        stat = libc.cachestat(fd)
    except PermissionError:
        return None
    finally:
        os.close(fd)
    return stat.dirty + stat.writeback


def _home(path: Path) -> Path | None:
    """Return the directory to self-test an instrument in; None if it is not ours to use."""
    folder = path if path.is_dir() else path.parent
    return folder if os.access(folder, os.W_OK) else None


def pages_of(offsets, itemsize: int = 1, page_size: int = PAGE_SIZE) -> int:
    """Count the distinct pages that items at some byte offsets lie on.

    This is the analytic count: no instrument, exact on every machine.

    Parameters
    ----------
    offsets : array_like of int
        Byte offset of each item in the file.
    itemsize : int
        Bytes of one item; an item may straddle two pages.
    page_size : int
        Bytes of a page.

    Examples
    --------
    A row of 1024 int32 values lies on one page, a column of 1024 such rows on 1024.

    >>> import numpy as np
    >>> pages_of(np.arange(1024) * 4, 4), pages_of(np.arange(1024) * 4096, 4)
    (1, 1024)
    """
    import numpy as np

    if itemsize <= 0 or page_size <= 0:
        raise ValueError(
            f"itemsize and page_size must be positive, got {itemsize!r} and {page_size!r}"
        )
    offsets = np.asarray(offsets, dtype=np.int64).ravel()
    if offsets.size and offsets.min() < 0:
        raise ValueError(f"offsets must not be negative, got {int(offsets.min())}")
    span = (itemsize - 1) // page_size + 1  # an item reaches at most this many pages further
    steps = np.minimum(np.arange(span + 1) * page_size, itemsize - 1)
    return int(np.unique((offsets[:, None] + steps) // page_size).size)


def _regular_file(path: str | os.PathLike) -> Path:
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(21, "expected a file, got a directory", str(path))
    if not path.exists():
        raise FileNotFoundError(2, "expected a file that exists", str(path))
    if not path.is_file():
        raise ValueError(f"expected a regular file, got a device, pipe or socket: {path}")
    return path


def _refuse_foreign(path: Path) -> None:
    if os.stat(path).st_uid != os.geteuid() and not os.access(path, os.W_OK):
        raise instruments.Unavailable(
            f"the kernel reports every page of {path} as resident, "
            "because you neither own the file nor can write it"
        )


def _refuse_tmpfs(path: Path) -> None:
    if procfs.file_system(path) in ("tmpfs", "ramfs"):
        raise instruments.Unavailable(
            f"{path} is on tmpfs: its pages are the file itself and cannot be evicted"
        )


def _evict_file(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)
