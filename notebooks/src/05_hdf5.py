# %% [markdown]
# # Keep many datasets in one HDF5 file, and read only what you need
#
# **Do:** build HDF5 files with h5py and with PyTables, slice them, log every byte that a read takes, run into the chunk cache, ask a table questions, and read a file while another process writes it.
#
# **Learn**
# - what a name, a chunk, a filter and an index cost or save;
# - why the same loop can read a chunk once or three hundred times;
# - when to take h5py, PyTables or Zarr.
#
# **Need:** NumPy, and what a [chunk](../docs/glossary.md#chunk) is (lesson [04](04_zarr_chunks.ipynb)).

# %%
import errno
import pickle
import shutil

import h5py
import numpy as np
import tables

from course_lib import child, data, machine, memory, plotting
from course_lib.experiments import hdf5, little_memory, particles
from course_lib.measure import exactly
from course_lib.predict import my_predictions, predict, reveal
from course_lib.recording import RecordingFile
from course_lib.units import KiB, MiB, format_bytes, format_seconds

folder = data.workspace("05_hdf5")
machine.card(folder)

# %% [markdown]
# Data is kept in `folder`, and the last cell removes it. The card says which instruments work here. Where one is missing, the cells say "not measured here" and go on.
#
# ## 1. One file, many arrays, with names
#
# A `.npy` file holds one array. An HDF5 file holds as many as you like. They have names, the names form a tree of *groups*, and each may carry small *attributes*: units, dates, anything a reader needs to understand the numbers.

# %% tags=["claim:E1"]
with h5py.File(folder / "weather.h5", "w") as file:
    file["stations/oslo/temperature"] = np.arange(12.0)
    file["stations/oslo/pressure"] = np.full(12, 1013, "i4")
    file["stations/rome/temperature"] = np.arange(12.0) + 15
    file["stations/oslo/temperature"].attrs["unit"] = "degrees Celsius"

# %% [markdown]
# A group behaves like a dictionary, and a path like a path in a file system. `visititems` walks the whole tree.

# %% tags=["claim:E1"]
found = []
with h5py.File(folder / "weather.h5") as file:
    file.visititems(lambda name, item: found.append((name, getattr(item, "shape", "group"))))
    print(list(file["stations"]), dict(file["stations/oslo/temperature"].attrs))
assert found[-1] == ("stations/rome/temperature", (12,))
found

# %% [markdown]
# What you get from a name is a `Dataset`: a handle, not the numbers. The numbers come when you index it. Two indices mean "everything": `ds[...]`, and `ds[()]`, which gives a plain number for a dataset without dimensions.
#
# Older tutorials write `ds.value`. That was removed years ago, and it fails now.

# %% tags=["claim:E1"]
with h5py.File(folder / "weather.h5") as file:
    temperature = file["stations/oslo/temperature"]
    print(temperature, "->", temperature[()][:3])
    assert not hasattr(temperature, "value")
    assert type(temperature[...]) is np.ndarray

# %% [markdown]
# Here is what is inside such a file, and what happens between a name and your array. The rest of the lesson walks along this picture from left to right. A [B-tree](../docs/glossary.md#b-tree) in it is a search tree, one kind of index.
#
# ![One HDF5 file holds groups and datasets by name. A chunked dataset has an index, a B-tree, that gives the offset and size of each chunk in the file. A read looks up the chunk, reads its bytes, decompresses them and keeps the chunk in the chunk cache; the next read of that chunk comes from there.](figures/05_hdf5_file.svg)
#
# ## 2. A slice reads a slice
#
# h5py can read through any Python file object. We hand it one that writes down every read: where it began and how many bytes came. It shows what HDF5 *asks for*. A file that HDF5 opens itself it reads in larger pieces, so beside the log we count what the process reads then.
#
# The first array has 1000 rows of 100 numbers, `int32`, four bytes each. Without any options HDF5 stores it *contiguous*: one block of the file, row after row, like a raw file.

# %%
rows = np.arange(1000 * 100, dtype="i4").reshape(1000, 100)
with h5py.File(folder / "rows.h5", "w") as file:
    file["rows"] = rows

