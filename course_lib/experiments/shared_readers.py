"""Processes that hold one array, each its own copy or all the same block, to look at them."""

from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from course_lib import memory
from course_lib.experiments.shared_memory import hold


def memory_of_readers(n: int, nbytes: int, shared: bool) -> memory.UsageTable:
    """Let `n` processes hold an array and measure their memory while they do.

    Parameters
    ----------
    n : int
        Number of reading processes.
    nbytes : int
        Size of the array.
    shared : bool
        True to send each the name of one block, False to send each the data.

    Returns
    -------
    course_lib.memory.UsageTable
        One row for each reader.
    """
    if not shared:
        return _measure(n, np.ones(nbytes, "u1"))
    block = SharedMemory(create=True, size=nbytes)
    try:
        block.buf[:nbytes] = b"\1" * nbytes
        return _measure(n, (block.name, nbytes))
    finally:
        block.close()
        block.unlink()


def _measure(n: int, thing) -> memory.UsageTable:
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(n)]
    workers = [context.Process(target=_hold, args=(theirs,)) for _, theirs in pairs]
    for worker in workers:
        worker.start()
    try:
        for ours, _ in pairs:
            ours.send(thing)
        for ours, _ in pairs:
            ours.recv()
        return memory.table({f"reader {i}": w.pid for i, w in enumerate(workers, start=1)})
    finally:
        for (ours, _), worker in zip(pairs, workers, strict=True):
            ours.send("done")
            worker.join()


def _hold(connection) -> None:
    def answer(total):
        connection.send(total)
        connection.recv()

    hold(connection.recv(), answer)
