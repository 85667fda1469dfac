"""Rows of `append_stream`: a stream goes to the end of an array."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files, hdf5_files
from course_lib.checking.check import Report
from course_lib.checking.hdf5_files import Contents


def rows(report: Report, append: Callable, folder: Path) -> None:
    """Add the visible rows of `append_stream`."""
    import numpy as np

    rng, path = np.random.default_rng(12), str(folder / "rows.h5")
    first, second = rng.random((10, 4), dtype="f4"), rng.random((5, 4), dtype="f4")
    source = stream_file(folder / "first.raw", first, torn=b"half a r")
    run = report.run(append, path, source, 4)
    content = files.read_bytes(path)
    again = report.run(append, path, stream_file(folder / "second.raw", second), 4)
    found, longer = hdf5_files.each(content, path)
    report.equal("the example: rows after the first call", run, 10, points=0.25)
    report.equal("the array", found.value("rows"), first, points=0.5, of=run)
    report.equal("it can grow", found.maxshape("rows"), (None, 4), points=0.25, of=run)
    report.equal("rows after the second call", again, 15, points=0.25)
    both = np.concatenate([first, second])
    report.equal("the array then", longer.value("rows"), both, points=0.5, of=again)
    _large(report, append, folder)


def _large(report: Report, append: Callable, folder: Path) -> None:
    source, marked = sparse_stream(folder / "large.raw", 7000, 1000, 50)
    run = report.run(append, str(folder / "large.h5"), source, 1000)
    (large,) = hdf5_files.each(folder / "large.h5", rows=140)
    came = thinned(large, (7000, 1000))
    report.equal("a source of 28 MB", came, marked, points=0.25, of=run)
    # A block takes 4 MiB with all caches; h5py keeps 8 MiB of chunks by itself, which makes
    # 10 MiB. The whole source takes 27 MiB, and more with its copies.
    report.at_most(
        "memory for it", run.peak, 11 << 20, points=0.5,
        message="You hold the whole source, or much more than 1 MiB of it. Read a block, append "
        "it, read the next.",
    )  # fmt: skip
    report.at_most(
        "bytes read for it", run.bytes_read, int(1.2 * 4 * 7000 * 1000), points=0.25,
        message="You read more than the source holds: once is enough.",
    )  # fmt: skip


def stream_file(path, rows, torn: bytes = b"") -> str:
    """Write rows of float32 to a raw file, and the beginning of one more."""
    return files.put(path, rows.tobytes() + torn, durable=False)


def sparse_stream(path, rows: int, width: int, step: int) -> tuple:
    """Write rows that are 0 but for every `step`-th, which is fast; return (path, these rows)."""
    import numpy as np

    marked = 1 + np.arange(rows // step * width, dtype="f4").reshape(-1, width)
    with open(files.put(path, b"", durable=False), "r+b") as file:
        file.truncate(rows * width * 4)
        for number, row in enumerate(marked):
            file.seek(number * step * width * 4)
            file.write(row.tobytes())
    return str(path), marked


def thinned(found: Contents, shape: tuple):
    """Return what was read of the dataset ``rows`` of this shape, or why there is none."""
    came = found.shape("rows")
    return found.value("rows") if came in (shape, None) or type(came) is str else f"shape {came}"
