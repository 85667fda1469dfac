"""Record what a library reads: a Zarr store that logs keys, a file that logs offsets.

`RecordingStore` is a class made on first use, so that Zarr loads only if it is needed.
"""

import io
import os
from dataclasses import dataclass, field


@dataclass
class ReadLog:
    """What was read, in order of arrival; the order is not exact, the set is.

    Attributes
    ----------
    entries : list of (key, nbytes)
        Key of the object (or byte offset of the file) and the bytes that came back.
    """

    entries: list[tuple[object, int]] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything; the same list goes on recording."""
        self.entries.clear()

    @property
    def chunks(self) -> list[str]:
        """Distinct keys of chunks that existed, sorted; metadata is left out."""
        keys = {str(key) for key, n in self.entries if n and not is_metadata(str(key))}
        return sorted(keys)

    @property
    def requests(self) -> int:
        """Number of reads, metadata left out."""
        return sum(not is_metadata(str(key)) for key, _ in self.entries)

    @property
    def bytes(self) -> int:
        """Bytes read, metadata left out."""
        return sum(n for key, n in self.entries if not is_metadata(str(key)))

    @property
    def sizes(self) -> list[int]:
        """Bytes of each read, metadata left out: what a virtual clock wants."""
        return [n for key, n in self.entries if not is_metadata(str(key))]


def is_metadata(key: str) -> bool:
    """Tell whether a file of a Zarr store tells of an array, and holds none of its values.

    Parameters
    ----------
    key : str
        Its name in the store, or a path.

    Examples
    --------
    >>> is_metadata("a/zarr.json"), is_metadata("a/.zarray"), is_metadata("a/c/0/1")
    (True, True, False)
    """
    name = key.replace("\\", "/").rpartition("/")[2]
    return name == "zarr.json" or name.startswith(".z")


def recording_store(store, log: ReadLog | None = None):
    """Wrap a Zarr store so that every read lands in ``.log``.

    Parameters
    ----------
    store : zarr.abc.store.Store or path
        The store to wrap; a path becomes a LocalStore.
    log : ReadLog, optional
        Where to record; default: a new log.

    Returns
    -------
    store : zarr.abc.store.Store
        Give it to ``zarr.open``. Its attribute ``log`` is a `ReadLog`.

    Notes
    -----
    ``zarr.open(store, mode="r")`` copies the store; the copy shares this log.

    Examples
    --------
    >>> import zarr
    >>> store = recording_store(zarr.storage.MemoryStore())
    >>> z = zarr.create_array(store, shape=(4, 4), chunks=(2, 4), dtype="i4")
    >>> z[:] = 1
    >>> store.log.clear()
    >>> int(z[0].sum()), store.log.chunks
    (4, ['c/0/0'])
    """
    import zarr

    if isinstance(store, (str, os.PathLike)):
        store = zarr.storage.LocalStore(store)
    return _recording_class()(store, ReadLog() if log is None else log)


_class = None


def _recording_class():
    """Define the store class once, and import Zarr only then."""
    global _class
    if _class is not None:
        return _class
    from course_lib._zarr_hooks import WatchedStore

    class RecordingStore(WatchedStore):
        def __init__(self, store, log):
            super().__init__(store, log)
            self.log = log

        async def get(self, key, prototype, byte_range=None):
            value = await super().get(key, prototype, byte_range)
            self.log.entries.append((key, 0 if value is None else len(value)))
            return value

    _class = RecordingStore
    return _class


class RecordingFile(io.RawIOBase):
    """A file opened for reading that logs (offset, nbytes) of every read.

    Use it as ``with RecordingFile(path) as f, h5py.File(f, "r") as h5: ...``.

    Parameters
    ----------
    path : path
        The file.

    Attributes
    ----------
    log : ReadLog
        Entries are (offset, nbytes).

    Notes
    -----
    Close the h5py file before Python ends: HDF5 calls back into this object.
    """

    def __init__(self, path: str | os.PathLike):
        self._file = io.FileIO(path, "r")
        self.log = ReadLog()

    def readable(self) -> bool:
        """Tell the caller that reading works."""
        return True

    def seekable(self) -> bool:
        """Tell the caller that seeking works."""
        return True

    def readinto(self, buffer) -> int:
        """Read into `buffer` and record it."""
        offset = self._file.tell()
        n = self._file.readinto(buffer)
        self.log.entries.append((offset, n))
        return n

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position, as io.IOBase.seek."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
