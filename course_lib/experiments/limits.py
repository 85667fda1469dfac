"""Run into the limits of a process: descriptors, maps, memory. Call these in a child."""

import ctypes
import errno
import itertools
import mmap
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib.system import procfs

# Above this many maps the experiment would take long and teach nothing new.
MOST_MAPS = 100_000
_PROT_READ, _MAP_SHARED = 1, 1


@dataclass(frozen=True)
class Wall:
    """Where a process had to stop.

    Attributes
    ----------
    opened : int
        How many arrays or maps it had.
    error : str
        Name of the error, such as ``"EMFILE"``; empty if nothing stopped it.
    message : str
        What the system says, or why it was not tried here.
    limit : int or None
        The limit that applied.
    """

    opened: int
    error: str
    message: str
    limit: int | None = None

    def __str__(self) -> str:
        stop = f"{self.error}: {self.message}" if self.error else self.message
        limit = "" if self.limit is None else f" (limit {self.limit:,})"
        return f"stopped after {self.opened:,}: {stop}{limit}"


def _wall(opened: int, error: OSError, limit: int | None) -> Wall:
    return Wall(opened, errno.errorcode[error.errno], os.strerror(error.errno), limit)


def memmaps_until_error(path: str | os.PathLike, most: int) -> Wall:
    """Open the same .npy file as memory map again and again and keep every map.

    Parameters
    ----------
    path : path
        The file.
    most : int
        Stop there at the latest.
    """
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    kept = []
    try:
        for _ in range(most):
            kept.append(np.load(path, mmap_mode="r"))
    except OSError as error:
        return _wall(len(kept), error, limit)
    return Wall(len(kept), "", "no limit was met", limit)


def maps_until_error(path: str | os.PathLike) -> Wall:
    """Map one page of a file until the kernel refuses: maps without a descriptor of their own.

    This is what is left when the limit of descriptors is out of the way.
    """
    limit = map_limit()
    if limit is None:
        return Wall(0, "", "this system does not tell how many maps it allows")
    if limit > MOST_MAPS:
        return Wall(0, "", "not tried here: this system allows very many maps", limit)
    libc = ctypes.CDLL(None, use_errno=True)
    # Python's own mmap keeps a descriptor for each map (up to 3.12 it must, from 3.13 on unless
    # told trackfd=False), so the C function is called here.
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    with open(path, "rb") as file:
        page = (None, mmap.PAGESIZE, _PROT_READ, _MAP_SHARED, file.fileno(), 0)
        for opened in itertools.count():
            if libc.mmap(*page) == ctypes.c_void_p(-1).value:
                return _wall(opened, OSError(ctypes.get_errno(), ""), limit)


def map_limit() -> int | None:
    """Return vm.max_map_count, or ``None`` on a system without it."""
    try:
        return int(Path("/proc/sys/vm/max_map_count").read_text())
    except OSError:
        return None


def leave_room(room: int) -> bool:
    """Limit the data of this process to what it has now and `room` bytes more.

    Returns
    -------
    bool
        False on a system that has no such limit.
    """
    try:
        import resource

        own = procfs.status(os.getpid())["VmData"]
    except (ImportError, OSError, KeyError):
        return False
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (own + room, hard))
    return True


def load_until_error(path: str | os.PathLike, most: int, room: int) -> Wall:
    """Load a .npy file again and again and keep every array, with little memory left.

    Parameters
    ----------
    path : path
        The file.
    most : int
        Stop there at the latest.
    room : int
        Bytes that the process may take beyond what it has at the start.
    """
    if not leave_room(room):
        return Wall(0, "", "not tried here: this system does not limit the data of a process")
    kept = []
    try:
        for _ in range(most):
            kept.append(np.load(path))
    except MemoryError as error:
        return Wall(len(kept), "MemoryError", str(error), room)
    return Wall(len(kept), "", "no limit was met", room)
