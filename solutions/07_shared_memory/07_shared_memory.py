# %% [markdown]
# # Exercise 07: shared memory
#
# Practise what [lesson 07](../../notebooks/07_shared_memory.ipynb) showed: a block of shared memory has
# a name, everybody closes it, exactly one unlinks it, and its memory comes at the first touch.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Your functions get the names of their blocks from the caller. The checks look into `/dev/shm`,
# where Linux keeps the blocks.
#
# Stuck? `hint("shared_array", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("shared_array")` shows an answer.

# %% locked="setup"
import errno
import math
import os
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory

# %% locked="checks"
import h5py
import numpy as np
from course_lib.checking import check, given_07
from course_lib.checking.given_07 import FORK, ROW, parse_line, partial_sums, start_worker
from course_lib.experiments import shared_tasks
from course_lib.hints import hint, solution  # noqa: F401

# %% [markdown]
# The next cell is given: leave it as it is. The checks call your functions with it, and clean up.

# %%
def sweep(prefix):
    """Remove the blocks and the workers that a wrong answer has left."""
    given_07.shared.clear_up(prefix)


def use_shared_array(*how):
    """Fill a shared array; return what was there, what others see, and how it ended."""
    return given_07.shared_array.use(shared_array, *how)


def use_ask_child(*how):
    """Call `ask_child`; let it raise where it would wait for ever."""
    return given_07.ask_child.use(ask_child, *how)


def use_column_stats(*how):
    """Put a table into a block, call `column_stats`, and return what was noted."""
    return given_07.column_stats.use(column_stats, *how)


def use_gather_rows(*how):
    """Call `gather_rows`; return its result and what the processes did."""
    return given_07.gather_rows.use(gather_rows, *how)


def use_reserve(*how):
    """Call `reserve_block`; return the bytes of the block and the bytes that it takes."""
    return given_07.reserve_block.use(reserve_block, *how)


# %% [markdown]
# ## 1. A shared array that never leaks
#
# Write a context manager. It makes a block of shared memory with the given name, and hands out an
# array of zeros in it. At the end of the `with` block, the block of memory is closed and unlinked: also when
# the body raises, whatever it raises. The error of the body goes on to the caller. If there is a
# block of that name already, `FileExistsError` is raised, and the other block stays as it is.
# The array may be empty, but a block has at least one byte.
#
# The body may hold on to the array until the very end of the `with` block, and even later. It does
# not use it later. So an array of `np.frombuffer` will not do here: as long as there is one, the block
# cannot be closed.
#
# Example:
#
# ```python
# with shared_array("scratch", (2, 3), "i4") as array:
#     array[0, 0] = 42         # whoever attaches to "scratch" sees the 42
# SharedMemory("scratch")      # FileNotFoundError
# ```

# %% solution="shared_array"
@contextmanager
def shared_array(name, shape, dtype):
    """Hand out an array in a new block of shared memory, and remove the block in the end.

    Parameters
    ----------
    name : str
        Name of the block.
    shape : tuple of int
        Shape of the array.
    dtype : dtype
        Type of its items.

    Yields
    ------
    ndarray
        The array, in C order, filled with zeros.
    """
    ### BEGIN SOLUTION
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    # Outside of `try`: where this fails, there is nothing of ours to remove.
    block = SharedMemory(name, create=True, size=max(1, nbytes))
    try:
        # A new block holds zeros. np.frombuffer would hold on to the block for as long as the
        # caller has the array, and close() would fail then.
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.unlink()  # first: whatever happens next, the name is gone
        block.close()
    ### END SOLUTION


# %% test="shared_array" points=4
report = check.Report("shared_array", "A shared array that never leaks", points=4)
prefix = given_07.shared.prefix("a")
given_07.shared_array.rows(report, use_shared_array, sweep, prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    item = given_07.shared.item
    sweep(prefix)
    fields = np.array([(1, 2.5), (3, -1.0)], [("a", ">i2"), ("b", "<f8")])
    run = report.run(use_shared_array, prefix, (2,), fields.dtype, fields, "SystemExit", segment_prefix=prefix)
    report.equal("a structured array", item(run, "others see"), fields.tobytes(), points=0.25, of=run)
    report.equal("the program ends in the body", item(run, "ended"), "SystemExit", points=0.25, of=run)
    report.at_most("blocks left after it", run.segments, 0, points=0.25, message=
        "SystemExit is no Exception: only `finally` sees every end.")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "The block was not closed: its descriptor is open.")
