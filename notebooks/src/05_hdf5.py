# %% [markdown]
# # Keep many datasets in one HDF5 file, and read only what you need
#
# **Do:** build HDF5 files with h5py, slice them, count what a read takes from the file, run into the chunk cache, and read a file while another process writes it.
#
# **Learn**
# - how names, attributes, chunks and filters are made, and what each costs or saves;
# - why the same loop can read a chunk once or a hundred times;
# - how a reader sees what a writer adds, and what is left when the writer dies.
#
# **Need:** NumPy, and what a [chunk](../docs/glossary.md#chunk) is (lesson [04](04_zarr_chunks.ipynb)).

# %%
import errno
import pickle
import shutil
import sys
from subprocess import PIPE, Popen

import h5py
import numpy as np

from course_lib import child, data, machine, plotting, practice
from course_lib.experiments.hdf5 import read_by_name
from course_lib.measure import exactly
from course_lib.predict import my_predictions, predict, reveal
from course_lib.recording import RecordingFile
from course_lib.units import KiB, MiB, format_bytes

folder = data.workspace("05_hdf5")
machine.card(folder)

# %% [markdown]
# Data is kept in `folder`, and the last cell removes it. The card says which instruments work here. Where one is missing, the cells say "not measured here" and go on.
#
# ## 1. One file, many arrays, with names
#
# A `.npy` file holds one array. An HDF5 file holds as many *datasets* as you like. They have names, the names form a tree of *groups*, and each may carry small *attributes*: units, dates, anything a reader needs to understand the numbers.

# %% tags=["claim:E1"]
with h5py.File(folder / "weather.h5", "w") as file:
    oslo = file.create_group("stations/oslo")
    oslo.attrs["latitude"] = 59.9
    temperature = oslo.create_dataset("temperature", data=np.arange(12.0))
    temperature.attrs["unit"] = "degrees Celsius"
    file["stations/rome/temperature"] = np.arange(12.0) + 15  # short: makes the groups, too

# %% [markdown]
# Mode `"w"` begins with an empty file, `"a"` keeps what is there and may change it. Without a mode h5py only reads. A group behaves like a dictionary, and a path like a path in a file system. `visititems` walks the whole tree.

# %% tags=["claim:E1"]
found = []
with h5py.File(folder / "weather.h5") as file:
    file.visititems(lambda name, item: found.append((name, getattr(item, "shape", "group"))))
    print(list(file["stations"]), dict(file["stations/oslo/temperature"].attrs))
assert found[-1] == ("stations/rome/temperature", (12,))
found

# %% [markdown]
# What you get from a name is a `Dataset`: a handle, not the numbers. The numbers come when you index it. Two indices mean "everything": `ds[...]`, and `ds[()]`, which gives a plain number for a dataset without dimensions. Older tutorials write `ds.value`. That was removed years ago. And when the file is closed, the handle is dead:

# %% tags=["claim:E1"]
with h5py.File(folder / "weather.h5") as file:
    temperature = file["stations/oslo/temperature"]
    print(temperature, "->", temperature[()][:3])
    assert not hasattr(temperature, "value") and type(temperature[...]) is np.ndarray
try:
    temperature[:3]
except (RuntimeError, OSError) as error:  # which of them depends on what was read before
    print(temperature, "->", type(error).__name__)
else:
    raise AssertionError("a closed dataset was read")

# %% [markdown]
# **Your turn: a station.** Make the group `stations/<name>` in an open file, with the attribute `latitude`. Put each array of `series`, a dict, into it as a dataset of that name.
#
# <details><summary>Hint</summary>
# <code>create_group</code> and <code>create_dataset(name, data=...)</code>, as above, and a loop over <code>series.items()</code>.
# </details>

# %% turn="add_station"
def add_station(file, name, latitude, series):
    """Add a weather station with its series to an open HDF5 file."""
    ### BEGIN SOLUTION
    group = file.create_group(f"stations/{name}")
    group.attrs["latitude"] = latitude
    for what, values in series.items():
        group.create_dataset(what, data=values)
    ### END SOLUTION

