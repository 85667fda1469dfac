"""Make the files of a test, and read back what a student's function left, whatever it left.

A function may leave no file, a directory, a link to somewhere else, or a file of the wrong
size. Reading back never raises for that: it returns the reason as a text, which no check
takes for the expected data.
"""

import os
import shutil
import stat
from itertools import islice
from pathlib import Path
from typing import Literal

_LARGEST = 256 * 1024 * 1024
_MOST_NAMES = 1000


def is_reason(value: object) -> bool:
    """Tell whether a value is a text that says why there are no data."""
    return type(value) is str and value.startswith("no usable file")


def put(path: str | os.PathLike, data, durable: bool = True) -> str:
    """Write a test's file and return its path as a text.

    What is there is removed first, so a link that a student left is never followed.

    Parameters
    ----------
    data : bytes or ndarray
        An array is written as it lies in memory: in Fortran order if it is in that order.
    durable : bool
        True to leave no dirty page.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_bytes(put(folder + "/a.raw", b"abc"))
    b'abc'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        path.parent.chmod(0o777)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with open(fd, "wb") as file:
        os.chmod(fd, 0o666)  # the student's process may run as another user
        file.write(data if isinstance(data, bytes) else data.tobytes(order="A"))
        file.flush()
        if durable:
            os.fsync(fd)
        else:
            _unsynced.add((os.fstat(fd).st_dev, os.fstat(fd).st_ino))
    return str(path)


_unsynced: set[tuple[int, int]] = set()


def unsynced() -> list[tuple[int, int]]:
    """Return (device, inode) of the files that `put` wrote and did not sync."""
    return sorted(_unsynced)


def read_bytes(path: str | os.PathLike, size: int | None = None) -> bytes | str:
    """Return what a regular file holds, or a text that says why not.

    Parameters
    ----------
    size : int, optional
        Bytes that it must have.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return _reason(path, error.strerror or type(error).__name__)
    try:
        why = _unfit(os.fstat(fd), size)
        return _reason(path, why) if why else _read(fd)
    finally:
        os.close(fd)


def read_raw(path: str | os.PathLike, dtype, shape, order: Literal["C", "F"] = "C"):
    """Return a raw file as an array of `dtype` and `shape`, or a text that says why not.

    Returns
    -------
    ndarray or str
    """
    import numpy as np

    dtype = np.dtype(dtype)
    content = read_bytes(path, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
    if isinstance(content, str):
        return content
    return np.frombuffer(content, dtype).reshape(shape, order=order)


def size(path: str | os.PathLike) -> int | str:
    """Return the bytes of a regular file, or a text that says why not."""
    found = _lstat(path)
    return found if isinstance(found, str) else found.st_size


def allocated(path: str | os.PathLike) -> int | str:
    """Return the bytes that a regular file takes on the disk, or a text that says why not.

    A sparse file takes fewer bytes than its size.
    """
    found = _lstat(path)
    return found if isinstance(found, str) else found.st_blocks * 512


def names(folder: str | os.PathLike) -> list[str]:
    """Return the names in a folder, sorted; of a crowd only some; none if it is gone."""
    try:
        with os.scandir(os.fspath(folder)) as entries:
            return sorted(entry.name for entry in islice(entries, _MOST_NAMES))
    except OSError:
        return []


def _lstat(path: str | os.PathLike) -> os.stat_result | str:
    try:
        found = os.lstat(path)
    except OSError as error:
        return _reason(path, error.strerror or type(error).__name__)
    return found if stat.S_ISREG(found.st_mode) else _reason(path, "it is not a regular file")


def _unfit(found: os.stat_result, size: int | None) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "it is not a regular file"
    if size is not None and found.st_size != size:
        return f"it has {found.st_size:,} bytes, expected {size:,}"
    return f"it has {found.st_size:,} bytes" if found.st_size > _LARGEST else ""


def _read(fd: int) -> bytes:
    with open(fd, "rb", closefd=False) as file:
        return file.read(_LARGEST)


def _reason(path: str | os.PathLike, why: str) -> str:
    return f"no usable file {os.path.basename(path)}: {why}"
