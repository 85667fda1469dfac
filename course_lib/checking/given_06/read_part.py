"""Rows of `read_part`: a part of a compressed array."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report


def rows(report: Report, read_part: Callable, folder: Path) -> None:
    """Add the visible rows of `read_part`."""
    import numpy as np

    x = np.arange(10.0)
    path = files.put(folder / "small.blk", blocks_of(x, 4))
    report.equal("the example", report.run(read_part, path, 3, 6), x[3:6], points=0.5)
    run = report.run(read_part, path, 8, 20)
    report.equal("the last block, and beyond the end", run, x[8:], points=0.25)
    x = np.random.default_rng(22).random(60_000)
    path = files.put(folder / "large.blk", blocks_of(x, 1000))
    run = report.run(read_part, path, 41_500, 42_500)
    report.equal("1000 items out of 60,000", run, x[41_500:42_500], points=0.25)
    report.at_most(
        "bytes read", run.bytes_read, 50_000, points=0.75,
        message="You read more than the header and two blocks. The table tells where they lie: seek there.",
    )  # fmt: skip
    report.at_most(
        "reads", run.reads, 8, points=0.25,
        message="You read the table entry by entry, or more blocks than needed. Neighbours are one read.",
    )  # fmt: skip
    path = files.put(folder / "damaged.blk", blocks_of(x, 1000, damaged=(0, 7, 9, 59)))
    run = report.run(read_part, path, 8000, 9000)
    label = "one whole block, its neighbours are damaged"
    report.equal(label, run, x[8000:9000], points=0.5)
    right, run = report.rows[-1].ok, report.run(read_part, path, 6500, 8200)
    names_block(report, "the damaged block 7 is needed", run, 7, right, points=0.5)


def blocks_of(x, block_items: int, damaged: tuple = ()) -> bytes:
    """Return the content of a file of blocks, some of them damaged."""
    import numpy as np

    starts = range(0, len(x), block_items)
    blocks = [zlib.compress(x[i : i + block_items].tobytes(), 1) for i in starts]
    blocks = [bytes(len(b)) if k in damaged else b for k, b in enumerate(blocks)]
    places = 16 + 8 * (len(blocks) + 1) + np.cumsum([0, *map(len, blocks)])
    head = struct.pack("<QQ", len(x), block_items)
    return head + places.astype("<u8").tobytes() + b"".join(blocks)


def names_block(report: Report, label: str, run, number: int, right: bool, points: float) -> None:
    """Add the row of a damaged block. An answer that refuses all refuses this too: that is 0."""
    if not right:
        waits = "This counts once the blocks that are not damaged come out right."
        report.true(label, False, points=points, message=waits)
        return
    report.raises(label, run, ValueError, mentions=str(number), points=points)  # fmt: skip