# %%
def station(**series):
    with h5py.File(folder / "turn.h5", "w") as file:
        add_station(file, "bern", 46.9, series)
        bern = file["stations/bern"]
        return float(bern.attrs["latitude"]), {name: (bern[name].shape, bern[name].dtype.str) for name in bern}

practice.check(
    add_station,
    ("two series", lambda: station(rain=np.arange(3, dtype="<i2"), ice=np.ones((2, 4))),
     (46.9, {"ice": ((2, 4), "<f8"), "rain": ((3,), "<i2")}), "A dataset keeps shape and dtype of its array."),
    ("no series", lambda: station(), (46.9, {}), "create_group makes a group that holds nothing."),
)

# %% [markdown]
# Here is what is inside such a file, and what happens between a name and your array. The rest of the lesson walks along this picture from left to right. A [B-tree](../docs/glossary.md#b-tree) in it is a search tree, one kind of index.
#
# ![One HDF5 file holds groups and datasets by name. A chunked dataset has an index, a B-tree, that gives the offset and size of each chunk in the file. A read looks up the chunk, reads its bytes, decompresses them and keeps the chunk in the chunk cache; the next read of that chunk comes from there.](figures/05_hdf5_file.svg)
#
# ## 2. What a slice reads
#
# Our array has 1000 rows of 100 numbers, `int32`, four bytes each. Without any options HDF5 stores it *contiguous*: one block of the file, row after row, like a raw file. So `file["rows"]` tells h5py where the array begins, and the rest is arithmetic.
#
# But HDF5 does not ask the system for four bytes. It reads a contiguous dataset through its *sieve buffer*: from the first byte that it needs on, 64 KiB at a time, as far as the dataset goes. The next small pieces come from the buffer, if they are in it.

# %%
rows = np.arange(1000 * 100, dtype="i4").reshape(1000, 100)
with h5py.File(folder / "rows.h5", "w") as file:
    file.create_dataset("rows", data=rows)
    print("layout:", "contiguous" if file["rows"].chunks is None else "chunked")

# %%
# Put your number in place of None.
predict("bytes read for rows 20 to 24", None, unit="bytes")

# %%
# Put your number in place of None.
predict("reads for one column", None, unit="reads")

# %% [markdown]
# `read_by_name(path, name, selection)` does `h5py.File(path)[name][selection]` in a process of its own, and returns the bytes and the calls of `read` that the system counted.

# %% tags=["claim:E2"]
five_rows = child.run(read_by_name, folder / "rows.h5", "rows", np.s_[20:25]).value
column = child.run(read_by_name, folder / "rows.h5", "rows", np.s_[:, 3]).value
for what, counted in (("rows 20 to 24", five_rows), ("column 3", column)):
    print(what, "-> (bytes, reads):", counted or "not measured here")
assert None in (five_rows, column) or (five_rows, column) == ((64 * KiB, 1), (399_604, 7))

# %% tags=["hide-input"]
print(reveal("bytes read for rows 20 to 24", five_rows and five_rows[0]))
reveal("reads for one column", column and column[1])

# %% [markdown]
# Five rows are 2,000 bytes, and HDF5 read 64 KiB. The column's 1000 numbers are 4,000 bytes. They lie 400 bytes apart, from one end of the array to the other, and 400,000 bytes are 6.1 times 64 KiB: seven reads, and all the array but its first and last bytes. So rows are cheap, and a column costs the array.
#
# A file that is far away is often opened through a Python file object instead, and then HDF5 has no such buffer. We hand it one that writes down each read: where it began, and how many bytes came.

# %% tags=["claim:E2"]
with RecordingFile(folder / "rows.h5") as raw, h5py.File(raw, "r") as file:
    dataset = file["rows"]
    for selection in (np.s_[20:25], np.s_[:, 3]):
        raw.log.clear()
        assert np.array_equal(dataset[selection], rows[selection])
        print(raw.log.requests, "reads,", raw.log.bytes, "bytes, the first:", raw.log.entries[0])
