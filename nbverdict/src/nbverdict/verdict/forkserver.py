"""The fork server: has imported the libraries, holds no secret, forks a verdict process.

It runs in one thread and never uses what it has imported: Zarr would start threads at its
first read, HDF5 would take a lock, and either may hang in a forked child. Requests come
over a socket as a `place.Request` with the descriptor of the connection that the new verdict
process shall serve, or as ``{"load": [names]}``: what an assignment's cells import. A fork costs
as much as the process is large, so it imports no more than that.

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
import warnings
from collections.abc import Iterable

from nbverdict.jail.place import Request
from nbverdict.wire.descriptors import receive

# One thread each: a thread pool does not survive a fork.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
              "NUMEXPR_MAX_THREADS", "BLOSC_NTHREADS"):  # fmt: skip
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"

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
        self.children: set[int] = set()

    def serve(self) -> None:
        """Answer requests until the coordinator is gone."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        while True:
            ready = poll.poll(1000)
            self._reap()
            if not ready:
                continue
            data, fds = receive(self.control, 1 << 16)
            if not data:
                return self._end()
            message = json.loads(data)
            if "load" in message:
                load(message["load"])
                _settle()
            else:
                self._fork(Request.from_json(message), fds[0])

    def _fork(self, request: Request, fd: int) -> None:
        pid = os.fork()
        if pid:
            os.close(fd)
            self.children.add(pid)
            return
        try:
            self._child(request, fd)
        finally:
            os._exit(1)

    def _child(self, request: Request, fd: int) -> None:
        from nbverdict.verdict import judge

        self.control.close()
        gc.enable()
        judge.quiet_exit()
        coordinator = socket.socket(fileno=fd)
        work = judge.trial if request.trial else judge.main
        work(coordinator, request, self.shell)

    def _reap(self) -> None:
        try:
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                self.children.discard(pid)
        except ChildProcessError:
            self.children.clear()

    def _end(self) -> None:
        for pid in self.children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os._exit(0)


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
