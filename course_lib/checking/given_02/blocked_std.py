"""Rows of `blocked_std`: the standard deviation of a file, in blocks."""

from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_02.shared import ONE_MAP, wide_table
from course_lib.checking.outcome import Outcome


def std_row(
    report: Report,
    blocked_std: Callable,
    path,
    values,
    rows_at_once: int,
    label: str,
    points: float,
) -> Outcome:
    """Add a row for the deviation of a file with these values."""
    import numpy as np

    run = report.run(
        blocked_std, files.put(path, values), values.dtype.str, values.shape, rows_at_once
    )
    expected = float(values.std(dtype=np.float64))
    # n and n - 1 differ by 5e-7 in a million items.
    report.close(label, run, expected, rtol=1e-7, points=points)
    return run


def rows(report: Report, blocked_std: Callable, folder) -> None:
    """Add the visible rows of `blocked_std`."""
    import numpy as np

    std_row(
        report,
        blocked_std,
        folder / "small.raw",
        np.array([[1, 2], [3, 4]], "<f4"),
        1,
        "the example",
        0.5,
    )
    run = std_row(
        report,
        blocked_std,
        folder / "wide.raw",
        wide_table(5),
        2,
        "4 MiB, two rows of 64 KiB at a time",
        0.25,
    )
    report.at_most(
        "memory",
        run.peak,
        3 << 20,
        points=0.75,
        analytic=run.held.value,
        message="You hold too much at once. Read `rows_at_once` rows, and let them go before the next. "
        + ONE_MAP,
    )
    values = 1e8 + np.random.default_rng(7).standard_normal((100, 30))
    std_row(report, blocked_std, folder / "mean.raw", values, 10, "a large mean", 0.5)
    values = np.tile(np.array([1000, 1010], ">f2"), (400, 50))
    label = "float16, in another byte order"
    std_row(report, blocked_std, folder / "half.raw", values, 40, label, 0.25)
