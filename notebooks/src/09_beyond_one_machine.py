# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Compute on a Zarr array with a cluster
#
# **Do:** let several worker processes fill, read and reduce one Zarr array. Watch the memory of each, count
# the chunks that they read and the bytes that they send. Write into shards, and lose values. Store an array
# in other chunks, and a result in an object store. Then give the same code the address of another cluster.
#
# **Learn**
# - why work is cut along chunks, and writing along shards;
# - what travels over the network, and what should not;
# - what changes, and what does not, when the data or the workers are somewhere else.
#
# **Need:** [chunks](../docs/glossary.md#chunk) and shards (lesson [04](04_zarr_chunks.ipynb)). Lesson
# [07](07_shared_memory.ipynb): processes share nothing unless you arrange it. Lesson
# [08](08_choosing.ipynb): where the data lies decides much.

# %%
import math
import os
import pickle

import dask
import dask.array as da
import fsspec
import numpy as np
import zarr
from distributed import Client, LocalCluster

from course_lib import data, machine, memory, plotting, practice
from course_lib.experiments import cluster as work
from course_lib.experiments.formats import days_by_stations, tidy
from course_lib.experiments.object_store import ObjectStore
from course_lib.measure import exactly
from course_lib.predict import my_predictions, predict, reveal
from course_lib.recording import recording_store
from course_lib.units import MiB

folder = data.workspace("09")
machine.card()

# %% [markdown]
# ## 1. A cluster on this machine
#
# Dask runs Python functions on many processes, on one machine or on many.
# Three parts work together:
#
# - the client, in this notebook: it says what to compute;
# - the [scheduler](../docs/glossary.md#scheduler): it decides which worker does what, and when;
# - the [workers](../docs/glossary.md#worker): processes that do it, and keep results until they are
#   needed.
#
# One function call on one worker is a [task](../docs/glossary.md#task).
#
# ![A client sends a graph of tasks to a scheduler. Workers get tasks from the scheduler and read their chunks straight from the store. Only small results travel back.](figures/09_scheduler.svg)

# %%
dask.config.set({"temporary-directory": str(folder)})
# Port 0 means any free port: Dask also starts a web page that shows its work.
cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
client = Client(cluster)
print(len(client.scheduler_info()["workers"]), "workers, scheduler at", client.scheduler.address)

# %% [markdown]
# ## 2. Let the workers write
#
# The array: 4,096 days of temperature at 4,096 stations, 64 MiB, in chunks of 512 x 512. That is a grid of
# 8 x 8 chunks. Eight tasks make 512 days each, and write them. No two tasks touch the same chunk.
#
# A task is a function. `client.map` makes one task for each set of arguments and returns *futures*, which
# stand for results that will come. `client.gather` waits for the results and brings them here.

# %%
path = str(folder / "temperature.zarr")
array = zarr.create_array(path, shape=(4096, 4096), chunks=(512, 512), dtype="f4")


def fill(path, first):
    """Make 512 days, write them, and say which process did it."""
    zarr.open_array(path, mode="r+")[first : first + 512] = days_by_stations(512, 4096, seed=first)
    return os.getpid()


made_by = client.gather(client.map(fill, [path] * 8, range(0, 4096, 512)))
print("written by", len(set(made_by)), "processes:", array.nchunks_initialized, "chunks")

# %% tags=["hide-input"]
assert array.nchunks_initialized == 64

# %% [markdown]
# The notebook sent eight short messages: a path and a number each. The data was made where it was written,
# and never came near this process.
#
# The function travelled, too. Dask sends one that you define in the notebook whole, unlike a pool of lesson
# [07](07_shared_memory.ipynb). A function of a *module*, like `days_by_stations`, travels by its name. So every
# worker must have the module: installed, or sent with `client.upload_file`.
#
# ## 3. Cut the work along the chunks
#
# Now add everything up, block by block: each task reads one block and returns a sum. `recording_store` notes
# every chunk that is read, as in lesson [04](04_zarr_chunks.ipynb).

