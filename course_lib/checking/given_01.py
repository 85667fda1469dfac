"""Visible cases and judges of exercise 01: the page cache.

A known wrong value is the value that this mistake gives in this case. Where two mistakes give
the same one, the message holds for both.
"""

import os
import stat
import sys
import zlib
from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.cases import Case
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome

PAGE_COUNT = [
    Case(
        "an example",
        (100, 200),
        1,
        0.25,
        [
            (2, "A range that begins inside a page may end on the same page."),
            (0, "A part of a page is still a page."),
        ],
    ),
    Case(
        "an example",
        (4000, 5000),
        2,
        0.25,
        [
            (
                1,
                "Byte 4096 begins a new page. Which page holds the first byte, which one the last?",
            ),
            (0, "A part of a page is still a page."),
        ],
    ),
    Case(
        "more than two pages",
        (4000, 9000),
        3,
        0.25,
        [
            (1, "You rounded down. A part of a page is still a page."),
            (
                2,
                "Either the length alone decides in your answer, but where the range starts counts too; "
                "or the last page is not counted.",
            ),
        ],
    ),
    Case(
        "from boundary to boundary",
        (8192, 16_384),
        2,
        0.25,
        [
            (3, "The byte at `stop` is not in the range. Does its page count?"),
            (
                1,
                "The number of pages from the first to the last is one more than the number of steps "
                "between them.",
            ),
        ],
    ),
    Case(
        "an empty range",
        (5000, 5000),
        0,
        0.25,
        [
            (1, "An empty range holds no byte, so it needs no page."),
        ],
    ),
    Case(
        "pages of another size",
        (100, 40_000, 16_384),
        3,
        0.25,
        [
            (10, "The page size is an argument: machines differ."),
        ],
    ),
]

SLICE_PAGES = [
    Case(
        "an example",
        (0, 4096, 1, 4),
        4,
        0.25,
        [
            (4096, "Many items share a page. Count each page once."),
            (16_384, "Those are bytes. How many pages are they?"),
        ],
    ),
    Case(
        "an example",
        (0, 4096, 1024, 4),
        4,
        0.25,
        [
            (1, "The items are far apart, and every one of them fetches a whole page."),
        ],
    ),
    Case(
        "an example",
        (341, 342, 1, 12),
        2,
        0.25,
        [
            (1, "This item has the bytes 4092 to 4103. It may end on the next page."),
        ],
    ),
    Case(
        "items in the middle of the file",
        (1000, 1100, 1, 8),
        2,
        0.25,
        [
            (1, "Item `start` begins at byte start * itemsize, wherever the slice ends."),
            (100, "Some of these items share a page. Count each page once."),
        ],
    ),
    Case(
        "one item on every second page",
        (5, 10_000, 1024, 8),
        10,
        0.5,
        [
            (1, "The items are far apart, and every one of them fetches a whole page."),
            (19, "The pages between two items are not needed."),
            (
                20,
                "All pages up to `stop` are counted. `step` counts items, not bytes, and the pages "
                "between two items are not needed.",
            ),
        ],
    ),
    Case(
        "several items on a page",
        (0, 2000, 50, 8),
        4,
        0.25,
        [
            (40, "Some of these items share a page. Count each page once."),
        ],
    ),
    Case(
        "a step backwards",
        (2500, 400, -900, 8),
        3,
        0.25,
        [
            (0, "A step backwards takes items, too, as in `range`."),
        ],
    ),
    Case("an empty slice", (60, 60, 3, 4), 0, 0.25, [(1, "An empty slice needs no page.")]),
    Case(
        "pages of another size",
        (0, 10_000, 500, 8, 16_384),
        5,
        0.25,
        [
            (19, "The page size is an argument: machines differ."),
            (20, "Some of these items share a page. Count each page once."),
        ],
    ),
]


def mask(pages: list[int], total: int):
    """Return a boolean array of `total` pages with some set."""
    import numpy as np

    expected = np.zeros(total, dtype=bool)
    expected[pages] = True
    return expected


_BYTEWISE = (
    lambda a: a.size > 1000,
    "One item for each page is asked for, not one for each byte.",
)
_BEYOND = "What lies beyond the end of the file is not read, and has no page."
_PAGE_SIZE = "The page size is an argument: machines differ."
_THREE_READS = [(4095, 4097), (8192, 12_288), (30_000, 31_000)]


