# %% [markdown]
# # Capstone: storage for a workload
#
# Everything comes together here. You get a cube of daily temperatures, and a trace: what a day of
# work does with it. You tell what a layout costs, choose one, build the store without ever
# holding the cube in memory, answer the trace from it, and add a day to it.
# [Lesson 08](../../notebooks/08_choosing.ipynb) showed how to choose,
# [lesson 04](../../notebooks/04_zarr_chunks.ipynb) what a chunk costs.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points. The last question wants a few sentences,
# which your teacher reads.
#
# Stuck? `hint("trace_cost", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("trace_cost")` shows an answer.
#
# ## The cube, the trace and the layout
#
# A cube has the axes days, rows and columns. Its values are float32, 4 bytes each.
#
# A **trace** is a list of dicts. Each is one query:
#
# - `{"kind": "map", "day": 17}`: all rows and columns of a day.
# - `{"kind": "series", "row": 3, "column": 40}`: all days of a place.
# - `{"kind": "points", "at": [[17, 3, 40], [2, 0, 9]]}`: some values, each `[day, row, column]`.
#   The list may be empty.
# - `{"kind": "append", "day": 63}`: the map of that day arrives, and is added at the end.
#
# A **layout** is a dict such as `{"chunks": (8, 16, 16), "shards": (8, 48, 64), "codec": "zstd"}`. A
# chunk is what a read fetches. A shard is what a file holds; with `None`, each chunk has its own
# file. The codec is `"none"`, `"lz4"` or `"zstd"`, after a shuffle of the bytes.

# %% locked="setup"
import math
import os
from itertools import product

import numpy as np
import zarr

from course_lib import data
from course_lib.checking import check, files, workload, zarr_files
from course_lib.hints import hint, solution  # noqa: F401


def warm_up(path):
    """Use Zarr once, so that its start counts for nobody."""
    array = zarr.create_array(
        path, shape=(4, 64, 64), chunks=(1, 32, 32), shards=(1, 64, 64), dtype="f4",
        compressors=workload.compressors_of("zstd"),
    )  # fmt: skip
    array[:] = 1
    return float(array[:].sum())


_ = warm_up(str(check.workdir("warm") / "a.zarr"))

# %%
# Look at a trace. You may change this cell and run it again.
workload.make_trace((64, 48, 64), maps=2, series=2, points=1, appends=1, seed=1)

# %% [markdown]
# ## 1. Say what a trace costs
#
# Count, before anything is stored. The cube has the shape `shape`, the appended days included, and
# is not compressed. A chunk costs all its bytes, at the edge too, and so does a file. Return a dict with
# three numbers: `"requests"`, `"read"` and `"written"`, the last two in bytes.
#
# - A map, a series or a query for points asks for each chunk that it touches, once.
# - An append writes each file that holds a value of its day, all bytes of it. If such a file holds
#   earlier days already, it has to be read first: one request a file, and all its bytes. It
#   holds earlier days if the day is not the first one of the file.
# - A file holds a shard, or a chunk where `layout["shards"]` is `None`. The index of a shard does not count.
#
# Example: the shape is (10, 8, 8), and chunks of (5, 4, 4) have 320 bytes. A map touches 4 of them,
# a series 2. So one map and one series cost
# `{"requests": 6, "read": 1920, "written": 0}`. An append of day 5 costs no request
# and writes 1280 bytes; of day 6 it reads 1280 bytes with 4 requests, and writes 1280 bytes.

# %% solution="trace_cost"
def trace_cost(shape, layout, trace):
    """Count what a trace costs with a layout, without compression.

    Parameters
    ----------
    shape : tuple of int
        Days, rows and columns of the cube of float32.
    layout : dict
        Chunks, shards and codec. The codec plays no part.
    trace : list of dict
        The queries.

    Returns
    -------
    dict
        ``"requests"``, ``"read"`` and ``"written"``, the last two in bytes.
    """
    ### BEGIN SOLUTION
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    # Rounded up: a chunk at the edge is a chunk.
    days, rows, columns = (-(-n // c) for n, c in zip(shape, chunks))
    files_a_day = -(-shape[1] // per_file[1]) * -(-shape[2] // per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = 4 * math.prod(chunks)
        if query["kind"] == "map":
            requests = rows * columns
        elif query["kind"] == "series":
            requests = days
        elif query["kind"] == "points":
            # A set: several points may lie in one chunk, which is fetched once.
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]})
        else:
            size = 4 * math.prod(per_file)
            cost["written"] += files_a_day * size
            # The first day of a file finds nothing to keep.
            requests = files_a_day if query["day"] % per_file[0] else 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost
    ### END SOLUTION