# %%
def cut(shape, block):
    """Return the blocks of an array of two axes, each as a tuple of two slices."""
    corners = [(row, column) for row in range(0, shape[0], block[0]) for column in range(0, shape[1], block[1])]
    return [(slice(r, min(r + block[0], shape[0])), slice(c, min(c + block[1], shape[1]))) for r, c in corners]


def sum_of(path, part):
    """Task: return the sum of a part of an array, and how many chunks were read for it."""
    store = recording_store(path)
    z = zarr.open_array(store, mode="r")
    return float(z[part].sum(dtype="f8")), len(store.log.chunks)


sum_of(path, cut(array.shape, (512, 512))[0])  # a task is a function: it runs here as well

# %% [markdown]
# A block could be one chunk, 512 x 512. Somebody finds 600 x 600 a rounder number; that needs fewer tasks, 49
# instead of 64. Blocks of 512 read each of the 64 chunks once. How many chunks do blocks of 600 read in all?

# %%
# put your number in place of None
predict("chunk reads with blocks of 600 x 600", None, unit="reads")

# %% tags=["claim:H4"]
reads = {}
for side, known in ((512, 64), (600, 196)):
    parts = cut(array.shape, (side, side))
    found = client.gather(client.map(sum_of, [path] * len(parts), parts))
    reads[side] = sum(chunks for _, chunks in found)
    print(len(parts), "tasks:", exactly("chunk reads", reads[side], known, "reads"))

# %% tags=["hide-input"]
reveal("chunk reads with blocks of 600 x 600", reads[600])

# %%
block = cut(array.shape, (600, 600))[8]
met = [(row, column) for row in (1, 2) for column in (1, 2)]
plotting.access_map(array.shape, array.chunks, met, selection=block, title="One block of 600 x 600")

# %% [markdown]
# Seven blocks of 600 along an axis meet 14 rows of chunks instead of 8, and 14 x 14 is 196. Each chunk is read
# and decompressed by every task that meets it: fewer tasks, three times the reads. Cut along chunks, or along
# several whole chunks.
#
# **Your turn: a task of your own.** Count how many values of one part lie in each of 40 bins, from -40 to 40
# degrees. The task returns the 40 counts, and nothing larger.
#
# <details><summary>Hint</summary>
# Open the array as <code>sum_of</code> does, without the recording. <code>np.histogram(values, bins=40,
# range=(-40, 40))</code> returns the counts and the edges: return the counts only.
# </details>

# %% turn="counts_of"
def counts_of(path, part):
    """Task: return how many values of a part of an array lie in each of 40 bins."""
    ### BEGIN SOLUTION
    z = zarr.open_array(path, mode="r")
    counts, edges = np.histogram(z[part], bins=40, range=(-40, 40))
    return counts
    ### END SOLUTION

# %%
parts, watched_store = cut(array.shape, array.chunks), recording_store(path)
practice.check(
    counts_of,
    ("first part, counted here", lambda: counts_of(watched_store, parts[0]),
     np.histogram(array[:512, :512], 40, (-40, 40))[0], "np.histogram gives the counts first."),
    ("chunks read for it", lambda: len(watched_store.log.chunks), 1, "Read z[part], not the whole array."),
    ("eight parts, on the cluster", lambda: sum(client.gather(client.map(counts_of, [path] * 8, parts[:8]))),
     np.histogram(array[:512], 40, (-40, 40))[0], "Counts of parts can be added up."),
    ("bytes of one answer", lambda: len(pickle.dumps(counts_of(path, parts[0]))),
     practice.AtMost(1000, "bytes"), "Only the counts travel, not the values."),
)

# %% [markdown]
# ## 4. Dask arrays do the cutting for you
#
# `dask.array.from_zarr` looks at the chunks and plans one task for each. The result looks like a NumPy
# array, but nothing is computed until you say `compute()`. `map_blocks` runs a function of your own on each
# block. Here it turns a block into an array of shape (1, 1), and `chunks=` says so.

# %%
lazy = da.from_zarr(path)
coldest = lazy.map_blocks(lambda block: block.min(keepdims=True), chunks=(1, 1))
print(lazy.shape, "in blocks of", lazy.chunksize, "- one minimum a block:", coldest.shape)
print("coldest:", coldest.compute().min(), "- or in one call:", lazy.min().compute())


