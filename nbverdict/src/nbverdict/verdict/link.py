"""The verdict's side of the border: send a request, wait for plain data, believe nothing.

When the student's process breaks a limit, dies, or sends something that is no answer, the
link is *broken*: the reason is kept, and the cell that runs scores 0 whatever its code
makes of the exception (`Broken` is no `Exception`, so that a test that expects errors
does not take it for one).
"""

import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from nbverdict.jail.place import Place
from nbverdict.settings import Settings
from nbverdict.verdict import usage
from nbverdict.wire import frames
from nbverdict.wire.descriptors import receive

_TICK_MS = 200
_AFTER_INTERRUPT = 2.0
_CREDENTIALS = struct.Struct("3i")


class Broken(BaseException):
    """The student's process gave no answer that counts; the text says why."""


class Link:
    """Connection to the student's process.

    Parameters
    ----------
    init : socket
        Connection to the first process of the jail, which forks and kills.
    coordinator : socket
        Connection to the coordinator; when it closes, this process ends.
    place : Place
    settings : Settings
    init_pid : int
        The first process of the jail: what is below it is the submission's.

    Attributes
    ----------
    worker_pid : int
        The student's process.
    broken : str
        Why there is no answer; empty while all is well.
    told_hidden : bool
        True once a hidden test has asked for something: from then on the student's code may know
        what its arguments are.
    asking : callable
        Called before each request.
    """

    def __init__(
        self, init: socket.socket, coordinator: socket.socket, place: Place, settings: Settings,
        init_pid: int,
    ):  # fmt: skip
        self.init, self.coordinator, self.place, self.settings = init, coordinator, place, settings
        self.end = time.monotonic() + settings.submission_timeout
        self._sock: socket.socket | None = None
        self.worker_pid, self.broken, self.deadline = 0, "", self.end
        self.init_pid, self._hidden = init_pid, set[int]()
        self.callback: Callable[[dict, list], tuple[dict, list]] | None = None
        self.told_hidden = False
        self.asking: Callable[[], None] = lambda: None

    # Life of the student's process

    def start(self) -> None:
        """Start a fresh student's process."""
        self.stop()
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs:
            socket.send_fds(self.init, [b"w"], [theirs.fileno()])
        self._sock, self.broken = ours, ""
        self.worker_pid = self._greeting(ours)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)

    def _greeting(self, sock: socket.socket) -> int:
        """Wait for the first byte; the kernel says which process has sent it."""
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        if not poll.poll(10_000):
            raise RuntimeError("the student's process did not start")
        data, extra, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
        if data != b"!" or not extra:
            raise RuntimeError("the student's process died before it started")
        return _CREDENTIALS.unpack(extra[0][2])[0]

    def stop(self) -> None:
        """Kill the student's process and everything that it has started."""
        if self._sock is None:
            return
        self._sock.close()
        self._sock = None
        self.init.send(b"k")
        self.init.settimeout(20)
        if self.init.recv(1) != b"d":
            raise RuntimeError("the jail did not end its processes")

    def break_(self, reason: str) -> NoReturn:
        """Note why there is no answer, end the student's process and leave the cell."""
        if not self.broken:
            self.broken = reason
            self.stop()
        raise Broken(self.broken)

    # Requests

    def start_cell(self) -> None:
        """Start the clock of a cell."""
        self.deadline = min(time.monotonic() + self.settings.cell_timeout, self.end)

    def request(self, head: dict, blocks=(), patient: bool = False) -> tuple[dict, list]:
        """Send a request; return its answer.

        A patient request that takes too long is interrupted first, as a reader would do,
        so that what the cell has defined before its endless loop stays.

        Parameters
        ----------
        head : dict
            The request.
        blocks : sequence of bytes-like
            The bytes that it refers to.
        patient : bool
            Interrupt it when its time is over, and wait a little more.

        Raises
        ------
        Broken
            If there is none that counts.
        """
        if self.broken or self._sock is None:
            raise Broken(self.broken or "the student's process is not there")
        self.asking()
        try:
            answer, parts = self._answer(self._sock, head, blocks, patient)
        except frames.Late:
            self.break_(self._late())
        except frames.Gone:
            self.break_(self._how_it_died())
        except frames.WireError as error:
            self.break_(f"your code sent something that is no answer ({error})")
        if "fault" in answer:
            self.break_(f"your code broke the notebook's own machinery ({answer['fault']!s:.300})")
        return answer, parts

    def _answer(self, sock: socket.socket, head: dict, blocks, patient: bool) -> tuple[dict, list]:
        try:
            return self._exchange(sock, head, blocks)
        except frames.Late:
            if not patient or time.monotonic() >= self.end:
                raise
        os.kill(self.worker_pid, signal.SIGINT)
        self.deadline = time.monotonic() + _AFTER_INTERRUPT
        return self._receive(sock)

    def _exchange(self, sock: socket.socket, head: dict, blocks) -> tuple[dict, list]:
        frames.send(sock, head, blocks, self.deadline)
        while True:
            answer, parts = self._receive(sock)
            if answer.get("op") != "callback" or self.callback is None:
                return answer, parts
            reply, out = self.callback(answer, parts)
            frames.send(sock, reply, out, self.deadline)

    def _receive(self, sock: socket.socket) -> tuple[dict, list]:
        self._wait(sock)
        limit = self.settings.message
        return frames.receive(sock, self.deadline, min(frames.MAX_HEAD, limit), limit)

    def _late(self) -> str:
        if time.monotonic() >= self.end:
            return f"the submission took longer than {self.settings.submission_timeout:g} s"
        return f"it took longer than {self.settings.cell_timeout:g} s"

    def _how_it_died(self) -> str:
        return "the process of your code ended (a crash, os._exit, or a limit on memory or time)"

    def _wait(self, sock: socket.socket) -> None:
        """Wait for the first byte of an answer, and watch the limits meanwhile."""
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        poll.register(self.coordinator, select.POLLRDHUP | select.POLLHUP)
        while True:
            events = dict(poll.poll(_TICK_MS))
            if self.coordinator.fileno() in events:
                os._exit(1)  # nobody waits for the verdict any more
            if sock.fileno() in events:
                return
            if time.monotonic() > self.deadline:
                raise frames.Late
            self._look()

    def _look(self) -> None:
        """Measure all processes and files of the submission together."""
        settings, pids = self.settings, descendants(self.init_pid)
        found = usage.look(pids, os.stat(self.place.files).st_dev, self.place.uid)
        if found.threads > settings.processes:
            self.break_(f"it had more than {settings.processes} processes and threads")
        if found.private + sum(found.shared.values()) > settings.memory:
            self.break_(f"it used more than {settings.memory >> 20} MiB of memory")
        if disk_use(self.place.files) + sum(found.removed.values()) > settings.disk:
            self.break_(f"it wrote more than {settings.disk >> 20} MiB of files")
        if found.hidden & self._hidden:  # twice in a row: not one that was about to end
            self.break_("one of its processes cannot be looked into")
        self._hidden = found.hidden


