"""Make a workload on a cube of daily maps, and tell what a layout costs with it.

A trace is a list of plain dicts, a layout is one plain dict, so both can be stored, sent and
compared. Costs are counted, chunk by chunk, with the bytes that each chunk really has.
"""

from itertools import product
from math import prod
from numbers import Integral
from typing import Any, cast

BYTES_OF_A_REQUEST = 4096
"""A request costs as much as reading this many bytes, in `price`."""

FEWEST_VALUES = 256
"""A chunk has at least that many values, or all of the cube: smaller ones are mostly overhead."""


def make_trace(
    shape: tuple, maps: int = 0, series: int = 0, points: int = 0, appends: int = 0, seed: int = 0
) -> list[dict]:
    """Return what a day of work does with a cube of (days, rows, columns).

    Parameters
    ----------
    shape : tuple of int
        Shape of the cube, the appended days included.
    maps, series, points, appends : int
        How many of each. A query for points asks for twelve of them. The appends are those
        of the last days.
    seed : int
        Same seed, same trace.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> make_trace((10, 4, 5), maps=1, appends=2)
    [{'kind': 'map', 'day': 8}, {'kind': 'append', 'day': 8}, {'kind': 'append', 'day': 9}]
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    days, rows, columns = shape
    trace = [{"kind": "map", "day": int(rng.integers(days))} for _ in range(maps)]
    for row, column in rng.integers(0, (rows, columns), (series, 2)).tolist():
        trace.append({"kind": "series", "row": row, "column": column})
    for _ in range(points):
        trace.append({"kind": "points", "at": rng.integers(0, shape, (12, 3)).tolist()})
    order = rng.permutation(len(trace))
    appended = [{"kind": "append", "day": days - n} for n in range(appends, 0, -1)]
    return [trace[i] for i in order] + appended


def why_not(layout, shape: tuple) -> str:
    """Say why a value is no layout for a cube of this shape; empty if it is one."""
    if type(layout) is not dict or set(layout) != {"chunks", "shards", "codec"}:
        return "Expected a dict with the keys chunks, shards and codec."
    chunks, shards = layout["chunks"], layout["shards"]
    if not _is_shape(chunks):
        return "chunks should be three whole numbers, each at least 1."
    if any(c > n for c, n in zip(chunks, shape, strict=True)):
        return f"chunks should not be longer than the cube, whose shape is {shape}."
    if prod(chunks) < min(FEWEST_VALUES, prod(shape)):
        return f"chunks should hold at least {FEWEST_VALUES} values."
    if shards is not None:
        if not _is_shape(shards):
            return "shards should be None, or three whole numbers, each at least 1."
        if any(s % c for s, c in zip(shards, chunks, strict=True)):
            return "shards should be made of whole chunks: each length is a multiple."
        if any(s >= n + c for s, c, n in zip(shards, chunks, shape, strict=True)):
            return "shards should not hold chunks that lie behind the cube."
    if layout["codec"] not in ("none", "lz4", "zstd"):
        return "codec should be none, lz4 or zstd."
    return ""


def file_count(shape: tuple, layout: dict) -> int:
    """Return how many files hold a cube: shards, or chunks where there are none."""
    per_file = layout["shards"] or layout["chunks"]
    return prod(-(-n // c) for n, c in zip(shape, per_file, strict=True))


def packed_size(block, codec: str) -> int:
    """Return the bytes of an array after compression with a codec of a layout.

    Notes
    -----
    The bytes are shuffled first: Blosc, level 5, as in `compressors_of`.
    """
    import numcodecs
    import numpy as np

    block = np.ascontiguousarray(block)
    if codec == "none":
        return block.nbytes
    return len(numcodecs.Blosc(codec, clevel=5, shuffle=numcodecs.Blosc.SHUFFLE).encode(block))


def compressors_of(codec: str):
    """Return what ``zarr.create_array(..., compressors=)`` wants for a codec of a layout."""
    from zarr.codecs import BloscCodec

    if codec == "none":
        return None
    return BloscCodec(cname=cast(Any, codec), clevel=5, shuffle="shuffle")


def chunk_sizes(cube, layout: dict):
    """Return the bytes that each chunk of a cube has on the disk.

    Returns
    -------
    ndarray of int, one item a chunk
        Chunks at the edge are filled up with zeros, as Zarr does.
    """
    import numpy as np

    chunks = tuple(layout["chunks"])
    grid = tuple(-(-n // c) for n, c in zip(cube.shape, chunks, strict=True))
    full = np.pad(cube, [(0, g * c - n) for g, c, n in zip(grid, chunks, cube.shape, strict=True)])
    sizes = np.zeros(grid, np.int64)
    for index in product(*map(range, grid)):
        place = tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunks, strict=True))
        sizes[index] = packed_size(full[place], layout["codec"])
    return sizes


def price(cube, layout: dict, trace: list[dict]) -> dict:
    """Return what a trace costs with a layout.

    Parameters
    ----------
    cube : ndarray, shape (days, rows, columns)
        The values, the appended days included.
    layout : dict
        A layout that `why_not` has nothing against.
    trace : list of dict
        See `make_trace`.

    Returns
    -------
    dict
        ``"bytes"`` moved, ``"requests"``, ``"price"`` (bytes, and `BYTES_OF_A_REQUEST` for each
        request) and ``"disk"``, the bytes of all chunks.

    Notes
    -----
    A read asks for each chunk that it touches, once. An append writes every file that holds a
    value of its day. It has to read a file that holds earlier days.
    """
    import numpy as np

    sizes, chunks = chunk_sizes(cube, layout), np.array(layout["chunks"])
    per_file = np.array(layout["shards"] or layout["chunks"]) // chunks
    moved = requests = 0
    for query in trace:
        if query["kind"] == "append":
            slab = query["day"] // chunks[0] // per_file[0] * per_file[0]
            written = int(sizes[slab : slab + per_file[0]].sum())
            files = prod(
                -(-n // int(p)) for n, p in zip(sizes.shape[1:], per_file[1:], strict=True)
            )
            again = bool(query["day"] % int(chunks[0] * per_file[0]))  # earlier days are there
            moved, requests = moved + written * (1 + again), requests + files * again
        else:
            touched = sizes[_touched(query, chunks)]
            moved, requests = moved + int(touched.sum()), requests + int(touched.size)
    total = moved + BYTES_OF_A_REQUEST * requests
    return {"bytes": moved, "requests": requests, "price": total, "disk": int(sizes.sum())}


def _touched(query: dict, chunks):
    """Return the index into the grid of chunks that selects those of a read."""
    import numpy as np

    if query["kind"] == "map":
        return (query["day"] // chunks[0],)
    if query["kind"] == "series":
        return (slice(None), query["row"] // chunks[1], query["column"] // chunks[2])
    return tuple(np.unique(np.array(query["at"]) // chunks, axis=0).T)


def _is_shape(value) -> bool:
    if type(value) not in (tuple, list) or len(value) != 3:
        return False
    return all(isinstance(n, Integral) and type(n) is not bool and int(n) >= 1 for n in value)
