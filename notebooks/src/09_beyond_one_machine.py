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
# **Do:** let several worker processes fill, read and reduce one Zarr array. Watch the memory of each.
# Count the chunks that the tasks read and the bytes that move between processes. Then give the same
# code the address of another cluster.
#
# **Learn**
# - why work should be cut along chunks;
# - what travels over the network, and what should not;
# - what changes, and what does not, when the workers are somewhere else.
#
# **Need:** [chunks](../docs/glossary.md#chunk) (lesson [04](04_zarr_chunks.ipynb)). Lesson
# [07](07_shared_memory.ipynb): processes share nothing unless you arrange it. Lesson
# [08](08_choosing.ipynb): where the data lies decides much.

# %%
from course_lib import machine

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
import dask
from course_lib import data
from distributed import Client, LocalCluster

folder = data.workspace("09")
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
# A task is a function. Dask sends one that you define in the notebook whole, unlike a pool of lesson
# [07](07_shared_memory.ipynb). A function of a module travels by its name, so every worker must have the
# module: installed, or sent with `client.upload_file`. Ours lives in a module of the course:

# %%
import inspect

from course_lib.experiments import cluster as work

print(inspect.getsource(work.fill))

# %%
import zarr

path = str(folder / "temperature.zarr")
array = zarr.create_array(path, shape=work.SHAPE, chunks=work.CHUNKS, dtype="f4")
firsts = range(0, 4096, 512)
made_by = client.gather(client.map(work.fill, [path] * 8, firsts, [f + 512 for f in firsts]))
print("written by", len(set(made_by)), "processes:", array.nchunks_initialized, "chunks")
assert array.nchunks_initialized == 64

# %% [markdown]
# The notebook sent eight short messages: a path and two numbers each. The data was made where it was
# written, and never came near this process.
#
# ## 3. Cut the work along the chunks
#
# Now add everything up, block by block: each task reads one block and returns a sum. A block could be
# one chunk, 512 x 512. Somebody finds 600 x 600 a rounder number; that needs fewer tasks, 49 instead of
# 64. How many chunks are read in all?

# %%
print(inspect.getsource(work.sum_of))

# %% [markdown]
# `recording_store` notes every chunk that is read, as in lesson [04](04_zarr_chunks.ipynb).

# %%
from course_lib.predict import my_predictions, predict, reveal

# put your number in place of None
predict("chunk reads with blocks of 512 x 512", None, unit="reads")

# %%
predict("chunk reads with blocks of 600 x 600", None, unit="reads")  # and here

# %% tags=["claim:H4"]
from course_lib.measure import exactly

reads = {}
for side in (512, 600):
    blocks = work.regions(work.SHAPE, (side, side))
    parts = client.gather(client.map(work.sum_of, [path] * len(blocks), blocks))
    reads[side] = sum(chunks for _, chunks, _ in parts)
    expected = sum(work.chunks_met(block) for block in blocks)
    print(len(blocks), "tasks:", exactly("chunk reads", reads[side], expected, "reads"))
assert (reads[512], reads[600]) == (64, 196)

# %%
reveal("chunk reads with blocks of 512 x 512", reads[512])

# %%
reveal("chunk reads with blocks of 600 x 600", reads[600])

# %%
from course_lib import plotting

block = blocks[8]  # of the blocks of 600 x 600, which the loop made last
plotting.access_map(
    work.SHAPE, work.CHUNKS, [(r, c) for r in (1, 2) for c in (1, 2)],
    selection=work.slices(block), title="One block of 600 x 600",
)

# %% [markdown]
# Most blocks that do not follow the grid meet four chunks or more, and each chunk is read and
# decompressed by every task that meets it. Fewer tasks, three times the reads. Cut along chunks, or along
# several whole chunks; a task that writes, along whole shards (section 7).
#
# ## 4. Dask arrays do the cutting for you
#
# `dask.array.from_zarr` looks at the chunks and plans one task for each. The result looks like a NumPy
# array, but nothing is computed until you say `compute()`.

