# %% [markdown]
# # Exercise 03: where memory maps break
#
# Practise what [lesson 03](../../notebooks/03_where_memmap_breaks.ipynb) showed: the order of the
# bytes decides what a slice costs, descriptors run out, and rows must be there in time.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("view_pages", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("view_pages")` shows an answer.

# %% locked="setup"
import json
import os
import struct
import zlib
from itertools import islice, permutations  # noqa: F401
import numpy as np

# %% locked="checks"
from course_lib import pagecache
from course_lib.checking import cases, check, files, given_03
from course_lib.hints import hint, solution  # noqa: F401

# %% [markdown]
# ## 1. Predict the pages of any slice
#
# A memory map of a raw file is an array. So is any slice of it, and NumPy describes each by four
# things: the byte of the file where its first item begins, its shape, its strides (the step in
# bytes along each axis, which may be negative or 0), and the size of an item. Return how many
# pages of the file its items lie on. An item may lie across two pages.
#
# Example: a file holds 1000 rows of 1024 int32 values, so a row is 4096 bytes. The third column
# is `view_pages((1000,), (4096,), 4, 8)`: 1000 pages. The third row is
# `view_pages((1024,), (4,), 4, 8192)`: 1 page.

# %% solution="view_pages"
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    """Count the pages that the items of a strided array lie on.

    Parameters
    ----------
    shape : tuple of int
        Items along each axis; ``()`` is a single item.
    strides : tuple of int
        Bytes from one item to the next along each axis.
    itemsize : int
        Bytes of one item; at most `page_size`.
    offset : int
        Byte of the file where the item at index 0 of every axis begins.
    page_size : int
        Bytes of a page.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    # Byte of every item: the sum of index times stride over the axes. Broadcasting one axis
    # after the other makes all of them.
    first = np.array(offset, dtype=np.int64)
    for length, stride in zip(shape, strides, strict=True):
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    # An item lies on the page of its first byte and on the page of its last byte.
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)
    ### END SOLUTION


# %% test="view_pages" points=3
report = check.Report("view_pages", "Pages of any slice", points=3)
given_03.view_pages.rows(report, view_pages)
### BEGIN HIDDEN TESTS
with report.hidden():
    i, j, k = np.indices((40, 3, 9))
    places = 990_000 - 24_000 * i + 9001 * j + 12 * k
    cases.ask(report, view_pages, [
        cases.Case("three axes, one backwards", ((40, 3, 9), (-24_000, 9001, 12), 12, 990_000),
                   pagecache.pages_of(places, 12), 0.25),
        cases.Case("items across two pages", ((5,), (12_288,), 12, 16_376, 8192), 8, 0.25),
    ], hidden=True)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Open any raw file
#
# A raw file does not say what it holds. Open one as a read-only memory map, and return the array.
# `dtype` is a text such as `">i2"` (big-endian, two bytes). The data begins at byte `offset`,
# and there may be other bytes behind it. `order` is `"C"` or `"F"`. One number of `shape` may be
# -1: then the data reaches exactly to the end of the file, and that tells the number. Do not read
# what nobody asks for. Where the file does not hold that shape, raise `ValueError`: it is too short,
# or there is a -1 and bytes are left over.
#
# Example: `open_raw("a.raw", "<f4", (-1, 3), 16)` on a file of 64 bytes is an array of shape
# (4, 3). With a file of 66 bytes it raises `ValueError`: two bytes are left over.

# %% solution="open_raw"
def open_raw(path, dtype, shape, offset=0, order="C"):
    """Open a raw file as a read-only memory-mapped array.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        What an item is, its byte order included.
    shape : tuple of int
        Items along each axis; one of them may be -1, and then none is 0.
    offset : int
        Byte where the data begins.
    order : {"C", "F"}
        Which index changes fastest from one item to the next: the last ("C") or the first.

    Returns
    -------
    ndarray or memmap

    Raises
    ------
    ValueError
        If the file does not hold that shape.
    """
    ### BEGIN SOLUTION
    shape = tuple(shape)
    if -1 in shape:
        known = 1
        for length in shape:
            known *= 1 if length == -1 else length
        nbytes = os.path.getsize(path) - offset
        many, left = divmod(nbytes, known * np.dtype(dtype).itemsize)
        if nbytes < 0 or left:
            raise ValueError(f"{path} has {nbytes} bytes from {offset}, which are no {shape}")
        shape = tuple(many if length == -1 else length for length in shape)
    # memmap itself raises ValueError for a file that is too short. It takes any offset: the
    # map begins at a page, and the array somewhere in it.
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape, order=order)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to open a file with your function and to take a part.

# %% locked="part_of_raw"
def part_of_raw(path, arguments, index):
    """Open a raw file with `open_raw`, take a part, and say what the array is like."""
    return given_03.open_raw.part_of_raw(open_raw, path, arguments, index)


# %% test="open_raw" points=3
report = check.Report("open_raw", "Open any raw file", points=3)
folder = check.workdir("raw")
given_03.open_raw.rows(report, part_of_raw, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    words, right = np.full((4, 3), b"abcde", "S5"), report.rows[0].ok
    path = files.put(folder / "words.raw", b"..." + words.tobytes())
    run = report.run(part_of_raw, path, ["S5", (4, -1), 3], (None, None))
    report.equal("a length to find out", given_03.shared.entry(run, "part"), words, points=0.25, of=run)
    path = files.put(folder / "odd.raw", b"x" * 65)
    run = report.run(part_of_raw, path, ["<f4", (-1, 4), 1 << 4], (None, None))
    given_03.open_raw.refused(report, run, "bytes left over", 0, right)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Many arrays in one file
#
# A dict of a thousand memory maps needs a thousand descriptors. Write two functions.
# `pack(path, arrays)` writes all arrays of a dict into one file; how it looks inside is up to you.
# `open_packed(path)` returns them as a dict again: same names in the same order, same dtypes, shapes
# and values. It does not read the arrays, it makes them look at one memory map, so few descriptors
# and little memory suffice. The file is complete in itself: another program may move it elsewhere
# and open it. Where its end is missing, or where it holds nothing but zeros, `open_packed` raises
# `ValueError`.
#
# A form that does all this: the bytes of the arrays, one after the other; then an index, a text that
# tells dtype, shape and first byte of each name (`json.dumps` makes it, `json.loads` reads it); at the
# very end, in a fixed number of bytes, the length of the index and a mark of your own (`struct.pack`
# and `struct.unpack`). A file that was cut off has no mark there. With `whole = np.memmap(path,
# np.uint8, "r")`, an array that looks at the map is `np.ndarray(shape, dtype, buffer=whole, offset=start)`.
#
# Example: after `pack("all.bin", {"a": np.arange(3), "b": np.zeros((2, 2), "f4")})`,
# `open_packed("all.bin")["b"].shape` is (2, 2).

# %% solution="open_packed"
def pack(path, arrays):
    """Write many arrays into one file.

    Parameters
    ----------
    path : str
        The file to make.
    arrays : dict of str to ndarray
        Any shapes and plain dtypes, in C or Fortran order.
    """
    ### BEGIN SOLUTION
    # Data first, then the index, then a tail of fixed size that tells where the index is. Only a
    # complete file has the right tail.
    index = {}
    with open(path, "wb") as file:
        for name, array in arrays.items():
            index[name] = [array.dtype.str, list(array.shape), file.tell()]
            file.write(array.tobytes())  # in C order, whatever the order in memory
            file.write(bytes(-file.tell() % 64))  # the next array begins at a round place
        text = json.dumps(index).encode()
        file.write(text)
        file.write(struct.pack("<QI4s", len(text), zlib.crc32(text), b"PACK"))
    ### END SOLUTION


def open_packed(path):
    """Open the arrays of a packed file, all on one memory map.

    Parameters
    ----------
    path : str
        A file that `pack` has written.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError
        If the file is not complete.
    """
    ### BEGIN SOLUTION
    if os.path.getsize(path) < 16:
        raise ValueError(f"{path} is too short for a packed file")
    whole = np.memmap(path, dtype=np.uint8, mode="r")  # one descriptor, one map
    length, checksum, mark = struct.unpack("<QI4s", whole[-16:].tobytes())
    text = whole[-16 - length : -16].tobytes() if mark == b"PACK" else b""
    if len(text) != length or zlib.crc32(text) != checksum or mark != b"PACK":
        raise ValueError(f"{path} is not a complete packed file")
    return {
        name: np.ndarray(shape, dtype, buffer=whole, offset=start)
        for name, (dtype, shape, start) in json.loads(text).items()
    }
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to open a packed file with few descriptors.

# %% locked="use_packed"
def use_packed(path, names):
    """Open a packed file while few descriptors are free; return some of its arrays."""
    return given_03.open_packed.use_packed(open_packed, path, names)


# %% test="open_packed" points=5
report = check.Report("open_packed", "Many arrays in one file", points=5)
folder = check.workdir("pack")
given_03.open_packed.rows(report, pack, use_packed, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    odd = {
        "fortran": np.asfortranarray(np.random.default_rng(9).standard_normal((5, 7))), "one": np.array(3.5),
        "ümläut/x": np.arange(7, dtype="u1"), "big": np.arange(9, dtype=">i2").reshape(3, 3)[:, ::2],
        "none": np.zeros((0, 4), "f4"), "bytes": np.array([b"ab", b"abc"]), "complex": np.array([1j]),
    }  # fmt: skip
    given_03.open_packed.packed_row(report, pack, use_packed, folder, "other dtypes, shapes and orders", odd, 0.75)
    whole, works = files.read_bytes(folder / "few.bin"), report.rows[0].ok
    for label, content in (("half of the file", whole[: len(whole) // 2]), ("an empty file", whole[:0])):
        works = works and isinstance(whole, bytes)
        run = report.run(use_packed, files.put(folder / "torn.bin", content if works else b""), [])
        given_03.open_packed.torn_row(report, run, label, 0.25, works)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Rows, the first one at once
#
# A camera film lies in a raw file, row after row. Write a generator that yields its rows, from row
# `start` on, as one-dimensional arrays. The first row is there at once, however large the file is
# and wherever `start` is. It never holds more than a few rows, and a row that was yielded stays
# as it is when the next one comes. The file has whole rows only, perhaps none: then there is nothing
# to yield. The file is closed when the generator ends or is closed.
#
# Example: `next(iter_rows("film.raw", "<u2", 640))` is an array of 640 values. Of the file, its 1280
# bytes were read for it, or as much more as Python's buffer holds.

# %% solution="iter_rows"
def iter_rows(path, dtype, columns, start=0):
    """Yield the rows of a raw file, one at a time.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        What an item is.
    columns : int
        Items of a row.
    start : int
        Number of the first row to yield.

    Yields
    ------
    ndarray, shape (columns,)
    """
    ### BEGIN SOLUTION
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        file.seek(start * nbytes)  # costs nothing, however far it goes
        # Every read() makes a new bytes object, so rows that were yielded stay as they are.
        while row := file.read(nbytes):
            yield np.frombuffer(row, dtype)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to take a few rows from your generator.

# %% locked="some_rows"
def some_rows(path, dtype, columns, start, count):
    """Take `count` rows of `iter_rows`, close it, and return copies of them."""
    return given_03.iter_rows.some_rows(iter_rows, path, dtype, columns, start, count)


# %% test="iter_rows" points=3
report = check.Report("iter_rows", "Rows, one at a time", points=3)
folder = check.workdir("film")
given_03.iter_rows.rows(report, some_rows, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    film = np.random.default_rng(7).standard_normal((9, 11)).astype(">f8")
    run = report.run(some_rows, files.put(folder / "other.raw", film), ">f8", 11, 5, 100)
    given_03.iter_rows.rows_row(report, run, film, 5, 4, "all rows to the end", 0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Read ahead, but not too far
#
# Reads take 25 ms on average, and a row is due every 20 ms. So reads must begin before their rows
# are due. `disk.start(i)` begins to read row `i` and returns at once; the disk works on two rows
# at a time. `disk.wait(i)` waits until that read is done and returns the row. Write a generator
# that yields the rows 0 to `count - 1` in order. As many reads as allowed are always begun, but
# never more than `ahead` rows are in memory: a row counts from its `start` until it is yielded.
# Start each row once. (The reader of the lesson began the next row before it yielded one. Here that
# is one row too many.)
#
# Example: with `ahead=3`, the calls are start 0, start 1, start 2, wait 0, and row 0 is yielded.
# When the generator goes on, it calls start 3 and wait 1, and yields row 1.

# %% solution="prefetched"
def prefetched(disk, count, ahead):
    """Yield rows in order, with at most `ahead` of them in memory.

    Parameters
    ----------
    disk : Disk
        Has the methods ``start(i)`` and ``wait(i)``.
    count : int
        How many rows there are.
    ahead : int
        How many rows may be in memory; at least 1.

    Yields
    ------
    ndarray
    """
    ### BEGIN SOLUTION
    started = 0
    for i in range(count):
        # Rows i to i + ahead - 1 may be in memory now: row i - 1 was yielded.
        while started < min(i + ahead, count):
            disk.start(started)
            started += 1
        yield disk.wait(i)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. Its disk has a log and no clock: the check works out from the log what
# would have been late.

# %% locked="play"
def play(path, columns, count, ahead):
    """Show the rows of `prefetched`; return the rows and the log."""
    return given_03.prefetched.play(prefetched, path, columns, count, ahead)


# %% test="prefetched" points=3
report = check.Report("prefetched", "Read ahead", points=3)
folder = check.workdir("play")
given_03.prefetched.rows(report, play, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    film = np.random.default_rng(8).standard_normal((9, 4))
    run = report.run(play, files.put(folder / "other.raw", film), 4, 9, 4)
    given_03.prefetched.shown_row(report, run, film, "other rows", 0.25)
    given_03.prefetched.calls_row(report, run, 9, 4, 0.5, "its calls, in order", report.rows[-1].ok)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Choose the order of the loops
#
# A program visits every item of an array in a raw file, with one loop for each axis. The order of
# the loops is free. A page that was left is forgotten: coming back reads it again. Return the axes
# in the order in which the loops should be nested, the outermost first, such that as few pages as
# possible are read. Strides tell how the array lies in the file, in bytes; they may be negative. No
# two items overlap, unless a stride is 0.
#
# Example: for a C-ordered table of 1000 x 1024 int32 values, `loop_order((1000, 1024), (4096, 4))`
# is `[0, 1]`: the inner loop runs along a row. In Fortran order the strides are (4, 4000), and
# the answer is `[1, 0]`.

# %% solution="loop_order"
def loop_order(shape, strides):
    """Order the loops over an array's axes so that few pages are read.

    Parameters
    ----------
    shape : tuple of int
        Items along each axis; at least one.
    strides : tuple of int
        Bytes from one item to the next along each axis.

    Returns
    -------
    list of int
        The axes, that of the outermost loop first.
    """
    ### BEGIN SOLUTION
    # The innermost loop takes the smallest steps, so that it stays on a page for long. What
    # counts is the length of a step, not its direction.
    return sorted(range(len(shape)), key=lambda axis: -abs(strides[axis]))
    ### END SOLUTION


# %% test="loop_order" points=3
report = check.Report("loop_order", "The order of the loops", points=3)
given_03.loop_order.rows(report, loop_order)
### BEGIN HIDDEN TESTS
with report.hidden():
    given_03.loop_order.loop_row(
        report, loop_order, "four axes, long and short", (3, 200, 2, 10), (-64_000, 16, 32_000, 3200), 0.5)
    given_03.loop_order.loop_row(report, loop_order, "one axis", (7,), (4096,), 0.25)
### END HIDDEN TESTS
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
