# %% [markdown]
# # Exercise 04: chunks with Zarr
#
# Practise what [lesson 04](../../notebooks/04_zarr_chunks.ipynb) showed: a read costs whole chunks,
# so the shape of the chunks decides what reads and writes cost.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Create every array with `zarr.create_array(path, ..., compressors=None)`: without compression,
# the bytes that are read and written can be told in advance.
#
# Stuck? `hint("touched_chunks", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("touched_chunks")` shows an answer.

# %% locked="setup"
from itertools import product
import numpy as np
import zarr
from course_lib.checking import cases, check, given_04
from course_lib.hints import hint, solution  # noqa: F401
given_04.warm_up(check.workdir("warm") / "a.zarr")

# %% [markdown]
# ## 1. Say which chunks a selection touches
#
# An array of some shape is stored in chunks, as in `z.chunks`. Chunk `(0, 0)` holds the first
# item; the chunks at the end of an axis may be filled in part. `selection` has `(start, stop,
# step)` for each axis. They mean what they mean in `z[start:stop:step]`: they may be negative,
# reach beyond the end, or be `None`. Return the sorted list of the chunks that hold a selected item.
#
# Example: `touched_chunks((10, 10), (4, 4), [(3, 5, 1), (0, 10, 8)])` is
# `[(0, 0), (0, 2), (1, 0), (1, 2)]`: the columns 0 and 8 are not in the chunks `(.., 1)`.

