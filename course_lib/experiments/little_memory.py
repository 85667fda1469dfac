"""Build an array that does not fit into the memory that the process is allowed to take."""

import os
from dataclasses import dataclass

import numpy as np
import tables

from course_lib.experiments.limits import leave_room
from course_lib.units import MiB


@dataclass(frozen=True)
class Built:
    """What happened in the process with little memory.

    Attributes
    ----------
    limited : bool
        True if a limit was really in force.
    refused : bool or None
        True if NumPy could not have the whole array; ``None`` where there was no limit.
    stored : int
        Bytes of the array in the file.
    """

    limited: bool
    refused: bool | None
    stored: int


def _whole_array_refused(nbytes: int) -> bool:
    try:
        np.ones(nbytes, "u1")
    except MemoryError:
        return True
    return False


def append_blocks(path: str | os.PathLike, nbytes: int, block: int = MiB) -> int:
    """Append float32 blocks to a PyTables EArray; return the bytes that the array has then.

    Parameters
    ----------
    path : path
        The HDF5 file to make.
    nbytes : int
        Size of the array in the end, a multiple of `block`.
    block : int
        Bytes of one append.
    """
    columns = 1024
    rows = block // (4 * columns)
    expected = nbytes // (4 * columns)
    with tables.open_file(path, "w") as file:
        array = file.create_earray(
            "/",
            "cube",
            tables.Float32Atom(),
            shape=(0, columns),
            expectedrows=expected,
        )
        for number in range(nbytes // block):
            array.append(np.full((rows, columns), number, "f4"))
        return int(array.size_in_memory)


def build(path: str | os.PathLike, nbytes: int, room: int) -> Built:
    """Build the array of `append_blocks` with only `room` bytes of memory left.

    Run it in a child: the limit stays with the process.

    Parameters
    ----------
    path : path
        The HDF5 file to make.
    nbytes : int
        Size of the array in the end.
    room : int
        Bytes that the process may take on top of what it has.
    """
    limited = leave_room(room)
    refused = _whole_array_refused(nbytes) if limited else None
    return Built(limited, refused, append_blocks(path, nbytes))
