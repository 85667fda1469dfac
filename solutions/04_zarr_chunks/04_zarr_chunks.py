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
import os
from itertools import product

import numpy as np
import zarr

from course_lib.checking import check, files, zarr_files
from course_lib.hints import hint, solution  # noqa: F401
from course_lib.units import format_count


def warm_up(path):
    """Use Zarr once, so that its start counts for nobody."""
    array = zarr.create_array(path, shape=(8, 256, 256), chunks=(1, 128, 128), dtype="f4", compressors=None)
    array[:] = 1
    return float(array[:].sum())


_ = warm_up(str(check.workdir("warm") / "a.zarr"))

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
run = report.run(touched_chunks, (100, 60), (10, 20), [(15, 31, 1), (5, 45, 1)])
report.equal("a window", run, list(product([1, 2, 3], [0, 1, 2])), points=0.75, known=[
    (lambda v: len(v) in (4, 6), "The last selected row is 30, in chunk 3, and the last column is 44, in chunk 2."),
    (lambda v: len(v) == 3, "Each chunk along one axis meets each chunk along the other."),
])
run = report.run(touched_chunks, (100, 60), (10, 20), [(5, 100, 25), (0, 60, 1)])
report.equal("a long step", run, list(product([0, 3, 5, 8], [0, 1, 2])), points=0.75, known=[
    (list(product(range(9), [0, 1, 2])), "A step may jump over whole chunks."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    beyond = "The slice may reach beyond the end of the axis, and there is no chunk there."
    run = report.run(touched_chunks, (25, 7, 9), (10, 3, 4), [(-6, 900, None), (None, None, 1), (6, 5, 1)])
    report.equal("nothing along one axis", run, [], points=0.25, known=[
        (lambda v: len(v) > 0, "Where one axis has no item, nothing is selected."),
    ])
    run = report.run(touched_chunks, (25, 7, 9), (10, 3, 4), [(-6, 900, None), (None, None, 5), (4, 5, 1)])
    report.equal("three axes, with edge chunks", run, list(product([1, 2], [0, 1], [1])), points=0.5, known=[
        ("TypeError", "None means all the way, or a step of 1."), (lambda v: len(v) > 4, beyond),
    ])
    run = report.run(touched_chunks, (40,), (7,), [(None, None, -13)])
    report.equal("backwards", run, [(0,), (1,), (3,), (5,)], points=0.5, known=[
        (lambda v: v == [(5,), (3,), (1,), (0,)], "The list is sorted."),
    ])
    run = report.run(touched_chunks, (5, 1), (64, 64), [(4, 5, 1), (0, 1, 1)])
    report.equal("one item of one chunk", run, [(0, 0)], points=0.25)
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
def all_costs(shape, itemsize, reads):
    """Return the bytes that the reads cost with every chunk shape, and the items of a chunk."""
    lengths = np.indices(shape, dtype=np.int64) + 1
    items, cost = np.prod(lengths, axis=0), np.zeros(shape, dtype=np.int64)
    for selection, times in reads:
        touched = times
        for (start, stop), length in zip(selection, lengths, strict=True):
            touched = touched * ((stop - 1) // length - start // length + 1)
        cost += touched * items * itemsize
    return cost, items * itemsize


def plain(value):
    """Return a tuple or list of whole numbers with those of NumPy turned into Python's own."""
    if type(value) not in (tuple, list):
        return value
    return tuple(n.item() if isinstance(n, np.integer) else n for n in value)


def why_not(chunks, shape, nbytes, smallest, largest):
    """Say why a value is no chunk shape; empty if it is one."""
    if type(chunks) is not tuple or not all(type(n) is int for n in chunks):
        return f"Expected a tuple of {len(shape)} whole numbers."
    if len(chunks) != len(shape):
        return f"Expected {len(shape)} numbers, one for each axis."
    if not all(1 <= n <= length for n, length in zip(chunks, shape, strict=True)):
        return "Each axis of a chunk has between 1 item and the items of the array."
    size = nbytes[tuple(n - 1 for n in chunks)]
    if size > largest:
        return "The chunk has more than `largest` bytes: items times itemsize."
    if size < smallest:
        return "The chunk has less than `smallest` bytes: items times itemsize."
    return ""


def judge(label, arguments, points, message):
    """Check one workload: a row for twice the best, and one for 1.1 times the best."""
    shape, itemsize, reads, smallest, largest = arguments
    run = report.run(choose_chunks, *arguments)
    cost, nbytes = all_costs(shape, itemsize, reads)
    best = int(cost[(nbytes >= smallest) & (nbytes <= largest)].min())
    chunks = plain(run.value)
    wrong = why_not(chunks, shape, nbytes, smallest, largest)
    came = None if wrong or run.error else int(cost[tuple(n - 1 for n in chunks)])
    got = f"{came:,} bytes with {chunks}" if came is not None else run.value
    if run.value is None:
        wrong = "got None: does the function end with return?"
    for factor, worth in zip((2, 1.1), points, strict=True):
        good = came is not None and came <= factor * best
        report.true(f"{label}: {factor} times the best", good, points=worth, of=run, got=got,
                    expected=f"at most {int(factor * best):,} bytes", message=wrong or message)  # fmt: skip


report = check.Report("choose_chunks", "A chunk shape for a workload", points=4)
strips = [([(30, 31), (0, 120)], 20), ([(77, 78), (0, 120)], 20)]
judge("rows of a table", ((90, 120), 8, strips, 500, 2000), (0.5, 0.5),
      "Only rows are read: a chunk should be a row, or a part of one.")
maps_and_series = [
    ([(5, 6), (0, 60), (0, 40)], 10), ([(40, 41), (0, 60), (0, 40)], 10),
    ([(0, 48), (33, 34), (21, 22)], 100), ([(0, 48), (59, 60), (0, 1)], 100),
]  # fmt: skip
judge("maps and series of a cube", ((48, 60, 40), 4, maps_and_series, 4096, 8192), (0.5, 0.75),
      "Maps want flat chunks, series want long ones. Try several shapes and add up what they cost.")
### BEGIN HIDDEN TESTS
with report.hidden():
    column = [([(0, 200), (13, 15)], 3), ([(50, 51), (0, 50)], 1)]
    judge("columns of a table", ((200, 50), 2, column, 250, 500), (0.25, 0.5),
          "Count what each shape costs: mostly columns are read.")
    windows = [([(10, 20), (30, 40), (5, 15)], 7), ([(0, 30), (41, 42), (9, 10)], 30)]
    judge("windows of a cube", ((30, 50, 20), 8, windows, 2048, 4096), (0.25, 0.25),
          "Where a read begins counts, too: chunks that end where it ends cost less.")
    judge("one item, again and again", ((40,), 4, [([(39, 40)], 9)], 64, 160), (0.25, 0.25),
          "A chunk need not be as large as it may be.")
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
def make(path, values, chunks):
    """Store an array for the test."""
    made = zarr.create_array(str(path), shape=values.shape, chunks=chunks, dtype=values.dtype, compressors=None)
    made[...] = values
    return str(path)


def stored(path, chunks):
    """Return the values of the target, if it has these chunks."""
    found = zarr_files.part(path, "chunks")
    if not isinstance(found, str) and found != chunks:
        return f"no usable file: it has the chunks {found}"
    return zarr_files.part(path, "values")


folder = check.workdir("rechunk")
rng = np.random.default_rng(7)
trouble = [
    (lambda v: type(v) is str and "compressors=None" in v, "Create it with compressors=None."),
    *files.TROUBLE,
]
report = check.Report("rechunk", "Other chunks", points=4)
small = np.arange(60).reshape(6, 10).astype("i4")
path, new = make(folder / "small.zarr", small, (2, 5)), str(folder / "small-new.zarr")
run = report.run(rechunk, path, new, (6, 1))
report.equal("a small table", zarr_files.part(new, "values"), small, points=0.5, of=run, known=trouble)
report.equal("its chunks", zarr_files.part(new, "chunks"), (6, 1), points=0.5, of=run, known=[
    *trouble, ((2, 5), "These are the chunks of the source."),
])
large = np.arange(1 << 20, dtype="i4").reshape(2048, 512)
path, new = make(folder / "large.zarr", large, (128, 512)), str(folder / "large-new.zarr")
run = report.run(rechunk, path, new, (256, 256), watch=[path])
report.equal("4 MiB, from strips to tiles", stored(new, (256, 256)), large, points=0.5, of=run, known=trouble)
report.at_most("chunks read", run.chunks, 16, points=0.5, message=
    "You read chunks of the source several times. A block should cut none of them.")
report.at_most("bytes written", run.bytes_written, 5 << 20, points=0.5, message=
    "You write chunks of the target several times: each part changes the whole chunk.")
report.at_most("memory", run.peak, 3 << 20, points=0.5, message=
    "You hold the whole array. Copy it block by block.")
### BEGIN HIDDEN TESTS
with report.hidden():
    cube = rng.standard_normal((5, 7, 3))
    path, new = make(folder / "cube.zarr", cube, (2, 6, 1)), str(folder / "cube-new.zarr")
    run = report.run(rechunk, path, new, (4, 3, 3), watch=[path])
    report.equal("a cube with edge chunks", stored(new, (4, 3, 3)), cube, points=0.5, of=run, known=[
        *trouble, (lambda v: np.any(v[-1] != cube[-1]), "The chunks at the edges count, too."),
    ])
    report.at_most("its chunks read", run.chunks, 18, points=0.25, message=
        "You read chunks of the source several times. A block should cut none of them.")
    line = rng.integers(0, 255, 100).astype("u1")
    path, new = make(folder / "line.zarr", line, (14,)), str(folder / "line-new.zarr")
    run = report.run(rechunk, path, new, (98,))
    report.equal("one axis, other dtype", stored(new, (98,)), line, points=0.25, of=run,
                 known=trouble)
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
def film(path, values, chunks):
    """Store an array that the student's process may change."""
    made = zarr.create_array(str(path), shape=values.shape, chunks=chunks, dtype=values.dtype, compressors=None)
    made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


folder = check.workdir("append")
rng = np.random.default_rng(8)
report = check.Report("append_steps", "Append along time", points=3)
old, more = rng.standard_normal((42, 64, 64)).astype("f4"), rng.standard_normal((3, 64, 64)).astype("f4")
path = film(folder / "long.zarr", old, (4, 64, 64))
run = report.run(append_steps, path, more)
report.equal("steps afterwards", run, 45, points=0.5, known=[
    (3, "Return the length of the whole array."), (42, "The array has its old length: did you change it?"),
])
both = np.concatenate([old, more])
counted = report.rows[-1].ok
values = zarr_files.part(path, "values") if counted else None
report.equal("all steps, old and new", values, both, points=0.5, of=run, known=[
    (lambda v: not counted, "This counts once the number of steps is right."), *files.TROUBLE,
    (lambda v: v.shape == both.shape and not v[42:].any(), "The new steps are 0: resizing alone writes nothing."),
])  # fmt: skip
report.at_most("bytes written", run.bytes_written, 200 << 10, points=0.75, message=
    "You write steps again that are stored already. Resize, and write behind them.")
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("bytes read", run.bytes_read, 200 << 10, points=0.25, message=
        "You read steps that you do not need. Resize, and write behind them.")
    line = np.arange(10, dtype="i8")
    path = film(folder / "line.zarr", line, (5,))
    run = report.run(append_steps, path, line[:1])
    works = run.value == 11 if type(run.value) is int else False
    report.equal("one step, one axis", zarr_files.part(path, "values"), np.append(line, 0), points=0.25,
                 of=run, known=files.TROUBLE)
    run = report.run(append_steps, path, line[:0])
    same = zarr_files.part(path, "values")
    report.equal("no step at all", run, 11, points=0.25)
    misfits = {"another dtype": line.astype("f8"), "another number of axes": line.reshape(5, 2)}
    for label, misfit in misfits.items():
        run = report.run(append_steps, path, misfit)
        shape = getattr(zarr_files.part(path, "values"), "shape", None)
        refused = works and run.error is not None and "ValueError" in (run.error.kind, *run.error.bases)
        report.true(label, refused and shape == (11,), points=0.25, message=
            "A block that does not fit raises ValueError, before anything is changed. Zarr itself "
            "does not look at the dtype: it converts.")
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
def plain(value):
    """Return a list of ranges with the whole numbers of NumPy turned into Python's own."""
    if type(value) not in (list, tuple):
        return value
    return [
        tuple(n.item() if isinstance(n, np.integer) else n for n in part)
        if type(part) in (list, tuple) else part
        for part in value
    ]  # fmt: skip


def is_cover(parts, workers, rows):
    """Tell whether a value has a range for each worker, which cover all rows once."""
    if type(parts) not in (list, tuple) or len(parts) != workers:
        return False
    if not all(type(p) in (list, tuple) and len(p) == 2 and all(type(n) is int for n in p) for p in parts):
        return False
    at = 0
    for start, stop in parts:
        if start == stop and 0 <= start <= rows:
            continue
        if start != at or stop <= start:
            return False
        at = stop
    return at == rows


def judge(label, rows, chunk, shard, workers, points):
    """Check one array: all rows once, no file with two writers, even shares."""
    shape, tail = (rows, 50), (50,)
    path = str(folder / f"{rows}-{chunk}-{shard}.zarr")
    if not os.path.exists(path):
        zarr.create_array(path, shape=shape, dtype="f4", chunks=(chunk, *tail),
                          shards=(shard, *tail) if shard else None)  # fmt: skip
    run = report.run(worker_rows, path, workers)
    unit, value = shard or chunk, plain(run.value)
    covers = is_cover(value, workers, rows)
    shown = value if type(value) in (list, tuple) else repr(value)
    report.true(f"{label}: all rows, once", covers, points=points[0], of=run, got=shown, message=
        "got None: does the function end with return? Expected a list of (start, stop)."
        if value is None else
        f"The array has {rows} rows: the last range ends there."
        if is_cover(value, workers, -(-rows // unit) * unit) else
        "Expected one (start, stop) for each worker, which follow each other and cover all rows.")
    aligned = covers and all(s % unit == 0 or s == rows for part in value for s in part)
    report.true(f"{label}: no file has two writers", aligned, points=points[1], of=run, got=shown, message=
        "A worker begins or ends inside a file. A file holds a shard, if the array has shards, "
        "otherwise a chunk: cut there only." if covers else "This counts once all rows are covered.")
    loads = [-(-(stop - start) // unit) for start, stop in value] if aligned else [0, 9]
    report.true(f"{label}: even shares", max(loads) - min(loads) <= 1, points=points[2], of=run, got=shown,
                message="Share the rows of files evenly: one more or less is the most that is needed."
                if aligned else "This counts once no file has two writers.")


folder = check.workdir("workers")
report = check.Report("worker_rows", "Rows for workers", points=3)
judge("100 rows, chunks of 10", 100, 10, None, 4, (0.25, 0.25, 0.25))
judge("more rows than fill the chunks", 95, 30, None, 2, (0.25, 0.25, 0.25))
### BEGIN HIDDEN TESTS
with report.hidden():
    judge("an array with shards", 120, 5, 20, 4, (0.25, 0.25, 0.25))
    judge("more workers than files", 25, 10, None, 5, (0.25, 0.25, 0.25))
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
# them: they need to share files. An axis may be shorter, and then it need not be a multiple of your
# chunks.

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
# The next cell is given. The check uses it to read a part of your cube. Newer versions of Zarr
# fetch chunks that lie close to each other in a shard with one long read, the gaps included. That
# saves requests and costs bytes; here it is switched off.

# %% locked="read_part"
def read_part(path, index):
    """Read a part of a Zarr array; `index` has a number for each axis, or None for all of it."""
    with zarr.config.set({"array.sharding_coalesce_max_gap_bytes": 0}):
        array = zarr.open_array(path, mode="r")
        return array[tuple(slice(None) if i is None else slice(i, i + 1) for i in index)]


# %% test="build_cube" points=3
def data_files(path):
    """Count the files below a folder, without the metadata."""
    found = [name for _, _, names in os.walk(path) for name in names]
    return len([name for name in found if name != "zarr.json"])


folder = check.workdir("cube")
rng = np.random.default_rng(9)
first_right = "This counts once the values are right."
too_much = "A read fetches whole chunks. Which chunks does it touch, and what do they weigh?"
report = check.Report("build_cube", "Few files, maps and series", points=3)
cube, path = rng.standard_normal((32, 64, 64)).astype("f4"), str(folder / "cube.zarr")
run = report.run(build_cube, path, cube)
report.equal("the values", zarr_files.part(path, "values"), cube, points=0.5, of=run, known=[
    *[(lambda v: type(v) is str and "compressors=None" in v, "Create it with compressors=None.")],
    *files.TROUBLE,
])
whole, count = report.rows[-1].ok, data_files(path)
report.true("files", whole and count <= 4, points=0.5, of=run, got=format_count(count, "files"), expected="at most 4 files",
            message="Let chunks share a file: create the array with shards." if whole else first_right)
run = report.run(read_part, path, (10, None, None))
report.equal("a map", run, cube[10:11] if whole else "the values are not right yet", points=0.25)
report.at_most("bytes read for it", run.bytes_read, 300 << 10, points=0.25, message=too_much)
run = report.run(read_part, path, (None, 7, 33))
report.equal("a series", run, cube[:, 7:8, 33:34] if whole else "the values are not right yet", points=0.25)
report.at_most("bytes read for it", run.bytes_read, 44 << 10, points=0.25, message=too_much)
### BEGIN HIDDEN TESTS
with report.hidden():
    cube, path = rng.integers(-99, 99, (30, 60, 50)).astype("i2"), str(folder / "edge.zarr")
    run = report.run(build_cube, path, cube)
    report.equal("another shape and dtype", zarr_files.part(path, "values"), cube, points=0.25, of=run,
                 known=files.TROUBLE)
    whole = report.rows[-1].ok
    report.true("its files", whole and data_files(path) <= 4, points=0.25, of=run,
                message="Let chunks share a file: create the array with shards." if whole else first_right)
    run = report.run(read_part, path, (None, 59, 49))
    report.equal("the last series", run, cube[:, 59:, 49:] if whole else "the values are not right yet", points=0.25)
    report.at_most("bytes read for it", run.bytes_read, 44 << 10, points=0.25, message=too_much)
### END HIDDEN TESTS
report
