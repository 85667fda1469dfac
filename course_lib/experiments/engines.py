"""A quiet ipyparallel cluster on this machine, and what its engines do in lesson 02."""

import logging
import os
from pathlib import Path

import numpy as np

# What an engine holds on to. A name in the module of the engine's own process.
_kept: list[np.ndarray] = []


class local_engines:
    """Run some ipyparallel engines as long as the block lasts.

    Parameters
    ----------
    count : int
        How many.
    folder : path
        Where the cluster keeps its files.

    Attributes
    ----------
    view : ipyparallel.DirectView
        All engines: ``view.apply_sync(function, *args)`` runs a function on each.
    pids : dict of str to int
        Name and process number of each engine, ready for `memory.table`.
    """

    def __init__(self, count: int, folder: str | os.PathLike):
        self._count, self._folder = count, Path(folder)

    def __enter__(self) -> "local_engines":
        import ipyparallel
        import psutil

        self._before = {process.pid for process in psutil.Process().children(recursive=True)}
        self._cluster = ipyparallel.Cluster(
            n=self._count, profile_dir=str(self._folder), log_level=logging.ERROR
        )
        self._client = None
        try:
            self._cluster.start_cluster_sync()
            self._client = self._cluster.connect_client_sync()
            self._client.wait_for_engines(self._count, timeout=120, interactive=False)
            self.view = self._client[:]
            numbers = self.view.apply_sync(os.getpid)
        except BaseException:
            self.__exit__()
            raise
        self.pids = {f"engine {n}": pid for n, pid in zip(self._client.ids, numbers, strict=True)}
        return self

    def __exit__(self, *exc) -> None:
        import psutil

        started = psutil.Process().children(recursive=True)
        if self._client is not None:
            self._client.close()
        self._cluster.stop_cluster_sync()
        # Stopping returns when the signals are sent; the processes need a moment to end.
        ours = [process for process in started if process.pid not in self._before]
        for process in psutil.wait_procs(ours, timeout=10)[1]:
            process.kill()


def keep_map(path: str) -> int:
    """Map a file on an engine, touch all of it, and keep the map; return the sum."""
    array = np.memmap(path, mode="r", dtype="u1")
    _kept.append(array)
    return int(array.sum())


def keep_copy(path: str) -> int:
    """Load a file into memory of the engine and keep it; return the sum."""
    _kept.append(np.fromfile(path, dtype="u1"))
    return int(_kept[-1].sum())
