"""What exercise 07 gives: the work of the processes, and what its checks look at.

The functions `use_*` run in the process of the answer: they call it, and tell what they saw.
"""

import errno
import multiprocessing.connection
import multiprocessing.forkserver
import multiprocessing.process
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import active_children, get_context, resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import Any, cast

import h5py
import numpy as np

from course_lib.checking import check, files, hdf5_files
from course_lib.checking.difference import is_closed_map
from course_lib.checking.outcome import Count, Outcome
from course_lib.system import instruments, procfs

# Processes that are started from here on share this one, and do not take each other for strangers.
resource_tracker.ensure_running()

FORK = get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else get_context()
ROW = np.dtype([("position", "<i4"), ("percent", "<f4")])


def prefix(letter: str) -> str:
    """Return the start of the names of a problem's blocks."""
    return f"course07-{os.getpid()}-{letter}"


def item(run: Outcome, key: str):
    """Return one entry of what a given function saw, whatever came."""
    return run.value.get(key) if type(run.value) is dict else run.value


def number(run: Outcome, key: str) -> int:
    """Return such an entry if it is a whole number, else -1."""
    found = item(run, key)
    return found if type(found) is int else -1


# Blocks


def look(name: str, nbytes: int) -> bytes | None:
    """Return the first bytes of a block as another process would see them; None if it is gone."""
    try:
        block = SharedMemory(name)
    except (OSError, ValueError):
        return None
    content = bytes(cast(memoryview, block.buf)[:nbytes])
    block.close()
    return content


def sweep(prefix: str) -> int:
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


def use_shared_array(shared_array: Callable, name, shape, dtype, values, fail=None) -> dict:
    """Fill a shared array; return what was there, what others see, and how it ended."""
    seen: dict[str, Any] = {"first": None, "others see": None, "ended": "well"}
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
                raise {"RuntimeError": RuntimeError, "SystemExit": SystemExit}[fail](
                    "the body failed"
                )
    except BaseException as error:
        if not fail or seen["first"] is None:  # the body was not reached
            raise
        seen["ended"] = type(error).__name__
    return seen


# Waiting for children


@contextmanager
def no_endless_wait() -> Iterator[None]:
    """Let recv() and join() of this process raise where they would wait for ever."""
    kind: Any = multiprocessing.connection.Connection
    process_class: Any = multiprocessing.process.BaseProcess
    here: int = os.getpid()
    made: list = []
    receive, pipe = kind.recv, multiprocessing.connection.Pipe
    join = process_class.join

    def noted_pipe(*args, **options):
        ends = pipe(*args, **options)
        made.extend(ends)
        return ends

    def patient_join(process, timeout=None):
        if timeout is None and os.getpid() == here:
            when_ended(process, made, join)
        return join(process, timeout)

    kind.recv = lambda end: receive(when_ready(end) if os.getpid() == here else end)
    connections: Any = multiprocessing.connection
    connections.Pipe = noted_pipe
    process_class.join = patient_join
    try:
        yield
    finally:
        kind.recv, connections.Pipe = receive, pipe
        process_class.join = join


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


_PATIENCE = 30  # tenths of a second that a message may lie in a pipe while join() waits


def when_ended(process, pipes: list, join: Callable) -> None:
    """Wait for the end of a process; raise if it cannot come, because nobody receives."""
    waited = 0
    while process.is_alive() and waited < _PATIENCE:
        join(process, 0.1)
        waited = waited + 1 if any(map(_holds_message, pipes)) else 0
    if waited >= _PATIENCE:
        raise ChildProcessError(
            "join() waits for a child that cannot end: its message is larger than the pipe, "
            "and nobody receives it"
        )


def _holds_message(end) -> bool:
    try:
        return not end.closed and end.readable and end.poll()
    except OSError:
        return False


def use_ask_child(ask_child: Callable, array, name: str, method: str):
    """Call `ask_child`; end the children of one that would wait for ever."""
    if method == "spawn":
        multiprocessing.forkserver.ensure_running()  # it is needed later, and starts meanwhile
    try:
        with no_endless_wait():
            return ask_child(array, name, method)
    except ChildProcessError:
        for child in active_children():
            child.kill()
            child.join()
        raise


def wrong_sums(table) -> list:
    """Return what mistakes make of the sums of a big-endian table in Fortran order."""
    moved = np.frombuffer(table.tobytes("F"), table.dtype).reshape(table.shape)
    turned = np.frombuffer(table.tobytes(), table.dtype.newbyteorder("<")).reshape(table.shape)
    pairs = [
        (moved, "The child expects C order. An assignment into an array in the block keeps the "
         "items in place."),
        (turned, "The bytes of each item were read in the wrong order: array.dtype.str names it."),
    ]  # fmt: skip
    return [(_has_sums(t.sum(axis=0, dtype=int).tolist()), text) for t, text in pairs]


def _has_sums(sums: list) -> Callable:
    return lambda answer: answer["sums"] == sums


# Column statistics

meeting: dict = {}


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


