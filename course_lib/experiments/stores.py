"""The same Zarr array in four kinds of store, and the chunks that a read needs in each."""

from pathlib import Path

from course_lib.experiments.formats import CHUNKS, Table, Task, tidy
from course_lib.recording import recording_store


def chunks_by_store(table: Table, task: Task) -> dict[str, list[str]]:
    """Read from a directory, memory, a zip file and an object store; log the chunks.

    Parameters
    ----------
    table : Table
        Its directory and its object store are used as they are; the two others are made.
    task : callable
        Gets the array, reads from it.

    Returns
    -------
    dict of str to list of str
        Keys of the chunks that were read, by kind of store, sorted.
    """
    import numpy as np
    import zarr
    from zarr.storage import LocalStore, MemoryStore, ZipStore

    packed = Path(table.zarr.parent, "table.zip")
    memory, zipped = MemoryStore(), ZipStore(packed, mode="w")
    values = np.load(table.npy, mmap_mode="r")
    for store in (memory, zipped):
        options = {"shape": table.shape, "dtype": table.dtype, "chunks": CHUNKS}
        zarr.create_array(store, **options)[...] = values
    zipped.close()
    stores = {
        "LocalStore": LocalStore(table.zarr, read_only=True),
        "MemoryStore": memory.with_read_only(),
        "ZipStore": ZipStore(packed, mode="r"),
        "FsspecStore": table.store.zarr_store("table.zarr", read_only=True),
    }
    met = {kind: _chunks(store, task) for kind, store in stores.items()}
    del memory, stores
    tidy()
    return met


def _chunks(store, task: Task) -> list[str]:
    import zarr

    recorded = recording_store(store)
    array = zarr.open_array(recorded, mode="r")
    recorded.log.clear()
    task(array)
    store.close()
    return recorded.log.chunks
