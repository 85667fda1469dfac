"""Rows of `find_particles`: a question to the table."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking.check import Report
from course_lib.checking.given_05.shared import particles, table_file


def rows(report: Report, find: Callable, folder: Path) -> None:
    """Add the visible rows of `find_particles`."""
    three = particles(3, 3)
    three["pressure"] = [10, 20, 30]
    run = report.run(find, table_file(folder / "example.h5", three)[0], "pressure", 10, 30)
    report.equal("the example", run, three[:2], points=0.25)
    path, stored = table_file(folder / "indexed.h5", particles(12_000, 10), "pressure")
    low, high = float(stored["pressure"][700]), float(stored["pressure"][900])
    run = report.run(find, path, "pressure", low, high)
    report.equal("200 records", run, stored[700:900], points=0.25)
    report.at_most(
        "bytes read", run.bytes_read, 170_000, points=0.5,
        message="You read the whole table. `read_where` and `where` use its index.",
    )  # fmt: skip
    path, stored = table_file(folder / "plain.h5", particles(3000, 11))
    fits = stored[(stored["energy"] >= 20.1) & (stored["energy"] < 20.5)]
    run = report.run(find, path, "energy", 20.1, 20.5)
    report.equal("another column, without an index", run, fits, points=0.25)
    run = report.run(find, path, "energy", 60, 70)
    report.equal("a range that holds nothing", run, stored[:0], points=0.25)