def mean_by_station(path):
    return da.from_zarr(path).mean(axis=0).compute()


# %% [markdown]
# ## 5. Watch the memory of the workers
#
# The array has 64 MiB. How far does a worker rise while the cluster computes the mean of every station?

# %%
# put your number in place of None
predict("MiB that the largest worker rises", None, unit="MiB")

# %% tags=["claim:B12", "claim:H4"]
means, grown = work.watch_workers(client, lambda: mean_by_station(path))
print({name: "not measured here" if n is None else f"{n / MiB:.1f} MiB" for name, n in grown.items()})
highest = None if None in grown.values() else max(grown.values())
assert highest is None or highest < 64 * MiB / 2
reveal("MiB that the largest worker rises", highest and round(highest / MiB, 1))

# %% tags=["claim:B12"]
watched = memory.table(work.worker_pids(client))
plotting.show(plotting.memory_bars(watched, title="Workers after the work"))
watched

# %% [markdown]
# Most of what a worker takes is Python with its libraries, which were there before the first chunk.
# Beside them it holds a few chunks at a time, and drops them when their part of the mean is done. The array
# may be much larger than the memory of any worker, or of all together.
#
# The table is what you want to watch on a cluster: what each worker takes, and what the machine has left.
# [RSS](../docs/glossary.md#rss), [PSS](../docs/glossary.md#pss) and [USS](../docs/glossary.md#uss) are those of
# lesson [02](02_memory_mapping.ipynb). `memory.table` works for any process of this machine. On other
# machines, run it there: `client.run` calls a function on every worker and brings the answers back.
# It also tells what a worker may take. What does Dask do when that runs out?

# %%
limits = client.run(lambda dask_worker: dask_worker.memory_manager.memory_limit)
print("limit of each worker:", [f"{limit / MiB:,.0f} MiB" for limit in limits.values()])
rules = dask.config.get("distributed.worker.memory")
print({rule: rules[rule] for rule in ("spill", "pause", "terminate")})

# %% [markdown]
# At these parts of its limit a worker first writes results to the disk, then takes no new tasks, and is ended
# and started anew at last. `LocalCluster(memory_limit="2GiB")` sets the limit.
#
# ## 6. What moves over the wire?
#
# Each of 64 tasks reads a chunk and returns the sum of each of its 512 columns, as float64. The chunks have
# 64 MiB together. How much do all the answers have?

# %%
# put your number in place of None
predict("KiB of column sums that 64 tasks bring back", None, unit="KiB")

# %% tags=["claim:H4"]
def column_sums(path, part):
    return zarr.open_array(path, mode="r")[part].sum(axis=0, dtype="f8")


answers = client.gather(client.map(column_sums, [path] * 64, cut(array.shape, array.chunks)))
brought = sum(answer.nbytes for answer in answers)
print(exactly("bytes of the answers", brought, 64 * 512 * 8, "bytes"))
reveal("KiB of column sums that 64 tasks bring back", brought / 1024)

# %% [markdown]
# Dask's own reductions work like that, and add up partial results on the workers first. Each worker counts
# the bytes that it sends. Compare two ways to a mean: compute it on the cluster, and bring back a number; or
# bring the array here, and compute. To spare the notebook's memory only a quarter of the array comes, 16 MiB.

# %% tags=["claim:H4"]
def sent():
    """Return the bytes of results that all workers have sent so far."""
    return sum(client.run(lambda dask_worker: dask_worker.transfer_outgoing_bytes_total).values())


start = sent()
there = float(lazy.mean(dtype="f8").compute())
reduced, start = sent() - start, sent()
here = float(lazy[:1024].compute().mean(dtype="f8"))
fetched = sent() - start
assert reduced < 100_000 and fetched >= 16 * MiB
plotting.bars(["mean of everything", "a quarter of the array"], [reduced, fetched], "bytes", log=True,
    title="Data that workers sent")

# %% [markdown]
# What moved is even more than the 16 MiB: pieces of the array were first collected on one worker.
# From there the result goes to the scheduler, and from the scheduler to the notebook; the last step is not
# counted here. (`client.gather(..., direct=True)` fetches from the worker.) Partial sums are small, chunks are
# large. Move the work to the data.
#
# The same holds in the other direction. An array in the arguments of a task travels with the task:

# %%
print("a task with an array: ", f"{len(pickle.dumps((np.mean, np.zeros((512, 512))))):>9,} bytes")
print("a task with a path:   ", f"{len(pickle.dumps((np.mean, path, block))):>9,} bytes")

# %% [markdown]
# ## 7. Writers need whole shards
#
# Writing was safe in section 2, because no two tasks shared a chunk. Storage knows only whole objects. To
# write a part of one, a task reads it, changes its part, and writes it back. If both read before one writes,
# the later one writes an old copy over what the earlier one wrote. Nobody reports an error.
#
# In a *sharded* array (lesson [04](04_zarr_chunks.ipynb)) the object is the shard, and a chunk is a part of it:

# %%
plotting.steps_in_order([
    ("task 1", "reads\nthe shard"), ("task 2", "reads\nthe shard"),
    ("task 1", "puts chunk 1 in,\nwrites it back"), ("task 2", "puts chunk 2 in,\nwrites it back"),
], title="Two chunks of one shard: chunk 1 is lost")

# %% [markdown]
# The next array has 2,048 x 2,048 zeros, in chunks of 256 x 256 and shards of 1,024 x 1,024. How many tasks can
# write it at the same time, so that nothing can be lost?

# %%
# put your number in place of None
predict("tasks that can write at the same time", None, unit="tasks")

# %% [markdown]
# Here each task writes one block of ones. A block is a chunk, or a shard. `shards=` is all that makes the array
# a sharded one.

# %%
def write_ones(path, part):
    zarr.open_array(path, mode="r+")[part] = 1


def zeros_left(shards, block):
    place = str(folder / f"{shards}-{block}.zarr")
    z = zarr.create_array(place, shape=(2048, 2048), chunks=(256, 256), shards=shards, dtype="f4")
    parts = cut(z.shape, block)
    client.gather(client.map(write_ones, [place] * len(parts), parts))
    return int((z[...] == 0).sum())

# %% tags=["claim:H4"]
chunk, shard = (256, 256), (1024, 1024)
whole_chunks = zeros_left(None, chunk)
parts_of_shards = zeros_left(shard, chunk)
whole_shards = zeros_left(shard, shard)
print(f"a chunk for each task, no shards: {whole_chunks:9,} of {2048 * 2048:,} values lost")
print(f"a chunk for each task, shards:    {parts_of_shards:9,} of them lost")
print(f"a shard for each task:            {whole_shards:9,} of them lost")
assert whole_chunks == whole_shards == 0
reveal("tasks that can write at the same time", len(cut((2048, 2048), shard)))

# %% [markdown]
# The second number differs from run to run. Writers need whole shards each, or whole chunks where there are no
# shards.
#
# **Your turn: parts for writers.** Return the parts of an array of two axes, so that each part is one object
# of the store.
#
# <details><summary>Hint</summary>
# <code>z.shards</code> is None where there are no shards. <code>cut</code> of section 3 does the rest.
# </details>

# %% turn="parts_for_writers"
def parts_for_writers(z):
    """Return tuples of slices; each is a whole shard of `z`, or a whole chunk if it has none."""
    ### BEGIN SOLUTION
    return cut(z.shape, z.shards or z.chunks)
    ### END SOLUTION

# %%
def example(shards):
    return zarr.create_array({}, shape=(100, 60), chunks=(20, 20), shards=shards, dtype="i1")


practice.check(
    parts_for_writers,
    ("parts without shards", lambda: len(parts_for_writers(example(None))), 15, "Then a chunk is an object."),
    ("parts with shards", lambda: len(parts_for_writers(example((40, 60)))), 3, "A shard is written back whole."),
    ("the last of them", lambda: parts_for_writers(example((40, 60)))[-1], (slice(80, 100), slice(0, 60)),
     "Each part is a tuple of two slices, and ends where the array ends."),
)

# %% [markdown]
# A Dask array takes care of its own tasks. `to_zarr` regroups blocks that do not fit, and `da.store` holds a
# lock, so that one task writes at a time. `da.store` writes several arrays in one pass: a chunk that all of them
# need is read once. `lock=False` takes the lock away, and then the blocks have to fit.

