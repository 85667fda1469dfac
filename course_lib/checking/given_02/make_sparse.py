"""Rows of `make_sparse`: a sparse file."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Count, Outcome


def rows(report: Report, make: Callable, folder: Path) -> None:
    """Add the visible rows."""
    case(report, make, folder / "a.raw", "the example", 1_000_000, [(999_998, b"ab")], (0.25, 0.5))
    pieces = [(0, b"begin"), (2_500_000, b"middle")]
    case(report, make, folder / "b.raw", "two pieces in 4 MiB", 4 << 20, pieces, (0.25, 0.25))
    path = files.put(folder / "old.raw", b"old" * 40_000)
    case(report, make, path, "a longer old file", 100_000, [(50_000, b"!")], (0.25, 0))


def case(
    report: Report, make: Callable, path, label: str, size: int, pieces: list, points: tuple
) -> None:
    """Make one file, and add its rows."""
    run = report.run(make, str(path), size, pieces)
    sparse_rows(report, run, label, str(path), size, pieces, points)


def sparse_content(path, size: int, pieces: list) -> str:
    """Tell whether a file is as asked for, with a few words if it is not."""
    content, expected = files.read_bytes(path, size), bytearray(size)
    if isinstance(content, str):
        return content
    for offset, piece in pieces:
        expected[offset : offset + len(piece)] = piece
    if content == expected:
        return "as asked for"
    at = next(i for i, (a, b) in enumerate(zip(content, expected, strict=True)) if a != b)
    return f"other content: byte {at:,} is {content[at]}, not {expected[at]}"


def sparse_rows(
    report: Report, run: Outcome, label: str, path, size: int, pieces: list, points: tuple
) -> None:
    """Add a row for the content of a sparse file, and one for its room on the disk."""
    found = sparse_content(path, size, pieces)
    report.equal(label, found, "as asked for", points=points[0], of=run)
    if points[1]:
        report.at_most(
            f"{label}: room on the disk",
            _on_disk(path, run),
            64 << 10,
            points=points[1],
            message="You wrote the zeros, too, or reserved room for them. Give the file "
            "its size without writing: truncate.",
        )


def _on_disk(path, run: Outcome) -> Count:
    """Count the bytes that a file takes on the disk, if this file system has holes."""
    probe = files.put(os.path.join(os.path.dirname(path), "probe.raw"), b"")
    os.truncate(probe, 1 << 20)
    taken = files.allocated(path)
    holes = files.allocated(probe)
    if isinstance(taken, str) or isinstance(holes, str) or holes > 64 << 10:
        return Count(None, "bytes", "this file system has no holes", run=run.number)
    return Count(taken, "bytes", run=run.number)
