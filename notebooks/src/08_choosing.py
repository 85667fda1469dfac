# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Choose a format by measuring
#
# **Do:** put one table into four formats. Run six workloads on each, and enter what they cost into a
# scorecard: bytes, requests, work for the processor, memory. Read a decision tree off it.
#
# **Learn**
# - why no format wins everywhere;
# - which questions decide;
# - what changes when the data is not on this machine.
#
# **Need:** [memmap](../docs/glossary.md#memmap) (lesson [02](02_memory_mapping.ipynb)),
# [chunks](../docs/glossary.md#chunk) and Zarr ([04](04_zarr_chunks.ipynb)), HDF5 ([05](05_hdf5.ipynb)). Lesson
# [06](06_compression.ipynb): compression trades bytes for work.

# %%
from course_lib import machine

machine.card()

# %% [markdown]
# ## 1. The table and its four homes
#
# 2,000 days of temperature at 2,048 stations: one row a day, one column a station. The four homes:
#
# - **memmap**: a `.npy` file, mapped. Raw values in [C order](../docs/glossary.md#c-order).
# - **HDF5**: one file, in chunks of 256 x 256 values, shuffled and compressed.
# - **Zarr**: a directory with one file for each chunk, the same chunks, compressed.
# - **Zarr on S3**: the same objects in an [object store](../docs/glossary.md#object-storage).
#
# An object store keeps bytes under keys. You ask for a key over the network and get the object, or a
# range of its bytes. S3 is the best known interface to such stores. We need no cloud: the next cell
# starts a small server with that interface on this machine. It writes down every request.

# %%
import h5py
import numpy as np
import zarr

from course_lib import data, plotting, practice
from course_lib.experiments.formats import Table, days_by_stations
from course_lib.experiments.object_store import ObjectStore

folder = data.workspace("08")
server = ObjectStore()
values = days_by_stations(days=2000, stations=2048)
print(values.shape, values.dtype, "- the server listens at", server.endpoint)

# %%
np.save(folder / "table.npy", values)
with h5py.File(folder / "table.h5", "w") as file:
    file.create_dataset(
        "t", data=values, chunks=(256, 256), maxshape=(None, None), compression="gzip", shuffle=True
    )
layout = {"shape": values.shape, "dtype": values.dtype, "chunks": (256, 256), "overwrite": True}
zarr.create_array(folder / "table.zarr", **layout)[:] = values
zarr.create_array("s3://course/table.zarr", storage_options=server.options, **layout)[:] = values
del values

# %% [markdown]
# Each is opened by one line, and read by `[...]` afterwards. `np.load` with `mmap_mode` makes an
# `np.memmap` and knows shape and dtype from the header; for a raw file you give them yourself.
# `server.options` holds what a store wants to know: address, keys, region.

# %%
opened = {
    "memmap": np.load(folder / "table.npy", mmap_mode="r"),
    "memmap, raw": np.memmap(folder / "table.npy", "f4", mode="r", offset=128, shape=(2000, 2048)),
    "HDF5": h5py.File(folder / "table.h5")["t"],
    "Zarr": zarr.open_array(folder / "table.zarr", mode="r"),
    "Zarr on S3": zarr.open_array("s3://course/table.zarr", mode="r", storage_options=server.options),
}
for name, array in opened.items():
    print(f"{name:12} {type(array).__name__:8} {array.shape}, {array[1000, 5]:.2f} degrees")
opened["HDF5"].file.close()
del opened, array

# %% tags=["claim:H2", "hide-input"]
table = Table(folder, server, shape=(2000, 2048))
stored = table.stored()
assert max(stored["Zarr"], stored["HDF5"]) < 0.75 * stored["memmap"]
assert stored["Zarr"] == stored["Zarr on S3"]
plotting.bars(stored, stored.values(), "bytes", title="What the table takes where it is stored")