# %%
sharded = {"shape": (1024, 1024), "chunks": (64, 64), "shards": (512, 512), "dtype": "f4"}
first, second = (zarr.create_array(folder / f"{name}.zarr", **sharded) for name in ("first", "second"))
store = recording_store(path)
corner = da.from_zarr(zarr.open_array(store, mode="r"))[:1024, :1024]
corner.rechunk((300, 300)).to_zarr(first)
lost = int((first[...] != array[:1024, :1024]).sum())

store.log.clear()
with dask.config.set(scheduler="threads"):  # in this process: the record would not come back from a worker
    da.store([corner + 273.15, corner * 1.8 + 32], [first, second])
print("values lost:", lost, "- chunks read for both arrays:", store.log.requests)

# %% tags=["hide-input"]
assert lost == 0 and store.log.requests == 4

# %% [markdown]
# For tasks that you write yourself, and for two programs that know nothing of each other, you have to do it.
#
# ## 8. Store an array in other chunks
#
# Chunks of 512 x 512 are wrong for somebody who reads whole stations. That person wants chunks of 4,096 x 64, a
# *rechunked* copy. The array is larger than memory, so the copy goes block by block. A block could be one of
# the 64 new chunks. How many chunk reads does that cost?

# %%
# put your number in place of None
predict("chunk reads, one new chunk at a time", None, unit="reads")

# %% tags=["claim:H4"]
def copy(source, target, block):
    for part in cut(source.shape, block):
        target[part] = source[part]


target = zarr.create_array(folder / "by_station.zarr", shape=array.shape, chunks=(4096, 64), dtype="f4")
costs = {}
for block in ((4096, 64), (4096, 512)):
    store = recording_store(path)
    copy(zarr.open_array(store, mode="r"), target, block)
    costs[block] = store.log.requests
    print(f"blocks of {block}, {math.prod(block) * 4 // MiB} MiB: {costs[block]} chunk reads")
assert list(costs.values()) == [512, 64] and np.array_equal(target[:, :64], array[:, :64])
reveal("chunk reads, one new chunk at a time", costs[4096, 64])

# %% [markdown]
# A new chunk crosses 8 old ones, and each of those is read again for the next. A block of 4,096 x 512 is made of
# whole chunks of *both* grids: each old chunk is read once, each new one is written once, and 8 MiB are in
# memory at a time. With blocks of 512 x 512 each new chunk would be read and written back 8 times.
#
# **Your turn: the smallest common block.** Return its shape. Along an axis its length is the least common
# multiple of both lengths, and never more than the axis.
#
# <details><summary>Hint</summary>
# <code>math.lcm(300, 200)</code> is 600. <code>zip(old, new, shape)</code> goes through the axes.
# </details>

# %% turn="common_block"
def common_block(old, new, shape):
    """Return the shape of the smallest block made of whole chunks of both grids."""
    ### BEGIN SOLUTION
    return tuple(min(math.lcm(a, b), n) for a, b, n in zip(old, new, shape))
    ### END SOLUTION

# %%
def reads_of_copy():
    stores = [recording_store(zarr.storage.MemoryStore()) for _ in range(2)]
    grids = ((20, 30), (30, 10))
    old, new = (zarr.create_array(s, shape=(120, 60), chunks=c, dtype="i1") for s, c in zip(stores, grids))
    old[...] = new[...] = 1
    stores[0].log.clear(), stores[1].log.clear()
    copy(old, new, common_block(*grids, old.shape))
    return [store.log.requests for store in stores]

practice.check(
    common_block,
    ("(300, 50) and (200, 100)", lambda: common_block((300, 50), (200, 100), (6000, 6000)), (600, 100),
     "A tuple, with the least common multiple along each axis."),
    ("an axis of 500", lambda: common_block((300, 50), (200, 100), (500, 90)), (500, 90), "min(..., n)"),
    ("reads from old and new array", reads_of_copy, [12, 0], "Every old chunk once, no new chunk at all."),
)