### END HIDDEN TESTS
sweep(prefix)
report

# %% [markdown]
# ## 2. Share an array with a child, however it is started
#
# Let another process add up the columns of an array with two axes. The data go through a block of shared memory
# with the given name; the child gets the name, the shape, and the dtype as a text, `array.dtype.str`. Start it with
# the given start method: `"fork"`, `"spawn"` or `"forkserver"`. Its function is given, in a module, so
# that every start method finds it: `shared_tasks.column_sums(name, shape, dtype, connection)`
# attaches to the block, expects the array in C order, and sends its answer through `connection`, one
# end of a pipe. Return that answer. When the function returns, the child has ended and the block is gone.
#
# `get_context(method)` has everything that this start method needs: `Pipe` and `Process`. The
# array may lie in memory in any order, and with any strides. The answer may be larger than a pipe holds:
# a child that sends it ends only once somebody receives it.
#
# Example: `ask_child(np.array([[1, 2], [3, 4]], "<i4"), "table", "spawn")` is
# `{"sums": [4, 6], "started by": "spawn"}`.

# %% solution="ask_child"
def ask_child(array, name, method):
    """Let a child process add up the columns of an array, through shared memory.

    Parameters
    ----------
    array : ndarray, shape (rows, columns)
        The data; at least one item.
    name : str
        Name for the block.
    method : str
        How to start the child: ``"fork"``, ``"spawn"`` or ``"forkserver"``.

    Returns
    -------
    dict
        What the child has sent.
    """
    ### BEGIN SOLUTION
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        # The assignment copies item by item into C order, whatever the order of `array` is.
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe(duplex=False)
        # Name, shape and dtype are all that travels. dtype.str keeps the byte order.
        task = (name, array.shape, array.dtype.str, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()  # then the end of the child is the end of the pipe: recv() cannot hang
        with ours:
            answer = ours.recv()
        child.join()
        return answer
    finally:
        block.unlink()
        block.close()
    ### END SOLUTION


# %% test="ask_child" points=3
report = check.Report("ask_child", "An array for a child process", points=3)
prefix = given_07.shared.prefix("c")
wide = given_07.ask_child.rows(report, use_ask_child, sweep, prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    sweep(prefix)
    report.at_most("blocks left", wide.segments, 0, points=0.25, message="The block is still there: unlink it.")
    report.at_most("descriptors left", wide.descriptors, 0, points=0.25, message=
        "Close the block and both ends of the pipe: each has a descriptor.")
    table = np.linspace(-4, 4, 64, dtype="<f8").reshape(8, 8)[1::3, ::-2]
    run = report.run(use_ask_child, table, prefix, "forkserver")
    wanted = {"sums": [sum(column) for column in table.T.tolist()], "started by": "forkserver"}
    report.close("a third start method, and a view with steps", run, wanted, points=0.5)
### END HIDDEN TESTS
sweep(prefix)
report

# %% [markdown]
# ## 3. Column statistics in parallel, with one copy in memory
#
# A table lies in a block of shared memory. Return the mean and the standard deviation of each
# column. `workers` processes share the rows, each takes one part of them, and they work at the same time. The
# table may be so large that there is room for one copy of it only, so no process copies rows. The block is
# not yours: close it, do not unlink it. When the function returns, all workers were joined, and both
# ends of all pipes are closed. There may be more workers than rows: some parts are empty then.
#
# `partial_sums(rows)` is given, from `course_lib.checking.given_07`. Each worker calls it once, with its own rows, an array that looks at the
# block. It returns two arrays: the sum of each column, and the sum of the squares. It also notes
# what the processes need, and for that it waits until all workers are there. `FORK` is given, too:
# workers that are started with `FORK.Process(target=..., args=...)` may use functions of this notebook. With
# `S` and `Q` for the sums over all `n` rows, the mean is `S / n` and the standard deviation is
# `sqrt(max(Q / n - mean ** 2, 0))`: where all numbers of a column are equal, rounding may take the
# difference a little below 0.
#
# Example: a block `"table"` holds the float32 rows `[1, 2]`, `[3, 2]` and `[5, 2]`. Then
# `column_stats("table", (3, 2), "<f4", 2)` is `(array([3., 2.]), array([1.63299316, 0.]))`.

# %% solution="column_stats"
def stats_worker(name, shape, dtype, start, stop, connection):
    """Send the partial sums of some rows of the table."""
    ### BEGIN SOLUTION
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    # A slice is a view: no row is copied. Only the sums travel.
    connection.send(partial_sums(table[start:stop]))
    del table
    block.close()
    connection.close()
    ### END SOLUTION


def column_stats(name, shape, dtype, workers):
    """Return mean and standard deviation of each column of a shared table.

    Parameters
    ----------
    name : str
        Name of the block.
    shape : (int, int)
        Rows and columns of the table, in C order from the first byte on; at least one row.
    dtype : str
        Type of its items.
    workers : int
        Number of processes.

    Returns
    -------
    (ndarray, ndarray)
        Mean and standard deviation, float64, one item a column.
    """
    ### BEGIN SOLUTION
    # Borders that differ by at most one row, whether or not the number of rows can be divided.
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:], strict=True):
        ours, theirs = FORK.Pipe(duplex=False)
        task = (name, shape, dtype, start, stop, theirs)
        process = FORK.Process(target=stats_worker, args=task)
        process.start()
        theirs.close()
        started.append((process, ours))
    # All are at work. Only now wait for the first.
    total, squares = np.zeros(shape[1]), np.zeros(shape[1])
    for process, ours in started:
        with ours:
            sums = ours.recv()
        process.join()
        # Sums may be added up; means of parts of different sizes may not.
        total += sums[0]
        squares += sums[1]
    mean = total / shape[0]
    # Rounding may take a variance of 0 below 0.
    return mean, np.sqrt(np.maximum(squares / shape[0] - mean**2, 0))
    ### END SOLUTION


