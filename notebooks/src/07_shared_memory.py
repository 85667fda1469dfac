# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Share one array between processes
#
# **Do:** hand an array to another process in two ways and count what each costs. Break shared
# memory in every way that people break it, safely. Then build a pipeline: several processes read
# text files, and one process writes a single HDF5 file.
#
# **Learn**
# - what a message between processes costs;
# - what a block of shared memory is, who must close it, and who must remove it;
# - which four mistakes leak a block, lose it, or kill the process;
# - why a worker function lives in a module;
# - how a pipeline hands blocks on, and gets them back.
#
# **Need:** NumPy. From lesson [02](02_memory_mapping.ipynb): a [page](../docs/glossary.md#page) is the
# unit in which the system hands out memory, and [PSS](../docs/glossary.md#pss) counts a shared page
# once. From lesson [05](05_hdf5.ipynb): a dataset is a named array in an HDF5 file.

# %%
from course_lib import machine

machine.card()

# %% [markdown]
# ## 1. Why processes at all
#
# A Python program that computes on several CPUs usually runs as several
# [processes](../docs/glossary.md#process). Each has memory of its own: no other process can
# see it. That is safe, and it is the problem of this lesson. How does a large array get from one
# process to another?
#
# The usual answer is a *message*. The sender turns the array into a run of bytes, the system
# carries the bytes through a pipe, a channel between two processes, and the receiver builds an array
# again. Turning an object into bytes is called [pickling](../docs/glossary.md#pickling).

# %% [markdown]
# ## 2. What a message costs
#
# Take an array of 8 MiB. How many bytes is the message?

# %%
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes

# put your number in place of None
predict("bytes of a message that holds 8 MiB of data", None, unit="bytes")

# %% tags=["claim:G7"]
import pickle

import numpy as np

data_8 = np.zeros(8 * MiB, dtype="u1")
beside = []
inside = len(pickle.dumps(data_8, protocol=5))
outside = len(pickle.dumps(data_8, protocol=5, buffer_callback=beside.append))
print(f"data inside the message:  {inside:,} bytes")
print(f"data beside the message:  {outside:,} bytes, and {len(beside)} buffer that was not copied")
assert inside - data_8.nbytes < 1024 and outside < 1024 and len(beside) == 1

# %%
reveal("bytes of a message that holds 8 MiB of data", inside)

# %% [markdown]
# The first message holds a full copy of the data, plus a short description: "this is an array of
# this type and shape". The second message is the description alone. Pickle's protocol 5 can leave
# the data [out of band](../docs/glossary.md#out-of-band): it hands the buffer over instead of copying it into the message.
#
# Out of band is only half of the way. The data still has to reach the other process. The best
# message is a short one that says where the data already is.

# %% [markdown]
# ## 3. A block that two processes see
#
# A block of [shared memory](../docs/glossary.md#shared-memory), also called a segment, is memory with a
# name. Any process of the same user that knows the name can map the block, just as lesson 02 mapped a
# file. On Linux the block *is* a file, on a file system that keeps its files in memory:
# [/dev/shm](../docs/glossary.md#devshm).
#
# ![Two processes map the same block of shared memory. A small message with name, shape and type travels between them, the data stays where it is.](figures/07_shared_memory.svg)

# %% tags=["claim:G1"]
from multiprocessing.shared_memory import SharedMemory

block = SharedMemory(create=True, size=data_8.nbytes)
here = np.ndarray(data_8.shape, data_8.dtype, buffer=block.buf)
same_block = SharedMemory(block.name)
there = np.ndarray(data_8.shape, data_8.dtype, buffer=same_block.buf)
here[1000] = 42
print("written through one, read through the other:", there[1000])
assert there[1000] == 42

# %% [markdown]
# `np.ndarray(..., buffer=block.buf)` makes an array whose memory is the block. Nothing was copied.
# The block knows nothing of shape or type, so both have to be given again, as for a raw file.
#
# How much memory did the system spend on the block so far? Its size is 8 MiB.

# %%
# put your number in place of None
predict("bytes that the block occupies after one write", None, unit="bytes")

# %%
from course_lib.experiments import shared_memory as shared

