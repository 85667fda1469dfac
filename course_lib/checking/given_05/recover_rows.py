"""Rows of `recover_rows`: what a dead writer had flushed."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files, hdf5_files
from course_lib.checking.check import Report

FLUSHED = 200
"""Rows that the dead writer of the example had flushed."""


def rows(report: Report, recover: Callable, folder: Path) -> None:
    """Add the visible rows of `recover_rows`."""
    table, target = written(), str(folder / "safe.h5")
    path, content = dead_file(folder / "dead.h5", table, FLUSHED)
    run = report.run(recover, path, target)
    found = hdf5_files.contents(target)
    attributes = {"unit": "K", "offset": 273.15}
    report.equal("the example: how many rows are safe", run, FLUSHED, points=0.5)
    report.equal("the rows in the target", found.value("rows"), table[:FLUSHED], points=0.5, of=run)
    report.equal("their attributes", found.attrs("rows"), attributes, points=0.25, of=run)
    right, same = report.rows[1].ok, files.read_bytes(path) == content
    report.true(
        "the dead file is as it was", right and same, points=0.25,
        message="This counts once the rows are right." if same else
        "Something was written to the dead file. It may be all there is: open it for reading.",
    )  # fmt: skip
    run = report.run(recover, dead_file(folder / "soon.h5", table, 0)[0], target)
    report.equal("a writer that died before its first flush", run, 0, points=0.25)
    os.unlink(target) if os.path.isfile(target) else None
    junk = files.put(folder / "junk.h5", content[100:3000], durable=False)
    run = report.run(recover, junk, target)
    report.raises("a file that is no HDF5 file", run, OSError, points=0.25)
    right, none = right and report.rows[-1].ok, not os.path.lexists(target)
    report.true(
        "makes no target", right and none, points=0.25,
        message="This counts once the rows are right and the error is raised." if none else
        "A target was made of a file that cannot be read. Open the dead file first.",
    )  # fmt: skip


def written():
    """Return 260 rows of which the last 60 were never flushed."""
    import numpy as np

    table = np.random.default_rng(13).random((260, 8), dtype="f4")
    table[FLUSHED:] = 0
    return table


def dead_file(path, rows, complete: int) -> tuple:
    """Leave a file as a killed SWMR writer does: a copy, taken while the file is open."""
    import h5py

    live = os.fspath(path) + ".live"
    shape, chunks = (0, *rows.shape[1:]), (50, *rows.shape[1:])
    with h5py.File(live, "w", libver="latest") as file:
        dataset = file.create_dataset(
            "rows", shape, rows.dtype, maxshape=(None, *rows.shape[1:]), chunks=chunks
        )
        dataset.attrs["unit"], dataset.attrs["offset"] = "K", 273.15
        done = file.create_dataset("complete", (), "i8")
        file.swmr_mode = True
        dataset.resize(len(rows), axis=0)
        dataset[...] = rows
        done[...] = complete
        file.flush()
        content = files.read_bytes(live)
    return files.put(path, content, durable=False), content