assert (raw.log.requests, raw.log.bytes) == (1000, 4000)

# %% [markdown]
# Now each number of the column is a read of its own, and across a network a request. Whoever needs both rows and columns wants [chunks](../docs/glossary.md#chunk), as in Zarr.
#
# ## 3. Chunks in one file
#
# A table of 100 rows and 3000 columns, in chunks of 100 x 300: ten chunks side by side. In Zarr each would be a file. In HDF5 they lie in one file, and an index inside it says where. Chunks and compression are options of `create_dataset`. HDF5 calls every step between chunk and file a [filter](../docs/glossary.md#filter). `gzip` is in every HDF5 library; `shuffle` reorders the bytes first, which often lets gzip save more.

# %%
rng = np.random.default_rng(0)
steps = rng.integers(-3, 4, (100, 3000)) * (rng.random((100, 3000)) < 0.1)
table = np.cumsum(steps, axis=1).astype("i4")  # numbers that change slowly
filters = {"raw": {}, "gzip": {"compression": "gzip"}, "shuffled": {"compression": "gzip", "shuffle": True}}
sizes = {}
for name, options in filters.items():
    with h5py.File(folder / f"{name}.h5", "w") as file:
        stored = file.create_dataset("table", data=table, chunks=(100, 300), **options)
        sizes[name] = stored.id.get_storage_size()
assert sizes["raw"] == table.nbytes > sizes["gzip"] > sizes["shuffled"]
plotting.bars(sizes.keys(), sizes.values(), "bytes", title="The same table on disk")

# %% [markdown]
# Gzip does nearly all of the work here, and `shuffle` adds little. With other data shuffle decides how much gzip can save; lesson [06](06_compression.ipynb) opens that box. Chunks also let a dataset grow. `maxshape` says how far, and `None` sets no limit:

# %%
with h5py.File(folder / "growing.h5", "w") as file:
    days = file.create_dataset("days", (0, 24), "f4", maxshape=(None, 24), chunks=(7, 24))
    for day in range(10):
        days.resize(day + 1, axis=0)
        days[day] = day
    print(days.shape, "in", days.id.get_num_chunks(), "chunks:", [rows for rows, _ in days.iter_chunks()])
    assert days.id.get_num_chunks() == 2 and days[:, 0].tolist() == list(range(10))

# %% [markdown]
# `iter_chunks` gives the slices of the chunks, one after the other: a loop over them reads each chunk once. So does any loop over blocks of whole chunks.
#
# **Your turn: a mean in blocks.** Return the mean of each column of a dataset with two axes. Read `block` rows at a time; sum in `float64`.
#
# <details><summary>Hint</summary>
# <code>range(0, len(dataset), block)</code> gives the first rows, and a slice may reach beyond the end. <code>part.sum(axis=0, dtype="f8")</code> sums columns.
# </details>

# %% turn="column_means"
def column_means(dataset, block):
    """Return the means of the columns, reading some rows at a time."""
    ### BEGIN SOLUTION
    total = np.zeros(dataset.shape[1])
    for start in range(0, len(dataset), block):
        part = dataset[start : start + block]
        total += part.sum(axis=0, dtype="f8")
    return total / len(dataset)
    ### END SOLUTION

# %%
def means(block):
    with RecordingFile(folder / "raw.h5") as raw, h5py.File(raw, "r", rdcc_nbytes=0) as file:
        dataset = file["table"]
        raw.log.clear()
        return column_means(dataset, block), raw.log.bytes

practice.check(
    column_means,
    ("blocks of 50 rows", lambda: means(50)[0], table.mean(axis=0), "Divide by all rows, once, in the end."),
    ("blocks of 64 rows", lambda: means(64)[0], table.mean(axis=0), "The last block is shorter."),
    ("bytes read, index included", lambda: means(64)[1], practice.AtMost(table.nbytes + 4 * KiB, "bytes"), "Read each row once."),
)