taken = shared.occupied(block.name)
print("size", format_bytes(block.size), "- occupied so far", format_bytes(taken))
reveal("bytes that the block occupies after one write", taken)

# %% [markdown]
# Making the block reserves a size, not memory. Memory comes page by page, at the first touch: here one
# page, of 4 KiB on most machines, or more where the system uses huge pages for shared memory.
# Keep that in mind: it explains a crash further down.
#
# ## 4. Close, then unlink
#
# Two calls end the life of a block, and they mean different things.
#
# - `close()`: *this process* stops looking at the block. Every process calls it.
# - `unlink()`: the *name* goes away. The memory is freed when the last process has closed. Exactly
#   one process calls it.

# %% tags=["claim:G5"]
name = block.name
del here, there
same_block.close()
print("closed one of two, the block exists:", shared.exists(name))
block.close()
print("closed both, the block exists:      ", shared.exists(name))
block.unlink()
print("unlinked, the block exists:         ", shared.exists(name))
assert not shared.exists(name)

# %% [markdown]
# Closing everywhere frees nothing. The name kept the block alive, until `unlink`.
#
# ## 5. Count the cost of both ways
#
# Now hand 16 MiB to another process, once through a queue and once through a block. A queue is a pipe
# that several processes may use; it pickles what is put into it.
# A fresh process sends, its child adds the values up. Each reports how far its own memory rose
# while that happened; the array itself was there before. (`child.run` calls a function in a process
# of its own and brings back what it returned.)

# %%
# put your number in place of None
predict("MiB by which sender and receiver grow, with a queue", None, unit="MiB")

# %% tags=["claim:G1"]
from course_lib import child

size = machine.scale(16 * MiB, shm=True)
queue = child.run(shared.through_queue, size).value
by_name = child.run(shared.through_block, size).value
print(f"message through the queue: {queue.message:>12,} bytes")
print(f"message with the name:     {by_name.message:>12,} bytes")
assert queue.total == by_name.total == size
assert queue.message > size and by_name.message < 1024

# %%
from course_lib import plotting

grown = [queue.sender, queue.receiver, by_name.sender, by_name.receiver]
labels = ["queue: sender", "queue: receiver", "block: sender", "block: receiver"]
if None not in grown:
    assert queue.sender + queue.receiver > 2.5 * size and by_name.sender < size
title = f"Growth of each process while {format_bytes(size)} change hands"
plotting.bars(labels, grown, "bytes", title=title)

# %%
both = None if None in grown else round((queue.sender + queue.receiver) / MiB, 1)
reveal("MiB by which sender and receiver grow, with a queue", both)

# %% [markdown]
# With the queue the data exists several times at once. NumPy first copies the array into a bytes
# object, then pickle copies that into the message. (Protocol 5, the default from Python 3.14 on, saves
# the first copy.) The receiver holds the message and the array that it builds from it.
#
# With the block, the sender does not grow: its array was in the block from the start. The receiver
# seems to grow by one array. Those are the *same* pages, seen from a second process. [RSS](../docs/glossary.md#rss), which this
# peak is made of, counts them in both; lesson 02 showed that, and that PSS does not.
#
# ## 6. Three readers, one copy
#
# Look at PSS, then. Three processes get the same array: as copies, then as one block.

# %%
# put your number in place of None
predict("MiB of PSS that three readers save with one block of 16 MiB", None, unit="MiB")

# %% tags=["claim:G1"]
from course_lib.experiments.shared_readers import memory_of_readers

copies = memory_of_readers(3, size, shared=False)
one_block = memory_of_readers(3, size, shared=True)
plotting.show(plotting.memory_bars(copies, title="Three copies"))
plotting.show(plotting.memory_bars(one_block, title="One block"))

# %%
totals = [table.total("pss") for table in (copies, one_block)]
saved = None if None in totals else totals[0] - totals[1]
assert saved is None or saved > 1.5 * size
reveal(
    "MiB of PSS that three readers save with one block of 16 MiB",
    None if saved is None else round(saved / MiB, 1),
)