# %% test="column_stats" points=4
report = check.Report("column_stats", "Column statistics, one copy in memory", points=4)
folder, prefix = check.workdir("stats"), given_07.shared.prefix("s")
run = given_07.column_stats.rows(report, use_column_stats, prefix, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    part = given_07.column_stats.part
    report.at_most("processes left", run.processes, 0, points=0.25, message="A process that has ended stays in the list until join().")
    table = np.random.default_rng(8).integers(-1000, 1000, (101, 3)).astype(">i2")
    run = report.run(use_column_stats, table, prefix, 2, str(folder), segment_prefix=prefix)
    report.close("mean, rows that cannot be divided", part(run, 0), table.mean(axis=0), points=0.25, of=run)
    report.close("standard deviation", part(run, 1), table.std(axis=0), points=0.25, of=run)
    # Shared memory of multiprocessing itself keeps one descriptor, from the first call on.
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message="Close the blocks and both ends of all pipes.")
    table = np.array([[3.5, -1.0]], "<f8")
    run = report.run(use_column_stats, table, prefix, 2, str(folder), segment_prefix=prefix)
    report.close("one row, two workers", part(run, 0), table[0], points=0.25, of=run)
### END HIDDEN TESTS
sweep(prefix)
report

# %% [markdown]
# ## 4. Many text files, one HDF5 file, one writer
#
# Parse text files in worker processes, and write all rows to one HDF5 file. A line
# is a position and a percentage: `"1200 35.5"`. `parse_line(text)` is given: it returns a tuple
# of two numbers or raises `ValueError`. The workers call it, for every line; the writer does not. The function that you write
# is the only one that opens the HDF5 file, once; an old file is replaced. It writes one dataset `rows` with the
# given dtype `ROW`, of `position` (`"<i4"`) and `percent` (`"<f4"`): first the rows of the first file in `paths`, in the order of its lines, then those of
# the second file, and so on, whoever is ready first. At least two workers parse at the same time; two will do. What `parse_files` takes
# is up to you. When the function returns, all workers were joined, and both ends of all pipes are
# closed.
#
# A bad line costs nothing but itself. Return the bad lines as a list of pairs (name of the
# file without its folder, number of the line), in the same order. The first line has the number 1.
#
# Example: `a.txt` holds the lines `1 0.5`, `oops` and `3 2.5`; `b.txt` holds `7 1.0`. Then
# `gather_rows(["data/a.txt", "data/b.txt"], "out.h5")` is `[("a.txt", 2)]`, and the dataset `rows` of
# `out.h5` holds `(1, 0.5)`, `(3, 2.5)` and `(7, 1.0)`.

