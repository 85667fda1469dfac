"""Processes that hold one file in memory, to be watched from outside."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from course_lib import child

_MAIN = "from course_lib.experiments.holders import _serve; _serve()"


def _mapped(path: str):
    return np.memmap(path, mode="r", dtype="u1")


def _loaded(path: str):
    return np.fromfile(path, dtype="u1")


_WAYS = {"map": _mapped, "load": _loaded}


class HeldFile:
    """Keep some processes that have read a file whole, as long as the block lasts.

    Parameters
    ----------
    way : str
        ``"map"`` opens it with np.memmap, ``"load"`` copies it with np.fromfile.
    path : path
        The file.
    processes : int
        How many.

    Attributes
    ----------
    pids : dict of str to int
        Name and number of each process, ready for `memory.table`.
    """

    def __init__(self, way: str, path: str | os.PathLike, processes: int):
        if way not in _WAYS:
            raise ValueError(f"way must be one of {sorted(_WAYS)}, got {way!r}")
        self._command = [sys.executable, "-c", _MAIN, way, str(Path(path).resolve())]
        self._count = processes
        self._running: list[subprocess.Popen] = []

    def __enter__(self) -> "HeldFile":
        try:
            for _ in range(self._count):
                self._running.append(_start(self._command))
            for process in self._running:
                if process.stdout.readline() != b"ready\n":
                    raise RuntimeError(process.stderr.read().decode()[-2000:])
        except BaseException:
            self.__exit__()
            raise
        self.pids = {f"process {n}": p.pid for n, p in enumerate(self._running)}
        return self

    def __exit__(self, *exc) -> None:
        for process in self._running:
            process.stdin.close()  # the holder ends when nobody can talk to it any more
        for process in self._running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
            process.stderr.close()


def _start(command: list[str]) -> subprocess.Popen:
    # One BLAS thread: the buffers of the others would only blur the picture.
    environment = child.environment(OPENBLAS_NUM_THREADS="1")
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(command, env=environment, **pipes)


def _serve() -> None:
    """Hold the file, say so, and wait until the other end closes the pipe."""
    array = _WAYS[sys.argv[1]](sys.argv[2])
    int(array.max())
    print("ready", flush=True)
    sys.stdin.read()
