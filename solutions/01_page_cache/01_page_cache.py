# %% [markdown]
# # Exercise 01: the page cache
#
# Practise what [lesson 01](../../notebooks/01_page_cache.ipynb) showed: files are cached in pages,
# a part of a page costs a page, and written bytes are safe only when they are on the disk.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("page_count", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("page_count")` shows an answer.

# %% locked="setup"
import os
import stat
import sys
import zlib

import numpy as np

from course_lib.checking import check, files
from course_lib.hints import hint, solution  # noqa: F401

# %% [markdown]
# ## 1. Count the pages of a byte range
#
# The kernel caches whole pages. Return how many pages hold the bytes `start` up to, but without,
# `stop` of a file. An empty range needs no page. Compute it: a file may have many terabytes.
#
# Example: `page_count(100, 200)` is 1. `page_count(4000, 5000)` is 2: the range has only 1000
# bytes, but byte 4096 begins a new page.

# %% solution="page_count"
def page_count(start, stop, page_size=4096):
    """Count the pages that hold the bytes of a range.

    Parameters
    ----------
    start, stop : int
        First byte, and the byte after the last one; ``0 <= start <= stop``.
    page_size : int
        Bytes of a page.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    if start == stop:
        return 0
    # Number of the first page, and of the page that holds the last byte. Both count.
    return (stop - 1) // page_size - start // page_size + 1
    ### END SOLUTION


# %% test="page_count" points=2
report = check.Report("page_count", "Pages of a byte range", points=2)
run = report.run(page_count, 0, 4097)
report.equal("one byte more than a page", run, 2, points=0.5, known=[
    (1, "You rounded down. A part of a page is still a page."),
])
run = report.run(page_count, 4000, 9000)
report.equal("a range that starts near the end of a page", run, 3, points=0.5, known=[
    (lambda n: n in (1, 2), "The length alone does not decide: where the range starts counts too."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    too_far = "The byte at `stop` is not in the range. Does its page count?"
    run = report.run(page_count, 8192, 16384)
    report.equal("from boundary to boundary", run, 2, points=0.25, known=[(3, too_far)])
    run = report.run(page_count, 6000, 6000)
    report.equal("an empty range", run, 0, points=0.25, known=[
        (1, "An empty range holds no byte, so it needs no page."),
    ])
    # Far behind, but short: an answer that goes byte by byte must not stop the grading.
    run = report.run(page_count, 2**40 - 1, 2**40 + 20_000, 16384)
    report.equal("other pages, and a large file", run, 3, points=0.5, known=[
        (6, "The page size is an argument: machines differ."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Count the pages of a slice
#
# A raw file holds a one-dimensional array `x`, item after item, from byte 0. Return how many
# pages the slice `x[start:stop:step]` needs. `start`, `stop` and `step` mean what they mean in
# `range(start, stop, step)`. An item may lie across two pages.
#
# Example: with items of 4 bytes, `slice_pages(0, 4096, 1, 4)` is 4, for 4 pages of 1024 items.
# `slice_pages(0, 4096, 1024, 4)` is 4 as well, for only four items: one on each page.

# %% solution="slice_pages"
def slice_pages(start, stop, step, itemsize, page_size=4096):
    """Count the pages that the items of a slice lie on.

    Parameters
    ----------
    start, stop, step : int
        As in ``range``; no index is negative, `step` may be.
    itemsize : int
        Bytes of one item; at most `page_size`.
    page_size : int
        Bytes of a page.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    first_byte = np.arange(start, stop, step, dtype=np.int64) * itemsize
    last_byte = first_byte + itemsize - 1
    # An item lies on the page of its first byte and on the page of its last byte.
    pages = np.concatenate([first_byte // page_size, last_byte // page_size])
    return int(np.unique(pages).size)
    ### END SOLUTION


# %% test="slice_pages" points=3
report = check.Report("slice_pages", "Pages of a slice", points=3)
run = report.run(slice_pages, 0, 4096, 1, 4)
report.equal("all items of four pages", run, 4, points=0.5, known=[
    (4096, "Many items share a page. Count each page once."),
    (16384, "Those are bytes. How many pages are they?"),
])
run = report.run(slice_pages, 5, 10_000, 1024, 8)
report.equal("one item on every second page", run, 10, points=0.5, known=[
    (1, "The items are far apart, and every one of them fetches a whole page."),
    (lambda n: n in (19, 20), "The pages between two items are not needed."),
])
run = report.run(slice_pages, 0, 2000, 50, 8)
report.equal("several items on a page", run, 4, points=0.5, known=[
    (40, "Some of these items share a page. Count each page once."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    straddle = "Where does an item end? It may end on the next page."
    run = report.run(slice_pages, 341, 1000, 5000, 12)
    report.equal("an item across two pages", run, 2, points=0.5, known=[(1, straddle)])
    run = report.run(slice_pages, 70, 70, 3, 4)
    report.equal("an empty slice", run, 0, points=0.25, known=[
        (1, "An empty slice needs no page."),
    ])
    run = report.run(slice_pages, 3000, -1, -1000, 4)
    report.equal("a step backwards", run, 3, points=0.25)
    run = report.run(slice_pages, 0, 30_000, 3001, 8, 16384)
    report.equal("pages of another size", run, 10, points=0.5)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Say which pages become resident
#
# A file of `file_size` bytes is not in the page cache. A program reads some ranges of bytes
# through a memory map without readahead, so exactly the pages in use are fetched. `reads` is a list
# of pairs `(start, stop)`. Return a boolean array with one item for each page of the file: `True`
# where the page is resident afterwards. What lies beyond the end of the file is not read, and a range
# may be empty.
#
# Example: `resident_after(10_000, [(0, 1), (5000, 6000)])` is `[True, True, False]`. The file has
# three pages; the last one holds only 1808 bytes.

# %% solution="resident_after"
def resident_after(file_size, reads, page_size=4096):
    """Tell for each page of a file whether some reads made it resident.

    Parameters
    ----------
    file_size : int
        Bytes of the file.
    reads : list of (int, int)
        First byte of each range, and the byte after its last one.
    page_size : int
        Bytes of a page.

    Returns
    -------
    ndarray of bool, shape (pages of the file,)
    """
    ### BEGIN SOLUTION
    # -(-a // b) divides and rounds up: the last page may be a part of a page.
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        stop = min(stop, file_size)
        if start < stop:
            resident[start // page_size : (stop - 1) // page_size + 1] = True
    return resident
    ### END SOLUTION


# %% test="resident_after" points=3
def mask(pages, total):
    """Return a boolean array of `total` pages with some set."""
    expected = np.zeros(total, dtype=bool)
    expected[pages] = True
    return expected


tail = (lambda a: a.shape == (2,), "A file of 10,000 bytes has three pages: a part of a page is one.")
bytewise = (lambda a: a.size > 1000, "One item for each page is asked for, not one for each byte.")
report = check.Report("resident_after", "Pages that reads make resident", points=3)
run = report.run(resident_after, 10_000, [(0, 1), (5000, 6000)])
report.equal("two reads, three pages", run, mask([0, 1], 3), points=0.5, known=[tail, bytewise])
run = report.run(resident_after, 40_960, [(4095, 4097), (8192, 12_288), (30_000, 31_000)])
report.equal("across a boundary, and one whole page", run, mask([0, 1, 2, 7], 10), points=1, known=[
    (lambda a: a[3], "The byte at `stop` is not read, so its page may stay out."),
    (lambda a: not a[1], "A range may reach into the next page."),
    bytewise,
])
### BEGIN HIDDEN TESTS
with report.hidden():
    run = report.run(resident_after, 9000, [(8999, 20_000), (50_000, 60_000)])
    report.equal("a read beyond the end", run, mask([2], 3), points=0.5, known=[
        ("IndexError", "What lies beyond the end of the file is not read, and has no page."),
        (lambda a: a.size > 3, "What lies beyond the end of the file is not read, and has no page."),
    ])
    run = report.run(resident_after, 20_000, [(5000, 5000), (0, 0)])
    report.equal("empty reads", run, mask([], 5), points=0.5, known=[
        (lambda a: a.any(), "An empty range reads nothing."),
    ])
    run = report.run(resident_after, 65_536, [(16_000, 17_000)], 16_384)
    report.equal("pages of another size", run, mask([0, 1], 4), points=0.25)
    run = report.run(resident_after, 0, [(0, 10)])
    report.equal("an empty file", run, mask([], 0), points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Drop a file from the page cache
#
# Make sure that no page of a file is in the page cache, as if the machine had just started. Some
# of its pages may be dirty: written by a program, and not yet on the disk. Its content stays as
# it is. Return the size of the file in bytes. A missing file raises `FileNotFoundError`. What you
# tell the kernel about a file goes through `os.posix_fadvise`; its manual page names the advice.
#
# Example: after `drop_from_cache("table.raw")` for a file of 1 MiB, 0 of its 256 pages are
# resident, and the result is 1048576.

# %% solution="drop_from_cache"
def drop_from_cache(path):
    """Write a file's dirty pages to the disk and drop all its pages from the page cache.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    int
        Bytes of the file.
    """
    ### BEGIN SOLUTION
    fd = os.open(path, os.O_RDONLY)
    try:
        # The kernel drops clean pages only, so the dirty ones go to the disk first.
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)
    ### END SOLUTION


# %% test="drop_from_cache" points=3
folder = check.workdir("drop")
unlike = "The file must stay as it is, and its size is the result."
report = check.Report("drop_from_cache", "Drop a file from the page cache", points=3)
data = np.random.default_rng(1).bytes(1 << 20)
path = files.put(folder / "clean.raw", data)
run = report.run(drop_from_cache, path, watch=[path])
report.equal("size of a file that is on the disk", run, len(data), points=0.25)
kept = report.rows[-1].ok and files.read_bytes(path) == data
report.true("its content is as before", kept, points=0.25, of=run, message=unlike)
report.at_most("resident pages afterwards", run.pages, 0, points=1, message=
    "Pages are left. Tell the kernel that you do not need them: os.posix_fadvise.")
### BEGIN HIDDEN TESTS
with report.hidden():
    data = data[:-1000]
    path = files.put(folder / "dirty.raw", data, durable=False)
    run = report.run(drop_from_cache, path, watch=[path])
    report.equal("size of a file that was just written", run, len(data), points=0.25)
    kept = report.rows[-1].ok and files.read_bytes(path) == data
    report.true("its content is as before", kept, points=0.25, of=run, message=unlike)
    report.at_most("its resident pages afterwards", run.pages, 0, points=0.5, message=
        "The kernel drops clean pages only. Write the dirty ones to the disk first: os.fsync.")
    report.at_most("descriptors left open", run.descriptors, 0, points=0.25, message=
        "A descriptor from os.open stays open until os.close.")
    run = report.run(drop_from_cache, str(folder / "missing.raw"))
    report.raises("a missing file", run, FileNotFoundError, points=0.25, known=[
        (0, "A missing file is an error, and no file of 0 bytes."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Read a file in blocks
#
# Return the CRC-32 checksum of a file that may be larger than the memory. Hold at most about
# `block_size` bytes of it at a time, and read it only once. Use `read`, not a memory map: pages of
# a map count as memory of your process for as long as it is mapped. `zlib.crc32(block, crc)`
# goes on from the checksum `crc` of what came before; it begins with 0.
#
# Example: for a file that holds `b"hello"`, `file_crc32(path, 2)` reads `b"he"`, `b"ll"` and
# `b"o"`, and returns 907060870, as `zlib.crc32(b"hello")` does.

# %% solution="file_crc32"
def file_crc32(path, block_size):
    """Return the CRC-32 checksum of a file, read in blocks.

    Parameters
    ----------
    path : str
        The file.
    block_size : int
        Bytes of a block.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    crc = 0
    with open(path, "rb") as file:
        # read() returns fewer bytes at the end, and none after it.
        while block := file.read(block_size):
            crc = zlib.crc32(block, crc)
    return crc
    ### END SOLUTION


# %% test="file_crc32" points=3
folder = check.workdir("crc")
report = check.Report("file_crc32", "A checksum in blocks", points=3)
path = files.put(folder / "hello.raw", b"hello")
run = report.run(file_crc32, path, 2)
report.equal("five bytes in blocks of two", run, zlib.crc32(b"hello"), points=0.5, known=[
    (zlib.crc32(b"o"), "This is the checksum of the last block. Hand the checksum on."),
    (zlib.crc32(b"hell"), "The last block is shorter, and counts too."),
])
data = np.random.default_rng(2).bytes(8 << 20)
path = files.put(folder / "large.raw", data)
run = report.run(file_crc32, path, 256 << 10)
report.equal("8 MiB in blocks of 256 KiB", run, zlib.crc32(data), points=0.5, known=[
    (zlib.crc32(data[-(256 << 10) :]), "This is the checksum of the last block. Hand the checksum on."),
])
report.at_most("memory", run.peak, 3 << 20, points=0.5, message=
    "You hold the whole file. Hold one block at a time.")
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("bytes read", run.bytes_read, int(1.1 * len(data)), points=0.5, message=
        "You read more than the file holds: once is enough.")
    run = report.run(file_crc32, files.put(folder / "odd.raw", data[:100_001]), 4096)
    report.equal("a last block of one byte or more", run, zlib.crc32(data[:100_001]), points=0.5, known=[
        (zlib.crc32(data[: 24 * 4096]), "The last block is shorter, and counts too."),
    ])
    run = report.run(file_crc32, files.put(folder / "empty.raw", b""), 4096)
    report.equal("an empty file", run, 0, points=0.25, known=[
        ("UnboundLocalError", "Give the checksum its first value before the loop."),
    ])
    run = report.run(file_crc32, files.put(folder / "small.raw", data[:1000]), 1 << 20)
    report.equal("a block larger than the file", run, zlib.crc32(data[:1000]), points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Judge from the counters: disk or cache
#
# A program wanted `wanted` bytes of a file. `before` and `after` are the kernel's counters of its
# process, as `/proc/self/io` tells them. `rchar` counts the bytes that `read` delivered,
# wherever they came from. `read_bytes` counts the bytes that were fetched from the disk, with
# readahead. Return `"cache"` if none of the bytes came from the disk, `"disk"` if at least
# `wanted` bytes did, `"both"` for anything between, and `"unknown"` if the machine does not count
# `read_bytes`: then it is `None` or missing.
#
# Example: with `before = {"rchar": 100, "read_bytes": 4096}` and
# `after = {"rchar": 8292, "read_bytes": 4096}`, `came_from(before, after, 8192)` is `"cache"`.

# %% solution="came_from"
def came_from(before, after, wanted):
    """Tell where the bytes of a read came from.

    Parameters
    ----------
    before, after : dict of str to (int or None)
        The counters before and after the read.
    wanted : int
        Bytes that the program wanted.

    Returns
    -------
    str
        ``"cache"``, ``"disk"``, ``"both"`` or ``"unknown"``.
    """
    ### BEGIN SOLUTION
    first, last = before.get("read_bytes"), after.get("read_bytes")
    # 0 is a count, None is no count: `if not first` would mix them up.
    if first is None or last is None:
        return "unknown"
    fetched = last - first
    if fetched == 0:
        return "cache"
    # Readahead may fetch more than was wanted.
    return "disk" if fetched >= wanted else "both"
    ### END SOLUTION


# %% test="came_from" points=2
report = check.Report("came_from", "Disk or cache", points=2)
before = {"rchar": 9000, "read_bytes": 1 << 20, "majflt": 3}
run = report.run(came_from, before, {"rchar": 74_536, "read_bytes": 1 << 20, "majflt": 3}, 65_536)
report.equal("a second read", run, "cache", points=0.5, known=[
    ("disk", "Only the change of `read_bytes` tells: `rchar` counts cached bytes too."),
    ("both", "Counters only grow. Subtract what was counted before."),
])
run = report.run(came_from, before, {"rchar": 74_536, "read_bytes": 2 << 20, "majflt": 3}, 65_536)
report.equal("a first read, with readahead", run, "disk", points=0.5, known=[
    ("both", "Readahead may fetch more than was wanted."),
    ("cache", "Readahead may fetch more than was wanted."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    unknown = [("cache", "Unknown is not 0: nobody counted."), ("TypeError", "None is no number: ask for it first.")]
    run = report.run(came_from, {"rchar": 5, "read_bytes": None}, {"rchar": 9, "read_bytes": None}, 4)
    report.equal("a machine that does not count", run, "unknown", points=0.25, known=unknown)
    run = report.run(came_from, {"rchar": 5}, {"rchar": 9}, 4)
    report.equal("a machine without that counter", run, "unknown", points=0.25, known=[
        *unknown, ("KeyError", "The counter may be missing from the dict."),
    ])
    run = report.run(came_from, {"read_bytes": 0}, {"read_bytes": 4096}, 65_536)
    report.equal("a part, counted from 0", run, "both", points=0.25, known=[
        ("unknown", "0 is a count. Only None or a missing counter is unknown."),
    ])
    run = report.run(came_from, {"rchar": 7, "read_bytes": 0}, {"rchar": 7, "read_bytes": 8192}, 8192)
    report.equal("a read through a memory map", run, "disk", points=0.25, known=[
        ("cache", "A memory map does not use read(): `rchar` does not see it."),
        ("both", "At least `wanted` bytes were fetched."),
        ("unknown", "0 is a count. Only None or a missing counter is unknown."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 7. Replace a file so that the write survives
#
# Write the pieces of `chunks`, one after the other, as the new content of the file at `path`. The
# file may exist already. Whoever opens it at any moment sees the whole old content or the whole
# new one. When the function returns, the new content is on the disk, and so is the file's name:
# the folder that holds the name is written too. Write them out with `os.fsync` or `os.fdatasync`.
# If a piece cannot be written (a text raises `TypeError`), the old file stays as it was, no other
# file is left in the folder, and the error goes on to the caller.
#
# Example: `replace_file("/data/a.raw", [b"abc", b"def"])` leaves a file `a.raw` with `abcdef`,
# and nothing else.

# %% solution="replace_file"
def replace_file(path, chunks):
    """Replace the content of a file at once and durably.

    Parameters
    ----------
    path : str
        The file; it need not exist.
    chunks : list of bytes
        The new content, in pieces.
    """
    ### BEGIN SOLUTION
    # The new file grows beside the old one: a rename works within one file system only.
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()  # from Python's buffer to the page cache
            os.fsync(file.fileno())  # from the page cache to the disk
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    # The new name stands in the folder, and that has pages of its own.
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    ### END SOLUTION


# %% [markdown]
# The next cell is given: leave it as it is. The check uses it to note in which order your function
# syncs and renames.

# %%
def steps_of_replace(path, chunks):
    """Call `replace_file` and return its steps: "sync", "sync folder" and "rename"."""
    folder, size = os.stat(os.path.dirname(path)), sum(map(len, chunks))
    steps = []

    def open_files():
        for fd in range(256):
            try:
                yield os.fstat(fd)
            except OSError:
                pass

    def watch(frame, event, function):
        name = getattr(function, "__name__", "") if event == "c_call" else ""
        if name in ("replace", "rename") and function.__module__ == os.replace.__module__:
            steps.append("rename")
        elif name in ("fsync", "fdatasync", "sync"):
            files = list(open_files())
            if name == "sync" or any(stat.S_ISREG(f.st_mode) and f.st_size == size for f in files):
                steps.append("sync")  # all of the new content has left Python's own buffer
            if name == "sync" or any(os.path.samestat(f, folder) for f in files):
                steps.append("sync folder")

    sys.setprofile(watch)
    try:
        replace_file(path, chunks)
    finally:
        sys.setprofile(None)
    return steps


# %% test="replace_file" points=4
def order_of(steps):
    """Tell whether the content was synced before the rename, and the folder after it."""
    if type(steps) is not list or "rename" not in steps:
        return False, False
    at = steps.index("rename")
    return "sync" in steps[:at], "sync folder" in steps[at:]


folder = check.workdir("replace")
report = check.Report("replace_file", "A write that survives", points=4)
noted = report.run(steps_of_replace, str(folder / "steps.raw"), [b"abc"])
synced = type(noted.value) is list and "sync" in noted.value
path, parts = str(folder / "new.raw"), [b"abc", b"", b"def"]
run = report.run(replace_file, path, parts, watch=[folder])
found = files.read_bytes(path)
report.equal("content of a new file", found, b"".join(parts), points=0.5, of=run, known=[
    *files.TROUBLE, (lambda b: b == parts[2], "Only the last piece is there."),
])
report.at_most("dirty pages when it returns", run.dirty, 0, points=0.5, message=
    "The content is in the page cache only. os.fsync brings it to the disk; flush() first "
    "brings it out of Python's own buffer.", analytic=0 if synced else 1)
report.true("the content is synced before the rename", order_of(noted.value)[0], points=0.5, of=noted, message=
    "First sync the content, then rename. The other way round, a crash between the two "
    "leaves a good name on an empty file.")
path = files.put(folder / "old.raw", b"old" * 5000)
with open(path, "rb") as reader:  # opened before: it must go on seeing the old content
    run = report.run(replace_file, path, [b"new"])
    still = reader.read(20_000)
report.equal("new content of an old file", files.read_bytes(path), b"new", points=0.5, of=run, known=[
    *files.TROUBLE, (lambda b: len(b) > 3, "Something of the old content is left."),
])
whole = report.rows[-1].ok and still == b"old" * 5000
report.true("whoever reads the old file sees all of it", whole, points=0.5, of=run, message=
    "You wrote into the old file. Write a new one beside it, and rename: os.replace.")
### BEGIN HIDDEN TESTS
with report.hidden():
    path = files.put(folder / "steps.raw", b"old")
    run = report.run(steps_of_replace, path, [b"new"])
    report.true("the folder is synced after the rename", order_of(run.value)[1], points=0.5, of=run, message=
        "The name stands in the folder: open the folder with os.open and sync it too.")
    path = files.put(folder / "kept.raw", b"old" * 100)
    names = files.names(folder)
    run = report.run(replace_file, path, [b"new" * 10, "text", b"more"])
    report.raises("a piece that is not bytes", run, TypeError, points=0.25)
    # An answer that refuses everything keeps the old file, too: that earns nothing.
    works = report.rows[0].ok and report.rows[-1].ok
    kept = works and files.read_bytes(path) == b"old" * 100
    report.true("the old file after that error", kept, points=0.5, message=
        "The error must reach the caller, and the old file must be as before. Touch it only when "
        "the new one is complete.")
    report.true("nothing else is left", kept and files.names(folder) == names, points=0.25, message=
        "A file that was begun is left in the folder. Remove it, and raise the error again.")
### END HIDDEN TESTS
report
