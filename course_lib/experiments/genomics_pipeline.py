"""Many text files, one HDF5 file: what a worker of the pipeline does."""

from multiprocessing.shared_memory import SharedMemory

import numpy as np


def call_dtype(name_bytes: int) -> np.dtype:
    """Return the type of one methylation call, with room for a name of `name_bytes`.

    Examples
    --------
    >>> call_dtype(10).itemsize
    26
    """
    return np.dtype(
        [("chr", f"S{name_bytes}"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")]
    )


def read_calls(path) -> np.ndarray:
    """Parse a text file of methylation calls into a structured array.

    Parameters
    ----------
    path : path
        Lines of ``chr  pos  percent  methylated  unmethylated``, separated by tabs.

    Notes
    -----
    The longest name in the file says how wide the column is: NumPy cuts without a word.
    """
    with open(path, "rb") as file:
        name_bytes = max(len(line.split(b"\t", 1)[0]) for line in file)
    return np.loadtxt(path, dtype=call_dtype(name_bytes), delimiter="\t", ndmin=1)


def offer_calls(path, connection) -> None:
    """Parse a file, offer its rows in a block, and keep the block until the parent's answer."""
    try:
        calls = read_calls(path)
        block = SharedMemory(create=True, size=calls.nbytes)
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
        return
    try:
        np.ndarray(calls.shape, calls.dtype, buffer=block.buf)[:] = calls
        connection.send((block.name, calls.shape, calls.dtype))
        connection.recv()  # "done"
    except EOFError:
        pass  # the parent is gone
    finally:
        block.unlink()
        block.close()
