"""Visible cases and judges of exercise 02: memory-mapped arrays.

A known wrong value is the value that this mistake gives in this case. Where two mistakes give
the same one, the message holds for both.
"""

import io
import os
from collections.abc import Callable
from numbers import Real

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Count, Outcome

BYTE_ORDER = "The dtype says the byte order, too: keep it."
ONE_MAP = "The touched pages of a map count until the map is gone: one map for each block."


def near(wrong: float, message: str, rtol: float = 1e-6) -> tuple:
    """Return a known mistake: a number that is as good as the wrong one."""
    return (lambda value: abs(value - wrong) <= rtol * abs(wrong), message)


def near_array(wrong, message: str, atol: float = 1e-4) -> tuple:
    """Return a known mistake: an array that is as good as the wrong one."""
    import numpy as np

    return (
        lambda a: bool(
            a.shape == wrong.shape and np.allclose(a, wrong, rtol=0, atol=atol, equal_nan=True)
        ),
        message,
    )


def in_other_order(array) -> list[tuple]:
    """Return the two ways to lose the byte order of an array: of its bytes, or of its dtype."""
    other = array.dtype.newbyteorder()
    return [(array.astype(other), BYTE_ORDER), (array.view(other), BYTE_ORDER)]


# map_row


def map_row_rows(report: Report, map_row: Callable, folder) -> None:
    """Add the visible rows of `map_row`."""
    import numpy as np

    path = files.put(folder / "small.raw", bytes([9, 9, 1, 2, 3, 4, 5, 6]))
    run = report.run(map_row, path, "uint8", (2, 3), 2, 1)
    report.equal(
        "the example",
        run,
        np.array([4, 5, 6], "u1"),
        points=0.25,
        known=[
            (
                np.array([2, 3, 4], "u1"),
                "The array begins at `offset`, not at the start of the file.",
            ),
            (np.array([1, 2, 3], "u1"), "This is the row before. Rows count from 0."),
        ],
    )
    table = np.random.default_rng(1).integers(0, 30_000, (256, 1024)).astype("<f4")
    content = bytes(1002) + table.tobytes() + bytes(2)
    path = files.put(folder / "table.raw", content)
    shifted = np.frombuffer(content[1000:], "<f4", table.size).reshape(table.shape)
    run = report.run(map_row, path, "<f4", table.shape, 1002, 200, watch=[path], cold=True)
    report.equal(
        "a row of 4096 bytes, offset 1002",
        run,
        table[200],
        points=0.5,
        known=[
            (table[:, 200], "This is a column. Rows lie one after the other."),
            (
                lambda a: a.tobytes() == shifted[200].tobytes(),
                "`offset` counts bytes, and need not be a multiple of the item's size.",
            ),
            (table[199], "This is the row before. Rows count from 0."),
        ],
    )
    report.at_most(
        "pages in the cache",
        run.pages,
        4,
        points=0.5,
        message="The row lies on two pages. Open a map, and touch the row only.",
    )
    table = np.arange(300, 330, dtype=">i2").reshape(5, 6)
    path = files.put(folder / "big-endian.raw", b"head" + table.tobytes())
    run = report.run(map_row, path, ">i2", (5, 6), 4, 3)
    report.equal("another byte order", run, table[3], points=0.25, known=in_other_order(table[3]))


# npy_header

VERSION = (
    "The format has versions: np.lib.format.read_magic tells the version, and version 2 has a "
    "longer field for the length of the header."
)


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
    error: str = "",
) -> None:
    """Add the row for one header; `error` says what a ValueError means here."""
    header = {"shape": shape, "dtype": dtype, "order": order, "offset": offset}
    other = {**header, "order": "F" if order == "C" else "C"}
    report.equal(
        label,
        run,
        header,
        points=points,
        known=[
            (other, "Look at the order in which the items lie. The header tells it."),
            ({**header, "offset": 128}, "The data begins where the header ends."),
            *([("ValueError", error)] if error else []),
        ],
    )