# %% solution="touched_chunks"
def touched_chunks(shape, chunks, selection):
    """Return the chunks that hold at least one item of a selection.

    Parameters
    ----------
    shape, chunks : tuple of int
        Shape of the array and of a chunk.
    selection : list of (start, stop, step)
        A slice for each axis; each part may be None.

    Returns
    -------
    list of tuple of int
        Index of each chunk in the grid of chunks, sorted.
    """
    ### BEGIN SOLUTION
    touched = []
    for length, chunk, parts in zip(shape, chunks, selection, strict=True):
        # slice.indices turns None, negative numbers and ends that are too far into plain ones.
        items = range(*slice(*parts).indices(length))
        # A step may jump over a chunk, so look at the items, not only at the two ends.
        touched.append(sorted({item // chunk for item in items}))
    # Each chunk of one axis meets each chunk of the others. product() keeps the order.
    return list(product(*touched))
    ### END SOLUTION


# %% test="touched_chunks" points=3
report = check.Report("touched_chunks", "Chunks that a selection touches", points=3)
given_04.touched_chunks.rows(report, touched_chunks)
### BEGIN HIDDEN TESTS
with report.hidden():
    cases.ask(report, touched_chunks, [
        cases.Case("three axes, with edge chunks",
                   ((25, 7, 9), (10, 3, 4), [(-6, 900, None), (None, None, 5), (4, 5, 1)]),
                   list(product([1, 2], [0, 1], [1])), 0.25),
        cases.Case("backwards, all the way", ((40,), (7,), [(None, None, -15)]), [(1,), (3,), (5,)], 0.25),
        cases.Case("one item of one chunk", ((5, 1), (64, 64), [(4, 5, 1), (0, 1, 1)]), [(0, 0)], 0.25),
    ], hidden=True)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Choose a chunk shape
#
# You know what will be read: `reads` is a list of `(selection, times)`, where a selection has
# `(start, stop)` for each axis. A read fetches every chunk that it touches, and each chunk costs
# all its bytes, those at the edge too: `itemsize` times the items of a full chunk. Very small
# chunks mean very many files, and large ones need much memory. So a chunk has at least `smallest`
# and at most `largest` bytes, and no axis of it is longer than that of the array. Return the chunk
# shape with which all the reads together fetch as few bytes as you can. Twice the best possible
# gives some points, 1.1 times the best gives all.
#
# Example: a table of 100 x 100 items of 8 bytes, chunks of 800 bytes, and
# `reads=[([(7, 8), (0, 100)], 5)]`: the best chunk shape is `(1, 100)`, which costs 5 x 800 bytes.
# With `(10, 10)` the same reads cost 5 x 10 x 800 bytes.

# %% solution="choose_chunks"
def choose_chunks(shape, itemsize, reads, smallest, largest):
    """Choose the chunk shape with which some reads fetch few bytes.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    itemsize : int
        Bytes of an item.
    reads : list of (list of (start, stop), int)
        What is read, and how many times.
    smallest, largest : int
        Bytes that a chunk must have, and those that it may have.

    Returns
    -------
    tuple of int
    """
    ### BEGIN SOLUTION
    # The number of touched chunks is a product over the axes, and each factor depends on one
    # axis only. So all factors fit into short tables, and all shapes can be tried at once.
    lengths = [np.arange(1, n + 1) for n in shape]
    items = _outer(lengths)
    cost = np.zeros(shape)
    for selection, times in reads:
        along = [
            (stop - 1) // length - start // length + 1
            for (start, stop), length in zip(selection, lengths, strict=True)
        ]
        cost += times * _outer(along) * items * itemsize
    nbytes = items * itemsize
    cost[(nbytes < smallest) | (nbytes > largest)] = np.inf
    best = np.unravel_index(np.argmin(cost), shape)
    return tuple(int(i) + 1 for i in best)


def _outer(tables):
    """Multiply each number of one table with each of the others; one axis for each table."""
    made = np.ones(())
    for table in tables:
        made = made[..., None] * table
    return made
    ### END SOLUTION


# %% test="choose_chunks" points=4
report = check.Report("choose_chunks", "A chunk shape for a workload", points=4)
given_04.choose_chunks.rows(report, choose_chunks)
### BEGIN HIDDEN TESTS
with report.hidden():
    column = [([(0, 200), (13, 15)], 3), ([(50, 51), (0, 50)], 1)]
    given_04.choose_chunks.choose_rows(
        report, choose_chunks, "columns of a table", ((200, 50), 2, column, 250, 500),
        {2: 0.25, 1.1: 0.25}, "Count what each shape costs: mostly columns are read.")
    windows = [([(10, 20), (30, 40), (5, 15)], 7), ([(0, 30), (41, 42), (9, 10)], 30)]
    given_04.choose_chunks.choose_rows(
        report, choose_chunks, "windows of a cube", ((30, 50, 20), 8, windows, 2048, 4096),
        {2: 0.25, 1.1: 0.25}, "Where a read begins counts, too.")
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Store an array in other chunks
#
# Copy the Zarr array at `source` into a new one at `target`, of the same shape and dtype, but with
# the chunk shape `chunks`. Along every axis, one of the two chunk lengths is a multiple of the
# other. The array may be larger than the memory. Read each chunk of the source once, write each
# chunk of the target once, and hold only a few chunks in memory. Use `compressors=None`.
#
# Example: with a source in chunks of (64, 512) and `chunks=(256, 128)`, blocks of (256, 512) fit:
# each is made of 4 chunks of the source, and makes 4 chunks of the target.

# %% solution="rechunk"
def rechunk(source, target, chunks):
    """Copy a Zarr array into other chunks, block by block.

    Parameters
    ----------
    source : str
        Path of the array to copy.
    target : str
        Path of the array to create.
    chunks : tuple of int
        Chunk shape of the target.
    """
    ### BEGIN SOLUTION
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(
        target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None
    )
    # The longer of the two lengths is a multiple of both, so a block cuts no chunk at all.
    block = [max(pair) for pair in zip(old.chunks, chunks, strict=True)]
    for corner in product(*(range(0, n, b) for n, b in zip(old.shape, block, strict=True))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block, strict=True))
        new[place] = old[place]
    ### END SOLUTION


# %% test="rechunk" points=4
report = check.Report("rechunk", "Other chunks", points=4)
folder = check.workdir("rechunk")
given_04.rechunk.rows(report, rechunk, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    copy_row, cube = given_04.rechunk.copy_row, np.random.default_rng(7).standard_normal((5, 7, 3))
    run = copy_row(report, rechunk, folder, "another cube with edge chunks", cube, (2, 6, 1), (4, 3, 3), 0.25)
    report.at_most("its chunks read", run.chunks, 18, points=0.25, message=
        "You read chunks of the source several times. A block should cut none of them.")
    line = np.random.default_rng(8).integers(1, 255, 100).astype("u1")
    copy_row(report, rechunk, folder, "one axis, other dtype", line, (14,), (98,), 0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Append along time
#
# A Zarr array at `path` has its time along the first axis. Add the steps of `block` behind the last
# one, and return how many steps there are now. What is stored already is not written again, but
# for the last chunk, which may be filled in part. A block that does not fit (other lengths of the
# other axes, other number of axes, other dtype) raises `ValueError`, and the array stays as it is.
#
# Example: with an array of shape (10, 4, 4), a block of shape (2, 4, 4) makes it (12, 4, 4), and
# the result is 12.

# %% solution="append_steps"
def append_steps(path, block):
    """Append steps to a Zarr array, along its first axis.

    Parameters
    ----------
    path : str
        The array.
    block : ndarray
        The steps to add.

    Returns
    -------
    int
        Length of the first axis afterwards.

    Raises
    ------
    ValueError
        If the block does not fit.
    """
    ### BEGIN SOLUTION
    array = zarr.open_array(path, mode="r+")
    # Check first: after the resize it is too late. Zarr itself would convert another dtype.
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError(
            f"a block of {block.shape}, {block.dtype} does not fit {array.shape}, {array.dtype}"
        )
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    array[before:] = block
    return before + len(block)
    ### END SOLUTION


# %% test="append_steps" points=3
report = check.Report("append_steps", "Append along time", points=3)
folder = check.workdir("append")
given_04.append_steps.rows(report, append_steps, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, line, works = given_04.append_steps, np.arange(11, dtype="i8"), report.rows[0].ok and report.rows[1].ok
    path = given_04.shared.store(folder / "line.zarr", line[:10], (5,))
    given.grown_rows(report, report.run(append_steps, path, line[10:]), path, line, "one axis", (0, 0.25))
    given.grown_rows(report, report.run(append_steps, path, line[:0]), path, line, "no step", (0, 0.25))
    table = np.arange(12, dtype="i8")
    path = given_04.shared.store(folder / "other.zarr", table, (5,))
    given.misfit_row(report, append_steps, path, table, table.astype("f8"), "another dtype",
                     "Another dtype does not fit: Zarr itself converts.", works)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Share out the rows among workers
#
# Several processes write into one Zarr array, each its own rows. Two that write into the same file
# at the same time lose updates, so no file may get rows from two workers. A file holds a chunk,
# or, where the array has shards, a shard: see `z.chunks` and `z.shards`. Return `(start, stop)`
# for each worker, in order: together they cover all rows once. Share evenly: no worker gets more
# than one row of files more than another. A worker for whom nothing is left gets an empty range,
# such as `(n, n)` where the array has `n` rows.
#
# Example: 100 rows in chunks of 30 rows are 4 rows of chunks. For 2 workers the answer is
# `[(0, 60), (60, 100)]`.

# %% solution="worker_rows"
def worker_rows(path, workers):
    """Share out the rows of a Zarr array so that no file has two writers.

    Parameters
    ----------
    path : str
        The array.
    workers : int
        How many workers there are; at least 1.

    Returns
    -------
    list of (int, int)
        First row of each worker, and the row after its last one.
    """
    ### BEGIN SOLUTION
    array = zarr.open_array(path, mode="r")
    rows = array.shape[0]
    unit = (array.shards or array.chunks)[0]  # what one file holds
    units = -(-rows // unit)
    # Worker k begins at this share of the units. Whole numbers, so the shares differ by one.
    begins = [min(rows, k * units // workers * unit) for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:], strict=True))
    ### END SOLUTION


# %% test="worker_rows" points=3
report = check.Report("worker_rows", "Rows for workers", points=3)
folder = check.workdir("workers")
given_04.worker_rows.rows(report, worker_rows, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given_04.worker_rows.share_rows(report, worker_rows, folder, "another array", (130, 10, None), 4)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Few files, maps and series
#
# A cube of at most (32, 64, 64) values, of at most 4 bytes each, has the axes time, y and x. People read
# single maps (one time) and single series (one place). Small chunks are good for both, but make
# many files. Store the cube such that it has at most 4 files beside `zarr.json`, a map reads at most
# 300 KiB, and a series at most 44 KiB. Use `compressors=None`.
#
# Example: with one file and chunks as large as the cube, each read fetches all of its 512 KiB. With
# chunks of (16, 16, 16), a map touches 16 chunks of 16 KiB, and a series 2, but there are 32 of
# them: they need to share files. A shard is such a file. Along each axis its length is a multiple of
# that of a chunk. A read fetches the chunks that it touches, and the index of each shard that holds one
# of them: 16 bytes for each chunk of that shard. A cube may be smaller, such as (30, 60, 50). Chunks
# and shards may then reach beyond its end.

# %% solution="build_cube"
def build_cube(path, cube):
    """Store a cube in few files that serve maps and series.

    Parameters
    ----------
    path : str
        Where to create the Zarr array.
    cube : ndarray
        The values: time, y, x.
    """
    ### BEGIN SOLUTION
    # A chunk is what a read fetches, a shard is what a file holds.
    array = zarr.create_array(
        path,
        shape=cube.shape,
        dtype=cube.dtype,
        chunks=(16, 16, 16),
        shards=(32, 64, 64),
        compressors=None,
    )
    array[...] = cube
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to read a part of your cube, each chunk with a read of its own.

# %% locked="read_part"
def read_part(path, index):
    """Read a part of a Zarr array; `index` has a number for each axis, or None for all of it."""
    return given_04.build_cube.read_part(path, index)


# %% test="build_cube" points=3
report = check.Report("build_cube", "Few files, maps and series", points=3)
folder = check.workdir("cube")
given_04.build_cube.rows(report, build_cube, read_part, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, path = given_04.build_cube, str(folder / "edge.zarr")
    cube = np.random.default_rng(10).integers(-99, 99, (30, 60, 50)).astype("i2")
    whole = given.cube_rows(report, build_cube, path, cube, "another shape and dtype", (0.25, 0.25))
    run = report.run(read_part, path, (None, 59, 49)) if whole else None
    given.part_rows(report, run, cube, "the last series", (None, 59, 49), 44 << 10, (0, 0.25))
### END HIDDEN TESTS
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
