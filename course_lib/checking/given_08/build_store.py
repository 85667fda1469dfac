"""Rows of `build_store`: a store, out of core."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib import data
from course_lib.checking import files, zarr_files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome

ONCE = (
    "Files are written several times. Collect the days until they fill a row of files (shards, if "
    "there are any)."
)


def rows(report: Report, build: Callable, folder: Path) -> None:
    """Add the visible rows of `build_store`."""
    cube = data.temperatures(10, 12, 16, seed=1)
    layout = {"chunks": (4, 6, 8), "shards": None, "codec": "none"}
    run, path = build_from(report, build, folder / "small", cube, [3, 4, 3], layout)
    report.equal("the example: 10 days in 3 blocks", values_of(path), cube, points=0.5, of=run)
    report.equal("its layout", layout_of(path), layout, points=0.5, of=run)
    some = data.temperatures(16, 128, 128, seed=2)
    _large(report, build, folder, some)
    _long(report, build, folder, some[:, :96, :96])


def build_from(
    report: Report, build: Callable, place: Path, cube, lengths: list, layout: dict
) -> tuple[Outcome, str]:
    """Let the answer build a store from blocks of some lengths; return the run and its path."""
    path = f"{place}.zarr"
    return report.run(build, blocks(place, cube, lengths), path, layout), path


def _large(report: Report, build: Callable, folder: Path, some) -> None:
    import numpy as np

    cube = np.concatenate([some + np.float32(k) for k in range(11)])[:163]
    layout = {"chunks": (16, 32, 32), "shards": (16, 128, 128), "codec": "lz4"}
    run, path = build_from(report, build, folder / "large", cube, [7, 11, 5, 9] * 5 + [3], layout)
    stored, limit = bytes_on_disk(path), int(0.9 * cube.nbytes)
    report.equal("163 days of 64 KiB in 21 blocks", values_of(path), cube, points=0.25, of=run)
    right = report.rows[-1].ok
    report.true(
        "size on disk", right and stored <= limit, points=0.5, of=run, got=f"{stored:,} bytes",
        expected=f"at most {limit:,} bytes",
        message="Use the codec of the layout." if right else "This counts once the values are right.",
    )  # fmt: skip
    again = "You read blocks, or what you have written, several times."
    limit = int(1.25 * cube.nbytes)
    report.at_most("bytes read", run.bytes_read, limit, points=0.5, message=again)
    report.at_most("bytes written", run.bytes_written, int(1.1 * stored), points=0.5, message=ONCE)
    report.at_most(
        "memory", run.peak, 12 << 20, points=0.75, analytic=run.held.value,
        message="You hold the whole cube, or the maps of all blocks. Hold a block, and the days of "
        "one row of files.",
    )  # fmt: skip


def _long(report: Report, build: Callable, folder: Path, some) -> None:
    import numpy as np

    cube = np.concatenate([some + np.float32(k) for k in range(25)])
    layout = {"chunks": (4, 96, 96), "shards": None, "codec": "lz4"}
    run, path = build_from(report, build, folder / "long", cube, [40] * 10, layout)
    report.equal("blocks of 40 days, files of 4", values_of(path), cube, points=0.25, of=run)
    report.at_most(
        "memory with these blocks", run.peak, 8 << 20, points=0.5, analytic=run.held.value,
        message="You hold the whole cube, or days pile up: a block may hold the days of several "
        "rows of files. Write all that are full before you read the next block.",
    )  # fmt: skip


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
