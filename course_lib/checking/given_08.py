"""Make the stores of the capstone, judge what came, and tell what mistakes give.

The checks of the capstone call these functions, so that a check stays a few lines long.
"""

import os
from math import inf, prod

from course_lib.checking import files, workload, zarr_files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def warm_up(path: str) -> None:
    """Use Zarr once, so that its start counts for nobody."""
    import numpy as np
    import zarr

    array = zarr.create_array(
        path, shape=(4, 64, 64), chunks=(1, 32, 32), shards=(1, 64, 64), dtype="f4",
        compressors=workload.compressors_of("zstd"),
    )  # fmt: skip
    array[:] = 1
    assert float(np.asarray(array[:]).sum()) == array.size


# 1. What a trace costs


def cost(shape: tuple, layout: dict, trace: list, mistake: str = "") -> dict:
    """Return what `trace_cost` should, or what it does with one mistake."""
    chunks, total = layout["chunks"], {"requests": 0, "read": 0, "written": 0}
    per_file = chunks if mistake == "shards" else layout["shards"] or chunks
    reads = layout["shards"] or chunks if mistake == "reads shards" else chunks
    for query in trace:
        size = (1 if mistake == "items" else 4) * prod(reads)
        requests = _requests(query, shape, reads, mistake)
        if query["kind"] == "append":
            size = (1 if mistake == "items" else 4) * prod(per_file)
            slabs = _grid(shape, per_file, mistake)
            later = query["day"] % per_file[0] > 0 or mistake == "always reads"
            requests = prod(slabs[1:]) if later and mistake != "only writes" else 0
            total["written"] += prod(slabs[1:]) * size
        total["requests"] += requests
        total["read"] += requests * size
    return total


