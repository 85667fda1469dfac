"""Rows of `answer_trace`: the answers, and what they fetch."""

from collections.abc import Callable
from pathlib import Path

from course_lib import data
from course_lib.checking import files, workload
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def rows(report: Report, answer: Callable, folder: Path) -> None:
    """Add the visible rows of `answer_trace`."""
    cube = data.temperatures(6, 4, 8, seed=3)
    path = store_cube(folder / "small.zarr", cube, (2, 4, 4))
    trace: list[dict] = [
        {"kind": "series", "row": 0, "column": 5},
        {"kind": "points", "at": [[2, 0, 5]]},
    ]
    run = report.run(answer, path, trace)
    report.equal("the example", run, answers(cube, trace), points=0.5)
    cube, chunks = data.temperatures(48, 64, 64, seed=4), (8, 16, 16)
    trace = workload.make_trace(cube.shape, maps=2, series=8, points=3, seed=84)
    path = store_cube(folder / "large.zarr", cube, chunks)
    run = report.run(answer, path, trace, watch=[path])
    judge_answers(report, "13 queries", run, cube, chunks, path, trace, (0.5, 0.75, 1, 0.75))


def store_cube(path, cube, chunks: tuple) -> str:
    """Store a cube for the test."""
    import zarr

    made = zarr.create_array(
        str(path), shape=cube.shape, chunks=chunks, dtype=cube.dtype,
        compressors=workload.compressors_of("lz4"),
    )  # fmt: skip
    made[...] = cube
    return str(path)


def answers(cube, trace: list) -> list:
    """Return the answers from the cube in memory."""
    import numpy as np

    found = []
    for query in trace:
        if query["kind"] == "map":
            found.append(cube[query["day"]].copy())
        elif query["kind"] == "series":
            found.append(cube[:, query["row"], query["column"]].copy())
        else:
            found.append(np.array([cube[tuple(point)] for point in query["at"]], cube.dtype))
    return found


def needed(shape: tuple, chunks: tuple, query: dict) -> set:
    """Return the chunks that a query needs: a set of their names."""
    import numpy as np

    cells = np.zeros([-(-n // c) for n, c in zip(shape, chunks, strict=True)], bool)
    if query["kind"] == "map":
        cells[query["day"] // chunks[0]] = True
    elif query["kind"] == "series":
        cells[:, query["row"] // chunks[1], query["column"] // chunks[2]] = True
    for point in query.get("at", []):
        cells[tuple(i // c for i, c in zip(point, chunks, strict=True))] = True
    return {"/".join(map(str, index)) for index in np.argwhere(cells)}


def judge_answers(
    report: Report, label: str, run: Outcome, cube, chunks: tuple, path: str, trace: list,
    points: tuple,
) -> None:  # fmt: skip
    """Check the answers, the requests query by query and once for all, and the bytes."""
    each, right = [needed(cube.shape, chunks, query) for query in trace], answers(cube, trace)
    together = set().union(*each)
    report.equal(f"{label}: the answers", run, right, points=points[0])
    report.at_most(
        f"{label}: chunks opened, query by query", run.chunks, sum(map(len, each)),
        points=points[1],
        message="A query opens chunks that it does not need, or the same one for several points.",
    )  # fmt: skip
    report.at_most(
        f"{label}: chunks opened", run.chunks, len(together), points=points[2],
        message="Several queries need the same chunk: read it once, and keep it. Others are not "
        "needed at all.",
    )  # fmt: skip
    if len(points) < 4:  # too small to tell the chunks from the metadata
        return
    there = [files.size(f"{path}/c/{name}") for name in together]
    sizes = sum(size for size in there if type(size) is int)  # the answer may have removed some
    report.at_most(
        f"{label}: bytes read", run.bytes_read, int(1.05 * sizes) + 10_000, points=points[3],
        message="You read more than the chunks that the trace needs, each once.",
    )  # fmt: skip