def use_column_stats(
    column_stats: Callable, values, name, workers, folder, patience=200, memory=False
) -> dict:
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


def part(run: Outcome, number: int):
    """Return the mean (0) or the standard deviation (1), if there are both."""
    result = item(run, "result")
    return result[number] if type(result) is list and len(result) == 2 else result


def growth(run: Outcome) -> Count:
    """Return the memory that all processes together needed beyond the block, as a count."""
    found, copied = item(run, "growth"), item(run, "copied")
    analytic = copied if type(copied) is int else None
    why = instruments.available("smaps").why
    value = None if why or type(found) is not int else found
    return Count(value, "bytes", why or "the memory was not noted", analytic, run=run.number)


def wrong_means(table, workers: int) -> list:
    """Return what mistakes make of the mean of columns, as `known` wants it."""
    wide, rows = table.astype(float), len(table)
    borders = [rows * i // workers for i in range(workers + 1)]
    parts = [wide[a:b] for a, b in pairwise(borders)]
    size = -(-rows // workers)
    later = [wide[i : i + size] for i in range(0, rows, size)]
    whole = wide[: rows // workers * workers]
    lost, means = "The last rows are missing.", "Add up sums, not means: the parts differ in size."
    count = "How many rows are there, over all parts?"
    values = [
        (np.mean([p.mean(axis=0) for p in parts], axis=0), means),
        (np.mean([p.mean(axis=0) for p in later], axis=0), means),
        (whole.mean(axis=0), lost), (whole.sum(axis=0) / rows, lost),
        (wide.mean(axis=0) * workers, count), (wide.mean(axis=0) / workers, count),
    ]  # fmt: skip
    return [(_is_near(value), text) for value, text in values]


def wrong_deviations(table, workers: int) -> list:
    """Return what mistakes make of the standard deviation of columns, as `known` wants it."""
    wide, rows = table.astype(float), len(table)
    borders = [rows * i // workers for i in range(workers + 1)]
    parts = [wide[a:b] for a, b in pairwise(borders)]
    text = "The mean of the standard deviations of the parts is not that of the whole."
    values = [
        (np.mean([p.std(axis=0) for p in parts], axis=0), text),
        (wide.var(axis=0), "This is the variance: take its square root."),
        (wide.std(axis=0, ddof=1), "The task divides by n, the number of rows."),
    ]
    return [(_is_near(value), text) for value, text in values]


def _is_near(value) -> Callable:
    return lambda got: got.shape == value.shape and np.allclose(got, value, rtol=1e-9, atol=0)


# Text files

parsing: dict = {}


def parse_line(text: str) -> tuple[int, float]:
    """Return (position, percent) of a line, or raise ValueError; note who parses."""
    if os.getpid() not in parsing.setdefault("noted", set()):
        parsing["noted"].add(os.getpid())
        open(f"{parsing['folder']}/{os.getpid()}", "w").close()
        wait_for(parsing["folder"], parsing["together"], parsing["patience"])
    position, percent = text.split()
    if position == "0":  # stands for a file that takes longer
        time.sleep(0.03)
    return int(position), float(percent)


def wait_for(folder: str, count: int, patience: int, start: str = "") -> None:
    """Wait until there are so many files with names that start so, or somebody gave up."""
    for _ in range(patience):
        names = os.listdir(folder)
        if "late" in names or sum(n.startswith(start) for n in names) >= count:
            return
        time.sleep(0.001)
    open(f"{folder}/late", "w").close()  # nobody else comes: do not wait again


def use_gather_rows(gather_rows: Callable, paths, target, folder, together=0) -> dict:
    """Call `gather_rows`; tell its result, who parsed, and how often the target was opened."""
    place = tempfile.mkdtemp(dir=folder)
    patience = 3000 if together else 0
    parsing.update(folder=place, noted=set(), together=together, patience=patience)
    with no_endless_wait(), _noted_opens(target, place) as opened:
        bad = gather_rows(paths, target)
    names = set(os.listdir(place))
    pids = {name for name in names if name.isdigit()}
    own = str(os.getpid()) in pids
    return {
        "bad": [tuple(b) for b in bad],
        "workers": 0 if own else len(pids),
        "together": "late" not in names,
        "opened": len(opened),
        "opened by workers": sum(name.startswith("opened-") for name in names),
    }


@contextmanager
def _noted_opens(target: str, place: str) -> Iterator[list]:
    """Note how often this process opens a file with h5py, and which other processes do."""
    original: Any = h5py.File
    here: int = os.getpid()
    opened: list = []

    class File(original):
        def __init__(self, name, *args, **options):
            same = isinstance(name, (str, bytes, os.PathLike)) and os.fsdecode(name) == target
            if same and os.getpid() == here:
                opened.append(name)
            elif same:
                open(f"{place}/opened-{os.getpid()}", "w").close()
            super().__init__(name, *args, **options)

    h5py.File = File
    try:
        yield opened
    finally:
        h5py.File = original


def write_texts(texts: dict) -> tuple:
    """Write text files; return their paths, and a fresh folder for the result."""
    place = check.workdir("texts")
    out = place / "out"
    out.mkdir()
    for each in (place, out):
        each.chmod(0o777)
    return (
        [files.put(place / name, text, durable=False) for name, text in texts.items()],
        place,
        out,
    )


def old_file(out) -> str:
    """Leave a result of an earlier day, which the next one replaces; return its path."""
    path = out / "all.h5"
    with h5py.File(path, "w") as file:
        file["rows"] = np.array([(4, 4.0)], ROW)
    path.chmod(0o666)
    return str(path)


def many(first: int, count: int) -> tuple:
    """Return the text and the rows of a file of good lines."""
    rows = [(first + i, i / 4) for i in range(count)]
    return "".join(f"{p} {q}\n" for p, q in rows).encode(), rows


def table_in(out):
    """Return the dataset that was written, or a text that says why not."""
    return hdf5_files.contents(out / "all.h5").value("rows")


def wrong_rows(rows, names_order) -> list:
    """Return what mistakes make of the rows of some files, as `known` wants it."""

    def is_another_order(found):
        return len(found) == len(rows) and np.array_equal(np.sort(found), np.sort(rows))

    by_name = [] if names_order is None else [names_order]
    return [
        *[(wrong, "These rows are in the order of the names. The order of `paths` counts.")
          for wrong in by_name],
        (is_another_order, "All rows are there, in another order. The order of `paths` counts, not "
         "that of names or of arrival."),
    ]  # fmt: skip


# Jobs


def do_job(job, name, connection):
    """Make the block of a job and tell its parent; die on the way if the job says so.

    All workers begin before one of them works.
    """
    open(f"{job['place']}/began-{name.rpartition('-')[2]}", "w").close()
    wait_for(job["place"], job["of"], job["patience"], "began")
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


def make_jobs(*killed: str) -> tuple[list, list]:
    """Return (jobs, the arrays that should come)."""
    place = check.workdir("jobs")
    place.chmod(0o777)
    jobs: list[dict[str, Any]] = [
        {"items": 5 + i, "first": 100 * i, "dtype": "<i4", "killed": k, "place": str(place),
         "of": len(killed), "patience": 3000}
        for i, k in enumerate(killed)
    ]  # fmt: skip
    came = [np.arange(j["items"], dtype="<i4") + np.int32(j["first"]) for j in jobs]
    lost = ("before its block", "before its message")
    return jobs, [None if j["killed"] in lost else a for j, a in zip(jobs, came, strict=True)]


def all_began(jobs: list) -> bool:
    """Tell whether all workers of the jobs were there before the first had to give up waiting."""
    names = files.names(jobs[0]["place"])
    began = sum(name.startswith("began") for name in names)
    return began == len(jobs) and "late" not in names


def wrong_arrays(arrays: list) -> list:
    """Return what mistakes make of the arrays, as `known` wants it."""
    dead = [array is None for array in [*arrays, None]].index(True)

    def stops(came):
        rest = came[dead:]
        return any(a is not None for a in arrays[dead:]) and all(a is None for a in rest)

    return [
        ("EOFError", "recv() raises EOFError once the worker is dead: that tells you of it."),
        ("FileNotFoundError", "A worker that died early has made no block."),
        ("BufferError", "Copy the array, and let go of the view, before you close the block."),
        (lambda came: any(map(is_closed_map, came)),
         "Your arrays look at closed blocks: return copies."),
        (stops, "One worker died, and the arrays of those behind it are missing: go on with the "
         "next."),
    ]  # fmt: skip


# Room


def use_reserve(reserve_block: Callable, name, nbytes, keep_free, full=False, room=0) -> dict:
    """Call `reserve_block`; return the bytes of the block and the bytes that it takes.

    Parameters
    ----------
    full : bool
        True to let others be faster: they take the room between the question and the call.
    room : int
        Bytes that seem to be free, a multiple of 4096; 0 for those that are.
    """
    taken, ask = os.posix_fallocate, os.statvfs

    def no_room(fd, offset, length):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def seeming(path):
        held = os.stat(f"/dev/shm/{name}").st_blocks if os.path.exists(f"/dev/shm/{name}") else 0
        free = (room - 512 * held) // 4096
        # Blocks of 4096 bytes; root may use more than others, and transfers have another size.
        return os.statvfs_result((65536, 4096, 9 << 20, free + 5000, free, 99, 99, 99, 0, 255))

    os.posix_fallocate = no_room if full else taken
    os.statvfs = seeming if room else ask
    try:
        reserve_block(name, nbytes, keep_free)
    except OSError as error:
        if type(error) is not OSError:
            raise
        return {"size": None, "taken": None, "errno": error.errno}
    finally:
        os.posix_fallocate, os.statvfs = taken, ask
    try:
        block = os.stat(f"/dev/shm/{name}")
    except FileNotFoundError:
        return {"size": None, "taken": None, "errno": 0}
    sweep(name)
    return {"size": block.st_size, "taken": block.st_blocks * 512, "errno": 0}