# %%
import dask.array as da

lazy = da.from_zarr(path)
print(lazy.shape, "in blocks of", lazy.chunksize)


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
from course_lib.units import MiB

means, grown = work.watch_workers(client, lambda: mean_by_station(path))
print({name: "not measured here" if n is None else f"{n / MiB:.1f} MiB" for name, n in grown.items()})
highest = None if None in grown.values() else max(grown.values())
assert highest is None or highest < 64 * MiB / 2
reveal("MiB that the largest worker rises", highest and round(highest / MiB, 1))

# %% tags=["claim:B12"]
from course_lib import memory

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
# lesson [02](02_memory_mapping.ipynb).
# `memory.table` works for any process of this machine. On other machines, run it there: `client.run(...)`
# calls a function on every worker and brings the answers back.
#
# ## 6. What moves over the wire?
#
# Two ways to a mean. Compute it on the cluster, and bring back a number. Or bring the array here, and
# compute. To spare the notebook's memory only half of the array comes, 32 MiB.

# %%
# put your number in place of None
predict("bytes that move for a mean computed on the cluster", None, unit="bytes")

# %%
predict("bytes that move when half of the array comes here", None, unit="bytes")  # and here

# %% tags=["claim:H4"]
with work.wire(client) as reduced:
    there = float(lazy.mean(dtype="f8").compute())
part = lazy[:2048]
with work.wire(client) as whole:
    here = float(part.compute().mean(dtype="f8"))
plotting.show(plotting.bars(
    ["mean of everything", "half of the array"], [reduced.moved, whole.moved], "bytes", log=True,
    title="Data that workers sent",
))
assert reduced.moved < 100_000 and whole.moved >= part.nbytes

# %%
reveal("bytes that move for a mean computed on the cluster", reduced.moved)

# %%
reveal("bytes that move when half of the array comes here", whole.moved)

# %% [markdown]
# What moved can be even more than the 32 MiB: pieces of the array were first collected on one worker.
# From there the result goes to the scheduler, and from the scheduler to the notebook; the last step is not
# counted here. (`client.gather(..., direct=True)` fetches from the worker.) Partial sums are small, chunks are
# large. Move the work to the data.
#
# The same holds in the other direction. An array in the arguments of a task travels with the task:

# %%
import pickle

import numpy as np

print("a task with an array: ", f"{len(pickle.dumps((np.mean, np.zeros((512, 512))))):>9,} bytes")
print("a task with a path:   ", f"{len(pickle.dumps((work.sum_of, path, blocks[0]))):>9,} bytes")

# %% [markdown]
# ## 7. Two writers on one chunk
#
# Writing was safe above, because no two tasks shared a chunk. Now two tasks write the two halves of *one*
# chunk, at the same time. (They do by hand what Zarr does for part of a chunk, and wait for each other
# between reading and writing, so that the loss comes every time. Without that it comes often.) The chunk holds 100 x 100 zeros, and each task writes 5,000 ones. How many ones
# are there in the end?

# %%
# put your number in place of None
predict("ones after two tasks wrote 5,000 each into one chunk", None, unit="ones")

# %% tags=["claim:H4"]
def ones_after(chunks):
    small = str(folder / f"halves-{chunks[0]}.zarr")
    z = zarr.create_array(small, shape=(100, 100), chunks=chunks, dtype="f4", fill_value=0)
    work.write_halves(client, small)
    return int((z[...] == 1).sum())


shared, aligned = ones_after((100, 100)), ones_after((50, 100))
print("one chunk for both: ", shared)
print("a chunk for each:   ", aligned)
assert (shared, aligned) == (5_000, 10_000)
reveal("ones after two tasks wrote 5,000 each into one chunk", shared)