# %%
predict("bytes read for rows 20 to 24", None, unit="bytes")  # put your number in place of None

# %% tags=["claim:E2"]
with RecordingFile(folder / "rows.h5") as raw, h5py.File(raw, "r") as file:
    dataset = file["rows"]
    raw.log.clear()
    five = dataset[20:25]
    log = list(raw.log.entries)
print("(offset, bytes):", log)
assert [n for _, n in log] == [5 * 100 * 4] and np.array_equal(five, rows[20:25])
reveal("bytes read for rows 20 to 24", sum(n for _, n in log))

# %% [markdown]
# One read, of exactly the five rows. `file["rows"]` had told h5py where the array begins, so the rest is arithmetic. Now the same rows from a file that is opened by its name.

# %% tags=["claim:E2"]
by_name = child.run(hdf5.read_by_name, folder / "rows.h5", "rows", np.s_[20:25]).value
taken, n_reads = by_name or (None, None)
print(exactly("bytes read from the file, opened by name", taken, 64 * KiB, "bytes"))
exactly("reads", n_reads, 1, "reads")

# %% [markdown]
# HDF5 reads a contiguous dataset through its *sieve buffer*, 64 KiB at a time, and answers the next small reads from there. For a Python file object it has no such buffer.
#
# The same arithmetic is cruel to a column. Its 1000 numbers lie 400 bytes apart. How many reads does HDF5 ask our file object for?

# %%
predict("reads of the file object for one column", None, unit="reads")  # put your number in place of None

# %% tags=["claim:E2"]
with RecordingFile(folder / "rows.h5") as raw, h5py.File(raw, "r") as file:
    dataset = file["rows"]
    start = dataset.id.get_offset()
    raw.log.clear()
    dataset[:, 3]
    column_log = list(raw.log.entries)
assert len(column_log) == 1000 and sum(n for _, n in column_log) == 1000 * 4
by_name = child.run(hdf5.read_by_name, folder / "rows.h5", "rows", np.s_[:, 3]).value
print("opened by name, (bytes, reads):", by_name or "not measured here")
assert by_name is None or (by_name[1] == 7 and by_name[0] > 0.99 * rows.nbytes)
reveal("reads of the file object for one column", len(column_log))

# %% [markdown]
# Through our file object HDF5 asks for each number on its own: few bytes, but many reads. That is what a file far away would see. A file that it opens itself it reads 64 KiB at a time: 7 reads, and nearly the whole array. Either way a column costs far more than its 4,000 bytes. The map shows the [pages](../docs/glossary.md#page) that hold its numbers.

