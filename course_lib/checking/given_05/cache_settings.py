"""Rows of `cache_settings`: a chunk cache for a loop."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking.check import Report
from course_lib.checking.given_05.shared import dataset_file


def rows(report: Report, cache_settings: Callable, folder: Path) -> None:
    """Add the visible rows of `cache_settings`."""
    run = report.run(cache_settings, (300, 3000), (300, 300), 4, 0)
    size = cache_bytes(run.value)
    report.equal("the example: bytes of the cache", size, 3_600_000, points=0.5, of=run)
    path = gzip_file(folder / "rows.h5", (50, 570), (20, 100), "i4")
    run = report.run(cache_settings, (50, 570), (20, 100), 4, 0)
    reads, size = chunk_reads(path, run.value, 0), cache_bytes(run.value)
    report.equal("chunk reads of a loop over rows", reads, 18, points=0.25, of=run)
    report.equal("and with the smallest cache", size, 48_000, points=0.5, of=run)
    run = report.run(cache_settings, (60, 100), (20, 100), 8, 0)
    label = "slices that lie in one chunk, with those beside them"
    report.equal(label, cache_bytes(run.value), 16_000, points=0.25, of=run)
    for label, shape, chunks in (
        ("chunks that no second slice needs", (60, 600), (1, 100)),
        ("a loop of one step", (1, 600), (8, 100)),
    ):
        run = report.run(cache_settings, shape, chunks, 4, 0)
        report.equal(label, cache_bytes(run.value), 0, points=0.25, of=run)


def gzip_file(path, shape: tuple, chunks: tuple, dtype: str) -> str:
    """Write a compressed dataset ``x``. Its axes can grow, so a chunk may be longer than one."""
    import numpy as np

    x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    how = {"compression": "gzip", "compression_opts": 1, "maxshape": (None,) * len(shape)}
    return dataset_file(path, x, chunks=chunks, **how)


def cache_bytes(settings) -> int | str:
    """Return the cache size that came, or a text that says why there is none."""
    import numpy as np

    size = settings.get("rdcc_nbytes") if type(settings) is dict else None
    size = size.item() if isinstance(size, np.integer) else size
    if type(size) is int and 0 <= size <= 1 << 30:
        return size
    return "no settings with rdcc_nbytes, a whole number of bytes"


def chunk_reads(path: str, settings, axis: int) -> int | str:
    """Walk along an axis of the dataset ``x`` and count how often a chunk is read."""
    import h5py

    from course_lib.recording import RecordingFile

    size = cache_bytes(settings)
    if type(size) is str:
        return size
    with RecordingFile(path) as raw, h5py.File(raw, "r", rdcc_nbytes=size) as file:
        x = file["x"]
        places = {x.id.get_chunk_info(k).byte_offset for k in range(x.id.get_num_chunks())}
        raw.log.clear()
        for i in range(x.shape[axis]):
            x[(slice(None),) * axis + (i,)]
        return sum(offset in places for offset, _ in raw.log.entries)