# %% [markdown]
# Zarr takes the same bytes at home and on the server. It is the same code, writing the same keys; only
# the place changed.
#
# ## 2. How the card counts
#
# A *workload* is a function. It gets something that can be sliced like an array, and returns the
# values that it took. `table.read(workload)` runs it on all four and checks that they agree.
#
# - **bytes**: what came from the storage. For the mapped file these are pages, with
#   [readahead](../docs/glossary.md#readahead) switched off: what is needed and nothing else.
# - **requests**: how often the storage was asked. For the mapped file each page is one. On S3 the
#   server counts.
# - **coded**: bytes of chunks that the processor decompressed, or compressed. A value of a chunk
#   costs the whole chunk. This is the processor's share, and it takes time even where the disk takes none.
# - **peak**: how far the memory of this process rose.
# - **[descriptors](../docs/glossary.md#file-descriptor)**: files that are open meanwhile.
#
# Metadata that is read on opening is left out.

# %%
from course_lib.experiments.scorecard import Scorecard
from course_lib.predict import my_predictions, predict, reveal

card = Scorecard()

# %% [markdown]
# ## 3. A stream of rows (workload 1)
#
# Day after day, one row at a time; here 8 of them. A row is 8 KiB, two pages. A chunk holds 256 rows
# of 256 stations, so a row crosses 8 chunks. Zarr keeps no chunk for the next selection. HDF5 does, in its
# [chunk cache](../docs/glossary.md#chunk-cache); and it reads its index of the chunks once.

# %%
# put your number in place of None
predict("requests of Zarr for 8 single rows", None, unit="requests")

# %%
predict("requests of HDF5 for 8 single rows", None, unit="requests")  # and here

# %%
def row_stream(array):
    return np.stack([array[day] for day in range(512, 520)])


costs = table.read(row_stream)
card.add("row stream", costs, calls=8)  # eight selections, one after the other
for name, cost in costs.items():
    print(f"{name:11} {cost}")

# %% tags=["claim:H1", "hide-input"]
from course_lib.measure import exactly

print(exactly("pages of 8 rows", costs["memmap"].requests, 17, "pages"))
print(exactly("chunks that Zarr read", costs["Zarr"].requests, 8 * 8, "chunks"))
assert costs["HDF5"].requests < 16
assert costs["Zarr"].coded == 64 * 256 * 256 * 4 > 7 * costs["HDF5"].coded
opened = [costs[name].descriptors for name in ("memmap", "HDF5", "Zarr")]
assert opened in ([1, 1, 0], [None, None, None])
print(reveal("requests of Zarr for 8 single rows", costs["Zarr"].requests))
print(reveal("requests of HDF5 for 8 single rows", costs["HDF5"].requests))

# %% [markdown]
# The mapped file reads what the rows take, and one page more because the header shifts them. HDF5 reads
# each chunk once, and its index. In Zarr, which has no such cache by default, *every* row reads and
# decompresses 8 whole chunks.
#
# That is not Zarr's last word. Ask for the 8 rows in one selection:

