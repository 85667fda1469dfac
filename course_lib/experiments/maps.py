"""Tell the kernel how the map below an array will be read."""

import mmap

import numpy as np


def advise(array: np.memmap, pattern: str) -> np.memmap:
    """Tell the kernel how a memory map will be read, with madvise(2); return the map.

    Parameters
    ----------
    array : np.memmap
        The map.
    pattern : str
        ``"random"``: fetch only the page that is touched. ``"normal"``: read ahead.
        ``"dontneed"``: let go of the touched pages, so that they can leave the page cache.

    Raises
    ------
    ValueError
        For another pattern.

    Notes
    -----
    Does nothing on systems without madvise.
    """
    if pattern not in ("random", "normal", "dontneed"):
        raise ValueError(f"expected 'random', 'normal' or 'dontneed', got {pattern!r}")
    advice = getattr(mmap, f"MADV_{pattern.upper()}", None)
    if advice is not None:
        array._mmap.madvise(advice)  # NumPy has no public name for the map
    return array
