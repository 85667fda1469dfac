"""See what a write to a Zarr array does to its store, and let two writers meet on one chunk."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import zarr
from zarr.storage import MemoryStore

from course_lib._zarr_hooks import WatchedStore
from course_lib.recording import is_metadata


class RecordingWrites(WatchedStore):
    """A store that logs every read and write of a chunk, in order.

    Parameters
    ----------
    store : zarr.abc.store.Store, optional
        The store to wrap; default: a new store in memory.
    log : list, optional
        Where to record.

    Attributes
    ----------
    log : list of (str, str, int)
        ``"get"`` or ``"set"``, key, bytes.
    """

    def __init__(self, store=None, log=None):
        self.log = [] if log is None else log
        super().__init__(MemoryStore() if store is None else store, self.log)

    async def get(self, key, prototype, byte_range=None):
        """Read from the wrapped store and record it."""
        value = await super().get(key, prototype, byte_range)
        if not is_metadata(key):
            self.log.append(("get", key, 0 if value is None else len(value)))
        return value

    async def set(self, key, value):
        """Write to the wrapped store and record it."""
        await super().set(key, value)
        if not is_metadata(key):
            self.log.append(("set", key, len(value)))


class _Meeting(WatchedStore):
    """A store in which nobody gets a chunk before two have asked for it."""

    def __init__(self, store, both=None):
        self._both = both or asyncio.Barrier(2)
        super().__init__(store, self._both)

    async def get(self, key, prototype, byte_range=None):
        value = await super().get(key, prototype, byte_range)
        if not is_metadata(key):
            await asyncio.wait_for(self._both.wait(), timeout=10)
        return value


def two_writers(chunk: int, length: int = 100) -> np.ndarray:
    """Let two threads write the two halves of an array at the same time; return the array.

    The first writes 1 into its half, the second 2 into its own. Their work is timed so that
    whoever must read a chunk before writing it reads it before the other has written.

    Parameters
    ----------
    chunk : int
        Length of a chunk.
    length : int
        Length of the array, an even number.

    Returns
    -------
    ndarray of int8, shape (length,)
        0 where an update was lost.

    Examples
    --------
    >>> two_writers(chunk=2, length=4)
    array([1, 1, 2, 2], dtype=int8)
    """
    array = zarr.create_array(_Meeting(MemoryStore()), shape=length, chunks=chunk, dtype="i1")
    half = length // 2

    def write(number: int, part: slice) -> None:
        array[part] = number

    with ThreadPoolExecutor(2) as pool:
        parts = (slice(0, half), slice(half, length))
        list(pool.map(write, (1, 2), parts))
    return zarr.open_array(array.store.wrapped, mode="r")[:]
