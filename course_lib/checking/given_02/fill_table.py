"""Rows of `fill_table`: a table from its columns."""

from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def put_columns(table, folder, name: str) -> list[str]:
    """Put each column of a table into a file; return the paths."""
    columns = enumerate(table.T.copy())
    return [files.put(folder / f"{name}{i}.raw", column, durable=False) for i, column in columns]


def table_row(report: Report, run: Outcome, path, table, label: str, points: float) -> None:
    """Add the row for a table that was to be filled."""
    report.equal(
        label, files.read_raw(path, table.dtype, table.shape), table, points=points, of=run
    )


def rows(report: Report, fill_table: Callable, folder) -> None:
    """Add the visible rows of `fill_table`."""
    import numpy as np

    table, path = np.array([[1, 4], [2, 5], [3, 6]], "<f4"), str(folder / "small.raw")
    run = report.run(fill_table, put_columns(table, folder, "small"), "<f4", path, 2)
    table_row(report, run, path, table, "the example", 0.5)
    table, path = np.random.default_rng(7).random((65_536, 16), "<f4"), str(folder / "large.raw")
    run = report.run(fill_table, put_columns(table, folder, "large"), "<f4", path, 1024)
    table_row(report, run, path, table, "4 MiB, 16 columns, 1024 rows at a time", 0.25)
    report.at_most(
        "memory",
        run.peak,
        1 << 20,
        points=0.5,
        analytic=run.held.value,
        message="You hold too much at once: one block of rows is enough. The touched pages of a map count "
        "until the map is gone.",
    )
    report.at_most(
        "bytes written",
        run.bytes_dirtied,
        int(1.1 * table.nbytes),
        points=0.5,
        message="Pages were written more than once. Fill the table by blocks of rows, and let each page go "
        "to the disk when it is complete.",
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        8 * table.nbytes,
        points=0.25,
        message="You read the columns more than once: read the part that the block needs. (np.fromfile "
        "with a path reads a whole buffer of 4096 bytes for the smallest part.)",
    )
    table, path = np.arange(300, 321, dtype=">i2").reshape(7, 3), str(folder / "swapped.raw")
    run = report.run(fill_table, put_columns(table, folder, "swapped"), ">i2", path, 3)
    table_row(report, run, path, table, "a shorter last block, in another byte order", 0.5)