# %% [markdown]
# The cluster does the same. `da.from_zarr(path, chunks=...)` reads blocks that you choose. `rechunk` cuts blocks
# that were read, and sends the pieces from worker to worker. The blocks fit the target, so no lock is needed.
# A quarter of the stations is enough to see it.

# %% tags=["claim:H4"]
quarter = zarr.create_array(folder / "quarter.zarr", shape=(4096, 1024), chunks=(4096, 64), dtype="f4")
ways = {"chunks=": da.from_zarr(path, chunks=(4096, 512)), "rechunk": lazy.rechunk((4096, 512))}
moved = {}
for how, blocks in ways.items():
    start = sent()
    da.store(blocks[:, :1024], quarter, lock=False)
    moved[how] = sent() - start
print({how: f"{n / MiB:.1f} MiB sent" for how, n in moved.items()})
assert moved["chunks="] < 100_000 < MiB < moved["rechunk"] and np.array_equal(quarter[0], array[0, :1024])

# %% [markdown]
# (`to_zarr` into an array that exists would take larger blocks: Dask's setting `array.chunk-size`, 128 MiB if you
# change nothing, says how large. A worker needs room for several.)
#
# ## 9. Another cluster, by its address
#
# Nothing so far needed the cluster to be here. On real machines somebody starts a scheduler on one and
# workers on the others. (A batch system does it with dask-jobqueue.)
#
# ```
# dask scheduler                         # prints its address, such as tcp://10.0.0.7:8786
# dask worker tcp://10.0.0.7:8786        # on each machine
# ```
#
# The next cell does just that, with processes of this machine that this notebook does not know. It closes the
# first cluster, to save memory.

# %% tags=["claim:H4"]
client.close()
cluster.close()
tidy()
distant = work.DistantCluster(folder)
print("somebody tells you an address:", distant.address)
client = Client(distant.address)
client.wait_for_workers(2)
same_means = mean_by_station(path)
print("largest difference:", np.abs(means - same_means).max())
assert np.array_equal(means, same_means)

# %% [markdown]
# The address is the only change. The function `mean_by_station`, the array and the result are the same.
#
# Three conditions are easy to miss. The *path* went to the workers, and they opened it: it must mean the same
# to every worker, as a shared directory or an object store (section 10) does. The *module* of a task must be there (section
# 2). And the *versions* of Python, Dask and NumPy must fit, which the next cell checks. Who watches the memory
# there?

# %% tags=["claim:B12"]
versions = client.get_versions(check=True)  # an error tells of packages that differ
watched = memory.table(work.worker_pids(client))
client.close()
distant.close()
watched

# %% [markdown]
# ## 10. The data is in an object store
#
# Lesson [08](08_choosing.ipynb) read from one. Everything above works there: an address in place of the
# path, and `storage_options`, which go to the library behind it, s3fs. They hold the name of the server, and
# keys where your machine does not have them. Our server runs on this machine and takes any key.
#
# To save memory no cluster runs now: without a client Dask takes threads of this process.

# %%
server = ObjectStore()
options = server.options
z = zarr.create_array("s3://course/corner.zarr", shape=(1024, 1024), chunks=(256, 256), dtype="f4", storage_options=options)
z[...] = array[:1024, :1024]
remote = da.from_zarr("s3://course/corner.zarr", storage_options=options)
print("objects:", len(server.objects()), "- largest value:", remote.max().compute())

# %% [markdown]
# `to_zarr` takes the same options. The result below has 1,024 means in 4 blocks. How many objects does it put
# into the store?

# %%
# put your number in place of None
predict("objects that are put for 4 blocks", None, unit="objects")

# %% tags=["claim:H4"]
server.clear()
remote.mean(axis=0).to_zarr("s3://course/means.zarr", storage_options=options)
put = [request for request in server.requests() if request.method == "PUT"]
for request in put:
    print(f"{request.key:30} {request.received:5} bytes")
print(exactly("objects", len({request.key for request in put}), 5, "objects"))

# %% tags=["hide-input"]
reveal("objects that are put for 4 blocks", len({request.key for request in put}))

# %% [markdown]
# A chunk is an object, and `zarr.json` is one more. Each is put whole, and appears when it is complete.
# Something that is no array goes there with fsspec, the library under s3fs:

