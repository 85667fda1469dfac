"""Measure what blocks of shared memory take, and what it costs to hand an array over."""

import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from course_lib import memory

SHM = Path("/dev/shm")


def exists(name: str) -> bool | None:
    """Tell whether a block of this name exists; ``None`` where the system does not list them."""
    return (SHM / name).exists() if SHM.is_dir() else None


def left_of(names: list[str], patience: float = 0) -> list[str] | None:
    """Return the blocks that still exist after at most `patience` seconds.

    Parameters
    ----------
    names : list of str
        Names of blocks.
    patience : float
        The tracker of a worker cleans up shortly after the worker has ended: wait for it.
    """
    until = time.monotonic() + patience
    while (left := [name for name in names if exists(name)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left if SHM.is_dir() else None


@dataclass(frozen=True)
class Transfer:
    """What it cost to hand one array to another process.

    Attributes
    ----------
    message : int
        Bytes of the message, pickled.
    sender, receiver : int or None
        Bytes by which each process grew at its highest.
    total : int
        Sum of the array, as the receiver saw it.
    """

    message: int
    sender: int | None
    receiver: int | None
    total: int


def through_block(nbytes: int) -> Transfer:
    """Put an array of `nbytes` into a block, and send its name and size to a new process."""
    block = SharedMemory(create=True, size=nbytes)
    array = np.ndarray((nbytes,), "u1", buffer=block.buf)
    array[:] = 1
    cost = hand_over((block.name, nbytes))
    del array
    block.close()
    block.unlink()
    return cost


def hand_over(thing: object) -> Transfer:
    """Send an array, or the name and the size of a block, through a queue; measure both sides."""
    context = get_context("spawn")
    questions, answers = context.Queue(), context.Queue()
    worker = context.Process(target=_receive, args=(questions, answers))
    worker.start()
    answers.get()  # the worker is up

    def exchange():
        questions.put(thing)
        return answers.get()

    (total, receiver), sender = memory.grown_peak(exchange)
    worker.join()
    return Transfer(len(ForkingPickler.dumps(thing)), sender, receiver, total)


def _receive(questions, answers) -> None:
    answers.put("up")
    answers.put(memory.grown_peak(lambda: hold(questions.get(), int)))


def hold(thing, use):
    """Return ``use(sum)`` of an array that came as it is, or in a block, while it is held."""
    if isinstance(thing, np.ndarray):
        return use(int(thing.sum()))
    name, nbytes = thing
    block = SharedMemory(name)
    array = np.ndarray((nbytes,), "u1", buffer=block.buf)
    try:
        return use(int(array.sum()))
    finally:
        del array
        block.close()
