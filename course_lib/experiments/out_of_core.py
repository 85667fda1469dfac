"""Compute on a file that is larger than the memory that the process may take."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from course_lib.system import procfs
from course_lib.units import MiB

BLOCK = MiB


def mapped_blocks(path: str | os.PathLike) -> Iterator[np.ndarray]:
    """Yield the float32 values of a raw file in blocks that are views of one map."""
    array = np.memmap(path, mode="r", dtype="f4")
    step = BLOCK // array.itemsize
    for start in range(0, array.size, step):
        yield array[start : start + step]


def block_maps(path: str | os.PathLike, mode: str = "r") -> Iterator[np.memmap]:
    """Yield the float32 values of a raw file in blocks, each with a map of its own.

    The pages of a block leave the memory of the process with its map, so that not even a
    meter that counts mapped pages sees more than a few blocks.
    """
    count, step = os.path.getsize(path) // 4, BLOCK // 4
    for start in range(0, count, step):
        shape = (min(step, count - start),)
        yield np.memmap(path, mode=mode, dtype="f4", offset=4 * start, shape=shape)


def read_blocks(path: str | os.PathLike) -> Iterator[np.ndarray]:
    """Yield the float32 values of a raw file in blocks that are read one by one."""
    for offset in range(0, os.path.getsize(path), BLOCK):
        yield np.fromfile(path, dtype="f4", count=BLOCK // 4, offset=offset)


def std_of_blocks(make_blocks: Callable[[], Iterator[np.ndarray]]) -> float:
    """Return the standard deviation of values that come in blocks, in two passes.

    Parameters
    ----------
    make_blocks : callable
        Starts a pass: returns an iterator over arrays of float32.
    """
    count, total = _count_and_sum(make_blocks())
    mean = total / count
    squares = sum(float(np.square(block - mean, dtype="f8").sum()) for block in make_blocks())
    return (squares / count) ** 0.5


def _count_and_sum(blocks: Iterator[np.ndarray]) -> tuple[int, float]:
    """Return how many values the blocks hold and their sum; keep no block alive."""
    count, total = 0, 0.0
    for block in blocks:
        count += block.size
        total += float(block.sum(dtype="f8"))
    return count, total


def load_whole(path: str) -> float:
    """Load the file into an array and ask NumPy."""
    return float(np.fromfile(path, dtype="f4").std())


def map_whole(path: str) -> float:
    """Map the file and ask NumPy for the whole array at once."""
    return float(np.memmap(path, mode="r", dtype="f4").std())


def map_in_blocks(path: str) -> float:
    """Map the file and go over it in blocks."""
    return std_of_blocks(lambda: mapped_blocks(path))


def map_each_block(path: str) -> float:
    """Go over the file in blocks, and map and unmap each."""
    return std_of_blocks(lambda: block_maps(path))


def read_in_blocks(path: str) -> float:
    """Read the file in blocks."""
    return std_of_blocks(lambda: read_blocks(path))


WAYS = {
    "load it, x.std()": load_whole,
    "map it, x.std()": map_whole,
    "map it, in blocks": map_in_blocks,
    "map each block": map_each_block,
    "read it, in blocks": read_in_blocks,
}


@dataclass(frozen=True)
class Attempt:
    """How one way to compute went in a process with little memory.

    Attributes
    ----------
    limited : bool
        True if a limit was in force.
    value : float or None
        The result; ``None`` if the memory did not suffice.
    error : str
        Name of the error.
    """

    limited: bool
    value: float | None
    error: str = ""

    def __str__(self) -> str:
        if not self.limited:
            return "no limit here"
        return self.error or "works"


def attempt(way: str, path: str | os.PathLike, limit: str, room: int) -> Attempt:
    """Compute the standard deviation of a file with little memory. Call it in a child.

    Parameters
    ----------
    way : str
        One of `WAYS`.
    path : path
        Raw file of float32.
    limit : str
        ``"data"`` limits memory of its own, ``"addresses"`` limits the addresses that the
        process may use, maps of files included.
    room : int
        Bytes that the process may take beyond what it has.
    """
    limited = leave_room(limit, room)
    try:
        return Attempt(limited, WAYS[way](str(path)))
    except MemoryError:
        return Attempt(limited, None, "MemoryError")
    except OSError as error:
        return Attempt(limited, None, errno.errorcode[error.errno])


def leave_room(limit: str, room: int) -> bool:
    """Limit this process to what it has now and `room` bytes more; tell if that worked.

    Raises
    ------
    ValueError
        If `limit` is neither ``"data"`` nor ``"addresses"``.
    """
    kinds = {"data": ("RLIMIT_DATA", "VmData"), "addresses": ("RLIMIT_AS", "VmSize")}
    if limit not in kinds:
        raise ValueError(f"limit must be one of {sorted(kinds)}, got {limit!r}")
    name, used = kinds[limit]
    try:
        import resource

        number, own = getattr(resource, name), procfs.status(os.getpid())[used]
    except (ImportError, AttributeError, OSError, KeyError):
        return False
    resource.setrlimit(number, (own + room, resource.getrlimit(number)[1]))
    return True


def standardise(path: str | os.PathLike, room: int | None = None) -> int:
    """Shift and scale the values of a file in place to mean 0 and deviation 1.

    Parameters
    ----------
    path : path
        Raw file of float32.
    room : int, optional
        Bytes of memory that the process may take; then call it in a child.

    Returns
    -------
    int
        Number of values. They are on the disk when it returns.
    """
    if room is not None:
        leave_room("data", room)
    deviation = std_of_blocks(lambda: block_maps(path))
    count, total = _count_and_sum(block_maps(path))
    shift_and_scale(path, total / count, deviation)
    return count


def shift_and_scale(path: str | os.PathLike, mean: float, deviation: float) -> None:
    """Subtract a mean from all values of a file and divide them by a deviation, in place."""
    for block in block_maps(path, mode="r+"):
        block -= mean
        block /= deviation
    with open(path, "r+b") as file:
        os.fsync(file.fileno())  # wait once, after the last block