# %%
pages = np.unique([offset // 4096 for offset, _ in column_log])
plotting.page_access_map(pages, rows.shape, offset=start, selection=np.s_[:, 3], title="one column")

# %% [markdown]
# Every page of the array holds some value of the column. Whoever needs both rows and columns wants [chunks](../docs/glossary.md#chunk), as in Zarr.
#
# ## 3. Chunks in one file
#
# Now a table of 300 rows and 3000 columns, in square chunks of 300 x 300. It is ten chunks side by side. In Zarr each would be a file. In HDF5 they lie in one file, and an index inside the file says where.

# %%
square = dict(chunks=(300, 300))
hdf5.make_table(folder / "raw.h5", 300, 3000, **square)
with h5py.File(folder / "raw.h5") as file:
    places = hdf5.chunk_places(file["table"])
places

# %% [markdown]
# The keys are offsets in the file, the values are sizes: 300 x 300 x 4 bytes each. Compression is an option of the dataset. HDF5 calls every step between chunk and file a [filter](../docs/glossary.md#filter), compression included. `gzip` is in every HDF5 library; `shuffle` reorders the bytes first, which often lets gzip save more.

# %%
hdf5.make_table(folder / "gzip.h5", 300, 3000, **square, compression="gzip")
hdf5.make_table(folder / "shuffled.h5", 300, 3000, **square, compression="gzip", shuffle=True)
sizes = {}
for name in ("raw", "gzip", "shuffled"):
    with h5py.File(folder / f"{name}.h5") as file:
        sizes[name] = file["table"].id.get_storage_size()
assert sizes["raw"] == 300 * 3000 * 4 > sizes["gzip"] > sizes["shuffled"]
plotting.bars(sizes.keys(), sizes.values(), "bytes", title="The same table on disk")

# %% [markdown]
# Gzip does nearly all of the work here, and `shuffle` adds little. With other data shuffle decides how much gzip can save; lesson [06](06_compression.ipynb) opens that box.
#
# A compressed chunk has one price: it can only be read whole. There is no way to decompress row 7 of it alone. So one value costs one chunk, and one row of this table costs ten. Here is a part of five rows.

# %% tags=["claim:E2"]
with RecordingFile(folder / "gzip.h5") as raw, h5py.File(raw, "r") as file:
    places = hdf5.chunk_places(file["table"])
    raw.log.clear()
    file["table"][20:25, 450:700]
    touched = [(0, list(places).index(offset)) for offset, _ in raw.log.entries]
print(f"{raw.log.bytes:,} bytes read, for {5 * 250 * 4:,} bytes wanted")
assert touched == [(0, 1), (0, 2)] and raw.log.bytes == sum(places[at] for at, _ in raw.log.entries)
plotting.access_map((300, 3000), (300, 300), touched, np.s_[20:25, 450:700])

# %% [markdown]
# One more filter deserves to be known. `fletcher32` adds a checksum to each chunk. We damage one byte of two files in the same way.

# %%
hdf5.make_table(folder / "checked.h5", 300, 3000, **square, fletcher32=True)
for name in ("raw", "checked"):
    damaged = shutil.copy(folder / f"{name}.h5", folder / f"{name}_damaged.h5")
    with h5py.File(damaged) as file:
        place = min(hdf5.chunk_places(file["table"])) + 1000
    with open(damaged, "r+b") as file:
        file.seek(place)
        file.write(bytes([255]))

# %%
with h5py.File(folder / "raw_damaged.h5") as wrong, h5py.File(folder / "raw.h5") as right:
    print("values that are wrong, and nobody says so:", (wrong["table"][:] != right["table"][:]).sum())
    assert (wrong["table"][:] != right["table"][:]).sum() == 1
with h5py.File(folder / "checked_damaged.h5") as file:
    try:
        file["table"][:]
    except OSError as error:
        print("with a checksum:", type(error).__name__)
    else:
        raise AssertionError("the damage was not noticed")

# %% [markdown]
# ## 4. The chunk cache, and its cliff
#
# Read all 300 rows of the compressed table, one row at a time. Every row crosses the same ten chunks. It would be foolish to read and decompress them for each row again, so HDF5 keeps chunks in memory, in the [chunk cache](../docs/glossary.md#chunk-cache) of the dataset. (Chunks do not go through the sieve buffer: the log of our file object shows what HDF5 reads of them.) How much?

# %% tags=["claim:E7"]
with h5py.File(folder / "gzip.h5") as file:
    slots, cache_bytes, _ = file["table"].id.get_access_plist().get_chunk_cache()
print("HDF5", h5py.version.hdf5_version, "keeps", format_bytes(cache_bytes), "in", slots, "slots")
print("one chunk, decompressed:", format_bytes(300 * 300 * 4))
assert h5py.version.hdf5_version_tuple < (2,) or (slots, cache_bytes) == (8191, 8 * MiB)

# %% [markdown]
# A slot is a place in the list of what the cache holds; the bytes are what runs out first here. Since version 2.0 of the HDF5 library the default is 8 MiB a dataset. Before, it was 1 MiB, and most advice on the web is about that. You can set it when you open the file, with `rdcc_nbytes` (*raw data chunk cache, bytes*).
#
# Ten chunks take 3.6 million bytes once decompressed. Suppose the cache holds 2 MiB: enough for five chunks. How many times is a chunk read from the file until all 300 rows are through?

# %%
predict("chunk reads, cache of 2 MiB", None, unit="chunks")  # put your number in place of None

# %% tags=["claim:E7"]
small = hdf5.row_by_row(folder / "gzip.h5", cache=2 * MiB)
large = hdf5.row_by_row(folder / "gzip.h5", cache=4 * MiB)
print("2 MiB:", small)
print("4 MiB:", large)
assert (small.chunks, large.chunks) == (3000, 10)
assert hdf5.row_by_row(folder / "gzip.h5", 8 * MiB).chunks == 10
reveal("chunk reads, cache of 2 MiB", small.chunks)

# %% [markdown]
# Not half of the chunks: all of them, for every row. The cache drops the chunk that was unused longest. When the sixth chunk arrives, the first one goes; when the next row begins, the first chunk is the very one that is missing. A cache that is a little too small for a loop is as bad as none. It is a cliff, not a slope. (For other loops HDF5 looks further: it first drops chunks that were read to their end, and two chunks that want one slot push each other out.)
#
# Let us walk over the edge, with the compressed table and with the raw one. The loop is the same: 300 rows, one at a time.

# %%
# put your number in place of None
predict("raw table, cache of 64 KiB: bytes read, counted in chunks", None, unit="chunks")

# %%
caches = [64 * KiB, 512 * KiB, 2 * MiB, 4 * MiB, 8 * MiB]
raw_reads = [hdf5.row_by_row(folder / "raw.h5", n).bytes for n in caches]
tiny, below, default = (hdf5.row_by_row(folder / "gzip.h5", caches[i]) for i in (0, 1, 4))
gzip_reads = [reads.bytes for reads in (tiny, below, small, large, default)]
lines = {"raw": raw_reads, "gzip": gzip_reads}
plotting.loglog(caches, lines, "chunk cache (bytes)", "read from the file (bytes)")

# %% tags=["claim:E7"]
one_chunk = 300 * 300 * 4
assert raw_reads[0] == 10 * one_chunk == raw_reads[-1]
assert raw_reads[1] == raw_reads[2] == 3000 * one_chunk
assert gzip_reads[0] == gzip_reads[2] == 300 * gzip_reads[-1]
reveal("raw table, cache of 64 KiB: bytes read, counted in chunks", raw_reads[0] // one_chunk)

# %% [markdown]
# We measured at five sizes; the lines only join them. The steps lie where the cache holds one chunk, 352 KiB, and ten chunks, 3.4 MiB.
#
# The compressed table falls off the cliff as we saw. The raw table shows the reverse case at the left end. A cache that cannot hold even one chunk makes HDF5 give up caching and read just the bytes that were asked for, which an uncompressed chunk allows. Then comes a cache that holds a chunk, but not ten: HDF5 now loads whole chunks, and throws each away before it is used again. The middle is the worst of both.
#
# So there are three good answers: a cache that holds a whole row of chunks; no cache at all, for scattered reads of uncompressed chunks; or a loop that takes blocks of rows. The last one needs no setting.

# %% tags=["claim:E7"]
with RecordingFile(folder / "gzip.h5") as raw, h5py.File(raw, "r", rdcc_nbytes=0) as file:
    table = file["table"]
    places = hdf5.chunk_places(table)
    raw.log.clear()
    table[0:300].sum(axis=1)
    blocks = sum(offset in places for offset, _ in raw.log.entries)
exactly("chunk reads, one block of 300 rows, no cache", blocks, 10, "chunks")

# %% [markdown]
# ## 5. Tables of records with PyTables
#
# h5py gives you HDF5 as it is. PyTables is built on the same library for another need: tables with millions of records, to which you append and of which you ask questions. You describe one record as a class.

# %% tags=["claim:E3"]
class Particle(tables.IsDescription):
    name = tables.StringCol(16)
    number = tables.Int64Col()
    pressure = tables.Float32Col()
    energy = tables.Float64Col()

# %% [markdown]
# Rows are filled one by one and collected in a buffer. `flush` writes the buffer out. What was appended and not flushed is not in the file yet, unless the buffer was full and wrote itself.

# %% tags=["claim:E3"]
with tables.open_file(folder / "first.h5", "w") as file:
    table = file.create_table("/", "particles", Particle)
    row = table.row
    for i in range(10):
        row["name"], row["number"], row["pressure"] = f"particle {i}", i, 10.0 * i
        row.append()
    before = table.nrows
    table.flush()
    after, record = table.nrows, table.rowsize
print(before, "rows before flush,", after, "after;", record, "bytes a row")
assert (before, after, record) == (0, 10, 16 + 8 + 4 + 8)

# %% [markdown]
# `StringCol(16)` is 16 bytes, always. What happens to a longer name?

# %% tags=["claim:E3"]
with tables.open_file(folder / "first.h5", "a") as file:
    table = file.root.particles
    table.row["name"] = "particle number eleven"
    table.row.append()
    table.flush()
    stored_name = table[-1]["name"].decode()
assert stored_name == "particle number "
stored_name

# %% [markdown]
# It is cut without a word, so choose the width with care.
#
# Two more traps. Columns are stored in the order of the alphabet, unless each has a `pos=`: here energy, name, number, pressure, and `table.append` wants its tuples in *that* order. And `where` hands out one and the same `Row` object each time, so copy from it what you want to keep: `[row["pressure"] for row in ...]`, never `[row for row in ...]`.
#
# PyTables has one habit to know before you open files of other people: it unpickles attributes, and a pickle can run any function (lesson [06](06_compression.ipynb)). `tables.open_file` alone is enough. h5py does not do that.
#
# ## 6. Ask the library, not a loop
#
# A larger table now, with pressures scattered over 0 to 1000. Which particles have a pressure of at least 20 and below 50? There are four ways to ask.
#
# | way | what happens |
# |---|---|
# | `table.read()`, then NumPy | load everything, then choose |
# | `for row in table.iterrows()` with `if` | Python tests row by row, a buffer at a time |
# | `table.where("(20 <= pressure) & (pressure < 50)")` | the condition is compiled and tested in blocks; you get the rows that fit |
# | `table.read_where(...)` | the same, as one array |
#
# `&` and the parentheses are needed: the text is an expression on arrays, where `and` has no meaning.

# %%
n_rows = machine.scale(48 * MiB) // 36
particles.make(folder / "particles.h5", n_rows)
table_bytes = n_rows * 36
print(f"{n_rows:,} rows, {format_bytes(table_bytes)}")

# %% [markdown]
# Each way runs in a process of its own, so that the peak of memory is its own too. Will `where` read less of the file than `read`? There is no index yet.

# %%
# put your number in place of None
predict("bytes that where() reads, as a share of the table", None, unit="%")

# %%
path = folder / "particles.h5"
asked = {way: memory.peak_in_child(particles.ask, path, way, 20, 50) for way in particles.WAYS}
for way, answer in asked.items():
    a = answer.value
    took = f"read {format_bytes(a.read_bytes)} in {format_seconds(a.seconds)}"
    print(f"{way:10} {a.hits:,} hits, {took}, {answer}")

# %% tags=["claim:E4"]
hits = {answer.value.hits for answer in asked.values()}
assert len(hits) == 1
read = {way: answer.value.read_bytes for way, answer in asked.items()}
known = read["where"] is not None
if known:
    assert all(n >= table_bytes for n in read.values())
    assert read["where"] < 1.1 * table_bytes and read["read_where"] > 1.9 * table_bytes
peaks = {way: answer.peak for way, answer in asked.items()}
assert None in peaks.values() or peaks["where"] < peaks["read"] > table_bytes
share = round(100 * read["where"] / table_bytes) if known else None
reveal("bytes that where() reads, as a share of the table", share)

# %%
plotting.bars(peaks.keys(), peaks.values(), "bytes", title="Peak of memory")

# %% [markdown]
# Without an index somebody has to look at every row, so each way reads the whole table. They differ in where the work is done. `read` holds the whole table in memory. The others hold a buffer, and a chunk cache. `iterrows` turns every row into Python objects and is slow; `where` tests in compiled code.
#
# One surprise is in the figures above, where this machine shows bytes: `read_where` reads the file twice when the hits are scattered. It first finds the places of the hits, and then fetches those rows; by then their chunks have left the chunk cache. `where` hands out the rows while it has them.
#
# ## 7. An index, and when it does not help
#
# To answer without reading everything, the file needs an [index](../docs/glossary.md#table-index): the values of the column in sorted order, each with its row number. PyTables makes one with `create_index()`, or fully sorted with `create_csindex()`. It is stored in the same file.

# %%
without_index = path.stat().st_size
scan = particles.ask(path, "where", 20, 20.05)
particles.index_pressure(path)
print("index:", format_bytes(path.stat().st_size - without_index))

# %% [markdown]
# Ask for a very narrow range first, then for one ten times as wide. The second still wants only one row in two thousand. What share of the table's bytes will `read_where` take for it?

# %%
# put your number in place of None
predict("bytes for 1 row in 2000, as a share of the table", None, unit="%")

# %% tags=["claim:E5"]
few = particles.ask(path, "read_where", 20, 20.05)
many = particles.ask(path, "read_where", 20, 20.5)
total, few_chunks = particles.chunks_of_hits(path, 20, 20.05)
total, many_chunks = particles.chunks_of_hits(path, 20, 20.5)
for a, chunks in ((few, few_chunks), (many, many_chunks)):
    print(f"{a.hits:,} hits in {len(chunks)} of {total} chunks, read {format_bytes(a.read_bytes)}")
assert len(few_chunks) < total / 3 and len(many_chunks) > 2 * total / 3
if known:
    assert few.read_bytes < scan.read_bytes / 2 < scan.read_bytes < many.read_bytes
share = round(100 * many.read_bytes / table_bytes) if known else None
reveal("bytes for 1 row in 2000, as a share of the table", share)

# %%
with tables.open_file(path) as file:
    chunk_rows = file.root.particles.chunkshape[0]
print("chunk cache of PyTables:", format_bytes(tables.parameters.CHUNK_CACHE_SIZE))
plotting.show(plotting.access_map((n_rows,), (chunk_rows,), few_chunks, title="narrow range"))
plotting.access_map((n_rows,), (chunk_rows,), many_chunks, title="ten times as wide")

# %%
labels = ["scan, no index", "index, narrow range", "index, ten times as wide"]
needed = [n * chunk_rows * 36 for n in (total, len(few_chunks), len(many_chunks))]
read = [scan.read_bytes, few.read_bytes, many.read_bytes]
assert not known or all(r >= 0.99 * n for r, n in zip(read, needed))
plotting.show(plotting.bars(labels, needed, "bytes", title="Chunks that must be read, by theory"))
plotting.bars(labels, read, "bytes", title="Read from the file")

# %% [markdown]
# The index knows the rows. But rows cannot be read one at a time: they live in chunks. A few hits lie in a few chunks, and the index saves most of the reading. Some more hits, scattered, and nearly every chunk holds one.
#
# The index itself has to be read too. And `read_where` goes to the chunks twice, once to check and once to return the rows. The chunk cache holds the few chunks of the narrow range until the second visit. The many it does not hold, and a plain scan would have read less.
#
# An index helps where the hits are few, or where they lie together, as they do in data that is sorted by the asked column.
#
# ## 8. Build an array that does not fit in memory
#
# An `EArray` (*extendable array*) grows along one axis. We append a block at a time, in a child process that may only take a third of the array's size on top of what it has at the start. First it asks NumPy for the whole array at once.

# %%
size = machine.scale(192 * MiB, fraction=1 / 4)
room = size // 3
print(f"array {format_bytes(size)}, room {format_bytes(room)}")
# put your number in place of None
predict("memory that the process needs while it appends", None, unit="bytes")

# %% tags=["claim:E6"]
built = memory.peak_in_child(little_memory.build, folder / "cube.h5", size, room)
print(built.value, built)
exactly("bytes in the file's array", built.value.stored, size, "bytes")
assert built.value.refused in (True, None)
assert built.peak is None or built.peak < room < size
reveal("memory that the process needs while it appends", built.peak)

# %%
limit = room if built.value.limited else None
plotting.bars(["array", "room", "peak"], [size, limit, built.peak], "bytes")

# %% [markdown]
# NumPy was refused (`refused=True`, where this system lets us set the limit). The file took all of it, because only one block and the chunk cache are in memory at any time. h5py does the same with `maxshape=(None, 1024)` and `resize`.
#
# ## 9. One writer, many readers
#
# While a process has an HDF5 file open for writing, nobody else may open it. HDF5 takes a [lock](../docs/glossary.md#lock) on the file, a mark that the system keeps and that others respect. A second process is refused at once. We ask from a child, because a second opening in this process would share the first one's handle.

# %% tags=["claim:E9"]
writer = h5py.File(folder / "live.h5", "w", libver="v110")
frames = writer.create_dataset("frames", (0, 100), maxshape=(None, 100), chunks=(50, 100), dtype="f4")
refused = child.run(hdf5.shape_seen, folder / "live.h5", "frames", False).value
print(refused)
assert refused.startswith(f"BlockingIOError {errno.EAGAIN}")

# %% [markdown]
# The lock is there for a reason. A writer changes the file's inner structure in several steps, and a reader in the middle of them would follow a pointer to nowhere. (Some network file systems have no locks. People then set `HDF5_USE_FILE_LOCKING=FALSE`, which silences the message and keeps the danger.)
#
# The way out is called [SWMR](../docs/glossary.md#swmr): *single writer, multiple readers*. The writer opens with `libver="v110"`, creates all its datasets, and then switches the mode on. From then on it writes in an order that readers can survive. In return it must not create new groups, datasets or attributes. Readers open with `h5py.File(path, "r", swmr=True)`. (Tutorials say `libver="latest"`. It works too, but older libraries may not read such files: PyTables here cannot read complex numbers from one.)
#
# ![From top to bottom: the writer opens the file and takes the lock, and a reader gets a BlockingIOError. The writer sets swmr_mode; a reader with swmr=True gets in and sees 0 rows, because the rows that were set are still in the writer's memory. The writer calls flush; a reader that calls refresh, or opens the file again, sees 100 rows.](figures/05_swmr.svg)
#
# The writer now appends 100 rows, and a reader looks twice: before and after `flush`. It opens the file anew each time.

# %%
predict("rows that the reader sees before flush", None, unit="rows")  # put your number in place of None

# %% tags=["claim:E9"]
writer.swmr_mode = True
frames.resize(100, axis=0)
frames[:] = 1
before = child.run(hdf5.shape_seen, folder / "live.h5", "frames", True).value
frames.flush()
after = child.run(hdf5.shape_seen, folder / "live.h5", "frames", True).value
print("before flush:", before, " after:", after)
assert (before, after) == ((0, 100), (100, 100))
reveal("rows that the reader sees before flush", before[0])

# %% [markdown]
# The reader sees what was flushed, in a file that is whole. That needs a local file system: network file systems such as NFS do not keep the order of writes. A plain reader still gets an error, now "file is already open for write". It stands in the file: if the writer is killed, everybody but a reader with `swmr=True` is refused, until the tool `h5clear -s` of HDF5 clears the mark.
#
# A reader that keeps the file open has to ask for more, with `dataset.refresh()`.

# %% tags=["claim:E9"]
with hdf5.staying_reader(folder / "live.h5", "frames") as rows_seen:
    frames.resize(150, axis=0)
    frames.flush()
    stale, fresh = rows_seen(refresh=False), rows_seen(refresh=True)
print("after flush, before refresh:", stale, " after refresh:", fresh)
assert (stale, fresh) == (100, 150)
writer.close()

# %% [markdown]
# Still, SWMR is for one writer. Two writers on one HDF5 file are never safe without MPI, for which there is a special build, *parallel HDF5*. So give the writing to one process and let the others send it their results (lesson [07](07_shared_memory.ipynb) builds that).
#
# Two more limits. A dataset is a handle into this process, so it cannot be sent to another one. Send the path and the name, and open the file there.

# %% tags=["claim:E9"]
with h5py.File(folder / "rows.h5") as file:
    try:
        pickle.dumps(file["rows"])
    except TypeError as error:
        message = str(error)
assert "pickled" in message
message

# %% [markdown]
# And threads do not make HDF5 read faster. The library is not safe for threads, so h5py puts one lock around it; a thread that reads or decompresses keeps all others out. The next cell reads from four threads, through a slow file that counts how many reads are in it at the same time: first the plain bytes, without HDF5, then the dataset.

# %%
print("without HDF5:", hdf5.most_at_once(folder / "gzip.h5", threads=4, plain=True), "at the same time")
predict("reads at the same time, four threads", None, unit="reads")  # put your number in place of None

# %% tags=["claim:E9"]
at_once = hdf5.most_at_once(folder / "gzip.h5", threads=4)
assert at_once == 1
reveal("reads at the same time, four threads", at_once)

# %% [markdown]
# Each process has its own library, with a lock of its own. Zarr has no such lock: it shares no C library's state between threads.
#
# ## 10. h5py, PyTables or Zarr?
#
# An HDF5 file belongs to no library. The table that PyTables wrote is a dataset of records for h5py, and MATLAB, R, Julia, C, Java and Fortran read it as well. HDF5 files are known by eight bytes, which stand at the start. (A file may have a *user block* before them, as those of MATLAB do: then they stand at byte 512, 1024, 2048 or further. `h5py.is_hdf5` looks there.)

# %% tags=["claim:E8"]
with h5py.File(path) as file:
    print(file["particles"].dtype)
    pressure = file["particles"]["pressure"][:5]
with tables.open_file(path) as file:
    assert np.array_equal(pressure, file.root.particles.cols.pressure[:5])
with open(path, "rb") as file:
    assert file.read(8) == b"\x89HDF\r\n\x1a\n"

# %% [markdown]
# | you need | take | because |
# |---|---|---|
# | many named arrays in one file, exchange with other languages | **h5py** | HDF5 is old, stable, and read everywhere |
# | records: append, ask with conditions, index | **PyTables** | conditions run in compiled code; indexes live in the file |
# | several processes that write at once | **Zarr** | no lock on the whole: chunks, or shards, are separate objects |
# | data in [object storage](../docs/glossary.md#object-storage), many readers far away | **Zarr** | a chunk is one or two requests, several under way at once; HDF5 reads one piece after the other |
# | many threads in one process | **Zarr** | h5py has one lock around the HDF5 library |
# | to move or archive the data as one piece | **h5py** or **PyTables** | one file, not thousands |
# | the operating system's page cache, shared by processes | a [memmap](../docs/glossary.md#memmap) | see lesson [02](02_memory_mapping.ipynb) |
#
# Zarr is the newer of the two and more flexible: the store can be a directory, an archive, a bucket or a dictionary. HDF5 is the one that every program knows.

# %% [markdown]
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
# Nothing. The loop goes round 30 MiB, and a cache that drops the chunk unused for longest has always just dropped the one that comes next. It has to hold all 30 chunks. Set <code>rdcc_nbytes</code> to 32 MiB, or read blocks of rows.
# </details>
#
# **3.** A colleague adds an index to a column and asks for 1 % of the rows, which lie scattered. It got slower. Why?
#
# <details><summary>Answer</summary>
# With hundreds of rows in a chunk, 1 % of the rows means that almost every chunk holds a hit. All chunks are read anyway, the index on top of them, and perhaps the chunks a second time to return the rows.
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
# - One file holds a tree of named datasets with attributes. `ds[...]` reads, `.value` is gone.
# - A slice of a contiguous dataset asks for its own bytes, and HDF5 reads them 64 KiB at a time; of a chunked one, the chunks it meets; of a compressed one, these chunks whole.
# - The chunk cache must hold all chunks that a loop comes back to. A little too small is as bad as none, and for raw chunks worse.
# - PyTables: describe, append, flush; `where` tests in compiled code with little memory; an index pays when the hits are in few chunks.
# - An EArray grows past the memory of its process.
# - One writer. Readers at the same time need SWMR and see what was flushed. Handles do not travel, threads queue.
#
# ## Further reading
#
# - h5py documentation: "Datasets", "Single Writer Multiple Reader (SWMR)", "File Objects"
# - HDF5 documentation: "Chunking in HDF5", "Improving I/O performance when working with HDF5 compressed datasets"
# - PyTables User's Guide: "Optimization tips", "Condition syntax"
#
# **Exercise:** [05 HDF5](../exercises/05_hdf5/05_hdf5.ipynb). **Next lesson:** [06 compression](06_compression.ipynb).

# %%
data.clear("05_hdf5")
