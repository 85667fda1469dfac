"""Rows of `build_cube`: few files, maps and series."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import zarr_files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome
from course_lib.units import format_count

_FIRST_RIGHT = "This counts once the values are right."


_TOO_MUCH = (
    "A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its "
    "chunks. Which chunks does it touch, and what do they weigh?"
)


def read_part(path: str, index: tuple):
    """Read a part of a Zarr array; `index` has a number for each axis, or None for all of it.

    Newer versions of Zarr fetch chunks that lie close to each other in a shard with one long
    read, the gaps included. That saves requests and costs bytes; here it is switched off.
    """
    import zarr

    with zarr.config.set({"array.sharding_coalesce_max_gap_bytes": 0}):
        array = zarr.open_array(path, mode="r")
        return array[tuple(slice(None) if i is None else slice(i, i + 1) for i in index)]


def cube_rows(report: Report, build: Callable, path: str, cube, label: str, points: tuple) -> bool:
    """Add a row for the values of a cube and one for its files; return whether it is right."""
    run = report.run(build, path, cube)
    report.equal(label, zarr_files.part(path, "values"), cube, points=points[0], of=run)
    whole, count = report.rows[-1].ok, _data_files(path)
    if points[1]:
        shards = zarr_files.part(path, "shards") if whole else None
        report.true(
            f"{label}: files",
            whole and count <= 4,
            points=points[1],
            of=run,
            got=format_count(count, "files"),
            expected="at most 4 files",
            message=_FIRST_RIGHT
            if not whole
            else f"{format_count(count, 'files')} came. "
            + (
                "Let chunks share a file: create the array with shards."
                if shards is None
                else f"Your shards hold {shards} values: larger ones make fewer files."
            ),
        )
    return whole


def _data_files(path: str) -> int:
    """Count the files below a folder, without the metadata."""
    found = [name for _, _, names in os.walk(path) for name in names]
    return len([name for name in found if name != "zarr.json"])


def part_rows(
    report: Report, run: Outcome | None, cube, label: str, index: tuple, limit: int,
    points: tuple = (0.25, 0.25),
) -> None:  # fmt: skip
    """Add a row for a part that was read back, and one for the bytes that this took.

    `run` is None where the cube is not right, and nobody asked for a part.
    """
    if run is None:
        for text, worth in zip((label, f"{label}: bytes read"), points, strict=True):
            report.true(text, False, points=worth, message=_FIRST_RIGHT)
        return
    expected = cube[tuple(slice(None) if i is None else slice(i, i + 1) for i in index)]
    report.equal(label, run, expected, points=points[0])
    report.at_most(
        f"{label}: bytes read", run.bytes_read, limit, points=points[1], message=_TOO_MUCH
    )


def rows(report: Report, build: Callable, read: Callable, folder: Path) -> None:
    """Add the visible rows of `build_cube`; `read` is the given function `read_part`."""
    import numpy as np

    rng = np.random.default_rng(9)
    cube, path = rng.standard_normal((32, 64, 64)).astype("f4"), str(folder / "cube.zarr")
    whole = cube_rows(report, build, path, cube, "a whole cube", (0.5, 0.5))
    for label, index, limit in (
        ("a map", (10, None, None), 300 << 10),
        ("a series", (None, 7, 33), 44 << 10),
    ):
        run = report.run(read, path, index) if whole else None
        part_rows(report, run, cube, label, index, limit)
    cube = rng.integers(-99, 99, (20, 50, 62)).astype("i2")
    cube_rows(report, build, str(folder / "small.zarr"), cube, "a smaller cube of int16", (0.25, 0))
