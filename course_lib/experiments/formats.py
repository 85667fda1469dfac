"""The same table as .npy file, HDF5, Zarr, and Zarr on an object store; each read, counted."""

import gc
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from course_lib import memory, pagecache
from course_lib.experiments.maps import advise
from course_lib.experiments.object_store import ObjectStore
from course_lib.experiments.scorecard import Cost
from course_lib.recording import RecordingFile, recording_store
from course_lib.system import libc

CHUNKS = (256, 256)
CHUNK_BYTES = 256 * 256 * 4
HEADER = 128
"""Bytes of the header of a .npy file."""

Task = Callable[[object], np.ndarray]


def days_by_stations(days: int, stations: int, seed: int = 0) -> np.ndarray:
    """Return daily temperatures: float32, shape (days, stations)."""
    from course_lib import data

    rows = max(1, stations // 64)
    return data.temperatures(days, rows, stations // rows, seed).reshape(days, -1)


def agreeing(costs: dict[str, Cost]) -> dict[str, Cost]:
    """Return the costs; raise AssertionError if two formats gave different values."""
    first = next(iter(costs.values())).value
    for name, cost in costs.items():
        assert np.array_equal(cost.value, first), f"{name} differs"
    return costs


def chunk_offsets(dataset) -> set[int]:
    """Return the bytes of an HDF5 file at which the chunks of a dataset begin."""
    stored = dataset.id
    return {stored.get_chunk_info(n).byte_offset for n in range(stored.get_num_chunks())}


def tidy() -> None:
    """Give back the memory that libraries have let go, so that the next peak is its own."""
    gc.collect()
    libc.trim_heap()


class Table:
    """One table in four formats, which a lesson has written.

    Parameters
    ----------
    folder : path
        Where ``table.npy``, ``table.h5`` with a dataset ``t``, and ``table.zarr`` are.
    store : ObjectStore
        Where the objects of ``table.zarr`` are.
    shape : (int, int)
        Rows and columns, float32.
    """

    def __init__(self, folder, store: ObjectStore, shape: tuple[int, int]):
        self.npy, self.h5, self.zarr = (Path(folder, f"table.{x}") for x in ("npy", "h5", "zarr"))
        self.store, self.shape, self.dtype = store, shape, np.dtype("f4")
        tidy()

    @property
    def nbytes(self) -> int:
        """Bytes of the values."""
        return self.shape[0] * self.shape[1] * self.dtype.itemsize

    def stored(self) -> dict[str, int]:
        """Return the bytes that each format takes where it is stored."""
        remote = sum(n for key, n in self.store.objects().items() if key.startswith("table.zarr"))
        local = sum(f.stat().st_size for f in self.zarr.rglob("*") if f.is_file())
        sizes = (self.npy.stat().st_size, self.h5.stat().st_size, local, remote)
        return dict(zip(("memmap", "HDF5", "Zarr", "Zarr on S3"), sizes, strict=True))

    def read(self, task: Task) -> dict[str, Cost]:
        """Run a task on each format and return what each cost.

        Parameters
        ----------
        task : callable
            Gets an array-like object and returns the values that it took out of it.

        Raises
        ------
        AssertionError
            If two formats disagree on the values.
        """
        return agreeing(
            {
                "memmap": self.read_memmap(task),
                "HDF5": self.read_hdf5(task),
                "Zarr": self.read_zarr(task),
                "Zarr on S3": self.read_object_store(task),
            }
        )

    def over_network(self, ways: dict[str, Callable], task: Task) -> dict[str, Cost]:
        """Let each way open the remote table and run a task on it; opening is counted, too.

        Parameters
        ----------
        ways : dict of str to callable
            By format: gets the task, opens the table on the object store and runs it.
        task : callable
            As for `read`.
        """
        costs = {}
        for name, way in ways.items():
            coded = {"memmap": self.read_memmap, "HDF5": self.read_hdf5}.get(name, self.read_zarr)
            opened = Descriptors(self.npy.parent)

            def watched(array, opened=opened):
                opened.now()
                return np.array(task(array))

            tidy()
            self.store.clear()
            value, peak = memory.grown_peak(lambda way=way, watched=watched: way(watched))
            traffic = self.traffic()
            costs[name] = Cost(*traffic, peak, opened.most, value, coded(task).coded)
        return agreeing(costs)

    def read_memmap(self, task: Task) -> Cost:
        """Map the .npy file; bytes are pages, and every page is a request."""
        opened = Descriptors(self.npy.parent)
        array = np.load(self.npy, mmap_mode="r")
        advise(array, "random")  # no readahead: what is needed, nothing else
        evicted = pagecache.evict(self.npy)  # now: reading the header has left some pages
        opened.now()
        value, peak = memory.grown_peak(lambda: np.array(task(array)))
        pages = pagecache.residency(self.npy).resident_pages if evicted else None
        if pages is None:
            pages = self.pages_of(task)
        return Cost(pages * pagecache.PAGE_SIZE, pages, peak, opened.most, value, 0)

    def pages_of(self, task: Task) -> int:
        """Count by theory the pages of the .npy file that a task needs."""
        places = np.arange(self.shape[0] * self.shape[1], dtype="i4").reshape(self.shape)
        offsets = HEADER + task(places).astype("i8") * self.dtype.itemsize
        return pagecache.pages_of(offsets, self.dtype.itemsize)

    def read_hdf5(self, task: Task) -> Cost:
        """Open the HDF5 file with its default chunk cache; count what the task reads."""
        import h5py

        opened = Descriptors(self.npy.parent)
        with RecordingFile(self.h5) as file, h5py.File(file, "r") as h5:
            dataset = h5["t"]
            opened.now()
            file.log.clear()
            value, peak = memory.grown_peak(lambda: task(dataset))
            read, requests = list(file.log.entries), file.log.requests
            chunks = chunk_offsets(dataset)
            coded = CHUNK_BYTES * sum(offset in chunks for offset, _ in read)
            return Cost(sum(n for _, n in read), requests, peak, opened.most, value, coded)

    def read_zarr(self, task: Task) -> Cost:
        """Open the Zarr directory; count what the task reads."""
        import zarr

        store = recording_store(self.zarr)
        opened = Descriptors(self.npy.parent)
        array = zarr.open_array(store, mode="r")
        opened.now()
        store.log.clear()
        value, peak = memory.grown_peak(lambda: task(array))
        requests = store.log.requests
        coded = requests * CHUNK_BYTES
        return Cost(store.log.bytes, requests, peak, opened.most, value, coded)

    def read_object_store(self, task: Task) -> Cost:
        """Open the Zarr array on the object store; count what its server answers."""
        import zarr

        opened = Descriptors(self.npy.parent)
        array = zarr.open_array(self.store.zarr_store("table.zarr", True), mode="r")
        self.store.clear()
        value, peak = memory.grown_peak(lambda: task(array))
        opened.now()
        chunks = sum(r.method == "GET" for r in self.store.requests())
        return Cost(*self.traffic(), peak, opened.most, value, chunks * CHUNK_BYTES)

    def traffic(self) -> tuple[int, int]:
        """Return bytes and requests that the server of the object store counted."""
        requests = self.store.requests()
        return sum(r.sent + r.received for r in requests), len(requests)


class Descriptors:
    """Count the files in a folder that this process has open; the highest count is kept.

    Parameters
    ----------
    folder : path
        Descriptors of other files, of sockets and of pipes come and go with the threads of a
        notebook, and are not counted.
    """

    most: int | None = None

    def __init__(self, folder: str | os.PathLike):
        self._folder = folder

    def now(self) -> None:
        """Count at this moment."""
        count = open_files(self._folder)
        if count is not None:
            self.most = max(self.most or 0, count)


def open_files(folder: str | os.PathLike, pid: int | None = None) -> int | None:
    """Return how many descriptors of files in `folder` a process has; ``None`` on Windows."""
    import psutil

    process = psutil.Process(os.getpid() if pid is None else pid)
    if not hasattr(process, "num_fds"):
        return None
    inside = Path(folder).resolve()
    return sum(inside in Path(file.path).parents for file in process.open_files())