# %% [markdown]
# The white diamond, RSS, does not tell the two pictures apart. The bars do. In the first picture the
# array is in the dark part of every bar: pages that only this reader has. (The rest of the dark part is
# Python and NumPy.) In the second it is in the
# hatched part: pages that others map too, divided among all who map them. The owner of the block maps
# them as well, and carries a share that is not drawn.
#
# ## 7. Four ways to get hurt
#
# Shared memory comes with little protection. Each accident below happens in a process of its own,
# which may die. `child.run` starts it and tells how it ended.
#
# **One: close under a living array.** `np.ndarray(buffer=...)` does not tell the block that it
# uses it. So `close()` succeeds, the pages are unmapped, and the array points at nothing.

# %% tags=["claim:G5"]
closed_too_early = """
import numpy as np
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=1_000_000)
array = np.ndarray((1000,), "f8", buffer=block.buf)
block.unlink()
block.close()
print("close() said nothing", flush=True)
print(array[0])
"""
crash = child.run(closed_too_early)
print(crash.stdout + str(crash))
assert "said nothing" in crash.stdout and crash.exitcode != 0
assert crash.signal_name in ("SIGSEGV", "SIGBUS")

# %% [markdown]
# [SIGSEGV](../docs/glossary.md#sigsegv): the process touched memory that it does not have, and the
# system ended it. Python cannot catch that. In a notebook it reads "The kernel appears to have died".
#
# `np.frombuffer(block.buf, dtype, count)` holds on to the block, and then Python refuses to close it.
# (Give `dtype` and `count`: without them you get `float64` over the whole block, which some systems
# round up to pages.)

# %% tags=["claim:G5"]
unsafe, safe = 'np.ndarray((1000,), "f8", buffer=block.buf)', 'np.frombuffer(block.buf, "f8", 1000)'
refused = child.run(closed_too_early.replace(unsafe, safe))
print([line for line in refused.stderr.splitlines() if line.startswith("BufferError")][0])
assert safe not in closed_too_early and refused.exitcode == 1

# %% [markdown]
# An error with a line number is worth much more than a dead kernel. The rule behind both is one:
# **first `del` every array that lies in the block, slices too, then `close()`.** It cures either way:

# %% tags=["claim:G5"]
block = SharedMemory(create=True, size=8_000)
array = np.frombuffer(block.buf, "f8", 1000).reshape(10, 100)
del array
block.close()
block.unlink()
print("closed and unlinked, without an error")

# %% [markdown]
# Take `np.frombuffer` where your own code can keep the rule: it tells you when you forget. A helper that
# hands the array to somebody else cannot: the caller may still have it, and the block must be closed
# all the same. There take `np.ndarray(..., buffer=block.buf)`, call `unlink()` before `close()`, and say
# that nobody may use the array afterwards.
#
# **Two: forget to unlink.** A block has no owner that the system knows. If nobody unlinks it, it
# stays until the machine restarts. Python watches over that with a helper process, the
# [resource tracker](../docs/glossary.md#resource-tracker). It notes every block, and when its
# family of processes has ended it removes what is left, and complains.

# %% tags=["claim:G6"]
from course_lib.experiments import shared_hazards as hazards

for how in ("exit", "kill"):
    forgot = child.run(hazards.leak, how)
    complaint = [x for x in forgot.stderr.splitlines() if "leaked" in x][0]
    print(f"{forgot}; the tracker says: ...{complaint.partition('resource_tracker: ')[2][:62]}")
    assert "1 leaked shared_memory" in complaint
    assert not shared.segments(hazards.PREFIX)

# %% [markdown]
# The second process was killed on the spot, by the signal SIGKILL, and could clean nothing up. The tracker is
# another process, so it did. It is a safety net for accidents. A program that leans on it holds its
# memory until the very end.
#
# **Three: a stranger looks in.** The tracker cannot tell a block that its process made from a block
# that its process only looked at. Let a process make a block. An unrelated program attaches, looks,
# and ends.

# %%
# put your number in place of None
predict("blocks left after an unrelated program looked at one", None, unit="blocks")

# %% tags=["claim:G6"]
destroyed = child.run(hazards.visited_by_stranger, False).value
kept = child.run(hazards.visited_by_stranger, True).value
print("after an ordinary visit:", len(destroyed), "blocks left")
print("tracker kept out of it: ", len(kept), "block left")
assert len(destroyed) == 0 and len(kept) == 1
reveal("blocks left after an unrelated program looked at one", len(destroyed))

