"""Rows of `column_stats`: statistics of columns, in blocks."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking.check import Report
from course_lib.checking.given_05.shared import dataset_file, part


def rows(report: Report, column_stats: Callable, folder: Path) -> None:
    """Add the visible rows of `column_stats`."""
    import numpy as np

    path = dataset_file(folder / "example.h5", np.array([[1, 10], [3, 10]]))
    run = report.run(column_stats, path, "x", 100)
    expected = {"mean": np.array([2.0, 10.0]), "std": np.array([1.0, 0.0])}
    report.close("the example", run, expected, rtol=1e-12, atol=1e-12, points=0.5)
    _large(report, column_stats, folder / "large.h5")
    x = 1.3e9 + np.random.default_rng(8).normal(0, 5, (400, 2))
    run = report.run(column_stats, dataset_file(folder / "seconds.h5", x), "x", 150)
    label = "large numbers that lie close together"
    report.close(label, run, statistics(x), rtol=1e-6, points=0.25)


def _large(report: Report, column_stats: Callable, path: Path) -> None:
    x = drifting(1021, 1024)
    want = statistics(x)
    run = report.run(column_stats, dataset_file(path, x), "x", 8)
    report.close(
        "mean of each column, the last block is shorter", part(run.value, "mean"), want["mean"],
        rtol=1e-9, points=0.25, of=run,
    )  # fmt: skip
    std = part(run.value, "std")
    report.close("standard deviation", std, want["std"], rtol=1e-6, points=0.25, of=run)
    report.at_most(
        "bytes read", run.bytes_read, int(1.1 * x.nbytes), points=0.5,
        message="You read some rows twice. Sum and sum of squares come from the same pass.",
    )  # fmt: skip
    report.at_most(
        "memory, with blocks of 32 KiB", run.peak, 2 << 20, points=0.5,
        message="You hold the whole dataset, or blocks of another size than block_rows. Add up a "
        "block, and let go of it before the next.",
    )  # fmt: skip
    report.at_most(
        "reads", run.reads, 300, points=0.25,
        message="128 blocks need 128 reads. A column lies scattered in the file, so reading it "
        "takes one read for each row. Take whole rows.",
    )  # fmt: skip


def statistics(x) -> dict:
    """Return what `column_stats` should say of an array."""
    import numpy as np

    return {"mean": x.mean(axis=0, dtype=np.float64), "std": x.std(axis=0, dtype=np.float64)}


def drifting(rows: int, columns: int):
    """Return temperatures of float32 that rise row by row, so that blocks differ."""
    import numpy as np

    x = np.random.default_rng(5).random((rows, columns), dtype="f4")
    x += (280 + np.arange(rows, dtype="f4") / 50)[:, None]
    return x
