"""Append one row to a table in each format, and count the bytes that are read and written."""

import io

import numpy as np

from course_lib import memory
from course_lib.experiments.formats import Table
from course_lib.experiments.scorecard import Cost


def append_row(table: Table, row: np.ndarray) -> dict[str, Cost]:
    """Append `row` to a table in all four formats.

    Parameters
    ----------
    table : Table
        Grows by one row.
    row : ndarray, shape (columns,)
        What to append.

    Returns
    -------
    dict of str to Cost
        Bytes and requests count reading and writing together.
    """
    row = np.asarray(row, table.dtype)
    return {
        "memmap": _append_npy(table, row),
        "HDF5": _append_hdf5(table, row),
        "Zarr": _append_zarr(table, row),
        "Zarr on S3": _append_object_store(table, row),
    }


def _append_npy(table: Table, row) -> Cost:
    """Write the row behind the others, and the new shape into the header's spare room."""

    def append():
        with _CountingFile(table.npy) as file:
            header = io.BytesIO()
            version = np.lib.format.read_magic(file)
            shape, order, dtype = np.lib.format.read_array_header_1_0(file)
            assert version == (1, 0) and not order
            grown = {"shape": (shape[0] + 1, *shape[1:]), "fortran_order": order}
            grown["descr"] = np.lib.format.dtype_to_descr(dtype)
            np.lib.format.write_array_header_1_0(header, grown)
            start = file.tell()
            assert len(header.getvalue()) == start, "the header has no room left"
            file.moved.clear()
            file.seek(0)
            file.write(header.getvalue())
            file.seek(start + shape[0] * row.nbytes)
            file.write(row.tobytes())
            return file.moved

    moved, peak = memory.grown_peak(append)
    return Cost(sum(moved), len(moved), peak, 1)


def _append_hdf5(table: Table, row) -> Cost:
    import h5py

    def append():
        with _CountingFile(table.h5) as file:
            with h5py.File(file, "r+") as h5:
                dataset = h5["t"]
                file.moved.clear()
                dataset.resize(dataset.shape[0] + 1, axis=0)
                dataset[-1] = row
            return file.moved

    moved, peak = memory.grown_peak(append)
    return Cost(sum(moved), len(moved), peak, 1)


def _append_zarr(table: Table, row) -> Cost:
    import zarr

    store = _counting_store(table.zarr)
    array = zarr.open_array(store, mode="r+")
    store.moved.clear()
    _, peak = memory.grown_peak(lambda: array.append(row[None]))
    return Cost(sum(store.moved), len(store.moved), peak, 0)


def _append_object_store(table: Table, row) -> Cost:
    import zarr

    array = zarr.open_array(table.store.zarr_store("table.zarr"), mode="r+")
    table.store.clear()
    _, peak = memory.grown_peak(lambda: array.append(row[None]))
    return Cost(*table.traffic(), peak, 0)


class _CountingFile(io.RawIOBase):
    """A file for reading and writing that notes the bytes of each call."""

    def __init__(self, path):
        self._file, self.moved = io.FileIO(path, "r+"), []

    def _note(self, n: int) -> int:
        self.moved.append(n)
        return n

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._note(self._file.readinto(buffer))

    def write(self, data) -> int:
        return self._note(self._file.write(data))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size=None) -> int:
        return self._file.truncate(size)

    def close(self) -> None:
        self._file.close()
        super().close()


def _counting_store(path):
    """Return a Zarr store that notes the bytes of everything that is read and written."""
    from zarr.storage import LocalStore

    from course_lib._zarr_hooks import WatchedStore

    class CountingStore(WatchedStore):
        def __init__(self, store, moved):
            super().__init__(store, moved)
            self.moved = moved

        async def get(self, key, prototype, byte_range=None):
            value = await super().get(key, prototype, byte_range)
            self.moved.append(0 if value is None else len(value))
            return value

        async def set(self, key, value):
            self.moved.append(len(value))
            await super().set(key, value)

    return CountingStore(LocalStore(path), [])
