"""Rows of `open_raw`: any raw file."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_03.shared import copy_of, entry
from course_lib.checking.outcome import Outcome


def part_of_raw(open_raw: Callable, path: str, arguments: list, index: tuple) -> dict:
    """Open a raw file, take a part, and say what the array is like.

    `index` has a number for each axis, or None for all of it.
    """
    import numpy as np

    array = open_raw(path, *arguments)
    copy_of(array[:0] if getattr(array, "ndim", 0) else array)
    part = np.array(array[tuple(slice(None) if i is None else i for i in index)])
    owner = array
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return {
        "part": part,
        "shape": array.shape,
        "writeable": bool(array.flags.writeable),
        "mapped": type(owner).__name__ in ("mmap", "memoryview"),
    }


def refused(report: Report, run: Outcome, label: str, points: float, right: bool) -> None:
    """Add the row for a file that does not fit; it counts once whole files can be opened."""
    if right:
        report.raises(label, run, ValueError, points=points)
    else:
        report.true(
            label, False, points=points, message="This counts once a file that fits is opened."
        )


def rows(report: Report, part: Callable, folder: Path) -> None:
    """Add the visible rows of `open_raw`; `part` is the given function `part_of_raw`."""
    import numpy as np

    rng = np.random.default_rng(3)
    values = np.arange(12, dtype="<f4").reshape(4, 3)
    content = b"sixteen bytes..." + values.tobytes()
    path = files.put(folder / "a.raw", content)
    run = report.run(part, path, ["<f4", (-1, 3), 16], (None, None))
    report.equal("the example, 64 bytes", entry(run, "part"), values, points=0.25, of=run)
    right = report.rows[-1].ok
    run = report.run(
        part, files.put(folder / "b.raw", content + b"++"), ["<f4", (-1, 3), 16], (None, None)
    )
    refused(report, run, "the example, 66 bytes", 0.25, right)
    table = rng.integers(0, 30_000, (512, 1024)).astype("<i2")
    content = b"0123456789" + table.tobytes() + b"tail"
    path = files.put(folder / "table.raw", content)
    run = report.run(part, path, ["<i2", (512, 1024), 10], (100, None), watch=[path], cold=True)
    report.equal(
        "a row of a file with other bytes around",
        entry(run, "part"),
        table[100],
        points=0.25,
        of=run,
    )
    report.at_most(
        "pages fetched for one row",
        run.pages,
        4,
        points=0.5,
        message="You read the file. A memory map fetches only pages that are used.",
        analytic=2 if entry(run, "mapped") is True else 257,
    )
    report.equal("may it be written to", entry(run, "writeable"), False, points=0.25, of=run)
    cube = np.asfortranarray(rng.standard_normal((6, 5, 4)).astype(">f8"))
    path, part_of_cube = files.put(folder / "cube.raw", cube), np.array(cube[:, 2])
    run = report.run(part, path, [">f8", (6, 5, 4), 0, "F"], (None, 2, None))
    report.equal(
        "big-endian, in Fortran order", entry(run, "part"), part_of_cube, points=0.25, of=run
    )
    run = report.run(part, path, [">f8", (7, 5, 4), 0], (0, 0, None))
    refused(report, run, "a file that is too short", 0.25, right)
    run = report.run(part, path, [">f8", (-1, 7), 0], (0, None))
    refused(report, run, "items left over", 0.25, right)
    run = report.run(part, path, [">f8", (5, -1), 0], (4, None))
    last = cube.ravel("F")[96:]
    report.equal("a length of the second axis", entry(run, "part"), last, points=0.25, of=run)
    run = report.run(part, path, ["<u1", (0, 7), 100], (None, None))
    report.equal("an array without items", entry(run, "shape"), (0, 7), points=0.25, of=run)