def _grid(shape: tuple, chunks: tuple, mistake: str) -> list:
    if mistake == "down":
        return [n // c for n, c in zip(shape, chunks, strict=True)]
    return [-(-n // c) for n, c in zip(shape, chunks, strict=True)]


def _requests(query: dict, shape: tuple, chunks: tuple, mistake: str) -> int:
    days, rows, columns = _grid(shape, chunks, mistake)
    if query["kind"] == "map":
        return rows * columns
    if query["kind"] == "series":
        return days
    points = [tuple(point) for point in query.get("at", [])]
    if mistake == "points":
        return len(points)
    if mistake == "different points":
        return len(set(points))
    return len({tuple(i // c for i, c in zip(p, chunks, strict=True)) for p in points})


_COSTLY = {
    "down": "The chunks at the edge count, too: round up.",
    "items": "A value has 4 bytes.",
    "points": "Points in the same chunk need it once.",
    "different points": "Different points may lie in the same chunk, which is fetched once.",
    "always reads": "The first day of a file finds no file that it has to read.",
    "only writes": "A file that holds earlier days is read before it is written.",
    "shards": "A read fetches chunks, an append whole files: with shards, these are shards.",
    "reads shards": "A read fetches single chunks, also out of a shard.",
}


def wrong_costs(shape: tuple, layout: dict, trace: list) -> list:
    """Return what mistakes make of the cost, as `known` wants it."""
    right = cost(shape, layout, trace)
    found = [(cost(shape, layout, trace, mistake), text) for mistake, text in _COSTLY.items()]
    return [(wrong, text) for wrong, text in found if wrong != right]


# 2. A layout


def judge_layout(
    report: Report, label: str, run: Outcome, cube, trace, most_files: int, reference: int,
    points: tuple, message: str, disk: float = 0.75,
) -> None:  # fmt: skip
    """Add the rows of a layout: files, disk, and the price against that of the reference."""
    wrong = _why_not(run.value, cube.shape, most_files)
    report.true(
        f"{label}: a layout of few files", not wrong, points=points[0], of=run, got=run.value,
        message=wrong, expected=f"a layout with at most {most_files} files",
    )  # fmt: skip
    bad = wrong or run.error
    layout = run.value if isinstance(run.value, dict) else {}
    came = {"price": inf, "disk": inf} if bad else workload.price(cube, layout, trace)
    later, limit = "This counts once the layout is valid.", int(disk * cube.nbytes)
    report.true(
        f"{label}: size on disk", came["disk"] <= limit, points=points[1], of=run,
        got="" if wrong else f"{came['disk']:,} bytes", expected=f"at most {limit:,} bytes",
        message=later if wrong else "Another codec, or larger chunks, take fewer bytes.",
    )  # fmt: skip
    for factor, worth in zip((1.5, FACTOR), points[2:], strict=False):
        report.true(
            f"{label}: {factor} times the reference", came["price"] <= factor * reference,
            points=worth, of=run, got="" if wrong else f"{came['price']:,}",
            expected=f"at most {int(factor * reference):,}", message=later if wrong else message,
        )  # fmt: skip


FACTOR = 1.05
"""Who forgets the maps, the series or the appends of the first trace pays 1.08 times and more."""


def _why_not(layout, shape: tuple, most_files: int) -> str:
    if layout is None:
        return "got None: does the function end with return?"
    count = 0 if workload.why_not(layout, shape) else workload.file_count(shape, layout)
    many = f"{count} files are too many: let chunks share a shard."
    return workload.why_not(layout, shape) or (many if count > most_files else "")


# 3. A store


def blocks(folder, cube, lengths: list) -> str:
    """Write a cube as blocks of some lengths."""
    import numpy as np

    folder.mkdir()
    ends = np.cumsum(lengths)
    for number, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        np.save(folder / f"block-{number:03}.npy", cube[end - length : end])
    folder.chmod(0o755)
    return str(folder)


def layout_of(path: str) -> dict | str:
    """Return the layout of the store, or a text that says why not."""
    found = zarr_files.read(path, packed=True)
    if isinstance(found, str):
        return found
    return {"chunks": found.chunks, "shards": found.shards, "codec": found.codec}


def values_of(path: str):
    """Return the values of the store, or a text that says why not."""
    return zarr_files.part(path, "values", packed=True)


def bytes_on_disk(path: str) -> int:
    """Return the bytes of all files below a folder; links count nothing."""
    found = [os.path.join(place, name) for place, _, names in os.walk(path) for name in names]
    return sum(size for size in map(files.size, found) if type(size) is int)


_ITS_OWN = "It has another codec: give `compressors`. Without it, Zarr compresses in its own way."
RAW = (lambda v: type(v) is str and "compressors=None" in v, _ITS_OWN)


def wrong_stores(cube) -> list:
    """Return what mistakes make of the values of a store, as `known` wants it."""
    import numpy as np

    def is_another_order(v):
        same = v.shape == cube.shape and v.dtype == cube.dtype and not np.array_equal(v, cube)
        return same and np.array_equal(np.sort(v, axis=0), np.sort(cube, axis=0))

    def lacks_the_end(v):
        n = next((i for i in range(len(v), 0, -1) if v[i - 1].any()), 0)
        return v.shape == cube.shape and n < len(v) and np.array_equal(v[:n], cube[:n])

    return [
        RAW, *files.TROUBLE,
        (lambda v: v.dtype != cube.dtype and np.array_equal(v, cube),
         "The values are right, and float32 is asked for."),
        (is_another_order, "The days are there, in another order. Sort the names of the blocks."),
        (lacks_the_end, "The last days are missing: write what is left at the end."),
    ]  # fmt: skip


# 4. Answers


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


def wrong_answers(right: list) -> list:
    """Return what mistakes make of the answers, as `known` wants it."""
    import numpy as np

    def flat(found):
        return [np.asarray(a).ravel().tolist() for a in found]

    def has_other_shapes(found):
        return flat(found) == flat(right) and [a.shape for a in found] != [a.shape for a in right]

    def has_other_dtypes(found):
        return flat(found) == flat(right) and [a.dtype for a in found] != [a.dtype for a in right]

    return [
        (has_other_shapes, "The values are right, but not the shapes: a map has two axes, a series "
         "and points have one."),
        (has_other_dtypes, "The values are right. The answers have the dtype of the cube."),
    ]  # fmt: skip


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
    report.equal(f"{label}: the answers", run, right, points=points[0], known=wrong_answers(right))
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


# 5. A tail


def store_group(path, cube, tail, chunks: tuple) -> str:
    """Store a cube and its tail, such that the student's process may change them."""
    import zarr

    group = zarr.create_group(str(path))
    for name, values, shape in (("cube", cube, chunks), ("tail", tail, (1, *cube.shape[1:]))):
        made = group.create_array(
            name, shape=values.shape, chunks=shape, dtype=values.dtype, compressors=None
        )
        made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


def both(path: str) -> list:
    """Return what is stored, or texts that say why not."""
    return [zarr_files.part(os.path.join(path, name), "values") for name in ("cube", "tail")]


def missing(stored: list) -> list:
    """Return the reason why an array cannot be read, as `known` wants it."""
    names = ("cube", "tail")
    found = [f"{n}: {v}" for n, v in zip(names, stored, strict=True) if type(v) is str]
    return [(lambda v: True, "; ".join(found))] if found else []