# %% [markdown]
# A compressed chunk has one price: it can only be read whole. There is no way to decompress row 7 of it alone. So one value costs one chunk, and one row of this table costs ten. Here is a part of five rows.

# %% tags=["claim:E2"]
def chunk_places(dataset):
    """Return the offset in the file of each chunk, in order."""
    return [dataset.id.get_chunk_info(i).byte_offset for i in range(dataset.id.get_num_chunks())]

with RecordingFile(folder / "gzip.h5") as raw, h5py.File(raw, "r") as file:
    places = chunk_places(file["table"])
    raw.log.clear()
    file["table"][20:25, 450:700]
    touched = [(0, places.index(offset)) for offset, _ in raw.log.entries]
print(f"{raw.log.bytes:,} bytes read, for {5 * 250 * 4:,} bytes wanted")
assert touched == [(0, 1), (0, 2)]
plotting.access_map((100, 3000), (100, 300), touched, np.s_[20:25, 450:700])

# %% [markdown]
# (Chunks do not go through the sieve buffer. A file opened by its name is read in the same pieces, after one look into the index.)
#
# If you read row by row, chunks of whole rows are best: a row then meets one chunk. How many rows a chunk should have is a question of size. A chunk is read whole, so large ones cost more than you asked for, and thousands of small ones cost a search each.
#
# **Your turn: chunks of whole rows.** Return the chunk shape of as many whole rows as fit into `most` bytes, but no more rows than there are. A table may have any number of axes; a row is `table[0]`.
#
# <details><summary>Hint</summary>
# <code>table[0].nbytes</code> is one row. <code>table.shape[1:]</code> are the other axes.
# </details>

