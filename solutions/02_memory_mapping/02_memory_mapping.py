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
# touched count as memory of your process until the map is gone, so blocks of one map add up to all
# of it. Where a problem limits the rows that you hold, read them, or make a map for each block.

# %% locked="setup"
import os
import numpy as np
from course_lib.checking import check, files, given_02
from course_lib.hints import hint, solution  # noqa: F401
# %% [markdown]
# ## 1. Read a row through a map
#
# A raw file holds `offset` bytes of something else (any number), and then an array of the given
# `shape`, row after row; there may be other bytes behind it. Return row number `row` as an array of that dtype, through a memory map: only the
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
report = check.Report("map_row", "A row through a map", points=2)
folder = check.workdir("row")
given_02.map_row.rows(report, map_row, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    table = np.random.default_rng(2).integers(-9000, 9000, (100, 7)).astype(">i2")
    path = files.put(folder / "other.raw", b"header " * 3 + table.tobytes())
    run = report.run(map_row, path, ">i2", (100, 7), 21, 99)
    report.equal("the last row, in another byte order", run, table[99], points=0.25)
    path = files.put(folder / "one.raw", np.array([2.5]))
    run = report.run(map_row, path, "<f8", (1, 1), 0, 0)
    report.equal("an array of one item", run, np.array([2.5]), points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Read what a .npy file says about itself
#
# A `.npy` file begins with a header: shape, dtype and order of its array. Return a dict with
# `"shape"` (a list), `"dtype"` (a text as `"<f4"`), `"order"` (`"F"` if the header says Fortran order,
# otherwise `"C"`) and `"offset"`: the byte at which the data begins. Read the header only, not the
# data. The format has versions: short headers come in version 1, and long ones in version 2.
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
report = check.Report("npy_header", "The header of a .npy file", points=3)
folder = check.workdir("npy")
given_02.npy_header.rows(report, npy_header, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given = given_02.npy_header
    path = given.npy_file(folder / "deep.npy", np.zeros((1,) * 30, "<i2"))
    given.header_row(report, report.run(npy_header, path), "another long header", 0.25, [1] * 30, "<i2", "C", 192)
    path = given.npy_file(folder / "f2.npy", np.asfortranarray(np.zeros((5, 4), bool)), (2, 0))
    given.header_row(report, report.run(npy_header, path), "Fortran order in version 2", 0.25, [5, 4], "|b1", "F")
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
        First item, and number of items; neither is negative. Where `count` is 0, `start` lies
        within the file.

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
report = check.Report("read_window", "A window of a raw file", points=3)
folder = check.workdir("window")
given_02.read_window.rows(report, read_window, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    values = np.random.default_rng(4).integers(0, 10**6, 5000).astype(">f8")
    path = files.put(folder / "big.raw", values)
    run = report.run(read_window, path, ">f8", 1, 4999)
    report.equal("up to the last item, in another byte order", run, values[1:], points=0.25)
    run = report.run(read_window, path, ">f8", 9000, 10)
    given_02.read_window.too_short(report, run, "a window behind the end", 5000, 0.5)
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
report = check.Report("make_sparse", "A sparse file", points=2)
folder = check.workdir("sparse")
given_02.make_sparse.rows(report, make_sparse, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    path = files.put(folder / "short.raw", b"old" * 100)
    given_02.make_sparse.case(report, make_sparse, path, "a shorter old file", 200_000, [(199_999, b"!")], (0.25, 0))
    given_02.make_sparse.case(report, make_sparse, folder / "empty.raw", "no piece at all", 1 << 20, [], (0.25, 0))
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. The standard deviation of a file larger than the memory
#
# A raw file holds an array of rows. Return the standard deviation of all its items, as `np.std` does,
# but hold at most about `rows_at_once` rows at a time: the touched pages of a map of the whole file
# count, too. You may read the file twice. Mind the
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
report = check.Report("blocked_std", "Standard deviation in blocks", points=3)
folder = check.workdir("std")
given_02.blocked_std.rows(report, blocked_std, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    values = -1e8 + np.random.default_rng(6).standard_normal((101, 30))
    given_02.blocked_std.std_row(report, blocked_std, folder / "offset.raw", values, 10,
                                 "a large mean, and a shorter last block", 0.25)
    values = np.tile(np.array([2000, 2020, 2040], "<f2"), (300, 50))
    given_02.blocked_std.std_row(report, blocked_std, folder / "half.raw", values, 30, "float16", 0.25)
    given_02.blocked_std.std_row(report, blocked_std, folder / "few.raw", values[:5].astype(">f8"), 1000,
                                 "a block larger than the file, in another byte order", 0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Fill a table from its columns
#
# Each column of a table lies in a raw file of its own. Write the table to a new raw file at `path`,
# row after row. Hold at most about `rows_at_once` rows of the table at a time (the touched pages of a
# map count until it is gone), read each column about once, and write the new file
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
report = check.Report("fill_table", "A table from its columns", points=3)
folder = check.workdir("fill")
given_02.fill_table.rows(report, fill_table, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, table = given_02.fill_table, np.random.default_rng(8).integers(-99, 99, (1001, 3)).astype(">i2")
    path = files.put(folder / "odd.raw", b"what was here before" * 1000)
    run = report.run(fill_table, given.put_columns(table, folder, "odd"), ">i2", path, 250)
    given.table_row(report, run, path, table, "a shorter last block, and an old file", 0.25)
    path, one = str(folder / "one.raw"), np.full((1, 1), 7.5)
    run = report.run(fill_table, given.put_columns(one, folder, "one"), "<f8", path, 250)
    given.table_row(report, run, path, one, "one item", 0.25)
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
# bytes of the file for each, and the touched pages of a map count as memory until it is gone. When the function returns, the result is on the disk, not only in the
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
report = check.Report("normalise_rows", "Normalise a file in place", points=4)
folder = check.workdir("normalise")
given_02.normalise_rows.rows(report, normalise_rows, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, table = given_02.normalise_rows, np.random.default_rng(10).integers(0, 9, (53, 11)).astype(">f4")
    table[17] = 4
    run, found = given.normalise(report, normalise_rows, folder / "odd.raw", table, 10)
    given.table_check(report, run, found, table, "a shorter last block, and a constant row", 0.25)
    one = np.array([[0.1]], "<f2")
    run, found = given.normalise(report, normalise_rows, folder / "one.raw", one, 10)
    given.table_check(report, run, found, one, "one item", 0.25)
    table = (1000 + np.arange(800) % 7).reshape(2, 400).astype("<f2")
    run, found = given.normalise(report, normalise_rows, folder / "half.raw", table, 1)
    report.close("float16", found, given.normalised(table), rtol=0, atol=2e-3, points=0.25, of=run)
### END HIDDEN TESTS
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