def npy_header_rows(report: Report, npy_header: Callable, folder) -> None:
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
    header_row(report, run, "version 2 of the format", 0.25, [3, 5], "|u1", error=VERSION)
    path = npy_file(folder / "none.npy", np.zeros((4, 0), "<c8"))
    header_row(
        report,
        report.run(npy_header, path),
        "an array without items",
        0.25,
        [4, 0],
        "<c8",
        error="An array without items cannot be mapped, but it has a header.",
    )


# read_window


def too_short(report: Report, run: Outcome, label: str, items: int, rest, points: float) -> None:
    """Add the row for a window that does not lie within a file of so many items.

    `rest` holds the items that are there.
    """
    missing = "One item is missing" if len(rest) else "The items are missing"
    report.raises(
        label,
        run,
        ValueError,
        str(items),
        points=points,
        known=[
            (rest, f"{missing}, and the caller is not told."),
            (
                "ValueError",
                "Name the number of items that the file has: items, not bytes, "
                f"in digits only: {items}."
                if not report._hidden
                else "Name the number of items that the file has: items, not bytes, in digits only.",
            ),
        ],
    )


def read_window_rows(report: Report, read_window: Callable, folder) -> None:
    """Add the visible rows of `read_window`."""
    import numpy as np

    path = files.put(folder / "bytes.raw", bytes([10, 11, 12, 13]))
    run = report.run(read_window, path, "uint8", 1, 2)
    report.equal(
        "the example",
        run,
        np.array([11, 12], "u1"),
        points=0.25,
        known=[
            (np.array([11], "u1"), "`count` is how many items, not where they end."),
        ],
    )
    run = report.run(read_window, path, "uint8", 3, 2)
    too_short(report, run, "the example, across the end", 4, np.array([13], "u1"), 0.25)
    values = np.random.default_rng(3).integers(0, 10**6, 300_000).astype("<i4")
    path, window = files.put(folder / "values.raw", values), values[200_000:201_000]
    run = report.run(read_window, path, "<i4", 200_000, 1000)
    report.equal(
        "1000 items of int32",
        run,
        window,
        points=0.5,
        known=[
            (values[50_000:51_000], "The values are others: an offset counts bytes, not items."),
            (values[:1000], "These items stand at the start of the file."),
        ],
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        64 << 10,
        points=0.5,
        message="The window has 4000 bytes, and the file more than a million. Go to its start, and stop "
        "at its end.",
    )
    run = report.run(read_window, path, "<i4", 299_999, 2)
    too_short(report, run, "a window across the end", 300_000, values[-1:], 0.25)
    swapped = values[:50].astype(">u2")
    path = files.put(folder / "swapped.raw", swapped)
    run = report.run(read_window, path, ">u2", 10, 40)
    report.equal(
        "up to the last item, in another byte order",
        run,
        swapped[10:],
        points=0.25,
        known=[
            ("ValueError", "The window ends exactly at the end of the file: that is allowed."),
            *in_other_order(swapped[10:]),
        ],
    )
    run = report.run(read_window, path, ">u2", 20, 0)
    report.equal(
        "no items",
        run,
        swapped[:0],
        points=0.25,
        known=[
            (swapped[20:], "No items are wanted, and some came: what does a count of 0 mean?"),
            ("ValueError", "No items are a window, too."),
        ],
    )


# make_sparse


def sparse_content(path, size: int, pieces: list) -> str:
    """Tell whether a file is as asked for, with a few words if it is not."""
    content, expected = files.read_bytes(path, size), bytearray(size)
    if isinstance(content, str):
        return content
    for offset, piece in pieces:
        expected[offset : offset + len(piece)] = piece
    if content == expected:
        return "as asked for"
    at = next(i for i, (a, b) in enumerate(zip(content, expected, strict=True)) if a != b)
    return f"other content: byte {at:,} is {content[at]}, not {expected[at]}"


def _begins(start: str, ends: str = "") -> Callable:
    return lambda text: text.startswith(start) and text.endswith(ends)


