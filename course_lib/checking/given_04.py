"""Visible cases and judges of exercise 04: chunks with Zarr.

A known wrong value is the value that this mistake gives in this case. Where two mistakes give
the same one, the message holds for both.
"""

import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

from course_lib.checking import files, zarr_files
from course_lib.checking.cases import Case
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome
from course_lib.units import format_count

PLAIN = "Create it with compressors=None."
TROUBLE = [(lambda v: type(v) is str and "compressors=None" in v, PLAIN), *files.TROUBLE]


def store(path, values, chunks: tuple) -> str:
    """Store an array that the student's process may change; return its path."""
    import zarr

    made = zarr.create_array(
        str(path), shape=values.shape, chunks=chunks, dtype=values.dtype, compressors=None
    )
    made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


def warm_up(path) -> None:
    """Use Zarr once, so that its start counts for nobody."""
    import numpy as np
    import zarr

    store(path, np.ones((8, 256, 256), "f4"), (1, 128, 128))
    np.asarray(zarr.open_array(str(path), mode="r")[:]).sum()


def whole_numbers(value):
    """Return a list or tuple as a tuple, the whole numbers of NumPy as Python's own."""
    import numpy as np

    if type(value) not in (tuple, list):
        return value
    return tuple(n.item() if isinstance(n, np.integer) else n for n in value)


# touched_chunks

_LAST = "The last selected row is 30, in chunk 3, and the last column is 44, in chunk 2."
_MEETS = "Each chunk along one axis meets each chunk along the other."
_DOWN = "A negative step goes from `start` down to `stop`: here to the items 30, 21 and 12."
_ENDS = "A negative step begins at `start`, so the items are others than with the ends swapped."
_NONE = [("TypeError", "None means all the way, or a step of 1.")]


def _chunks(*axes) -> list[tuple]:
    return list(product(*axes))


