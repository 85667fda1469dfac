"""Visible cases and judges of exercise 03: where memory maps break.

A known wrong value is the value that this mistake gives in this case. Where two mistakes give
the same one, the message holds for both.
"""

import os
from collections.abc import Callable
from itertools import islice, permutations
from pathlib import Path
from typing import Any, cast

from course_lib import pagecache
from course_lib.checking import files
from course_lib.checking.cases import Case
from course_lib.checking.check import Report
from course_lib.checking.difference import is_closed_map
from course_lib.checking.outcome import Outcome


def copy_of(array):
    """Copy an array, but not one whose memory is gone: to look there would end Python."""
    import numpy as np

    if is_closed_map(array):
        raise ValueError("the array looks at a memory map that is closed")
    return np.array(array)


def entry(run: Outcome, name: str):
    """Return one entry of the dict that a given function made."""
    return run.value.get(name) if type(run.value) is dict else run.value


# view_pages


def pages(shape: tuple, strides: tuple, itemsize: int, offset: int = 0, size: int = 4096) -> int:
    """Count the pages of a strided array."""
    import numpy as np

    first = np.array(offset, dtype=np.int64)
    for length, stride in zip(shape, strides, strict=True):
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    return pagecache.pages_of(first.ravel(), itemsize, size)


def _view(title: str, points: float, arguments: tuple, *known) -> Case:
    return Case(title, arguments, pages(*arguments), points, known)


_BACK = ((4, 4), (-3000, 4500), 8, 60_000)
_AGAIN = ((4, 3000), (0, 8), 8, 16_000, 16_384)
_STRADDLE = "Item 0 has the bytes 4092 to 4099: it begins at `offset`, and ends on the next page."
VIEW_PAGES = [
    _view(
        "an example",
        0.25,
        ((1000,), (4096,), 4, 8),
        (1, "4000 bytes are wanted, but they are far apart: follow the strides."),
        (999, "The last item needs a page too."),
    ),
    _view(
        "an example",
        0.25,
        ((1024,), (4,), 4, 8192),
        (1024, "Several items share a page. Count each page once."),
    ),
    _view(
        "every tenth value of 100 rows",
        0.5,
        ((100, 50), (10_000, 40), 4, 0),
        (5000, "Several items share a page. Count each page once."),
        (243, "The gaps between the rows are not read."),
        (1, "All axes count: there are 100 rows."),
        (5, "20,000 bytes are wanted, but they are far apart: follow the strides."),
    ),
    _view(
        "from the middle of a page",
        0.25,
        ((1024,), (4,), 4, 6144),
        (
            1,
            "The first item begins at `offset`, in the middle of a page, so the last one lies on the next.",
        ),
    ),
    _view("items across two pages", 0.25, ((3,), (12_288,), 8, 4092), (3, _STRADDLE)),
    _view(
        "an axis backwards",
        0.25,
        _BACK,
        (pages(_BACK[0], (3000, 4500), 8, 60_000), "A negative stride goes back in the file."),
        (pages((4,), (4500,), 8, 60_000), "All axes count."),
    ),
    _view(
        "an axis of length 0",
        0.25,
        ((5, 0), (4096, 8), 8, 100),
        (1, "No items, no pages."),
        (5, "No items, no pages."),
    ),
    _view("a single item", 0.25, ((), (), 8, 5000), (0, "Without an axis there is one item.")),
    _view(
        "a stride of 0, and other pages",
        0.25,
        _AGAIN,
        (pages(*_AGAIN[:4]), "The page size is an argument: machines differ."),
        (12, "With a stride of 0, the same bytes come again. Count each page once."),
    ),
]


# open_raw


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


LEFT_OVER = "Bytes are left over: the file does not hold that shape."


def refused(
    report: Report, run: Outcome, label: str, points: float, message: str, right: bool
) -> None:
    """Add the row for a file that does not fit; it counts once whole files can be opened."""
    if right:
        report.raises(
            label, run, ValueError, points=points, known=[(lambda v: type(v) is dict, message)]
        )
    else:
        report.true(
            label, False, points=points, message="This counts once a file that fits is opened."
        )