def resident_cases() -> list[Case]:
    """Return the visible cases of `resident_after`."""
    return [
        Case(
            "the example",
            (10_000, [(0, 1), (5000, 6000)]),
            mask([0, 1], 3),
            0.5,
            [
                (
                    lambda a: a.shape == (2,),
                    "A file of 10,000 bytes has three pages: a part of a page is one.",
                ),
                (mask([1], 3), "The pages of the earlier reads stay in the cache."),
                _BYTEWISE,
            ],
        ),
        Case(
            "three reads",
            (40_960, _THREE_READS),
            mask([0, 1, 2, 7], 10),
            0.75,
            [
                (
                    mask([0, 1, 2, 3, 7], 10),
                    "The byte at `stop` is not read, so its page may stay out.",
                ),
                (mask([0, 2, 7], 10), "A range may reach into the next page."),
                (mask([7], 10), "The pages of the earlier reads stay in the cache."),
                (mask(list(range(8)), 10), "What lies between two reads is not read."),
                _BYTEWISE,
            ],
        ),
        Case(
            "all of a file",
            (20_480, [(0, 20_480)]),
            mask([0, 1, 2, 3, 4], 5),
            0.25,
            [
                (
                    mask([0, 4], 5),
                    "The pages between the first and the last one of a range are read, too.",
                ),
                (mask([0], 5), "A range may reach into the next page."),
                ("IndexError", "The byte at `stop` is not read: no page begins there."),
            ],
        ),
        Case(
            "a read beyond the end",
            (9500, [(9499, 30_000), (70_000, 80_000)]),
            mask([2], 3),
            0.5,
            [
                ("IndexError", _BEYOND),
                (lambda a: a.size > 3, _BEYOND),
            ],
        ),
        Case(
            "an empty range",
            (12_000, [(5000, 5000)]),
            mask([], 3),
            0.25,
            [
                (mask([1], 3), "An empty range reads nothing."),
            ],
        ),
        Case(
            "pages of another size",
            (50_000, [(16_000, 17_000)], 16_384),
            mask([0, 1], 4),
            0.25,
            [
                (mask([3, 4], 13), _PAGE_SIZE),
            ],
        ),
    ]