# %% [markdown]
# The visitor's tracker removed a block that was not its own. Keep the tracker out with
# `SharedMemory(name, track=False)`, from Python 3.13 on. Before that, tell the tracker to forget:
# `resource_tracker.unregister("/" + name, "shared_memory")`.
#
# Processes that `multiprocessing` starts share one tracker *if it runs before they start*. Then workers
# are not strangers, and need nothing of this. The start methods *spawn* and *forkserver* (section 9) see
# to that. With *fork*, the default of Linux up to Python 3.13, call
# `multiprocessing.resource_tracker.ensure_running()` first, or make a block before the pool. Otherwise
# each worker is a stranger.
#
# **Four: more than there is.** In many containers `/dev/shm` has 64 MiB. Making a larger block
# succeeds all the same, because memory comes at the first touch. The touch then fails, and it fails
# as [SIGBUS](../docs/glossary.md#sigbus). The next cell gives a child process a `/dev/shm` of its own, of 1 MiB, and puts a block
# of 8 MiB there.

# %% tags=["claim:G8"]
from course_lib.experiments import small_shm

touched = child.run(small_shm.overfill, False)
asked = child.run(small_shm.overfill, True)
print("make it, fill it:         ", touched.stdout.strip(), "-", touched.value or touched)
print("make it, reserve, fill it:", asked.stdout.strip(), "-", asked.value)
possible = not str(asked.value).startswith("not shown here")
assert not possible or (touched.signal_name, asked.value) == ("SIGBUS", "ENOSPC")

# %% [markdown]
# If it says "not shown here", this machine does not let a process have a `/dev/shm` of its own. The
# rule is the same there: creating works, touching is SIGBUS, and `os.posix_fallocate` before the
# first touch turns the crash into an error that a program can catch: ENOSPC, "no space left".
#
# How much room is there on this machine?

# %%
room = machine.shm_size()
print("/dev/shm:", format_bytes(room), "- this lesson never uses more than 32 MiB of it")

# %% [markdown]
# ## 8. One class that does it right
#
# The rules of the four accidents fit in one class. Look at what `with` guarantees: the array goes
# first, then the name, then the map, whether the `with` ends well or by an error.

# %% tags=["claim:G5", "claim:G6"]
import inspect

from course_lib.experiments.shared_memory import SharedArray

print(inspect.getsource(SharedArray.__exit__))
try:
    with SharedArray.create((1000,), "f8") as mine:
        mine.array[:] = 1
        raise RuntimeError("something went wrong in the middle")
except RuntimeError as error:
    print(error, "- blocks left:", shared.segments())
assert not shared.segments()

# %% [markdown]
# `SharedArray.create` also reserves the memory before it hands the array out, and keeps the three
# facts that another process needs together in one small object: the *offer*.

# %%
with SharedArray.create((1000, 3), "f4") as mine, SharedArray.attach(mine.offer) as same:
    mine.array[500, 2] = 42
    print(mine.offer, "->", same.array[500, 2])
    assert same.array[500, 2] == 42

# %% [markdown]
# ## 9. How a child starts, and why its function lives in a module
#
# `multiprocessing` knows up to three ways to start a child process, its
# [start methods](../docs/glossary.md#start-method).
#
# - *fork*: the child is a copy of the parent, with everything that was in its memory. The default
#   on Linux through Python 3.13. Fast, and dangerous when the parent has threads.
# - *spawn*: a fresh interpreter that imports what it needs. The default on macOS and Windows.
# - *forkserver*: a small helper process, started early, forks the children. The default on Linux
#   from Python 3.14 on.
#
# A process sets a variable of a module to 42 and then starts a child in each way. What does the child
# see? The variable is 0 when the module is imported.

# %%
# put your number in place of None
predict("what a spawned child sees in the variable", None)

# %% tags=["claim:G7"]
seen = child.run(hazards.inherited).value
print(seen)
for method, value in seen.items():
    assert value == (42 if method == "fork" else 0)
reveal("what a spawned child sees in the variable", seen["spawn"])

