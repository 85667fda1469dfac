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
import multiprocessing.connection
import multiprocessing.forkserver
import os
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager
from multiprocessing import active_children, get_context, resource_tracker
from multiprocessing.shared_memory import SharedMemory

import h5py
import numpy as np

from course_lib.checking import check, files, hdf5_files
from course_lib.system import instruments, procfs
from course_lib.checking.difference import is_closed_map
from course_lib.experiments import shared_tasks
from course_lib.hints import hint, solution  # noqa: F401
from course_lib.checking.outcome import Count

# Processes that are started from here on share this one, and do not take each other for strangers.
resource_tracker.ensure_running()

# %% [markdown]
# The next cell is given: leave it as it is. The checks use it to look at blocks and to clean up.

# %%
def look(name, nbytes):
    """Return the first bytes of a block as another process would see them; None if it is gone."""
    try:
        block = SharedMemory(name)
    except (OSError, ValueError):
        return None
    content = bytes(block.buf[:nbytes])
    block.close()
    return content


def sweep(prefix):
    """Remove the blocks that a wrong answer has left, and return how many there were."""
    names = os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []
    left = [name for name in names if name.startswith(prefix)]
    for path in (f"/dev/shm/{name}" for name in left):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.islink(path) or not os.path.getsize(path):
            os.unlink(path)
        else:
            block = SharedMemory(os.path.basename(path))
            block.close()
            block.unlink()
    return len(left)


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


# %% [markdown]
# The next cell is given: leave it as it is. The check uses it to work with your array and to tell what
# was seen.

# %%
def use_shared_array(name, shape, dtype, values, fail=None):
    """Fill a shared array; return what was there, what others see, and how it ended."""
    seen = {"first": None, "others see": None, "ended": "well"}
    try:
        with shared_array(name, shape, dtype) as array:
            if not isinstance(array, np.ndarray) or is_closed_map(array):
                closed = isinstance(array, np.ndarray)
                kind = "array on a closed block" if closed else type(array).__name__
                return {**seen, "first": f"no usable array: {kind}"}
            seen["first"] = np.array(array)
            array[...] = values
            seen["others see"] = look(name, array.nbytes)
            if fail:
                raise {"RuntimeError": RuntimeError, "SystemExit": SystemExit}[fail]("the body failed")
    except BaseException as error:
        if not fail or seen["first"] is None:  # the body was not reached
            raise
        seen["ended"] = type(error).__name__
    return seen


# %% test="shared_array" points=4
def item(run, key):
    """Return one entry of what the given function saw."""
    return run.value.get(key) if type(run.value) is dict else run.value


prefix = f"course07-{os.getpid()}-a"
report = check.Report("shared_array", "A shared array that never leaks", points=4)
closed = (lambda a: "closed block" in a,
          "The block was closed already. Keep the SharedMemory object until the end.")
values = np.arange(6, dtype="<i4").reshape(2, 3)
run = report.run(use_shared_array, prefix, (2, 3), "<i4", values, segment_prefix=prefix)
report.equal("a new array", item(run, "first"), np.zeros((2, 3), "<i4"), points=0.25, of=run, known=[
    closed,
    ("BufferError", "close() refuses while an array from np.frombuffer is alive, and the body may keep yours. "
                    "One from np.ndarray(shape, dtype, buffer=block.buf) does not hold the block."),
])
report.equal("what others see of it", item(run, "others see"), values.tobytes(), points=0.5, of=run, known=[
    (lambda seen: seen is None, "No block of that name was there: others cannot see your array."),
    (bytes(24), "The block is there, but your array is not in it: np.ndarray(..., buffer=block.buf)."),
])
report.at_most("blocks left at the end", run.segments, 0, points=0.5, message=
    "The block is still there. close() ends the view of this process; unlink() removes the name.")
