# %% [markdown]
# # Exercise 05: HDF5
#
# Practise what lessons [05](../../notebooks/05_hdf5.ipynb) and
# [05b](../../notebooks/05b_pytables.ipynb) showed: one file holds many named arrays, a read costs the
# bytes or the chunks it meets, and what was not flushed is not in the file. Problems 4, 5 and 6 are
# about PyTables.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("write_stations", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("write_stations")` shows an answer.

# %% locked="setup"
import os  # noqa: F401
import h5py
import numpy as np
import tables

# %% locked="checks"
from course_lib.checking import check, given_05, hdf5_files
from course_lib.hints import hint, solution  # noqa: F401
given_05.warm_up(str(check.workdir("warm") / "a.h5"))

# %% [markdown]
# ## 1. Build a file with groups and attributes
#
# `stations` holds what weather stations measured. Write it with h5py to a new HDF5 file at `path`;
# what was at `path` before is gone. Each station becomes a group `stations/<name>` with the attributes
# `latitude` and `longitude`. Each of its series becomes a dataset in that group, with an attribute
# `unit`. A dataset keeps the dtype and the shape of its array. A station without series is a
# group all the same.
#
# Some series are long: 10,000 values or more. These are compressed with the filter `gzip`, after the
# filter `shuffle`. The first axis of a series is time, and long ones will be read day by day, as
# `dataset[i]`. Choose their chunks such that a read of one day decompresses at most 64 KiB, and that a
# chunk has at least 4 KiB. (No day takes more than 64 KiB.) How short series are stored is up to you.
#
# Example:
#
# ```python
# write_stations("weather.h5", {
#     "oslo": {
#         "latitude": 59.9, "longitude": 10.7,
#         "series": {"temperature": np.arange(3.0)}, "units": {"temperature": "K"},
#     },
# })
# ```
#
# makes a file with the group `stations/oslo` and the dataset `stations/oslo/temperature`, whose
# attribute `unit` is `"K"`.

