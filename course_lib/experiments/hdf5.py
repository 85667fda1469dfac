"""Count what HDF5 reads: chunks through a cache of given size, readers at the same time."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from course_lib import child
from course_lib.recording import RecordingFile
from course_lib.system import instruments


@dataclass(frozen=True)
class ChunkReads:
    """What a series of reads took from the file.

    Attributes
    ----------
    reads : int
        Reads of the file.
    bytes : int
        Bytes that came back.
    chunks : int
        Reads that began at the first byte of a chunk.
    """

    reads: int
    bytes: int
    chunks: int


def make_table(path: str | os.PathLike, rows: int, columns: int, **layout) -> Path:
    """Write a table of slowly changing numbers as the dataset ``table``.

    Parameters
    ----------
    path : path
        The HDF5 file to make.
    rows, columns : int
        Shape of the table, int32.
    **layout
        Options of ``create_dataset``: ``chunks``, ``compression``, ``shuffle``.
    """
    rng = np.random.default_rng(0)
    steps = rng.integers(-3, 4, (rows, columns)) * (rng.random((rows, columns)) < 0.1)
    with h5py.File(path, "w") as file:
        file.create_dataset("table", data=np.cumsum(steps, axis=1).astype("i4"), **layout)
    return Path(path)


def chunk_places(dataset: h5py.Dataset) -> dict[int, int]:
    """Return the bytes of each stored chunk by its offset in the file."""
    infos = (dataset.id.get_chunk_info(i) for i in range(dataset.id.get_num_chunks()))
    return {info.byte_offset: info.size for info in infos}


def row_by_row(path: str | os.PathLike, cache: int | None = None) -> ChunkReads:
    """Read the dataset ``table`` one row at a time and count what HDF5 takes from the file.

    Parameters
    ----------
    path : path
        The HDF5 file.
    cache : int, optional
        Bytes of the chunk cache. Default: that of the library.
    """
    options = {} if cache is None else {"rdcc_nbytes": cache}
    with RecordingFile(path) as raw, h5py.File(raw, "r", **options) as file:
        table = file["table"]
        places = chunk_places(table)
        raw.log.clear()  # only the chunks from here on, not the way to them
        for row in range(table.shape[0]):
            table[row]
        chunks = sum(offset in places for offset, _ in raw.log.entries)
        return ChunkReads(raw.log.requests, raw.log.bytes, chunks)


def read_by_name(path: str | os.PathLike, name: str, selection) -> tuple[int, int] | None:
    """Read from a file that HDF5 opens itself; return the bytes and reads that it took.

    A Python file object is read as it is asked for. A file that HDF5 opens itself is read
    through its sieve buffer, so only this shows what a program usually does. Give it to
    ``child.run``: the threads of a notebook read, too.

    Returns
    -------
    tuple of int, or None
        ``None`` where the system does not count what a process reads.
    """
    if not instruments.works("proc_io"):
        return None
    with h5py.File(path, "r") as file:
        dataset = file[name]
        start, before = _own_reads(), _own_reads()
        dataset[selection]
        after = _own_reads()
    counting = before[1] - start[1]
    return after[0] - before[0] - before[2], after[1] - before[1] - counting


def _own_reads() -> tuple[int, int, int]:
    """Return the bytes and reads of this process so far, and the bytes that asking took."""
    text = Path("/proc/self/io").read_text()
    numbers = dict(line.split(": ") for line in text.splitlines())
    return int(numbers["rchar"]), int(numbers["syscr"]), len(text)


def shape_seen(path: str | os.PathLike, name: str, swmr: bool) -> tuple[int, ...] | str:
    """Open a file and return the shape of a dataset, or the error of opening, as text.

    Give it to ``child.run``: a second opener has to be another process.
    """
    try:
        with h5py.File(path, "r", swmr=swmr) as file:
            return file[name].shape
    except OSError as error:
        return f"{type(error).__name__} {error.errno or ''}: {error}"


_READER = "from course_lib.experiments.hdf5 import _look_when_asked; _look_when_asked()"


@contextmanager
def staying_reader(path: str | os.PathLike, name: str) -> Iterator[Callable[[bool], int]]:
    """Start a process that opens a file with ``swmr=True`` and keeps it open.

    Parameters
    ----------
    path : path
        The HDF5 file.
    name : str
        The dataset to watch.

    Yields
    ------
    callable
        ``rows_seen(refresh)`` returns the rows that the process sees, after
        ``dataset.refresh()`` if asked for.
    """
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER, str(path), name],
        env=child.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def rows_seen(refresh: bool) -> int:
        print(int(refresh), file=reader.stdin, flush=True)
        return int(reader.stdout.readline())

    with reader:  # closes the pipe and waits: the reader ends when nobody can ask any more
        rows_seen(refresh=False)  # from here on it has the file open
        yield rows_seen


def _look_when_asked() -> None:
    path, name = sys.argv[1:]
    with h5py.File(path, "r", swmr=True) as file:
        dataset = file[name]
        for line in sys.stdin:
            if int(line):
                dataset.refresh()
            print(dataset.shape[0], flush=True)


class _CountedFile(io.RawIOBase):
    """A slow file that knows how many reads were in it at the same time."""

    def __init__(self, path: str | os.PathLike, wait: float):
        self._file = io.FileIO(path, "r")
        self._wait, self._lock, self._now = wait, threading.Lock(), 0
        self.most = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self._wait)
        with self._lock:
            self._now -= 1
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _in_threads(work: Callable[[int], object], threads: int) -> None:
    started = [threading.Thread(target=work, args=(i,)) for i in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def most_at_once(
    path: str | os.PathLike, threads: int = 2, wait: float = 0.01, plain: bool = False
) -> int:
    """Read ``table`` from several threads and return how many reads were under way at once.

    Parameters
    ----------
    path : path
        The HDF5 file.
    threads : int
        Each reads a part of the first row's chunks.
    wait : float
        Seconds that each read of the file takes at least.
    plain : bool
        True to read the bytes of the file without HDF5: what the file itself allows.
    """
    if plain:
        with _CountedFile(path, wait) as raw:
            _in_threads(lambda i: raw.read(1), threads)
            return raw.most
    with _CountedFile(path, wait) as raw, h5py.File(raw, "r", rdcc_nbytes=0) as file:
        table = file["table"]
        part = table.shape[1] // threads
        _in_threads(lambda i: table[0, i * part : (i + 1) * part], threads)
        return raw.most
