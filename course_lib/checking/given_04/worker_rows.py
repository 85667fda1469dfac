"""Rows of `worker_rows`: no file has two writers."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking.check import Report
from course_lib.checking.given_04.shared import whole_numbers


def rows(report: Report, worker_rows: Callable, folder: Path) -> None:
    """Add the visible rows of `worker_rows`."""
    share_rows(report, worker_rows, folder, "the example", (100, 30, None), 2)
    share_rows(report, worker_rows, folder, "shards of 20 rows", (115, 5, 20), 4)
    share_rows(report, worker_rows, folder, "more workers than files", (25, 10, None), 5)


def _ranges(value):
    """Return a list of ranges with the whole numbers of NumPy turned into Python's own."""
    return [whole_numbers(part) for part in value] if type(value) in (list, tuple) else value


def _is_cover(parts, workers: int, rows: int) -> bool:
    """Tell whether a value has a range for each worker, which cover all rows once."""
    if type(parts) is not list or len(parts) != workers:
        return False
    if not all(type(p) is tuple and len(p) == 2 and all(type(n) is int for n in p) for p in parts):
        return False
    at = 0
    for start, stop in parts:
        if start == stop and 0 <= start <= rows:
            continue
        if start != at or stop <= start:
            return False
        at = stop
    return at == rows


def share_rows(
    report: Report, worker_rows: Callable, folder: Path, label: str, sizes: tuple, workers: int
) -> None:
    """Check one array: all rows once, no file with two writers, even shares; a quarter each.

    Parameters
    ----------
    sizes : tuple of (int, int, int or None)
        Rows of the array, of a chunk and of a shard.
    """
    import zarr

    rows, chunk, shard = sizes
    path = str(folder / f"{rows}-{chunk}-{shard}.zarr")
    if not os.path.exists(path):
        zarr.create_array(
            path,
            shape=(rows, 50),
            dtype="f4",
            chunks=(chunk, 50),
            shards=(shard, 50) if shard else None,
        )
    run = report.run(worker_rows, path, workers)
    unit, value = shard or chunk, _ranges(run.value)
    covers, shown = _is_cover(value, workers, rows), repr(value)
    report.true(
        f"{label}: all rows, once",
        covers,
        points=0.25,
        of=run,
        got=shown,
        message="" if covers else _no_cover(value, workers, rows, unit),
    )
    aligned = covers and all(s % unit == 0 or s == rows for part in value for s in part)
    report.true(
        f"{label}: no file has two writers",
        aligned,
        points=0.25,
        of=run,
        got=shown,
        message="A worker begins or ends inside a file. A file holds a shard, if the array has shards, "
        "otherwise a chunk: cut there only."
        if covers
        else "This counts once all rows are covered.",
    )
    loads = [-(-(stop - start) // unit) for start, stop in value] if aligned else [0, 9]
    report.true(
        f"{label}: even shares",
        max(loads) - min(loads) <= 1,
        points=0.25,
        of=run,
        got=shown,
        message="Share the rows of files evenly: one more or less is the most that is needed."
        if aligned
        else "This counts once no file has two writers.",
    )


def _no_cover(value, workers: int, rows: int, unit: int) -> str:
    if value is None:
        return "got None: does the function end with return? Expected a list of (start, stop)."
    if _is_cover(value, workers, -(-rows // unit) * unit):
        return f"The array has {rows} rows: the last range ends there."
    if _is_cover(value, workers, rows // unit * unit):
        return "The rows behind the last full file are missing: together the ranges cover all rows."
    if type(value) is list and len(value) != workers:
        return f"Expected one (start, stop) for each worker: {workers}, also for one without rows."
    return "Expected one (start, stop) for each worker, which follow each other and cover all rows."
