"""Read a row or a column of a raw file through a memory map, and say which pages that needs."""

import numpy as np

from course_lib.measure import Measurement
from course_lib.pagecache import PAGE_SIZE


def needed_pages(shape: tuple[int, int], itemsize: int, selection) -> np.ndarray:
    """Mark the pages of a raw C-ordered file that hold the selected items.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    itemsize : int
        Bytes of an item; it divides the page size.
    selection : tuple
        What NumPy's indexing takes.

    Returns
    -------
    ndarray of bool, shape (pages,)

    Examples
    --------
    >>> int(needed_pages((8, 8192), 4, (slice(None), 5)).sum())
    8
    """
    rows, columns = (np.arange(n) for n in shape)
    chosen = np.ix_(np.atleast_1d(rows[selection[0]]), np.atleast_1d(columns[selection[1]]))
    pages = (chosen[0] * shape[1] + chosen[1]) * itemsize // PAGE_SIZE
    marks = np.zeros(-(-shape[0] * shape[1] * itemsize // PAGE_SIZE), bool)
    marks[pages] = True
    return marks


def cold_pages(measurement: Measurement) -> int | None:
    """Return the resident pages after a cold run; ``None`` if the run was not cold."""
    return None if measurement.notes else measurement.pages
