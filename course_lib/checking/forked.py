"""A forked child that does work which may crash or hang, one request after the other.

It begins as a copy of this process, with all that is imported, so it starts fast. It ends by
itself when nothing is asked for a while, so it holds nothing for long.
"""

import gc
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise

_LENGTH = 8  # bytes of the number before a request or an answer
_IDLE_SECONDS = 2
_F_SETPIPE_SZ = 1031  # of fcntl(2) on Linux
_PIPE_BYTES = 1 << 20


class Forked:
    """A child process that answers requests.

    Parameters
    ----------
    work : callable
        Called in the child with a request, as bytes. It returns the answer as a list of
        buffers; an error ends the child.
    seconds : int
        Time for one answer.
    most : int
        Bytes that an answer may have.

    Notes
    -----
    The child knows what this process knew when it was forked, which may be some requests ago.
    """

    def __init__(self, work: Callable[[bytes], Sequence], seconds: int, most: int):
        self.work, self.seconds, self.most = work, seconds, most
        self._owner = self._pid = 0
        self._inlet = self._outlet = -1

    def ask(self, request: bytes):
        """Return the answer, an array of uint8 that may be written to.

        Returns
        -------
        ndarray or None
            None if the child crashed or took too long over it; the next request gets a new one.
        """
        fresh = self._owner != os.getpid()
        last = time.monotonic() + self.seconds
        while True:
            if fresh:
                self._start()
            answer = self._exchange(request, last)
            if answer is not None:
                return answer
            self.end()
            if fresh or time.monotonic() > last:
                return None
            fresh = True  # the child may have ended before it was asked

    def end(self) -> None:
        """End the child, if there is one; the next request starts another."""
        if self._owner == os.getpid():  # a copy of this process leaves it to the original
            _close(self._inlet, self._outlet)
            _kill(self._pid)
        self._owner = 0

    def _start(self) -> None:
        inlet, answers = _pipe()
        requests, outlet = _pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Python warns of threads; the child starts none
            pid = os.fork()
        if pid == 0:
            self._serve(requests, answers)
        _close(requests, answers)
        self._owner, self._pid, self._inlet, self._outlet = os.getpid(), pid, inlet, outlet

    def _exchange(self, request: bytes, last: float):
        try:
            _write(self._outlet, _length_of([request]), request)
        except BrokenPipeError:
            return None
        length = _read_number(self._inlet, last)
        return None if length is None or length > self.most else _read(self._inlet, length, last)

    def _serve(self, requests: int, answers: int) -> None:
        """Answer requests in the child; never return."""
        code = 1
        try:
            gc.disable()  # it would go through, and so copy, the memory of the parent
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            _close_all_but({requests, answers})
            while self._answer_one(requests, answers):
                pass
            code = 0
        finally:
            os._exit(code)

    def _answer_one(self, requests: int, answers: int) -> bool:
        """Answer a request; return False if none comes any more."""
        length = _read_number(requests, time.monotonic() + _IDLE_SECONDS)
        if length is None:
            return False
        signal.alarm(self.seconds)
        request = _read(requests, length, time.monotonic() + self.seconds)
        parts = self.work(bytes(request))
        _write(answers, _length_of(parts), *parts)
        signal.alarm(0)
        return True


def _close_all_but(kept: set[int]) -> None:
    """Close what the parent had open: who waits for the end of a pipe must not wait for us."""
    edges = [2, *sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for low, high in pairwise(edges):
        os.closerange(low + 1, high)


def _pipe() -> tuple[int, int]:
    """Return the two ends of a pipe, a large one if there may be such."""
    inlet, outlet = os.pipe()
    try:
        import fcntl

        fcntl.fcntl(outlet, _F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, OSError):  # not on Linux, or more than the user may have
        pass
    return inlet, outlet


def _close(*fds: int) -> None:
    for fd in fds:
        os.close(fd)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # somebody else has waited for it


def _length_of(parts: Sequence) -> bytes:
    return sum(map(len, parts)).to_bytes(_LENGTH, "little")


def _write(fd: int, *parts) -> None:
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(fd, rest) :]


def _read_number(fd: int, last: float) -> int | None:
    found = _read(fd, _LENGTH, last)
    return None if found is None else int.from_bytes(bytes(found), "little")


def _read(fd: int, length: int, last: float):
    """Return that many bytes of a pipe as an array; None if they do not come in time."""
    import numpy as np

    found, at = np.empty(length, np.uint8), 0
    room = memoryview(found)  # type: ignore[arg-type]  # mypy takes arrays for no buffers
    while at < length:
        ready, _, _ = select.select([fd], [], [], max(0.0, last - time.monotonic()))
        got = os.readv(fd, [room[at:]]) if ready else 0
        if not got:
            return None
        at += got
    return found
