# %% [markdown]
# # Cut arrays into chunks with Zarr
#
# **Do:** store arrays in chunks, count every chunk that a read fetches, read one table along both axes, put the same array on a disk, into memory, into a zip file and into an object store, and let two writers spoil each other's work.
#
# **Learn**
# - what a chunk costs, and how to choose its shape;
# - where chunks can live, what shards are for, and why many reads at once hide a slow store;
# - which rule keeps parallel writers safe, and which advice about Zarr is out of date.
#
# **Need:** lesson [03](03_where_memmap_breaks.ipynb): a column of a memory-mapped table costs one page per row, or every page where rows are short, and nothing in the code shows it.

# %%
from course_lib import machine

machine.card()

# %% [markdown]
# ## 1. An array is metadata and chunks
#
# Zarr cuts an array into equal boxes, the [chunks](../docs/glossary.md#chunk), and stores each as an object of its own: a piece of bytes with a name, on a disk a file. Beside them lies a small text that describes the array: the *metadata*. Opening an array reads the metadata and nothing else.

# %% tags=["claim:D1"]
import numpy as np
import zarr

from course_lib import data, practice

place = data.workspace("04")
z = zarr.open(place / "first.zarr", mode="a", shape=(1024, 1024), chunks=(512, 512), dtype="int16")
z[:] = np.arange(1024 * 1024, dtype="int32").reshape(1024, 1024) % 1000
print(type(z), z.shape, z.chunks, z.dtype)
print(type(z[20:25, :3]))
assert isinstance(z, zarr.Array) and isinstance(z[20:25, :3], np.ndarray)

# %% [markdown]
# `z` is a `zarr.Array`: the description, not the numbers. A slice of it is an ordinary NumPy array in memory. Mode `"a"` means: open what is there, or make it. With `"r"` you only read, with `"w"` you begin anew.
#
# Mode `"a"` has two traps. Where an array is there already, the shape, chunks and dtype of the call are ignored without a word. And a mistyped name without a shape makes an empty *group*, Zarr's folder of arrays.

# %% tags=["claim:D1"]
again = zarr.open(place / "first.zarr", mode="a", shape=(10, 10), dtype="float64")
typo = zarr.open(place / "frist.zarr", mode="a")
print(again.shape, again.dtype, "-", type(typo).__name__)
assert again.shape == (1024, 1024) and again.dtype == "int16" and isinstance(typo, zarr.Group)

# %% [markdown]
# To read, `zarr.open_array(path, mode="r")` says what is missing; to make an array, the later sections use `zarr.create_array`, which refuses to touch one that is there.
#
# On the disk an array is a directory. Look inside:

# %% tags=["claim:D1"]
files = sorted(p for p in (place / "first.zarr").rglob("*") if p.is_file())
for file in files:
    print(f"{file.relative_to(place).as_posix():24}{file.stat().st_size:>8,} bytes")
print("codec:", z.compressors)
assert len(files) == 5 and (place / "first.zarr" / "c" / "0" / "0") in files

# %% [markdown]
# The name of a chunk is its place in the [chunk grid](../docs/glossary.md#chunk-grid): `c/1/0` is the second chunk down, the first across. The files are smaller than the numbers in them, because each chunk goes through a [codec](../docs/glossary.md#codec), which compresses it. The one printed here is the default, if you say nothing; `compressors=None` asks for none. Lesson 06 is about compression.
#
# ![Left: an array cut into a grid of chunks, with a row band and a column band that touch some of them. Middle: each chunk is one object with a key such as c/1/2. Right: with sharding, several chunks stand in one object with an index.](figures/04_chunks_and_shards.svg)

# %% [markdown]
# ## 2. Count what a read fetches
#
# A Zarr array lives in a [store](../docs/glossary.md#store): something that gives you bytes for a key. Every read goes through it. So we can put a store in between that writes down each key, and know exactly what was read.
#
# We select rows 100 to 199 and columns 500 to 599 of the array above. How many of the four chunks will Zarr fetch?

# %%
from course_lib.predict import my_predictions, predict, reveal

# Put your number in place of None.
predict("chunks for a box of 100 x 100", None, unit="chunks")

# %% tags=["claim:D2"]
from course_lib.recording import recording_store

