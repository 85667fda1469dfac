"""The fork server: has imported the libraries, holds no secret, forks a verdict process.

It runs in one thread and never uses what it has imported: Zarr would start threads at its
first read, HDF5 would take a lock, and either may hang in a forked child. Requests come
over a socket: ``{"load": [names]}`` names what an assignment's cells import. A fork costs as much
as the process is large, so it imports no more than that. A `place.Request` comes with two
descriptors: the connection that the new verdict process shall serve, and its *leash*. When the
coordinator closes its end of the leash, the verdict process and all that came of it are killed,
and one byte goes back once they are dead: `ENDED`, or `STUCK` if they would not die.

Run as ``python -m nbverdict.verdict.forkserver FD``.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Iterable

from nbverdict.jail.place import ENDED, STUCK, Request
from nbverdict.verdict.link import children, descendants
from nbverdict.wire.descriptors import receive

# One thread each: a thread pool does not survive a fork.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
              "NUMEXPR_MAX_THREADS", "BLOSC_NTHREADS"):  # fmt: skip
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"
# Libraries look for their settings there when they are imported, and it was not handed down. A
# container may run as a user that has none.
_home = os.path.expanduser("~")
os.environ["HOME"] = _home if os.path.isabs(_home) else "/"

_KILLING = 20.0  # seconds; a process that waits for a disk dies late

# Every notebook's; the rest is named by the assignment.
_ALWAYS = ("numpy", "numpy.random", "numpy.linalg", "numpy.ma", "json", "math")


def load(names: Iterable[str]) -> None:
    """Import what the cells will want; what is not installed is left out.

    Parameters
    ----------
    names : iterable of str
        Names of modules.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            try:
                importlib.import_module(name)
            except Exception:
                continue


class ForkServer:
    """Fork a verdict process for each request.

    Parameters
    ----------
    control : socket
        Connection to the coordinator; when it closes, the server and all its children end.
    """

    def __init__(self, control: socket.socket):
        from nbverdict.student import shell

        self.control, self.shell = control, shell.make()
        self.living: set[int] = set()  # verdict processes whose coordinator wants them
        self.leashes: dict[socket.socket, int] = {}
        self.ending: dict[socket.socket, float] = {}  # until when to wait for what was let go

    def serve(self) -> None:
        """Answer requests until the coordinator is gone."""
        while True:
            poll = select.poll()
            for sock in (self.control, *self.leashes):
                poll.register(sock, select.POLLIN)
            ready = {fd for fd, _ in poll.poll(1 if self.ending else 1000)}
            self._reap()
            for leash in [leash for leash in self.leashes if leash.fileno() in ready]:
                self.living.discard(self.leashes.pop(leash))
                self.ending[leash] = time.monotonic() + _KILLING
            if self.ending:
                self._end()
            if self.control.fileno() in ready:
                self._answer()

    def _answer(self) -> None:
        data, fds = receive(self.control, 1 << 16, 2)
        if not data:
            self.living.clear()
            give_up = time.monotonic() + _KILLING
            while self._kill_strays() and time.monotonic() < give_up:
                self._reap()
                time.sleep(0.001)
            os._exit(0)
        message = json.loads(data)
        if "load" in message:
            load(message["load"])
            _settle()
        else:
            connection, leash = (socket.socket(fileno=fd) for fd in fds)
            self._fork(Request.from_json(message), connection, leash)

    def _fork(self, request: Request, connection: socket.socket, leash: socket.socket) -> None:
        pid = os.fork()
        if pid:
            connection.close()
            self.living.add(pid)
            self.leashes[leash] = pid
            return
        try:
            for sock in (self.control, leash, *self.leashes, *self.ending):
                sock.close()
            self._child(request, connection)
        finally:
            os._exit(1)

    def _child(self, request: Request, connection: socket.socket) -> None:
        from nbverdict.verdict import judge

        gc.enable()
        judge.quiet_exit()
        work = judge.trial if request.trial else judge.main
        work(connection, request, self.shell)

    def _reap(self) -> None:
        try:
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                if pid in self.living:
                    self.living.remove(pid)
                    # Its number may be another's soon.
                    self.leashes = {k: 0 if v == pid else v for k, v in self.leashes.items()}
        except ChildProcessError:
            self.living.clear()

    def _end(self) -> None:
        """Kill what was let go; tell the coordinators that wait when it is dead."""
        dead = not self._kill_strays()
        for leash, give_up in list(self.ending.items()):
            if not dead and time.monotonic() < give_up:
                continue
            del self.ending[leash]
            with leash:
                try:
                    leash.send(ENDED if dead else STUCK, socket.MSG_NOSIGNAL)
                except OSError:
                    pass  # the coordinator is gone, too

    def _kill_strays(self) -> bool:
        """Kill all below this process but what the living verdict processes have; tell if any is.

        A process whose parent dies becomes a child of this one. So what belongs to a verdict
        process that is dead, or not wanted any more, is below a child that is none of the living.
        """
        strays = [pid for pid in children(os.getpid()) if pid not in self.living]
        for pid in [each for stray in strays for each in (stray, *descendants(stray))]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return bool(strays)


def _settle() -> None:
    """Keep what is there out of the collector, which would copy it in each child."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve on the descriptor that the command line names."""
    from nbverdict.jail import syscalls

    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator to handle
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    load(_ALWAYS)
    from nbverdict.verdict import judge  # noqa: F401  (before the fork, not after)

    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    server = ForkServer(control)
    _settle()
    server.serve()


if __name__ == "__main__":
    main()