def drop_rows(
    report: Report,
    drop: Callable,
    path: str,
    content: bytes,
    points: tuple,
    label: str,
    message: str,
) -> Outcome:
    """Check a file that is to be dropped: size and content, then the pages that are left.

    Parameters
    ----------
    points : tuple of (float, float)
        Of the row for size and content, and of that for the pages.
    message : str
        What to learn where pages are left.
    """
    run = report.run(drop, path, watch=[path])
    value = run.value
    if files.read_bytes(path) != content and run.error is None:
        value = "the content has changed"
    report.equal(
        f"{label}: its size",
        value,
        len(content),
        points=points[0],
        of=run,
        known=[
            ("the content has changed", "The file must stay as it is, and its size is the result."),
            (-(-len(content) // 4096), "Those are pages. The size in bytes is asked for."),
        ],
    )
    report.at_most(
        f"{label}: resident pages afterwards", run.pages, 0, points=points[1], message=message
    )
    return run


PAGES_LEFT = (
    "Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with "
    "a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards."
)


def dirty_message(report: Report) -> str:
    """Say why pages of a file that was just written are left; ask right after the clean file."""
    if not report.rows[-1].ok:
        return "First drop the pages of a file that is on the disk."
    return "The kernel drops clean pages only. Write the dirty ones to the disk first: os.fsync."


def checksum_rows(report: Report, function: Callable, path: str, seed: int, points: tuple) -> None:
    """Check a checksum of 4 MiB in blocks of 16 KiB: the value, the memory, the bytes read.

    No byte of the file ends a line, so whoever reads lines reads all of it.
    """
    import numpy as np

    block = 16 << 10
    content = np.random.default_rng(seed).bytes(4 << 20).replace(b"\n", b"\r")
    path = files.put(path, content)
    run = report.run(function, path, block)
    report.equal(
        "4 MiB in blocks of 16 KiB",
        run,
        zlib.crc32(content),
        points=points[0],
        known=[
            (
                zlib.crc32(content[-block:]),
                "This is the checksum of the last block. Hand the checksum on.",
            ),
            (0, "This is the checksum of nothing: does the loop begin?"),
        ],
    )
    report.at_most(
        "memory",
        run.peak,
        512 << 10,
        points=points[1],
        analytic=run.held.value,
        message="You hold more than a block: the whole file, or pieces of another size, such as a line. "
        "Hold one block of `block_size` bytes at a time.",
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        int(1.1 * len(content)),
        points=points[2],
        message="You read more than the file holds: once is enough.",
    )


def _counts(delivered: int, fetched: int) -> tuple[dict, dict]:
    """Return counters before and after: bytes that read delivered, bytes from the disk."""
    return (
        {"rchar": 9000, "read_bytes": 1 << 20},
        {"rchar": 9000 + delivered, "read_bytes": (1 << 20) + fetched},
    )


_NOBODY = ("cache", "Unknown is not 0: nobody counted.")
CAME_FROM = [
    Case(
        "the example",
        ({"rchar": 100, "read_bytes": 4096}, {"rchar": 8292, "read_bytes": 4096}, 8192),
        "cache",
        0.25,
        [
            ("disk", "Only the change of `read_bytes` tells: `rchar` counts cached bytes too."),
            ("both", "Counters only grow. Subtract what was counted before."),
        ],
    ),
    Case(
        "a first read, with readahead",
        (*_counts(65_536, 131_072), 65_536),
        "disk",
        0.25,
        [
            ("both", "Readahead may fetch more than was wanted."),
        ],
    ),
    Case(
        "a part from the disk",
        (*_counts(65_536, 8192), 65_536),
        "both",
        0.25,
        [
            ("cache", "A part came from the disk, and that is no longer the cache alone."),
            (
                "disk",
                "Less than `wanted` bytes came from the disk. `rchar` does not tell it, and "
                "counters only grow: subtract.",
            ),
        ],
    ),
    Case(
        "a second read, through a memory map",
        (*_counts(0, 0), 65_536),
        "cache",
        0.25,
        [
            (
                "unknown",
                "`rchar` does not see a memory map. The disk was not asked: that is known.",
            ),
            ("disk", "Counters only grow. Subtract what was counted before."),
        ],
    ),
    Case(
        "a counter that begins with 0",
        ({"rchar": 0, "read_bytes": 0}, {"rchar": 500, "read_bytes": 4096}, 500),
        "disk",
        0.25,
        [
            ("unknown", "0 is a count. Only None or a missing counter is unknown."),
        ],
    ),
    Case(
        "a machine that does not count",
        ({"rchar": 50, "read_bytes": None}, {"rchar": 90, "read_bytes": None}, 40),
        "unknown",
        0.25,
        [_NOBODY, ("TypeError", "None is no number: ask for it first.")],
    ),
    Case(
        "a machine without that counter",
        ({"rchar": 50}, {"rchar": 90}, 40),
        "unknown",
        0.25,
        [
            _NOBODY,
            ("KeyError", "The counter may be missing from the dict."),
            ("TypeError", "None is no number: ask for it first."),
        ],
    ),
]


def steps_of_replace(replace_file: Callable, path: str, chunks: list) -> list[str]:
    """Call a function that replaces a file; return its syncs and renames, in order.

    Returns
    -------
    list of str
        ``"sync"`` (all of the new content has left Python's buffer), ``"sync folder"``,
        ``"rename"``; after it ``"gap"`` if the old file was gone then, and ``"elsewhere"`` if
        the new content was not in a file of the same folder.
    """
    folder, size = os.path.dirname(path), sum(map(len, chunks))
    there, at, steps = os.path.lexists(path), os.stat(os.path.dirname(path)), []

    def watch(frame, event, function):
        name = getattr(function, "__name__", "") if event == "c_call" else ""
        if name in ("replace", "rename") and function.__module__ == os.replace.__module__:
            steps.append("rename")
            steps.extend(["gap"] if there and not os.path.lexists(path) else [])
            steps.extend([] if _holds_file_of(folder, size) else ["elsewhere"])
        elif name in ("fsync", "fdatasync", "sync"):
            opened = list(_open_files())
            if name == "sync" or any(stat.S_ISREG(f.st_mode) and f.st_size == size for f in opened):
                steps.append("sync")
            if name == "sync" or any(os.path.samestat(f, at) for f in opened):
                steps.append("sync folder")

    sys.setprofile(watch)
    try:
        replace_file(path, chunks)
    finally:
        sys.setprofile(None)
    return steps


def _open_files():
    for fd in range(256):
        try:
            yield os.fstat(fd)
        except OSError:
            pass


def _holds_file_of(folder: str, size: int) -> bool:
    """Tell whether a file below a folder has so many bytes; the old content has not."""
    paths = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    return any(os.path.isfile(p) and os.path.getsize(p) == size for p in paths)


def replace_rows(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    """Add all visible rows of `replace_file`; a folder for each of them."""
    _new_file(report, replace_file, steps, folder)
    _old_file(report, replace_file, steps, folder)
    _leftover(report, replace_file, folder)
    _not_bytes(report, replace_file, folder)


def _place(folder, name: str) -> str:
    """Return the path of a file in a new folder that the student's process may write into."""
    (folder / name).mkdir()
    os.chmod(folder / name, 0o777)
    return str(folder / name / "a.raw")


def _noted(run: Outcome) -> list[str]:
    steps = run.value
    return [s for s in steps if type(s) is str] if type(steps) is list else []


def _new_file(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    path, parts = _place(folder, "new"), [b"abc", b"def"]
    noted = report.run(steps, _place(folder, "noted"), parts)
    run = report.run(replace_file, path, parts, watch=[os.path.dirname(path)])
    report.equal(
        "the example: its content",
        files.read_bytes(path),
        b"abcdef",
        points=0.25,
        of=run,
        known=[*files.TROUBLE, (b"def", "Only the last piece is there.")],
    )
    alone = report.rows[-1].ok and files.names(os.path.dirname(path)) == ["a.raw"]
    report.true(
        "and nothing else",
        alone,
        points=0.25,
        of=run,
        message="Another file is left in the folder."
        if report.rows[-1].ok
        else "This counts once the content is right.",
    )
    report.at_most(
        "dirty pages when it returns",
        run.dirty,
        0,
        points=0.25,
        message="The content is in the page cache only. os.fsync brings it to the disk; flush() first "
        "brings it out of Python's own buffer.",
        analytic=0 if "sync" in _noted(noted) else 1,
    )


def _old_file(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    path, old = _place(folder, "old"), b"old" * 5000
    files.put(path, old)
    with open(path, "rb") as reader:  # opened before: it must go on seeing the old content
        run = report.run(replace_file, path, [b"new"])
        still = reader.read(20_000)
    report.equal(
        "new content of an old file",
        files.read_bytes(path),
        b"new",
        points=0.25,
        of=run,
        known=[
            *files.TROUBLE,
            (b"new" + old[3:], "The end of the old content is left."),
            (old + b"new", "The new content stands behind the old one."),
            (old, "The old content is still there."),
        ],
    )
    right = report.rows[-1].ok
    report.true(
        "whoever reads the old file sees all of it",
        right and still == old,
        points=0.25,
        of=run,
        message="You wrote into the old file. Write a new one beside it, and rename: os.replace."
        if right
        else "This counts once the content is right.",
    )
    path = _place(folder, "steps")
    run = report.run(steps, files.put(path, b"old" * 99), [b"new", b"er"])
    order_rows(report, run, (0.25, 0.25, 0.5, 0.25))


def order_rows(report: Report, run: Outcome, points: tuple) -> None:
    """Add the rows for what `steps_of_replace` noted on an old file."""
    noted = _noted(run)
    at = noted.index("rename") if "rename" in noted else None
    before, after = (noted[:at], noted[at:]) if at is not None else ([], [])
    no_rename = (
        "" if after else "There is no rename: os.replace gives the new file the old one's name."
    )
    report.true(
        "the old file is there until the rename",
        after and "gap" not in after,
        points=points[0],
        of=run,
        message=no_rename
        or "At the moment of the rename there was no file of that name: whoever opened it then "
        "got an error. A rename takes the place of the old file.",
    )
    report.true(
        "the new file grows in the same folder",
        after and "elsewhere" not in after,
        points=points[1],
        of=run,
        message=no_rename
        or "Write the new file in the folder of the old one. Between two file systems, "
        "a move copies the bytes, and is not done at once.",
    )
    report.true(
        "the content is synced before the rename",
        "sync" in before,
        points=points[2],
        of=run,
        message=no_rename
        or "First sync the content, then rename. The other way round, a crash between the two "
        "leaves a good name on an empty file. Before the sync, flush() brings the content "
        "out of Python's own buffer.",
    )
    report.true(
        "the folder is synced after the rename",
        "sync folder" in after,
        points=points[3],
        of=run,
        message=no_rename
        or "The name stands in the folder: after the rename, open the folder with os.open and "
        "sync it too.",
    )


def _leftover(report: Report, replace_file: Callable, folder) -> None:
    path = _place(folder, "leftover")
    files.put(path + ".tmp", b"half of an earlier try")
    run = report.run(replace_file, path, [b"new"])
    report.equal(
        "beside a file that a crash left",
        files.read_bytes(path),
        b"new",
        points=0.25,
        of=run,
        known=[
            *files.TROUBLE,
            (
                b"half of an earlier trynew",
                "What an earlier try left is in the new content: open the "
                "file such that it begins empty.",
            ),
        ],
    )


def _not_bytes(report: Report, replace_file: Callable, folder) -> None:
    path, works = _place(folder, "kept"), report.rows[0].ok
    files.put(path, b"old" * 100)
    run = report.run(replace_file, path, [b"new" * 10, "text", b"more"])
    report.raises("a piece that is not bytes", run, TypeError, points=0.25)
    # An answer that refuses everything keeps the old file, too: that earns nothing.
    raised = works and report.rows[-1].ok
    kept = raised and files.read_bytes(path) == b"old" * 100
    report.true(
        "the old file after that error",
        kept,
        points=0.25,
        message="The old file must be as before. Touch it only when the new one is complete."
        if raised
        else "The error must reach the caller, and good pieces must be written.",
    )
    alone = kept and files.names(os.path.dirname(path)) == ["a.raw"]
    report.true(
        "no other file after that error",
        alone,
        points=0.25,
        message="A file that was begun is left in the folder. Remove it, and raise the error again."
        if kept
        else "This counts once the error goes on and the old file is kept.",
    )
