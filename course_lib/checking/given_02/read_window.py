"""Rows of `read_window`: a window of a raw file."""

from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def too_short(report: Report, run: Outcome, label: str, items: int, points: float) -> None:
    """Add the row for a window that does not lie within a file of so many items."""
    report.raises(label, run, ValueError, str(items), points=points)


def rows(report: Report, read_window: Callable, folder) -> None:
    """Add the visible rows of `read_window`."""
    import numpy as np

    path = files.put(folder / "bytes.raw", bytes([10, 11, 12, 13]))
    run = report.run(read_window, path, "uint8", 1, 2)
    report.equal("the example", run, np.array([11, 12], "u1"), points=0.25)
    run = report.run(read_window, path, "uint8", 3, 2)
    too_short(report, run, "the example, across the end", 4, 0.25)
    values = np.random.default_rng(3).integers(0, 10**6, 300_000).astype("<i4")
    path, window = files.put(folder / "values.raw", values), values[200_000:201_000]
    run = report.run(read_window, path, "<i4", 200_000, 1000)
    report.equal("1000 items of int32", run, window, points=0.5)
    report.at_most(
        "bytes read",
        run.bytes_read,
        64 << 10,
        points=0.5,
        message="The window has 4000 bytes, and the file more than a million. Go to its start, and stop "
        "at its end.",
    )
    run = report.run(read_window, path, "<i4", 299_999, 2)
    too_short(report, run, "a window across the end", 300_000, 0.25)
    swapped = values[:50].astype(">u2")
    path = files.put(folder / "swapped.raw", swapped)
    run = report.run(read_window, path, ">u2", 10, 40)
    report.equal("up to the last item, in another byte order", run, swapped[10:], points=0.25)
    run = report.run(read_window, path, ">u2", 20, 0)
    report.equal("no items", run, swapped[:0], points=0.25)
