"""Write files in the ways that lesson 01 compares."""

import os
import time

from course_lib.units import MiB


def write_blocks(path: str | os.PathLike, nbytes: int) -> int:
    """Write a file with write(), block by block; return when the last call has returned.

    Parameters
    ----------
    path : path
        The file; an older one is replaced.
    nbytes : int
        Its size, a multiple of 1 MiB.
    """
    block = os.urandom(MiB)
    with open(path, "wb", buffering=0) as file:
        return sum(file.write(block) for _ in range(nbytes // MiB))


def sync(path: str | os.PathLike) -> None:
    """Wait until a file is on the disk (fsync)."""
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def small_writes(path: str | os.PathLike, times: int, durable: bool) -> float:
    """Append 4 KiB some times; return the mean time of one write, in seconds.

    Parameters
    ----------
    path : path
        The file; an older one is replaced.
    times : int
        How many writes.
    durable : bool
        True waits after each write until it is on the disk.
    """
    block = bytes(4096)
    with open(path, "wb", buffering=0) as file:
        start = time.perf_counter()
        for _ in range(times):
            file.write(block)
            if durable:
                os.fsync(file.fileno())
        return (time.perf_counter() - start) / times


def save_durably(path: str | os.PathLike, content: bytes) -> None:
    """Replace a file so that a crash leaves the old content or the new one, never a mixture.

    Parameters
    ----------
    path : path
        The file.
    content : bytes
        What it holds afterwards.
    """
    path = os.fspath(path)
    partial = f"{path}.{os.getpid()}.partial"  # no other process takes this name
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()  # from Python's buffer to the page cache
            os.fsync(file.fileno())  # from the page cache to the disk
        os.replace(partial, path)  # the name now means the new content
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)  # leave nothing behind
        raise
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)  # the name too is on the disk
    finally:
        os.close(folder)
