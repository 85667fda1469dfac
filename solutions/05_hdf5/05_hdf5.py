# %% [markdown]
# # Exercise 05: HDF5
#
# Practise what [lesson 05](../../notebooks/05_hdf5.ipynb) showed: one file holds many named arrays,
# a read costs the bytes or the chunks it meets, and what was not flushed is not in the file.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("write_stations", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("write_stations")` shows an answer.

# %% locked="setup"
import os

import h5py
import numpy as np
import tables

from course_lib.checking import check, files, given_05, hdf5_files
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
path, warm = str(check.workdir("stations") / "weather.h5"), np.arange(3.0)
run = report.run(write_stations, path, {"oslo": given_05.station(59.9, 10.7, {"temperature": "K"}, temperature=warm)})
found = hdf5_files.contents(path)
oslo = ["stations", "stations/oslo", "stations/oslo/temperature"]
report.equal("the example: names in the file", found.names, oslo, points=0.25, of=run, known=[
    (["oslo", "oslo/temperature"], "The groups of the stations lie in a group: stations/<name>."),
])
report.equal("its series", found.value("stations/oslo/temperature"), warm, points=0.25, of=run)
report.equal("the unit", found.attrs("stations/oslo/temperature"), {"unit": "K"}, points=0.25, of=run, known=[
    ({}, "The unit is an attribute of the dataset: dataset.attrs[\"unit\"] = ...")])
report.equal("where the station is", found.attrs("stations/oslo"), {"latitude": 59.9, "longitude": 10.7}, points=0.25,
    of=run, known=[
        ({}, "The place is given by attributes of the group: group.attrs[\"latitude\"] = ..."),
        ({"latitude": 10.7, "longitude": 59.9}, "Latitude and longitude have changed places."),
    ])