# %% test="trace_cost" points=5
def wrong(key):
    """Return a predicate: one of the three numbers is not the right one."""
    return lambda cost: type(cost) is dict and cost.get(key) != right[key]


report = check.Report("trace_cost", "What a trace costs", points=5)
plain = {"chunks": (10, 20, 30), "shards": None, "codec": "none"}
reads = [{"kind": "map", "day": 12}, {"kind": "series", "row": 49, "column": 0}]
right = {"requests": 19, "read": 19 * 24_000, "written": 0}
run = report.run(trace_cost, (100, 50, 70), plain, reads)
report.equal("a map and a series", run, right, points=1, known=[
    (lambda c: c["requests"] == 14, "The chunks at the edge count, too: round up."),
    (lambda c: c["requests"] == 19 and c["read"] == 19 * 6_000, "A value has 4 bytes."),
    (lambda c: c["requests"] == 19 and c["read"] < right["read"], "A read fetches whole chunks, all their bytes."),
])
points = [{"kind": "points", "at": [[0, 0, 0], [9, 19, 29], [10, 0, 0], [0, 0, 0], [99, 49, 69]]}]
right = {"requests": 3, "read": 3 * 24_000, "written": 0}
run = report.run(trace_cost, (100, 50, 70), plain, points)
report.equal("five points", run, right, points=1, known=[
    (lambda c: c["requests"] == 5, "Points in the same chunk need it once."),
    (lambda c: c["requests"] == 4, "Different points may lie in the same chunk, which is fetched once."),
])
appends = [{"kind": "append", "day": 90}, {"kind": "append", "day": 91}]
right = {"requests": 9, "read": 9 * 24_000, "written": 18 * 24_000}
run = report.run(trace_cost, (92, 50, 70), plain, appends)
report.equal("two appends, the first into new files", run, right, points=1, known=[
    (lambda c: c["requests"] == 18, "The first day of a file finds no file that it has to read."),
    (lambda c: c["requests"] == 0, "A file that holds earlier days is read before it is written."),
    (wrong("written"), "An append writes all bytes of each file that holds a value of its day."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    sharded = {"chunks": [4, 6, 5], "shards": [16, 12, 20], "codec": "zstd"}
    right = {"requests": 16 + 6 * 2, "read": 16 * 480 + 12 * 15_360, "written": 12 * 15_360}
    run = report.run(trace_cost, (21, 29, 23), sharded, [
        {"kind": "append", "day": 17}, {"kind": "series", "row": 1, "column": 22},
        {"kind": "append", "day": 18}, {"kind": "points", "at": [[5, 6, n] for n in range(0, 23, 2)] + [[d, 0, 0] for d in range(19)] },
    ])
    # The series touches 6 chunks, the points 5 along a row and 5 along the days.
    report.equal("a layout with shards", run, right, points=1, known=[
        (lambda c: c["requests"] != right["requests"], "A read fetches chunks, an append whole files: with shards, these are shards."),
        (wrong("read"), "To add a day to a shard, all of the shard is read."),
        (wrong("written"), "To add a day to a shard, all of the shard is written."),
    ])
    run = report.run(trace_cost, (21, 29, 23), sharded, [])
    report.equal("an empty trace", run, {"requests": 0, "read": 0, "written": 0}, points=0.5)
    one = {"chunks": (1, 1, 1), "shards": None, "codec": "none"}
    right = {"requests": 2, "read": 8, "written": 4}
    run = report.run(trace_cost, (1, 1, 1), one, [
        {"kind": "append", "day": 0}, {"kind": "map", "day": 0}, {"kind": "points", "at": []}, {"kind": "series", "row": 0, "column": 0},
    ])
    report.equal("one value, and no point", run, right, points=0.5, known=[
        (wrong("requests"), "No point needs no chunk, and the first day finds no file."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Choose a layout
#
# Now with compression. `workload.price(cube, layout, trace)` stores nothing, but compresses every chunk
# and counts with the bytes that each really has. It takes about 0.1 s, so do not try a thousand layouts
# with it. The price is the bytes that are read and written, and 4096 more for each
# request: on a far disk, asking costs as much as reading that much.
#
# Return a layout for the cube and the trace with a price as low as you can, and
#
# - at most `most_files` files,
# - at most 0.75 bytes on the disk for each byte of the cube, if it can be compressed at all,
# - at least 256 values in a chunk (or all of the cube, if it has fewer), and no axis of a chunk longer than that of the cube,
# - shards that are made of whole chunks, and do not hold a chunk that lies behind the cube.
#
# Example: this is what layouts of the first cube in the check cost, a cube of (64, 48, 64)
# with 20 maps, 100 series, 10 queries for points and 8 appends:
#
# | chunks | shards | codec | files | requests | price |
# |---|---|---|---:|---:|---:|
# | (1, 48, 64) | (8, 48, 64) | zstd | 8 | 6,538 | 82.1 MB |
# | (16, 16, 16) | (16, 48, 64) | zstd | 4 | 754 | 13.3 MB |
# | (8, 8, 16) | (64, 48, 64) | zstd | 1 | 1,404 | 18.2 MB |
# | the reference | | zstd | 8 | 1,401 | 10.7 MB |
#
# 1.1 times the price of the reference gives all points, 1.5 times gives some. Other traces follow in the hidden
# tests, so compute the layout. A fixed one is not good for all of them.

# %% solution="choose_layout"
def choose_layout(cube, trace, most_files):
    """Choose the layout of a cube for a trace.

    Parameters
    ----------
    cube : ndarray of float32, shape (days, rows, columns)
        The values, the appended days included.
    trace : list of dict
        What will be done with it.
    most_files : int
        How many files there may be.

    Returns
    -------
    dict
        ``"chunks"``, ``"shards"`` and ``"codec"``.
    """
    ### BEGIN SOLUTION
    # zstd packs best. How well it does is seen on a few days, for all layouts alike.
    ratio = workload.packed_size(cube[:16], "zstd") / cube[:16].nbytes
    counts = {kind: sum(q["kind"] == kind for q in trace) for kind in ("map", "series")}
    points = [np.array(q["at"]) for q in trace if q["kind"] == "points" and q["at"]]
    appended = [q["day"] for q in trace if q["kind"] == "append"]
    lengths = [[n, *(1 << k for k in range(9) if 1 << k < n)] for n in cube.shape]
    best = (math.inf, None)
    for chunks in product(*lengths):
        if math.prod(chunks) < min(256, cube.size):
            continue
        days, rows, columns = (-(-n // c) for n, c in zip(cube.shape, chunks))
        requests = counts["map"] * rows * columns + counts["series"] * days
        for at in points:
            requests += len({tuple(place) for place in (at // chunks).tolist()})
        read = requests * (4096 + 4 * math.prod(chunks) * ratio)
        # Whole maps in a shard: few files. How many days it holds decides what an append costs.
        for more in {1, 2, 4, 8, 16, 32, days}:
            per_file = (chunks[0] * more, chunks[1] * rows, chunks[2] * columns)
            if more > days or -(-days // more) > most_files:
                continue
            again = sum(day % per_file[0] > 0 for day in appended)
            appends = 4 * math.prod(per_file) * ratio * (len(appended) + again) + 4096 * again
            best = min(best, (read + appends, (chunks, per_file)))
    chunks, shards = best[1]
    return {"chunks": chunks, "shards": shards, "codec": "zstd"}
    ### END SOLUTION


# %% test="choose_layout" points=6
def judge(label, cube, trace, most_files, reference, points, message, disk=0.75):
    """Check the layout for one workload: files, disk, and the price against that of the reference."""
    run = report.run(choose_layout, cube, trace, most_files)
    wrong = workload.why_not(run.value, cube.shape) or (
        "" if workload.file_count(cube.shape, run.value) <= most_files
        else f"{workload.file_count(cube.shape, run.value)} files are too many: let chunks share a shard."
    )  # fmt: skip
    if run.value is None:
        wrong = "got None: does the function end with return?"
    report.true(f"{label}: a layout of few files", not wrong, points=points[0], of=run, got=run.value, message=wrong,
                expected=f"a layout with at most {most_files} files")  # fmt: skip
    if wrong or run.error:
        cost = {"price": math.inf, "disk": math.inf}
    else:
        cost = workload.price(cube, run.value, trace)
    valid = "This counts once the layout is valid."
    report.true(f"{label}: size on disk", cost["disk"] <= disk * cube.nbytes, points=points[1], of=run,
                got="" if wrong else f"{cost['disk']:,} bytes", expected=f"at most {int(disk * cube.nbytes):,} bytes",
                message=valid if wrong else "Another codec, or larger chunks, take fewer bytes.")  # fmt: skip
    for factor, worth in zip((1.5, 1.1), points[2:], strict=False):
        report.true(f"{label}: {factor} times the reference", cost["price"] <= factor * reference, points=worth, of=run,
                    got="" if wrong else f"{cost['price']:,}", expected=f"at most {int(factor * reference):,}",
                    message=valid if wrong else message)  # fmt: skip


report = check.Report("choose_layout", "A layout for a trace", points=6)
cube = data.temperatures(64, 48, 64, seed=8)
trace = workload.make_trace(cube.shape, maps=20, series=100, points=10, appends=8, seed=80)
judge("maps, series and appends", cube, trace, 10, 10_700_000,
      (0.5, 0.5, 1, 1), "Add up what each query costs: chunks that are long in time serve series, flat ones "
      "serve maps, and an append writes whole files.")  # fmt: skip
### BEGIN HIDDEN TESTS
with report.hidden():
    other = "Compute the price of many layouts for this trace: what is good for one is not for another."
    cube = data.temperatures(50, 40, 60, seed=9)
    trace = workload.make_trace(cube.shape, maps=100, series=10, points=10, appends=4, seed=90)
    judge("mostly maps", cube, trace, 16, 5_900_000,
          (0.25, 0.25, 0.5, 0.5), other)  # fmt: skip
    trace = workload.make_trace(cube.shape, series=400, points=5, seed=91)
    judge("series, and no append", cube, trace, 4, 2_400_000,
          (0.25, 0.25, 0.25, 0.25), other)  # fmt: skip
    one = np.ones((1, 1, 1), "f4")
    judge("one value", one, [{"kind": "map", "day": 0}], 1, 4_100,
          (0.25, 0.25), other, disk=9)  # fmt: skip
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Build the store out of core
#
# The days come in blocks: `folder` has the files `block-000.npy`, `block-001.npy` and so on, in the order
# of time, each an array of float32 of the shape (some days, rows, columns). Their number of days
# differs. Create the Zarr array `path` with all days, in the given layout.
# `workload.compressors_of(layout["codec"])` returns what `zarr.create_array` wants as `compressors`.
#
# The cube may be larger than the memory, so hold no more than a few blocks and the days of one
# row of files. An open memory map counts, too, with all its pages that were read. And write each file once: to write a part of a file, Zarr has to read and write all of it.
#
# Example: blocks of 3, 4 and 3 days make a cube of 10 days. With chunks of 4 days and no shards, the first 4 days
# are written when the second block was read, the next 4 days with the third one, and the
# last 2 days at the end.

# %% solution="build_store"
def build_store(folder, path, layout):
    """Build a Zarr array from blocks of days.

    Parameters
    ----------
    folder : str
        Where the blocks are.
    path : str
        Where to create the array.
    layout : dict
        Chunks, shards and codec.
    """
    ### BEGIN SOLUTION
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    # A map of an .npy file reads its header only, so the lengths cost next to nothing.
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    days, rows, columns = sum(shape[0] for shape in shapes), *shapes[0][1:]
    store = zarr.create_array(
        path,
        shape=(days, rows, columns),
        dtype="f4",
        chunks=tuple(layout["chunks"]),
        shards=None if layout["shards"] is None else tuple(layout["shards"]),
        compressors=workload.compressors_of(layout["codec"]),
    )
    # Collect the days of one row of files, which begins at day `first`.
    buffer = np.empty((min(days, (store.shards or store.chunks)[0]), rows, columns), "f4")
    first = filled = 0
    for name in names:
        block = np.load(name)
        while len(block):
            taken = min(len(block), len(buffer) - filled)
            buffer[filled : filled + taken] = block[:taken]
            block, filled = block[taken:], filled + taken
            if filled == len(buffer) or first + filled == days:
                store[first : first + filled] = buffer[:filled]
                first, filled = first + filled, 0
    ### END SOLUTION


# %% test="build_store" points=6
def blocks(folder, cube, lengths):
    """Write a cube as blocks of some lengths."""
    folder.mkdir()
    ends = np.cumsum(lengths)
    for number, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        np.save(folder / f"block-{number:03}.npy", cube[end - length : end])
    folder.chmod(0o755)
    return str(folder)


def layout_of(path):
    """Return the layout of the store, or a text that says why not."""
    found = zarr_files.read(path, packed=True)
    if isinstance(found, str):
        return found
    return {"chunks": found.chunks, "shards": found.shards, "codec": found.codec}


def values_of(path):
    """Return the values of the store, or a text that says why not."""
    return zarr_files.part(path, "values", packed=True)


def bytes_on_disk(path):
    """Return the bytes of all files below a folder; links count nothing."""
    sizes = [files.size(os.path.join(place, name)) for place, _, names in os.walk(path) for name in names]
    return sum(size for size in sizes if type(size) is int)


raw = (lambda v: type(v) is str and "compressors=None" in v,
       "It has another codec: give `compressors`. Without it, Zarr compresses in its own way.")
once = "Files are written several times. Collect the days until they fill a row of files (shards, if there are any)."
order = (lambda v: v.shape == cube.shape and np.array_equal(np.sort(v[:, 0, 0]), np.sort(cube[:, 0, 0])),
         "The days are there, in another order. Sort the names of the blocks.")
lost = (lambda v: v.shape == cube.shape and (v[-1] == 0).all(), "The last days are missing: write what is left at the end.")
folder = check.workdir("build")
report = check.Report("build_store", "Build the store out of core", points=6)
cube = data.temperatures(10, 12, 16, seed=1)
source, path = blocks(folder / "small", cube, [3, 4, 3]), str(folder / "small.zarr")
layout = {"chunks": (4, 6, 8), "shards": None, "codec": "none"}
run = report.run(build_store, source, path, layout)
report.equal("10 days in 3 blocks", values_of(path), cube, points=0.5, of=run, known=[raw, *files.TROUBLE, order, lost])
report.equal("its layout", layout_of(path), layout, points=0.5, of=run, known=[
    (lambda v: v["chunks"] != (4, 6, 8), "The chunks are not those of the layout."),
    (lambda v: v["codec"] != "none", "The codec is not that of the layout."),
    raw, *files.TROUBLE,
])
some = data.temperatures(16, 128, 128, seed=2)
cube = np.concatenate([some + np.float32(k) for k in range(11)])[:163]
source, path = blocks(folder / "large", cube, [7, 11, 5, 9] * 5 + [3]), str(folder / "large.zarr")
layout = {"chunks": (16, 32, 32), "shards": (16, 128, 128), "codec": "lz4"}
run = report.run(build_store, source, path, layout)
stored = bytes_on_disk(path)
report.equal("163 days of 64 KiB in 21 blocks", values_of(path), cube, points=0.5, of=run, known=[raw, *files.TROUBLE, order, lost])
report.true("size on disk", report.rows[-1].ok and stored <= 0.9 * cube.nbytes, points=0.5, of=run, got=f"{stored:,} bytes",
            expected=f"at most {int(0.9 * cube.nbytes):,} bytes", message="Use the codec of the layout."
            if report.rows[-1].ok else "This counts once the values are right.")
report.at_most("bytes read", run.bytes_read, int(1.25 * cube.nbytes), points=0.5, message=
    "You read blocks, or what you have written, several times.")
report.at_most("bytes written", run.bytes_written, int(1.1 * stored), points=0.5, message=once)
report.at_most("memory", run.peak, 12 << 20, points=1, message=
    "You hold the whole cube, or the maps of all blocks. Hold a block, and the days of one row of files.",
    analytic=run.held.value)
### BEGIN HIDDEN TESTS
with report.hidden():
    cube = data.temperatures(23, 20, 27, seed=3)
    layout = {"chunks": [3, 8, 5], "shards": [6, 16, 30], "codec": "zstd"}
    source, path = blocks(folder / "edge", cube, [1, 13, 1, 1, 7]), str(folder / "edge.zarr")
    run = report.run(build_store, source, path, layout)
    report.equal("shards with edges, blocks longer than shards", values_of(path), cube, points=0.5, of=run, known=[
        raw, *files.TROUBLE, order, lost,
    ])
    wanted = {"chunks": (3, 8, 5), "shards": (6, 16, 30), "codec": "zstd"}
    report.equal("its layout", layout_of(path), wanted, points=0.5, of=run, known=[
        (lambda v: v["shards"] is None, "The layout has shards."),
        (lambda v: v["codec"] != "zstd", "The codec is not that of the layout."), *files.TROUBLE,
    ])
    report.at_most("its bytes written", run.bytes_written, int(1.1 * bytes_on_disk(path)) + 2000, points=0.5, message=once)
    cube = np.full((1, 1, 1), 7, "f4")
    source, path = blocks(folder / "one", cube, [1]), str(folder / "one.zarr")
    run = report.run(build_store, source, path, {"chunks": (1, 1, 1), "shards": None, "codec": "none"})
    report.equal("one value", values_of(path), cube, points=0.5, of=run, known=[*files.TROUBLE, lost])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Answer the trace
#
# Return the answers to the queries of a trace, a list in the order of the trace: a map is an array of
# shape (rows, columns), a series one of shape (days,), and points are an array with a value for
# each point. They have the dtype of the cube. The Zarr array at `path` has no shards, and the trace holds no append.
#
# You know all queries in advance, and several of them need the same chunks. So read no chunk
# that no query needs, and none twice. What you have read may stay in memory.
#
# Example: `answer_trace(path, [{"kind": "series", "row": 0, "column": 5}, {"kind": "points", "at": [[2, 0, 5]]}])`
# is a list of two arrays, and the second one has one value, the third of the first.
#
# For the first trace of the check, the reference opens 67 of 96 chunks, each once. Query by query, it would open 115.

# %% solution="answer_trace"
def answer_trace(path, trace):
    """Answer queries from a Zarr array, and read each chunk once.

    Parameters
    ----------
    path : str
        The cube: days, rows and columns.
    trace : list of dict
        Maps, series and points.

    Returns
    -------
    list of ndarray
    """
    ### BEGIN SOLUTION
    cube = zarr.open_array(path, mode="r")
    d, r, c = cube.chunks
    days, rows, columns = (range(-(-n // k)) for n, k in zip(cube.shape, cube.chunks))
    kept = {}

    def chunk(*index):
        """Return a chunk, read on first use."""
        if index not in kept:
            kept[index] = cube.blocks[index]
        return kept[index]

    def answer(query):
        if query["kind"] == "map":
            day = query["day"]
            return np.block([[chunk(day // d, i, j)[day % d] for j in columns] for i in rows])
        if query["kind"] == "series":
            row, column = query["row"], query["column"]
            parts = [chunk(i, row // r, column // c)[:, row % r, column % c] for i in days]
            return np.concatenate(parts)
        values = [chunk(i // d, j // r, k // c)[i % d, j % r, k % c] for i, j, k in query["at"]]
        return np.array(values, cube.dtype)

    return [answer(query) for query in trace]
    ### END SOLUTION


# %% test="answer_trace" points=5
def store_cube(path, cube, chunks):
    """Store a cube for the test."""
    made = zarr.create_array(str(path), shape=cube.shape, chunks=chunks, dtype=cube.dtype,
                             compressors=workload.compressors_of("lz4"))  # fmt: skip
    made[...] = cube
    return str(path)


def answers(cube, trace):
    """Return the answers from the cube in memory."""
    found = []
    for query in trace:
        if query["kind"] == "map":
            found.append(cube[query["day"]].copy())
        elif query["kind"] == "series":
            found.append(cube[:, query["row"], query["column"]].copy())
        else:
            found.append(np.array([cube[tuple(point)] for point in query["at"]], cube.dtype))
    return found


def needed(shape, chunks, query):
    """Return the chunks that a query needs: a set of their names."""
    cells = np.zeros([-(-n // c) for n, c in zip(shape, chunks, strict=True)], bool)
    if query["kind"] == "map":
        cells[query["day"] // chunks[0]] = True
    elif query["kind"] == "series":
        cells[:, query["row"] // chunks[1], query["column"] // chunks[2]] = True
    for point in query.get("at", []):
        cells[tuple(i // c for i, c in zip(point, chunks, strict=True))] = True
    return {"/".join(map(str, index)) for index in np.argwhere(cells)}


def judge(label, cube, chunks, trace, points):
    """Check the answers, the requests query by query and once for all, and the bytes."""
    path = store_cube(folder / f"{label.replace(' ', '-')}.zarr", cube, chunks)
    each = [needed(cube.shape, chunks, query) for query in trace]
    together = set().union(*each)
    sizes = sum(os.path.getsize(f"{path}/c/{name}") for name in together)
    run = report.run(answer_trace, path, trace, watch=[path])
    report.equal(f"{label}: the answers", run, answers(cube, trace), points=points[0], known=[
        (lambda v: [a.dtype for a in v] != [cube.dtype] * len(v), "The answers have the dtype of the cube."),
        (lambda v: all(a.size == b.size for a, b in zip(v, answers(cube, trace), strict=True))
         and [a.shape for a in v] != [a.shape for a in answers(cube, trace)],
         "The values may be right, but not the shapes: a map has two axes, a series and points have one."),
    ])
    report.at_most(f"{label}: chunks opened, query by query", run.chunks, sum(map(len, each)), points=points[1],
                   message="A query opens chunks that it does not need, or the same one for several points.")
    report.at_most(f"{label}: chunks opened", run.chunks, len(together), points=points[2],
                   message="Several queries need the same chunk: read it once, and keep it. Others are not needed at all.")
    if label.startswith("edges"):  # too small to tell the chunks from the metadata
        return
    report.at_most(f"{label}: bytes read", run.bytes_read, int(1.05 * sizes) + 10_000, points=points[3],
                   message="You read more than the chunks that the trace needs, each once.")


folder = check.workdir("answer")
report = check.Report("answer_trace", "Answer the trace", points=5)
cube = data.temperatures(48, 64, 64, seed=4)
trace = workload.make_trace(cube.shape, maps=2, series=8, points=3, seed=84)
judge("13 queries", cube, (8, 16, 16), trace, (1, 0.75, 1, 0.75))
### BEGIN HIDDEN TESTS
with report.hidden():
    cube = np.random.default_rng(85).integers(-999, 999, (13, 10, 17)).astype("i2")
    trace = workload.make_trace(cube.shape, maps=1, series=3, points=2, seed=86)
    trace += [{"kind": "points", "at": []}, {"kind": "points", "at": [[12, 9, 16], [0, 0, 0], [12, 9, 16]]}]
    judge("edges and another dtype", cube, (4, 4, 5), trace, (0.5, 0.25, 0.5))
    one = store_cube(folder / "one.zarr", cube[:1, :1, :1], (1, 1, 1))
    run = report.run(answer_trace, one, [])
    report.equal("no query", run, [], points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Add a day
#
# A day that arrives alone makes the long chunks of the cube expensive: each append reads and writes
# them all again. So the newest days wait in an array of their own. The Zarr group at `path` has
# two arrays without compression, `"cube"` and `"tail"`. The tail has chunks of one day, and its days follow those
# of the cube.
#
# Add a day to the tail. If the tail then has as many days as a chunk of the cube is long, move them
# all to the cube, and empty the tail: resize it to no day. Return the number of days in both arrays. The cube always has
# whole chunks of days. A day that has not the shape or not the dtype of a map of the cube raises `ValueError`, and nothing changes.
#
# Example: with 16 days in the cube, chunks of 8 days, and 6 days in the tail, `append_day` returns
# 23 and the tail has 7 days. The next call returns 24: now the cube has 24 days and the tail has none.

# %% solution="append_day"
def append_day(path, day):
    """Add a day to a cube with a tail.

    Parameters
    ----------
    path : str
        The group of "cube" and "tail".
    day : ndarray, shape (rows, columns)
        The map of the day.

    Returns
    -------
    int
        Days in the cube and in the tail together.

    Raises
    ------
    ValueError
        If the day does not fit.
    """
    ### BEGIN SOLUTION
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    # Zarr would convert another dtype, and stretch a row to a map, so look first.
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError(f"expected a map of {cube.shape[1:]}, {cube.dtype}: {day.shape}, {day.dtype}")
    total = cube.shape[0] + tail.shape[0] + 1
    if tail.shape[0] + 1 < cube.chunks[0]:
        tail.append(day[None])
    else:
        # The last day need not visit the tail. Whole chunks are written, so none is read.
        cube.append(np.concatenate([tail[:], day[None]]))
        # Only now may the tail go: whoever stops in between loses no day.
        tail.resize((0, *tail.shape[1:]))
    return total
    ### END SOLUTION


# %% test="append_day" points=3
def store_group(path, cube, tail, chunks):
    """Store a cube and its tail, such that the student's process may change them."""
    group = zarr.create_group(str(path))
    for name, values, shape in (("cube", cube, chunks), ("tail", tail, (1, *cube.shape[1:]))):
        made = group.create_array(name, shape=values.shape, chunks=shape, dtype=values.dtype, compressors=None)
        made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


def both(path):
    """Return what is stored, or texts that say why not."""
    return [zarr_files.part(os.path.join(path, name), "values") for name in ("cube", "tail")]


missing = (lambda v: type(v) is list and any(type(part) is str for part in v), "An array is missing there, or cannot be read.")
folder = check.workdir("append")
report = check.Report("append_day", "Add a day", points=3)
days = data.temperatures(25, 96, 96, seed=5)
path = store_group(folder / "g", days[:16], days[16:22], (8, 32, 32))
run = report.run(append_day, path, days[22])
report.equal("a day for the tail: cube and tail", both(path), [days[:16], days[16:23]], points=0.5, of=run, known=[
    missing,
    (lambda v: v[0].shape[0] > 16, "The day goes to the tail. The cube grows by whole chunks of days only."),
    (lambda v: v[1].shape[0] == 7, "The tail has 7 days, but not the right values."),
])
days_then = run.value if report.rows[-1].ok else "not asked: see above"
report.equal("days afterwards", days_then, 23, points=0.25, of=run, known=[
    (lambda v: type(v) is str, "This counts once cube and tail are right."),
    (lambda v: v == 7, "Count the days of the cube, too."), (lambda v: v == 22, "This is the number before."),
])
report.at_most("bytes written", run.bytes_written, 50_000, points=0.5, message=
    "A day has 36 KiB, and nothing else has to be written: not the days that wait already, and not the cube.")
run = report.run(append_day, path, days[23])
report.equal("the day that fills a chunk", both(path), [days[:24], days[:0]], points=0.75, of=run, known=[
    missing,
    ("SyncError", "append wants a NumPy array, and the tail is one of Zarr: tail[:] reads its days."),
    (lambda v: v[0].shape[0] == 24 and v[1].shape[0] > 0, "The days are in the cube now. Resize the tail to no day."),
    (lambda v: v[1].shape[0] == 8, "The tail has as many days as a chunk of the cube: move them."),
    (lambda v: v[0].shape[0] == 23, "The last day is missing in the cube."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("its bytes written", run.bytes_written, 360_000, points=0.25, message=
        "Write the days to the cube at once: day by day, every chunk is written again and again.")
    numbers = np.arange(60, dtype="i4").reshape(5, 3, 4)
    path = store_group(folder / "h", numbers[:3], numbers[:0], (3, 2, 4))
    run = report.run(append_day, path, numbers[3])
    report.equal("an empty tail, another dtype", both(path), [numbers[:3], numbers[3:4]], points=0.25, of=run)
    works = report.rows[-1].ok
    refused = []
    for misfit in (numbers[4].astype("f8"), numbers[4][:1], numbers[3:5]):
        run = report.run(append_day, path, misfit)
        refused.append(run.error is not None and "ValueError" in (run.error.kind, *run.error.bases))
    same = [getattr(part, "shape", None) for part in both(path)] == [(3, 3, 4), (1, 3, 4)]
    report.true("days that do not fit", works and all(refused) and same, points=0.25, message=
        "A day of another shape or dtype raises ValueError, before anything is changed.")
    path = store_group(folder / "i", numbers[:3], numbers[:0], (1, 3, 4))
    run = report.run(append_day, path, numbers[3])
    report.equal("chunks of one day", both(path), [numbers[:4], numbers[:0]], points=0.25, of=run, known=[
        (lambda v: v[1].shape[0] > 0, "With chunks of one day, one day fills a chunk."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Defend your choice
#
# The next cell is for a few sentences, which your teacher reads. Take the first trace of problem 2 and the layout
# that your `choose_layout` returns for it.
#
# 1. Which kind of query costs most with this layout? Give numbers, from `trace_cost` or
#    `workload.price` for a part of the trace.
# 2. Name one layout with another length along the days that you rejected, and say with numbers why it is worse.
# 3. What do the shards cost, and what do they bring?
# 4. The trace changes: no more maps, ten times the series, and the cube lies in an object store. What
#    do you change, and why?
#
# 100 to 200 words will do. Numbers count more than words.

# %% [markdown] manual="why" points=5
# **Your answer**
#
# ### BEGIN SOLUTION
# The layout is chunks (8, 16, 8), shards (8, 48, 64), zstd. Its price is 10.7 MB.
#
# 1. The series cost most: 5.5 of 10.7 MB. Each touches 8 chunks, so 100 of them make 800
#    requests, 3.3 MB for asking alone. The 20 maps touch 24 chunks each and cost 3.3 MB.
# 2. Chunks of (64, 16, 8) need one request for a series instead of 8, and 673 requests for the trace
#    instead of 1,401. But a map then fetches all of the cube, 20 times, and each append rewrites
#    all of it: 25.6 MB.
# 3. An append writes a whole shard, and reads it if it holds earlier days: about 67 KB each way, 1.0 MB
#    for the 8 appends. Reads pay nothing but the index of a shard. In return there are 8 files
#    instead of 192.
# 4. Chunks become long along the days and narrow across, such as (64, 2, 4), so a series is one request,
#    and requests are what costs on a far store. Appends then rewrite everything, so new
#    days wait in a tail and are moved from time to time, as in problem 5.
#
# **How to grade: 5 points**
#
# - 1 point: names the most expensive kind of query for the own layout, with numbers that fit it.
# - 1 point: a rejected layout with another length along the days, with its price or counts.
# - 1 point: says that an append rewrites whole shards (or files), so long shards make it dear.
# - 1 point: says that shards cut the number of files and reads still fetch single chunks.
# - 1 point: for the new trace, longer and narrower chunks, with requests as the reason.
#
# Numbers that differ from these are right if they fit the layout that the answer names.
# ### END SOLUTION