def sparse_rows(
    report: Report, run: Outcome, label: str, path, size: int, pieces: list, points: tuple
) -> None:
    """Add a row for the content of a sparse file, and one for its room on the disk."""
    found = sparse_content(path, size, pieces)
    report.equal(
        label,
        found,
        "as asked for",
        points=points[0],
        of=run,
        known=[
            *files.TROUBLE,
            (
                _begins("other content", "not 0"),
                "Something stands where no piece is: old content, or a piece in another place.",
            ),
            (_begins("other content"), "A piece is missing there, or stands elsewhere."),
        ],
    )
    if points[1]:
        report.at_most(
            f"{label}: room on the disk",
            _on_disk(path, run),
            64 << 10,
            points=points[1],
            message="You wrote the zeros, too, or reserved room for them. Give the file "
            "its size without writing: truncate.",
        )


def _on_disk(path, run: Outcome) -> Count:
    """Count the bytes that a file takes on the disk, if this file system has holes."""
    probe = files.put(os.path.join(os.path.dirname(path), "probe.raw"), b"")
    os.truncate(probe, 1 << 20)
    taken = files.allocated(path)
    holes = files.allocated(probe)
    if isinstance(taken, str) or isinstance(holes, str) or holes > 64 << 10:
        return Count(None, "bytes", "this file system has no holes", run=run.number)
    return Count(taken, "bytes", run=run.number)


# blocked_std

_WIDE = (65, 16_384)
_FLOAT64 = "Sums of a small float type overflow or round: sum in float64."


def wide_table(seed: int):
    """Return 4 MiB of float32 in rows of 64 KiB; the rows differ in their means."""
    import numpy as np

    values = np.random.default_rng(seed).random(_WIDE, "<f4")
    values += np.arange(_WIDE[0], dtype="<f4")[:, None] / 20
    return values


