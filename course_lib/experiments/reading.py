"""Read a file in the ways that the lessons compare."""

import os

import numpy as np

from course_lib.experiments.maps import advise
from course_lib.system.libc import PAGE_SIZE
from course_lib.units import MiB


def read_blocks(path: str | os.PathLike, block: int = MiB) -> int:
    """Read a whole file with read(), block by block into one buffer; return its bytes.

    Parameters
    ----------
    path : path
        The file.
    block : int
        Bytes of one call. The buffer is used again, so memory stays at one block.
    """
    buffer, total = bytearray(block), 0
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            total += count
    return total


def read_pages(path: str | os.PathLike, offsets, ahead: bool = True) -> int:
    """Read one byte at each offset with read(); return how many bytes came.

    Parameters
    ----------
    path : path
        The file.
    offsets : iterable of int
        Bytes from the start of the file.
    ahead : bool
        False tells the kernel that the reads are random, so that it reads nothing ahead.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        if not ahead and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
        return sum(len(os.pread(fd, 1, offset)) for offset in offsets)
    finally:
        os.close(fd)


def touch_map(path: str | os.PathLike, ahead: bool = True) -> int:
    """Map a file and read one byte of each page; return how many pages that were.

    Parameters
    ----------
    path : path
        The file, not empty.
    ahead : bool
        False sets MADV_RANDOM: one fault for each page, and no readahead.
    """
    array = np.memmap(path, mode="r", dtype="u1")
    if not ahead:
        advise(array, "random")
    return array[::PAGE_SIZE].copy().size
