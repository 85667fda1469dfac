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
# **Do:** start processes and talk to them through pipes. Hand an array over in two ways and count what
# each costs. Break shared memory safely, in every way that people break it. Then let several processes
# parse text for one HDF5 file.
#
# **Learn**
# - how a process is started, asked and ended, and what a message costs;
# - what a block of shared memory is, who closes it, and who removes it;
# - which four mistakes leak a block, lose it, or kill the process;
# - why a worker function lives in a module.
#
# **Need:** NumPy. From lesson [02](02_memory_mapping.ipynb): [pages](../docs/glossary.md#page), and
# [PSS](../docs/glossary.md#pss), which counts a shared page once. From lesson [05](05_hdf5.ipynb): `h5py.File`.

# %%
import errno
import inspect
import os
import pickle
from multiprocessing import active_children, get_all_start_methods, get_context, resource_tracker
from multiprocessing.shared_memory import SharedMemory

import h5py
import numpy as np

from course_lib import child, data, machine, plotting, practice
from course_lib.experiments import genomics_pipeline as genomics
from course_lib.experiments import process_stage, small_shm
from course_lib.experiments import shared_memory as shared
from course_lib.experiments import shared_workers as work
from course_lib.experiments.shared_readers import memory_of_readers
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes

machine.card()

# %% [markdown]
# ## 1. Start a process, and hear from it
#
# A program that computes on several CPUs usually runs as several [processes](../docs/glossary.md#process).
# Each has memory of its own, which no other process sees. Here is what one will do, a *worker*:

# %%
print(inspect.getsource(work.send_sum))

# %% [markdown]
# It answers through a *pipe*: what is put into one end comes out of the other. This is the parent's side.

# %%
context = get_context("spawn")  # "spawn" is one way to start a process; section 7 has the others
values = np.arange(6, dtype="i4").reshape(2, 3)

ours, theirs = context.Pipe(duplex=False)  # what is sent into `theirs` comes out of `ours`
worker = context.Process(target=work.send_sum, args=(values, theirs))
worker.start()
theirs.close()  # the worker has this end too: let go of ours
print("the worker says", ours.recv())  # waits for the message
ours.close()
worker.join()  # waits until the worker has ended

# %% [markdown]
# Two lines look dispensable, and are not. `join()` takes the ended worker off the system's list. And
# `theirs.close()`: a pipe ends when *nobody* can send any more. Look who can, if a worker dies:

# %% tags=["hide-input"]
plotting.lifelines(
    ["Pipe()", "start()", "theirs.close()", "worker ends", "recv()"],
    {"theirs, in the parent": (0, 2), "theirs, in the worker": (1, 3), "ours, in the parent": (0, None)},
    ["theirs, in the worker"], title="Which ends of the pipe are open",
)

# %% [markdown]
# When the worker ends without a word, its end is closed for it. If the parent has closed its own copy,
# nobody is left, and `recv()` raises `EOFError`. If it has not, `recv()` waits for ever.

# %% tags=["claim:G2"]
ours, theirs = context.Pipe(duplex=False)
worker = context.Process(target=work.die, args=(theirs,))
worker.start()
theirs.close()
try:
    answer = ours.recv()
except EOFError:
    answer = "the worker died"
ours.close()
worker.join()
assert answer == "the worker died" and worker.exitcode == 1
answer

# %% [markdown]
# One more rule: first `recv()`, then `join()`. A pipe holds some ten or hundred KiB. A worker with a
# larger message stays in `send` until somebody receives, so it does not end.
#
# **Your turn.** To let workers run side by side, start *all* of them before the first `recv()`. Write that
# part: a worker with `work.send_sum` for each array.
#
# <details><summary>Hint</summary>
#
# One loop. Make a pipe and a process, start it, close `theirs`, and append `(worker, ours)` to a list.
#
# </details>

# %% turn="start_all"
def start_all(arrays, context):
    """Start a worker for each array; return a list of (worker, ours)."""
    ### BEGIN SOLUTION
    started = []
    for array in arrays:
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work.send_sum, args=(array, theirs))
        worker.start()
        theirs.close()
        started.append((worker, ours))
    return started
    ### END SOLUTION

