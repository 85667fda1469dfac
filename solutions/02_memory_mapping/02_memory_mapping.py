# %% [markdown]
# # Exercise 02: memory-mapped arrays
#
# Practise what [lesson 02](../../notebooks/02_memory_mapping.ipynb) showed: a raw file says nothing
# about itself, a map fetches the pages that you touch, and a file larger than the memory is worked
# through in blocks.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("map_row", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("map_row")` shows an answer.
#
# The files here are small, and the memory you may use is smaller still. Pages of a map that you
# touched count as memory of your process until the map is gone.

# %% locked="setup"
import io
import os

import numpy as np

from course_lib.checking import check, files
from course_lib.hints import hint, solution  # noqa: F401
from course_lib.checking.outcome import Count

# %% [markdown]
# ## 1. Read a row through a map
#
# A raw file holds `offset` bytes of something else, and then an array of the given `shape`, row
# after row. Return row number `row` as an array of that dtype, through a memory map: only the
# pages of the row should be fetched. What the kernel reads ahead does not count.
#
# Example: for a file with the bytes 9, 9, 1, 2, 3, 4, 5, 6,
# `map_row(path, "uint8", (2, 3), 2, 1)` is `array([4, 5, 6], dtype=uint8)`.

# %% solution="map_row"
def map_row(path, dtype, shape, offset, row):
    """Read one row of an array in a raw file.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        Type of an item, with its byte order: ``"<f4"``.
    shape : tuple of (int, int)
        Rows and columns.
    offset : int
        Byte at which the array begins.
    row : int
        Number of the row, from 0.

    Returns
    -------
    ndarray, shape (columns,)
    """
    ### BEGIN SOLUTION
    # Nothing is read here: the map only reserves addresses.
    table = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape))
    # np.array copies the row out of the map, and so touches its pages.
    return np.array(table[row])
    ### END SOLUTION


# %% test="map_row" points=2
folder = check.workdir("row")
report = check.Report("map_row", "A row through a map", points=2)
path = files.put(folder / "small.raw", bytes([9, 9, 1, 2, 3, 4, 5, 6]))
run = report.run(map_row, path, "uint8", (2, 3), 2, 1)
report.equal("two rows after two bytes", run, np.array([4, 5, 6], "u1"), points=0.5, known=[
    (np.array([2, 3, 4], "u1"), "The array begins at `offset`, not at the start of the file."),
])
table = np.random.default_rng(1).integers(0, 30_000, (256, 1024)).astype("<f4")
path = files.put(folder / "table.raw", bytes(1000) + table.tobytes())
run = report.run(map_row, path, "<f4", table.shape, 1000, 200, watch=[path], cold=True)
report.equal("a row of 4096 bytes", run, table[200], points=0.25, known=[
    (lambda a: a.shape == (256,), "This is a column. Rows lie one after the other."),
])
report.at_most("pages in the cache", run.pages, 4, points=0.25, message=
    "The row lies on two pages. Open a map, and touch the row only.")
### BEGIN HIDDEN TESTS
with report.hidden():
    table = np.random.default_rng(2).integers(-9000, 9000, (100, 7)).astype(">i2")
    path = files.put(folder / "other.raw", b"header, " * 3 + table.tobytes())
    run = report.run(map_row, path, ">i2", (100, 7), 24, 99)
    report.equal("the last row, in another byte order", run, table[99], points=0.5, known=[
        (lambda a: np.array_equal(a, table[99]) or np.array_equal(a.view(">i2"), table[99]),
         "The dtype says the byte order, too: keep it."),
    ])
    path = files.put(folder / "one.raw", np.array([2.5]))
    run = report.run(map_row, path, "<f8", (1, 1), 0, 0)
    report.equal("an array of one item", run, np.array([2.5]), points=0.5)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Read what a .npy file says about itself
#
# A `.npy` file begins with a header: shape, dtype and order of its array. Return a dict with
# `"shape"` (a list), `"dtype"` (a text as `"<f4"`), `"order"` (`"F"` if the header says Fortran order,
# otherwise `"C"`) and `"offset"`: the byte at which the data begins. Read the header only, not the
# data.
#
# Example: for a file that `np.save` made from `np.zeros((2, 3), "<f4")`, the result is
# `{"shape": [2, 3], "dtype": "<f4", "order": "C", "offset": 128}`.

