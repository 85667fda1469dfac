"""Rows of `npy_header`: the header of a .npy file."""

import io
from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def npy_file(path, array, version=(1, 0)) -> str:
    """Save an array in a version of the .npy format and return the path."""
    import numpy as np

    content = io.BytesIO()
    np.lib.format.write_array(content, array, version=version)
    return files.put(path, content.getvalue())


def header_row(
    report: Report,
    run: Outcome,
    label: str,
    points: float,
    shape: list,
    dtype: str,
    order: str = "C",
    offset: int = 128,
) -> None:
    """Add the row for one header."""
    header = {"shape": shape, "dtype": dtype, "order": order, "offset": offset}
    report.equal(label, run, header, points=points)


def rows(report: Report, npy_header: Callable, folder) -> None:
    """Add the visible rows of `npy_header`."""
    import numpy as np

    path = npy_file(folder / "small.npy", np.zeros((2, 3), "<f4"))
    header_row(report, report.run(npy_header, path), "the example", 0.5, [2, 3], "<f4")
    path = npy_file(folder / "large.npy", np.zeros((1024, 256), ">i4"))
    run = report.run(npy_header, path)
    header_row(report, run, "1 MiB of big-endian int32", 0.5, [1024, 256], ">i4")
    report.at_most(
        "bytes read",
        run.bytes_read,
        256 << 10,
        points=0.5,
        message="The header is enough. np.load reads everything, unless you ask for a map: mmap_mode.",
    )
    path = npy_file(folder / "fortran.npy", np.asfortranarray(np.zeros((7, 2))))
    header_row(report, report.run(npy_header, path), "Fortran order", 0.25, [7, 2], "<f8", "F")
    path = npy_file(folder / "axes.npy", np.zeros((1,) * 27, "<i8"))
    run = report.run(npy_header, path)
    header_row(report, run, "a longer header", 0.25, [1] * 27, "<i8", "C", 192)
    path = npy_file(folder / "two.npy", np.zeros((3, 5), "|u1"), (2, 0))
    run = report.run(npy_header, path)
    header_row(report, run, "version 2 of the format", 0.25, [3, 5], "|u1")
    path = npy_file(folder / "none.npy", np.zeros((4, 0), "<c8"))
    header_row(report, report.run(npy_header, path), "an array without items", 0.25, [4, 0], "<c8")
