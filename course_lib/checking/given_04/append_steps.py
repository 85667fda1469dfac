"""Rows of `append_steps`: an array grows along time."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import zarr_files
from course_lib.checking.check import Report
from course_lib.checking.given_04.shared import store
from course_lib.checking.outcome import Outcome


def rows(report: Report, append: Callable, folder: Path) -> None:
    """Add the visible rows of `append_steps`."""
    import numpy as np

    rng = np.random.default_rng(8)
    values = rng.standard_normal((12, 4, 4))
    path = store(folder / "example.zarr", values[:10], (4, 4, 4))
    grown_rows(
        report, report.run(append, path, values[10:]), path, values, "the example", (0.25, 0.25)
    )
    values = rng.standard_normal((45, 64, 64)).astype("f4")
    path = store(folder / "long.zarr", values[:42], (4, 64, 64))
    run = report.run(append, path, values[42:])
    grown_rows(report, run, path, values, "3 steps of 16 KiB", (0, 0.25))
    report.at_most(
        "bytes written",
        run.bytes_written,
        150 << 10,
        points=0.5,
        message="You write steps again that are stored already. Resize, and write behind them.",
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        200 << 10,
        points=0.25,
        message="You read steps that you do not need. Resize, and write behind them.",
    )
    table = np.arange(60).reshape(5, 3, 4)
    works = report.rows[0].ok and report.rows[1].ok
    for label, block, message in [
        (
            "int32 into int64",
            table.astype("i4")[:2],
            "Another dtype does not fit, also one that could be converted: Zarr itself converts.",
        ),
        (
            "one step without the axis of time",
            table[0],
            "A block without the axis of time does not fit: it raises ValueError.",
        ),
        (
            "other lengths of the other axes",
            table[:2, :2],
            "Other lengths of the other axes do not fit.",
        ),
    ]:
        misfit_row(
            report,
            append,
            store(folder / f"{label}.zarr", table, (2, 3, 4)),
            table,
            block,
            label,
            message,
            works,
        )


def grown_rows(report: Report, run: Outcome, path: str, values, label: str, points: tuple) -> None:
    """Add a row for the number of steps, and one for all steps."""
    report.equal(f"{label}: steps afterwards", run, len(values), points=points[0])
    if not report.rows[-1].ok:
        text = "This counts once the number of steps is right."
        return report.true(f"{label}: all steps", False, points=points[1], of=run, message=text)
    report.equal(
        f"{label}: all steps", zarr_files.part(path, "values"), values, points=points[1], of=run
    )


def misfit_row(
    report: Report, append: Callable, path: str, table, block, label: str, message: str, works: bool
) -> None:
    """Add the row for a block that does not fit into a stored table."""
    import numpy as np

    run = report.run(append, path, block)
    refused = run.error is not None and "ValueError" in (run.error.kind, *run.error.bases)
    found = zarr_files.part(path, "values")
    same = not isinstance(found, str) and np.array_equal(found, table)
    report.true(
        label,
        works and refused and same,
        points=0.25,
        expected="ValueError",
        got=f"{run.error.kind}: {run.error.message}" if run.error else str(run.value),
        message="This counts once blocks that fit are appended."
        if not works
        else message
        if run.error is None
        else f"Raise ValueError, not {run.error.kind}."
        if not refused
        else "It raised, and the array has changed. Look at the block before you resize.",
    )
