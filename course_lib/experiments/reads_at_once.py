"""How many chunk reads wait at the same time: Zarr on a slow store, h5py on a slow file."""

import asyncio
import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import h5py
import numpy as np
import zarr
from zarr.storage import MemoryStore

from course_lib._zarr_hooks import WatchedStore

CHUNKS, CHUNK_ITEMS = 40, 20_000


@dataclass
class Gauge:
    """Count the reads that are under way.

    Attributes
    ----------
    reads : int
        Reads so far.
    now, most : int
        Reads under way now, and at most.
    """

    reads: int = 0
    now: int = 0
    most: int = 0

    def __enter__(self) -> "Gauge":
        self.reads += 1
        self.now += 1
        self.most = max(self.most, self.now)
        return self

    def __exit__(self, *exc) -> None:
        self.now -= 1


@dataclass(frozen=True)
class AtOnce:
    """What one way of reading did.

    Attributes
    ----------
    label : str
        Name of the way.
    reads : int
        Chunks read.
    most : int
        Reads that waited at the same time, at most.
    seconds : float
        Wall time.
    """

    label: str
    reads: int
    most: int
    seconds: float


class _SlowStore(WatchedStore):
    """A store that lets every reader of a chunk wait."""

    def __init__(self, store, seconds: float, gauge: Gauge):
        super().__init__(store, seconds, gauge)
        self._seconds, self._gauge = seconds, gauge

    async def get(self, key, prototype, byte_range=None):
        if key.startswith("c/"):
            with self._gauge:
                await asyncio.sleep(self._seconds)
        return await super().get(key, prototype, byte_range)


class _SlowFile(io.FileIO):
    """A file that lets every reader of a chunk wait; what is smaller comes at once."""

    def __init__(self, path: str, seconds: float, gauge: Gauge):
        super().__init__(path, "r")
        self._seconds, self._gauge, self._lock = seconds, gauge, threading.Lock()

    def readinto(self, buffer) -> int:
        if len(buffer) >= CHUNK_ITEMS:
            with self._gauge:
                time.sleep(self._seconds)
        return super().readinto(buffer)


def with_zarr(concurrency: int, seconds: float = 0.01) -> AtOnce:
    """Read an array of 40 chunks from a slow store with one call.

    Parameters
    ----------
    concurrency : int
        Zarr's setting ``async.concurrency``: how many chunks it may ask for at once.
    seconds : float
        How long each chunk takes to come.
    """
    memory, gauge = MemoryStore(), Gauge()
    whole = zarr.create_array(memory, shape=CHUNKS * CHUNK_ITEMS, chunks=CHUNK_ITEMS, dtype="u1")
    whole[:] = 7
    array = zarr.open_array(_SlowStore(memory, seconds, gauge), mode="r")
    with zarr.config.set({"async.concurrency": concurrency}):
        start = time.perf_counter()
        values = array[:]
        elapsed = time.perf_counter() - start
    assert values.min() == 7
    return AtOnce(f"Zarr, concurrency {concurrency}", gauge.reads, gauge.most, elapsed)


def with_h5py(path: str | os.PathLike, threads: int, seconds: float = 0.01) -> AtOnce:
    """Read a dataset of 40 chunks from a slow file with several threads.

    Parameters
    ----------
    path : path
        HDF5 file to make.
    threads : int
        Threads that read chunks.
    seconds : float
        How long each chunk takes to come.
    """
    with h5py.File(path, "w") as file:
        whole = np.full(CHUNKS * CHUNK_ITEMS, 7, "u1")
        file.create_dataset("x", data=whole, chunks=(CHUNK_ITEMS,))
    gauge = Gauge()
    with _SlowFile(str(path), seconds, gauge) as slow, h5py.File(slow, "r") as file:
        dataset = file["x"]

        def read(number: int) -> int:
            return int(dataset[number * CHUNK_ITEMS : (number + 1) * CHUNK_ITEMS].min())

        start = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            assert set(pool.map(read, range(CHUNKS))) == {7}
        elapsed = time.perf_counter() - start
    plural = "thread" if threads == 1 else "threads"
    return AtOnce(f"h5py, {threads} {plural}", gauge.reads, gauge.most, elapsed)
