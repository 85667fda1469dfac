"""Rows of `rechunk`: other chunks."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import zarr_files
from course_lib.checking.check import Report
from course_lib.checking.given_04.shared import store
from course_lib.checking.outcome import Outcome

_READ_AGAIN = "You read chunks of the source several times. A block should cut none of them."


def stored(path, chunks: tuple):
    """Return the values of an array, if it has these chunks."""
    found = zarr_files.part(path, "chunks")
    if not isinstance(found, str) and found != chunks:
        return f"no usable file: it has the chunks {found}"
    return zarr_files.part(path, "values")


def copy_row(
    report: Report,
    rechunk: Callable,
    folder: Path,
    label: str,
    values,
    old: tuple,
    new: tuple,
    points: float,
) -> Outcome:
    """Run `rechunk` on an array and add the row for the copy; return the run."""
    source, target = (
        folder / f"{len(report.rows)}.zarr",
        str(folder / f"{len(report.rows)}-new.zarr"),
    )
    path = store(source, values, old)
    run = report.run(rechunk, path, target, new, watch=[path])
    found = stored(target, new)
    report.equal(label, found, values, points=points, of=run)
    return run


def rows(report: Report, rechunk: Callable, folder: Path) -> None:
    """Add the visible rows of `rechunk`."""
    import numpy as np

    values = np.arange(512 * 1024).reshape(512, 1024).astype("i2")
    copy_row(report, rechunk, folder, "the example", values, (64, 512), (256, 128), 0.5)
    values = np.arange(1 << 20, dtype="i4").reshape(256, 4096)
    run = copy_row(
        report, rechunk, folder, "4 MiB, a wide array", values, (256, 64), (64, 256), 0.5
    )
    report.at_most("chunks read", run.chunks, 64, points=0.5, message=_READ_AGAIN)
    report.at_most(
        "bytes written",
        run.bytes_written,
        5 << 20,
        points=0.5,
        message="You write chunks of the target several times: each part changes the whole chunk.",
    )
    report.at_most(
        "memory",
        run.peak,
        3 << 20,
        points=0.75,
        message="You hold too much: the whole array, or all of it along some axis. Copy it block by block, "
        "with blocks along every axis.",
    )
    cube = np.arange(105.0).reshape(5, 7, 3) + 1
    copy_row(report, rechunk, folder, "a cube with edge chunks", cube, (2, 3, 3), (4, 6, 1), 0.5)
