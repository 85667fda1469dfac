"""The particle table of PyTables: make it, ask it in several ways, count what an answer costs."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tables

from course_lib import counters

_BLOCK = 100_000


class Particle(tables.IsDescription):
    """One row: what a detector says about a particle, 36 bytes."""

    name = tables.StringCol(16)
    number = tables.Int64Col()
    pressure = tables.Float32Col()
    energy = tables.Float64Col()


@dataclass(frozen=True)
class Answer:
    """What a question to the table gave and cost.

    Attributes
    ----------
    hits : int
        Rows that fit.
    read_bytes : int or None
        Bytes that went through read(); ``None`` where this machine does not tell.
    seconds : float
        Wall time.
    """

    hits: int
    read_bytes: int | None
    seconds: float


def make(path: str | os.PathLike, rows: int, seed: int = 1) -> Path:
    """Write a table of particles, ``/particles``, pressures scattered over 0 to 1000."""
    rng, other = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", Particle, expectedrows=rows)
        for start in range(0, rows, _BLOCK):
            block = np.zeros(min(_BLOCK, rows - start), table.dtype)
            block["number"] = np.arange(start, start + block.size)
            block["name"] = b"particle"
            block["pressure"] = 1000 * rng.random(block.size)
            block["energy"] = other.gamma(2.0, 10.0, block.size)
            table.append(block)
    return Path(path)


def _with_iterrows(table, low: float, high: float) -> int:
    return sum(1 for row in table.iterrows() if low <= row["pressure"] < high)


def _with_where(table, low: float, high: float) -> int:
    return sum(1 for _ in table.where(_condition(low, high)))


def _with_read_where(table, low: float, high: float) -> int:
    return len(table.read_where(_condition(low, high)))


def _with_read(table, low: float, high: float) -> int:
    pressure = table.read()["pressure"]
    return int(((low <= pressure) & (pressure < high)).sum())


def _condition(low: float, high: float) -> str:
    return f"({low} <= pressure) & (pressure < {high})"


_WAYS: dict[str, Callable] = {
    "iterrows": _with_iterrows,
    "where": _with_where,
    "read_where": _with_read_where,
    "read": _with_read,
}
WAYS = tuple(_WAYS)


def ask(path: str | os.PathLike, way: str, low: float, high: float) -> Answer:
    """Count the particles with a pressure from `low` to `high`, in one of the `WAYS`.

    Parameters
    ----------
    path : path
        A file of `make`.
    way : str
        ``"read"`` loads the table; ``"iterrows"`` tests every row in Python; ``"where"``
        lets the library test; ``"read_where"`` returns the rows as an array.
    low, high : float
        Pressures; `high` is outside.

    Raises
    ------
    ValueError
        For an unknown way.
    """
    if way not in _WAYS:
        raise ValueError(f"no way {way!r}; expected one of {', '.join(WAYS)}")
    start = time.perf_counter()
    with counters.watch() as watched, tables.open_file(path) as file:
        hits = _WAYS[way](file.root.particles, low, high)
    return Answer(hits, watched.delta.rchar, time.perf_counter() - start)


def chunks_of_hits(path: str | os.PathLike, low: float, high: float) -> tuple[int, list]:
    """Return the number of chunks of the table, and those that hold a hit, as (index,)."""
    with tables.open_file(path) as file:
        table = file.root.particles
        length = table.chunkshape[0]
        hit = np.unique(table.get_where_list(_condition(low, high)) // length)
        return -(-table.nrows // length), [(int(i),) for i in hit]


def index_pressure(path: str | os.PathLike, kind: str = "full") -> None:
    """Give the column ``pressure`` an index: ``"full"`` is completely sorted (CSI)."""
    with tables.open_file(path, "a") as file:
        column = file.root.particles.cols.pressure
        if column.is_indexed:
            column.remove_index()
        column.create_csindex() if kind == "full" else column.create_index(kind=kind)