# %% solution="npy_header"
def npy_header(path):
    """Tell what the header of a .npy file says.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    dict
        ``shape``, ``dtype``, ``order`` and ``offset``.
    """
    ### BEGIN SOLUTION
    with open(path, "rb") as file:
        version = np.lib.format.read_magic(file)
        # Version 1 has two bytes for the length of the header, later ones have four.
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
        return {
            "shape": list(shape),
            "dtype": dtype.str,
            "order": "F" if fortran else "C",
            "offset": file.tell(),  # the data begins where the header ends
        }
    ### END SOLUTION


# %% test="npy_header" points=3
def save(name, array):
    """Save an array in the folder of this test and return the path."""
    content = io.BytesIO()
    np.save(content, array)
    return files.put(folder / name, content.getvalue())


def fits(header):
    """Make known mistakes of one expected header."""
    return [
        (lambda d: d.get("order") != header["order"], "Look at the order in which the items lie."),
        (lambda d: d.get("offset") != header["offset"], "The data begins where the header ends."),
    ]


folder = check.workdir("npy")
report = check.Report("npy_header", "The header of a .npy file", points=3)
path = save("small.npy", np.zeros((2, 3), "<f4"))
header = {"shape": [2, 3], "dtype": "<f4", "order": "C", "offset": 128}
report.equal("two rows of float32", report.run(npy_header, path), header, points=0.5, known=fits(header))
path = save("large.npy", np.zeros((1024, 256), ">i4"))
header = {"shape": [1024, 256], "dtype": ">i4", "order": "C", "offset": 128}
run = report.run(npy_header, path)
report.equal("1 MiB of big-endian int32", run, header, points=0.5, known=fits(header))
report.at_most("bytes read", run.bytes_read, 256 << 10, points=0.5, message=
    "The header is enough. np.load reads everything, unless you ask for a map: mmap_mode.")
