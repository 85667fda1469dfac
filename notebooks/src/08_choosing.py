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
# scorecard: bytes, requests, memory, descriptors. Read a decision tree off it.
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
# Each is opened by one line, and read by `[...]` afterwards:
#
# ```python
# np.load("table.npy", mmap_mode="r")
# h5py.File("table.h5")["t"]
# zarr.open_array("table.zarr", mode="r")
# zarr.open_array("s3://bucket/table.zarr", mode="r", storage_options={"endpoint_url": ...})
# ```
#
# An object store keeps bytes under keys. You ask for a key over the network and get the object, or a
# range of its bytes. S3 is the best known interface to such stores. We need no cloud: the next cell
# starts a small server with that interface on this machine. It writes down every request.

# %%
from course_lib import data
from course_lib.experiments.formats import Table
from course_lib.experiments.object_store import ObjectStore

folder = data.workspace("08")
server = ObjectStore()
table = Table(folder, server, days=2000, stations=2048)
print(table.shape, table.dtype, "- the server listens at", server.endpoint)

# %% tags=["claim:H2"]
from course_lib import plotting

stored = table.stored()
assert max(stored["Zarr"], stored["HDF5"]) < 0.75 * stored["memmap"]
assert stored["Zarr"] == stored["Zarr on S3"]
plotting.bars(stored, stored.values(), "bytes", title="What the table takes where it is stored")

# %% [markdown]
# Zarr takes the same bytes at home and on the server. It is the same code, writing the same keys; only
# the place changed. Are the chunks that one read needs the same too? Ask four kinds of
# [store](../docs/glossary.md#store) for one column.

# %%
from course_lib.predict import my_predictions, predict, reveal

# put your number in place of None
predict("chunks that one column needs, in any store", None, unit="chunks")

# %% tags=["claim:D4"]
from course_lib.experiments.stores import chunks_by_store

met = chunks_by_store(table, lambda array: array[:, 1000])
for kind, chunks in met.items():
    print(f"{kind:13} {len(chunks)} chunks: {chunks[0]} ... {chunks[-1]}")
assert len(met) == 4 and all(chunks == met["MemoryStore"] for chunks in met.values())
reveal("chunks that one column needs, in any store", len(chunks))

# %% [markdown]
# A store maps keys to bytes, and that is all Zarr asks of it. Directory, memory, one zip file, objects
# on a server: the chunks that a selection needs are the same.
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
# - **peak**: how far the memory of this process rose.
# - **[descriptors](../docs/glossary.md#file-descriptor)**: files that are open meanwhile.
#
# Metadata that is read on opening is left out.

# %%
from course_lib.experiments.scorecard import Scorecard

card = Scorecard()

# %% [markdown]
# ## 3. A stream of rows (workload 1)
#
# Day after day, one row at a time; here 8 of them. A row is 8 KiB, two pages. A chunk holds 256 rows
# of 256 stations, so a row crosses 8 chunks.

# %%
# put your number in place of None
predict("requests of Zarr for 8 single rows", None, unit="requests")

# %%
predict("requests of HDF5 for 8 single rows", None, unit="requests")  # and here

# %%
import numpy as np


def row_stream(array):
    return np.stack([array[day] for day in range(512, 520)])


costs = table.read(row_stream)
card.add("row stream", costs, calls=8)  # eight selections, one after the other
for name, cost in costs.items():
    print(f"{name:11} {cost}")

# %% tags=["claim:H1"]
from course_lib.measure import exactly

print(exactly("pages of 8 rows", costs["memmap"].requests, 17, "pages"))
print(exactly("chunks that Zarr read", costs["Zarr"].requests, 8 * 8, "chunks"))
assert costs["HDF5"].requests < 16
opened = [costs[name].descriptors for name in ("memmap", "HDF5", "Zarr")]
assert opened in ([1, 1, 0], [None, None, None])

# %%
reveal("requests of Zarr for 8 single rows", costs["Zarr"].requests)

# %%
reveal("requests of HDF5 for 8 single rows", costs["HDF5"].requests)