def std_row(
    report: Report,
    blocked_std: Callable,
    path,
    values,
    rows_at_once: int,
    label: str,
    points: float,
    known: list | tuple = (),
) -> Outcome:
    """Add a row for the deviation of a file with these values."""
    import numpy as np

    run = report.run(
        blocked_std, files.put(path, values), values.dtype.str, values.shape, rows_at_once
    )
    expected = float(values.std(dtype=np.float64))
    blocks = np.split(values, range(rows_at_once, len(values), rows_at_once))
    means = [block.mean(dtype=np.float64) for block in blocks]
    variances = [block.var(dtype=np.float64) for block in blocks]
    whole = values[: max(1, len(values) // rows_at_once) * rows_at_once]
    found = [
        near(expected**2, "This is the variance. Take its root."),
        near(
            float(np.mean(np.sqrt(variances))),
            "A mean of the blocks' deviations misses how the blocks differ.",
        ),
        near(values.std(dtype=np.float64, ddof=1), "np.std divides by n, not by n - 1.", 1e-9),
        near(
            float(np.sqrt(np.mean(variances) + np.var(means))),
            "The last block is shorter, so it counts less than the others.",
            1e-7,
        ),
        near(whole.std(dtype=np.float64), "The last block is shorter, and counts, too."),
    ]
    # n and n - 1 differ by 5e-7 in a million items.
    report.close(label, run, expected, rtol=1e-7, points=points, known=[*found, *known])
    return run


def blocked_std_rows(report: Report, blocked_std: Callable, folder) -> None:
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
    usual = report.rows[-1].ok
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
    std_row(
        report, blocked_std, folder / "mean.raw", values, 10, "a large mean", 0.5, rounding(usual)
    )
    values = np.tile(np.array([1000, 1010], "<f2"), (400, 50))
    std_row(report, blocked_std, folder / "half.raw", values, 40, "float16", 0.25, overflow(usual))


def rounding(usual: bool) -> list[tuple]:
    """Return what to say of a wrong deviation beside a large mean, if others are right."""
    return [
        (
            lambda x: usual and isinstance(x, Real),
            "Rounding ate the digits. Subtract the mean first, then square, in float64.",
        )
    ]


def overflow(usual: bool) -> list[tuple]:
    """Return what to say of a wrong deviation of float16, if others are right."""
    return [(lambda x: usual and isinstance(x, Real), _FLOAT64)]


# fill_table


def put_columns(table, folder, name: str) -> list[str]:
    """Put each column of a table into a file; return the paths."""
    columns = enumerate(table.T.copy())
    return [files.put(folder / f"{name}{i}.raw", column, durable=False) for i, column in columns]


def table_row(
    report: Report, run: Outcome, path, table, label: str, points: float, rows_at_once: int
):
    """Add the row for a table that was to be filled."""
    import numpy as np

    offsets = np.empty_like(table)  # what comes of offsets that count items
    for number, column in enumerate(table.T):
        raw = column.tobytes()
        for first in range(0, len(table), rows_at_once):
            n = min(rows_at_once, len(table) - first)
            offsets[first : first + n, number] = np.frombuffer(raw, table.dtype, n, offset=first)
    report.equal(
        label,
        files.read_raw(path, table.dtype, table.shape),
        table,
        points=points,
        of=run,
        known=[
            *files.TROUBLE,
            (
                table.T.reshape(table.shape),
                "Column after column stands there. A row has one value of each column.",
            ),
            (
                lambda a: np.array_equal(a.byteswap(), table),
                "The bytes stand in the other order. np.stack and np.array turn to the machine's own order: "
                "give them the dtype.",
            ),
            (
                offsets,
                "The values come from other places of the columns: an offset counts bytes, not items.",
            ),
        ],
    )


def fill_table_rows(report: Report, fill_table: Callable, folder) -> None:
    """Add the visible rows of `fill_table`."""
    import numpy as np

    table, path = np.array([[1, 4], [2, 5], [3, 6]], "<f4"), str(folder / "small.raw")
    run = report.run(fill_table, put_columns(table, folder, "small"), "<f4", path, 2)
    table_row(report, run, path, table, "the example", 0.5, 2)
    table, path = np.random.default_rng(7).random((65_536, 16), "<f4"), str(folder / "large.raw")
    run = report.run(fill_table, put_columns(table, folder, "large"), "<f4", path, 1024)
    table_row(report, run, path, table, "4 MiB, 16 columns, 1024 rows at a time", 0.25, 1024)
    report.at_most(
        "memory",
        run.peak,
        1 << 20,
        points=0.5,
        analytic=run.held.value,
        message="You hold too much at once: one block of rows is enough. The touched pages of a map count "
        "until the map is gone.",
    )
    report.at_most(
        "bytes written",
        run.bytes_dirtied,
        int(1.1 * table.nbytes),
        points=0.5,
        message="Pages were written more than once. Fill the table by blocks of rows, and let each page go "
        "to the disk when it is complete.",
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        8 * table.nbytes,
        points=0.25,
        message="You read the columns more than once: read the part that the block needs. (np.fromfile "
        "with a path reads a whole buffer of 4096 bytes for the smallest part.)",
    )
    table, path = np.arange(300, 321, dtype=">i2").reshape(7, 3), str(folder / "swapped.raw")
    run = report.run(fill_table, put_columns(table, folder, "swapped"), ">i2", path, 3)
    table_row(report, run, path, table, "a shorter last block, in another byte order", 0.5, 3)


# normalise_rows


def normalised(table, dtype="f8"):
    """Return the expected table; None for `dtype` gives what comes of sums in that of the table."""
    import numpy as np

    with np.errstate(all="ignore"):
        mean, std = (f(table, axis=1, dtype=dtype, keepdims=True) for f in (np.mean, np.std))
        return ((table - mean) / np.where(std == 0, 1, std)).astype(table.dtype)


def normalise(report: Report, function: Callable, path, table, rows_at_once: int, measured=False):
    """Run the student's function on a file with this table; return the run and what is left."""
    path = files.put(path, table, durable=measured)
    options = {"watch": [path], "cold": True} if measured else {}
    run = report.run(function, path, table.dtype.str, table.shape, rows_at_once, **options)
    return run, files.read_raw(path, table.dtype, table.shape)


def unlike(table, usual: bool = True) -> list[tuple]:
    """Return the typical wrong results of a table.

    `usual` tells whether an ordinary table is right: then small numbers and large means are
    what is left to explain.
    """
    import numpy as np

    wide = table.astype(np.float64)
    one = np.sqrt(len(table[0]) / max(1, len(table[0]) - 1))
    every = (wide - wide.mean()) / (wide.std() or 1)
    with np.errstate(all="ignore"):
        plain = (wide - wide.mean(1, keepdims=True)) / wide.std(1, keepdims=True)
    found = [
        *files.TROUBLE,
        (table, "Nothing has changed in the file."),
        near_array(plain, "A constant row has the deviation 0: do not divide by it."),
        near_array(normalised(table) / one, "np.std divides by n, not by n - 1."),
        near_array(every, "Every row has its own mean and its own deviation."),
        (
            lambda a: np.allclose(a.byteswap(), normalised(table), rtol=0, atol=1e-4),
            "The bytes stand in the other order: store them in the dtype of the file.",
        ),
    ]
    if usual:
        found += [
            near_array(
                normalised(table, None),
                "Compute the mean and the deviation in float64: "
                "the digits of a small float type are not enough.",
                1e-3,
            ),
            (
                lambda a: bool(0 < np.abs(a).max() < 1e-7),
                "The items of this row differ, so its deviation is not 0, however small it is.",
            ),
            (
                lambda a: bool(1e-7 < np.abs(a).max() < 0.5),
                "Divide by the deviation itself: a small number that is added to it changes a row of "
                "small numbers.",
            ),
        ]
    return found


def table_check(
    report: Report, run: Outcome, found, table, label: str, points: float, usual=True
) -> None:
    """Add the row for a normalised table."""
    report.close(
        label,
        found,
        normalised(table),
        rtol=0,
        atol=1e-5,
        points=points,
        of=run,
        known=unlike(table, usual),
    )


def normalise_rows_rows(report: Report, function: Callable, folder) -> None:
    """Add the visible rows of `normalise_rows`."""
    import numpy as np

    table = np.array([[1, 2, 3], [5, 5, 5]], "<f4")
    run, found = normalise(report, function, folder / "small.raw", table, 1)
    table_check(report, run, found, table, "the example", 0.5, False)
    table = wide_table(9)
    path = files.put(folder / "wide.raw", table)
    with open(path, "rb") as old:
        _costs(report, function, path, table, os.fstat(old.fileno()).st_ino)
    usual = report.rows[1].ok
    rng = np.random.default_rng(11)
    small = {
        "rows with a large mean": 1e6 * np.array([[1], [3]]) + rng.standard_normal((2, 500)),
        "rows of tiny numbers": 1e-9 * np.array([[1], [3]]) * rng.random((2, 500)),
    }
    for label, row in small.items():
        run, found = normalise(report, function, folder / "row.raw", row.astype("<f4"), 4)
        table_check(report, run, found, row.astype("<f4"), label, 0.25, usual)
    table = (np.arange(60).reshape(10, 6) ** 2).astype(">f4")
    run, found = normalise(report, function, folder / "swapped.raw", table, 4)
    table_check(
        report, run, found, table, "a shorter last block, in another byte order", 0.25, usual
    )


def _costs(report: Report, function: Callable, path: str, table, inode: int) -> None:
    """Add the rows for a large file: the result, what it costs, and whether it is the same file."""
    run = report.run(function, path, table.dtype.str, table.shape, 2, watch=[path], cold=True)
    found = files.read_raw(path, table.dtype, table.shape)
    table_check(report, run, found, table, "4 MiB, two rows of 64 KiB at a time", 0.25, False)
    right = report.rows[-1].ok
    same = right and os.stat(path).st_ino == inode
    report.at_most(
        "memory",
        run.peak,
        3 << 20,
        points=0.5,
        analytic=run.held.value,
        message="You hold too much at once: a block and its float64 copies are enough. " + ONE_MAP,
    )
    limit = int(1.1 * table.nbytes)
    report.at_most(
        "bytes read",
        run.bytes_read,
        limit,
        points=0.25,
        message="You read the file more than once. A row's mean and deviation need that row only.",
    )
    report.at_most(
        "bytes written",
        run.bytes_dirtied,
        limit,
        points=0.25,
        message="Pages were written more than once. Write each block once, and flush at the end.",
    )
    report.at_most(
        "pages that are not on the disk",
        run.dirty,
        0,
        points=0.5,
        message="The result is in the page cache only. A power cut would take it: flush and os.fsync, or "
        "the map's flush().",
    )
    report.true(
        "it is the same file",
        same,
        points=0.25,
        of=run,
        message="In place: the same file holds the result, no other one took its name."
        if right
        else "This counts once the result is right.",
    )