### BEGIN HIDDEN TESTS
with report.hidden():
    path = save("fortran.npy", np.asfortranarray(np.zeros((5, 4))))
    header = {"shape": [5, 4], "dtype": "<f8", "order": "F", "offset": 128}
    run = report.run(npy_header, path)
    report.equal("Fortran order", run, header, points=0.5, known=fits(header))
    path = save("deep.npy", np.zeros((1,) * 30, "<i2"))
    header = {"shape": [1] * 30, "dtype": "<i2", "order": "C", "offset": 192}
    run = report.run(npy_header, path)
    report.equal("a longer header", run, header, points=0.5, known=fits(header))
    path = save("empty.npy", np.zeros((0, 7), bool))
    header = {"shape": [0, 7], "dtype": "|b1", "order": "C", "offset": 128}
    run = report.run(npy_header, path)
    report.equal("an array without items", run, header, points=0.5, known=[
        ("ValueError", "An array without items cannot be mapped, but it has a header."),
        *fits(header),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Read a window of a raw file
#
# Return items `start` up to, but without, `start + count` of a raw file of one dtype. Read only
# those items. A window that does not lie within the file is an error: raise a `ValueError` whose
# text names the number of items that the file has.
#
# Example: for a file with the bytes 10, 11, 12, 13, `read_window(path, "uint8", 1, 2)` is
# `array([11, 12], dtype=uint8)`, and `read_window(path, "uint8", 3, 2)` raises
# `ValueError: items 3 to 5 are wanted, the file has 4`.

# %% solution="read_window"
def read_window(path, dtype, start, count):
    """Read some items from the middle of a raw file.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        Type of an item.
    start, count : int
        First item, and number of items; neither is negative.

    Returns
    -------
    ndarray, shape (count,)

    Raises
    ------
    ValueError
        If the file has fewer items. The text names how many it has.
    """
    ### BEGIN SOLUTION
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    # np.fromfile returns fewer items at the end of the file, and says nothing.
    if start + count > items:
        raise ValueError(f"items {start} to {start + count} are wanted, the file has {items}")
    # The offset counts bytes, the count counts items.
    return np.fromfile(path, dtype=dtype, count=count, offset=start * itemsize)
    ### END SOLUTION


# %% test="read_window" points=3
folder = check.workdir("window")
report = check.Report("read_window", "A window of a raw file", points=3)
values = np.random.default_rng(3).integers(0, 10**6, 300_000)
path = files.put(folder / "values.raw", values.astype("<i4"))
run = report.run(read_window, path, "<i4", 200_000, 1000)
bytewise = [(lambda a: a.shape == (1000,), "The values are others: an offset counts bytes, not items.")]
report.equal("1000 items of int32", run, values[200_000:201_000].astype("<i4"), points=0.75, known=bytewise)
report.at_most("bytes read", run.bytes_read, 64 << 10, points=0.5, message=
    "The window has 4000 bytes, and the file more than a million. Go to its start, and stop at its end.")
run = report.run(read_window, path, "<i4", 299_999, 2)
report.raises("a window across the end", run, ValueError, "300000", points=0.5, known=[
    (lambda a: a.shape == (1,), "One item is missing, and the caller is not told."),
    ("ValueError", "Name the number of items that the file has, in digits only: 300000."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    path = files.put(folder / "big.raw", values[:5000].astype(">f8"))
    run = report.run(read_window, path, ">f8", 1, 4999)
    expected = values[1:5000].astype(">f8")
    report.equal("up to the last item, in another byte order", run, expected, points=0.5, known=[
        ("ValueError", "The window ends exactly at the end of the file: that is allowed."),
        (lambda a: np.array_equal(a, expected) or np.array_equal(a.view(">f8"), expected),
         "The dtype says the byte order, too: keep it."),
    ])
    run = report.run(read_window, path, ">f8", 4000, 0)
    report.equal("no items", run, np.empty(0, ">f8"), points=0.25, known=[
        (lambda a: a.size > 0, "No items are wanted, and some came: what does a count of 0 mean?"),
        ("ValueError", "No items are a window, too."),
    ])
    run = report.run(read_window, path, ">f8", 9000, 10)
    report.raises("a window behind the end", run, ValueError, "5000", points=0.5, known=[
        (lambda a: a.size == 0, "The items are missing, and the caller is not told."),
        ("ValueError", "Name the number of items that the file has: items, not bytes, in digits only."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Make a sparse file
#
# Create a file of `size` bytes that holds the given pieces and is 0 everywhere else. `pieces` is a
# list of pairs: an offset, and the `bytes` that stand there. What was at `path` before is gone. A
# page that was never written should take no room on the disk.
#
# Example: `make_sparse(path, 1_000_000, [(999_998, b"ab")])` makes a file of 1,000,000 bytes
# that ends with `ab` and takes one block of 4096 bytes on the disk.

# %% solution="make_sparse"
def make_sparse(path, size, pieces):
    """Create a file with a few pieces of data, and holes between them.

    Parameters
    ----------
    path : str
        The file.
    size : int
        Bytes of the file.
    pieces : list of (int, bytes)
        Offset and content of each piece; all lie within the file.
    """
    ### BEGIN SOLUTION
    with open(path, "wb") as file:
        # A longer size adds a hole: no block of the disk is taken for it.
        file.truncate(size)
        for offset, content in pieces:
            file.seek(offset)
            file.write(content)
    ### END SOLUTION


# %% test="make_sparse" points=2
def holds(path, size, pieces):
    """Tell whether the file is as it should be, with a few words if it is not."""
    content = files.read_bytes(path, size)
    if isinstance(content, str):
        return content
    expected = bytearray(size)
    for offset, piece in pieces:
        expected[offset : offset + len(piece)] = piece
    return "as asked for" if content == expected else "other content"


def on_disk(path, run):
    """Count the bytes that a file takes on the disk, if this file system has holes."""
    probe = files.put(folder / "probe.raw", b"")
    os.truncate(probe, 1 << 20)
    taken = files.allocated(path)
    if files.allocated(probe) > 64 << 10 or isinstance(taken, str):
        return Count(None, "bytes", "this file system has no holes", run=run.number)
    return Count(taken, "bytes", run=run.number)


folder = check.workdir("sparse")
report = check.Report("make_sparse", "A sparse file", points=2)
path, size, pieces = str(folder / "a.raw"), 4 << 20, [(0, b"begin"), (2_500_000, b"middle")]
run = report.run(make_sparse, path, size, pieces)
report.equal("two pieces in 4 MiB", holds(path, size, pieces), "as asked for", points=0.5, of=run, known=[
    *files.TROUBLE, ("other content", "A piece is missing or stands elsewhere, or the rest is not 0."),
])
report.at_most("room on the disk", on_disk(path, run), 64 << 10, points=0.5, message=
    "You wrote the zeros, too, or reserved room for them. Give the file its size without writing: truncate.")
### BEGIN HIDDEN TESTS
with report.hidden():
    path = files.put(folder / "old.raw", b"old" * 100_000)
    run = report.run(make_sparse, path, 200_000, [(199_999, b"!")])
    found = holds(path, 200_000, [(199_999, b"!")])
    report.equal("an old file that was longer", found, "as asked for", points=0.5, of=run, known=[
        *files.TROUBLE, ("other content", "Something of the old content is left."),
    ])
    run = report.run(make_sparse, str(folder / "empty.raw"), 1 << 20, [])
    found = holds(folder / "empty.raw", 1 << 20, [])
    report.equal("no piece at all", found, "as asked for", points=0.25, of=run, known=files.TROUBLE)
    report.at_most("its room on the disk", on_disk(folder / "empty.raw", run), 64 << 10, points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. The standard deviation of a file larger than the memory
#
# A raw file holds an array of rows. Return the standard deviation of all its items, as `np.std` does,
# but hold at most about `rows_at_once` rows at a time. You may read the file twice. Mind the
# rounding: where the mean is large and the spread is small, the mean of the squares minus the
# square of the mean has no correct digit left.
#
# Example: for a file with the float32 values 1, 2, 3, 4, `blocked_std(path, "<f4", (2, 2), 1)` is
# 1.118033988749895.

# %% solution="blocked_std"
def blocked_std(path, dtype, shape, rows_at_once):
    """Compute the standard deviation of a raw file in blocks of rows.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        Type of an item, a float.
    shape : tuple of (int, int)
        Rows and columns; neither is 0.
    rows_at_once : int
        Rows of a block.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, rows_at_once):
                items = min(rows_at_once, rows - first) * columns
                yield np.fromfile(file, dtype, items)

    # Two passes. Float64 sums keep their digits, and small differences square well.
    mean = sum(block.sum(dtype=np.float64) for block in blocks()) / (rows * columns)
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks())
    return float(np.sqrt(squares / (rows * columns)))
    ### END SOLUTION


# %% test="blocked_std" points=3
folder = check.workdir("std")
report = check.Report("blocked_std", "Standard deviation in blocks", points=3)
path = files.put(folder / "small.raw", np.array([1, 2, 3, 4], "<f4"))
run = report.run(blocked_std, path, "<f4", (2, 2), 1)
report.close("four values", run, 1.118033988749895, points=0.5, known=[
    (1.25, "This is the variance. Take its root."),
    (lambda x: abs(x - 0.5) < 1e-6, "A mean of the blocks' deviations misses how the blocks differ."),
    (lambda x: abs(x - 1.2909944) < 1e-6, "np.std divides by n, not by n - 1."),
])
values = np.random.default_rng(5).random((512, 2048), "<f4")
values += np.arange(512, dtype="<f4")[:, None] / 100
path = files.put(folder / "large.raw", values)
run = report.run(blocked_std, path, "<f4", values.shape, 7)
report.close("4 MiB in blocks of 56 KiB", run, float(values.std(dtype=np.float64)), points=0.5, known=[
    (lambda x: 0.25 < x < 0.35, "A mean of the blocks' deviations misses how the blocks differ."),
])
report.at_most("memory", run.peak, 5 << 19, points=0.75, message=
    "You hold too much at once. Read one block, and let it go before the next. The touched pages "
    "of a map count until the map is gone: one map for each block.", analytic=run.held.value)
### BEGIN HIDDEN TESTS
with report.hidden():
    values = 1e8 + np.random.default_rng(6).standard_normal((101, 30))
    path = files.put(folder / "offset.raw", values)
    run = report.run(blocked_std, path, "<f8", values.shape, 10)
    report.close("a large mean, and a shorter last block", run, float(values.std()), points=0.5, known=[
        (lambda x: not np.isfinite(x) or abs(x - values.std()) > 0.02 * values.std(),
         "Rounding ate the digits. Subtract the mean first, then square, in float64."),
    ])
    values = np.tile(np.array([1000, 1010], "<f2"), (400, 50))
    path = files.put(folder / "half.raw", values)
    run = report.run(blocked_std, path, "<f2", values.shape, 30)
    report.close("float16", run, 5.0, points=0.5, known=[
        (25.0, "This is the variance. Take its root."),
        (lambda x: not np.isfinite(x) or abs(x - 5) > 0.01, "Sums of a small float type overflow or round: sum in float64."),
    ])
    run = report.run(blocked_std, path, "<f2", values.shape, 1000)
    report.close("a block larger than the file", run, 5.0, points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Fill a table from its columns
#
# Each column of a table lies in a raw file of its own. Write the table to a new raw file at `path`,
# row after row. Hold at most about `rows_at_once` rows of the table at a time, and write the new file
# from front to back, so that each of its pages is written once. The values keep their dtype, byte order included. Filling one
# column after the other is the trap: each column touches every page of the table.
#
# Example: with two files that hold the float32 values 1, 2, 3 and 4, 5, 6,
# `fill_table([a, b], "<f4", path, 2)` makes a file with the values 1, 4, 2, 5, 3, 6.

# %% solution="fill_table"
def fill_table(columns, dtype, path, rows_at_once):
    """Write a table, row after row, from files that hold one column each.

    Parameters
    ----------
    columns : list of str
        Paths of the raw files, one a column, all of the same length.
    dtype : str
        Type of an item, the same in all files.
    path : str
        The new file.
    rows_at_once : int
        Rows of a block.
    """
    ### BEGIN SOLUTION
    itemsize = np.dtype(dtype).itemsize
    rows = os.path.getsize(columns[0]) // itemsize
    with open(path, "wb") as table:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            block = np.empty((n, len(columns)), dtype)
            # Crossing the order is cheap here: the block is in memory.
            for number, column in enumerate(columns):
                block[:, number] = np.fromfile(column, dtype, n, offset=first * itemsize)
            block.tofile(table)
    ### END SOLUTION


# %% test="fill_table" points=3
def put_columns(table, name):
    """Put each column of a table into a file; return the paths."""
    return [files.put(folder / f"{name}{i}.raw", column, durable=False) for i, column in enumerate(table.T.copy())]


folder = check.workdir("fill")
report = check.Report("fill_table", "A table from its columns", points=3)
table = np.array([[1, 4], [2, 5], [3, 6]], "<f4")
path = str(folder / "small.raw")
run = report.run(fill_table, put_columns(table, "small"), "<f4", path, 2)
report.equal("two columns, three rows", files.read_raw(path, "<f4", (3, 2)), table, points=0.5, of=run, known=[
    *files.TROUBLE,
    (table.T.reshape(3, 2), "Column after column stands there. A row has one value of each column."),
])
table = np.random.default_rng(7).random((65_536, 16), "<f4")
path, columns = str(folder / "large.raw"), put_columns(table, "large")
run = report.run(fill_table, columns, "<f4", path, 4096)
report.equal("4 MiB, 16 columns", files.read_raw(path, "<f4", table.shape), table, points=0.5, of=run, known=[
    *files.TROUBLE,
])
report.at_most("memory", run.peak, 5 << 19, points=0.5, message=
    "You hold too much at once: one block of rows is enough. The touched pages of a map count "
    "until the map is gone.", analytic=run.held.value)
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("bytes written", run.bytes_dirtied, int(1.1 * table.nbytes), points=0.5, message=
        "Pages were written more than once. Fill the table by blocks of rows, and let each page go "
        "to the disk when it is complete.")
    report.at_most("bytes read", run.bytes_read, int(1.1 * table.nbytes) + 65_536, points=0.25, message=
        "You read the columns more than once. Read the part that the block needs.")
    table = np.random.default_rng(8).integers(-99, 99, (1001, 3)).astype(">i2")
    path = files.put(folder / "odd.raw", b"what was here before" * 1000)
    run = report.run(fill_table, put_columns(table, "odd"), ">i2", path, 250)
    found = files.read_raw(path, ">i2", (1001, 3))
    report.equal("a shorter last block, and an old file", found, table, points=0.5, of=run, known=[
        *files.TROUBLE,
        (lambda a: np.array_equal(a.byteswap(), table),
         "The bytes stand in the other order. np.stack and np.array turn to the machine's own order: "
         "give them the dtype."),
    ])
    path = str(folder / "one.raw")
    run = report.run(fill_table, put_columns(np.full((1, 1), 7.5), "one"), "<f8", path, 250)
    report.equal("one item", files.read_raw(path, "<f8", (1, 1)), np.full((1, 1), 7.5), points=0.25, of=run,
                 known=files.TROUBLE)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 7. Normalise a file in place
#
# A raw file of rows is several times larger than the memory you may use. Replace every row by
# `(row - mean) / std`, with the mean and the standard deviation of that row; a row whose items are
# all equal becomes 0. The items have 2 or 4 bytes: compute in float64 and store in the dtype of the
# file. Read the file once and
# write it once, in place, a block of `rows_at_once` rows at a time: the check allows 1.1 times the
# bytes of the file for each. When the function returns, the result is on the disk, not only in the
# page cache.
#
# Example: a row 1, 2, 3 becomes -1.2247449, 0, 1.2247449, and a row 5, 5, 5 becomes 0, 0, 0.

# %% solution="normalise_rows"
def normalise_rows(path, dtype, shape, rows_at_once):
    """Normalise each row of a raw file, in place and durably.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        Type of an item, a float of 2 or 4 bytes.
    shape : tuple of (int, int)
        Rows and columns.
    rows_at_once : int
        Rows of a block.
    """
    ### BEGIN SOLUTION
    rows, columns = shape
    itemsize = np.dtype(dtype).itemsize
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = first * columns * itemsize
            file.seek(start)
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            # All items equal: the difference is 0 already. With float64 items, which are as long
            # as the sums, the mean would be rounded, and neither would be 0.
            std[std == 0] = 1
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)
        # Once, at the end: a page that is flushed and changed again is written twice.
        file.flush()
        os.fsync(file.fileno())
    ### END SOLUTION


# %% test="normalise_rows" points=4
def normalised(table):
    """Return the expected table."""
    mean, std = (f(table, axis=1, dtype=np.float64, keepdims=True) for f in (np.mean, np.std))
    return ((table - mean) / np.where(std == 0, 1, std)).astype(table.dtype)


def normalise(table, name, rows_at_once, on_disk=False):
    """Run the student's function on a file with this table; return the run and what is left."""
    path = files.put(folder / name, table, durable=on_disk)
    measured = {"watch": [path], "cold": True} if on_disk else {}
    run = report.run(normalise_rows, path, table.dtype.str, table.shape, rows_at_once, **measured)
    return run, files.read_raw(path, table.dtype, table.shape)


untouched = (lambda a: a[0, 0] == 1, "Nothing has changed in the file.")
folder = check.workdir("normalise")
report = check.Report("normalise_rows", "Normalise a file in place", points=4)
run, found = normalise(np.array([[1, 2, 3], [5, 5, 5]], "<f4"), "small.raw", 1)
expected = np.array([[-1.2247449, 0, 1.2247449], [0, 0, 0]], "<f4")
report.close("two rows, one of them constant", found, expected, atol=1e-6, points=0.5, of=run, known=[
    *files.TROUBLE,
    untouched,
    (lambda a: np.isnan(a[1]).any(), "A constant row has the deviation 0: do not divide by it."),
    (lambda a: abs(a[0, 2] - 1) < 1e-6, "np.std divides by n, not by n - 1."),
    (lambda a: abs(a[1, 0]) > 0.1, "Every row has its own mean and its own deviation."),
])
table = np.random.default_rng(9).random((512, 2048), "<f4") + np.float32(3)
run, found = normalise(table, "large.raw", 7, on_disk=True)
report.close("4 MiB in blocks of 56 KiB", found, normalised(table), atol=1e-5, points=0.5, of=run, known=[
    *files.TROUBLE,
    (lambda a: abs(a.mean() - 3.5) < 0.1, "Nothing has changed in the file."),
])
report.at_most("memory", run.peak, 5 << 19, points=0.75, message=
    "You hold too much at once: a block and its float64 copies are enough. The touched pages of a "
    "map count until the map is gone.", analytic=run.held.value)
### BEGIN HIDDEN TESTS
with report.hidden():
    limit = int(1.1 * table.nbytes)
    report.at_most("bytes read", run.bytes_read, limit, points=0.5, message=
        "You read the file more than once. A row's mean and deviation need that row only.")
    report.at_most("bytes written", run.bytes_dirtied, limit, points=0.5, message=
        "Pages were written more than once. Write each block once, and flush at the end.")
    report.at_most("pages that are not on the disk", run.dirty, 0, points=0.75, message=
        "The result is in the page cache only. A power cut would take it: flush and os.fsync, or "
        "the map's flush().")
    table = np.random.default_rng(10).integers(0, 9, (53, 11)).astype(">f4")
    table[17] = 4
    run, found = normalise(table, "odd.raw", 10)
    report.close("a shorter last block, in another byte order", found, normalised(table), atol=1e-6, points=0.25,
                 of=run, known=files.TROUBLE)
    run, found = normalise(np.array([[0.1]], "<f2"), "one.raw", 10)
    report.close("one item", found, np.array([[0.0]], "<f2"), atol=1e-6, points=0.25, of=run, known=files.TROUBLE)
### END HIDDEN TESTS
report