store = recording_store(place / "first.zarr")
z = zarr.open_array(store, mode="r")
print("chunks read by opening the array:", store.log.chunks)
assert store.log.chunks == []
box = (slice(100, 200), slice(500, 600))
values = z[box]
print("chunks read by the selection:", store.log.chunks, store.log.bytes, "bytes")
assert store.log.chunks == ["c/0/0", "c/0/1"]

# %% tags=["hide-input"]
reveal("chunks for a box of 100 x 100", len(store.log.chunks))

# %%
from course_lib import plotting

plotting.show(plotting.access_map(z.shape, z.chunks, store.log.chunks, selection=box))

# %% [markdown]
# The box lies across a border, so two chunks came, each of them whole. That is the first law of chunks: **a chunk is read whole or not at all**, however little of it you want.

# %% [markdown]
# ## 3. One table, two directions, three chunk grids
#
# A table has 30,000 rows and 3,000 columns of int32. One program wants 100 rows, another 10 columns: the same number of values.

# %%
from course_lib.experiments import chunk_table
from course_lib.units import format_bytes

wanted = {"100 rows": (slice(0, 100), slice(None)), "10 columns": (slice(None), slice(0, 10))}
for name, chunks in chunk_table.GRIDS.items():
    print(f"{name:14} chunks of {chunks}, {format_bytes(chunks[0] * chunks[1] * 4)} each")
for name, selection in wanted.items():
    print(f"{name:14} {np.broadcast_to(0, chunk_table.SHAPE)[selection].size:,} values")

# %% [markdown]
# All chunks have the same size, and each holds as many values as one program wants. Only their shape differs.
#
# How many chunks does each read fetch?

# %%
# Put your number in place of None.
predict("chunks for 10 columns, row strips", None, unit="chunks")

# %%
# Put your number in place of None.
predict("chunks for 100 rows, squares", None, unit="chunks")

# %%
# Put your number in place of None.
predict("chunks for 10 columns, squares", None, unit="chunks")

# %% [markdown]
# The chunks are stored without compression here, so that the bytes can be compared with theory. Each table is written, read twice, and replaced by the next.

# %%
measured, touched = {}, {}
for grid, chunks in chunk_table.GRIDS.items():
    chunk_table.write(place / "table.zarr", chunks)
    print("wrote", grid)
    store = recording_store(place / "table.zarr")
    table = zarr.open_array(store, mode="r")
    for name, selection in wanted.items():
        store.log.clear()
        assert table[selection][5, 7] == 5 * 3_000 + 7
        measured[grid, name] = (len(store.log.chunks), store.log.bytes)
        touched[grid, name] = store.log.chunks

# %% tags=["claim:D3", "hide-input"]
from course_lib.explore import chunk_cost

for (grid, name), (chunks, nbytes) in measured.items():
    theory = chunk_cost(chunk_table.SHAPE, chunk_table.GRIDS[grid], wanted[name], itemsize=4)
    assert (chunks, nbytes) == (theory.chunks, theory.read)
    sizes = f"{format_bytes(nbytes)} read for {format_bytes(theory.wanted)} wanted"
    print(f"{name} from {grid}: {chunks} chunks, {sizes}")
assert [chunks for chunks, _ in measured.values()] == [1, 300, 300, 1, 5, 60]

# %% tags=["hide-input"]
print(reveal("chunks for 10 columns, row strips", measured["row strips", "10 columns"][0]))
print(reveal("chunks for 100 rows, squares", measured["squares", "100 rows"][0]))
print(reveal("chunks for 10 columns, squares", measured["squares", "10 columns"][0]))

# %% tags=["hide-input"]
plotting.show(plotting.heatmap(
    list(chunk_table.GRIDS), list(wanted),
    [[measured[grid, name][1] for name in wanted] for grid in chunk_table.GRIDS],
    "bytes", title="Bytes read"))

# %% tags=["hide-input"]
from matplotlib import pyplot

figure, panels = pyplot.subplots(2, 3, figsize=(11, 8), layout="constrained")
for (grid, name), panel in zip(touched, panels.T.flat):
    plotting.access_map(chunk_table.SHAPE, chunk_table.GRIDS[grid], touched[grid, name],
                        wanted[name], panel, f"{name}, {grid}")
plotting.show(panel)

# %% [markdown]
# Strips are perfect in one direction, and in the other they read the whole table. Squares are bearable in both. The bytes read for each byte wanted are called [amplification](../docs/glossary.md#amplification).
#
# So a chunk shape is a compromise, and you choose it by asking who reads. If you do not know, cut both axes equally often.
#
# The number of chunks needs no experiment. Along each axis it is the number of the last chunk that is met, minus that of the first, plus one. The read costs the product over the axes, times the bytes of a chunk:

