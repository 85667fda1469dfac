"""Rows of `append_day`: a tail takes the new days."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib import data
from course_lib.checking import zarr_files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def rows(report: Report, append: Callable, folder: Path) -> Outcome:
    """Add the visible rows of `append_day`; return the run that filled a chunk."""
    days = data.temperatures(25, 96, 96, seed=5)
    path = store_group(folder / "g", days[:16], days[16:22], (8, 32, 32))
    run = report.run(append, path, days[22])
    wanted = [days[:16], days[16:23]]
    report.equal("the example: cube and tail", both(path), wanted, points=0.5, of=run)
    right = report.rows[-1].ok
    report.equal("days afterwards", run, 23, points=0.25, after=right)
    report.at_most(
        "bytes written", run.bytes_written, 50_000, points=0.25,
        message="A day has 36 KiB, and nothing else has to be written: not the days that wait "
        "already, and not the cube.",
    )  # fmt: skip
    fill, wanted = report.run(append, path, days[23]), [days[:24], days[:0]]
    report.equal("the day that fills a chunk", both(path), wanted, points=0.75, of=fill)
    path = store_group(folder / "misfit", days[:8], days[8:9], (8, 32, 32))
    refused = refuses(report, append, path, days[9].astype("f8"))
    same = shapes(path) == [(8, 96, 96), (1, 96, 96)]
    report.true(
        "a day of another dtype", right and refused and same, points=0.25,
        message="A day of another shape or dtype raises ValueError, before anything is changed."
        if right else "This counts once cube and tail are right.",
    )  # fmt: skip
    return fill


def refuses(report: Report, append: Callable, path: str, day) -> bool:
    """Tell whether the answer refuses a day with a ValueError."""
    run = report.run(append, path, day)
    return run.error is not None and "ValueError" in (run.error.kind, *run.error.bases)


def shapes(path: str) -> list:
    """Return the shapes of cube and tail; None for one that cannot be read."""
    return [getattr(stored, "shape", None) for stored in both(path)]


def store_group(path, cube, tail, chunks: tuple) -> str:
    """Store a cube and its tail, such that the student's process may change them."""
    import zarr

    group = zarr.create_group(str(path))
    for name, values, shape in (("cube", cube, chunks), ("tail", tail, (1, *cube.shape[1:]))):
        made = group.create_array(
            name, shape=values.shape, chunks=shape, dtype=values.dtype, compressors=None
        )
        made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


def both(path: str) -> list:
    """Return what is stored, or texts that say why not."""
    return [zarr_files.part(os.path.join(path, name), "values") for name in ("cube", "tail")]