# %% [markdown]
# Only a forked child has the parent's variables. A program that needs them works by luck: it stops
# working on another system, or with another Python. Hand over what a child needs as arguments.
#
# The same holds for *functions*. A function is pickled as its name. Look:

# %% tags=["claim:G7"]
def double(x):
    return 2 * x


message = pickle.dumps(double)
print(len(message), "bytes:", message)
lost = child.run("import pickle; pickle.loads(args[0])", message)
print("in a fresh process:", lost.last_line)
assert b"__main__" in message and "AttributeError" in lost.last_line

# %% [markdown]
# No code travels, only "`double`, from `__main__`". In the child, `__main__` is another module, and
# there is no `double` in it. In a pool each worker that meets this dies and is replaced. When the
# tasks are used up the new workers idle, and the cell waits for ever. (We leave that one out.) So worker functions live in a module that both sides can import. Those of this
# lesson live in `course_lib/experiments`.
#
# ## 10. Pool, and the block that nobody unlinks
#
# `Pool.map(function, items)` shares items among worker processes. Listings on the web let each
# worker make a block and return its name. Who unlinks?

# %%
# put your number in place of None
predict("blocks left after a pool of spawned workers made three", None, unit="blocks")

# %%
predict("blocks left after a pool of forked workers made three", None, unit="blocks")  # and here

# %% tags=["claim:G3"]
from multiprocessing import get_all_start_methods, get_context

pooled = child.run(hazards.pool_without_unlink, 3, "spawn")
left = shared.segments(hazards.PREFIX)
print("left when the program ended:", "unknown" if left is None else len(left))
assert len(pooled.value) == 3 and "3 leaked" in pooled.stderr
reveal("blocks left after a pool of spawned workers made three", len(pooled.value))

# %% tags=["claim:G3"]
forks = "fork" in get_all_start_methods() and left is not None
forked = len(child.run(hazards.pool_without_unlink, 3, "fork").value) if forks else None
assert forked in (0, None)
reveal("blocks left after a pool of forked workers made three", forked)

# %% [markdown]
# Every worker closed its block, and nobody unlinked. Spawned workers share the tracker of the program:
# the blocks leak until the program ends, and then the tracker tidies up. Each forked worker started a
# tracker of its own: the blocks are gone when the pool is, and the parent that wants to read them gets
# `FileNotFoundError`, sooner or later. Plain `Pool()`, as in those listings, forks on Linux up to
# Python 3.13.
#
# With a pool it is simpler to turn things round. The parent owns the block, and
# the workers get the offer and the rows that they should work on.

# %% tags=["claim:G3"]
with SharedArray.create((1000, 1000), "i4") as mine, get_context("spawn").Pool(2) as pool:
    mine.array[:] = 1
    tasks = [(mine.offer, start, start + 250) for start in range(0, 1000, 250)]
    sums = pool.map(hazards.share_of_sum, tasks)
    pool.close()
    pool.join()
print(sums, "from messages of", shared.message_bytes(tasks[0]), "bytes; left:", shared.segments())
assert sum(sums) == 1_000_000 and not shared.segments()

# %% [markdown]
# ## 11. The pipeline: many text files, one HDF5 file
#
# A lab measures methylation: at each of many places of a chromosome it counts how often the DNA
# carries a certain mark. The result is a text file a sample. Parsing text is slow and uses the CPU,
# so several processes should parse. An HDF5 file takes one writer (lesson 05), so one process
# should write. Between them go blocks.
#
# First the text, and the type of one row: a name, a position, a percentage, two counts.

# %%
from course_lib import data

folder = data.workspace("07")
samples = [data.methylation_text(folder / f"sample{i}.txt", 20_000, "chr1", seed=i) for i in range(4)]
print(samples[0].read_text()[:80])

# %% tags=["claim:G2"]
from course_lib.experiments import genomics_pipeline as genomics

row = genomics.call_dtype(10)
print(row.descr, "->", row.itemsize, "bytes a row")
assert row.itemsize == 26

# %% [markdown]
# `S10` is a text of at most 10 bytes. That is enough for `chr1`. Human genomes also come with pieces
# whose place is unknown, and these have longer names. How many different names are left of these two?

# %%
# put your number in place of None
predict("different names left of two", None, unit="names")