# %% [markdown]
# Storage knows only whole chunks. To write half a chunk, a task reads it, changes its half, and writes the
# chunk back. If both read before one writes, the later one overwrites what the earlier one wrote. Nobody
# reports an error. With a chunk for each there is nothing to lose.
#
# In a *sharded* array (lesson [04](04_zarr_chunks.ipynb)) the shard is what is stored, and what is written
# back whole. Then a chunk for each task is not enough. Here each task writes one block of ones into an
# array of zeros. In the second and the third array 16 chunks share a shard. Nothing forces the order now.

# %%
chunk, shard = (256, 256), (1024, 1024)


def zeros_left(shards, block):
    place = str(folder / f"{shards}-{block}.zarr")
    z = zarr.create_array(
        place, shape=(2048, 2048), chunks=chunk, shards=shards, dtype="f4", fill_value=0
    )
    corners = [(y, x) for y in range(0, 2048, block[0]) for x in range(0, 2048, block[1])]
    client.gather([client.submit(work.fill_block, place, corner, block) for corner in corners])
    return int((z[...] == 0).sum())


# %% tags=["claim:H4"]
whole_chunks = zeros_left(None, chunk)
parts_of_shards = zeros_left(shard, chunk)
whole_shards = zeros_left(shard, shard)
print(f"a chunk for each task, no shards: {whole_chunks:,} of {2048 * 2048:,} values lost")
print(f"a chunk for each task, shards:    {parts_of_shards:,} of them lost")
print(f"a shard for each task:            {whole_shards:,} of them lost")
assert whole_chunks == whole_shards == 0

# %% [markdown]
# The second number differs from run to run, and no error was reported. Two tasks read the same shard, each
# puts its chunk in, and the later one writes the earlier one's zeros back. Writers need whole shards each,
# or whole chunks where there are no shards.
#
# A Dask array takes care of that for its own tasks. Give it blocks that do not fit the grid, and write
# them into an array that exists: `to_zarr` regroups the blocks along the grid before it writes.

# %%
place = str(folder / "target.zarr")
target = zarr.create_array(place, shape=(1024, 1024), chunks=work.CHUNKS, dtype="f4")
corner = lazy[:1024, :1024]
corner.rechunk((300, 300)).to_zarr(target)
print("values lost:", int((target[...] != array[:1024, :1024]).sum()))
assert np.array_equal(target[...], array[:1024, :1024])

# %% [markdown]
# For tasks that you write yourself, and for two programs that know nothing of each other, you have to do
# it.
#
# ## 8. Another cluster, by its address
#
# Nothing so far needed the cluster to be here. On real machines somebody starts a scheduler on one and
# workers on the others:
#
# ```
# dask scheduler                         # prints its address, such as tcp://10.0.0.7:8786
# dask worker tcp://10.0.0.7:8786        # on each machine
# ```
#
# The next cell does just that, with processes of this machine that were not started by this notebook's
# cluster. It closes the first cluster, to save memory.

# %%
client.close()
cluster.close()
distant = work.DistantCluster(folder)
print("somebody tells you an address:", distant.address)

# %% tags=["claim:H4"]
client = Client(distant.address)
client.wait_for_workers(2)
same_means = mean_by_station(path)
print("largest difference:", work.difference(means, same_means))
assert np.array_equal(means, same_means)

# %% [markdown]
# The address is the only change. The function `mean_by_station`, the array and the result are the same.
#
# One condition is easy to miss. The *path* went to the workers, and they opened it. So it must mean the
# same to every worker: a directory that all machines see under the same name, or an object store. The same
# holds for the *module* of a task (section 2). Lesson 08 read such a
# store; `da.from_zarr("s3://bucket/key", storage_options=...)` gives it to Dask.
#
# And who watches the memory there?

# %% tags=["claim:B12"]
watched = memory.table(work.worker_pids(client))
watched

# %%
client.close()
distant.close()

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

# %%
data.clear("09")
