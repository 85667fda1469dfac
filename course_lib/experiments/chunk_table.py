"""A table of 30,000 x 3,000 numbers on three chunk grids."""

import itertools
import os

import numpy as np
import zarr

SHAPE = (30_000, 3_000)
DTYPE = np.dtype("i4")
# All three chunk shapes hold 300,000 numbers, 1.2 MB.
GRIDS = {"row strips": (100, 3_000), "column strips": (30_000, 10), "squares": (500, 600)}


def write(path: str | os.PathLike, chunks: tuple[int, int], shape: tuple[int, int] = SHAPE) -> None:
    """Write the table chunk by chunk: each value is its own flat index.

    The chunks are not compressed, so that bytes can be compared with theory.

    Parameters
    ----------
    path : path
        Directory of the array; what is there is replaced.
    chunks : tuple of int
        Rows and columns of a chunk.
    shape : tuple of int
        Rows and columns of the table.
    """
    table = zarr.create_array(
        str(path), shape=shape, chunks=chunks, dtype=DTYPE, compressors=None, overwrite=True
    )
    corners = itertools.product(
        *(range(0, n, chunk) for n, chunk in zip(shape, chunks, strict=True))
    )
    for row, column in corners:
        rows = np.arange(row, min(row + chunks[0], shape[0]), dtype=DTYPE)
        columns = np.arange(column, min(column + chunks[1], shape[1]), dtype=DTYPE)
        block = rows[:, None] * shape[1] + columns
        table[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = block