snow = (np.arange(128 * 64 * 64) // 17).reshape(128, 64, 64).astype("i2")
run = report.run(write_stations, path, {
    "rome": given_05.station(41.9, 12.5, {"wind": "m/s", "snow": "mm"}, wind=np.arange(12, dtype="f4").reshape(3, 4), snow=snow),
    "nuuk": given_05.station(64.2, -51.7, {}),
})
found, rome = hdf5_files.contents(path), ["stations/rome", "stations/rome/snow", "stations/rome/wind"]
report.equal("names in a file that replaces the old one", found.names, ["stations", "stations/nuuk", *rome], points=0.25, of=run, known=[
    (["stations", *rome], "A station without series is a group all the same."),
    (sorted(["stations/nuuk", *oslo, *rome]), "Something of the old file is left. Mode \"w\" begins with an empty file."),
    ("ValueError", "If a name exists already: mode \"w\" begins with an empty file."),
])
report.equal("a series of another dtype and shape", found.value("stations/rome/snow"), snow, points=0.25, of=run, known=[
    (lambda a: a.dtype != "i2" and np.array_equal(a, snow), "A dataset keeps the dtype of its array. Give h5py the array itself."),
    (snow.ravel(), "A dataset keeps the shape of its array."),
])
report.equal("its unit, and not that of the wind", found.attrs("stations/rome/snow"), {"unit": "mm"}, points=0.25, of=run, known=[
    ({"unit": "m/s"}, "This is the unit of another series."),
])
report.equal("filters of this long series", given_05.filters(found, "stations/rome/snow"), ["gzip", "shuffle"], points=0.25, of=run, known=[
    ([], "Filters are options of the dataset: create_dataset(..., compression=\"gzip\", shuffle=True)."),
    (["gzip"], "Without a shuffle of the bytes, gzip saves less: shuffle=True."),
])
chunk, day = given_05.slice_bytes(found, "stations/rome/snow", snow.shape, 2)
report.true("bytes that one day decompresses", chunk >= 4096 and day <= 65536, points=0.25, of=run, got=f"{day:,} bytes",
    expected="at most 65,536 bytes, from chunks of at least 4096", message=given_05.why_bad_chunks(found.shape("stations/rome/snow") == snow.shape, chunk, day))
### BEGIN HIDDEN TESTS
with report.hidden():
    frost, ice = np.arange(24, dtype=">i2").reshape(2, 3, 4), np.arange(30_000.0)
    run = report.run(write_stations, path, {
        "bern": given_05.station(46.9, 7.4, {"frost": "h", "wind": "m/s", "ice": "mm"},
                                 frost=frost, wind=np.empty((0, 2), "f4"), ice=ice)})
    found = hdf5_files.contents(path)
    came = [found.value("stations/bern/frost"), found.attrs("stations/bern/wind"), found.attrs("stations/bern/ice")]
    report.equal("another byte order, and the units of three series", came, [frost, {"unit": "m/s"}, {"unit": "mm"}],
        points=0.25, of=run, known=[
            (lambda a: a[0].dtype != ">i2", "A dataset keeps the dtype of its array. Give h5py the array itself."),
        ])
    report.equal("a series of length 0", found.value("stations/bern/wind"), np.empty((0, 2), "f4"), points=0.25, of=run)
    chunk, day = given_05.slice_bytes(found, "stations/bern/ice", ice.shape, 8)
    good = given_05.filters(found, "stations/bern/ice") == ["gzip", "shuffle"] and chunk >= 4096 and day <= 65536
    report.true("how a long series of one axis is stored", good, points=0.25, of=run, message=
        "A series of one axis is long, too: gzip, shuffle, and chunks of at most 64 KiB.")
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
folder = check.workdir("columns")
report = check.Report("column_stats", "Statistics of columns in blocks", points=3)
path = given_05.dataset_file(folder / "example.h5", np.array([[1, 10], [3, 10]]))
run = report.run(column_stats, path, "x", 100)
report.close("the example", run, {"mean": np.array([2.0, 10.0]), "std": np.array([1.0, 0.0])}, rtol=1e-12, atol=1e-12, points=0.5)
x = given_05.drifting(1021, 1024)
want = given_05.statistics(x)
path = given_05.dataset_file(folder / "large.h5", x)
run = report.run(column_stats, path, "x", 8)
report.close("mean of each column, the last block is shorter", given_05.part(run.value, "mean"), want["mean"], rtol=1e-9,
    points=0.25, of=run, known=given_05.wrong_means(x, 8))
report.close("standard deviation", given_05.part(run.value, "std"), want["std"], rtol=1e-6, points=0.25, of=run,
    known=given_05.wrong_deviations(x, 8))
simple = all(row.ok for row in report.rows)
report.at_most("bytes read", run.bytes_read, int(1.1 * x.nbytes), points=0.5, message=
    "You read some rows twice. Sum and sum of squares come from the same pass.")
report.at_most("memory, with blocks of 32 KiB", run.peak, 2 << 20, points=0.5, message=
    "You hold the whole dataset, or blocks of another size than block_rows. Add up a block, and let go of it before the next.")
report.at_most("reads", run.reads, 300, points=0.25, message=
    "128 blocks need 128 reads. A column lies scattered in the file, so reading it takes one read for each row. Take whole rows.")
x = 1.3e9 + np.random.default_rng(8).normal(0, 5, (400, 2))
run = report.run(column_stats, given_05.dataset_file(folder / "seconds.h5", x), "x", 150)
report.close("large numbers that lie close together", run, given_05.statistics(x), rtol=1e-6, points=0.25, known=[
    (lambda got: simple and np.allclose(got["mean"], x.mean(axis=0)),
     "The squares lost the digits that matter. Subtract the first row from every row."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    x = np.random.default_rng(6).integers(-99, 99, (1003, 7)).astype("i2")
    path = given_05.dataset_file(folder / "odd.h5", x, chunks=(64, 7), compression="gzip")
    run = report.run(column_stats, path, "x", 100)
    report.close("a shorter last block of another dtype", run, given_05.statistics(x), rtol=1e-9, points=0.25)
    x = 1.7e9 + np.random.default_rng(7).normal(0, 10, (500, 2))
    run = report.run(column_stats, given_05.dataset_file(folder / "times.h5", x), "x", 499)
    report.close("other large numbers that lie close together", run, given_05.statistics(x), rtol=1e-6, points=0.25)
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
folder = check.workdir("cache")
report = check.Report("cache_settings", "Set the chunk cache for a loop", points=3)
run = report.run(cache_settings, (300, 3000), (300, 300), 4, 0)
report.equal("the example: bytes of the cache", given_05.cache_bytes(run.value), 3_600_000, points=0.5, of=run,
    known=given_05.wrong_caches((300, 3000), (300, 300), 4, 0, run.value))
path = given_05.gzip_file(folder / "rows.h5", (50, 570), (20, 100), "i4")
run = report.run(cache_settings, (50, 570), (20, 100), 4, 0)
known = given_05.wrong_caches((50, 570), (20, 100), 4, 0, run.value)
report.equal("chunk reads of a loop over rows", given_05.chunk_reads(path, run.value, 0), 18, points=0.5, of=run, known=known)
report.equal("and with the smallest cache", given_05.cache_bytes(run.value), 48_000, points=0.5, of=run, known=known)
run = report.run(cache_settings, (60, 600), (1, 100), 4, 0)
report.equal("chunks that no second slice needs", given_05.cache_bytes(run.value), 0, points=0.25, of=run, known=[
    (lambda size: size > 0, "A chunk of one row is needed by one row: there is nothing to keep.")])
run = report.run(cache_settings, (1, 600), (8, 100), 4, 0)
report.equal("a loop of one step", given_05.cache_bytes(run.value), 0, points=0.25, of=run, known=[
    (lambda size: size > 0, "There is one slice only: no chunk is needed by a second one.")])
### BEGIN HIDDEN TESTS
with report.hidden():
    run = report.run(cache_settings, (50, 570), (20, 100), 4, 1)
    report.equal("a loop over columns", given_05.cache_bytes(run.value), 24_000, points=0.5, of=run,
        known=given_05.wrong_caches((50, 570), (20, 100), 4, 1, run.value))
    path = given_05.gzip_file(folder / "cube.h5", (7, 22, 33), (3, 5, 10), "f8")
    run = report.run(cache_settings, (7, 22, 33), (3, 5, 10), 8, 1)
    right = given_05.chunk_reads(path, run.value, 1) == 60 and given_05.cache_bytes(run.value) == 14_400
    report.true("a cube with chunks at the edge", right, points=0.25, of=run, message=
        "Multiply the chunks along all axes but the loop's own, each rounded up, and the bytes of a chunk.")
    run = report.run(cache_settings, (40, 100, 5), (40, 1, 5), 2, 1)
    report.equal("another loop whose slices share no chunk", given_05.cache_bytes(run.value), 0, points=0.25, of=run)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Store a table so that it can be asked
#
# `records` is a structured array. Write it with PyTables to a new file at `path`, as the table
# `/particles`. The table will be asked for narrow ranges of `column`: "all records from 20 up to
# 30". Such a question should read a small part of the file only, so the column needs an index, best
# one that is completely sorted. And records that are asked for together should lie together: the
# order of the rows is yours to choose.
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
    return given_05.ask_table(path, column, low, high)


# %% test="store_particles" points=3
records, path = given_05.particles(12_000, 8), str(check.workdir("table") / "particles.h5")
report = check.Report("store_particles", "A table that can be asked", points=3)
run = report.run(store_particles, path, records, "pressure")
found = hdf5_files.contents(path, only=["particles"])
report.equal("the records in the table", given_05.by_number(found.value("particles")), given_05.by_number(records),
    points=0.5, of=run, known=given_05.wrong_tables(records, "pressure"))
wanted = ("pressure", 20.0, 30.0)
asked = report.run(ask_table, path, *wanted) if report.rows[-1].ok else None
given_05.question(report, asked, records, found, wanted, points=(0.25, 0.75))
records = given_05.particles(11_000, 12)
run = report.run(store_particles, path, records, "energy")
found = hdf5_files.contents(path, only=["particles"])
report.equal("another table in place of the old one", given_05.by_number(found.value("particles")), given_05.by_number(records),
    points=0.25, of=run, known=[
        *given_05.wrong_tables(records, "energy"),
        (lambda a: len(a) == 23_000, "The records of the old file are left. Mode \"w\" begins with an empty file."),
        ("NodeError", "The old table is still there. Mode \"w\" begins with an empty file."),
    ])
wanted = ("energy", 49.0, 49.5)
asked = report.run(ask_table, path, *wanted) if report.rows[-1].ok else None
given_05.question(report, asked, records, found, wanted, points=(0.25, 0.25))
### BEGIN HIDDEN TESTS
with report.hidden():
    records = given_05.particles(14_000, 9)[["number", "energy"]].astype([("number", "i8"), ("depth", "f8")])
    run = report.run(store_particles, path, records, "depth")
    found = hdf5_files.contents(path, only=["particles"])
    report.equal("records with other fields", given_05.by_number(found.value("particles")), given_05.by_number(records),
        points=0.25, of=run)
    wanted = ("depth", 3.0, 3.5)
    asked = report.run(ask_table, path, *wanted) if report.rows[-1].ok else None
    given_05.question(report, asked, records, found, wanted, points=(0.25, 0.25))
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
folder = check.workdir("ask")
report = check.Report("find_particles", "Ask the table", points=2)
three = given_05.particles(3, 3)
three["pressure"] = [10, 20, 30]
run = report.run(find_particles, given_05.table_file(folder / "example.h5", three)[0], "pressure", 10, 30)
condition = "In a condition, & stands for `and`, and each comparison has parentheses of its own."
text = "The condition compares a text with a number: `column` is the name of a field. Which values shall be compared?"
known = [("TypeError", condition), ("NotImplementedError", text)]
report.equal("the example", run, three[:2], points=0.25, known=[
    *known, (three[1:2], "The value `low` itself is in the range."), (three, "The value `high` itself is not in the range.")])
path, rows = given_05.table_file(folder / "indexed.h5", given_05.particles(12_000, 10), "pressure")
low, high = float(rows["pressure"][700]), float(rows["pressure"][900])
missing = "The record whose value is `low` itself is missing. Is it compared with <=, and does `low` keep all its digits?"
run = report.run(find_particles, path, "pressure", low, high)
report.equal("200 records", run, rows[700:900], points=0.25, known=[
    *known, (rows[700:901], "The value `high` itself is not in the range."), (rows[701:900], missing),
    (rows, "These are all records. Mind the parentheses: & binds before the comparisons."),
])
report.at_most("bytes read", run.bytes_read, 170_000, points=0.5, message=
    "You read the whole table. `read_where` and `where` use its index.")
path, rows = given_05.table_file(folder / "plain.h5", given_05.particles(3000, 11))
fits = rows[(rows["energy"] >= 20.1) & (rows["energy"] < 20.5)]
run = report.run(find_particles, path, "energy", 20.1, 20.5)
report.equal("another column, without an index", run, fits, points=0.25, known=[
    *known, (rows[(rows["pressure"] >= 20.1) & (rows["pressure"] < 20.5)], "The name of the column is an argument."),
    (np.sort(fits, order="energy"), "The records come in the order of the table, not in that of the values."),
])
run = report.run(find_particles, path, "energy", 60, 70)
report.equal("a range that holds nothing", run, rows[:0], points=0.25, known=[
    ("IndexError", "No hit is an answer too: an empty array of records."),
    ("ValueError", "No hit is an answer too: an empty array of records."),
    ([], "An empty array of records has their dtype."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    low = float(rows["energy"][5])
    run = report.run(find_particles, path, "energy", low, float(np.nextafter(low, 99)))
    report.equal("a range that holds one number", run, rows[5:6], points=0.25, known=[
        (rows[:0], missing),
    ])
    run = report.run(find_particles, path, "number", 100, 1 / 3 + 1000)
    fits = (rows["number"] >= 100) & (rows["number"] <= 1000)
    report.equal("a column of whole numbers", run, rows[fits], points=0.25, known=known)
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
folder = check.workdir("stream")
report = check.Report("append_stream", "Append a stream", points=3)
rng, path = np.random.default_rng(12), str(folder / "rows.h5")
first, second = rng.random((10, 4), dtype="f4"), rng.random((5, 4), dtype="f4")
run = report.run(append_stream, path, given_05.stream_file(folder / "first.raw", first, torn=b"half a r"), 4)
content = files.read_bytes(path)
again = report.run(append_stream, path, given_05.stream_file(folder / "second.raw", second), 4)
found, longer = hdf5_files.each(content, path)
report.equal("the example: rows after the first call", run, 10, points=0.25, known=[
    ("ValueError", "The last row may be incomplete, and half a row is no row: leave it out."), (11, "The last row is incomplete: leave it out."),
])
report.equal("the array", found.value("rows"), first, points=0.5, of=run, known=[
    (lambda a: a.shape == first.shape and a.dtype != "f4", "The rows are float32, and so should the array be."),
])
report.equal("it can grow", found.maxshape("rows"), (None, 4), points=0.25, of=run, known=[
    ((10, 4), "This array cannot grow. In an EArray the axis that grows has length 0 at the start."),
])
report.equal("rows after the second call", again, 15, points=0.25, known=[
    (5, "The result is how many rows the array has: not how many were added, and not those of the last source only."),
    ("NodeError", "The array is there already: append to it."),
] if not run.error else [])
report.equal("the array then", longer.value("rows"), np.concatenate([first, second]), points=0.5, of=again, known=[
    (second, "The first rows are gone. Mode \"a\" keeps what the file holds."), (first, "The new rows are missing."),
    ("NodeError", "The array is there already: append to it."),
] if not run.error else [])
### BEGIN HIDDEN TESTS
with report.hidden():
    third = rng.random((9, 6), dtype="f4")
    run = report.run(append_stream, str(folder / "torn.h5"), given_05.stream_file(folder / "torn.raw", third, b"\1\2\3\4\5\6\7"), 6)
    source, marked = given_05.sparse_stream(folder / "large.raw", 7000, 1000, 50)
    large_run = report.run(append_stream, str(folder / "large.h5"), source, 1000)
    found, large = hdf5_files.each(folder / "torn.h5", folder / "large.h5", rows=140)
    report.equal("a row torn inside a number", found.value("rows"), third, points=0.25, of=run)
    report.equal("a source larger than the memory", given_05.thinned(large, (7000, 1000)), marked, points=0.25, of=large_run)
    # A block takes 4 MiB with all caches; h5py keeps 8 MiB of chunks by itself, which makes
    # 10 MiB. The whole source takes 27 MiB, and more with its copies.
    report.at_most("memory for it", large_run.peak, 11 << 20, points=0.5, message=
        "You hold the whole source, or much more than 1 MiB of it. Read a block, append it, read the next.")
    report.at_most("bytes read for it", large_run.bytes_read, int(1.2 * 4 * 7000 * 1000), points=0.25, message=
        "You read more than the source holds: once is enough.")
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
folder = check.workdir("dead")
report = check.Report("recover_rows", "Recover what was flushed", points=3)
rows = np.random.default_rng(13).random((260, 8), dtype="f4")
rows[200:] = 0
path, content = given_05.dead_file(folder / "dead.h5", rows, 200)
target = str(folder / "safe.h5")
run = report.run(recover_rows, path, target)
found = hdf5_files.contents(target)
unsafe = "The end of `rows` was being written. `complete` tells what is safe."
locked = ("If HDF5 refuses to open the dead file: it takes the dead writer for one at work. "
          "An SWMR reader may open its file all the same.")
report.equal("the example: how many rows are safe", run, 200, points=0.5, known=[
    (260, unsafe), ("OSError", locked), ("BlockingIOError", locked)])
report.equal("the rows in the target", found.value("rows"), rows[:200], points=0.5, of=run, known=[(rows, unsafe)])
report.equal("their attributes", found.attrs("rows"), {"unit": "K", "offset": 273.15}, points=0.25, of=run, known=[
    ({}, "The dataset's attributes are not in the target.")])
right, same = report.rows[1].ok, files.read_bytes(path) == content
report.true("the dead file is as it was", right and same, points=0.25, message=
    "This counts once the rows are right." if same else
    "Something was written to the dead file. It may be all there is: open it for reading.")
run = report.run(recover_rows, given_05.dead_file(folder / "soon.h5", rows, 0)[0], target)
report.equal("a writer that died before its first flush", run, 0, points=0.25, known=[(260, unsafe)])
### BEGIN HIDDEN TESTS
with report.hidden():
    report.equal("the target then", hdf5_files.contents(target).value("rows"), rows[:0], points=0.25, of=run)
    rows = np.arange(180, dtype=">i2").reshape(60, 3)
    run = report.run(recover_rows, given_05.dead_file(folder / "dead.h5", rows, 57)[0], target)
    report.equal("rows of another dtype and shape", hdf5_files.contents(target).value("rows"), rows[:57],
        points=0.5, of=run, known=[
            (lambda a: a.dtype != ">i2" and np.array_equal(a, rows[:57]), "The target has the same dtype as the dead file."),
        ])
    right = report.rows[-1].ok
    os.unlink(target) if os.path.isfile(target) else None
    run = report.run(recover_rows, files.put(folder / "junk.h5", content[100:3000], durable=False), target)
    report.raises("a file that is no HDF5 file", run, OSError, points=0.25)
    right, none = right and report.rows[-1].ok, not os.path.lexists(target)
    report.true("makes no target", right and none, points=0.25, message=
        "This counts once the rows are right and the error is raised." if none else
        "A target was made of a file that cannot be read. Open the dead file first.")
### END HIDDEN TESTS
report