# %%
stage = process_stage.Stage()  # takes the place of `context`: no process is started, all calls are noted
practice.check(
    start_all,
    ("sums of two arrays", lambda: [ours.recv() for _, ours in start_all([np.ones(3), np.ones(5)], stage)],
     [3, 5], "Each worker gets an array of its own, and theirs; you keep ours."),
    ("calls", lambda: stage.calls, ["start", "start", "recv", "recv"], "start() each; recv() comes later."),
    ("ends of workers left open here", lambda: stage.open_ends(ours=False), 0, "theirs.close() after start()."),
)

# %% [markdown]
# **Your turn.** Now the other half: collect what they say. A worker may have died.
#
# <details><summary>Hint</summary>
#
# `try: ... ours.recv()`, `except EOFError: ...`; after that `ours.close()` and `worker.join()`, either way.
#
# </details>

# %% turn="answers_of"
def answers_of(started):
    """Return the message of each worker, and None for one that died; leave nothing open."""
    ### BEGIN SOLUTION
    answers = []
    for worker, ours in started:
        try:
            answers.append(ours.recv())
        except EOFError:
            answers.append(None)
        ours.close()
        worker.join()
    return answers
    ### END SOLUTION

# %%
second = process_stage.Stage()
practice.check(
    answers_of,
    ("three workers, the second died", lambda: answers_of(second.started(3, None, 5)), [3, None, 5],
     "EOFError says that a worker died. The others still count."),
    ("ends left open", second.open_ends, 0, "Close ours, also that of the dead worker."),
    ("workers without join()", second.not_joined, 0, "join() each, also the dead one."),
)

# %% [markdown]
# ## 2. What a message costs
#
# The worker got its array as a message, too. The sender turns the array into bytes
# ([pickling](../docs/glossary.md#pickling)), the pipe carries them, and the receiver builds an array
# again. How many bytes is the message for an array of 8 MiB?

# %%
# put your number in place of None
predict("bytes of a message that holds 8 MiB of data", None, unit="bytes")

# %% tags=["claim:G7"]
data_8 = np.zeros(8 * MiB, dtype="u1")
beside = []
inside = len(pickle.dumps(data_8, protocol=5))
outside = len(pickle.dumps(data_8, protocol=5, buffer_callback=beside.append))
print(f"data beside the message: {outside:,} bytes, and {len(beside)} buffer that was not copied")
assert inside - data_8.nbytes < 1024 and outside < 1024 and len(beside) == 1
reveal("bytes of a message that holds 8 MiB of data", inside)

# %% [markdown]
# The message holds a full copy of the data. Pickle's protocol 5 can leave the data
# [out of band](../docs/glossary.md#out-of-band) and keep a short description. But the data still has to
# get to the other process. The best message says where the data already *is*.
#
# ## 3. A block that two processes see
#
# A block of [shared memory](../docs/glossary.md#shared-memory), also called a segment, is memory with a
# name. Any process of the same user that knows the name can map it, as lesson 02 mapped a file. On Linux
# the block *is* a file, on a file system that keeps its files in memory: [/dev/shm](../docs/glossary.md#devshm).
#
# ![Two processes map the same block of shared memory. A small message with name, shape and type travels between them, the data stays where it is.](figures/07_shared_memory.svg)

# %% tags=["claim:G1"]
block = SharedMemory(create=True, size=data_8.nbytes)
here = np.ndarray(data_8.shape, data_8.dtype, buffer=block.buf)
here[1000] = 42

ours, theirs = context.Pipe(duplex=False)
worker = context.Process(target=work.sum_in_block, args=(block.name, here.shape, here.dtype.str, theirs))
worker.start()
theirs.close()
total = ours.recv()
ours.close()
worker.join()
assert total == 42
print(inspect.getsource(work.sum_in_block))

