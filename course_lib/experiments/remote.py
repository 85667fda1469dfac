"""Read a table from an object store in the way that each format allows."""

import tempfile
from pathlib import Path

import numpy as np

from course_lib import memory
from course_lib.experiments.formats import Descriptors, Table, Task, tidy
from course_lib.experiments.scorecard import Cost


def upload(table: Table) -> None:
    """Put the files of a table beside its Zarr array on the object store, each as one object."""
    files = table.store.files()
    for path in (table.npy, table.h5):
        files.put_file(str(path), f"{table.store.bucket}/{path.name}")
    tidy()


def read_remote(table: Table, task: Task) -> dict[str, Cost]:
    """Run a task on the objects of a table; call `upload` first.

    Returns
    -------
    dict of str to Cost
        ``memmap`` fetches the whole object, because only a local file can be mapped. ``HDF5``
        reads through s3fs as through a file. ``Zarr`` fetches all objects of the directory,
        to read them locally. ``Zarr on S3`` reads the objects that it needs.
    """
    ways = {"memmap": _memmap, "HDF5": _hdf5, "Zarr": _zarr_copied}
    costs = {}
    for name, way in ways.items():
        table.store.clear()
        tidy()
        opened = Descriptors(table.npy.parent)
        value, peak = memory.grown_peak(lambda way=way, seen=opened: way(table, task, seen))
        costs[name] = Cost(*table.traffic(), peak, opened.most, value)
    tidy()
    costs["Zarr on S3"] = table.read_object_store(task)
    for name, cost in costs.items():
        assert np.array_equal(cost.value, costs["memmap"].value), f"{name} differs"
    return costs


def _memmap(table: Table, task: Task, opened: Descriptors):
    with tempfile.TemporaryDirectory(dir=table.npy.parent) as folder:
        local = Path(folder, "copy.npy")
        table.store.files().get_file(f"{table.store.bucket}/{table.npy.name}", str(local))
        array = np.load(local, mmap_mode="r")
        opened.now()
        return np.array(task(array))


def hdf5_without_readahead(table: Table, task: Task) -> Cost:
    """Run a task on the remote HDF5 file; every read of HDF5 is one request."""
    table.store.clear()
    tidy()
    opened = Descriptors(table.npy.parent)
    value, peak = memory.grown_peak(lambda: _hdf5(table, task, opened, cache_type="none"))
    return Cost(*table.traffic(), peak, opened.most, value)


def _hdf5(table: Table, task: Task, opened: Descriptors, **options):
    import h5py

    key = f"{table.store.bucket}/{table.h5.name}"
    with table.store.files().open(key, "rb", **options) as file:
        with h5py.File(file, "r") as h5:
            opened.now()
            return task(h5["t"])


def _zarr_copied(table: Table, task: Task, opened: Descriptors):
    import zarr

    with tempfile.TemporaryDirectory(dir=table.npy.parent) as folder:
        local = str(Path(folder, "copy.zarr"))
        table.store.files().get(f"{table.store.bucket}/table.zarr", local, recursive=True)
        array = zarr.open_array(local, mode="r")
        opened.now()
        return task(array)
