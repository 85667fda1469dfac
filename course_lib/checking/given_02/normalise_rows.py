"""Rows of `normalise_rows`: a file is changed in place."""

import os
from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_02.shared import ONE_MAP, wide_table
from course_lib.checking.outcome import Outcome

SYNCED = (
    "The result is in the page cache only. A power cut would take it: flush and os.fsync, or "
    "the map's flush()."
)


def normalised(table):
    """Return the expected table."""
    import numpy as np

    with np.errstate(all="ignore"):
        mean, std = (f(table, axis=1, dtype="f8", keepdims=True) for f in (np.mean, np.std))
        return ((table - mean) / np.where(std == 0, 1, std)).astype(table.dtype)


def normalise(report: Report, function: Callable, path, table, rows_at_once: int, measured=False):
    """Run the student's function on a file with this table; return the run and what is left."""
    path = files.put(path, table, durable=measured)
    options = {"watch": [path], "cold": True} if measured else {}
    run = report.run(function, path, table.dtype.str, table.shape, rows_at_once, **options)
    return run, files.read_raw(path, table.dtype, table.shape)


def table_check(report: Report, run: Outcome, found, table, label: str, points: float) -> None:
    """Add the row for a normalised table."""
    report.close(label, found, normalised(table), rtol=0, atol=1e-5, points=points, of=run)


def rows(report: Report, function: Callable, folder) -> None:
    """Add the visible rows of `normalise_rows`."""
    import numpy as np

    table = np.array([[1, 2, 3], [5, 5, 5]], "<f4")
    run, found = normalise(report, function, folder / "small.raw", table, 1)
    table_check(report, run, found, table, "the example", 0.5)
    few = np.random.default_rng(12).random((5, 40), "<f4")
    run, found = normalise(report, function, folder / "few.raw", few, 5, measured=True)
    table_check(report, run, found, few, "five short rows", 0)
    report.at_most("its pages that are not on the disk", run.dirty, 0, points=0.25, message=SYNCED)
    table = wide_table(9)
    path = files.put(folder / "wide.raw", table)
    with open(path, "rb") as old:
        _costs(report, function, path, table, os.fstat(old.fileno()).st_ino)
    rng = np.random.default_rng(11)
    small = {
        "rows with a large mean": 1e6 * np.array([[1], [3]]) + rng.standard_normal((2, 500)),
        "rows of tiny numbers": 1e-9 * np.array([[1], [3]]) * rng.random((2, 500)),
    }
    for label, row in small.items():
        run, found = normalise(report, function, folder / "row.raw", row.astype("<f4"), 4)
        table_check(report, run, found, row.astype("<f4"), label, 0.25)
    table = (np.arange(60).reshape(10, 6) ** 2).astype(">f4")
    run, found = normalise(report, function, folder / "swapped.raw", table, 4)
    table_check(report, run, found, table, "a shorter last block, in another byte order", 0.25)


def _costs(report: Report, function: Callable, path: str, table, inode: int) -> None:
    """Add the rows for a large file: the result, what it costs, and whether it is the same file."""
    run = report.run(function, path, table.dtype.str, table.shape, 2, watch=[path], cold=True)
    found = files.read_raw(path, table.dtype, table.shape)
    table_check(report, run, found, table, "4 MiB, two rows of 64 KiB at a time", 0.25)
    right = report.rows[-1].ok
    same = right and os.stat(path).st_ino == inode
    report.at_most(
        "memory",
        run.peak,
        3 << 20,
        points=0.5,
        analytic=run.held.value,
        message="You hold too much at once: a block and its float64 copies are enough. " + ONE_MAP,
    )
    limit = int(1.1 * table.nbytes)
    report.at_most(
        "bytes read",
        run.bytes_read,
        limit,
        points=0.25,
        message="You read the file more than once. A row's mean and deviation need that row only.",
    )
    report.at_most(
        "bytes written",
        run.bytes_dirtied,
        limit,
        points=0.25,
        message="Pages were written more than once. Write each block once, and flush at the end.",
    )
    report.at_most(
        "pages that are not on the disk",
        run.dirty,
        0,
        points=0.25,
        message=SYNCED,
    )
    report.true(
        "it is the same file",
        same,
        points=0.25,
        of=run,
        message="In place: the same file holds the result, no other one took its name."
        if right
        else "This counts once the result is right.",
    )
