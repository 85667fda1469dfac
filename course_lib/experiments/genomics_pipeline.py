"""Many text files, one HDF5 file: workers parse, one process writes, blocks go between."""

import time
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np

from course_lib.experiments.shared_memory import Offer, SharedArray


def call_dtype(name_bytes: int) -> np.dtype:
    """Return the type of one methylation call, with room for a name of `name_bytes`.

    Examples
    --------
    >>> call_dtype(10).itemsize
    26
    """
    return np.dtype(
        [("chr", f"S{name_bytes}"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")]
    )


def read_calls(path, name_bytes: int | None = None) -> np.ndarray:
    """Parse a text file of methylation calls into a structured array.

    Parameters
    ----------
    path : path
        Lines of ``chr  pos  percent  methylated  unmethylated``, separated by tabs.
    name_bytes : int, optional
        Bytes for the name. Longer names are cut without a word. Default: as long as the
        longest name in the file.
    """
    if name_bytes is None:
        with open(path, "rb") as file:
            name_bytes = max(len(line.split(b"\t", 1)[0]) for line in file)
    return np.loadtxt(path, dtype=call_dtype(name_bytes), delimiter="\t", ndmin=1)


@dataclass
class Gathered:
    """What a run of the pipeline did.

    Attributes
    ----------
    rows : dict of str to int
        Rows written, by file.
    failed : dict of str to str
        What went wrong, by file.
    events : list of (label, start, end)
        Who did what when, in seconds since the start.
    """

    rows: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, float, float]] = field(default_factory=list)


def gather(paths: Iterable, target, at_once: int = 2) -> Gathered:
    """Parse text files in worker processes and write them into one HDF5 file.

    Parameters
    ----------
    paths : iterable of path
        The text files; each becomes the dataset ``calls/<stem>``.
    target : path
        The HDF5 file. This process is the only one that opens it.
    at_once : int
        Workers that run at the same time, and so the most blocks that exist at once.
    """
    import h5py

    done, waiting, workers = Gathered(), [Path(p) for p in paths], {}
    start = time.monotonic()
    with h5py.File(target, "w") as h5:
        while waiting or workers:
            while waiting and len(workers) < at_once:
                began = time.monotonic() - start
                connection, worker = _start(waiting[0])
                workers[connection] = (waiting.pop(0), worker, began)
            for connection in wait(list(workers)):
                path, worker, began = workers.pop(connection)
                _receive(connection, path, h5, done, began, start)
                connection.close()
                worker.join()
    return done


def _start(path: Path):
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=offer_calls, args=(str(path), theirs))
    worker.start()
    theirs.close()  # so that the end of the worker is the end of the pipe
    return ours, worker


def offer_calls(path: str, connection) -> None:
    """Do a worker's part: parse, offer the block, keep it until this worker's own answer."""
    try:
        calls = read_calls(path)
        with SharedArray.create(calls.shape, calls.dtype) as shared:
            shared.array[:] = calls
            connection.send((shared.offer, time.monotonic()))
            connection.recv()
    except EOFError:
        pass  # the writer is gone; the block is already unlinked
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")


def _receive(connection, path: Path, h5, done: Gathered, began: float, start: float) -> None:
    try:
        message = connection.recv()
    except EOFError:
        message = "the worker died"
    if isinstance(message, str):
        done.failed[path.name] = message
        return
    offer, ready = message
    with _unlinked_in_the_end(offer):
        writing = time.monotonic()
        with SharedArray.attach(offer) as shared:
            h5.create_dataset(f"calls/{path.stem}", data=shared.array, chunks=True)
        done.rows[path.name] = offer.shape[0]
        written = time.monotonic()
        try:
            connection.send("done")
            connection.poll(10)  # until the worker has unlinked and closed its end
        except (BrokenPipeError, ConnectionResetError):
            pass
    done.events += [
        (f"worker {path.stem}", began, ready - start),
        ("writer", writing - start, written - start),
    ]


@contextmanager
def _unlinked_in_the_end(offer: Offer):
    """Unlink the block of a worker that did not live to do it."""
    from multiprocessing.shared_memory import SharedMemory

    try:
        yield
    finally:
        try:
            block = SharedMemory(offer.name)
        except FileNotFoundError:
            return
        block.close()
        block.unlink()