# %% solution="gather_rows"
def parse_files(paths, connection):
    """Send the rows and the bad lines of some text files, one message a file."""
    ### BEGIN SOLUTION
    for path in paths:
        rows, bad = [], []
        with open(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), number))
        # An array is a compact message. It is small here; lesson 07 puts large ones into blocks.
        connection.send((np.array(rows, ROW), bad))
    connection.close()
    ### END SOLUTION


def gather_rows(paths, target):
    """Parse text files in worker processes and write one HDF5 file.

    Parameters
    ----------
    paths : list of str
        The text files; may be empty.
    target : str
        The HDF5 file; an old one is replaced.

    Returns
    -------
    list of (str, int)
        The bad lines: name of the file and number of the line.
    """
    ### BEGIN SOLUTION
    workers = []
    for i in range(2):
        ours, theirs = FORK.Pipe(duplex=False)
        # Every second file. Each worker has a pipe of its own, so its files come in order.
        process = FORK.Process(target=parse_files, args=(paths[i::2], theirs))
        process.start()
        theirs.close()
        workers.append((process, ours))
    # File number i comes from worker i % 2. Who waits for it in this order keeps the order.
    parts = [workers[i % 2][1].recv() for i in range(len(paths))]
    for process, ours in workers:
        ours.close()
        process.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.concatenate([np.empty(0, ROW), *(rows for rows, _ in parts)])
    return [line for _, bad in parts for line in bad]
    ### END SOLUTION


# %% test="gather_rows" points=4
report = check.Report("gather_rows", "Many files, one writer", points=4)
given_07.gather_rows.rows(report, use_gather_rows)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, item = given_07.gather_rows, given_07.shared.item
    (slow, slow_rows), (text, rows) = given.many(0, 3), given.many(10, 200)
    texts = {"z.txt": slow, "m.txt": text, "a.txt": b"", "k.txt": b"5 1\n\n6 2", "b.txt": b"x\ny\n"}
    run, out = given.gather(report, use_gather_rows, texts)
    everything = np.array([*slow_rows, *rows, (5, 1), (6, 2)], given.ROW)
    report.equal("rows of five files", given.table_in(out), everything, points=0.5, of=run)
    wanted = [("k.txt", 2), ("b.txt", 1), ("b.txt", 2)]
    report.equal("their bad lines", item(run, "bad"), wanted, points=0.5, of=run)
    report.at_most("processes left", run.processes, 0, points=0.25, message="A process that has ended stays in the list until join().")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message="Close the file and both ends of all pipes.")
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Clean up after workers that were killed
#
# Each job is done by a worker process. It makes a block with the name that you give it, writes an
# array into it, sends `(shape, dtype)`, closes the block and ends. The block is yours then. A worker may be killed at any
# moment: before it has made its block, or before it has sent its message. What counts is the message: if it came, the
# block is complete.
#
# Start one worker for each job, all before you wait for the first. Return a list of the arrays, in the
# order of the jobs, and `None` for a worker that died before its message. When the function returns, no
# worker is left and none of the blocks. Use the given `start_worker(job, name)`: it returns the
# process and the connection. `connection.recv()` returns the message, or raises `EOFError` once the
# worker is dead. Call the block of job number `i` `f"{prefix}{i}"`.
#
# Example: for two jobs, whose second worker is killed, `collect(jobs, "work-")` returns
# `[array([...]), None]`, and neither `work-0` nor `work-1` is left.