# %% turn="row_chunks"
def row_chunks(table, most):
    """Return the shape of a chunk of whole rows with at most so many bytes."""
    ### BEGIN SOLUTION
    rows = min(len(table), most // table[0].nbytes)
    return (rows, *table.shape[1:])
    ### END SOLUTION

# %%
practice.check(
    row_chunks,
    ("rows of 12,000 bytes", lambda: row_chunks(table, 64 * KiB), (5, 3000), "65,536 // 12,000 whole rows."),
    ("a short table", lambda: row_chunks(np.zeros((3, 8), "i2"), 64 * KiB), (3, 8), "A chunk has no more rows than the table."),
    ("three axes", lambda: row_chunks(np.zeros((90, 4, 5)), 1000), (6, 4, 5), "A row has 4 x 5 numbers of 8 bytes."),
    ("one axis", lambda: row_chunks(np.zeros(900), 1000), (125,), "A row is one number, and a chunk has one axis."),
)

# %% [markdown]
# One more filter deserves to be known: `create_dataset(..., fletcher32=True)` adds a checksum to each chunk. We damage one byte of two files in the same way, and read them.

# %%
with h5py.File(folder / "checked.h5", "w") as file:
    file.create_dataset("table", data=table, chunks=(100, 300), fletcher32=True)
for name in ("raw", "checked"):
    shutil.copy(folder / f"{name}.h5", folder / "damaged.h5")
    with h5py.File(folder / "damaged.h5") as file:
        place = chunk_places(file["table"])[0] + 1000
    with open(folder / "damaged.h5", "r+b") as file:
        file.seek(place)
        file.write(bytes([255]))
    with h5py.File(folder / "damaged.h5") as file:
        try:
            noticed = (file["table"][:] != table).sum() == 0
        except OSError:
            noticed = True
    print(name, "- the damage was noticed:", noticed)
    assert noticed == (name == "checked")

# %% [markdown]
# ## 4. The chunk cache, and its cliff
#
# Read all 100 rows of the compressed table, one row at a time. Every row crosses the same ten chunks. It would be foolish to read and decompress them for each row again, so HDF5 keeps chunks in memory, in the [chunk cache](../docs/glossary.md#chunk-cache) of the dataset. How much?

# %% tags=["claim:E7"]
with h5py.File(folder / "gzip.h5") as file:
    slots, cache_bytes, _ = file["table"].id.get_access_plist().get_chunk_cache()
print("HDF5", h5py.version.hdf5_version, "keeps", format_bytes(cache_bytes), "in", slots, "slots")
print(f"one chunk, decompressed: {100 * 300 * 4:,} bytes")
assert h5py.version.hdf5_version_tuple < (2,) or (slots, cache_bytes) == (8191, 8 * MiB)

# %% [markdown]
# A slot is a place in the list of what the cache holds; the bytes are what runs out first here. Since version 2.0 of the HDF5 library the default is 8 MiB a dataset. Before, it was 1 MiB, and most advice on the web is about that. You set it when you open the file: `h5py.File(path, rdcc_nbytes=...)` (*raw data chunk cache, bytes*).
#
# Our ten chunks take 1,200,000 bytes once decompressed. The old cache of 1 MiB has room for eight of them. When a chunk comes and there is no room, HDF5 drops the one that was unused longest. Think of the loop: chunk 0 to 9, and again 0 to 9. Which chunk goes when chunk 8 comes? How often is a chunk read from the file until all 100 rows are through?

# %%
predict("chunk reads, cache of 1 MiB", None, unit="chunks")  # put your number in place of None

# %%
def read_rows(name, cache):
    """Read a table row by row; return what HDF5 took from the file."""
    with RecordingFile(folder / name) as raw, h5py.File(raw, "r", rdcc_nbytes=cache) as file:
        dataset = file["table"]
        places = chunk_places(dataset)
        raw.log.clear()
        for row in range(len(dataset)):
            dataset[row]
        chunks = sum(offset in places for offset, _ in raw.log.entries)  # reads of a chunk's begin
        return chunks, raw.log.bytes

# %% tags=["claim:E7"]
for cache in (1 * MiB, 2 * MiB):
    chunks, nbytes = read_rows("gzip.h5", cache)
    print(f"cache of {format_bytes(cache)}: {chunks:,} chunk reads, {nbytes:,} bytes")
small, large = (read_rows("gzip.h5", cache)[0] for cache in (1 * MiB, 2 * MiB))
assert (small, large) == (1000, 10)

# %% tags=["hide-input"]
reveal("chunk reads, cache of 1 MiB", small)

# %% [markdown]
# Not two of the ten chunks: all of them, for every row. A film shows why. It plays the rule, "drop what was unused longest", for the first four rows.

# %%
def film(asked, places):
    """Return what a cache of some places holds at each request."""
    cache, held = [], []
    for chunk in asked:
        held.append(list(cache))
        if chunk in cache:
            cache.remove(chunk)
        elif len(cache) == places:
            cache.pop(0)  # unused longest
        cache.append(chunk)  # used last
    return held

four_rows = list(range(10)) * 4
plotting.show(plotting.cache_film(four_rows, film(four_rows, 8), title="room for 8 chunks"))
plotting.cache_film(four_rows, film(four_rows, 10), title="room for 10")

# %% [markdown]
# When chunk 8 arrives, chunk 0 goes; when the next row begins, chunk 0 is the very one that is missing. Each chunk leaves just before it is wanted again. A cache that is a little too small for a loop is as bad as none. It is a cliff, not a slope. (For other loops HDF5 looks further: it first drops chunks that were read to their end, and two chunks that want one slot push each other out.)
#
# The raw table, without compression, has a second edge. A cache that cannot hold even *one* chunk makes HDF5 give up caching. It then reads just the bytes that were asked for, which an uncompressed chunk allows.

# %%
# Put your number in place of None.
predict("raw table, cache of 64 KiB: bytes for all rows, in chunks of 120,000", None, unit="chunks")

# %%
one, ten = 120_000, 1_200_000
caches = [64 * KiB, one - 1, one, ten - 1, ten, 8 * MiB]  # a pair around each edge
lines = {name: [read_rows(f"{name}.h5", cache)[1] for cache in caches] for name in ("raw", "gzip")}
plotting.loglog(caches, lines, "chunk cache (bytes)", "read from the file (bytes)")

# %% tags=["claim:E7", "hide-input"]
counted = [nbytes // one for nbytes in lines["raw"]]
whole = lines["gzip"][-1]
assert counted == [10, 10, 1000, 1000, 10, 10]
assert lines["gzip"] == [100 * whole] * 4 + [whole] * 2
reveal("raw table, cache of 64 KiB: bytes for all rows, in chunks of 120,000", counted[0])

# %% [markdown]
# One byte less, and the compressed table is read a hundred times instead of once. The raw table is worst in the middle. There the cache holds a chunk, but not ten: HDF5 loads whole chunks, and throws each away before it is used again.
#
# So there are three good answers: a cache that holds all chunks that one step of the loop meets; no cache at all, for scattered reads of uncompressed chunks; or a loop that takes blocks of whole chunks. The last one needs no setting: each chunk comes once, even with `rdcc_nbytes=0`.

# %% tags=["claim:E7"]
with RecordingFile(folder / "gzip.h5") as raw, h5py.File(raw, "r", rdcc_nbytes=0) as file:
    dataset = file["table"]
    places = chunk_places(dataset)
    raw.log.clear()
    for block in dataset.iter_chunks():
        dataset[block].sum()
exactly("chunk reads, a loop over chunks, no cache", sum(n in places for n, _ in raw.log.entries), 10, "chunks")

# %% [markdown]
# **Your turn: a cache for a loop over rows.** Return the bytes of the smallest cache with which a loop over single rows reads each chunk once. `shape` and `chunks` have two numbers each. A chunk at the edge takes as much memory as any other.
#
# <details><summary>Hint</summary>
# How many chunks does a row meet? <code>-(-a // b)</code> divides and rounds up.
# </details>

# %% turn="cache_for_rows"
def cache_for_rows(shape, chunks, itemsize):
    """Return the bytes of all chunks that one row meets."""
    ### BEGIN SOLUTION
    met = -(-shape[1] // chunks[1])
    return met * chunks[0] * chunks[1] * itemsize
    ### END SOLUTION

# %%
practice.check(
    cache_for_rows,
    ("the table above", lambda: cache_for_rows((100, 3000), (100, 300), 4), 1_200_000, "All chunks of one row."),
    ("chunks at the edge", lambda: cache_for_rows((1000, 250), (10, 100), 8), 24_000, "Three chunks, the last one counted whole."),
    ("many rows", lambda: cache_for_rows((10**9, 300), (100, 300), 4), 120_000, "A row meets chunks beside each other, not below."),
)

# %% [markdown]
# ## 5. One writer, many readers
#
# While a process has an HDF5 file open for writing, nobody else may open it. HDF5 takes a [lock](../docs/glossary.md#lock) on the file, a mark that the system keeps and that others respect. A second process is refused at once. A reader locks out writers in the same way. We ask from a child process, because a second opening in this process would share the first one's handle. `child.run` hands it `args` and brings back `value`.

# %% tags=["claim:E9"]
look = """
import h5py
try:
    with h5py.File(args[0], "r", swmr=args[1]) as file:
        value = len(file["frames"])
except OSError as error:
    value = f"{type(error).__name__}: {error}"
"""
writer = h5py.File(folder / "live.h5", "w", libver="v110")
frames = writer.create_dataset("frames", (0, 100), "f4", maxshape=(None, 100), chunks=(50, 100))
refused = child.run(look, folder / "live.h5", False).value
assert refused.startswith("BlockingIOError") and f"errno = {errno.EAGAIN}" in refused
refused

# %% [markdown]
# The lock is there for a reason. A writer changes the file's inner structure in several steps, and a reader in the middle of them would follow a pointer to nowhere. (Some network file systems have no locks. People then set `HDF5_USE_FILE_LOCKING=FALSE`, which silences the message and keeps the danger.)
#
# The way out is called [SWMR](../docs/glossary.md#swmr): *single writer, multiple readers*. The writer opens with `libver="v110"`, creates all its datasets, and then sets `swmr_mode`. From then on it writes in an order that readers can survive. In return it must not create new groups, datasets or attributes. Readers open with `h5py.File(path, "r", swmr=True)`. What the writer has set stays in its own memory until it calls `flush`. (Tutorials say `libver="latest"`. It works too, but older libraries may not read such files.)
#
# The writer now appends 100 rows, and a reader looks twice: before and after `flush`.

# %%
predict("rows that the reader sees before flush", None, unit="rows")  # put your number in place of None

# %% tags=["claim:E9"]
writer.swmr_mode = True
frames.resize(100, axis=0)
frames[:] = 1
before = child.run(look, folder / "live.h5", True).value
frames.flush()
after = child.run(look, folder / "live.h5", True).value
plain = child.run(look, folder / "live.h5", False).value
print("before flush:", before, " after:", after, " without swmr=True:", plain)
assert (before, after) == (0, 100) and plain.startswith("OSError") and "already open for write" in plain

# %% tags=["hide-input"]
reveal("rows that the reader sees before flush", before)

# %% [markdown]
# ![From top to bottom: the writer opens the file and takes the lock, and a reader gets a BlockingIOError. The writer sets swmr_mode; a reader with swmr=True gets in and sees 0 rows, because the rows that were set are still in the writer's memory. The writer calls flush; a reader that calls refresh, or opens the file again, sees 100 rows.](figures/05_swmr.svg)
#
# The reader sees what was flushed, in a file that is whole. That needs a local file system: network file systems such as NFS do not keep the order of writes. A reader that keeps the file open has to ask for more, with `refresh`. This one is a program of its own; `Popen` starts it, and it waits for a line from us, and so for the writer.

# %% tags=["claim:E9"]
stay = """
import sys, h5py
with h5py.File(sys.argv[1], "r", swmr=True) as file:
    frames = file["frames"]
    print("open", flush=True)
    input()
    print("before refresh", len(frames), end=" - ")
    frames.refresh()
    print("after", len(frames))
"""
reader = Popen([sys.executable, "-c", stay, folder / "live.h5"], stdin=PIPE, stdout=PIPE, text=True)
assert reader.stdout.readline() == "open\n"
frames.resize(150, axis=0)
frames.flush()
seen = reader.communicate("\n")[0].strip()
print(seen)

# %% tags=["claim:E9", "hide-input"]
assert seen == "before refresh 100 - after 150"

# %% [markdown]
# What if the writer dies? Nobody closes the file, and a mark in it still says that a writer is at work.

# %% tags=["claim:E9"]
writer.close()
killed = """
import os, h5py
file = h5py.File(args[0], "w", libver="v110")
frames = file.create_dataset("frames", (0, 100), "f4", maxshape=(None, 100), chunks=(50, 100))
frames.attrs["unit"] = "counts"
file.swmr_mode = True
frames.resize(100, axis=0)
frames.flush()
os.kill(os.getpid(), 9)
"""
print(child.run(killed, folder / "dead.h5"))
plain = child.run(look, folder / "dead.h5", False).value
assert "already open for write" in plain and "h5clear" in plain
plain

# %% [markdown]
# Everybody is refused but a reader with `swmr=True`. The tool `h5clear -s` of HDF5 clears the mark. Without it, read what was flushed, and write it to a new file.
#
# **Your turn: what the dead writer left.** Return the number of rows of `frames`, and its attributes as a dict. Close the file.
#
# <details><summary>Hint</summary>
# <code>with h5py.File(path, "r", swmr=True) as file:</code> and <code>dict(dataset.attrs)</code>.
# </details>

# %% turn="left_behind"
def left_behind(path):
    """Return rows and attributes of `frames` in a file whose writer died."""
    ### BEGIN SOLUTION
    with h5py.File(path, "r", swmr=True) as file:
        frames = file["frames"]
        return len(frames), dict(frames.attrs)
    ### END SOLUTION

# %%
practice.check(
    left_behind,
    ("rows and attributes", lambda: left_behind(folder / "dead.h5"), (100, {"unit": "counts"}), "Readers of SWMR get in."),
)

# %% [markdown]
# Still, SWMR is for one writer. Two writers on one HDF5 file are never safe without MPI, for which there is a special build, *parallel HDF5*. So give the writing to one process and let the others send it their results (lesson [07](07_shared_memory.ipynb) builds that). A handle cannot be sent to another process, either. Send the path and the name, and open the file there.

# %% tags=["claim:E9"]
with h5py.File(folder / "rows.h5") as file:
    try:
        pickle.dumps(file["rows"])
    except TypeError as error:
        message = str(error)
assert "pickled" in message
message

# %% [markdown]
# And threads do not make HDF5 read faster: section 8 of lesson [04](04_zarr_chunks.ipynb) has shown h5py's one lock around the library. Each process has its own library, with a lock of its own.
#
# The same HDF5 file serves many programs: MATLAB, R, Julia, C, Java and Fortran read it, and so does PyTables, another library for Python. The [second part](05b_pytables.ipynb) of this lesson is about its tables.
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1.** A dataset of shape (10000, 10000), `float32`, gzip, chunks (100, 10000). You read one column. How many chunks are decompressed?
#
# <details><summary>Answer</summary>
# All 100. Each chunk is 100 full rows, so every one of them holds a part of the column, and a compressed chunk is only readable as a whole: the complete array is decompressed for 10,000 numbers.
# </details>
#
# **2.** Your loop reads rows from a compressed dataset, and a row crosses 30 chunks of 1 MiB. It is slow, and the file is read over and over. You double the chunk cache from 8 to 16 MiB. What changes?
#
# <details><summary>Answer</summary>
# Nothing. The loop goes round 30 MiB, and a cache that drops the chunk unused for longest has always just dropped the one that comes next. It has to hold all 30 chunks. Set <code>rdcc_nbytes</code> to 30 MiB, or read blocks of rows.
# </details>
#
# **3.** An array of 10000 x 10000 `int32` lies contiguous in a file that you open by name. You read one row, and then one column. About how many bytes does HDF5 read for each?
#
# <details><summary>Answer</summary>
# The row has 40,000 bytes, and HDF5 reads one sieve buffer, 64 KiB. The column's numbers lie 40,000 bytes apart: two of them may share a buffer of 65,536 bytes, so it needs 5,000 reads of 64 KiB, which is most of the file, for 40,000 bytes wanted.
# </details>
#
# **4.** A measuring program writes an HDF5 file all day, and you want to plot from it meanwhile. What must both sides do?
#
# <details><summary>Answer</summary>
# The writer opens the file with <code>libver="v110"</code>, creates its datasets, sets <code>swmr_mode = True</code>, and calls <code>flush</code> after each batch. You open with <code>swmr=True</code> and call <code>refresh</code> on the dataset before you look again. Without this you get a <code>BlockingIOError</code>, or an <code>OSError</code> "already open for write" if the writer is in SWMR mode and you are not.
# </details>
#
# ## Recap
#
# - One file holds a tree of named datasets with attributes. `ds[...]` reads, `.value` is gone, and a closed file's handles are dead.
# - A slice of a contiguous dataset is read 64 KiB at a time if HDF5 opens the file; of a chunked one, the chunks it meets; of a compressed one, these chunks whole.
# - The chunk cache must hold all chunks that a loop comes back to. A little too small is as bad as none, and for raw chunks worse.
# - One writer. Readers at the same time need SWMR and see what was flushed. If the writer dies, they still get in. Handles do not travel, threads queue.
#
# ## Further reading
#
# - h5py documentation: "Datasets", "Single Writer Multiple Reader (SWMR)", "File Objects"
# - HDF5 documentation: "Chunking in HDF5", "Improving I/O performance when working with HDF5 compressed datasets"
#
# **Next:** [05b PyTables](05b_pytables.ipynb). Problems 1, 2, 3 and 7 of [exercise 05](../exercises/05_hdf5/05_hdf5.ipynb) practise what you know now.
#
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
data.clear("05_hdf5")
