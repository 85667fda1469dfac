"""Rows of `map_row`: a row through a map."""

from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report


def rows(report: Report, map_row: Callable, folder) -> None:
    """Add the visible rows of `map_row`."""
    import numpy as np

    path = files.put(folder / "small.raw", bytes([9, 9, 1, 2, 3, 4, 5, 6]))
    run = report.run(map_row, path, "uint8", (2, 3), 2, 1)
    report.equal("the example", run, np.array([4, 5, 6], "u1"), points=0.25)
    table = np.random.default_rng(1).integers(0, 30_000, (256, 1024)).astype("<f4")
    content = bytes(1002) + table.tobytes() + bytes(2)
    path = files.put(folder / "table.raw", content)
    run = report.run(map_row, path, "<f4", table.shape, 1002, 200, watch=[path], cold=True)
    report.equal("a row of 4096 bytes, offset 1002", run, table[200], points=0.5)
    report.at_most(
        "pages in the cache",
        run.pages,
        4,
        points=0.5,
        at_least=0,  # a map that is handed out is read later
        message="The row lies on two pages. Open a map, and touch the row only.",
    )
    table = np.arange(300, 330, dtype=">i2").reshape(5, 6)
    path = files.put(folder / "big-endian.raw", b"head" + table.tobytes())
    run = report.run(map_row, path, ">i2", (5, 6), 4, 3)
    report.equal("another byte order", run, table[3], points=0.25)