# %% tags=["claim:G2"]
pieces = ["chrUn_KI270302v1", "chrUn_KI270303v1"]
paths = [data.methylation_text(folder / f"{piece}.txt", 100, piece) for piece in pieces]
cut = {name for path in paths for name in genomics.read_calls(path, 10)["chr"].tolist()}
whole = {name for path in paths for name in genomics.read_calls(path)["chr"].tolist()}
print("S10:  ", cut)
print("fitted:", whole)
assert len(cut) == 1 and len(whole) == 2
reveal("different names left of two", len(cut))

# %% [markdown]
# NumPy cuts without a word, and two pieces have become one. Take the width from the data: our
# `read_calls` looks for the longest name first.
#
# Listings of this pipeline on the web (`loadtxt_worker`, with `in_queue` and `out_queue`) have a second
# defect. A worker makes a block and sends its name. It must keep the block until the parent has read
# it, so it waits for the parent's "done". If all workers wait on *one* queue, which of them takes it?

# %% tags=["claim:G2"]
for step, what in child.run(hazards.crossed_answers).value.items():
    print(f"{step:18} {what}")
assert what == "FileNotFoundError"

# %% [markdown]
# The parent read the block of B and answered. B was busy for a moment, so A took the answer,
# unlinked its own block, and left. When the parent came to read A, there was nothing. It needs no
# bad luck, only a busy machine.
#
# The cure is a pipe for each worker. What the parent says into the pipe of B, only B hears. This is the
# parent's side: make the pipe, start the worker, close *its* end here, receive, join. One worker
# answers, the other one dies. With a queue, `get()` would wait for the dead one for ever; a pipe ends
# with `EOFError` once no process holds its other end. That is why the parent closes `theirs`.

# %% tags=["claim:G2"]
context, answers = get_context("spawn"), []
with SharedArray.create((1000,), "i4") as mine:
    mine.array[:] = 1
    for dies in (False, True):
        ours, theirs = context.Pipe(duplex=False)  # what is sent into `theirs` comes out of `ours`
        worker = context.Process(target=hazards.send_sum, args=(theirs, mine.offer, dies))
        worker.start()
        theirs.close()
        try:
            answers.append(ours.recv())
        except EOFError:
            answers.append("the worker died")
        worker.join()
        ours.close()
print(answers)
assert answers == [1000, "the worker died"]

# %% [markdown]
# To let workers run side by side, start them all before the first `recv`. In the pipeline the pipe goes
# both ways (`Pipe()`), for the parent's "done". Here is its worker in full:

# %%
print(inspect.getsource(genomics.offer_calls))

# %% [markdown]
# ![Three workers parse one text file each and put the rows into a segment of their own. One parent reads the segments and writes one HDF5 file, and answers each worker on its own pipe.](figures/07_one_writer.svg)
#
# Parse, make a block, send the offer, wait for the own answer. The `with` unlinks on every path: after
# the answer, after an error, and when the parent has died (`EOFError`: the pipe has ended).
#
# Now run it. One of the files is damaged.

# %% tags=["claim:G4"]
damaged = folder / "damaged.txt"
damaged.write_text("chr1\tno number here\n")
result = genomics.gather([*samples, damaged], folder / "calls.h5")
print(result.rows)
print({name: text[:60] for name, text in result.failed.items()})
assert sum(result.rows.values()) == 80_000 and list(result.failed) == ["damaged.txt"]
assert not shared.segments()

# %%
plotting.timeline(sorted(result.events), title="Who did what")

# %% [markdown]
# A worker's bar runs from its start until its block is ready. Two run at a time; in files as small as
# these, starting Python takes most of the bar, so real pipelines give a worker more than one file. The
# writer has a lane to itself: it is never two. The damaged file cost its own rows and nothing else, and
# no block is left.
#
# Is everything in the file?

# %% tags=["claim:G4"]
import h5py

with h5py.File(folder / "calls.h5") as h5:
    first = h5["calls/sample0"]
    print(list(h5["calls"]), first.shape, first.dtype.names)
    assert len(h5["calls"]) == 4
    assert np.array_equal(first[()], genomics.read_calls(samples[0]))

# %% [markdown]
# ## 12. A file can do it too
#
# A memory-mapped file is shared memory with another name (lesson 02). A child writes into the file;
# the parent sees it through its own map, at once.