# %% tags=["claim:D3"]
def chunks_met(start, stop, length):  # along one axis
    return (stop - 1) // length - start // length + 1

rows, columns = chunks_met(0, 100, length=500), chunks_met(0, 3000, length=600)
print(f"100 rows from squares: {rows} x {columns} chunks, {rows * columns * 500 * 600 * 4:,} bytes")
assert (rows * columns, rows * columns * 500 * 600 * 4) == measured["squares", "100 rows"]

# %% [markdown]
# **Your turn: chunks along one axis.** The formula holds for a step of 1. A larger step may jump over chunks. Return the numbers of the chunks that `part`, a slice, meets on an axis of `length` items: sorted, each once. `part.indices(length)` turns negative numbers and `None` into plain ones.
#
# <details><summary>Hint</summary>
# <code>range(*part.indices(length))</code> gives the items. Item i lies in chunk <code>i // chunk</code>.
# </details>

# %% turn="chunks_along"
def chunks_along(length, chunk, part):
    """Return the numbers of the chunks that a slice meets along one axis."""
    ### BEGIN SOLUTION
    items = range(*part.indices(length))
    return sorted({item // chunk for item in items})
    ### END SOLUTION

# %%
practice.check(
    chunks_along,
    ("100 rows from chunks of 500", lambda: chunks_along(30_000, 500, slice(0, 100)), [0], "Count chunks, not items."),
    ("across a border", lambda: chunks_along(1024, 512, slice(500, 600)), [0, 1], "Both chunks are met."),
    ("every 8th of 10, chunks of 3", lambda: chunks_along(10, 3, slice(None, None, 8)), [0, 2], "Chunk 1 holds none of the items 0 and 8."),
    ("the last 2 of 10, backwards", lambda: chunks_along(10, 4, slice(-1, -3, -1)), [2], "slice.indices does the work."),
    ("nothing", lambda: chunks_along(10, 4, slice(5, 5)), [], "An empty slice meets no chunk."),
)

# %% [markdown]
# ## 4. Turn the chunk shape yourself
#
# Move the sliders. Each shows the length of a chunk along one axis; the table below the picture counts for both programs. Try to find a shape that needs at most 20 chunks for either program. How large are its chunks, then?
#
# If you see no sliders, go on to the next cell: it does the same with numbers.

# %%
from course_lib.explore import explore_chunks

explore_chunks(chunk_table.SHAPE, itemsize=4, selections=wanted, chunks=(500, 600))

# %% tags=["hide-input"]
for chunks in ((500, 600), (1000, 300), (1500, 150), (3000, 300)):
    size = format_bytes(chunks[0] * chunks[1] * 4)
    costs = [chunk_cost(chunk_table.SHAPE, chunks, s, itemsize=4) for s in wanted.values()]
    rows, columns = (cost.chunks for cost in costs)
    print(f"chunks of {chunks}, {size} each: {rows} for 100 rows, {columns} for 10 columns")

# %% [markdown]
# Two forces limit the size of a chunk. Small chunks mean many objects, and each costs a request and its waiting time. Large chunks mean that a small read fetches much that nobody wants, and that a chunk must fit into memory whole. Between 1 and 10 MB is a usual place to begin, and for a store across a network rather more; section 6 shows why.

# %% [markdown]
# ## 5. Nothing about it is Python
#
# You may read that Zarr can only be used from Python. The format is written down in an open specification, and there are implementations in C++, Rust, Java, JavaScript and Julia. You can be one yourself: the metadata is JSON, and a chunk without compression is nothing but numbers. The next cell reads a chunk without Zarr.

# %% tags=["claim:D5"]
import json

folder = place / "table.zarr"
meta = json.loads((folder / "zarr.json").read_text())
for key in ("zarr_format", "shape", "data_type", "chunk_grid", "codecs"):
    print(f"{key:12}", meta[key])
# The last table that section 3 wrote was the one in squares, (500, 600).
by_hand = np.fromfile(folder / "c" / "0" / "1", dtype="<i4").reshape(500, 600)
assert np.array_equal(by_hand, table[:500, 600:1200])

# %% [markdown]
# ## 6. Where the chunks live
#
# A store needs to do very little: give the bytes of a key, take bytes for a key, list its keys. A directory can do that, and so can a dictionary, a zip file, and an [object storage](../docs/glossary.md#object-storage) such as S3.
#
# We start an object store on this machine. It speaks the S3 interface. A *bucket* is S3's word for a place that holds objects. The same lines of code then fill four stores with the same array: daily temperature maps.

# %%
from course_lib.experiments.object_store import ObjectStore
from zarr.storage import LocalStore, MemoryStore, ZipStore

cube = data.temperatures(64, 90, 180)
bucket = ObjectStore()
stores = {
    "directory": LocalStore(place / "cube.zarr"), "memory": MemoryStore(),
    "zip file": ZipStore(place / "cube.zip", mode="w"), "S3": bucket.zarr_store("cube.zarr"),
}

# %% tags=["claim:D4"]
for name, store in stores.items():
    z = zarr.create_array(store, shape=cube.shape, chunks=(16, 45, 90), dtype=cube.dtype)
    z[:] = cube
    series = z[:, 40, 80]
    print(f"{name:10} {type(store).__name__:12} mean of one place: {series.mean():.2f} degrees")
    assert np.array_equal(series, cube[:, 40, 80])

# %% [markdown]
# What is in each of them? The same keys: in the directory they are files, in the zip file its members, in S3 its objects.

# %% tags=["claim:D4", "hide-input"]
import zipfile

stores["zip file"].close()
folder = place / "cube.zarr"
on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
with zipfile.ZipFile(place / "cube.zip") as file:
    in_zip = set(file.namelist())
in_bucket = {key.removeprefix("cube.zarr/") for key in bucket.objects()}
print(len(on_disk), "keys, such as", sorted(on_disk)[:3])
assert on_disk == in_zip == in_bucket and len(on_disk) == 4 * 2 * 2 + 1

# %% [markdown]
# In the object store, every read is a request over the network. We read the series of one place over all days, from an array of 4 x 2 x 2 chunks.

# %%
# Put your number in place of None.
predict("GET requests for the series of one place", None, unit="requests")

# %% tags=["claim:D4"]
remote = zarr.open_array(bucket.zarr_store("cube.zarr"), mode="r")
bucket.clear()
series = remote[:, 40, 80]
requests = [r for r in bucket.requests() if "/c/" in r.key]
for request in requests:
    print(request.method, request.key, f"{request.sent:,} bytes")
gets = [r for r in requests if r.method == "GET"]
assert len(gets) == 4 and {r.key for r in gets} == {r.key for r in requests}

# %% tags=["hide-input"]
reveal("GET requests for the series of one place", len(gets))

# %% [markdown]
# GET asks for an object, and each chunk comes with one GET.
#
# HEAD asks only what is known about an object, such as its size. If your list shows HEAD requests too, they come from the library between Zarr and the store, s3fs: it first asks how large the object is, so that it could fetch a large one in pieces (its option `max_concurrency=1` turns that off). That is a second wait for each chunk, and nothing in your code shows it. So count on the server's side.
#
# On a [virtual clock](../docs/glossary.md#virtual-clock) we can say what the reads of section 3 would take on a store that needs 30 ms until the first byte comes, with ten requests under way at a time.

# %% tags=["hide-input"]
from course_lib.slowdisk import OBJECT_STORE

print(OBJECT_STORE)
for (grid, name), (chunks, nbytes) in measured.items():
    seconds = OBJECT_STORE.seconds([nbytes // chunks] * chunks, at_once=10)
    print(f"{name} from {grid}: {seconds:.2f} s")

# %% [markdown]
# The same clock compares sizes of chunks: the time for 1000 MiB in all, and for one value, which brings one chunk.

# %% tags=["hide-input"]
from course_lib.units import KiB, MiB

for size in (10 * KiB, 100 * KiB, MiB, 10 * MiB, 100 * MiB):
    whole = OBJECT_STORE.seconds([size] * (1000 * MiB // size), at_once=10)
    one = OBJECT_STORE.seconds([size])
    print(f"chunks of {format_bytes(size):>9}: {whole:6.1f} s for all, {one:.3f} s for one value")

# %% [markdown]
# Zarr knows more stores than these four: any store of the fsspec library (`FsspecStore`: web addresses, Google Cloud, Azure), and `ObjectStore` from the obstore library, which is still called experimental. The program stays the same.

# %% tags=["hide-input"]
bucket.stop()

# %% [markdown]
# ## 7. Shards: small reads, few objects
#
# Small chunks are good for small reads, but they make many objects. A file system slows down with millions of files, and a cloud store charges for each request. A [shard](../docs/glossary.md#shard) is the way out: many chunks stand in one object, with an index that says where each of them begins. A reader fetches the index, and then only the chunks it needs. A shard holds whole chunks: its length along each axis is a multiple of a chunk's. `z.shards` tells it, and is `None` where there are none.

# %%
from course_lib.experiments.chunk_writes import RecordingWrites

plain = RecordingWrites()
sharded = RecordingWrites()
square = np.arange(4_000_000, dtype="int32").reshape(2000, 2000)
layout = {"shape": square.shape, "chunks": (100, 100), "dtype": "int32", "compressors": None}
one_object_each = zarr.create_array(plain, **layout)
in_shards = zarr.create_array(sharded, shards=(1000, 1000), **layout)
print("chunks:", in_shards.chunks, "shards:", in_shards.shards, "and", one_object_each.shards)

# %% tags=["claim:D8"]
for name, z, log in (("chunks", one_object_each, plain.log), ("shards", in_shards, sharded.log)):
    z[:] = square
    written = [nbytes for call, _, nbytes in log if call == "set"]
    print(f"{name}: {len(written)} objects written, the largest {format_bytes(max(written))}")
assert sum(call == "set" for call, *_ in plain.log) == 400
assert sum(call == "set" for call, *_ in sharded.log) == 4

# %% [markdown]
# Now read one row from both. It meets 20 chunks, which lie in 2 shards.

# %% tags=["claim:D8"]
from course_lib.recording import ReadLog

logs = {"chunks": ReadLog(), "shards": ReadLog()}
for (name, log), store in zip(logs.items(), (plain, sharded)):
    row = zarr.open_array(recording_store(store, log), mode="r")[5]
    assert np.array_equal(row, square[5])
    print(f"{name}: {log.requests} requests to {len(log.chunks)} objects, {format_bytes(log.bytes)}")
chunks, shards, needed = logs["chunks"], logs["shards"], 20 * 100 * 100 * 4
assert (chunks.requests, len(chunks.chunks), chunks.bytes) == (20, 20, needed)
assert len(shards.chunks) == 2 and shards.requests <= 22 and shards.bytes > needed

# %% [markdown]
# The sharded read went to fewer objects. It fetched an index from each and then the chunks. Releases of Zarr-Python before 3.3 ask for each chunk of a shard separately. Later ones join pieces that lie near each other into one request, and read what lies between as well: fewer requests, more bytes.
#
# What about writing? Change a single number in both. How many bytes does Zarr write for it in the sharded array?

# %%
# Put your number in place of None.
predict("bytes written to change one number in a shard", None, unit="bytes")

# %% tags=["claim:D8"]
plain.log.clear(), sharded.log.clear()
one_object_each[0, 0] = -1
in_shards[0, 0] = -1
print("chunks:", plain.log)
print("shards:", sharded.log)
chunk_bytes, shard_bytes = plain.log[-1][2], sharded.log[-1][2]
assert chunk_bytes == 100 * 100 * 4 and shard_bytes > 100 * chunk_bytes

# %% tags=["hide-input"]
reveal("bytes written to change one number in a shard", shard_bytes)

# %% [markdown]
# To change one number, Zarr reads the whole object, changes it, and writes it back whole. So the **shard is the unit of writing**, and the **chunk is the unit of reading**. Make shards as large as what you write at once, and chunks as large as what you read at once.
#
# ### Let an array grow
#
# `append` adds along an axis, `resize` sets a new shape. Neither moves a chunk that is there. We append one row to an array whose chunks have two rows, and then another one.

# %% tags=["claim:D8"]
store = RecordingWrites()
days = zarr.create_array(store, shape=(4, 100), chunks=(2, 100), dtype="int32", compressors=None)
for day in (1, 2):
    store.log.clear()
    days.append(np.full((1, 100), day, "int32"))  # axis 0
    print(days.shape, store.log)
    assert {key for _, key, _ in store.log} == {"c/2/0"}
days.resize((7, 100))  # longer: the new row holds the fill value, 0, and no chunk is written
assert days[5:, 0].tolist() == [2, 0]

# %% [markdown]
# Each append wrote one chunk. The second had to read it first, because half of it was there. So append whole chunks, or whole shards. (`append` also converts the new values to the array's type without a word.)
#
# **Your turn: grow with a check.** Write rows behind the last one of `z`, with `resize` and a slice. First refuse, with a `ValueError`, rows of another dtype: a check after the resize comes too late. Return the number of rows.
#
# <details><summary>Hint</summary>
# Keep <code>before = z.shape[0]</code>. The new shape is <code>(before + len(rows), *z.shape[1:])</code>, and the rows belong into <code>z[before:]</code>.
# </details>

# %% turn="add_rows"
def add_rows(z, rows):
    """Add rows to a Zarr array, along its first axis, and return how many it has."""
    ### BEGIN SOLUTION
    if rows.dtype != z.dtype:
        raise ValueError(f"rows of {rows.dtype} do not fit {z.dtype}")
    before = z.shape[0]
    z.resize((before + len(rows), *z.shape[1:]))
    z[before:] = rows
    return z.shape[0]
    ### END SOLUTION

# %%
def added(dtype):
    store = RecordingWrites()
    z = zarr.create_array(store, shape=(4, 100), chunks=(2, 100), dtype="int32", compressors=None)
    try:
        count = add_rows(z, np.ones((2, 100), dtype))
    except ValueError:
        count = "ValueError"
    return count, z.shape[0], [key for call, key, _ in store.log if call == "set"]

practice.check(
    add_rows,
    ("rows, and chunks written", lambda: added("int32"), (6, 6, ["c/2/0"]), "What is stored stays: write the new rows only."),
    ("rows of another dtype", lambda: added("float64"), ("ValueError", 4, []), "Look before you resize: the array stays as it is."),
)

# %% [markdown]
# ## 8. Many reads at once
#
# A slow store makes you wait for each chunk. But Zarr does not wait for one before it asks for the next: it has several requests under way. How many is a setting, `async.concurrency`.
#
# We read 40 chunks from a store in which each takes 10 ms to come. Beside it, the same with h5py, the library of the next lesson, and one or two threads.

# %%
# Put your number in place of None.
predict("seconds for 40 chunks of 10 ms, ten at once", None, unit="s")

# %% tags=["claim:D6"]
from course_lib.experiments import reads_at_once

print("Zarr's own setting:", zarr.config.get("async.concurrency"))
runs = [reads_at_once.with_h5py(place / "slow.h5", threads) for threads in (1, 2)]
runs += [reads_at_once.with_zarr(concurrency) for concurrency in (1, 2, 10, 40)]
for run in runs:
    print(f"{run.label:22} {run.reads} reads, at most {run.most} at once, {run.seconds:.2f} s")
assert [run.reads for run in runs] == [40] * 6
assert [run.most for run in runs] == [1, 1, 1, 2, 10, 40]

# %% tags=["hide-input"]
from course_lib.slowdisk import Disk

waiting = Disk("slow store", latency=0.010, bandwidth=1e12)  # a virtual clock that only waits
waits = [waiting.seconds([0] * run.reads, at_once=run.most) for run in runs]
reveal("seconds for 40 chunks of 10 ms, ten at once", waits[4])

# %% tags=["hide-input"]
plotting.show(plotting.bars([run.label for run in runs], waits, "s",
    title="40 chunks of 10 ms each, by the number at once"))

# %% [markdown]
# Zarr's time falls with the number of requests under way. (The bars follow from the exact number of reads at once, not from the measured times.) In h5py a second [thread](../docs/glossary.md#thread) does not help: HDF5 is not safe for threads as it is usually built, so h5py has one [lock](../docs/glossary.md#lock) around it, which lets in one thread at a time. The reads queue up. This gain holds where *waiting* is the cost. Where the processor decompresses, it is smaller.

# %% [markdown]
# ## 9. Two writers, one chunk
#
# A chunk is also written whole. Suppose two programs write to one array at the same time, one the first half and one the second, and a chunk lies across the border.
#
# The experiment lets both read before either writes, as bad luck would. The array has 100 numbers, zeros at first. The first writer writes 50 ones, the second 50 twos.

# %%
plotting.steps_in_order([
    ("writer 1", "reads\nthe chunk"), ("writer 2", "reads\nthe chunk"),
    ("writer 1", "writes back\n50 ones"), ("writer 2", "writes back\n50 twos"),
], title="Two writers, one chunk: the ones are lost")

# %%
# Put your number in place of None.
predict("zeros left, one chunk for both writers", None, unit="numbers")

# %% tags=["claim:D7"]
from course_lib.experiments.chunk_writes import two_writers

print("one chunk for both:")
after = two_writers(chunk=100)
print(after.reshape(4, 25))
lost = int((after == 0).sum())
assert lost == 50

# %% tags=["hide-input"]
reveal("zeros left, one chunk for both writers", lost)

# %% [markdown]
# Whoever wrote last won, and the other's work is gone: where zeros stand, somebody wrote numbers that nobody will ever see. There was no error.
#
# It is enough to give each writer whole chunks:

# %% tags=["claim:D7"]
lost = int((two_writers(chunk=50) == 0).sum())
print("chunks that end where the halves meet:", lost, "numbers lost")
assert lost == 0

# %% tags=["claim:D7"]
store = RecordingWrites()
z = zarr.create_array(store, shape=100, chunks=50, dtype="int8", compressors=None)
z[0:50] = 1
print("a whole chunk:", store.log)
store.log.clear()
z[0:10] = 2
print("a part of it: ", store.log)

# %% [markdown]
# The log shows why. A writer that covers a whole chunk does not read it first; it simply puts the new one in place. A part of a chunk must be read, changed and written back, and between the reading and the writing somebody else can come. So: **align writers to chunks**. With shards, align them to shards.
#
# **Your turn: the borders of the files.** Return the rows at which the files of `z` begin, along the first axis. A file is a shard where there are shards, and a chunk where there are none. Writers that begin and end at such rows never meet.
#
# <details><summary>Hint</summary>
# <code>z.shards or z.chunks</code> is what one file holds, and <code>range(0, rows, length)</code> counts in its lengths.
# </details>

# %% turn="file_rows"
def file_rows(z):
    """Return the first row of each row of files of a Zarr array."""
    ### BEGIN SOLUTION
    length = (z.shards or z.chunks)[0]
    return list(range(0, z.shape[0], length))
    ### END SOLUTION

# %%
practice.check(
    file_rows,
    ("chunks of 100, no shards", lambda: file_rows(one_object_each), list(range(0, 2000, 100)), "Each chunk is a file."),
    ("chunks of 100 in shards of 1000", lambda: file_rows(in_shards), [0, 1000], "A shard is written whole: align to shards."),
    ("a last file in part", lambda: file_rows(zarr.create_array(MemoryStore(), shape=(100, 4), chunks=(30, 4), dtype="i1")),
     [0, 30, 60, 90], "The last file holds the rest."),
)

# %% [markdown]
# ## 10. Advice that is out of date
#
# Much that is written about Zarr is about its second version. Version 3 of the library reads the old format, but many names are gone. If you copy an older example, this is what you meet:

# %% tags=["claim:D9", "hide-input"]
for name in ("DirectoryStore", "ThreadSynchronizer", "ProcessSynchronizer"):
    print(f"zarr.{name}:", "still there" if hasattr(zarr, name) else "gone")
    assert not hasattr(zarr, name) and not hasattr(zarr.storage, name)

# %% tags=["claim:D9", "hide-input"]
import numcodecs

for option in ({"compressor": numcodecs.Zstd()}, {"compressors": [numcodecs.Zstd()]}):
    try:
        zarr.create_array(MemoryStore(), shape=4, chunks=2, dtype="int32", **option)
    except TypeError as error:
        print(f"{next(iter(option))}: TypeError: {error}")
    else:
        raise AssertionError("this release accepts the old form")

# %% [markdown]
# `zarr.open(..., shape=...)`, the call of section 1 and of most old listings, has options of its own: it knows neither of these two forms, nor `compressors=`.

# %% tags=["claim:D9", "hide-input"]
from zarr.codecs import BytesCodec, ZstdCodec

for option in ({"compressor": None}, {"compressors": ZstdCodec()}):
    try:
        zarr.open(MemoryStore(), mode="w", shape=4, chunks=2, dtype="int32", **option)
    except (TypeError, ValueError) as error:
        print(f"zarr.open, {next(iter(option))}: {type(error).__name__}: {error}")
    else:
        raise AssertionError("this release of zarr.open accepts it")
print(zarr.open(MemoryStore(), mode="w", shape=4, chunks=2, dtype="int32", codecs=[BytesCodec(), ZstdCodec()]))

# %% [markdown]
# <details><summary>The table of old names, to look up</summary>
#
# | older examples say | today |
# |---|---|
# | `zarr.DirectoryStore(path)` | the path itself, or `zarr.storage.LocalStore(path)` |
# | `zarr.open(path, "w", shape=...)` | `zarr.create_array(path, shape=..., overwrite=True)` |
# | `compressor=numcodecs.Zstd()` | `compressors=zarr.codecs.ZstdCodec()` in `create_array`; in `zarr.open` `codecs=[BytesCodec(), ZstdCodec()]` |
# | `dimension_separator=` | `chunk_key_encoding=` in `create_array`; the old option is an error |
# | `order="F"` | no effect, with a warning: NumPy's order of the result is `config={"order": "F"}` |
# | `synchronizer=` | no effect in `zarr.open`, with a warning; gone from `create_array` |
# | `chunks=-1` or `None` for a whole axis | depends on the call and on the release; write the length |
# | `ThreadSynchronizer`, `ProcessSynchronizer` | align writers to chunks |
# | files `.zarray`, chunks `0.0` | file `zarr.json`, chunks `c/0/0` |
# | `zarr.core.Array` | `zarr.Array` (it lives in `zarr.core.array`) |
#
# </details>
#
# The old format can still be written and read:

# %% tags=["claim:D9", "hide-input"]
old = zarr.create_array(place / "old.zarr", shape=(4, 4), chunks=(2, 2), dtype="int32", zarr_format=2)
old[:] = 7
print(sorted(p.name for p in (place / "old.zarr").iterdir()))
new = zarr.create_array(
    MemoryStore(), shape=4, chunks=2, dtype="int32", compressors=zarr.codecs.ZstdCodec(level=3))
print(new.compressors)
assert zarr.open_array(place / "old.zarr", mode="r")[:].sum() == 7 * 16

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1.** An array of shape (365, 1000, 1000) holds a year of daily maps in chunks of (1, 1000, 1000). How many chunks does the yearly series of one place need? And with chunks of (73, 100, 100)? What does one map cost then?
#
# <details><summary>Answer</summary>
# With one map a chunk, the series needs all 365 chunks, which is the whole array. With (73, 100, 100) it needs 5. One map then needs 10 x 10 = 100 chunks instead of 1, and it reads 73 times the bytes of a map. A shape between the two, say (10, 500, 500), spreads the pain: 37 chunks for a series, 4 chunks for a map.
# </details>
#
# **2.** You read 10 values that all lie in one chunk of 4 MB. How many bytes come from the store?
#
# <details><summary>Answer</summary>
# The whole chunk: 4 MB without compression, and with compression what is left of it. A chunk is read whole or not at all.
# </details>
#
# **3.** An array in a cloud store has chunks of 20 kB and takes an hour to read through, although the connection is fast. What would you look at first?
#
# <details><summary>Answer</summary>
# The number of requests. Each chunk costs at least one, and each waits before its first byte comes. Larger chunks, or shards that are read whole, need fewer requests. A higher <code>async.concurrency</code> lets more of them wait at the same time.
# </details>
#
# **4.** Four processes write one array of 1,000,000 numbers in chunks of 300,000. Each writes a quarter. Is that safe? What would you change?
#
# <details><summary>Answer</summary>
# No. The borders between the quarters are at 250,000, 500,000 and 750,000, and each lies inside a chunk, so two processes write the same chunk. Take chunks of 250,000 or a whole part of it, such as 50,000, or let each process write whole chunks of 300,000.
# </details>

# %% [markdown]
# ## Recap
#
# - A Zarr array is metadata and chunks in a store. A chunk is read whole or not at all.
# - The chunk shape decides what a read costs. Strips are perfect one way and terrible the other; boxes are fair both ways.
# - The store can be a directory, memory, a zip file or S3. The code is the same, and the reads can be counted.
# - Shards put many chunks into one object. They are written whole.
# - Many requests at once hide the waiting for a slow store.
# - Align parallel writers, and what you append, to chunks, or to shards. Nothing warns you otherwise.
#
# **Now you:** [exercise 04](../exercises/04_zarr_chunks/04_zarr_chunks.ipynb). Then go on with [lesson 05: HDF5](05_hdf5.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %% [markdown]
# ## Further reading
#
# Zarr-Python's user guide, "Arrays" and "Storage", and its "3.0 Migration Guide"; the "Zarr core specification, version 3"; "Sharding codec" in the same place; the documentation of fsspec.

# %%
print(data.clear("04"))
