"""Work for a Dask cluster over one Zarr array, and a cluster that one connects to by address."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from course_lib import child, memory
from course_lib.experiments.formats import days_by_stations
from course_lib.recording import recording_store
from course_lib.system import instruments, procfs

SHAPE = (4096, 4096)
CHUNKS = (512, 512)
HALVES = (((0, 50), (0, 100)), ((50, 100), (0, 100)))

Region = tuple[tuple[int, int], ...]


def regions(shape: Iterable[int], blocks: Iterable[int]) -> list[Region]:
    """Cut an array into blocks; return the (start, stop) of each along each axis.

    Examples
    --------
    >>> regions((4, 3), (4, 2))
    [((0, 4), (0, 2)), ((0, 4), (2, 3))]
    """
    cuts = [[]]
    for length, block in zip(shape, blocks, strict=True):
        spans = [(start, min(start + block, length)) for start in range(0, length, block)]
        cuts = [cut + [span] for cut in cuts for span in spans]
    return [tuple(cut) for cut in cuts]


def slices(region: Region) -> tuple[slice, ...]:
    """Turn a region into something to index with."""
    return tuple(slice(*span) for span in region)


def chunks_met(region: Region, chunks: Iterable[int] = CHUNKS) -> int:
    """Return the number of chunks that a region meets, by theory.

    Examples
    --------
    >>> chunks_met(((0, 600), (0, 512)), (512, 512))
    2
    """
    met = 1
    for (start, stop), chunk in zip(region, chunks, strict=True):
        met *= -(-stop // chunk) - start // chunk
    return met


def fill(path: str, first: int, last: int) -> int:
    """Task: make the days `first` to `last` and write them; return this worker's process number.

    The caller must choose days that are whole rows of chunks.
    """
    import zarr

    array = zarr.open_array(path, mode="r+")
    days = days_by_stations(last - first, array.shape[1], seed=first)
    array[first:last] = days
    return os.getpid()


def sum_of(path: str, region: Region) -> tuple[float, int, int]:
    """Task: read one region; return its sum, and the chunks and bytes read for it."""
    import zarr

    store = recording_store(path)
    array = zarr.open_array(store, mode="r")
    store.log.clear()
    total = float(array[slices(region)].sum(dtype="f8"))
    return total, len(store.log.chunks), store.log.bytes


def fill_block(path: str, corner: tuple[int, int], shape: tuple[int, int]) -> None:
    """Task: write ones into the block of this shape that begins at `corner`."""
    import zarr

    array = zarr.open_array(path, mode="r+")
    array[tuple(slice(first, first + n) for first, n in zip(corner, shape, strict=True))] = 1


def write_halves(client, path: str) -> None:
    """Let two workers write the two halves of an array of shape (100, 100) at the same time."""
    places = sorted(client.scheduler_info()["workers"])[:2]
    tasks = [
        client.submit(change_part, path, HALVES[n], path, n, workers=[place])
        for n, place in enumerate(places)
    ]
    client.gather(tasks)


def change_part(path: str, region: Region, run: object, number: int) -> None:
    """Task: write ones into a region as Zarr does, at the same time as the other task.

    Storage knows only whole chunks. So a part is written by reading its chunk, changing the
    part, and writing the chunk back. Here both tasks wait between the two steps until both
    have read, which on a busy cluster happens by itself.

    Parameters
    ----------
    path : str
        The array.
    region : tuple of (start, stop)
        Whose chunks are read and written back.
    run : object
        Tells this pair of tasks from others.
    number : int
        0 or 1: which of the two.
    """
    import zarr
    from distributed import Event

    array = zarr.open_array(path, mode="r+")
    touched = tuple(
        slice(start // chunk * chunk, -(-stop // chunk) * chunk)
        for (start, stop), chunk in zip(region, array.chunks, strict=True)
    )
    corner = [part.start for part in touched]
    block = array[touched]
    block[tuple(slice(a - c, b - c) for (a, b), c in zip(region, corner, strict=True))] = 1
    Event(f"{run}-{number}").set()
    Event(f"{run}-{1 - number}").wait()
    array[touched] = block


def sent_by(dask_worker) -> int:
    """Return the bytes of data that a worker has sent to others so far; use ``Client.run``."""
    return dask_worker.transfer_outgoing_bytes_total


class wire:
    """Count the bytes of data that the workers send inside a ``with`` block.

    Parameters
    ----------
    client : distributed.Client
        Whose workers.

    Attributes
    ----------
    moved : int
        Bytes; set when the block ends.
    """

    def __init__(self, client):
        self._client, self.moved = client, 0

    def __enter__(self) -> "wire":
        self._before = sum(self._client.run(sent_by).values())
        return self

    def __exit__(self, *exc) -> None:
        self.moved = sum(self._client.run(sent_by).values()) - self._before


def worker_pids(client) -> dict[str, int]:
    """Return the process numbers of the workers, by a short name."""
    found = client.run(os.getpid)
    return {f"worker {n}": found[address] for n, address in enumerate(sorted(found), start=1)}


def watch_workers(client, call: Callable[[], object]):
    """Run `call` and follow the memory of every worker meanwhile.

    Returns
    -------
    value : object
        What `call` returned.
    grown : dict of str to int or None
        Bytes by which each worker rose at its highest; ``None`` where that is not measured.
    """
    pids = worker_pids(client)
    if not instruments.works("peak"):
        return call(), dict.fromkeys(pids)
    for pid in pids.values():
        procfs.reset_peak(pid)
    before = {name: memory.usage(pid).peak for name, pid in pids.items()}
    value = call()
    after = {name: memory.usage(pid).peak for name, pid in pids.items()}
    return value, {name: after[name] - before[name] for name in pids}


class DistantCluster:
    """A scheduler and workers started from the command line, as on machines of their own.

    Parameters
    ----------
    folder : path
        Where they may write.
    n_workers : int
        Number of workers.

    Attributes
    ----------
    address : str
        What to give to ``Client``.
    """

    def __init__(self, folder, n_workers: int = 2):
        self._folder = Path(folder)
        note = self._folder / "scheduler.json"
        note.unlink(missing_ok=True)
        common = ["--scheduler-file", str(note), "--dashboard-address", "127.0.0.1:0"]
        self._processes = [self._start("scheduler", *common, "--host", "127.0.0.1", "--port", "0")]
        self.address = self._wait_for(note)
        options = ["--nthreads", "1", "--no-nanny"]
        for _ in range(n_workers):
            self._processes.append(self._start("worker", *common, *options))

    def _start(self, role: str, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = child.environment(DASK_TEMPORARY_DIRECTORY=str(self._folder))
        return subprocess.Popen(command, env=environment, **quiet)

    def _wait_for(self, note: Path) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end and self._processes[0].poll() is None:
            try:
                return json.loads(note.read_text())["address"]
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        self.close()
        raise RuntimeError("the scheduler did not start within 60 s")

    def close(self) -> None:
        """End all processes and wait for them."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> "DistantCluster":
        return self

    def __exit__(self, *exc) -> None:
        self.close()


def difference(a, b) -> float:
    """Return the largest absolute difference of two arrays."""
    return float(np.max(np.abs(np.asarray(a, "f8") - np.asarray(b, "f8"))))