sweep(prefix)
leak = "The body raised, and the block stayed. Put the end into `finally`."
run = report.run(use_shared_array, prefix, (2, 3), "<i4", values, "RuntimeError", segment_prefix=prefix)
report.equal("the error of the body", item(run, "ended"), "RuntimeError", points=0.5, of=run, known=[
    ("well", "The error of the body must reach the caller."),
    ("BufferError", "close() refuses while an array from np.frombuffer is alive. Its error has taken "
                    "the place of the body's own."),
])
report.at_most("blocks left after it", run.segments, 0, points=0.5, message=leak)
sweep(prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    fields = np.array([(1, 2.5), (3, -1.0)], [("a", ">i2"), ("b", "<f8")])
    run = report.run(use_shared_array, prefix, (2,), fields.dtype, fields, "SystemExit", segment_prefix=prefix)
    report.equal("a structured array", item(run, "others see"), fields.tobytes(), points=0.25, of=run)
    report.equal("the program ends in the body", item(run, "ended"), "SystemExit", points=0.25, of=run, known=[
        ("well", "The error of the body must reach the caller."),
    ])
    report.at_most("blocks left after it", run.segments, 0, points=0.25, message=
        "SystemExit is no Exception: only `finally` sees every end.")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "The block was not closed: its descriptor is open.")
    sweep(prefix)
    run = report.run(use_shared_array, prefix, (3, 0), "<f4", np.zeros((3, 0), "<f4"))
    report.equal("an empty array", item(run, "first"), np.zeros((3, 0), "<f4"), points=0.25, of=run, known=[
        ("ValueError", "A block of 0 bytes is refused: ask for at least one."),
    ])
    sweep(prefix)
    theirs = files.put(f"/dev/shm/{prefix}-theirs", b"theirs" * 10, durable=False)
    run = report.run(use_shared_array, f"{prefix}-theirs", (2, 3), "<i4", values)
    report.raises("a name that is taken", run, FileExistsError, points=0.25, known=[
        (lambda seen: True, "Another program owns that block. create=True finds out."),
    ])
    kept = report.rows[-1].ok and files.read_bytes(theirs) == b"theirs" * 10
    report.true("the other block stays", kept, points=0.25, message=
        "You removed or changed a block that is not yours.")
    sweep(prefix)
### END HIDDEN TESTS
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
# array may lie in memory in any order, and with any strides.
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


# %% [markdown]
# The next cell is given: leave it as it is. The check calls your function with it. If a child dies and your process
# keeps its end of the pipe, `recv()` waits for ever. Here it raises `ChildProcessError` then.

# %%
def use_ask_child(array, name, method):
    """Call `ask_child`; let recv() raise where no child is left that could send."""
    multiprocessing.forkserver.ensure_running()  # it is needed later, and starts meanwhile
    with no_endless_wait():
        return ask_child(array, name, method)


@contextmanager
def no_endless_wait():
    """Let recv() of this process raise where no child is left that could send."""
    kind, here = multiprocessing.connection.Connection, os.getpid()
    receive = kind.recv
    kind.recv = lambda end: receive(when_ready(end) if os.getpid() == here else end)
    try:
        yield
    finally:
        kind.recv = receive


def when_ready(connection):
    """Wait until there is something to receive, or the end of the pipe; return the connection."""
    wait = multiprocessing.connection.wait
    while not connection.poll():
        started = list(multiprocessing.process._children)  # active_children() would join them
        alive = [child.sentinel for child in started if not wait([child.sentinel], 0)]
        if not alive and not connection.poll():  # the last one may have sent just now
            raise ChildProcessError("no child is left that could send, and the pipe is still open")
        wait([connection, *alive])
    return connection


# %% test="ask_child" points=3
prefix = f"course07-{os.getpid()}-c"
as_text = (lambda answer: type(answer) is str and ("KeyError" in answer or "TypeError" in answer),
           "The child got the block, but not the dtype as it reads it: array.dtype.str, a text such as '<i4'.")
failed = (lambda answer: type(answer) is str and "the child failed" in answer,
          "The child could not read the block. Was it there, and complete, when the child looked?")