# %% [markdown]
# `np.ndarray(..., buffer=block.buf)` makes an array whose memory is the block, in C order. Nothing is
# copied. The block knows neither shape nor type, so they travel with the name; `dtype.str` is a text that
# keeps the byte order. To put an array of any order into a block, assign it: `here[...] = other`. Memory
# comes page by page at the first touch, as in the sparse file of lesson 02.
#
# ## 4. Close, then unlink
#
# Two calls end a block, and they mean different things. `close()`: *this process* stops looking at it;
# everybody calls it. `unlink()`: the *name* goes; exactly one process calls it. The memory is freed when
# there is no name and everybody has closed.

# %% tags=["hide-input"]
plotting.lifelines(
    ["A: create", "B: attach", "A: close", "A: unlink", "B: close"],
    {"the name": (0, 3), "A's view": (0, 2), "B's view": (1, 4), "the memory": (0, 4)},
    ["the memory"], title="The life of a block",
)

# %% tags=["claim:G5"]
name = block.name
del here
block.close()
print("closed everywhere, the block exists:", shared.exists(name))
block.unlink()
print("unlinked, the block exists:         ", shared.exists(name))
assert not shared.exists(name)

# %% [markdown]
# Why `del here`? `np.ndarray(buffer=...)` does not tell the block that it uses it. `close()` succeeds, the
# pages are unmapped, and the array points at nothing. The next cell does that in a process that may die:
# `child.run` runs a program in a process of its own and says how it ended.

# %% tags=["claim:G5"]
closed_too_early = """
import numpy as np
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=1_000_000)
array = np.ndarray((1000,), "f8", buffer=block.buf)
block.unlink()
block.close()
print(array[0])
"""
crash = child.run(closed_too_early)
unsafe, safe = 'np.ndarray((1000,), "f8", buffer=block.buf)', 'np.frombuffer(block.buf, "f8", 1000)'
refused = child.run(closed_too_early.replace(unsafe, safe))
print(crash, "-", refused)
assert crash.signal_name in ("SIGSEGV", "SIGBUS") and "BufferError" in refused.last_line

# %% [markdown]
# [SIGSEGV](../docs/glossary.md#sigsegv): the process touched memory that it does not have, and the system
# ended it. In a notebook that reads "The kernel appears to have died". The second program took
# `np.frombuffer(block.buf, dtype, count)`, which holds on to the block: Python refuses to close it.
#
# The rule behind both is one: **first `del` every array that lies in the block, slices too, then
# `close()`.** `np.frombuffer` tells you when you forget. A helper that hands the array to somebody else
# needs `np.ndarray(..., buffer=block.buf)`: the caller may still have the array when the helper must close.
# Such a helper calls `unlink()` before `close()`, and says that nobody may use the array afterwards.
#
# **Your turn.** Put a table into a new block of the given name, and let go. The block stays for others.
#
# <details><summary>Hint</summary>
#
# `SharedMemory(name, create=True, size=table.nbytes)`; an array in it; assign; `del` it; `close()`.
#
# </details>

# %% turn="put_into_block"
def put_into_block(table, name):
    """Make a block that holds the table in C order; close it, and do not unlink it."""
    ### BEGIN SOLUTION
    block = SharedMemory(name, create=True, size=table.nbytes)
    inside = np.ndarray(table.shape, table.dtype, buffer=block.buf)
    inside[...] = table
    del inside
    block.close()
    ### END SOLUTION

# %%
before = process_stage.blocks_open()
turned = np.arange(6, dtype=">i2").reshape(3, 2).T  # big-endian, and not in C order
practice.check(
    put_into_block,
    ("what others see", lambda: process_stage.seen_in_block(put_into_block, turned), turned.tobytes(),
     "inside[...] = table copies item by item, whatever the order; the dtype is that of the table."),
    ("descriptors of blocks", process_stage.blocks_open, before, "close() is missing."),
)

# %% [markdown]
# ## 5. Count the cost of both ways
#
# Hand 16 MiB to another process, once through a queue (a pipe that several may use) and once in a block.
# NumPy copies the array into a bytes object, and pickle copies that into the message. (Protocol 5, the
# default from Python 3.14 on, saves the first copy.) The receiver holds the message and the array that it
# builds. So how much do both grow together, on top of the array?

