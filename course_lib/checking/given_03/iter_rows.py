"""Rows of `iter_rows`: one at a time."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_03.shared import copy_of
from course_lib.checking.outcome import Outcome


def some_rows(
    iter_rows: Callable, path: str, dtype: str, columns: int, start: int, count: int
) -> list:
    """Take `count` rows of a generator, close it, and return copies of them."""
    import numpy as np

    rows = iter_rows(path, dtype, columns, start)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    taken = list(islice(rows, count))
    rows.close()
    return [copy_of(row) for row in taken]


def rows_row(
    report: Report, run: Outcome, film, start: int, count: int, label: str, points: float
) -> None:
    """Add the row for some rows of a film."""
    expected = list(film[start : start + count])
    report.equal(label, run, expected, points=points)


def rows(report: Report, some: Callable, folder: Path) -> None:
    """Add the visible rows of `iter_rows`; `some` is the given function `some_rows`."""
    import numpy as np

    rng = np.random.default_rng(5)
    film = rng.integers(0, 4096, (1000, 640)).astype("<u2")
    path = files.put(folder / "film.raw", film)
    run = report.run(some, path, "<u2", 640, 0, 1, watch=[path], cold=True)
    rows_row(report, run, film, 0, 1, "the example", 0.25)
    report.at_most(
        "bytes read for the first row",
        run.bytes_read,
        160 << 10,
        points=0.25,
        message="You read much more than one row, or a buffer, before the first one is there.",
    )
    wide = rng.integers(0, 4096, (256, 8192)).astype("<u2")
    path = files.put(folder / "wide.raw", wide)
    run = report.run(some, path, "<u2", 8192, 0, 3, watch=[path], cold=True)
    rows_row(report, run, wide, 0, 3, "three rows of 16 KiB", 0.25)
    report.at_most(
        "bytes read for them",
        run.bytes_read,
        256 << 10,
        points=0.25,
        message="You read much more than three rows before the first one is there.",
    )
    report.at_most(
        "memory for them",
        run.peak,
        512 << 10,
        points=0.25,
        message="You hold many rows. Hold a few.",
    )
    path = files.put(folder / "wide.raw", wide)
    run = report.run(some, path, "<u2", 8192, 200, 2, watch=[path], cold=True)
    rows_row(report, run, wide, 200, 2, "rows from the far end", 0.25)
    report.at_most(
        "bytes read for the far rows",
        run.bytes_read,
        256 << 10,
        points=0.5,
        message="You read more than the two rows: the rows before `start` (file.seek goes there at once), or many behind them.",
    )
    report.at_most(
        "descriptors left open",
        run.descriptors,
        0,
        points=0.25,
        message="The file stays open when the generator is closed: use `with open(...)`.",
    )
    small = np.arange(15).reshape(3, 5).astype(">i2")
    run = report.run(some, files.put(folder / "small.raw", small), ">i2", 5, 1, 100)
    rows_row(report, run, small, 1, 2, "all rows to the end, in another byte order", 0.25)
    run = report.run(some, files.put(folder / "none.raw", b""), "<i4", 7, 0, 5)
    rows_row(report, run, small, 3, 0, "an empty file", 0.25)