other = (lambda answer: answer["started by"] != "spawn", "The child was not started with the given method: get_context(method).")
report = check.Report("ask_child", "An array for a child process", points=3)
table = np.arange(12, dtype="<i4").reshape(4, 3)
run = report.run(use_ask_child, table, prefix, "spawn", segment_prefix=prefix)
report.equal("a spawned child", run, {"sums": [18, 22, 26], "started by": "spawn"}, points=0.75, known=[
    as_text, failed, other,
    ("EOFError", "The child died before it sent its answer."),
    ("ChildProcessError", "No child is there that could answer: it died, or was never started. recv() would wait "
                          "for ever, for your process holds the child's end of the pipe, too: close it after start()."),
    ("BufferError", "close() refuses while an array from np.frombuffer is alive: `del` it before."),
    ("AttributeError", "A spawned child knows no function of a notebook: use the given one."),
])
report.at_most("blocks left", run.segments, 0, points=0.25, message="The block is still there: unlink it.")
report.at_most("child processes left", run.processes, 0, points=0.25, message=
    "The child is still listed: join() waits for its end.")
sweep(prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    table = np.asfortranarray(np.arange(300, 330, dtype=">i2").reshape(10, 3))
    run = report.run(use_ask_child, table, prefix, "fork", segment_prefix=prefix)
    wanted = {"sums": table.sum(axis=0, dtype=int).tolist(), "started by": "fork"}
    report.equal("another start method, byte order and order in memory", run, wanted, points=0.5, known=[
        (lambda answer: answer["started by"] != "fork", "The child was not started with the given method."),
        (lambda answer: answer["sums"] == np.frombuffer(table.tobytes("F"), ">i2").reshape(10, 3).sum(axis=0).tolist(),
         "The child expects C order. An assignment into an array in the block keeps the items in place."),
        (lambda answer: type(answer["sums"]) is list, "What does the child need to know of the dtype?"),
    ])
    report.at_most("blocks left", run.segments, 0, points=0.25, message="The block is still there: unlink it.")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the block and both ends of the pipe: each has a descriptor.")
    sweep(prefix)
    table = np.linspace(-4, 4, 64, dtype="<f8").reshape(8, 8)[1::3, ::-2]
    run = report.run(use_ask_child, table, prefix, "forkserver")
    wanted = {"sums": [sum(column) for column in table.T.tolist()], "started by": "forkserver"}
    report.close("a third start method, and a view with steps", run, wanted, points=0.5)
    sweep(prefix)
    run = report.run(use_ask_child, np.full((1, 1), 7, "u1"), prefix, "fork", segment_prefix=prefix)
    report.equal("one item", run, {"sums": [7], "started by": "fork"}, points=0.25)
    sweep(prefix)
### END HIDDEN TESTS
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
# Given is `partial_sums(rows)`. Each worker calls it once, with its own rows, an array that looks at the
# block. It returns two arrays: the sum of each column, and the sum of the squares. It also notes
# what the processes need, and for that it waits until all workers are there. Given is `FORK`, too:
# workers that are started with `FORK.Process(target=..., args=...)` may use functions of this notebook. With
# `S` and `Q` for the sums over all `n` rows, the mean is `S / n` and the standard deviation
# `sqrt(Q / n - mean ** 2)`.
#
# Example: a block `"table"` holds the float32 rows `[1, 2]`, `[3, 2]` and `[5, 2]`. Then
# `column_stats("table", (3, 2), "<f4", 2)` is `(array([3., 2.]), array([1.63299316, 0.]))`.

# %%
FORK = get_context("fork")  # so that the workers of this exercise start fast
meeting = {}


def partial_sums(rows):
    """Return the sum and the sum of squares of each column; meet the others meanwhile."""
    total, squares = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for start in range(0, len(rows), 32):  # a few rows at a time: no copy of all of them
        block = rows[start : start + 32].astype(float)
        total += block.sum(axis=0)
        squares += (block * block).sum(axis=0)
    arrive("here", copied_bytes(rows))
    arrive("parent", anonymous(meeting["parent"]))
    arrive("measured", private(os.getpid()))
    return total, squares


def arrive(what, number):
    """Leave a number for the parent, and wait until all workers have left theirs."""
    with open(f"{meeting['folder']}/{what}-{os.getpid()}", "w") as file:
        file.write(str(number))
    for _ in range(meeting["patience"]):
        names = os.listdir(meeting["folder"])
        if "late" in names or sum(n.startswith(what) for n in names) >= meeting["workers"]:
            return
        time.sleep(0.001)
    open(f"{meeting['folder']}/late", "w").close()  # nobody else comes: do not wait again


def copied_bytes(rows):
    """Return how many bytes an array takes outside of a memory map."""
    base = rows
    while isinstance(base, np.ndarray):
        base = base.base
    return rows.nbytes if base is None else 0


def private(pid):
    """Return the bytes of memory that only this process has (USS); 0 where nobody tells."""
    try:
        table = procfs.smaps_rollup(pid)
        return table["Private_Clean"] + table["Private_Dirty"]
    except (OSError, KeyError):
        return 0


def anonymous(pid):
    """Return the bytes of memory of a process outside of files and blocks."""
    try:
        return procfs.status(pid)["RssAnon"]
    except (OSError, KeyError):
        return 0


def meet(folder, workers, patience):
    """Prepare a meeting of workers in partial_sums."""
    place = tempfile.mkdtemp(dir=folder)
    meeting.update(folder=place, workers=workers, patience=patience, parent=os.getpid())


def notes():
    """Return what the workers have noted: {what: {pid: number}}."""
    found = {"here": {}, "parent": {}, "measured": {}}
    for entry in os.listdir(meeting["folder"]):
        what, _, pid = entry.partition("-")
        with open(os.path.join(meeting["folder"], entry)) as file:
            found.setdefault(what, {})[int(pid or 0)] = int(file.read() or 0)
    return found


def needed_anyway(columns, folder):
    """Return the memory that a worker needs which has no table."""
    meet(folder, 1, 0)
    idle = FORK.Process(target=partial_sums, args=(np.zeros((99, columns)),))
    idle.start()
    idle.join()
    return max(notes()["measured"].values(), default=0)


def use_column_stats(values, name, workers, folder, patience=200, memory=False):
    """Put a table into a block, call `column_stats`, and return what was noted."""
    needed = needed_anyway(values.shape[1], folder) if memory else 0
    meet(folder, workers, patience)
    block = SharedMemory(name, create=True, size=values.nbytes)
    try:
        np.ndarray(values.shape, values.dtype, buffer=block.buf)[...] = values
        before = anonymous(os.getpid())
        with no_endless_wait():
            result = column_stats(name, values.shape, values.dtype.str, workers)
        kept = look(name, values[:8].nbytes) == values[:8].tobytes()
    finally:
        block.close()
        sweep(name)
    noted = notes()
    more = sum(own - needed for own in noted["measured"].values())
    return {
        "result": list(result) if isinstance(result, tuple) else result,
        "kept": kept,
        "workers": len(set(noted["here"]) - {os.getpid()}),
        "together": "late" not in noted,
        "copied": sum(noted["here"].values()),
        "growth": more + max([p - before for p in noted["parent"].values()], default=0),
    }


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
def item(run, key):
    """Return one entry of what the given function saw."""
    return run.value.get(key) if type(run.value) is dict else run.value


def part(run, number):
    """Return the mean (0) or the standard deviation (1), if there are both."""
    result = item(run, "result")
    return result[number] if type(result) is list and len(result) == 2 else result


def growth(run):
    """Return the memory that all processes together needed beyond the block, as a count."""
    found, copied = item(run, "growth"), item(run, "copied")
    analytic = copied if type(copied) is int else None
    why = instruments.available("smaps").why
    value = None if why or type(found) is not int else found
    return Count(value, "bytes", why or "the memory was not noted", analytic, run=run.number)


folder = check.workdir("stats")
folder.chmod(0o777)
prefix = f"course07-{os.getpid()}-s"
rng = np.random.default_rng(7)
table = 7 * rng.random((6144, 256), "<f4")
wide = table.astype(float)
mean, std = wide.mean(axis=0), wide.std(axis=0)
del wide
report = check.Report("column_stats", "Column statistics, one copy in memory", points=4)
run = report.run(use_column_stats, table, prefix, 3, str(folder), 3000, True, segment_prefix=prefix)
report.close("mean", part(run, 0), mean, points=0.5, of=run, known=[
    (lambda got: np.allclose(got * 3, mean) or np.allclose(got, mean * 3), "How many rows are there, over all parts?"),
    ("FileNotFoundError", "The block was gone. Who has unlinked it?"),
])
report.close("standard deviation", part(run, 1), std, points=0.5, of=run, known=[
    (lambda got: np.allclose(got, table.reshape(3, -1, 256).astype(float).std(axis=1).mean(axis=0), rtol=1e-7),
     "The mean of the standard deviations of the parts is not that of the whole."),
])
right = all(row.ok for row in report.rows)
together = right and item(run, "workers") == 3 and item(run, "together") is True
report.true("workers at the same time", together, points=0.5, of=run, got=item(run, "workers"), expected="3", message=
    "Start all workers before you wait for the first, and let each call partial_sums once.")
report.at_most("memory beyond the block", growth(run), 4 << 20, points=0.75, message=
    "Rows were copied. A slice of an array that looks at the block is a view: hand that to partial_sums.")
kept = right and item(run, "kept") is True
report.true("the block stays", kept, points=0.25, message="The block is not yours: do not unlink it."
            if item(run, "kept") is not True else "This counts once the mean and the standard deviation are right.")
### BEGIN HIDDEN TESTS
with report.hidden():
    report.at_most("processes left", run.processes, 0, points=0.25, message=
        "A process that has ended stays in the list until join().")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the blocks and both ends of all pipes.")
    table = rng.integers(-1000, 1000, (101, 3)).astype(">i2")
    run = report.run(use_column_stats, table, prefix, 2, str(folder), segment_prefix=prefix)
    report.close("mean, rows that cannot be divided", part(run, 0), table.mean(axis=0), points=0.25, of=run, known=[
        (lambda got: np.allclose(got, table[:100].mean(axis=0)) or np.allclose(got, table[:100].sum(axis=0) / 101),
         "The last rows are missing."),
        (lambda got: got.shape == (3,), "Add up sums, not means: the parts differ in size."),
    ])
    report.close("standard deviation", part(run, 1), table.std(axis=0), points=0.25, of=run)
    table = np.array([[3.5, -1.0]], "<f8")
    run = report.run(use_column_stats, table, prefix, 2, str(folder), segment_prefix=prefix)
    report.close("one row, two workers", part(run, 0), table[0], points=0.25, of=run)
    report.close("its standard deviation", part(run, 1), np.zeros(2), atol=1e-9, points=0.25, of=run, known=[
        (lambda got: np.isnan(got).any(), "Rounding may take a variance below 0."),
    ])
sweep(prefix)
### END HIDDEN TESTS
report


# %% [markdown]
# ## 4. Many text files, one HDF5 file, one writer
#
# Parse text files in worker processes, and write all rows to one HDF5 file. A line
# is a position and a percentage: `"1200 35.5"`. Given is `parse_line(text)`, which returns a tuple
# of two numbers or raises `ValueError`. The workers call it, for every line; the writer does not. The function that you write
# is the only one that opens the HDF5 file, once. It writes one dataset `rows` with the
# dtype `ROW`: first the rows of the first file in `paths`, in the order of its lines, then those of
# the second file, and so on, whoever is ready first. Two workers will do, and what `parse_files` takes
# is up to you. When the function returns, all workers were joined, and both ends of all pipes are
# closed.
#
# A bad line costs nothing but itself. Return the bad lines as a list of pairs (name of the
# file without its folder, number of the line), in the same order. The first line has the number 1.
#
# Example: `a.txt` holds the lines `1 0.5`, `oops` and `3 2.5`; `b.txt` holds `7 1.0`. Then
# `gather_rows(["data/a.txt", "data/b.txt"], "out.h5")` is `[("a.txt", 2)]`, and the dataset `rows` of
# `out.h5` holds `(1, 0.5)`, `(3, 2.5)` and `(7, 1.0)`.

# %%
ROW = np.dtype([("position", "<i4"), ("percent", "<f4")])
parsing = {}


def parse_line(text):
    """Return (position, percent) of a line, or raise ValueError; note who parses."""
    if os.getpid() not in parsing.setdefault("noted", set()):
        parsing["noted"].add(os.getpid())
        open(f"{parsing['folder']}/{os.getpid()}", "w").close()
    position, percent = text.split()
    if position == "0":  # stands for a file that takes longer
        time.sleep(0.03)
    return int(position), float(percent)


def use_gather_rows(paths, target, folder):
    """Call `gather_rows`; return its result and how many processes parsed, this one left out."""
    parsing.update(folder=tempfile.mkdtemp(dir=folder), noted=set())
    with no_endless_wait():
        bad = gather_rows(paths, target)
    pids = set(os.listdir(parsing["folder"]))
    own = str(os.getpid()) in pids
    return {"bad": [tuple(b) for b in bad], "workers": 0 if own else len(pids)}


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
def item(run, key):
    """Return one entry of what the given function saw."""
    return run.value.get(key) if type(run.value) is dict else run.value


def write_texts(texts):
    """Write text files; return their paths, and a fresh folder for the result."""
    place = check.workdir("texts")
    out = place / "out"
    out.mkdir()
    for each in (place, out):
        each.chmod(0o777)
    return [files.put(place / name, text, durable=False) for name, text in texts.items()], place, out


def many(first, count):
    """Return the text and the rows of a file of good lines."""
    rows = [(first + i, i / 4) for i in range(count)]
    return "".join(f"{p} {q}\n" for p, q in rows).encode(), rows


def table_in(out):
    """Return the dataset that was written, or a text that says why not."""
    return hdf5_files.contents(out / "all.h5").value("rows")


def gather(paths, place, out, **options):
    """Let the student's function gather the files."""
    return report.run(use_gather_rows, paths, str(out / "all.h5"), str(place), **options)


ROW_HERE = np.dtype([("position", "<i4"), ("percent", "<f4")])
text, rows = many(10, 200)
slow, slow_rows = many(0, 3)
by_lines = (lambda bad: [n + 1 for _, n in bad] == [n for _, n in wanted], "The first line has the number 1.")
report = check.Report("gather_rows", "Many files, one writer", points=4)
paths, place, out = write_texts({"a.txt": b"1 0.5\noops\n3 2.5\n", "b.txt": b"7 1.0\n4 x\n"})
wanted = [("a.txt", 2), ("b.txt", 2)]
run = gather(paths, place, out)
report.equal("rows of two files", table_in(out), np.array([(1, 0.5), (3, 2.5), (7, 1)], ROW_HERE), points=0.75, of=run, known=[
    *files.TROUBLE, ("ValueError", "A bad line has stopped you. Catch the ValueError of that line, and go on with the next."),
    *[(died, "A worker died before it sent its message. Did a bad line stop it? Catch the ValueError of that line, "
       "in the worker, and go on with the next.") for died in ("EOFError", "ChildProcessError")],
    (lambda a: len(a) < 3, "A bad line may cost nothing but itself: the other rows of its file stay."),
])
report.equal("bad lines", item(run, "bad"), wanted, points=0.75, of=run, known=[
    by_lines, (lambda bad: bad and "/" in bad[0][0], "The name of the file without its folder: os.path.basename."),
    (lambda bad: bad == [], "The bad lines are to be reported: name of the file and number of the line."),
])
both = all(row.ok for row in report.rows)
apart = both and item(run, "workers") in range(1, 65)
report.true("worker processes that parsed", apart, points=0.5, of=run, got=item(run, "workers"), expected="at least 1",
            message="The parsing is the work: let worker processes call parse_line, and only them."
            if both else "This counts once the rows and the bad lines are right.")
### BEGIN HIDDEN TESTS
with report.hidden():
    paths, place, out = write_texts({"z.txt": slow, "m.txt": text, "a.txt": b"", "k.txt": b"5 1\n\n6 2", "b.txt": b"x\ny\n"})
    wanted = [("k.txt", 2), ("b.txt", 1), ("b.txt", 2)]
    run = gather(paths, place, out)
    _, place, empty = write_texts({})
    no_file = gather([], place, empty)
    found = [content.value("rows") for content in hdf5_files.each(out / "all.h5", empty / "all.h5")]
    everything = np.array([*slow_rows, *rows, (5, 1), (6, 2)], ROW_HERE)
    report.equal("rows of five files", found[0], everything, points=0.5, of=run, known=[
        *files.TROUBLE,
        (lambda a: len(a) == len(everything) and np.array_equal(np.sort(a["position"]), np.sort(everything["position"])),
         "All rows are there, in another order. The order of `paths` counts, not that of names or of arrival."),
        ("ValueError", "An empty file, or one without a good line, is no error."),
    ])
    report.equal("their bad lines", item(run, "bad"), wanted, points=0.5, of=run, known=[
        by_lines, (lambda bad: sorted(bad) == sorted(wanted), "The bad lines come in the order of `paths`, too."),
    ])
    report.at_most("processes left", run.processes, 0, points=0.25, message=
        "A process that has ended stays in the list until join().")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the file and both ends of all pipes.")
    report.equal("no file at all", found[1], np.empty(0, ROW_HERE), points=0.5, of=no_file, known=[
        *files.TROUBLE, ("ValueError", "Nothing to concatenate is no error: the dataset has no rows then."),
    ])
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

# %%
def do_job(job, name, connection):
    """Make the block of a job and tell its parent; die on the way if the job says so."""
    array = np.arange(job["items"], dtype=job["dtype"]) + job["first"]
    if job["killed"] == "before its block":
        os.kill(os.getpid(), signal.SIGKILL)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
    if job["killed"] == "before its message":
        os.kill(os.getpid(), signal.SIGKILL)
    connection.send((array.shape, array.dtype.str))
    if job["killed"] == "after its message":
        os.kill(os.getpid(), signal.SIGKILL)
    block.close()


def start_worker(job, name):
    """Start the worker of a job; return its process and the connection that it sends to."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=do_job, args=(job, name, theirs), name="job", daemon=True)
    process.start()
    theirs.close()
    return process, ours


def clear_up(prefix):
    """End the workers and remove the blocks that a wrong answer has left."""
    for process in active_children():
        if process.name == "job":
            process.kill()
            process.join()
    sweep(prefix)


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
def make_jobs(*killed):
    """Return (jobs, the arrays that should come)."""
    jobs = [{"items": 5 + i, "first": 100 * i, "dtype": "<i4", "killed": k} for i, k in enumerate(killed)]
    came = [np.arange(j["items"], dtype="<i4") + np.int32(j["first"]) for j in jobs]
    lost = ("before its block", "before its message")
    return jobs, [None if j["killed"] in lost else a for j, a in zip(jobs, came, strict=True)]


prefix = f"course07-{os.getpid()}-k"
known = [
    ("EOFError", "recv() raises EOFError once the worker is dead: that is how you learn of it."),
    ("FileNotFoundError", "A worker that died early has made no block."),
    ("BufferError", "Copy the array, and let go of the view, before you close the block."),
    (lambda arrays: any(map(is_closed_map, arrays)), "Your arrays look at closed blocks: return copies."),
]
report = check.Report("collect", "Clean up after killed workers", points=3)
jobs, arrays = make_jobs("", "")
run = report.run(collect, jobs, prefix, segment_prefix=prefix)
report.equal("two workers", run, arrays, points=0.5, known=known)
report.at_most("blocks left", run.segments, 0, points=0.25, message=
    "The workers close their blocks, and nobody unlinks them: that is up to you.")
clear_up(prefix)
jobs, arrays = make_jobs("before its message", "")
run = report.run(collect, jobs, prefix, segment_prefix=prefix)
report.equal("one was killed before its message", run, arrays, points=0.5, known=known)
report.at_most("blocks left then", run.segments, 0, points=0.5, message=
    "The killed worker had made its block. You know the name: remove it.")
clear_up(prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    jobs, arrays = make_jobs("before its block", "after its message", "", "before its message")
    run = report.run(collect, jobs, prefix, segment_prefix=prefix)
    report.equal("killed at other moments", run, arrays, points=0.25, known=[
        *known,
        (lambda arrays: arrays[1] is None, "The message came, so the block is complete. How the worker ended does not matter."),
    ])
    report.at_most("blocks left then", run.segments, 0, points=0.25, message=
        "The killed worker had made its block. You know the name: remove it.")
    report.at_most("processes left", run.processes, 0, points=0.25, message=
        "A process that has ended stays in the list until join().")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the connections, also of the workers that died, and the blocks.")
    clear_up(prefix)
    run = report.run(collect, [], prefix)
    report.equal("no job", run, [], points=0.25)
### END HIDDEN TESTS
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


# %% [markdown]
# The next cell is given: leave it as it is. The check uses it to call your function and look at the
# block. It can make others faster: then it takes the room between your question and your call.

# %%
def use_reserve(name, nbytes, keep_free, full=False):
    """Call `reserve_block`; return the bytes of the block and the bytes that it takes."""
    taken = os.posix_fallocate

    def no_room(fd, offset, length):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    os.posix_fallocate = no_room if full else taken
    try:
        reserve_block(name, nbytes, keep_free)
    except OSError as error:
        if type(error) is not OSError:
            raise
        return {"size": None, "taken": None, "errno": error.errno}
    finally:
        os.posix_fallocate = taken
    try:
        block = os.stat(f"/dev/shm/{name}")
    except FileNotFoundError:
        return {"size": None, "taken": None, "errno": 0}
    sweep(name)
    return {"size": block.st_size, "taken": block.st_blocks * 512, "errno": 0}


# %% test="reserve_block" points=2
def item(run, key):
    """Return one entry of what the given function saw."""
    return run.value.get(key) if type(run.value) is dict else run.value


def number(run, key):
    """Return such an entry if it is a whole number, else -1."""
    found = item(run, key)
    return found if type(found) is int else -1


prefix = f"course07-{os.getpid()}-r"
refuse = "There was not enough room, and the function did not say so."
report = check.Report("reserve_block", "A block that is really there", points=2)
run = report.run(use_reserve, prefix, 1 << 20, 0, segment_prefix=prefix)
report.equal("size of the block", item(run, "size"), 1 << 20, points=0.25, of=run, known=[
    (lambda size: size is None, "There was room, and there is no block."),
])
there = report.rows[-1].ok and number(run, "taken") >= 1 << 20
report.true("memory that it takes", there, points=0.25, of=run, got=f"{number(run, 'taken')} bytes",
            expected="1048576 bytes", message="The block has a size, and no memory: the first touch may be SIGBUS. "
            "os.posix_fallocate takes the memory.")
sweep(prefix)
run = report.run(use_reserve, prefix, 1 << 20, 1 << 60, segment_prefix=prefix)
report.equal("errno when others need the room", item(run, "errno"), errno.ENOSPC, points=0.25, of=run, known=[(0, refuse)])
report.at_most("blocks left then", run.segments, 0, points=0.25, message="You refused, and left the block.")
sweep(prefix)
### BEGIN HIDDEN TESTS
with report.hidden():
    run = report.run(use_reserve, prefix, 5000, 0, True, segment_prefix=prefix)
    report.equal("errno when the memory cannot be taken", item(run, "errno"), errno.ENOSPC, points=0.25, of=run, known=[
        (0, refuse),
    ])
    report.at_most("blocks left then", run.segments, 0, points=0.25, message=
        "os.posix_fallocate failed, and the block stayed: unlink it before the error goes on.")
    sweep(prefix)
    run = report.run(use_reserve, prefix, 5001, 4096, segment_prefix=prefix)
    whole = item(run, "size") == 5001 and number(run, "taken") >= 5001
    report.true("a block of some other size", whole, points=0.25, of=run, message="Not all of its memory is there.")
    report.at_most("descriptors left", run.descriptors, 0, points=0.25, message=
        "Close the block and the file: each has a descriptor.")
    sweep(prefix)
### END HIDDEN TESTS
report