def kinds(part, wrong: dict) -> list[tuple]:
    """Return the typical mistakes of a part: {message: what came instead}."""
    other = part.dtype.newbyteorder()
    order = "The dtype tells the byte order, too: keep it."
    found = [(value, message) for message, value in wrong.items()]
    return (
        [*found, (part.astype(other), order), (part.view(other), order)]
        if part.dtype.kind in "if"
        else found
    )


def open_raw_rows(report: Report, part: Callable, folder: Path) -> None:
    """Add the visible rows of `open_raw`; `part` runs the given function `part_of_raw`."""
    import numpy as np

    rng = np.random.default_rng(3)
    values = np.arange(12, dtype="<f4").reshape(4, 3)
    content = b"sixteen bytes..." + values.tobytes()
    path = files.put(folder / "a.raw", content)
    run = part(path, ["<f4", (-1, 3), 16], (None, None))
    report.equal(
        "the example, 64 bytes",
        entry(run, "part"),
        values,
        points=0.25,
        of=run,
        known=[
            (
                "ValueError",
                "The bytes from `offset` to the end of the file tell how many rows there are.",
            ),
            (
                np.frombuffer(content[:48], "<f4").reshape(4, 3),
                "Where does the data begin? `offset` counts bytes.",
            ),
        ],
    )
    right = report.rows[-1].ok
    run = part(files.put(folder / "b.raw", content + b"++"), ["<f4", (-1, 3), 16], (None, None))
    refused(report, run, "the example, 66 bytes", 0.25, LEFT_OVER, right)
    table = rng.integers(0, 30_000, (512, 1024)).astype("<i2")
    content = b"0123456789" + table.tobytes() + b"tail"
    path = files.put(folder / "table.raw", content)
    run = part(path, ["<i2", (512, 1024), 10], (100, None), watch=[path], cold=True)
    report.equal(
        "a row of a file with other bytes around",
        entry(run, "part"),
        table[100],
        points=0.25,
        of=run,
        known=kinds(
            table[100],
            {
                "Where does the data begin? `offset` counts bytes.": np.frombuffer(
                    content[204_800:206_848], "<i2"
                ),
            },
        ),
    )
    report.at_most(
        "pages fetched for one row",
        run.pages,
        4,
        points=0.5,
        message="You read the file. A memory map fetches only pages that are used.",
        analytic=2 if entry(run, "mapped") is True else 257,
    )
    report.equal(
        "may it be written to",
        entry(run, "writeable"),
        False,
        points=0.25,
        of=run,
        known=[
            (True, 'Open it read-only: mode="r".'),
        ],
    )
    cube = np.asfortranarray(rng.standard_normal((6, 5, 4)).astype(">f8"))
    path, part_of_cube = files.put(folder / "cube.raw", cube), np.array(cube[:, 2])
    run = part(path, [">f8", (6, 5, 4), 0, "F"], (None, 2, None))
    report.equal(
        "big-endian, in Fortran order",
        entry(run, "part"),
        part_of_cube,
        points=0.5,
        of=run,
        known=kinds(
            part_of_cube,
            {
                "Is the order C or F?": cube.ravel(order="F").reshape(6, 5, 4)[:, 2],
            },
        ),
    )
    run = part(path, [">f8", (6, 5, 5), 0, "F"], (0, 0, None))
    refused(
        report,
        run,
        "a file that is too short",
        0.25,
        "The file ends before that shape does.",
        right,
    )
    run = part(path, ["<u1", (0, 7), 100], (None, None))
    report.equal("an array without items", entry(run, "shape"), (0, 7), points=0.25, of=run)


# open_packed


