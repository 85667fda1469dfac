"""Count what h5py and PyTables are asked for: their C library reads out of Python's sight.

The bytes of the result stand for the bytes read; of a contiguous dataset also those between
them. That is a lower bound: chunks are read whole.
"""

import sys
from collections.abc import Callable
from math import prod
from numbers import Integral

_SIEVE_BYTES = 64 * 1024  # HDF5's default (H5Pset_sieve_buf_size)


def patches(trace) -> list[tuple[object, str, object]]:
    """Return stand-ins for methods of loaded libraries: (class, name, replacement)."""
    found: list[tuple[object, str, object]] = []
    if "h5py" in sys.modules:
        dataset = sys.modules["h5py"].Dataset
        found += [
            (dataset, "__getitem__", _got(dataset.__getitem__, trace)),
            (dataset, "__setitem__", _set(dataset.__setitem__, trace)),
        ]
    if "tables" in sys.modules:
        table = sys.modules["tables"].Table
        found += [
            (table, "read", _got(table.read, trace)),
            (table, "iterrows", _went_through(table.iterrows, trace)),
        ]
    return found


def cost(shape: tuple[int, ...], part: tuple[int, ...], itemsize: int) -> tuple[int, int]:
    """Return the bytes and the reads for a part of a contiguous dataset.

    The library reads across gaps that are smaller than its sieve buffer.

    Examples
    --------
    >>> cost((100, 8), (10, 8), itemsize=2), cost((100, 8), (100, 1), itemsize=2)
    ((160, 1), (1600, 100))
    """
    axis = len(shape)
    while axis and part[axis - 1] == shape[axis - 1]:
        axis -= 1
    inner = itemsize * prod(shape[axis:])
    if axis == 0:
        return inner, 1
    pieces, piece = prod(part[: axis - 1]), part[axis - 1] * inner
    across = max(piece, min(_SIEVE_BYTES, shape[axis - 1] * inner))
    return pieces * (across if pieces > 1 else piece), pieces


def _extent(index: object, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a selection, with the axes that a single number picks one item of.

    Examples
    --------
    >>> _extent((slice(None), 3), (100,)), _extent(slice(10), (10, 8)), _extent(..., (10, 8))
    ((100, 1), (10, 8), (10, 8))
    """
    rest, found = list(shape), []
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, Integral):
            found.append(1)
        elif part is not ... and rest:
            found.append(rest.pop(0))
    return (*found, *rest)


def _got(original: Callable, trace) -> Callable:
    def get(self, *args, **kwargs):
        found = original(self, *args, **kwargs)
        shape = self.shape or ()
        part = _extent(args[0] if args else (), getattr(found, "shape", None) or ())
        if getattr(self, "chunks", None) is None and len(part) == len(shape):
            trace.read_from(None, *cost(shape, part, getattr(found, "itemsize", 0)))
        else:
            trace.read_from(None, getattr(found, "nbytes", 0))
        return found

    return get


def _set(original: Callable, trace) -> Callable:
    def put(self, args, value):
        original(self, args, value)
        trace.wrote_to(None, getattr(value, "nbytes", 0))

    return put


def _went_through(original: Callable, trace) -> Callable:
    def rows(self, *args, **kwargs):
        trace.read_from(None, self.nrows * self.rowsize)
        return original(self, *args, **kwargs)

    return rows
