"""An array in a block of shared memory that is always closed and always unlinked."""

import math
import os
import secrets
import sys
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from course_lib import memory

SHM = Path("/dev/shm")
PREFIX = "lesson07"


@dataclass(frozen=True)
class Offer:
    """What another process needs to find and understand a block.

    Attributes
    ----------
    name : str
        Name of the block.
    shape : tuple of int
        Shape of the array in it.
    dtype : numpy.dtype
        Type of its items.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype


class SharedArray:
    """An array in a block of shared memory, for the time of a ``with`` block.

    Make one with `SharedArray.create` (the owner) or `SharedArray.attach` (everybody else).

    Attributes
    ----------
    array : ndarray
        The array. ``None`` after the ``with`` block.
    offer : Offer
        What to send to another process.

    Raises
    ------
    BufferError
        At the end of the ``with`` block, if somebody still holds a view of the array. The
        owner's block is unlinked all the same.

    Examples
    --------
    >>> with SharedArray.create((2, 3), "i4") as mine:
    ...     with SharedArray.attach(mine.offer) as same:
    ...         mine.array[0, 0] = 42
    ...         int(same.array[0, 0])
    42
    """

    def __init__(self, block: SharedMemory, offer: Offer, owner: bool):
        self._block, self.offer, self._owner = block, offer, owner
        # np.frombuffer keeps the block from being closed under a view; np.ndarray does not.
        flat = np.frombuffer(block.buf, offer.dtype, math.prod(offer.shape))
        self.array = flat.reshape(offer.shape)

    @classmethod
    def create(cls, shape, dtype) -> "SharedArray":
        """Make a block that holds an array of zeros, or raise OSError if there is no room."""
        shape, dtype = tuple(shape), np.dtype(dtype)
        nbytes = math.prod(shape) * dtype.itemsize
        if nbytes <= 0:
            raise ValueError(f"a block must hold at least one byte, got shape {shape!r}")
        name = f"{PREFIX}-{os.getpid()}-{secrets.token_hex(3)}"
        block = SharedMemory(name, create=True, size=nbytes)
        try:
            reserve(name, nbytes)
        except OSError:
            block.close()
            block.unlink()
            raise
        return cls(block, Offer(name, shape, dtype), owner=True)

    @classmethod
    def attach(cls, offer: Offer, stranger: bool = False) -> "SharedArray":
        """Look at the block of an `Offer`; `stranger` as in `open_block`."""
        return cls(open_block(offer.name, stranger), offer, owner=False)

    def __enter__(self) -> "SharedArray":
        return self

    def __exit__(self, *exc) -> None:
        self.array = None
        if self._owner:  # first: whatever happens next, the name is gone
            self._block.unlink()
        self._block.close()


def open_block(name: str, stranger: bool = False) -> SharedMemory:
    """Attach to a block by name.

    Parameters
    ----------
    name : str
        Name of a block that exists.
    stranger : bool
        True if this process was not started by multiprocessing from the owner's family.
        Then its resource tracker must not hear of the block: it would unlink it at exit.
    """
    if not stranger:
        return SharedMemory(name)
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    from multiprocessing import resource_tracker

    block = SharedMemory(name)
    resource_tracker.unregister(f"/{block.name}", "shared_memory")
    return block


def reserve(name: str, nbytes: int) -> None:
    """Take the memory of a block now, or raise OSError (ENOSPC) while that is still harmless."""
    if not (SHM / name).exists():  # not Linux
        return
    fd = os.open(SHM / name, os.O_RDWR)
    try:
        os.posix_fallocate(fd, 0, nbytes)
    finally:
        os.close(fd)


def segments(prefix: str = PREFIX) -> list[str] | None:
    """Return the names of the blocks that exist; ``None`` where the system does not list them."""
    if not SHM.is_dir():
        return None
    return sorted(name for name in os.listdir(SHM) if name.startswith(prefix))


def exists(name: str) -> bool | None:
    """Tell whether a block of this name exists; ``None`` where the system does not list them."""
    return (SHM / name).exists() if SHM.is_dir() else None


def occupied(name: str) -> int | None:
    """Return the bytes of memory that a block takes so far; ``None`` where nobody tells."""
    path = SHM / name
    return path.stat().st_blocks * 512 if path.exists() else None


def message_bytes(thing: object) -> int:
    """Return the bytes that multiprocessing sends for an object."""
    return len(ForkingPickler.dumps(thing))


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


def through_queue(nbytes: int) -> Transfer:
    """Send an array of `nbytes` through a Queue to a new process."""
    array = np.ones(nbytes, "u1")
    return _transfer(array, _sum_of)


def through_block(nbytes: int) -> Transfer:
    """Put an array of `nbytes` into a block and send the offer to a new process."""
    with SharedArray.create((nbytes,), "u1") as shared:
        shared.array[:] = 1
        return _transfer(shared.offer, _sum_of_offer)


def _transfer(thing: object, task) -> Transfer:
    context = get_context("spawn")
    questions, answers = context.Queue(), context.Queue()
    worker = context.Process(target=_receive, args=(task, questions, answers))
    worker.start()
    answers.get()  # the worker is up

    def exchange():
        questions.put(thing)
        return answers.get()

    (total, receiver), sender = memory.grown_peak(exchange)
    worker.join()
    return Transfer(message_bytes(thing), sender, receiver, total)


def _receive(task, questions, answers) -> None:
    answers.put("up")
    answers.put(memory.grown_peak(lambda: task(questions.get())))


def _sum_of(array) -> int:
    return int(array.sum())


def _sum_of_offer(offer: Offer) -> int:
    with SharedArray.attach(offer) as shared:
        return _sum_of(shared.array)