def use_packed(open_packed: Callable, path: str, names: list, spare: int = 64) -> dict:
    """Open a packed file while only `spare` descriptors are free; return some of its arrays."""
    import resource

    held = len(os.listdir("/dev/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, held + spare), hard))
    try:
        arrays = open_packed(path)
        if type(arrays) is not dict:
            raise TypeError(f"expected a dict, got {type(arrays).__name__}")
        used = {name: copy_of(arrays[name]) for name in names}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    more = len(os.listdir("/dev/fd")) - held
    return {"arrays": used, "names": list(arrays), "descriptors": more}


_ENOUGH = [
    (
        "OSError",
        "Were there too many open files? One map serves all arrays: np.ndarray(shape, "
        "dtype, buffer=whole, offset=start). Or is something missing beside the moved file?",
    ),
    (
        "FileNotFoundError",
        "The packed file is complete in itself: nothing beside it, no memory of it.",
    ),
    (
        "KeyError",
        "The packed file is complete in itself: nothing beside it, no memory of it. All names are in it.",
    ),
]
COMPLETE = (
    "Make sure that the file is complete before you use it. Raise ValueError where it is not."
)


def move(path: str, new) -> str:
    """Rename a file if it is there: what lies beside it stays behind. Return the new path."""
    try:
        os.rename(path, new)
    except OSError:
        pass
    return str(new)


def packed_row(
    report: Report,
    pack: Callable,
    use: Callable,
    folder: Path,
    label: str,
    arrays: dict,
    points: float,
) -> None:
    """Add the row for some arrays that are packed, moved elsewhere and opened again."""
    import numpy as np

    place = folder / f"moved-{len(report.rows)}"
    place.mkdir()
    os.chmod(place, 0o777)
    path = folder / f"some-{len(report.rows)}.bin"
    packed = report.run(pack, str(path), arrays)
    run = packed if packed.error else use(move(str(path), place / "some.bin"), list(arrays))
    natural = {n: a.astype(a.dtype.newbyteorder("=")) for n, a in arrays.items()}
    crossed = {
        n: a.ravel(order="K").reshape(a.shape) if a.ndim > 1 and not a.flags.c_contiguous else a
        for n, a in arrays.items()
    }
    swapped = {
        n: a.view(a.dtype.newbyteorder("=")) if a.flags.c_contiguous else a
        for n, a in arrays.items()
    }
    keep = "Keep the byte order: dtype.str tells it."
    report.equal(
        label,
        entry(run, "arrays"),
        arrays,
        points=points,
        of=run,
        known=[
            (natural, keep),
            (swapped, keep),
            (
                crossed,
                "Is the order C or F? Write the items in the order that you read them in: "
                "tobytes() gives C order, whatever the order in memory.",
            ),
            (
                "FileNotFoundError",
                "There is no file at `path`, or another one is missing beside it. "
                "np.savez adds .npz to a name that it is given.",
            ),
            *_ENOUGH[1:],
        ]
        if arrays and all(isinstance(a, np.ndarray) for a in arrays.values())
        else (),
    )


def open_packed_rows(report: Report, pack: Callable, use: Callable, folder: Path) -> None:
    """Add the visible rows of `open_packed`; `use` runs the given function `use_packed`."""
    import numpy as np

    rng = np.random.default_rng(4)
    few = {"a": np.arange(3), "b": np.zeros((2, 2), "f4")}
    packed_row(report, pack, use, folder, "the example", few, 0.5)
    works = report.rows[-1].ok
    many = {f"clip {n}": rng.integers(0, 999, (64, 128)).astype("i4") for n in range(250)}
    path, moved = str(folder / "many.bin"), folder / "moved"
    report.run(pack, path, many)
    moved.mkdir()
    os.chmod(moved, 0o777)
    path = move(path, moved / "all.bin")
    wanted = {name: many[name] for name in ("clip 99", "clip 100", "clip 101")}
    run = use(path, list(wanted), watch=[path] if os.path.isfile(path) else [], cold=True)
    report.equal(
        "three of 250 arrays, with few descriptors, after a move",
        entry(run, "arrays"),
        wanted,
        points=0.75,
        of=run,
        known=_ENOUGH,
    )
    right = report.rows[-1].ok
    report.at_most(
        "memory",
        run.peak,
        5 << 20,
        points=0.5,
        message="You read all arrays. Let them look at the memory map: nothing is read before it is used.",
    )
    names, count = entry(run, "names"), entry(run, "descriptors")
    report.true(
        "all names, in order",
        type(names) is list and names == list(many),
        points=0.25,
        of=run,
        message="The dict has the names of all arrays, in the order they were packed in.",
    )
    report.true(
        "descriptors in use",
        right and type(count) is int and count <= 2,
        points=0.25,
        of=run,
        message="One file needs one descriptor, or two, whatever the number of arrays.",
    )
    odd = {
        "fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "big": np.arange(5, dtype=">i2"),
        "none": np.zeros((3, 0), "f4"),
    }
    packed_row(report, pack, use, folder, "other orders, and an array without items", odd, 0.5)
    small = folder / "few.bin"
    report.run(pack, str(small), few)
    whole = files.read_bytes(small)
    torn_rows(
        report,
        use,
        folder,
        whole,
        {
            "the last byte is missing": (whole[:-1], 0.5),
            "nothing but zeros": (bytes(len(whole)), 0.5),
        },
        works,
    )


def torn_rows(report: Report, use: Callable, folder: Path, whole, torn: dict, works: bool) -> None:
    """Add a row for each file that is not complete: {label: (content, points)}."""
    for label, (content, points) in torn.items():
        if not works or not isinstance(whole, bytes):
            report.true(
                label, False, points=points, message="First make it work for a complete file."
            )
            continue
        run = use(files.put(folder / "torn.bin", content), [])
        report.raises(
            label, run, ValueError, points=points, known=[(lambda v: type(v) is dict, COMPLETE)]
        )


# iter_rows


def some_rows(
    iter_rows: Callable, path: str, dtype: str, columns: int, start: int, count: int
) -> list:
    """Take `count` rows of a generator, close it, and return copies of them."""
    import numpy as np

    rows = iter_rows(path, dtype, columns, start)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    taken = list(islice(rows, count))
    rows.close()
    return [copy_of(row) for row in taken]


def rows_row(
    report: Report, run: Outcome, film, start: int, count: int, label: str, points: float
) -> None:
    """Add the row for some rows of a film."""
    import numpy as np

    expected = list(film[start : start + count])
    flat = film.ravel()[start:]
    items = [flat[k * film.shape[1] :][: film.shape[1]] for k in range(count)]
    other = film.dtype.newbyteorder()
    report.equal(
        label,
        run,
        expected,
        points=points,
        known=[
            (
                lambda rows: (
                    type(rows) is list
                    and len(expected) > 1
                    and len(rows) == len(expected)
                    and all(np.array_equal(row, rows[-1]) for row in rows)
                ),
                "All rows are the last one: you yield the same memory again and again.",
            ),
            (expected[:-1], "The last row counts, too."),
            (
                lambda rows: type(rows) is list and len(rows) > len(expected),
                "After the last row the generator ends.",
            ),
            (items, "`start` counts rows: the first byte is start times the bytes of a row."),
            (
                [row.astype(other) for row in expected],
                "The dtype tells the byte order, too: keep it.",
            ),
            ("AttributeError", "A generator function has a `yield` in it."),
        ]
        if expected
        else [
            (
                lambda rows: type(rows) is list and len(rows) > 0,
                "After the last row the generator ends.",
            ),
            ("ValueError", "An empty file has no rows. It cannot be mapped."),
        ],
    )


def iter_rows_rows(report: Report, some: Callable, folder: Path) -> None:
    """Add the visible rows of `iter_rows`; `some` runs the given function `some_rows`."""
    import numpy as np

    rng = np.random.default_rng(5)
    film = rng.integers(0, 4096, (1000, 640)).astype("<u2")
    path = files.put(folder / "film.raw", film)
    run = some(path, "<u2", 640, 0, 1, watch=[path], cold=True)
    rows_row(report, run, film, 0, 1, "the example", 0.25)
    report.at_most(
        "bytes read for the first row",
        run.bytes_read,
        160 << 10,
        points=0.25,
        message="You read much more than one row, or a buffer, before the first one is there.",
    )
    wide = rng.integers(0, 4096, (256, 8192)).astype("<u2")
    path = files.put(folder / "wide.raw", wide)
    run = some(path, "<u2", 8192, 0, 3, watch=[path], cold=True)
    rows_row(report, run, wide, 0, 3, "three rows of 16 KiB", 0.25)
    report.at_most(
        "bytes read for them",
        run.bytes_read,
        256 << 10,
        points=0.25,
        message="You read much more than three rows before the first one is there.",
    )
    report.at_most(
        "memory for them",
        run.peak,
        512 << 10,
        points=0.25,
        message="You hold many rows. Hold a few.",
    )
    path = files.put(folder / "wide.raw", wide)
    run = some(path, "<u2", 8192, 200, 2, watch=[path], cold=True)
    rows_row(report, run, wide, 200, 2, "rows from the far end", 0.25)
    report.at_most(
        "bytes read for the far rows",
        run.bytes_read,
        256 << 10,
        points=0.5,
        message="You read more than the two rows: the rows before `start` (file.seek goes there at once), or many behind them.",
    )
    report.at_most(
        "descriptors left open",
        run.descriptors,
        0,
        points=0.25,
        message="The file stays open when the generator is closed: use `with open(...)`.",
    )
    small = np.arange(15).reshape(3, 5).astype(">i2")
    run = some(files.put(folder / "small.raw", small), ">i2", 5, 1, 100)
    rows_row(report, run, small, 1, 2, "all rows to the end, in another byte order", 0.25)
    run = some(files.put(folder / "none.raw", b""), "<i4", 7, 0, 5)
    rows_row(report, run, small, 3, 0, "an empty file", 0.25)


# prefetched


class Disk:
    """A disk that reads ahead, and writes down what it is asked for."""

    def __init__(self, path: str, columns: int, rows: int):
        self.path, self.columns, self.rows = path, columns, rows
        self.log: list = []
        self.begun: dict = {}

    def start(self, i: int) -> None:
        """Begin to read row i."""
        import numpy as np

        if not 0 <= i < self.rows:
            raise IndexError(f"there is no row {i}: the last one is {self.rows - 1}")
        self.log.append(["start", int(i)])
        self.begun[i] = np.fromfile(self.path, "<f8", self.columns, offset=8 * self.columns * i)

    def wait(self, i: int):
        """Return row i, whose read was started."""
        if i not in self.begun:
            raise KeyError(f"row {i} was not started, or you had it already")
        self.log.append(["wait", int(i)])
        return self.begun.pop(i)


def play(prefetched: Callable, path: str, columns: int, count: int, ahead: int) -> dict:
    """Show the rows of a generator; return the rows and the log."""
    import numpy as np

    shown: list = []
    disk = Disk(path, columns, count)
    rows = prefetched(disk, count, ahead)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    for row in rows:
        disk.log.append(["show", len(shown)])
        shown.append(copy_of(row))
    return {"rows": shown, "log": disk.log}


def log_of(run: Outcome) -> list[tuple]:
    """Return the log of a run as pairs, or nothing where there is none."""
    log = run.value.get("log") if type(run.value) is dict else None
    pairs = log if type(log) is list else []
    return [tuple(s) for s in pairs if type(s) in (list, tuple) and len(s) == 2]


def calls(count: int, ahead: int, late: int = 0) -> list[str]:
    """Return the calls and the shown rows, in order.

    `late` starts a row that many rows before the last one was shown: one row too many.
    """
    found, started = [], 0
    for i in range(count):
        while started < min(i + ahead, count):
            found.append(f"start {started}")
            started += 1
        found.append(f"wait {i}")
        if late and started < count:
            found.append(f"start {started}")
            started += 1
        found.append(f"show {i}")
    return found


def calls_row(
    report: Report, run: Outcome, count: int, ahead: int, points: float, label: str, right: bool
) -> None:
    """Add the row for the order of the calls; it counts once the rows are right."""
    if not right:
        message = "This counts once the rows are right."
        return report.true(label, False, points=points, of=run, message=message)
    came = [f"{what} {i}" for what, i in log_of(run)]
    started = sorted(came.count(f"start {i}") for i in range(count))
    report.equal(
        label,
        came,
        calls(count, ahead),
        points=points,
        of=run,
        known=[
            (
                calls(count, max(1, ahead - 1)),
                "One read fewer than allowed is begun."
                if ahead > 2
                else "Reads begin too late: as many as allowed are always begun.",
            ),
            (
                calls(count, ahead, 1),
                "One read more than allowed is begun: row i is in memory until it is yielded.",
            ),
            (
                lambda came: started != [1] * count,
                "Start every row that is shown once, and no other.",
            ),
            (
                lambda came: most_in_memory(run) > ahead,
                "Too many rows are in memory: a row counts from its start until it is yielded.",
            ),
            (
                lambda came: most_in_memory(run) <= ahead,
                "As many reads as allowed are always begun: start them before you wait for a row.",
            ),
        ],
    )


def most_in_memory(run: Outcome) -> int:
    """Return the largest number of rows that were started and not yet shown."""
    most = now = 0
    for what, _ in log_of(run):
        now += {"start": 1, "show": -1}.get(what, 0)
        most = max(most, now)
    return most


def late_frames(log: list[tuple], read_ms: list[int], period: int = 20, workers: int = 2) -> int:
    """Play the log on a virtual clock; return how many rows come after they are due."""
    now, free, done, due, late = 0, [0] * workers, {}, None, 0
    for what, i in log:
        if what == "start":
            done[i] = max(now, min(free)) + read_ms[i]
            free[free.index(min(free))] = done[i]
        elif what == "wait":
            now = max(now, done.get(i, 0))
        else:
            due = now if due is None else due + period
            late, now = late + (now > due), max(now, due)
    return late


def shown_row(report: Report, run: Outcome, film, ahead: int, label: str, points: float) -> bool:
    """Add the row for the rows that were shown; return whether they are right."""
    report.equal(
        label,
        entry(run, "rows"),
        list(film),
        points=points,
        of=run,
        known=[
            ("KeyError", "The row was not started, or you waited for it twice."),
            ("IndexError", "You started a row that does not exist: stop at `count`."),
            (list(film[:-ahead]), "The last rows are started, and must be yielded, too."),
        ],
    )
    return report.rows[-1].ok


def prefetched_rows(report: Report, played: Callable, folder: Path) -> None:
    """Add the visible rows of `prefetched`; `played` runs the given function `play`."""
    import numpy as np

    rng = np.random.default_rng(6)
    film = rng.standard_normal((100, 4))
    path = files.put(folder / "film.raw", film)
    run = played(path, 4, 6, 3)
    right = shown_row(report, run, film[:6], 3, "the example: 6 rows, ahead=3", 0.25)
    calls_row(report, run, 6, 3, 0.5, "its calls, in order", right)
    run = played(path, 4, 100, 8)
    right = shown_row(report, run, film, 8, "100 rows, ahead=8", 0.25)
    read_ms = [int(ms) for ms in rng.choice([15, 20, 40], 100, p=[0.35, 0.4, 0.25])]
    late, most = late_frames(log_of(run), read_ms), most_in_memory(run)
    first_right = "This counts once the rows are right."
    report.true(
        "late rows, on a virtual clock",
        right and late <= 2,
        points=0.5,
        of=run,
        got=late,
        expected="at most 2",
        message="Reads begin too late. Before you wait for a row, start all reads that are allowed."
        if right
        else first_right,
    )
    report.true(
        "rows in memory",
        right and most <= 8,
        points=0.25,
        of=run,
        got=most,
        expected="at most 8",
        message="Too many rows are in memory: a row counts from its start until it is yielded."
        if right
        else first_right,
    )
    run = played(path, 4, 2, 9)
    shown_row(report, run, film[:2], 9, "fewer rows than the lead", 0.25)
    run = played(path, 4, 4, 1)
    right = shown_row(report, run, film[:4], 1, "ahead=1", 0.0)
    calls_row(report, run, 4, 1, 0.25, "its calls: one row at a time", right)


# loop_order


def page_reads(shape: tuple, strides: tuple, order: tuple) -> int:
    """Count how often the page changes on the way through an array."""
    import numpy as np

    places = np.zeros(1, dtype=np.int64)
    for axis in order:
        places = (places[:, None] + np.arange(shape[axis]) * strides[axis]).ravel()
    return 1 + int(np.count_nonzero(np.diff(places // 4096)))


def loop_row(
    report: Report,
    loop_order: Callable,
    label: str,
    shape: tuple,
    strides: tuple,
    points: float,
    known: dict | None = None,
) -> None:
    """Check one array: the answer's page reads against the best possible.

    `known` has a message for each wrong order.
    """
    run = report.run(loop_order, shape, strides)
    costs = {order: page_reads(shape, strides, order) for order in permutations(range(len(shape)))}
    best = min(costs.values())
    order = _plain(run.value)
    if run.error or order not in costs:
        good = next(o for o in costs if costs[o] == best)
        return report.equal(label, run, list(good), points=points)
    message = (known or {}).get(
        order, "The innermost loop should take the smallest steps in the file."
    )
    report.true(
        label,
        costs[order] <= best,
        points=points,
        of=run,
        got=f"{costs[order]} page reads",
        expected=f"{best} page reads",
        message=message,
    )


def _plain(value) -> tuple | None:
    """Return an order with the whole numbers of NumPy turned into Python's own; None if it is none."""
    import numpy as np

    if type(value) not in (list, tuple):
        return None
    numbers = [v.item() if isinstance(v, np.integer) else v for v in value]
    return tuple(numbers) if all(type(v) is int for v in numbers) else None


_POSITION = "The strides decide, not the position of the axis."
_LENGTH = "The length of an axis does not decide: the length of a step does. The outermost loop comes first."


def loop_order_rows(report: Report, loop_order: Callable) -> None:
    """Add the visible rows of `loop_order`."""
    for label, *case in [
        (
            "an example: a table in C order",
            (1000, 1024),
            (4096, 4),
            0.5,
            {(1, 0): "That is the order from the inside out. The outermost loop comes first."},
        ),
        (
            "an example: the table in Fortran order",
            (1000, 1024),
            (4, 4000),
            0.5,
            {
                (
                    0,
                    1,
                ): "The strides decide, not the position of the axis, and also those below a page. The outermost loop comes first."
            },
        ),
        (
            "a cube whose axes were swapped",
            (16, 20, 24),
            (192, 3072, 8),
            0.5,
            {
                (
                    0,
                    1,
                    2,
                ): "The strides decide, not the position of the axis, and also those below a page.",
                (2, 1, 0): _POSITION,
                (2, 0, 1): "The outermost loop comes first.",
            },
        ),
        (
            "a table upside down",
            (30, 700),
            (-5600, 8),
            0.25,
            {
                (
                    1,
                    0,
                ): "A step backwards is as long as one forwards. The outermost loop comes first."
            },
        ),
        (
            "two long rows, one between the items of the other",
            (2, 600),
            (16_416, 64),
            0.25,
            {(1, 0): _LENGTH},
        ),
        (
            "an axis repeated with stride 0",
            (50, 20),
            (0, 8192),
            0.25,
            {(0, 1): "A stride of 0 is no step at all: it stays on the page."},
        ),
    ]:
        loop_row(report, loop_order, label, *cast(Any, case))