# %% solution="collect"
def collect(jobs, prefix):
    """Let workers do all jobs, and collect what those have made that were not killed.

    Parameters
    ----------
    jobs : list of dict
        What `start_worker` needs to know.
    prefix : str
        Start of the names of the blocks; the number of the job follows.

    Returns
    -------
    list of (ndarray or None)
    """
    ### BEGIN SOLUTION
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        process.join()
        # The parent knows all names, so it can remove the block of a worker that said nothing.
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            continue
        # A copy: the block goes now, and its pages with it.
        whole = shape is not None
        arrays.append(np.ndarray(shape, dtype, buffer=block.buf).copy() if whole else None)
        block.close()
        block.unlink()
    return arrays
    ### END SOLUTION


# %% test="collect" points=3
report = check.Report("collect", "Clean up after killed workers", points=3)
prefix = given_07.shared.prefix("k") + "-"
given_07.collect.rows(report, collect, sweep, prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    jobs, arrays = given_07.collect.make_jobs("before its message", "after its message", "", "before its block")
    run = report.run(collect, jobs, prefix, segment_prefix=prefix)
    report.equal("four workers", run, arrays, points=0.25)
    report.at_most("blocks left then", run.segments, 0, points=0.25, message=
        "The killed worker had made its block. You know the name: remove it.")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the connections, also of the workers that died, and the blocks.")
### END HIDDEN TESTS
sweep(prefix)
report

# %% [markdown]
# ## 6. Refuse a block that does not fit
#
# Making a block reserves no memory. If `/dev/shm` is too small, the first touch of a page kills the
# process, with SIGBUS. Make a block of `nbytes` bytes whose memory is all there when the function
# returns. At least `keep_free` bytes of `/dev/shm` must stay free for others. If the block would
# not leave that much, or does not fit at all, raise `OSError` with the number `errno.ENOSPC` and
# leave no block. The block stays when the function returns: close it, do not unlink it.
#
# `os.posix_fallocate(fd, 0, nbytes)` takes the memory of a file at once, or fails with `OSError`.
# The block `name` is the file `/dev/shm/name`. `os.statvfs("/dev/shm")` tells how much is
# free: `f_bavail` blocks of `f_frsize` bytes.
#
# Example: `reserve_block("big", 1 << 20, 0)` leaves a block of 1 MiB that takes 1 MiB of
# `/dev/shm`. `reserve_block("big", 1 << 20, 1 << 60)` raises
# `OSError: [Errno 28] No space left on device` and leaves nothing.

# %% solution="reserve_block"
def reserve_block(name, nbytes, keep_free):
    """Make a block of shared memory and take all its memory, or refuse.

    Parameters
    ----------
    name : str
        Name of the block; it does not exist yet.
    nbytes : int
        Bytes of the block, at least 1.
    keep_free : int
        Bytes of ``/dev/shm`` that must be free when the block is there.

    Raises
    ------
    OSError
        With the number ``errno.ENOSPC``: there is not enough room.
    """
    ### BEGIN SOLUTION
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        # Others may have been faster since: only taking the memory makes sure of it.
        fd = os.open(f"/dev/shm/{name}", os.O_RDWR)
        try:
            os.posix_fallocate(fd, 0, nbytes)
        finally:
            os.close(fd)
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()
    ### END SOLUTION


# %% test="reserve_block" points=2
report = check.Report("reserve_block", "A block that is really there", points=2)
prefix = given_07.shared.prefix("r")
given_07.reserve_block.rows(report, use_reserve, sweep, prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    sweep(prefix)
    run = report.run(use_reserve, prefix, 5000, 0, True, segment_prefix=prefix)
    report.equal("errno when the memory cannot be taken", given_07.shared.item(run, "errno"), errno.ENOSPC, points=0.25, of=run)
    report.at_most("blocks left then", run.segments, 0, points=0.25, message=
        "os.posix_fallocate failed, and the block stayed: unlink it before the error goes on.")
### END HIDDEN TESTS
sweep(prefix)
report


# %% [markdown]
# ## Where you stand
#
# The next cell adds up the checks that you have run in this notebook.

# %%
from course_lib import progress
progress.total()
