"""Stand-ins for processes and pipes: a "your turn" is checked at once, and never waits for ever."""

import os
from collections import deque
from contextlib import contextmanager
from multiprocessing.shared_memory import SharedMemory

import numpy as np


class End:
    """One end of a pipe on the stage; a message that cannot come is an error, not a wait."""

    def __init__(self, stage: "Stage", messages: deque, senders: list):
        self._stage, self._messages, self._senders = stage, messages, senders
        self.closed = False

    def send(self, message) -> None:
        """Put a message into the pipe."""
        self._messages.append(message)

    def recv(self):
        """Take the next message out of the pipe."""
        self._stage.calls.append("recv")
        if self._messages:
            return self._messages.popleft()
        if all(end.closed for end in self._senders):
            raise EOFError
        raise RuntimeError("recv() would wait for ever: somebody could still send")

    def close(self) -> None:
        """Let go of this end."""
        self.closed = True


class Worker:
    """A process on the stage: its function runs, here, when it is started."""

    def __init__(self, stage: "Stage", target, args):
        self._stage, self._target, self._args, self.joined = stage, target, args, False

    def start(self) -> None:
        """Run the function, with a copy of each end that it gets."""
        self._stage.calls.append("start")
        copies = [arg._copy() if isinstance(arg, Sender) else arg for arg in self._args]
        self._target(*copies)
        for copy in copies:
            if isinstance(copy, Sender):
                copy.close()  # a worker that ends lets go of everything

    def join(self) -> None:
        """Note that somebody has waited for the end."""
        self.joined = True


class Sender(End):
    """The end that a worker gets a copy of."""

    def _copy(self) -> "Sender":
        other = Sender(self._stage, self._messages, self._senders)
        self._senders.append(other)
        return other


class Stage:
    """Take the place of ``multiprocessing.get_context(...)``, and note what is called."""

    def __init__(self):
        self.calls, self._ends, self._workers = [], [], []

    def Pipe(self, duplex: bool = True) -> tuple[End, Sender]:
        """Make a pipe of which nothing is real."""
        messages, senders = deque(), []
        ours, theirs = End(self, messages, senders), Sender(self, messages, senders)
        senders.append(theirs)
        self._ends += [ours, theirs]
        return ours, theirs

    def Process(self, target, args=()) -> Worker:
        """Make a worker that runs here."""
        self._workers.append(Worker(self, target, args))
        return self._workers[-1]

    def started(self, *messages) -> list[tuple[Worker, End]]:
        """Return workers that have sent these messages; ``None`` for one that died before."""
        made = []
        for message in messages:
            ours, theirs = self.Pipe(duplex=False)
            if message is not None:
                theirs.send(message)
            theirs.close()
            made.append((self.Process(target=None), ours))
        return made

    def open_ends(self, ours: bool = True) -> int:
        """Count the ends that the parent has not closed, or only those of the workers."""
        kinds = (End, Sender) if ours else (Sender,)
        return sum(type(end) in kinds and not end.closed for end in self._ends)

    def not_joined(self) -> int:
        """Count the workers that nobody has waited for."""
        return sum(not worker.joined for worker in self._workers)


def seen_in_block(put_into_block, table) -> bytes:
    """Let an answer put a table into a block; return what others see, and remove the block."""
    name = f"turn07-{os.getpid()}"
    put_into_block(table, name)
    block = SharedMemory(name)
    seen = bytes(block.buf[: table.nbytes])
    block.close()
    block.unlink()
    return seen


def looked_at(attached, fail: bool = False) -> tuple:
    """Use an answer as a context manager; return the first item, how it ended, what stays open."""
    block = SharedMemory(create=True, size=24)
    np.ndarray((6,), "i4", buffer=block.buf)[:] = 42
    first, ended, before = None, "well", blocks_open()
    try:
        with contextmanager(attached)(block.name, (2, 3), "i4") as array:
            first = int(array[0, 0])
            if fail:
                raise KeyError("in the with block")
    except KeyError as error:
        ended = type(error).__name__
    finally:
        still = None if before is None else blocks_open() - before
        block.close()
        block.unlink()
    return first, ended, still


def blocks_open() -> int | None:
    """Count the descriptors of blocks that this process has; ``None`` where nobody tells."""
    try:
        numbers = os.listdir("/proc/self/fd")
    except OSError:
        return None
    places = (f"/proc/self/fd/{number}" for number in numbers)
    return sum(os.path.exists(p) and os.readlink(p).startswith("/dev/shm/") for p in places)