# %%
# put your number in place of None
predict("MiB by which sender and receiver grow, with a queue", None, unit="MiB")

# %% tags=["claim:G1"]
size = machine.scale(16 * MiB, shm=True)
queue = child.run(shared.hand_over, np.ones(size, "u1")).value
by_name = child.run(shared.through_block, size).value
assert queue.message > size and by_name.message < 1024 and queue.total == by_name.total == size
print(f"messages: {queue.message:,} and {by_name.message:,} bytes")
grown = [queue.sender, queue.receiver, by_name.sender, by_name.receiver]
labels = ["queue: sender", "queue: receiver", "block: sender", "block: receiver"]
plotting.show(plotting.bars(labels, grown, "bytes", title="Growth of each process"))
both = None if None in grown else round((queue.sender + queue.receiver) / MiB, 1)
reveal("MiB by which sender and receiver grow, with a queue", both)

# %% [markdown]
# With the block the sender does not grow. The receiver seems to, but those are the *same* pages:
# [RSS](../docs/glossary.md#rss) counts them in both. So ask PSS. Three readers hold 16 MiB, first as copies,
# then in one block. The owner maps the block as well: a quarter is the owner's, and not drawn. How much
# less is the PSS of the three?

# %%
# put your number in place of None
predict("MiB of PSS that three readers save with one block of 16 MiB", None, unit="MiB")

# %% tags=["claim:G1"]
copies = memory_of_readers(3, size, shared=False)
one_block = memory_of_readers(3, size, shared=True)
plotting.show(plotting.memory_bars(copies, title="Three copies"))
plotting.show(plotting.memory_bars(one_block, title="One block"))
totals = [table.total("pss") for table in (copies, one_block)]
saved = None if None in totals else totals[0] - totals[1]
assert saved is None or saved > 1.5 * size
reveal("MiB of PSS that three readers save with one block of 16 MiB", saved and round(saved / MiB, 1))

# %% [markdown]
# RSS, the white diamond, is the same in both pictures. What only this reader has is dark, what is shared
# is hatched.
#
# ## 6. Three more ways to get hurt
#
# **Forget to unlink.** The system knows no owner of a block. Python has a helper process, the
# [resource tracker](../docs/glossary.md#resource-tracker), that notes every block which a process makes or
# attaches to. When its processes have ended it removes what is left, and complains.

# %% tags=["claim:G6"]
leaks = """
import os
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=4096)
print(block.name, flush=True)
os.kill(os.getpid(), 9)
"""
leaked = child.run(leaks)
complaint = [line for line in leaked.stderr.splitlines() if "leaked" in line][0]
print(leaked, "-", complaint.split("resource_tracker: ")[-1])
assert leaked.signal_name == "SIGKILL" and not shared.exists(leaked.stdout.strip())

# %% [markdown]
# The process was killed, and the tracker, which is another process, cleaned up. It is a net for accidents:
# it acts at the very end, and until then the memory is taken.
#
# **A stranger looks in.** The tracker does not tell a block that was made from one that was only looked
# at. An unrelated program attaches to our block, closes it, and ends. Is the block still there?

# %%
# put your number in place of None
predict("blocks left after an unrelated program looked at one", None, unit="blocks")

# %%
visit = """
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(args[0])  # from Python 3.13 on: SharedMemory(args[0], track=False)
resource_tracker.unregister("/" + block.name, "shared_memory")
block.close()
"""

# %% tags=["claim:G6"]
left = []
for program in (visit, visit.replace("resource_tracker.unregister", "str")):  # with that line, without
    block = SharedMemory(create=True, size=4096)
    child.run(program, block.name)
    left.append(shared.exists(block.name))
    block.close()
    block.unlink() if left[-1] else resource_tracker.unregister("/" + block.name, "shared_memory")
print("left, with unregister and without:", left)
assert left in ([True, False], [None, None])
reveal("blocks left after an unrelated program looked at one", left[1] and 1)

