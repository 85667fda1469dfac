"""Append one row to a table in each format, and count the bytes that are read and written."""

import io
from collections.abc import Callable

import numpy as np

from course_lib import memory
from course_lib.experiments.chunk_writes import RecordingWrites
from course_lib.experiments.formats import CHUNK_BYTES, Table, chunk_offsets
from course_lib.experiments.scorecard import Cost


def append_to_npy(file, row: np.ndarray) -> None:
    """Write a row behind the others, and the new shape into the spare room of the header."""
    np.lib.format.read_magic(file)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    start = file.tell()  # the values begin here
    grown = {"shape": (shape[0] + 1, *shape[1:]), "fortran_order": fortran, "descr": dtype.str}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, grown)
    assert len(header.getvalue()) == start, "the header has no room left"
    file.seek(0)
    file.write(header.getvalue())
    file.seek(start + shape[0] * row.nbytes)
    file.write(row.tobytes())


def append_row(
    table: Table, row: np.ndarray, to_hdf5: Callable, to_zarr: Callable
) -> dict[str, Cost]:
    """Append `row` to a table in all four formats.

    Parameters
    ----------
    table : Table
        Grows by one row.
    row : ndarray, shape (columns,)
        What to append.
    to_hdf5, to_zarr : callable
        Get a dataset or array, and the row.

    Returns
    -------
    dict of str to Cost
        Bytes, requests and coded count reading and writing together, what is read on opening
        left out.
    """
    local = _append_zarr(table, row, to_zarr)
    return {
        "memmap": _append_npy(table, row),
        "HDF5": _append_hdf5(table, row, to_hdf5),
        "Zarr": local,
        "Zarr on S3": _append_object_store(table, row, to_zarr, local.coded),
    }


def _append_npy(table: Table, row) -> Cost:
    with _CountingFile(table.npy) as file:
        _, peak = memory.grown_peak(lambda: append_to_npy(file, row))
        moved = [n for call, _, n in file.log if call == "write"]
    return Cost(sum(moved), len(moved), peak, 1, coded=0)


def _append_hdf5(table: Table, row, append: Callable) -> Cost:
    import h5py

    with _CountingFile(table.h5) as file:
        with h5py.File(file, "r+") as h5:
            dataset = h5["t"]
            chunks = chunk_offsets(dataset)
            file.log.clear()
            _, peak = memory.grown_peak(lambda: (append(dataset, row), h5.flush()))
            log = list(file.log)
            chunks |= chunk_offsets(dataset)  # one that grew has moved
    coded = CHUNK_BYTES * sum(offset in chunks for _, offset, _ in log)
    return Cost(sum(n for *_, n in log), len(log), peak, 1, coded=coded)


def _append_zarr(table: Table, row, append: Callable) -> Cost:
    import zarr

    store = RecordingWrites(zarr.storage.LocalStore(table.zarr))
    array = zarr.open_array(store, mode="r+")
    _, peak = memory.grown_peak(lambda: append(array, row))
    log = store.log
    return Cost(sum(n for *_, n in log), len(log), peak, 0, coded=CHUNK_BYTES * len(log))


def _append_object_store(table: Table, row, append: Callable, coded: int | None) -> Cost:
    import zarr

    array = zarr.open_array(table.store.zarr_store("table.zarr"), mode="r+")
    table.store.clear()
    _, peak = memory.grown_peak(lambda: append(array, row))
    return Cost(*table.traffic(), peak, 0, coded=coded)


class _CountingFile(io.RawIOBase):
    """A file for reading and writing that notes what each call did, where, and its bytes."""

    def __init__(self, path):
        self._file, self.log = io.FileIO(path, "r+"), []

    def _note(self, call: str, work: Callable, data) -> int:
        offset = self._file.tell()
        n = work(data)
        self.log.append((call, offset, n))
        return n

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._note("read", self._file.readinto, buffer)

    def write(self, data) -> int:
        return self._note("write", self._file.write, data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size=None) -> int:
        return self._file.truncate(size)

    def close(self) -> None:
        self._file.close()
        super().close()