# %%
files = fsspec.filesystem("s3", **options)
files.pipe_file("course/README.txt", b"Means of 1024 stations")
with fsspec.open("s3://course/means.npy", "wb", **options) as file:
    np.save(file, np.ones(1024))
print(files.cat_file("course/README.txt"), files.ls("course"))

# %% [markdown]
# **Your turn: a result for others.** Store an array of two axes under an address, with one chunk for each
# `rows` rows, and write it with one assignment.
#
# <details><summary>Hint</summary>
# <code>zarr.create_array</code> takes the address, shape, chunks, dtype and storage_options. A chunk has the shape
# <code>(rows, values.shape[1])</code>.
# </details>

# %% turn="put_array"
def put_array(values, address, rows, options):
    """Store an array under an address, in chunks of whole rows."""
    ### BEGIN SOLUTION
    z = zarr.create_array(address, shape=values.shape, chunks=(rows, values.shape[1]),
        dtype=values.dtype, storage_options=options)
    z[...] = values
    ### END SOLUTION

# %%
numbers, made = np.arange(60, dtype="i2").reshape(6, 10), []


def puts():
    server.clear()
    made.append(f"s3://course/turn-{len(made)}.zarr")  # a new address for each try
    put_array(numbers, made[-1], 2, options)
    return len([request for request in server.requests() if request.method == "PUT"])


practice.check(
    put_array,
    ("requests that put an object", puts, 4, "Three chunks and zarr.json. Row by row would rewrite chunks."),
    ("what others read", lambda: da.from_zarr(made[-1], storage_options=options).compute(), numbers, "z[...] = values"),
)

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# 1. An array has chunks of 1,000 x 1,000. You call `da.from_zarr(path).rechunk((-1, 1))` before you
#    compute; -1 stands for the whole axis, so each task handles one column. What happens?
#
# <details><summary>Answer</summary>
# Each chunk is read once, but then cut into a thousand pieces that have to move between workers, as a task
# needs pieces of many chunks. A thousand times more tasks, and nearly all of the data on the wire. Compute
# along the chunks first and regroup the small results; or store the array in chunks that suit the work.
# </details>
#
# 2. A worker has 4 GB. The array has 400 GB. Which chunk size is too large?
#
# <details><summary>Answer</summary>
# A worker holds several chunks at once: the one it reads, the one it computes with, results, for each of
# its threads. Chunks of 1 GB would not leave room. Chunks of 10 to 100 MB keep many in memory and still
# make each request worth its wait.
# </details>
#
# 3. Two colleagues append to the same Zarr array from two notebooks. Both see their own rows, later some
#    are gone. Why?
#
# <details><summary>Answer</summary>
# Both changed the last, partly filled chunk row: read, change, write back. The later one wrote an old copy
# over the rows of the earlier one. Let one process write, or let each write whole chunks of its own, or
# whole shards where the array has them.
# </details>
#
# 4. Your code works with a local cluster. With a remote one, workers fail with `FileNotFoundError`. What is
#    different?
#
# <details><summary>Answer</summary>
# The workers run on other machines and open the path there. Your directory does not exist for them. Put the
# data where all can reach it under the same name: a shared file system or an object store.
# </details>
#
# ## Recap
#
# - The client describes, the scheduler distributes, the workers read chunks and reduce them.
# - Cut tasks along whole chunks, and writers along whole shards where there are shards.
# - Watch each worker's memory; it depends on the chunks, not on the array.
# - Send paths and bring back small results.
# - Copy into other chunks by blocks that are whole chunks of both.
# - A result goes to an object store with an address and `storage_options`.
# - Local or remote is the argument of `Client`. The path must mean the same everywhere.
#
# ## Further reading
#
# - Dask documentation: *Array: Chunks*, *Best practices*, *Deploy Dask clusters*
# - Dask.distributed documentation: *Worker memory management*
# - Zarr documentation: *Parallel computing and synchronization*
#
# **Exercise:** the [capstone](../exercises/08_capstone/08_capstone.ipynb) asks you to choose chunks for a
# workload, which is what a cluster needs as well.
#
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
server.stop()
data.clear("09")