# %% [markdown]
# The visitor's tracker removed a block that was not its own. Workers that `multiprocessing` starts are no
# strangers *if the tracker runs before they start*: then they share it. *Spawn* and *forkserver* (section
# 7) see to that. With *fork* call `resource_tracker.ensure_running()` first, or make a block before them.
#
# **More than there is.** In many containers `/dev/shm` has 64 MiB (`docker run --shm-size=1g` gives more).
# Making a larger block succeeds, as memory comes at the first touch. The touch is then
# [SIGBUS](../docs/glossary.md#sigbus). This function runs in a process with a `/dev/shm` of 1 MiB:

# %% tags=["claim:G8"]
print(inspect.getsource(small_shm.overfill))
touched, asked = child.run(small_shm.overfill, False), child.run(small_shm.overfill, True)
print("fill it:         ", touched.stdout.strip(), "-", touched.value or touched)
print("reserve, fill it:", asked.stdout.strip(), "-", asked.value)
if machine.shm_size() is not None:
    room = os.statvfs("/dev/shm")  # the one of this notebook
    print("free for us:", format_bytes(room.f_bavail * room.f_frsize))
print("ENOSPC means:", os.strerror(errno.ENOSPC))
possible = not str(asked.value).startswith("not shown here")
assert not possible or (touched.signal_name, asked.value) == ("SIGBUS", "ENOSPC")

# %% [markdown]
# (Some machines say "not shown here": a process may not have its own `/dev/shm` there.)
# `os.posix_fallocate` takes the memory at once, or raises `OSError` with the number `errno.ENOSPC`.
#
# **The cure for all of them is order**: end a block on every path. A generator with one `yield` becomes a
# context manager by `@contextmanager` of `contextlib`. What stands before the `yield` happens at the start
# of the `with` block, what stands after it at the end. An error of the `with` block comes out of the
# `yield`, so the end belongs into `finally`.
#
# **Your turn.** Attach to a block of somebody else: hand out an array in it, and close in the end. (The
# check puts `@contextmanager` on top.)
#
# <details><summary>Hint</summary>
#
# `block = SharedMemory(name)`, then `try: yield np.ndarray(...)`, `finally: block.close()`.
#
# </details>

# %% turn="attached"
def attached(name, shape, dtype):
    """Yield the array in a block; close the block in the end, whatever happens."""
    ### BEGIN SOLUTION
    block = SharedMemory(name)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.close()
    ### END SOLUTION

# %%
practice.check(
    attached,
    ("first item of the array", lambda: process_stage.looked_at(attached)[0], 42, "yield the array."),
    ("an error in the with block", lambda: process_stage.looked_at(attached, fail=True)[1], "KeyError",
     "The error of the with block goes on to the caller: no except."),
    ("blocks left open then", lambda: process_stage.looked_at(attached, fail=True)[2],
     None if before is None else 0, "close() belongs into finally."),
)

# %% [markdown]
# ## 7. How a child starts, and why its function lives in a module
#
# There are up to three [start methods](../docs/glossary.md#start-method).
#
# - *fork*: the child is a copy of the parent, functions of a notebook included. Linux's default through
#   Python 3.13. Fast, and dangerous when the parent has threads.
# - *spawn*: a fresh interpreter that imports what it needs. The default on macOS and Windows.
# - *forkserver*: a small helper process forks the children. Linux's default from 3.14 on.
#
# A variable of a module is 0 at the import. A process sets it to 42 and starts a child. What does it see?

# %%
# put your number in place of None
predict("what a spawned child sees in the variable", None)

# %% tags=["claim:G7"]
print(inspect.getsource(work.inherited))
seen = child.run(work.inherited).value
print(seen)
assert all(value == (42 if method == "fork" else 0) for method, value in seen.items())
reveal("what a spawned child sees in the variable", seen["spawn"])

# %% [markdown]
# So hand over as arguments what a child needs. The function itself is pickled as its name.

# %% tags=["claim:G7"]
def double(x):
    return 2 * x


