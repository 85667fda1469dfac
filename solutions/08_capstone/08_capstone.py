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

# %% locked="checks"
from course_lib import data
from course_lib.checking import check, given_08, workload
from course_lib.hints import hint, solution  # noqa: F401
given_08.warm_up(str(check.workdir("warm") / "a.zarr"))

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
report = check.Report("trace_cost", "What a trace costs", points=5)
given_08.trace_cost.rows(report, trace_cost)
### BEGIN HIDDEN TESTS
with report.hidden():
    sharded = {"chunks": [4, 6, 5], "shards": [16, 12, 20], "codec": "zstd"}
    right = {"requests": 16 + 6 * 2, "read": 16 * 480 + 12 * 15_360, "written": 12 * 15_360}
    trace = [
        {"kind": "append", "day": 17}, {"kind": "series", "row": 1, "column": 22},
        {"kind": "append", "day": 18}, {"kind": "points", "at": [[5, 6, n] for n in range(0, 23, 2)] + [[d, 0, 0] for d in range(19)] },
    ]
    # The series touches 6 chunks, the points 5 along a row and 5 along the days.
    run = report.run(trace_cost, (21, 29, 23), sharded, trace)
    report.equal("another layout with shards", run, right, points=1)
    run = report.run(trace_cost, (21, 29, 23), sharded, [])
    report.equal("an empty trace", run, {"requests": 0, "read": 0, "written": 0}, points=0.25)
    one = {"chunks": (1, 1, 1), "shards": None, "codec": "none"}
    run = report.run(trace_cost, (1, 1, 1), one, [
        {"kind": "append", "day": 0}, {"kind": "map", "day": 0}, {"kind": "points", "at": []}, {"kind": "series", "row": 0, "column": 0},
    ])
    report.equal("one value, and no point", run, {"requests": 2, "read": 8, "written": 4}, points=0.25)
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
# 1.05 times the price of the reference gives all points, 1.5 times gives some. Other traces follow in the hidden
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
report = check.Report("choose_layout", "A layout for a trace", points=6)
given_08.choose_layout.rows(report, choose_layout)
### BEGIN HIDDEN TESTS
with report.hidden():
    judge_layout = given_08.choose_layout.judge_layout
    other = "Compute the price of many layouts for this trace: what is good for one is not for another."
    cube = data.temperatures(50, 40, 60, seed=9)
    trace = workload.make_trace(cube.shape, maps=100, series=10, points=10, appends=4, seed=90)
    run = report.run(choose_layout, cube, trace, 16)
    judge_layout(report, "mostly maps", run, cube, trace, 16, 5_900_000, (0.25, 0.25, 0.5, 0.5), other)
    trace = workload.make_trace(cube.shape, series=400, points=5, seed=91)
    run = report.run(choose_layout, cube, trace, 4)
    judge_layout(report, "series, and no append", run, cube, trace, 4, 2_400_000, (0.25, 0.25, 0.25, 0.25), other)
    one, trace = np.ones((1, 1, 1), "f4"), [{"kind": "map", "day": 0}]
    run = report.run(choose_layout, one, trace, 1)
    judge_layout(report, "one value", run, one, trace, 1, 4_100, (0.25, 0.25), other, disk=9)
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
# row of files. An open memory map counts, too, with all its pages that were read. And read each block once, and write each file once: to write a part of a file, Zarr has to read and write all of it.
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
report = check.Report("build_store", "Build the store out of core", points=6)
folder = check.workdir("build")
given_08.build_store.rows(report, build_store, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, cube = given_08.build_store, data.temperatures(23, 20, 27, seed=3)
    layout = {"chunks": [3, 8, 5], "shards": [6, 16, 30], "codec": "zstd"}
    run, path = given.build_from(report, build_store, folder / "edge", cube, [1, 13, 1, 1, 7], layout)
    report.equal("shards with edges, blocks longer than shards", given.values_of(path), cube, points=0.5, of=run)
    wanted = {"chunks": (3, 8, 5), "shards": (6, 16, 30), "codec": "zstd"}
    report.equal("its layout", given.layout_of(path), wanted, points=0.5, of=run)
    limit = int(1.1 * given.bytes_on_disk(path)) + 2000
    report.at_most("its bytes written", run.bytes_written, limit, points=0.5, message=given.ONCE)
    cube, layout = np.full((1, 1, 1), 7, "f4"), {"chunks": (1, 1, 1), "shards": None, "codec": "none"}
    run, path = given.build_from(report, build_store, folder / "one", cube, [1], layout)
    report.equal("one value", given.values_of(path), cube, points=0.25, of=run)
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
report = check.Report("answer_trace", "Answer the trace", points=5)
folder = check.workdir("answer")
given_08.answer_trace.rows(report, answer_trace, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, chunks = given_08.answer_trace, (4, 4, 5)
    cube = np.random.default_rng(85).integers(-999, 999, (13, 10, 17)).astype("i2")
    trace = workload.make_trace(cube.shape, maps=1, series=3, points=2, seed=86)
    trace += [{"kind": "points", "at": []}, {"kind": "points", "at": [[12, 9, 16], [0, 0, 0], [12, 9, 16]]}]
    path = given.store_cube(folder / "edges.zarr", cube, chunks)
    run = report.run(answer_trace, path, trace, watch=[path])
    given.judge_answers(report, "edges and another dtype", run, cube, chunks, path, trace, (0.5, 0.25, 0.5))
    one = given.store_cube(folder / "one.zarr", cube[:1, :1, :1], (1, 1, 1))
    report.equal("no query", report.run(answer_trace, one, []), [], points=0.25)
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
report = check.Report("append_day", "Add a day", points=3)
folder = check.workdir("append")
fill = given_08.append_day.rows(report, append_day, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("bytes written when a chunk was filled", fill.bytes_written, 360_000, points=0.25, message=
        "Write the days to the cube at once: day by day, every chunk is written again and again.")
    given, numbers = given_08.append_day, np.arange(60, dtype="i4").reshape(5, 3, 4)
    path = given.store_group(folder / "h", numbers[:3], numbers[:0], (3, 2, 4))
    run = report.run(append_day, path, numbers[3])
    report.equal("an empty tail, another dtype", given.both(path), [numbers[:3], numbers[3:4]], points=0.25, of=run)
    works, misfits = report.rows[-1].ok, (numbers[4].astype("i8"), numbers[4][:1], numbers[3:5])
    refused = [given.refuses(report, append_day, path, misfit) for misfit in misfits]
    same = given.shapes(path) == [(3, 3, 4), (1, 3, 4)]
    report.true("days that do not fit", works and all(refused) and same, points=0.25, message=
        "A day of another shape or dtype raises ValueError, before anything is changed.")
    path = given.store_group(folder / "i", numbers[:3], numbers[:0], (1, 3, 4))
    run = report.run(append_day, path, numbers[3])
    report.equal("chunks of one day", given.both(path), [numbers[:4], numbers[:0]], points=0.25, of=run)
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


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
