"""Rows of `file_crc32`: a checksum in blocks."""

import zlib
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report


def rows(report: Report, function: Callable, folder: Path) -> None:
    """Add the visible rows."""
    run = report.run(function, files.put(folder / "hello.raw", b"hello"), 2)
    report.equal("the example", run, zlib.crc32(b"hello"), points=0.5)
    large(report, function, folder / "large.raw", 2, (0.5, 0.5, 0.5))
    run = report.run(function, files.put(folder / "empty.raw", b""), 4096)
    report.equal("an empty file", run, 0, points=0.25)


def large(report: Report, function: Callable, place: Path, seed: int, points: tuple) -> None:
    """Check a checksum of 4 MiB in blocks of 16 KiB: the value, the memory, the bytes read.

    No byte of the file ends a line, so whoever reads lines reads all of it.
    """
    import numpy as np

    block = 16 << 10
    content = np.random.default_rng(seed).bytes(4 << 20).replace(b"\n", b"\r")
    path = files.put(place, content)
    run = report.run(function, path, block)
    report.equal("4 MiB in blocks of 16 KiB", run, zlib.crc32(content), points=points[0])
    report.at_most(
        "memory",
        run.peak,
        512 << 10,
        points=points[1],
        analytic=run.held.value,
        message="You hold more than a block: the whole file, or pieces of another size, such as a line. "
        "Hold one block of `block_size` bytes at a time.",
    )
    report.at_most(
        "bytes read",
        run.bytes_read,
        int(1.1 * len(content)),
        points=points[2],
        message="You read more than the file holds: once is enough.",
    )
