"""Rows of `ask_child`: an array for a child process."""

import multiprocessing.connection
import multiprocessing.forkserver
import multiprocessing.process
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from typing import Any

import numpy as np

from course_lib.checking.check import Report
from course_lib.checking.given_07.waiting import no_endless_wait
from course_lib.checking.outcome import Outcome


def rows(report: Report, use: Callable, sweep: Callable, prefix: str) -> Outcome:
    """Add the visible rows, and return the last run.

    `use` and `sweep` are the given functions of the notebook.
    """
    small = np.array([[1, 2], [3, 4]], "<i4")
    run = report.run(use, small, prefix, "spawn", segment_prefix=prefix)
    wanted = {"sums": [4, 6], "started by": "spawn"}
    report.equal("the example", run, wanted, points=0.75)
    left = "The block is still there: unlink it."
    report.at_most("blocks left", run.segments, 0, points=0.25, message=left)
    listed = "The child is still listed: join() waits for its end."
    report.at_most("child processes left", run.processes, 0, points=0.25, message=listed)
    sweep(prefix)
    table = np.asfortranarray(np.arange(300, 330, dtype=">i2").reshape(10, 3))
    run = report.run(use, table, prefix, "fork", segment_prefix=prefix)
    wanted = {"sums": table.sum(axis=0, dtype=int).tolist(), "started by": "fork"}
    label = "another start method, byte order and order in memory"
    report.equal(label, run, wanted, points=0.5)
    sweep(prefix)
    # The answer is larger than a pipe.
    sevens = np.full((1, 300_000), 7, "u1")
    run = report.run(use, sevens, prefix, "fork", segment_prefix=prefix)
    wanted = {"sums": [7] * 300_000, "started by": "fork"}
    report.equal("a table of 300,000 columns", run, wanted, points=0.25)
    return run


def use(ask_child: Callable, array, name: str, method: str):
    """Call `ask_child`; end the children of one that would wait for ever."""
    if method == "spawn":
        multiprocessing.forkserver.ensure_running()  # it is needed later, and starts meanwhile
    started: list = []
    try:
        with no_endless_wait(), _noted_starts(started):
            answer = ask_child(array, name, method)
        if isinstance(answer, dict) and not started:
            answer = {**answer, "started by": "no child was started"}
        return answer.replace(name, "NAME") if isinstance(answer, str) else answer
    except ChildProcessError:
        for child in active_children():
            child.kill()
            child.join()
        raise


@contextmanager
def _noted_starts(started: list) -> Iterator[None]:
    """Note the processes that are started."""
    kind: Any = multiprocessing.process.BaseProcess
    original = kind.start

    def start(process) -> None:
        started.append(process)
        original(process)

    kind.start = start
    try:
        yield
    finally:
        kind.start = original
