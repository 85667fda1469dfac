"""Rows of `trace_cost`: what a trace costs, before anything is stored."""

from collections.abc import Callable
from math import prod

from course_lib.checking.check import Report


def rows(report: Report, trace_cost: Callable) -> None:
    """Add the visible rows of `trace_cost`."""
    example = {"chunks": (5, 4, 4), "shards": None, "codec": "none"}
    plain = {"chunks": (10, 20, 30), "shards": None, "codec": "none"}
    shards = {"chunks": (2, 4, 5), "shards": (6, 8, 10), "codec": "lz4"}
    reads = [{"kind": "map", "day": 1}, {"kind": "series", "row": 7, "column": 0}]
    five = [{"kind": "points", "at": [[0, 0, 0], [9, 19, 29], [10, 0, 0], [0, 0, 0], [99, 49, 69]]}]
    last = {"kind": "append", "day": 19}
    for label, shape, layout, trace, points in (
        ("the example: a map and a series", (10, 8, 8), example, reads, 0.5),
        ("the example: appends of day 5 and 6", (10, 8, 8), example, appends(5, 6), 0.5),
        ("a map and a series, chunks at the edge", (100, 50, 70), plain, reads, 0.5),
        ("five points", (100, 50, 70), plain, five, 1),
        ("two appends, the first into new files", (92, 50, 70), plain, appends(90, 91), 0.5),
        ("a layout with shards", (20, 15, 19), shards, [*reads, last], 0.5),
    ):
        run = report.run(trace_cost, shape, layout, trace)
        report.equal(label, run, cost(shape, layout, trace), points=points)


def appends(*days: int) -> list[dict]:
    """Return a trace of appended days."""
    return [{"kind": "append", "day": day} for day in days]


def cost(shape: tuple, layout: dict, trace: list) -> dict:
    """Return what `trace_cost` should."""
    chunks, total = layout["chunks"], {"requests": 0, "read": 0, "written": 0}
    per_file = layout["shards"] or chunks
    for query in trace:
        size, requests = 4 * prod(chunks), _requests(query, shape, chunks)
        if query["kind"] == "append":
            size, slabs = 4 * prod(per_file), _grid(shape, per_file)
            requests = prod(slabs[1:]) if query["day"] % per_file[0] else 0
            total["written"] += prod(slabs[1:]) * size
        total["requests"] += requests
        total["read"] += requests * size
    return total


def _grid(shape: tuple, chunks: tuple) -> list:
    return [-(-n // c) for n, c in zip(shape, chunks, strict=True)]


def _requests(query: dict, shape: tuple, chunks: tuple) -> int:
    days, rows, columns = _grid(shape, chunks)
    if query["kind"] == "map":
        return rows * columns
    if query["kind"] == "series":
        return days
    points = query.get("at", [])
    return len({tuple(i // c for i, c in zip(p, chunks, strict=True)) for p in points})