# %%
path = folder / "shared.npy"
mapped = np.lib.format.open_memmap(path, mode="w+", dtype="i4", shape=(1000, 1000))
child.run("import numpy as np; np.load(args[0], mmap_mode='r+')[500, 2] = 42", str(path)).check()
print("written by the child:", mapped[500, 2])
assert mapped[500, 2] == 42
del mapped

# %% [markdown]
# | | block of shared memory | memory-mapped file |
# |---|---|---|
# | lives in | memory, `/dev/shm` | the page cache, backed by a disk |
# | how large | what `/dev/shm` allows | what the disk allows |
# | when memory is short | stays, or is moved to the disk (swapped out) | pages are written back and dropped |
# | shape and type | travel in a message | stand in the `.npy` header |
# | who removes it | one process calls `unlink` | whoever deletes the file |
# | after a crash | the tracker removes it, or it leaks | the file is there, perhaps half written |
#
# For data that passes by, take a block. For data that should stay, or that is larger than memory,
# take a file.
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# 1. Process A makes a block, sends its name to B, and calls `close()` and `unlink()` at once. B
#    attaches a second later. What happens?
#
# <details><summary>Answer</summary>
# B gets <code>FileNotFoundError</code>: the name is gone. Had B attached before the
# <code>unlink</code>, all would be well: the memory stays until the last process closes it. So A has
# to wait for an answer from B, as the workers of the pipeline do.
# </details>
#
# 2. Four workers attach to one block of 1 GiB. `top` shows more than 1 GiB for each. Is the machine
#    using 4 GiB?
#
# <details><summary>Answer</summary>
# No. <code>top</code> shows RSS, which counts a shared page in every process that maps it. PSS divides
# the page among them; the four PSS add up to about 1 GiB, plus what each has for itself.
# </details>
#
# 3. A program runs on your laptop, where `/dev/shm` is large. In a container it dies with SIGBUS in
#    the line `array[:] = data`. What happened, and which call would have told you?
#
# <details><summary>Answer</summary>
# The block is larger than the <code>/dev/shm</code> of the container. Making it only set a size; the
# first touch of a page that does not fit is the SIGBUS. <code>os.posix_fallocate</code>, right after
# making the block, fails with ENOSPC instead, which a program can catch.
# </details>
#
# 4. You define `work(x)` in a notebook cell, make a pool after it, and call `pool.map(work, items)`. On
#    Linux with Python 3.12 it works. A friend on a Mac sees a cell that never ends. Why?
#
# <details><summary>Answer</summary>
# Your pool forks: the children are copies of the notebook and have <code>work</code>. On a Mac the
# children are spawned. They get the name <code>__main__.work</code>, do not find it, die, and are
# replaced by new ones, and the answers never come. (A pool that was made before <code>work</code> was
# defined fails on Linux, too.) Put <code>work</code> into a module.
# </details>
#
# ## Recap
#
# - A message copies: the sender and the receiver each hold the data and the message.
# - A block of shared memory has a name; the message is the name, the shape and the type.
# - Everybody closes, one unlinks, on every path: use `with`.
# - `del` every array of a block, then `close()`. `np.frombuffer` reports one that you forgot;
#   `np.ndarray(buffer=)` lets you close, and whoever uses the array then dies.
# - The resource tracker is a net, not a plan. It removes blocks that strangers look at, and forked
#   workers are strangers unless it ran before them.
# - Reserve before you touch: `os.posix_fallocate`.
# - One pipe for each worker, so that an answer reaches the right one.
# - Worker functions live in a module.
#
# ## Further reading
#
# - Python documentation: *multiprocessing.shared_memory*; *multiprocessing*, the part "Contexts and
#   start methods"
# - PEP 574, *Pickle protocol 5 with out-of-band data*
# - Manual pages: *shm_overview(7)*, *posix_fallocate(3)*, *tmpfs(5)*
#
# **Exercise:** [07 shared memory](../exercises/07_shared_memory/07_shared_memory.ipynb). **Next lesson:**
# [08 choosing](08_choosing.ipynb).

# %%
assert not shared.segments()
data.clear("07")