message = pickle.dumps(double)
lost = child.run("import pickle; pickle.loads(args[0])", message)
print(message, "\nin a fresh process:", lost.last_line)
assert b"__main__" in message and "AttributeError" in lost.last_line

# %% [markdown]
# In the child `__main__` is another module. In a pool, each worker that meets this dies and is replaced;
# when the tasks are used up the new ones idle, and the cell waits for ever. So a worker function lives in
# a module, unless you fork.
#
# ## 8. Pool, and the block that nobody unlinks
#
# `Pool.map(function, items)` shares items among worker processes. Listings on the web let each worker
# make a block and return its name. Think of the tracker: spawned workers share the program's. Forked ones
# start their own, if none runs yet, and it tidies up when they end. How many of three blocks are left
# once the pool of forked workers is closed?

# %%
# put your number in place of None
predict("blocks left after a pool of forked workers made three", None, unit="blocks")

# %% tags=["claim:G3"]
print(inspect.getsource(work.make_block), inspect.getsource(work.pool_of_makers), sep="\n")
left = {}
for method in sorted({"spawn", "fork"} & set(get_all_start_methods())):
    names = child.run(work.pool_of_makers, method).value
    left[method] = None if names is None else len(names)
print(left)
assert left.get("spawn") in (3, None) and left.get("fork") in (0, None)
reveal("blocks left after a pool of forked workers made three", left.get("fork"))

# %% [markdown]
# Either way nobody unlinked: the blocks leak until the program ends (*spawn*), or are gone when the parent
# wants them (`FileNotFoundError`). Turn it round: the parent owns one block, and the tasks say which rows.

# %% tags=["claim:G3"]
block = SharedMemory(create=True, size=4_000_000)
table = np.ndarray((1000, 1000), "i4", buffer=block.buf)
table[...] = 1
tasks = [(block.name, table.shape, "i4", start, start + 250) for start in range(0, 1000, 250)]
with context.Pool(2) as pool:
    sums = pool.map(work.share_of_sum, tasks)
    pool.close()
    pool.join()
del table
block.close()
block.unlink()
print(inspect.getsource(work.share_of_sum), "\n", sums)
assert sum(sums) == 1_000_000 and not shared.exists(block.name)

# %% [markdown]
# ## 9. The pipeline: many text files, one HDF5 file
#
# Parsing text is slow and uses the CPU, so several processes should parse. An HDF5 file takes one writer,
# so one process should write. Between them go blocks. The lines are counts of methylation, a mark that DNA
# may carry: a name, a position, a percentage, two counts.
#
# A worker must keep its block until the parent has read it, so it waits for the parent's "done". On a queue
# that all workers share, another one may take that answer, unlink its own block too early, and leave (the
# [old listing](old_listings.ipynb) `loadtxt_worker` does). So each worker gets a pipe, one that goes both
# ways (`Pipe()`):

# %%
print(inspect.getsource(genomics.offer_calls))

# %% [markdown]
# ![Three workers parse one text file each and put the rows into a segment of their own. One parent reads the segments and writes one HDF5 file, and answers each worker on its own pipe.](figures/07_one_writer.svg)
#
# Now the parent: all workers first, then one after the other. One of the files is damaged.

# %%
folder = data.workspace("07")
samples = [data.methylation_text(folder / f"sample{i}.txt", 20_000, "chr1", i) for i in range(3)]
(folder / "damaged.txt").write_text("chr1\tno number here\n")
started = {}
for path in [*samples, folder / "damaged.txt"]:
    ours, theirs = context.Pipe()
    worker = context.Process(target=genomics.offer_calls, args=(path, theirs))
    worker.start()
    theirs.close()
    started[os.path.basename(path)] = (worker, ours)  # the name without its folder

# %% tags=["claim:G2", "claim:G4"]
failed = {}
with h5py.File(folder / "calls.h5", "w") as h5:
    for file_name, (worker, ours) in started.items():
        message = ours.recv()
        if isinstance(message, str):
            failed[file_name] = message
        else:
            block = SharedMemory(message[0])
            h5[f"calls/{file_name}"] = np.ndarray(*message[1:], buffer=block.buf)
            block.close()
            ours.send("done")
        worker.join()
        ours.close()
    print({name: item.shape for name, item in h5["calls"].items()}, failed)
    assert len(h5["calls"]) == 3 and list(failed) == ["damaged.txt"] and not active_children()