def disk_use(folder: str, most: int = 20_000) -> int:
    """Return the bytes on disk below a directory; links are not followed.

    Parameters
    ----------
    folder : str
    most : int
        Entries to look at. Where there are more, the answer is larger than any disk.
    """
    total, todo, seen = 0, [folder], 0
    while todo and seen < most:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    seen += 1
                    stat = entry.stat(follow_symlinks=False)
                    total += stat.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
        except OSError:
            continue
    return total if seen < most else 1 << 60


def init_main(control: socket.socket, spawn: Callable[[socket.socket], None], full: bool) -> None:
    """Run the jail's first process: fork on "w", kill all on "k", end with its parent.

    Parameters
    ----------
    control : socket
        Connection to the verdict process.
    spawn : callable
        Called with the student's socket in the forked child; never returns.
    full : bool
        True if all processes of the namespace are the submission's.
    """
    while True:
        poll = select.poll()
        poll.register(control, select.POLLIN)
        ready = poll.poll(1000)
        _reap()
        if not ready:
            continue
        order, fds = receive(control, 1)
        if order == b"w":
            if os.fork() == 0:
                control.close()
                try:
                    spawn(socket.socket(fileno=fds[0]))
                finally:
                    os._exit(1)
            os.close(fds[0])
        else:
            kill_all(full)
            if not order:
                os._exit(0)
            control.send(b"d")


def _reap() -> bool:
    """Collect the dead; return whether children are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def kill_all(full: bool) -> None:
    """Kill all processes of the submission, those that detached themselves included.

    Parameters
    ----------
    full : bool
        True if all processes of the namespace are the submission's.

    Notes
    -----
    Without a process namespace: orphans come back to this process (it is their
    "subreaper"), so its descendants are all of them.
    """
    give_up = time.monotonic() + 15
    while time.monotonic() < give_up:
        targets = [-1] if full else descendants(os.getpid())
        for pid in targets:
            try:
                os.kill(pid, 9)
            except (ProcessLookupError, PermissionError):
                pass
        if not _reap() and (full or not descendants(os.getpid())):
            return
        time.sleep(0.001)


def children(pid: int) -> list[int]:
    """Return the children of a process; none if it is gone."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except OSError:
        pass
    return found


def descendants(pid: int) -> list[int]:
    """Return the processes below one, youngest generation last."""
    found, todo = [], [pid]
    while todo:
        below = children(todo.pop())
        found += below
        todo += below
    return found
