"""Rows of `column_stats`: many processes, one copy in memory."""

import os
import tempfile
import time
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from course_lib.checking.check import Report
from course_lib.checking.given_07.shared import FORK, item, look, sweep
from course_lib.checking.given_07.waiting import no_endless_wait
from course_lib.checking.outcome import Count, Outcome
from course_lib.system import instruments, procfs


def rows(report: Report, use: Callable, prefix: str, folder: Path) -> Outcome:
    """Add the visible rows, and return the last run; `use` is the notebook's given function."""
    folder.chmod(0o777)
    example = np.array([[1, 2], [3, 2], [5, 2]], "<f4")
    run = report.run(use, example, prefix, 2, str(folder))
    wanted = [np.array([3.0, 2.0]), np.array([1.63299316, 0.0])]
    came = item(run, "result")
    report.close("the example", came, wanted, rtol=1e-8, atol=1e-8, points=0.25, of=run)
    _large(report, use, prefix, str(folder))
    table = np.full((101, 2), 0.7, "<f4")
    run = report.run(use, table, prefix, 2, str(folder), segment_prefix=prefix)
    label, std = "101 equal rows: standard deviation", part(run, 1)
    report.close(label, std, np.zeros(2), atol=1e-6, points=0.25, of=run)
    return run


def _large(report: Report, use: Callable, prefix: str, folder: str) -> None:
    table = 7 * np.random.default_rng(7).random((6144, 256), "<f4")
    mean, std = table.mean(axis=0, dtype=float), table.std(axis=0, dtype=float)
    run = report.run(use, table, prefix, 3, folder, 3000, True, segment_prefix=prefix)
    report.close("mean", part(run, 0), mean, points=0.25, of=run)
    report.close("standard deviation", part(run, 1), std, points=0.25, of=run)
    right = all(row.ok for row in report.rows[1:])
    later = "This counts once the mean and the standard deviation are right."
    at_once = item(run, "together") is True
    report.true(
        "workers at the same time", right and item(run, "workers") == 3 and at_once, points=0.5,
        of=run, expected="3, all at the same time",
        got=f"{item(run, 'workers')}, {'' if at_once else 'not '}all at the same time",
        message="Start all workers before you wait for the first, and let each call partial_sums "
        "once." if right else later,
    )  # fmt: skip
    report.at_most(
        "memory beyond the block", growth(run), 4 << 20, points=0.75,
        message="Rows were copied. A slice of an array that looks at the block is a view: hand "
        "that to partial_sums.",
    )  # fmt: skip
    shared = item(run, "rows")
    report.true(
        "rows of all workers together", right and shared == len(table), points=0.25, of=run,
        got=f"{shared}", expected=f"{len(table)}",
        message="Each worker calls partial_sums once, with its own rows: together they take each "
        "row once." if right else later,
    )  # fmt: skip
    kept = item(run, "kept") is True
    report.true(
        "the block stays", right and kept, points=0.25,
        message=later if kept else "The block is not yours: do not unlink it.",
    )  # fmt: skip


meeting: dict = {}


def partial_sums(rows):
    """Return the sum and the sum of squares of each column; meet the others meanwhile."""
    total, squares = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for start in range(0, len(rows), 32):  # a few rows at a time: no copy of all of them
        block = rows[start : start + 32].astype(float)
        total += block.sum(axis=0)
        squares += (block * block).sum(axis=0)
    arrive("here", copied_bytes(rows))
    arrive("rows", len(rows))
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
    found = {"here": {}, "rows": {}, "parent": {}, "measured": {}}
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


def use(column_stats: Callable, values, name, workers, folder, patience=200, memory=False) -> dict:
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
        "rows": sum(noted["rows"].values()),
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