# %% [markdown]
# The mapped file reads what the rows take, and one page more because the header shifts them. HDF5 reads
# each chunk once, since its [chunk cache](../docs/glossary.md#chunk-cache) remembers it for the next
# row; the extra request is its index. Zarr has no such cache by default: *every* row reads 8 whole chunks.
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

# %%
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
import zarr
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
# ## 6. Many readers (workload 4)
#
# Three processes hold the same 512 rows, 4 MiB, at the same time. Memory is now the growth of
# [PSS](../docs/glossary.md#pss) of all three together: a page that they share counts once.

# %%
# put your number in place of None
predict("MiB that three processes need for the same 4 MiB, mapped", None, unit="MiB")

# %% tags=["claim:H1"]
from course_lib.experiments.holding import many_readers
from course_lib.units import MiB

costs = many_readers(table, slice(0, 512), n=3)
card.add("many readers", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
peaks = {name: cost.peak for name, cost in costs.items()}
assert None in peaks.values() or 2 * peaks["memmap"] < min(
    peaks["HDF5"], peaks["Zarr"], peaks["Zarr on S3"]
)

# %%
mapped = costs["memmap"].peak
reveal("MiB that three processes need for the same 4 MiB, mapped", mapped and round(mapped / MiB, 1))

# %% [markdown]
# The mapped pages are the pages of the cache: one copy for everybody, read from the disk once, and
# dropped by the system when memory is short. All the others decompress into memory of their own, so
# three readers hold three copies. Many processes, one file, parts of it: map.
#
# ## 7. Append a day (workload 5)
#
# One new row of 8 KiB at the end. Bytes and requests count reading *and* writing now.

# %%
# put your number in place of None
predict("KiB that Zarr reads and writes to append a row of 8 KiB", None, unit="KiB")

# %%
from course_lib.experiments.appending import append_row

costs = append_row(table, np.full(2048, 20.0))
card.add("append a row", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
print(exactly("bytes that the .npy file needs", costs["memmap"].bytes, 128 + 8192, "bytes"))
assert min(costs["HDF5"].bytes, costs["Zarr"].bytes) > 50 * costs["memmap"].bytes

# %%
reveal("KiB that Zarr reads and writes to append a row of 8 KiB", round(costs["Zarr"].bytes / 1024))

# %% [markdown]
# The raw file gets a row at its end, and a new shape in its header. The chunked formats read the 8
# chunks at the lower edge, decompress them, change one row in each, compress them and write them back.
# Collect a chunk's worth of rows, 256 days here, and append them at once: then nothing is read back.
#
# ## 8. The data is remote (workload 6)
#
# The same column, but all files are on the server now. Each format does what it can.
#
# - A memmap needs a file of this machine. So: fetch the whole object, then map.
# - `h5py` reads through a file object of the client library, as if it were a file.
# - The Zarr *directory* is copied with all its objects, then read at home.
# - Zarr on S3 asks for the chunks that it needs.

# %%
# put your number in place of None
predict("MiB that Zarr on S3 fetches for one column", None, unit="MiB")

# %% tags=["claim:H2", "claim:D4"]
from course_lib.experiments.remote import read_remote, upload

upload(table)
costs = read_remote(table, lambda array: array[:, 1000])
card.add("remote column", costs)
for name, cost in costs.items():
    print(f"{name:11} {cost}")
assert costs["memmap"].bytes >= table.nbytes and costs["Zarr on S3"].requests == 16
assert card.best("remote column", "bytes") == ["Zarr on S3"]

# %%
reveal("MiB that Zarr on S3 fetches for one column", round(costs["Zarr on S3"].bytes / MiB, 1))

# %% [markdown]
# HDF5 made few requests, and yet about the whole file came: the file object reads ahead in blocks of 50
# MiB, far more than this file has. That is right for a file that is read from start to end. That can be switched off:

# %%
from course_lib.experiments.remote import hdf5_without_readahead

piecewise = hdf5_without_readahead(table, lambda array: array[:, 1000])
print("HDF5, reading ahead:  ", costs["HDF5"])
print("HDF5, piece by piece: ", piecewise)
assert piecewise.bytes < costs["HDF5"].bytes and piecewise.requests > costs["HDF5"].requests

# %% [markdown]
# Fewer bytes, nearly as few as Zarr's, and more requests. HDF5 sends them one after the other: its library
# reads one piece, waits, and then reads the next. Zarr's chunks *are* objects with names that follow from
# the selection, so it asks for several at once.
#
# ## 9. The scorecard
#
# Everything you measured, darker is more:

# %%
plotting.show(card.picture("bytes", title="Bytes from or to the storage"))
plotting.show(card.picture("requests", title="Requests"))

# %%
plotting.show(card.picture("peak", title="Memory: growth of this process, or of three readers"))
plotting.show(card.picture("descriptors", title="Files open meanwhile"))

# %% [markdown]
# A mapped file and an open HDF5 file keep a descriptor. Zarr opens the file of a chunk, reads it and closes
# it, so nothing stays open. (The readers of workload 4 closed HDF5 after reading, too.)
#
# No column is light everywhere. Bytes and requests pull in different directions: on a fast disk the
# bytes hardly matter, over a network each request waits. A
# [virtual clock](../docs/glossary.md#virtual-clock) joins the two: `latency +
# bytes / bandwidth` for each request. Zarr waits for several at once; a setting says how many. But
# only chunks of *one* selection go together. A loop over points or rows waits for each before it asks for
# the next. And on S3 the GET of an object waits for its HEAD.

# %% tags=["claim:H3"]
from course_lib import slowdisk

under_way = zarr.config.get("async.concurrency")
print("Zarr keeps up to", under_way, "requests under way")
at_once = {"Zarr": under_way, "Zarr on S3": under_way}
in_turn = {"Zarr on S3": 2}
# An object store cannot be mapped; only the copy of the whole file has a time there.
no_map = [(work, "memmap") for work in card.rows if work != "remote column"]
plotting.show(card.clock(slowdisk.SSD, at_once, in_turn))
plotting.show(card.clock(slowdisk.HARD_DISK, at_once, in_turn))
plotting.show(card.clock(slowdisk.OBJECT_STORE, at_once, in_turn, impossible=no_map))
on_store = dict(zip(card.rows, card.seconds(slowdisk.OBJECT_STORE, at_once, in_turn, no_map)))
local_zarr = card.formats.index("Zarr")
assert on_store["random points"][local_zarr] > 50 * slowdisk.OBJECT_STORE.latency
assert on_store["column series"][local_zarr] < 2 * slowdisk.OBJECT_STORE.latency

# %% [markdown]
# The clock is harsh to the mapped file: every page waits. A real disk reads ahead, so that pages that
# follow each other come together; the pages of a column do not. What it
# shows is how much a format *depends* on the medium. Follow the column series and the random points through
# the three pictures. The clock leaves out the processor: HDF5 and Zarr also decompress, memmap does not.
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

# %%
worst = {}
for column, name in enumerate(card.formats):
    times = {work: row[column] / min(row) for work, row in zip(card.rows, card.values("bytes"))}
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
# ![Decision tree: remote data leads to Zarr; slices along several axes or too little space on the disk leads to HDF5 or Zarr; many processes or more data than memory leads to memmap; otherwise np.load.](figures/08_choosing.svg)
#
# Walk down the tree with your card:
#
# 1. *Remote?* In the row "remote column" Zarr on S3 wins. HDF5 without readahead needs about as many bytes
#    and requests, but it waits for each of them.
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
# - Count bytes and requests, peak memory and descriptors, for *your* workload.
# - memmap: parts of one local file, in storage order or at random, by many processes, appended to.
# - HDF5: one file with many datasets, compressed, with a chunk cache for neighbouring reads.
# - Zarr: slices along any axis, compressed, remote. Read and write whole chunks.
# - The medium decides whether bytes or requests matter.
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

# %%
server.stop()
data.clear("08")
