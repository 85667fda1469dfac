"""A /dev/shm of 1 MiB for one process, to see what a full one does.

NumPy is not imported before the process has its namespace: its threads would forbid that.
"""

import ctypes
import errno
import os
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path


def overfill(reserve_first: bool, nbytes: int = 8 * 1024 * 1024) -> str:
    """Put too large a block into a /dev/shm of 1 MiB, which only this process sees."""
    resource_tracker.ensure_running()  # outside: inside, it might not find its own program
    why = _own_small_shm()
    if why:
        return f"not shown here: {why}"
    block = SharedMemory(create=True, size=nbytes)
    print("created", flush=True)
    try:
        if reserve_first:
            fd = os.open(f"/dev/shm/{block.name}", os.O_RDWR)
            os.posix_fallocate(fd, 0, nbytes)
            os.close(fd)
        block.buf[:] = bytes(nbytes)
        return "filled"
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        block.unlink()
        block.close()


def fill_map(reserve_first: bool, nbytes: int = 8 * 1024 * 1024) -> str:
    """Map a new file of `nbytes` on a file system of 1 MiB, for this process only, and fill it.

    Parameters
    ----------
    reserve_first : bool
        True to ask for the room before using it.
    nbytes : int
        Size of the file.

    Returns
    -------
    str
        As of `overfill`.
    """
    why = _own_small_shm()
    if why:
        return f"not shown here: {why}"
    import numpy as np

    path = "/dev/shm/full.raw"  # nobody else sees it, and it goes with the process
    array = np.memmap(path, mode="w+", dtype="u1", shape=(nbytes,))
    print("made", flush=True)
    try:
        if reserve_first:
            with open(path, "r+b") as file:
                os.posix_fallocate(file.fileno(), 0, nbytes)
        array[:] = 1
        return "filled"
    except OSError as error:
        return errno.errorcode[error.errno]


def _own_small_shm() -> str:
    """Mount a /dev/shm of 1 MiB in a namespace of this process; return why not, or nothing."""
    new_namespaces, private = 0x10000000 | 0x00020000, (1 << 14) | (1 << 18)
    try:
        uid, gid = os.getuid(), os.getgid()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(new_namespaces):
            return os.strerror(ctypes.get_errno())
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
        if libc.mount(b"none", b"/", None, private, None):
            return os.strerror(ctypes.get_errno())
        if libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, b"size=1m"):
            return os.strerror(ctypes.get_errno())
    except (OSError, AttributeError) as error:
        return str(error)
    return ""
