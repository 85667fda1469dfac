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
import zlib
import numpy as np
from course_lib.checking import cases, check, files, given_01
from course_lib.hints import hint, solution  # noqa: F401

# %% [markdown]
# ## 1. Count the pages of a byte range
#
# The kernel caches whole pages. Return how many pages hold the bytes `start` up to, but without,
# `stop` of a file. An empty range needs no page.
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
given_01.page_count.rows(report, page_count)
### BEGIN HIDDEN TESTS
with report.hidden():
    cases.ask(report, page_count, [
        cases.Case("one byte more than a page", (0, 4097), 2, 0.25),
        # Far behind, but short: an answer may go byte by byte.
        cases.Case("other pages, and a large file", (2**40 - 1, 2**40 + 20_000, 16384), 3, 0.25),
    ], hidden=True)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Count the pages of a slice
#
# A raw file holds a one-dimensional array `x`, item after item, from byte 0. Return how many
# pages the slice `x[start:stop:step]` needs. `start`, `stop` and `step` mean what they mean in
# `range(start, stop, step)`. An item whose bytes lie across two pages needs both.
#
# Examples: with items of 4 bytes, `slice_pages(0, 4096, 1, 4)` is 4, for 4 pages of 1024 items.
# `slice_pages(0, 4096, 1024, 4)` is 4 as well, for only four items: one on each page.
# `slice_pages(341, 342, 1, 12)` is 2, for one item with the bytes 4092 to 4103.

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
given_01.slice_pages.rows(report, slice_pages)
### BEGIN HIDDEN TESTS
with report.hidden():
    cases.ask(report, slice_pages, [
        cases.Case("items across two pages", (62, 683, 62, 3, 1024), 3, 0.25),
        cases.Case("a step backwards, far behind", (4100, 4096, -3, 4096), 2, 0.25),
    ], hidden=True)
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
report = check.Report("resident_after", "Pages that reads make resident", points=3)
given_01.resident_after.rows(report, resident_after)
### BEGIN HIDDEN TESTS
with report.hidden():
    mask = given_01.resident_after.mask
    cases.ask(report, resident_after, [
        cases.Case("reads beyond the end, and empty ones", (8193, [(8192, 20_000), (0, 0), (50_000, 60_000)]),
             mask([2], 3), 0.25),
        cases.Case("an empty file", (0, [(0, 10)]), mask([], 0), 0.25),
    ], hidden=True)
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
report = check.Report("drop_from_cache", "Drop a file from the page cache", points=3)
folder = check.workdir("drop")
given_01.drop_from_cache.rows(report, drop_from_cache, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    data = np.random.default_rng(1).bytes(300_001)
    path = files.put(folder / "other.raw", data, durable=False)
    message = given_01.drop_from_cache.dirty_message(report)
    given_01.drop_from_cache.drop_rows(report, drop_from_cache, path, data, (0.25, 0.25), "another file", message)
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
report = check.Report("file_crc32", "A checksum in blocks", points=3)
folder = check.workdir("crc")
given_01.file_crc32.rows(report, file_crc32, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    data = np.random.default_rng(3).bytes(100_001)
    run = report.run(file_crc32, files.put(folder / "odd.raw", data), 4096)
    report.equal("a last block of one byte or more", run, zlib.crc32(data), points=0.5)
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
# `read_bytes`: then it is `None` or missing. The program may have used `read` or a memory map,
# and `rchar` does not see a map.
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
        Bytes that the program wanted, at least 1.

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
given_01.came_from.rows(report, came_from)
### BEGIN HIDDEN TESTS
with report.hidden():
    cases.ask(report, came_from, [
        cases.Case("the counter is not there afterwards", ({"rchar": 1, "read_bytes": 9}, {"rchar": 7, "read_bytes": None}, 6),
                   "unknown", 0),
        cases.Case("a second read, through a memory map", ({"rchar": 7, "read_bytes": 9},) * 2 + (8192,), "cache", 0.25),
    ], hidden=True)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 7. Replace a file so that the write survives
#
# Write the pieces of `chunks`, one after the other, as the new content of the file at `path`. The
# file may exist already. Whoever opens it at any moment sees the whole old content or the whole
# new one. When the function returns, the new content is on the disk, and so is the file's name:
# the folder that holds the name is written too. Write them out with `os.fsync` or `os.fdatasync`.
# Write the new file in the folder of the old one: only within one file system is a rename done at
# once. A crash of an earlier try may have left a file there, and nothing of it gets into the new content.
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
    return given_01.replace_file.steps_of(replace_file, path, chunks)


# %% test="replace_file" points=4
report = check.Report("replace_file", "A write that survives", points=4)
folder = check.workdir("replace")
given_01.replace_file.rows(report, replace_file, steps_of_replace, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    path, pieces = files.put(folder / "pieces.raw", b"old" * 9000), [bytes([n]) * n for n in range(200)]
    run = report.run(replace_file, path, pieces)
    report.equal("many pieces, and one without bytes", files.read_bytes(path), b"".join(pieces), points=0.25, of=run)
    works, names = report.rows[-1].ok, files.names(folder)
    run = report.run(replace_file, path, [None, b"more"])
    refused = works and run.error is not None and files.read_bytes(path) == b"".join(pieces)
    report.true("a first piece that is not bytes", refused and files.names(folder) == names, points=0.25, message=
        "The error must reach the caller, the old file stays, and no other file is left.")
### END HIDDEN TESTS
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
