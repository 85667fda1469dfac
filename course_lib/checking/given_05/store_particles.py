"""Rows of `store_particles`: a table that can be asked."""

from collections.abc import Callable

from course_lib.checking import hdf5_files
from course_lib.checking.check import Report
from course_lib.checking.given_05.shared import particles
from course_lib.checking.hdf5_files import Contents
from course_lib.checking.outcome import Outcome


def rows(report: Report, store: Callable, ask: Callable, path: str) -> None:
    """Add the visible rows of `store_particles`; `ask` is the given function `ask_table`."""
    for label, records, column, wanted, points in (
        (
            "the records in the table",
            particles(12_000, 8),
            "pressure",
            (20.0, 30.0),
            (0.5, 0.25, 0.5),
        ),
        (
            "another table in place of the old one",
            with_equals(particles(11_000, 12)),
            "energy",
            (49.0, 49.5),
            (0.25,) * 3,
        ),
    ):
        found, run = _stored(report, store, path, records, column, label, points[0])
        right = report.rows[-1].ok
        asked = report.run(ask, path, column, *wanted) if right else None
        question(report, asked, records, found, (column, *wanted), points=points[1:])
        if column == "pressure":
            _same_records(report, run, records, right)


def with_equals(records):
    """Return records of which several have the same energy."""
    records["energy"] = records["energy"].round(2)
    return records


def stored_row(
    report: Report, store: Callable, path: str, records, column: str, label: str, points: float
) -> Contents:
    """Store a table and add the row for its records; return what is in the file."""
    return _stored(report, store, path, records, column, label, points)[0]


def _stored(
    report: Report, store: Callable, path: str, records, column: str, label: str, points: float
) -> tuple[Contents, Outcome]:
    run = report.run(store, path, records.copy(), column)
    found = hdf5_files.contents(path, only=["particles"])
    came = by_number(found.value("particles"))
    report.equal(label, came, by_number(records), points=points, of=run)
    return found, run


def _same_records(report: Report, run: Outcome, records, right: bool) -> None:
    import numpy as np

    same = len(run.args) > 1 and np.array_equal(run.args[1], records)
    report.true(
        "the array of the caller stays as it is", right and same, points=0.25, of=run,
        message="The caller's array was changed in place. Sort a copy." if right
        else "This counts once the table is right.",
    )  # fmt: skip


def ask_table(path: str, column: str, low: float, high: float):
    """Return the sorted numbers of the particles with ``low <= column < high``."""
    import numpy as np
    import tables

    with tables.open_file(path) as file:
        table = file.root.particles
        names = {"x": table.cols._f_col(column), "low": low, "high": high}
        return np.sort(table.read_where("(low <= x) & (x < high)", names)["number"])


def by_number(stored):
    """Return records in a known order, or the text that says why there are none."""
    import numpy as np

    named = isinstance(stored, np.ndarray) and "number" in (stored.dtype.names or ())
    return stored[np.argsort(stored["number"])] if named else stored


def question(report: Report, asked, records, found: Contents, wanted: tuple, points: tuple) -> None:
    """Add the rows of a question to the table: its answer, and the bytes that were read for it.

    Parameters
    ----------
    asked : Outcome or None
        The run of `ask_table`; None if the table is not right, and nobody asked.
    records : structured ndarray
        What should be in the table.
    found : Contents
        What is in the file.
    wanted : (str, float, float)
        The column, and the range.
    points : (float, float)
        Worth of the two rows.
    """
    import numpy as np

    column, low, high = wanted
    first, second = f"records with {low} <= {column} < {high}", "bytes read for them"
    if asked is None:
        for label, worth in zip((first, second), points, strict=True):
            report.true(label, False, worth, message="This counts once the table is right.")
        return
    fits = (low <= records[column]) & (records[column] < high)
    report.equal(first, asked, np.sort(records["number"][fits]), points=points[0])
    report.at_most(
        second, asked.bytes_read, 170_000, points=points[1],
        message=_why_so_much(found, column), analytic=_expected_cost(found, *wanted),
    )  # fmt: skip


def _why_so_much(found: Contents, column: str) -> str:
    """Say what makes a question dear: no index, or scattered rows."""
    import numpy as np

    there = {n.rpartition("/")[2] for n in found.items if n.startswith("_i_particles/")}
    rows = found.value("particles")
    if not there:
        return "Too much is read: there is no index on the column that will be asked for."
    if column not in there:
        return "Too much is read: the index is on another column. The column is an argument."
    if isinstance(rows, np.ndarray) and (np.diff(rows[column]) < 0).any():
        return "Too much is read: the hits are scattered over the table, so many chunks hold one."
    return "Too much is read, though there is an index. How many rows has a chunk?"


def _expected_cost(found: Contents, column: str, low: float, high: float) -> int:
    """Return the bytes that a question should cost, where nobody counts them."""
    import numpy as np

    rows, chunks = found.value("particles"), found.chunks("particles")
    if not isinstance(rows, np.ndarray) or not isinstance(chunks, tuple):
        return 1 << 30
    if column not in (rows.dtype.names or ()):
        return 1 << 30
    if f"_i_particles/{column}" not in found.items:
        return rows.nbytes
    hits = np.flatnonzero((low <= rows[column]) & (rows[column] < high))
    return np.unique(hits // chunks[0]).size * chunks[0] * rows.itemsize
