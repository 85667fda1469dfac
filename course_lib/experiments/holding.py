"""Processes that all read the same rows of a table and hold them, to see what that takes."""

from multiprocessing import get_all_start_methods, get_context

import numpy as np

from course_lib import memory, pagecache
from course_lib.experiments.formats import Table, open_files, tidy
from course_lib.experiments.maps import advise
from course_lib.experiments.scorecard import Cost


def many_readers(table: Table, rows: slice, n: int) -> dict[str, Cost]:
    """Let `n` processes read the same rows at the same time, in each format.

    Parameters
    ----------
    table : Table
        What they read.
    rows : slice
        Which rows.
    n : int
        How many processes.

    Returns
    -------
    dict of str to Cost
        Bytes and requests of all of them; peak is the PSS that they grew by together.
    """
    tidy()
    context = _context()
    pairs = [context.Pipe() for _ in range(n)]
    workers = [context.Process(target=hold, args=(theirs,)) for _, theirs in pairs]
    for worker in workers:
        worker.start()
    ours, pids = [pair[0] for pair in pairs], [worker.pid for worker in workers]
    try:
        return _each_format(table, rows, ours, pids)
    finally:
        for connection, worker in zip(ours, workers, strict=True):
            connection.send(None)
            worker.join()


def _context():
    """Return a way to start readers that share the libraries' memory, where there is one."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    # Imported once, in the server; every reader is a copy of it.
    context.set_forkserver_preload([__name__, "h5py", "zarr", "s3fs"])
    return context


def _each_format(table: Table, rows: slice, readers, pids) -> dict[str, Cost]:
    names = {"memmap": str(table.npy), "HDF5": str(table.h5), "Zarr": str(table.zarr)}
    names["Zarr on S3"] = (table.store.options, f"{table.store.bucket}/table.zarr")
    # A first small read of each kind, so that no library's start is counted as the array's.
    for name, place in names.items():
        _ask_all(readers, (name, place, slice(0, 1)))
    _ask_all(readers, ("let go", None, rows))
    costs = {}
    for name, place in names.items():
        pagecache.evict(table.npy)
        table.store.clear()
        before = memory.table(pids).total("pss")
        assert len(set(_ask_all(readers, (name, place, rows)))) == 1, f"{name}: readers disagree"
        after = memory.table(pids).total("pss")
        grown = None if None in (before, after) else after - before
        opened = [open_files(table.npy.parent, pid) for pid in pids]
        held = None if None in opened else sum(opened)
        moved, requests, coded = _traffic(table, name, rows, len(pids))
        costs[name] = Cost(moved, requests, grown, held, coded=coded)
        _ask_all(readers, ("let go", None, rows))
    return costs


def _traffic(table: Table, name: str, rows: slice, n: int) -> tuple[int, int, int]:
    """Return bytes, requests and decompressed bytes: pages once for all, the rest for each."""
    if name == "memmap":
        pages = pagecache.residency(table.npy).resident_pages
        if pages is None:
            pages = table.pages_of(lambda places: places[rows][:, ::512])
        return pages * pagecache.PAGE_SIZE, pages, 0
    moved, requests = table.traffic()
    cost = (table.read_hdf5 if name == "HDF5" else table.read_zarr)(lambda array: array[rows])
    if name == "Zarr on S3":
        return moved, requests, n * cost.coded
    return n * cost.bytes, n * cost.requests, n * cost.coded


def _ask_all(readers, question) -> list[float]:
    for reader in readers:
        reader.send(question)
    return [reader.recv() for reader in readers]


def hold(connection) -> None:
    """Be a reader: read the rows that the parent names, and hold them until it names others."""
    held = None
    while question := connection.recv():
        name, place, rows = question
        held = None
        tidy()
        held = _READ[name](place, rows) if name in _READ else None
        connection.send(0.0 if held is None else float(held.sum(dtype="f8")))


def _memmap(path, rows):
    array = np.load(path, mmap_mode="r")
    return advise(array, "random")[rows]  # no readahead, as for the single reader


def _hdf5(path, rows):
    import h5py

    with h5py.File(path, "r") as h5:
        return h5["t"][rows]


def _zarr(path, rows):
    import zarr

    return zarr.open_array(path, mode="r")[rows]


def _zarr_on_s3(place, rows):
    import s3fs
    import zarr

    from course_lib.experiments.object_store import close_connections

    options, path = place
    files = s3fs.S3FileSystem(**options, asynchronous=True, skip_instance_cache=True)
    store = zarr.storage.FsspecStore(files, read_only=True, path=path)
    values = zarr.open_array(store, mode="r")[rows]
    close_connections(files)
    return values


_READ = {
    "memmap": _memmap,
    "HDF5": _hdf5,
    "Zarr": _zarr,
    "Zarr on S3": _zarr_on_s3,
}
