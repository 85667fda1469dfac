"""Rows of `drop_from_cache`: no page of a file is left."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome

PAGES_LEFT = (
    "Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with "
    "a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards."
)


def dirty_message(report: Report) -> str:
    """Say why pages of a file that was just written are left; ask right after the clean file."""
    if not report.rows[-1].ok:
        return "First drop the pages of a file that is on the disk."
    return "The kernel drops clean pages only. Write the dirty ones to the disk first: os.fsync."


def rows(report: Report, drop: Callable, folder: Path) -> None:
    """Add the visible rows."""
    import numpy as np

    data = np.random.default_rng(1).bytes(1 << 20)
    path = files.put(folder / "table.raw", data)
    drop_rows(report, drop, path, data, (0.5, 0.75), "the example", PAGES_LEFT)
    dirty = dirty_message(report)
    path = files.put(folder / "dirty.raw", data[:-1000], durable=False)
    run = drop_rows(report, drop, path, data[:-1000], (0.25, 0.5), "just written", dirty)
    report.at_most(
        "descriptors left open",
        run.descriptors,
        0,
        points=0.25,
        message="A descriptor from os.open stays open until os.close.",
    )
    run = report.run(drop, str(folder / "missing.raw"))
    report.raises("a missing file", run, FileNotFoundError, points=0.25)


def drop_rows(
    report: Report,
    drop: Callable,
    path: str,
    content: bytes,
    points: tuple,
    label: str,
    message: str,
) -> Outcome:
    """Check a file that is to be dropped: size and content, then the pages that are left.

    Parameters
    ----------
    points : tuple of (float, float)
        Of the row for size and content, and of that for the pages.
    message : str
        What to learn where pages are left.
    """
    run = report.run(drop, path, watch=[path])
    size, kept = f"{label}: its size", files.read_bytes(path) == content
    if run.error is None and not kept:
        text = "The content has changed. The file must stay as it is."
        report.true(size, False, points=points[0], of=run, got=run.value, message=text)
    else:
        report.equal(size, run, len(content), points=points[0])
    report.at_most(
        f"{label}: resident pages afterwards", run.pages, 0, points=points[1], message=message
    )
    return run
