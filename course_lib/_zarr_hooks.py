"""What our stores need of Zarr's private side, in one place: a break is then one edit.

Zarr 3 is asynchronous inside. A store that watches what Zarr asks for has to stay on the path that
it watches, and has to share what it has noted with the copies that ``zarr.open`` makes of it.
"""

from typing import Any

from zarr.abc.store import Store
from zarr.core.sync import sync
from zarr.storage import WrapperStore

__all__ = ["WatchedStore", "sync"]


class WatchedStore(WrapperStore):
    """A store around another one; a subclass sees each ``get`` and ``set`` of it.

    Parameters
    ----------
    store : zarr.abc.store.Store
        The store to wrap.
    *shared
        What a copy of this store shares with it: the further arguments of the subclass.
    """

    # Newer Zarr may read without asyncio, past get(): keep it on the path that is watched.
    _supports_sync_io = False
    # The base class sends partial reads of shards through get(), the wrapper does not.
    if hasattr(Store, "get_ranges"):
        get_ranges = Store.get_ranges

    def __init__(self, store: Store, *shared: Any):
        super().__init__(store)
        self._shared = shared

    def _with_store(self, store: Store) -> "WatchedStore":
        return type(self)(store, *self._shared)

    @property
    def wrapped(self) -> Store:
        """The store inside."""
        return self._store

    async def get_partial_values(self, prototype, key_ranges):
        """Read parts of values one by one, through ``get``."""
        return [await self.get(key, prototype, reach) for key, reach in key_ranges]