# %% [markdown]
# The damaged file cost its own rows and nothing else. A worker that is killed leaves its block to the
# tracker, or to a parent who has chosen the name: `SharedMemory(name, create=True, ...)`.
#
# ## 10. A file can do it too
#
# A mapped file is shared memory with another name (lesson 02): `np.load(path, mmap_mode="r+")` in each
# process, and only the path travels. `joblib` does that for large arguments by itself. (In a free-threaded
# Python, from 3.13 on, threads compute side by side and share arrays without any of this.)
#
# | | block of shared memory | memory-mapped file |
# |---|---|---|
# | lives in | memory, `/dev/shm` | the page cache, backed by a disk |
# | when memory is short | stays, or is swapped out to the disk | pages are written back and dropped |
# | shape and type | travel in a message | stand in the `.npy` header |
# | who removes it | one process calls `unlink` | whoever deletes the file |
# | after a crash | the tracker removes it, or it leaks | the file is there, perhaps half written |
#
# For data that passes by, take a block. For data that stays, or is larger than memory, take a file.
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# 1. Process A makes a block, sends its name to B, and calls `close()` and `unlink()` at once. B attaches
#    a second later. What happens?
#
# <details><summary>Answer</summary>
# B gets <code>FileNotFoundError</code>: the name is gone. Had B attached before, the memory would have
# stayed until B closes. So A has to wait for an answer from B, as the workers of the pipeline do.
# </details>
#
# 2. Four workers attach to one block of 1 GiB. `top` shows more than 1 GiB for each. Is the machine using
#    4 GiB?
#
# <details><summary>Answer</summary>
# No. <code>top</code> shows RSS, which counts a shared page in every process that maps it. The four PSS add
# up to about 1 GiB, plus what each has for itself.
# </details>
#
# 3. A program runs on your laptop. In a container it dies with SIGBUS in the line `array[:] = data`. What
#    happened, and which call would have told you?
#
# <details><summary>Answer</summary>
# The block is larger than the <code>/dev/shm</code> of the container. Making it only set a size.
# <code>os.posix_fallocate</code>, right after making it, fails with ENOSPC, which a program can catch.
# </details>
#
# 4. You define `work(x)` in a notebook, make a pool after it, and call `pool.map(work, items)`. On Linux with
#    Python 3.12 it works. A friend on a Mac sees a cell that never ends. Why?
#
# <details><summary>Answer</summary>
# Your pool forks: the children are copies of the notebook and have <code>work</code>. On a Mac they are
# spawned, do not find <code>__main__.work</code>, and die. (A pool that was made before <code>work</code> was
# defined fails on Linux, too.) Put <code>work</code> into a module.
# </details>
#
# ## Recap
#
# - Make the pipe, start, close `theirs`; receive, then join. Start all workers before the first `recv()`.
# - A message copies. A block has a name; the message is the name, the shape and the type.
# - Everybody closes, one unlinks, on every path: `finally`. `del` every array of a block, then `close()`.
# - The resource tracker is a net, not a plan. It removes blocks that strangers look at, and forked workers
#   are strangers unless it ran before them.
# - Reserve before you touch: `os.posix_fallocate`.
# - One pipe for each worker. Worker functions live in a module.
#
# ## Further reading
#
# - Python documentation: *multiprocessing.shared_memory*; *multiprocessing*, "Contexts and start methods"
# - PEP 574, *Pickle protocol 5 with out-of-band data*
# - Manual pages: *shm_overview(7)*, *posix_fallocate(3)*, *tmpfs(5)*
#
# **Exercise:** [07 shared memory](../exercises/07_shared_memory/07_shared_memory.ipynb). **Next lesson:**
# [08 choosing](08_choosing.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
data.clear("07")