TOUCHED = [
    Case(
        "the example",
        ((10, 10), (4, 4), [(3, 5, 1), (0, 10, 8)]),
        _chunks([0, 1], [0, 2]),
        0.25,
        [
            (_chunks([0, 1], [0, 1, 2]), "A step may jump over whole chunks."),
            (
                _chunks([0], [0]),
                "The last selected row is 4, in chunk 1, and the last column is 8, in chunk 2.",
            ),
            ([(0, 0), (1, 2)], _MEETS),
        ],
    ),
    Case(
        "a window",
        ((100, 60), (10, 20), [(15, 31, 1), (5, 45, 1)]),
        _chunks([1, 2, 3], [0, 1, 2]),
        0.5,
        [
            (_chunks([1, 2], [0, 1]), _LAST),
            (_chunks([1, 2], [0, 1, 2]), _LAST),
            (_chunks([1, 2, 3], [0, 1]), _LAST),
            (
                [(1, 0), (2, 1), (3, 2)],
                _MEETS,
            ),
        ],
    ),
    Case(
        "a long step",
        ((100, 60), (10, 20), [(5, 100, 25), (0, 60, 1)]),
        _chunks([0, 3, 5, 8], [0, 1, 2]),
        0.5,
        [
            (_chunks(range(9), [0, 1, 2]), "A step may jump over whole chunks."),
            (_chunks(range(10), [0, 1, 2]), "A step may jump over whole chunks."),
            ([(0, 0), (3, 1), (5, 2)], _MEETS),
        ],
    ),
    Case(
        "a step backwards",
        ((40,), (7,), [(30, 3, -9)]),
        [(1,), (3,), (4,)],
        0.25,
        [
            ([], _DOWN),
            ([(0,), (1,), (3,)], _ENDS),
            ([(4,), (3,), (1,)], "The list is sorted."),
            ([(0,), (1,), (2,), (3,), (4,)], "A step may jump over whole chunks."),
            ([(1,), (2,), (3,), (4,)], "A step may jump over whole chunks."),
        ],
    ),
    Case(
        "None, and a negative start",
        ((33, 8), (10, 3), [(-9, None, None), (None, 3, 2)]),
        _chunks([2, 3], [0]),
        0.25,
        _NONE,
    ),
    Case(
        "beyond the end",
        ((25,), (10,), [(5, 900, 6)]),
        [(0,), (1,), (2,)],
        0.25,
        [
            (
                sorted({(i // 10,) for i in range(5, 900, 6)}),
                "The slice may reach beyond the end of the axis, and there is no chunk there.",
            ),
        ],
    ),
    Case(
        "nothing along one axis",
        ((25, 7), (10, 3), [(0, 9, 1), (5, 4, 1)]),
        [],
        0.25,
        [
            (_chunks([0], [1]), "Where one axis has no item, nothing is selected."),
            ([(0,)], "Where one axis has no item, nothing is selected."),
        ],
    ),
]


# choose_chunks


class Workload:
    """Some reads of an array, and what they cost with every chunk shape.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    itemsize : int
        Bytes of an item.
    reads : list of (list of (start, stop), int)
        What is read, and how many times.
    smallest, largest : int
        Limits of a chunk in bytes.
    """

    def __init__(self, shape: tuple, itemsize: int, reads: list, smallest: int, largest: int):
        import numpy as np

        self.arguments = (shape, itemsize, reads, smallest, largest)
        self.shape, self.lengths = shape, np.indices(shape, dtype=np.int64) + 1
        self.nbytes = np.prod(self.lengths, axis=0) * itemsize
        self.allowed = (self.nbytes >= smallest) & (self.nbytes <= largest)
        self.cost = self._chunks(lambda a, b, c: (b - 1) // c - a // c + 1) * self.nbytes
        self.best = int(self.cost[self.allowed].min())

    def _chunks(self, along: Callable, weigh: bool = True):
        """Return the chunks that all reads touch, with every chunk shape."""
        total = 0
        for selection, times in self.arguments[2]:
            touched = times if weigh else 1
            for (start, stop), length in zip(selection, self.lengths, strict=True):
                touched = touched * along(start, stop, length)
            total = total + touched
        return total

    def why_not(self, chunks) -> str:
        """Say why a value is no chunk shape; empty if it is one."""
        n = len(self.shape)
        if chunks is None:
            return "got None: does the function end with return?"
        if type(chunks) is not tuple or not all(type(c) is int for c in chunks):
            return f"Expected a tuple of {n} whole numbers."
        if len(chunks) != n:
            return f"Expected {n} numbers, one for each axis."
        if not all(1 <= c <= length for c, length in zip(chunks, self.shape, strict=True)):
            return "Each axis of a chunk has between 1 item and the items of the array."
        size = self.nbytes[self._place(chunks)]
        if size > self.arguments[4]:
            return "The chunk has more than `largest` bytes: items times itemsize."
        if size < self.arguments[3]:
            return "The chunk has less than `smallest` bytes: items times itemsize."
        return ""

    @staticmethod
    def _place(chunks: tuple) -> tuple:
        return tuple(c - 1 for c in chunks)

    def price(self, chunks: tuple) -> int:
        """Return the bytes that the reads cost with a chunk shape."""
        return int(self.cost[self._place(chunks)])

    def mistake(self, chunks: tuple) -> str:
        """Say what was counted if the shape is the best one by another count, or nothing."""

        def exact(a, b, c):
            return (b - 1) // c - a // c + 1

        few = (
            "Few chunks, or large ones, are not few bytes: count the bytes of each chunk that is "
            "touched. A chunk need not be as large as it may be."
        )
        often = "`times` counts, too: some of the reads happen much more often."
        begin = "Where a read begins counts, too: chunks that end where it ends cost less."
        largest = self.allowed & (self.nbytes == self.nbytes[self.allowed].max())
        counts = [
            (often, self._chunks(exact, weigh=False) * self.nbytes, self.allowed),
            (begin, self._chunks(lambda a, b, c: -(-(b - a) // c)) * self.nbytes, self.allowed),
            (few, self._chunks(exact), self.allowed),
            (few, self.cost, largest),
        ]
        at = self._place(chunks)
        found = {
            text for text, count, among in counts if among[at] and count[at] == count[among].min()
        }
        return found.pop() if len(found) == 1 else ""


def choose_rows(
    report: Report, choose: Callable, label: str, arguments: tuple, points: dict, message: str
) -> None:
    """Check one workload.

    Parameters
    ----------
    points : dict of float to float
        For each factor, what a shape that costs at most so many times the best is worth.
    """
    work = Workload(*arguments)
    run = report.run(choose, *arguments)
    chunks = whole_numbers(run.value)
    wrong = work.why_not(chunks)
    came = None if wrong or run.error else work.price(chunks)
    got = run.value if came is None else f"{came:,} bytes with {chunks}"
    best = came is not None and came <= min(points) * work.best
    text = "" if best or run.error else wrong or work.mistake(chunks) or message
    for factor, worth in points.items():
        good = came is not None and came <= factor * work.best
        report.true(
            f"{label}: {factor} times the best",
            good,
            points=worth,
            of=run,
            got=got,
            expected=f"at most {int(factor * work.best):,} bytes",
            message=text,
        )


_STRIPS = [([(30, 31), (0, 120)], 20), ([(77, 78), (0, 120)], 20)]
_MAPS_AND_SERIES = [
    ([(5, 6), (0, 60), (0, 40)], 10),
    ([(40, 41), (0, 60), (0, 40)], 10),
    ([(0, 48), (33, 34), (21, 22)], 100),
    ([(0, 48), (59, 60), (0, 1)], 100),
]
_WINDOWS = [([(25, 35), (15, 25)], 5), ([(55, 65), (45, 55)], 5)]


def choose_chunks_rows(report: Report, choose: Callable) -> None:
    """Add the visible rows of `choose_chunks`."""
    few = "Only rows are read: a chunk should be a row, or a part of one."
    for label, arguments, points, message in [
        ("the example", ((100, 100), 8, [([(7, 8), (0, 100)], 5)], 800, 800), {1.1: 0.5}, few),
        ("rows of a table", ((90, 120), 8, _STRIPS, 500, 2000), {2: 0.25, 1.1: 0.25}, few),
        (
            "maps and series of a cube",
            ((48, 60, 40), 4, _MAPS_AND_SERIES, 4096, 8192),
            {2: 0.5, 1.1: 0.5},
            "Maps want flat chunks, series want long ones. Try several shapes and add up what they cost.",
        ),
        (
            "windows of a table",
            ((80, 60), 8, _WINDOWS, 600, 1600),
            {2: 0.25, 1.1: 0.25},
            "Try several shapes and add up what they cost; where a read begins counts, too.",
        ),
        (
            "one item, again and again",
            ((50,), 4, [([(49, 50)], 9)], 80, 200),
            {2: 0.25, 1.1: 0.25},
            "A chunk need not be as large as it may be.",
        ),
    ]:
        choose_rows(report, choose, label, arguments, points, message)


# rechunk


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
    edges = [
        tuple(
            slice(0, n // max(a, b) * max(a, b))
            for n, a, b in zip(values.shape, old, new, strict=True)
        )
    ]
    inner = values * 0
    inner[edges[0]] = values[edges[0]]
    report.equal(
        label,
        found,
        values,
        points=points,
        of=run,
        known=[
            (
                lambda v: type(v) is str and v.endswith(f"chunks {old}"),
                "These are the chunks of the source.",
            ),
            (
                lambda v: type(v) is str and "it has the chunks" in v,
                "The target has the chunk shape `chunks`.",
            ),
            *TROUBLE,
            (values * 0, "The target is empty: copy the values."),
            (inner, "The chunks at the edges count, too."),
            (values.astype("f8"), "The target has the dtype of the source."),
        ],
    )
    return run


def rechunk_rows(report: Report, rechunk: Callable, folder: Path) -> None:
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


_READ_AGAIN = "You read chunks of the source several times. A block should cut none of them."


# append_steps


def append_rows(report: Report, append: Callable, folder: Path) -> None:
    """Add the visible rows of `append_steps`."""
    import numpy as np

    rng = np.random.default_rng(8)
    values = rng.standard_normal((12, 4, 4))
    path = store(folder / "example.zarr", values[:10], (4, 4, 4))
    grown_rows(
        report, report.run(append, path, values[10:]), path, values, 10, "the example", (0.25, 0.25)
    )
    values = rng.standard_normal((45, 64, 64)).astype("f4")
    path = store(folder / "long.zarr", values[:42], (4, 64, 64))
    run = report.run(append, path, values[42:])
    grown_rows(report, run, path, values, 42, "3 steps of 16 KiB", (0, 0.25))
    report.at_most(
        "bytes written",
        run.bytes_written,
        200 << 10,
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


def grown_rows(
    report: Report, run: Outcome, path: str, values, before: int, label: str, points: tuple
) -> None:
    """Add a row for the number of steps, and one for all steps."""
    report.equal(
        f"{label}: steps afterwards",
        run,
        len(values),
        points=points[0],
        known=[
            (len(values) - before, "Return the length of the whole array."),
            (before, "The array has its old length: did you change it?"),
        ],
    )
    if not report.rows[-1].ok:
        text = "This counts once the number of steps is right."
        return report.true(f"{label}: all steps", False, points=points[1], of=run, message=text)
    empty = values.copy()
    empty[before:] = 0
    front = [*range(before, len(values)), *range(before)]
    report.equal(
        f"{label}: all steps",
        zarr_files.part(path, "values"),
        values,
        points=points[1],
        of=run,
        known=[
            *TROUBLE,
            (empty, "The new steps are 0: resizing alone writes nothing."),
            (values[front], "The new steps belong behind the old ones."),
        ],
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
        got=str(run.error or run.value),
        message="This counts once blocks that fit are appended."
        if not works
        else message
        if run.error is None
        else f"Raise ValueError, not {run.error.kind}."
        if not refused
        else "It raised, and the array has changed. Look at the block before you resize.",
    )


# worker_rows


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


# build_cube


def read_part(path: str, index: tuple):
    """Read a part of a Zarr array; `index` has a number for each axis, or None for all of it.

    Newer versions of Zarr fetch chunks that lie close to each other in a shard with one long
    read, the gaps included. That saves requests and costs bytes; here it is switched off.
    """
    import zarr

    with zarr.config.set({"array.sharding_coalesce_max_gap_bytes": 0}):
        array = zarr.open_array(path, mode="r")
        return array[tuple(slice(None) if i is None else slice(i, i + 1) for i in index)]


_FIRST_RIGHT = "This counts once the values are right."
_TOO_MUCH = (
    "A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its "
    "chunks. Which chunks does it touch, and what do they weigh?"
)


def cube_rows(report: Report, build: Callable, path: str, cube, label: str, points: tuple) -> bool:
    """Add a row for the values of a cube and one for its files; return whether it is right."""
    run = report.run(build, path, cube)
    report.equal(
        label,
        zarr_files.part(path, "values"),
        cube,
        points=points[0],
        of=run,
        known=[
            *TROUBLE,
            (cube.T, "The axes are in another order."),
            (cube * 0, "All values are 0: write them into the array."),
        ],
    )
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
    report: Report,
    read: Callable,
    path: str,
    cube,
    label: str,
    index: tuple,
    limit: int,
    whole: bool,
    points: tuple = (0.25, 0.25),
) -> None:
    """Add a row for a part that is read back, and one for the bytes that this took."""
    if not whole:
        for text, worth in zip((label, f"{label}: bytes read"), points, strict=True):
            report.true(text, False, points=worth, message=_FIRST_RIGHT)
        return
    run = read(path, index)
    expected = cube[tuple(slice(None) if i is None else slice(i, i + 1) for i in index)]
    report.equal(label, run, expected, points=points[0])
    report.at_most(
        f"{label}: bytes read", run.bytes_read, limit, points=points[1], message=_TOO_MUCH
    )


def build_cube_rows(report: Report, build: Callable, read: Callable, folder: Path) -> None:
    """Add the visible rows of `build_cube`; `read` runs the given function `read_part`."""
    import numpy as np

    rng = np.random.default_rng(9)
    cube, path = rng.standard_normal((32, 64, 64)).astype("f4"), str(folder / "cube.zarr")
    whole = cube_rows(report, build, path, cube, "a whole cube", (0.5, 0.5))
    part_rows(report, read, path, cube, "a map", (10, None, None), 300 << 10, whole)
    part_rows(report, read, path, cube, "a series", (None, 7, 33), 44 << 10, whole)
    cube = rng.integers(-99, 99, (20, 50, 62)).astype("i2")
    cube_rows(report, build, str(folder / "small.zarr"), cube, "a smaller cube of int16", (0.25, 0))
