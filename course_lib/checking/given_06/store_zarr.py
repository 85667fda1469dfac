"""Rows of `store_zarr` and `store_hdf5`: chunks and compressors within limits."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from course_lib.checking import hdf5_files, zarr_files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Count, Outcome

MOST_CHUNKS, MOST_BYTES = 4, 16_384
CODECS = ("blosc", "zstd", "gzip")


@dataclass(frozen=True)
class Kept:
    """An array that was read back.

    Attributes
    ----------
    values : ndarray or str
        All of it, or a text that says why not.
    chunks : tuple of int or None
        Shape of a chunk; None without chunks.
    nbytes : int
        Bytes that the chunks take.
    """

    values: object
    chunks: tuple | None = None
    nbytes: int = 0


def in_zarr(path: str) -> Kept:
    """Return the Zarr array at `path`."""
    found = zarr_files.read(path, packed=True, codecs=CODECS)
    if isinstance(found, str):
        return Kept(found)
    return Kept(found.values, found.chunks, found.nbytes)


def in_hdf5(path: str) -> Kept:
    """Return the dataset ``x`` of an HDF5 file."""
    found = hdf5_files.contents(path)
    item = found.items.get("x")
    return Kept(found.value("x"), item.chunks if item else None, item.nbytes if item else 0)


READERS = {"Zarr": in_zarr, "HDF5": in_hdf5}


def walk(shape: tuple, axis: int, seed: int):
    """Return counters that change by little from item to item along an axis."""
    import numpy as np

    steps = np.random.default_rng(seed).integers(-9, 10, shape)
    return (100_000 + np.cumsum(steps, axis=axis)).astype("i4")


def few(shape: tuple, seed: int):
    """Return floats of which there are 30 different ones, in no order."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return rng.choice(rng.normal(0, 1, 30), shape)


def rows(report: Report, to_zarr: Callable, to_hdf5: Callable, folder: Path) -> None:
    """Add the visible rows of both functions."""
    example, levels = walk((120, 250), 1, 5), few((200, 100), 5)
    ways = (("Zarr", to_zarr, folder / "a.zarr"), ("HDF5", to_hdf5, folder / "a.h5"))
    for kind, store, path in ways:
        stored(report, store, kind, "the example", path, (example, 1, 32_000), (0.25,) * 3)
    for kind, store, path in ways:
        stored(report, store, kind, "a table of few values", path, (levels, 0, 31_000), (0.25,) * 3)


def stored(
    report: Report, store: Callable, kind: str, label: str, path: Path, case: tuple, points: tuple
) -> Outcome:
    """Add the rows of one array: its values, what a slice costs, and the bytes stored.

    Parameters
    ----------
    kind : str
        ``"Zarr"`` or ``"HDF5"``.
    path : Path
        Where the array goes; what an earlier row left is there still.
    case : (ndarray, int, int)
        The array, the axis and the limit.
    points : tuple of float
        Of the three rows. At 0 the second is left out, and the third waits for what it checks.
    """
    x, axis, limit = case
    run = report.run(store, str(path), x, axis, limit)
    found, where = READERS[kind](str(path)), f"{kind}, {label}"
    report.equal(f"{where}: read back", found.values, x, points=points[0], of=run)
    right = report.rows[-1].ok and run.error is None
    chunks, nbytes = slice_cost(found.chunks, x, axis)
    cheap = right and chunks <= MOST_CHUNKS and nbytes <= MOST_BYTES
    if points[1]:
        report.true(
            f"{where}: what a slice meets", cheap, points=points[1], of=run, after=right,
            got=f"{chunks} chunk{'s' * (chunks != 1)} of {nbytes:,} bytes together",
            expected=f"at most {MOST_CHUNKS} chunks of {MOST_BYTES:,} bytes together",
            message=_why(found, chunks, axis),
        )  # fmt: skip
    report.at_most(
        f"{where}: bytes stored", Count(found.nbytes, "bytes stored", run=run.number), limit,
        points=points[2], after=cheap, message=_why_large(nbytes // chunks, x.nbytes),
    )  # fmt: skip
    return run


def slice_cost(chunks: tuple | None, x, axis: int) -> tuple[int, int]:
    """Return the chunks that a slice meets, and their bytes before compression.

    Examples
    --------
    >>> import numpy as np
    >>> slice_cost((10, 50), np.zeros((20, 100), "u1"), 0)
    (2, 1000)
    """
    if chunks is None or len(chunks) != x.ndim:
        return 1, x.nbytes
    met = prod(
        -(-n // c) for k, (n, c) in enumerate(zip(x.shape, chunks, strict=True)) if k != axis
    )
    return met, met * prod(chunks) * x.itemsize


def _why(found: Kept, chunks: int, axis: int) -> str:
    if found.chunks is None:
        return (
            "It has no chunks: a slice is then a read from all over it, and nothing is compressed."
        )
    if chunks > MOST_CHUNKS:
        return f"A slice meets {chunks} chunks. Along every axis but axis {axis} a chunk may be as long as the array."
    return f"The chunks are too thick along axis {axis}: each of them is unpacked whole."


def _why_large(chunk: int, raw: int) -> str:
    if chunk < MOST_BYTES // 4:
        return f"A chunk has {chunk:,} bytes only. The thicker the chunks are, the better they compress."
    return f"The chunks take more than the limit, of {raw:,} bytes. Try other settings, and keep the best."