# %%
costs = table.read(lambda array: array[512:520])
card.add("rows as block", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
assert costs["Zarr"].requests == 8

# %% [markdown]
# A stream over chunks should go chunk by chunk, and hand the rows out from memory.
#
# Look at the two lines of Zarr: on the server there are twice as many requests. For each object the
# client library s3fs, in the release used here, first asks how large it is (HEAD), then fetches it
# (GET). Its option `max_concurrency=1` leaves the HEAD out. Count what the *server*
# sees, not what the library says.
#
# ## 4. The series of one column (workload 2)
#
# All days of one station: 2,000 values, 8 kB of data.

# %%
# put your number in place of None
predict("requests of the mapped file for one column", None, unit="requests")

# %% tags=["claim:H2"]
costs = table.read(lambda array: array[:, 1000])
card.add("column series", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
print(exactly("pages of one column", costs["memmap"].requests, 2000, "pages"))
print(exactly("chunks of one column", costs["Zarr"].requests, 8, "chunks"))
reveal("requests of the mapped file for one column", costs["memmap"].requests)

# %% [markdown]
# In the mapped file each value lies on another page: half of the file is read. Chunks serve both
# directions equally well, and neither perfectly. If slices run along different axes, chunk.
#
# ## 5. Random points (workload 3)
#
# Fifty single values, anywhere.

# %% tags=["claim:H1"]
places = np.random.default_rng(8).integers(0, table.shape, size=(50, 2)).tolist()
costs = table.read(lambda array: np.array([array[day, station] for day, station in places]))
card.add("random points", costs, calls=50)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
assert costs["memmap"].requests <= 50 and costs["Zarr"].requests == 50
assert card.best("random points", "bytes") == ["memmap"]

# %% [markdown]
# A point costs a page in the mapped file, a chunk elsewhere. With chunks of this size that is many
# times the bytes. HDF5 read fewer chunks than there are points: some points shared a chunk
# that was still in the cache.
#
# The loop has a second price: each point is a selection of its own, and the next one waits for it. Zarr
# takes all points in one selection with `vindex`. Then a chunk is read once, and several are under way
# at a time.

# %% tags=["claim:H1"]
from course_lib.recording import recording_store

store = recording_store(table.zarr)
array = zarr.open_array(store, mode="r")
store.log.clear()
days, stations = np.transpose(places)
points = array.vindex[days, stations]
met = {(day // 256, station // 256) for day, station in places}
assert np.array_equal(points, costs["Zarr"].value)
exactly("chunks read with vindex", len(store.log.chunks), len(met), "chunks")

# %% [markdown]
# Other questions cannot be put as one selection. Then keep whole chunks yourself: `array.blocks[i, j]`
# reads one, by its place in the grid. At the lower and right edge it is cut to the array.
#
# **Your turn: each chunk once.** Return the values at `places`, a list of `(row, column)`. Read each chunk
# with `array.blocks`, and none twice.
#
# <details><summary>Hint</summary>
# Keep chunks in a dict by <code>(row // h, column // w)</code>, where <code>h, w = array.chunks</code>. The
# value stands at <code>[row % h, column % w]</code> of its chunk.
# </details>

# %% turn="points_of"
def points_of(array, places):
    """Return the values at some places of a Zarr array, as a list."""
    ### BEGIN SOLUTION
    (h, w), kept, values = array.chunks, {}, []
    for row, column in places:
        index = (row // h, column // w)
        if index not in kept:
            kept[index] = array.blocks[index]
        values.append(kept[index][row % h, column % w])
    return values
    ### END SOLUTION

# %%
def chunks_read():
    store.log.clear()
    points_of(array, places)
    return store.log.requests

practice.check(
    points_of,
    ("the 50 points", lambda: points_of(array, places), list(points), "Divide for the chunk, take the rest for the place in it."),
    ("the last value", lambda: points_of(array, [(1999, 2047)]), list(array[1999, 2047:]), "The chunk at the edge has fewer rows; the rest of the division is the same."),
    ("chunks read for the 50 points", chunks_read, len(met), "Look into the dict first."),
)

# %% [markdown]
# ## 6. Many readers (workload 4)
#
# Three processes hold the same 512 rows, 4 MiB, at the same time. Memory is now the growth of
# [PSS](../docs/glossary.md#pss) of all three together: a page that they share counts once.

# %%
# put your number in place of None
predict("MiB that three processes need for the same 4 MiB, mapped", None, unit="MiB")

# %% tags=["claim:H1"]
import inspect

from course_lib.experiments import holding
from course_lib.units import MiB

print(inspect.getsource(holding.hold))
costs = holding.many_readers(table, slice(0, 512), n=3)
card.add("many readers", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")

# %% tags=["claim:H1", "hide-input"]
peaks = {name: cost.peak for name, cost in costs.items()}
assert None in peaks.values() or 2 * peaks["memmap"] < min(
    peaks["HDF5"], peaks["Zarr"], peaks["Zarr on S3"]
)
mapped = costs["memmap"].peak
reveal("MiB that three processes need for the same 4 MiB, mapped", mapped and round(mapped / MiB, 1))

# %% [markdown]
# The mapped pages are the pages of the cache: one copy for everybody, read from the disk once, and
# dropped by the system when memory is short. All the others decompress into memory of their own, so
# three readers hold three copies. Many processes, one file, parts of it: map.
#
# ## 7. Append a day (workload 5)
#
# One new row of 8 KiB at the end. Bytes and requests count reading *and* writing now. The lines:

# %%
from course_lib.experiments import appending


def to_hdf5(dataset, row):
    dataset.resize(dataset.shape[0] + 1, axis=0)
    dataset[-1] = row


def to_zarr(array, row):
    array.append(row[None])  # row[None] has two axes: one row, all columns


print(inspect.getsource(appending.append_to_npy))

# %% [markdown]
# The table has 2,000 rows in chunks of 256, so the chunks of the last row hold other rows already, and a
# chunk is read and written whole. Zarr counts each reading and each writing of a chunk as a request.

# %%
# put your number in place of None
predict("requests of Zarr to append a row", None, unit="requests")

# %%
costs = appending.append_row(table, np.full(2048, 20, "f4"), to_hdf5, to_zarr)
card.add("append a row", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")

# %% tags=["claim:H2", "hide-input"]
print(exactly("bytes that the .npy file needs", costs["memmap"].bytes, 128 + 8192, "bytes"))
assert min(costs["HDF5"].bytes, costs["Zarr"].bytes) > 50 * costs["memmap"].bytes
assert costs["Zarr"].requests == 16
assert costs["HDF5"].coded == costs["Zarr"].coded == 16 * 256 * 256 * 4
reveal("requests of Zarr to append a row", costs["Zarr"].requests)

# %% [markdown]
# The raw file gets a row at its end, and a new shape in its header. The chunked formats read the 8
# chunks at the lower edge, decompress them, change one row in each, compress them and write them back.
#
# **Your turn: the price of an append.** A Zarr array has the shape `shape` and chunks `chunks`, both two
# numbers. Return how many chunks are read and how many are written, when one row is appended. A new chunk
# need not be read.
#
# <details><summary>Hint</summary>
# A row crosses <code>-(-columns // w)</code> chunks of width <code>w</code>: that is a division rounded up.
# They hold rows already if <code>rows % h</code> is not 0.
# </details>

# %% turn="append_cost"
def append_cost(shape, chunks):
    """Return (chunks read, chunks written) when one row is appended."""
    ### BEGIN SOLUTION
    across = -(-shape[1] // chunks[1])
    return (across if shape[0] % chunks[0] else 0), across
    ### END SOLUTION

# %%
practice.check(
    append_cost,
    ("this table", lambda: append_cost((2000, 2048), (256, 256)), (8, 8), "Eight chunks across, all with older rows."),
    ("2,048 rows", lambda: append_cost((2048, 2048), (256, 256)), (0, 8), "The row begins new chunks: nothing is read."),
    ("a chunk at the right edge", lambda: append_cost((10, 100), (4, 30)), (4, 4), "A part of a chunk is a chunk."),
)

# %% [markdown]
# So write whole chunks: collect 256 days here, and append them at once. Then nothing is read back. Data
# that arrives in blocks of any length is treated alike.
#
# **Your turn: write each chunk once.** `blocks` is a list of arrays that together have all rows of `z`, a
# Zarr array. Write them into `z`, in slices that begin and end where chunks do.
#
# <details><summary>Hint</summary>
# Join what waits and the next block with <code>np.concatenate</code>. Of these rows,
# <code>len(waiting) // h * h</code> make whole chunks; the others wait on. The last ones are written at
# the end.
# </details>

# %% turn="fill"
def fill(z, blocks):
    """Write blocks of rows into a Zarr array, each chunk once."""
    ### BEGIN SOLUTION
    h, done, waiting = z.chunks[0], 0, blocks[0][:0]
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        whole = len(waiting) // h * h
        z[done : done + whole] = waiting[:whole]
        done, waiting = done + whole, waiting[whole:]
    z[done:] = waiting
    ### END SOLUTION

# %%
from course_lib.experiments.chunk_writes import RecordingWrites


def filled(lengths):
    store, rows = RecordingWrites(), np.arange(1, 1 + 6 * sum(lengths), dtype="i4").reshape(-1, 6)
    z = zarr.create_array(store, shape=rows.shape, chunks=(4, 3), dtype="i4")
    fill(z, np.split(rows, np.cumsum(lengths)[:-1]))
    calls = [call for call, *_ in store.log]
    return bool((z[:] == rows).all()), calls.count("get"), calls.count("set")

practice.check(
    fill,
    ("right values, chunks read, written", lambda: filled([3, 4, 3]), (True, 0, 6), "Three rows of two chunks. A part of a chunk has to wait for the rest."),
    ("a block of several chunks", lambda: filled([1, 13, 2]), (True, 0, 8), "One block may hold many whole chunks."),
)

# %% [markdown]
# Where readers want each day at once, let the newest rows wait in an array of their own. A *group* keeps
# both together: `zarr.create_group` and `zarr.open_group` in Zarr, `file.create_group` in h5py.

# %%
group = zarr.create_group(folder / "days.zarr", overwrite=True)
group.create_array("old", shape=(8, 6), chunks=(4, 6), dtype="f4")
group.create_array("new", shape=(0, 6), chunks=(1, 6), dtype="f4")
days = zarr.open_group(folder / "days.zarr", mode="r+")
for day in (1, 2, 3, 4):
    days["new"].append(np.full((1, 6), day, "f4"))
print(sorted(days.array_keys()), days["old"].shape, days["new"].shape)
with h5py.File(folder / "days.h5", "w") as file:
    options = {"maxshape": (None, 6), "chunks": (1, 6), "dtype": "f4"}
    file.create_group("days").create_dataset("new", shape=(0, 6), **options)
    print("h5py:", file["days/new"])

# %% [markdown]
# **Your turn: move the new rows.** Append all rows of `group["new"]` to `group["old"]`, then make the new
# array empty. Nobody who is interrupted in between may lose a row. Return the shapes of both.
#
# <details><summary>Hint</summary>
# <code>append</code> wants an array in memory: <code>new[:]</code>. <code>resize</code> takes the new shape,
# <code>(0, 6)</code> here; keep the number of columns of the array.
# </details>

# %% turn="move_rows"
def move_rows(group):
    """Move all rows from "new" to "old", and return both shapes."""
    ### BEGIN SOLUTION
    old, new = group["old"], group["new"]
    old.append(new[:])
    new.resize((0, new.shape[1]))
    return old.shape, new.shape
    ### END SOLUTION

# %%
def moved():
    group = zarr.create_group(RecordingWrites())
    for name, rows in (("old", 8), ("new", 4)):
        group.create_array(name, shape=(rows, 6), chunks=(4, 6), dtype="f4")[:] = rows
    shapes = move_rows(group)
    return shapes, group["old"][:, 0].tolist()

practice.check(
    move_rows,
    ("shapes", lambda: moved()[0], ((12, 6), (0, 6)), "append changes the shape of old; resize that of new."),
    ("rows of old", lambda: moved()[1], [8.0] * 8 + [4.0] * 4, "Append first, then empty: the other way round the rows are gone."),
)

# %% [markdown]
# ## 8. The data is remote (workload 6)
#
# The same column, but all files are on the server now. `files` does with the server's objects what `open`
# does with files: it is an `s3fs.S3FileSystem`. Each format does what it can.

# %%
files = server.files()
for name in ("table.npy", "table.h5"):
    files.put_file(str(folder / name), f"course/{name}")


def copied_and_mapped(task):  # a map needs a file of this machine
    files.get_file("course/table.npy", str(folder / "copy.npy"))
    return task(np.load(folder / "copy.npy", mmap_mode="r"))


def hdf5_on_s3(task, **options):
    with files.open("course/table.h5", "rb", **options) as file, h5py.File(file) as h5:
        return task(h5["t"])

# %%
def zarr_copied(task):
    files.get("course/table.zarr", str(folder / "copy.zarr"), recursive=True)
    return task(zarr.open_array(folder / "copy.zarr", mode="r"))


def zarr_on_s3(task, **options):
    # Without zarr_format Zarr asks for the metadata of the old format, too.
    how = {"mode": "r", "zarr_format": 3, "storage_options": server.options | options}
    return task(zarr.open_array("s3://course/table.zarr", **how))


ways = {"memmap": copied_and_mapped, "HDF5": hdf5_on_s3, "Zarr": zarr_copied, "Zarr on S3": zarr_on_s3}

# %% [markdown]
# A column took 8 chunks of Zarr, the row "column series" says how many bytes. Zarr on S3 also reads the
# metadata, a few hundred bytes: over a network, opening counts, too.

# %%
# put your number in place of None
predict("MiB that Zarr on S3 fetches for one column", None, unit="MiB")

# %% tags=["claim:H2", "claim:D4"]
def column(array):
    return array[:, 1000]


opening = table.over_network({"Zarr on S3": zarr_on_s3}, lambda array: 0)["Zarr on S3"].requests
costs = table.over_network(ways, column)
card.add("remote column", costs, opening={"Zarr on S3": opening})
for name, cost in costs.items():
    print(f"{name:11} {cost}")
assert costs["memmap"].bytes >= table.nbytes and costs["Zarr on S3"].requests == opening + 16
assert card.best("remote column", "bytes") == ["Zarr on S3"]
reveal("MiB that Zarr on S3 fetches for one column", round(costs["Zarr on S3"].bytes / MiB, 1))

# %% [markdown]
# HDF5 made few requests, and yet about the whole file came: the file object of s3fs reads ahead in blocks
# of 50 MiB, and this file has 9. That is right for a file that is read from start to end. It can be
# switched off, and so can the HEAD of each object:

# %% tags=["claim:H2"]
tuned = table.over_network(
    {
        "HDF5": lambda task: hdf5_on_s3(task, cache_type="none"),
        "Zarr on S3": lambda task: zarr_on_s3(task, max_concurrency=1),
    },
    column,
)
opening = {"Zarr on S3": tuned["Zarr on S3"].requests - 8}
card.add("remote, tuned", tuned, opening=opening, in_turn={})  # no HEAD before a GET
for name, cost in tuned.items():
    print(f"{name:11} {cost}")
assert tuned["HDF5"].bytes < costs["HDF5"].bytes and tuned["HDF5"].requests > costs["HDF5"].requests
assert card.best("remote, tuned", "bytes") == ["HDF5", "Zarr on S3"]

# %% [markdown]
# Now HDF5 needs nearly as few bytes as Zarr. (The peak of Zarr is that of another s3fs client, made for the
# option.) What differs is the waiting: the HDF5 library reads one
# piece, waits, and then reads the next. Zarr's chunks *are* objects with names that follow from
# the selection, so it asks for several at once.
#
# ## 9. The scorecard
#
# Everything you measured, darker is more:

# %%
plotting.show(card.picture("bytes", title="Bytes from or to the storage"))
plotting.show(card.picture("requests", title="Requests"))
plotting.show(card.picture("coded", title="Decompressed or compressed: the processor's share"))

# %%
plotting.show(card.picture("peak", title="Memory: growth of this process, or of three readers"))
plotting.show(card.picture("descriptors", title="Files open meanwhile"))

# %% [markdown]
# A mapped file and an open HDF5 file keep a descriptor. Zarr opens the file of a chunk, reads it and closes
# it, so nothing stays open. (The readers of workload 4 closed HDF5 after reading, too.)
#
# No column is light everywhere. Bytes and requests pull in different directions: on a fast disk the
# bytes hardly matter, over a network each request waits. And the coded bytes take the processor's time,
# on any disk. How much? That of all its threads together, for the whole table:

# %% tags=["claim:H2"]
import time


def coded_a_second(array):
    start = time.process_time()
    array[:]
    return 8 * 8 * 256 * 256 * 4 / (time.process_time() - start)


with h5py.File(folder / "table.h5") as file:
    print(f"HDF5, gzip: {coded_a_second(file['t']) / MiB:6.0f} MiB/s")
print(f"Zarr, zstd: {coded_a_second(zarr.open_array(folder / 'table.zarr', mode='r')) / MiB:6.0f} MiB/s")
column_costs = card.rows["column series"]
assert column_costs["memmap"].coded == 0
assert column_costs["HDF5"].coded == column_costs["Zarr"].coded == 8 * 256 * 256 * 4

# %% [markdown]
# A [virtual clock](../docs/glossary.md#virtual-clock) joins the three: `latency + bytes / bandwidth` for each
# request, and coded bytes by the speed that we set below; put in that of your machine. Zarr waits for
# several requests at once; a setting says how many. But only chunks of *one* selection go together. A loop
# over points or rows waits for each before it asks for the next. And on S3 the GET of an object waits for
# its HEAD.

# %% tags=["claim:H3"]
from course_lib import slowdisk

coding = {"HDF5": 200 * MiB, "Zarr": 500 * MiB, "Zarr on S3": 500 * MiB}
under_way = zarr.config.get("async.concurrency")
print("Zarr keeps up to", under_way, "requests under way")
clock = {"at_once": {"Zarr": under_way, "Zarr on S3": under_way}, "in_turn": {"Zarr on S3": 2}, "coding": coding}
# An object store cannot be mapped; only the copy of the whole file has a time there.
no_map = [(work, "memmap") for work in card.rows if work != "remote column"]
plotting.show(card.clock(slowdisk.SSD, **clock))
plotting.show(card.clock(slowdisk.HARD_DISK, **clock))
plotting.show(card.clock(slowdisk.OBJECT_STORE, impossible=no_map, **clock))

# %% tags=["claim:H3", "hide-input"]
on_store = dict(zip(card.rows, card.seconds(slowdisk.OBJECT_STORE, impossible=no_map, **clock)))
_, hdf5, local_zarr, remote_zarr = range(4)
assert on_store["random points"][local_zarr] > 50 * slowdisk.OBJECT_STORE.latency
assert on_store["column series"][local_zarr] < 2 * slowdisk.OBJECT_STORE.latency
assert on_store["remote, tuned"][hdf5] > 2 * on_store["remote, tuned"][remote_zarr]
rows_on_ssd = dict(zip(card.rows, card.seconds(slowdisk.SSD, **clock)))["row stream"]
assert rows_on_ssd[local_zarr] > 5 * rows_on_ssd[0]

# %% [markdown]
# The clock is harsh to the mapped file: every page waits. A real disk reads ahead, so that pages that
# follow each other come together; the pages of a column do not. What it
# shows is how much a format *depends* on the medium. Follow the column series and the random points through
# the three pictures. On the solid-state disk the processor decides: single rows cost Zarr and HDF5 most of
# their time in decompression, which memmap does not do.
#
# ## 10. Who wins?
#
# For each workload: the formats that need at most 1.5 times the least bytes.

# %% tags=["claim:H3"]
winners = {workload: card.best(workload, "bytes") for workload in card.rows}
for workload, names in winners.items():
    print(f"{workload:15} {', '.join(names)}")
assert winners["row stream"] == winners["append a row"] == ["memmap"]
assert "Zarr" in winners["column series"] and "memmap" not in winners["column series"]

# %% tags=["hide-input"]
worst = {}
for column, name in enumerate(card.formats):
    rows = dict(zip(card.rows, card.values("bytes")))
    rows = {work: row for work, row in rows.items() if None not in row}
    times = {work: row[column] / min(row) for work, row in rows.items()}
    work = max(times, key=times.get)
    worst[f"{name}: {work}"] = round(times[work])
plotting.bars(worst, worst.values(), "times the best", log=True, title="Worst case of each format")

# %% [markdown]
# The chunked formats are worst at appending one row, memmap at fetching the whole file for one remote
# column.
#
# People who work with such data often say: "Try Zarr first." The card says what is true about it. For
# slices along any axis, and for remote data, Zarr is with the winners, with one way of reading for all
# of them. Its bad cases, single rows and appending, are cured by reading and writing whole chunks. But
# memmap wins, by a wide margin, wherever parts of one local file are read along the order of the file or at
# single places.
#
# ![Decision tree: remote data leads to Zarr, or to HDF5 without readahead if the data is HDF5 already; slices along several axes or too little space on the disk leads to HDF5 or Zarr; many processes or more data than memory leads to memmap; otherwise np.load.](figures/08_choosing.svg)
#
# Walk down the tree with your card:
#
# 1. *Remote?* In the row "remote column" Zarr on S3 wins. In "remote, tuned" HDF5 needs about as many bytes,
#    but it waits for each request: see the clock of the object store. Where your archive is HDF5 already,
#    tune it before you convert it.
# 2. *Several axes, or is space short?* "column series" against "row stream"; the bars at the top.
# 3. *Many processes, or more data than memory?* "many readers", in the picture of memory.
# 4. Otherwise it fits, and `np.load` is the simplest thing that works.
#
# The tree gives a first guess. Your data and your workload decide, and you know how to measure them.
#
# ## 11. Now fill a row yourself
#
# Change the workload below to something that you would do with such a table, and run the cell. Which
# format wins, and could you have said so before?

# %%
costs = table.read(lambda array: array[300:330, 500:600])
card.add("your workload", costs)
print(card.best("your workload", "bytes"), {name: cost.requests for name, cost in costs.items()})

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# 1. A web service runs in eight processes on one machine. Each looks up single rows of a table of
#    20 GB. The machine has 32 GB. Which format, and why?
#
# <details><summary>Answer</summary>
# A mapped <code>.npy</code> file. A row costs a few pages, and all eight share one copy of them. With a
# chunked format each lookup would read and decompress whole chunks, and each process would keep its
# own.
# </details>
#
# 2. Someone maps a file that lies on S3 with `np.memmap("s3://...")`. What goes wrong?
#
# <details><summary>Answer</summary>
# Mapping is done by the system, page by page, from a file system of this machine. An object store is
# not one: it answers requests over the network. The object has to be fetched whole first, or the data
# stored in chunks, as Zarr does.
# </details>
#
# 3. A sensor delivers one row a minute. Appending to a Zarr array with chunks of 1,000 rows makes the disk
#    busy. Why, and what helps?
#
# <details><summary>Answer</summary>
# Each append reads, changes and rewrites every chunk of the last chunk row. Collect rows in memory, or
# in a raw file, and append a full chunk row at a time. Or write to a raw file during the day and
# convert it at night.
# </details>
#
# 4. Two formats need the same bytes; one needs 10 requests, the other 2,000. On your disk they are
#    equally fast. Your colleague reads them over a network and finds one of them 100 times slower.
#    Explain.
#
# <details><summary>Answer</summary>
# Each request waits for the latency. On a local solid-state disk that is a tenth of a millisecond, on
# a network tens of milliseconds. 2,000 requests one after the other wait for a minute. Bytes alone
# do not tell the time.
# </details>
#
# ## Recap
#
# - Count bytes, requests, coded bytes and peak memory, for *your* workload.
# - memmap: parts of one local file, in storage order or at random, by many processes, appended to.
# - HDF5: one file with many datasets, compressed, with a chunk cache for neighbouring reads.
# - Zarr: slices along any axis, compressed, remote. Read and write whole chunks.
# - The medium decides whether bytes, requests or the processor matter.
#
# ## Further reading
#
# - Zarr documentation: *Storage guide*, *Optimizing performance*
# - h5py documentation: *File Objects*, the part on Python file-like objects
# - Amazon S3 documentation: *Best practices design patterns*
# - *Cloud-Optimized Geospatial Formats Guide*: how others chose
#
# **Exercise:** the [capstone](../exercises/08_capstone/08_capstone.ipynb) gives you a workload, and you
# choose and build the storage. **Next lesson:** [09 beyond one machine](09_beyond_one_machine.ipynb).
#
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
server.stop()
data.clear("08")