# %% solution="write_stations"
def write_stations(path, stations):
    """Write the series of weather stations to a new HDF5 file.

    Parameters
    ----------
    path : str
        The file; an old one is replaced.
    stations : dict of str to dict
        For each name: ``latitude`` and ``longitude`` (float), ``series`` (dict of str to
        ndarray) and ``units`` (dict of str to str) with the same keys as ``series``.
    """
    ### BEGIN SOLUTION
    # "w" begins with an empty file; "a" would keep what an old one held.
    with h5py.File(path, "w") as file:
        for name, station in stations.items():
            group = file.create_group(f"stations/{name}")
            group.attrs["latitude"] = station["latitude"]
            group.attrs["longitude"] = station["longitude"]
            for series, values in station["series"].items():
                how = {}
                if values.size >= 10_000:
                    # As many whole days as 64 KiB hold: one day then meets one chunk.
                    days = min(len(values), 65536 // values[0].nbytes)
                    how = {"chunks": (days, *values.shape[1:]), "compression": "gzip", "shuffle": True}
                dataset = group.create_dataset(series, data=values, **how)
                dataset.attrs["unit"] = station["units"][series]
    ### END SOLUTION


# %% test="write_stations" points=3
report = check.Report("write_stations", "A file with groups and attributes", points=3)
path = str(check.workdir("stations") / "weather.h5")
given_05.write_stations.rows(report, write_stations, path)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, frost = given_05.write_stations, np.arange(24, dtype=">i2").reshape(2, 3, 4)
    run = report.run(write_stations, path, {
        "bern": given.station(46.9, 7.4, {"frost": "h", "wind": "m/s"}, frost=frost, wind=np.empty((0, 2), "f4"))})
    found = hdf5_files.contents(path)
    came = [found.value("stations/bern/frost"), found.attrs("stations/bern/wind")]
    report.equal("another byte order, and the units of two series", came, [frost, {"unit": "m/s"}], points=0.25, of=run)
    report.equal("a series of length 0", found.value("stations/bern/wind"), np.empty((0, 2), "f4"), points=0.25, of=run)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Statistics of columns in blocks
#
# A file holds a dataset `name` with many rows, more than fit into memory. Return the mean and the
# standard deviation of every column. Read `block_rows` rows at a time, and each row only once. The
# sums need `float64`.
#
# A column may hold large numbers that lie close together, such as times. Then the squares lose the
# digits that matter. Subtract the first row from every row before you add up: it changes the mean
# by a known amount and the standard deviation not at all.
#
# Example: for the rows `[[1, 10], [3, 10]]`, `column_stats(path, "x", 100)` is
# `{"mean": array([2., 10.]), "std": array([1., 0.])}`, as `np.mean` and `np.std` say with `axis=0`.

# %% solution="column_stats"
def column_stats(path, name, block_rows):
    """Return mean and standard deviation of the columns of a dataset, read in blocks.

    Parameters
    ----------
    path : str
        The HDF5 file.
    name : str
        A dataset of shape (rows, columns), at least one row.
    block_rows : int
        Rows to read at a time.

    Returns
    -------
    dict of str to ndarray of float64, shape (columns,)
        ``"mean"`` and ``"std"``.
    """
    ### BEGIN SOLUTION
    with h5py.File(path, "r") as file:
        dataset = file[name]
        rows, columns = dataset.shape
        total, squares = np.zeros(columns), np.zeros(columns)
        for start in range(0, rows, block_rows):
            # A slice may reach beyond the end: the last block is shorter.
            block = dataset[start : start + block_rows].astype(np.float64)
            if start == 0:
                shift = block[0].copy()  # already read: the first row is not read twice
            block -= shift
            total += block.sum(axis=0)
            squares += (block * block).sum(axis=0)
    mean = total / rows
    return {"mean": shift + mean, "std": np.sqrt(np.maximum(squares / rows - mean * mean, 0))}
    ### END SOLUTION


# %% test="column_stats" points=3
report = check.Report("column_stats", "Statistics of columns in blocks", points=3)
folder = check.workdir("columns")
given_05.column_stats.rows(report, column_stats, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, dataset_file = given_05.column_stats, given_05.shared.dataset_file
    x = np.random.default_rng(6).integers(-99, 99, (1003, 7)).astype("i2")
    path = dataset_file(folder / "odd.h5", x, chunks=(64, 7), compression="gzip")
    run = report.run(column_stats, path, "x", 100)
    report.close("a shorter last block of another dtype", run, given.statistics(x), rtol=1e-9, points=0.25)
    x = 1.7e9 + np.random.default_rng(7).normal(0, 10, (500, 2))
    run = report.run(column_stats, dataset_file(folder / "times.h5", x), "x", 499)
    report.close("other large numbers that lie close together", run, given.statistics(x), rtol=1e-6, points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Set the chunk cache for a loop
#
# A loop reads a compressed dataset slice by slice along one axis: `ds[i]` for every `i` if `axis`
# is 0, `ds[:, i]` if it is 1, and so on. Neighbouring slices lie in the same chunks. HDF5 keeps
# chunks that were used last in a cache, decompressed, and a loop comes back to them if the cache
# holds all chunks that one slice meets. Return the keyword arguments for `h5py.File(path, "r", ...)`
# that give the smallest cache with which this loop reads every chunk from the file once: a dict
# with `rdcc_nbytes`, in bytes. Chunks at an edge take as much memory as others. If no chunk is
# needed by two slices, because a chunk is one slice thick or the loop has one step only, the smallest
# cache is 0.
#
# Example: a dataset of shape (300, 3000), `int32`, in chunks of (300, 300). One row meets ten chunks
# of 360,000 bytes, so `cache_settings((300, 3000), (300, 300), 4, 0)` is
# `{"rdcc_nbytes": 3600000}`.

# %% solution="cache_settings"
def cache_settings(shape, chunks, itemsize, axis):
    """Return the settings of the smallest chunk cache that suits a loop.

    Parameters
    ----------
    shape, chunks : tuple of int
        Of the dataset and of a chunk.
    itemsize : int
        Bytes of one item.
    axis : int
        The axis along which the loop goes, one index at a time.

    Returns
    -------
    dict of str to int
        ``"rdcc_nbytes"``: bytes of the chunk cache.
    """
    ### BEGIN SOLUTION
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}  # the next slice lies in other chunks, or there is none
    needed = itemsize
    for k, (length, chunk) in enumerate(zip(shape, chunks, strict=True)):
        needed *= chunk
        if k != axis:
            needed *= -(-length // chunk)  # chunks that a slice meets along this axis
    return {"rdcc_nbytes": needed}
    ### END SOLUTION


# %% test="cache_settings" points=3
report = check.Report("cache_settings", "Set the chunk cache for a loop", points=3)
folder = check.workdir("cache")
given_05.cache_settings.rows(report, cache_settings, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given = given_05.cache_settings
    run = report.run(cache_settings, (50, 570), (20, 100), 4, 1)
    report.equal("a loop over columns", given.cache_bytes(run.value), 24_000, points=0.5, of=run)
    path = given.gzip_file(folder / "cube.h5", (7, 22, 33), (3, 5, 10), "f8")
    run = report.run(cache_settings, (7, 22, 33), (3, 5, 10), 8, 1)
    right = given.chunk_reads(path, run.value, 1) == 60 and given.cache_bytes(run.value) == 14_400
    report.true("a cube with chunks at the edge", right, points=0.25, of=run, message=
        "Multiply the chunks along all axes but the loop's own, each rounded up, and the bytes of a chunk.")
    run = report.run(cache_settings, (40, 100, 5), (40, 1, 5), 2, 1)
    report.equal("another loop whose slices share no chunk", given.cache_bytes(run.value), 0, points=0.25, of=run)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Store a table so that it can be asked
#
# `records` is a structured array. Write it with PyTables to a new file at `path`, as the table
# `/particles`. The table will be asked for narrow ranges of `column`: "all records from 20 up to
# 30". Such a question should read a small part of the file only, so the column needs an index, best
# one that is completely sorted. And records that are asked for together should lie together: the
# order of the rows is yours to choose. The array of the caller stays as it is.
#
# Example: `store_particles("p.h5", records, "pressure")` for 12,000 records of 24 bytes.
# `ask_table` of the next cell then finds some 120 records from 20 up to 30 and reads about 90 kB of
# the file. Without an index it reads all of the table, 288 kB.

# %% solution="store_particles"
def store_particles(path, records, column):
    """Write records to a PyTables table with an index that suits questions about a column.

    Parameters
    ----------
    path : str
        The file; an old one is replaced.
    records : structured ndarray, shape (n,)
        At least one record.
    column : str
        Name of the field that will be asked for.
    """
    ### BEGIN SOLUTION
    # Rows with neighbouring values share chunks, so few chunks hold all hits of a question.
    ordered = records[np.argsort(records[column])]
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=ordered)
        # A completely sorted index (CSI) knows the exact place of every value.
        table.cols._f_col(column).create_csindex()
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check asks its questions with it.

# %% locked="ask_table"
def ask_table(path, column, low, high):
    """Return the sorted numbers of the particles with ``low <= column < high``."""
    return given_05.store_particles.ask_table(path, column, low, high)


# %% test="store_particles" points=3
report = check.Report("store_particles", "A table that can be asked", points=3)
path = str(check.workdir("table") / "particles.h5")
given_05.store_particles.rows(report, store_particles, ask_table, path)
### BEGIN HIDDEN TESTS
with report.hidden():
    given = given_05.store_particles
    records = given_05.shared.particles(14_000, 9)[["number", "energy"]].astype([("number", "i8"), ("depth", "f8")])
    found = given.stored_row(report, store_particles, path, records, "depth", "records with other fields", 0.25)
    wanted = ("depth", 3.0, 3.5)
    asked = report.run(ask_table, path, *wanted) if report.rows[-1].ok else None
    given.question(report, asked, records, found, wanted, points=(0.25, 0.25))
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Ask the table
#
# Return the records of the table `/particles` whose `column` is at least `low` and below `high`, as
# one structured array, in the order of the table. Let PyTables test the condition, so that it uses
# the index that the table has. A range that holds nothing gives an empty array.
#
# Example: if the pressures are 10, 20 and 30, `find_particles(path, "pressure", 10, 30)` returns
# the first two records.

# %% solution="find_particles"
def find_particles(path, column, low, high):
    """Return the records of a table whose column lies in a range.

    Parameters
    ----------
    path : str
        A file with a PyTables table ``/particles``.
    column : str
        Name of the field.
    low, high : float
        ``low <= value < high``.

    Returns
    -------
    structured ndarray, shape (hits,)
    """
    ### BEGIN SOLUTION
    with tables.open_file(path) as file:
        table = file.root.particles
        # Names in the condition: given here, so that no number is turned into text and back.
        names = {"x": table.cols._f_col(column), "low": low, "high": high}
        # & and parentheses: the text is an expression on arrays, where `and` has no meaning.
        return table.read_where("(low <= x) & (x < high)", names)
    ### END SOLUTION


# %% test="find_particles" points=2
report = check.Report("find_particles", "Ask the table", points=2)
folder = check.workdir("ask")
given_05.find_particles.rows(report, find_particles, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    path, rows = given_05.shared.table_file(folder / "other.h5", given_05.shared.particles(3000, 11))
    low = float(rows["energy"][5])
    run = report.run(find_particles, path, "energy", low, float(np.nextafter(low, 99)))
    report.equal("a range that holds one number", run, rows[5:6], points=0.25)
    run = report.run(find_particles, path, "number", 100, 1 / 3 + 1000)
    fits = (rows["number"] >= 100) & (rows["number"] <= 1000)
    report.equal("a column of whole numbers", run, rows[fits], points=0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Append a stream
#
# A camera writes rows of `width` numbers of `float32` to a raw file, `source`, and never stops for
# long. Append all complete rows of `source` to the extendable array (`EArray`) `/rows` of the
# PyTables file at `path`. If there is no such file yet, make it, with a first axis that can grow. The
# source is larger than the memory: hold at most about 1 MiB of it, and read it once. Use `read`:
# pages of a memory map count as memory of your process. The last row may be incomplete, because
# the camera is still writing it; leave it out. Return how many rows `/rows` has afterwards.
#
# Example: `source` holds 10 rows and a half. `append_stream(path, source, 4)` returns 10. The next
# call, with a source of 5 rows, returns 15.

# %% solution="append_stream"
def append_stream(path, source, width):
    """Append the rows of a raw file to an extendable array.

    Parameters
    ----------
    path : str
        The PyTables file; it need not exist.
    source : str
        A raw file of ``float32``, row after row.
    width : int
        Numbers in a row.

    Returns
    -------
    int
        Rows of ``/rows`` afterwards.
    """
    ### BEGIN SOLUTION
    row_bytes = 4 * width
    block_rows = max(1, (1 << 20) // row_bytes)
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" in file:
            rows = file.root.rows
        else:
            # 0 marks the axis that grows.
            rows = file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read(block_rows * row_bytes):
            complete = len(block) // row_bytes * row_bytes  # the last row may be torn
            rows.append(np.frombuffer(block[:complete], np.float32).reshape(-1, width))
        return int(rows.nrows)
    ### END SOLUTION


# %% test="append_stream" points=3
report = check.Report("append_stream", "Append a stream", points=3)
folder = check.workdir("stream")
given_05.append_stream.rows(report, append_stream, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, third = given_05.append_stream, np.random.default_rng(14).random((9, 6), dtype="f4")
    source = given.stream_file(folder / "torn.raw", third, b"\1\2\3\4\5\6\7")
    run = report.run(append_stream, str(folder / "torn.h5"), source, 6)
    found = hdf5_files.contents(folder / "torn.h5")
    report.equal("a row torn inside a number", found.value("rows"), third, points=0.25, of=run)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 7. Recover what a dead writer flushed
#
# A program wrote rows to the dataset `rows` of an HDF5 file, in SWMR mode. After each batch it
# flushed, then set the number `complete` to the rows that are safe, and flushed again. Then it was
# killed. The file was never closed: HDF5 refuses to open it as usual, because a writer seems to be at
# work. And `rows` may be longer than what is safe: its end was being written. Copy the safe rows to
# a new file at `target`, into a dataset `rows` with the same dtype and the same attributes, and
# return their number; before the first flush that is 0. Leave the dead file as it is. A file that is no HDF5 file raises `OSError`,
# and makes no target.
#
# Example: `rows` has 260 rows, `complete` is 200. `recover_rows("dead.h5", "safe.h5")` returns 200,
# and `safe.h5` opens as any other file.

# %% solution="recover_rows"
def recover_rows(path, target):
    """Copy the rows that are safe from a file whose writer died.

    Parameters
    ----------
    path : str
        The dead file: dataset ``rows`` and scalar dataset ``complete``.
    target : str
        The new file.

    Returns
    -------
    int
        Rows that were recovered.

    Raises
    ------
    OSError
        If `path` is no HDF5 file.
    """
    ### BEGIN SOLUTION
    # An SWMR reader may open a file that an SWMR writer has open, or had when it died. The dead
    # file is opened first: if that fails, no target is made.
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        complete = int(dead["complete"][()])
        rows = file.create_dataset("rows", data=dead["rows"][:complete])
        rows.attrs.update(dead["rows"].attrs)
        return complete
    ### END SOLUTION


# %% test="recover_rows" points=3
report = check.Report("recover_rows", "Recover what was flushed", points=3)
folder = check.workdir("dead")
given_05.recover_rows.rows(report, recover_rows, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, target = given_05.recover_rows, str(folder / "safe.h5")
    run = report.run(recover_rows, given.dead_file(folder / "dead.h5", given.written(), 0)[0], target)
    empty = np.empty((0, 8), "f4")
    report.equal("the target where nothing was flushed", hdf5_files.contents(target).value("rows"), empty, points=0.25, of=run)
    rows = np.arange(180, dtype=">i2").reshape(60, 3)
    run = report.run(recover_rows, given.dead_file(folder / "dead.h5", rows, 57)[0], target)
    report.equal("rows of another dtype and shape", hdf5_files.contents(target).value("rows"), rows[:57],
        points=0.5, of=run)
### END HIDDEN TESTS
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
