"""Rows of `shared_array`: a block that never leaks."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.difference import is_closed_map
from course_lib.checking.given_07.shared import item, look


def rows(report: Report, use: Callable, sweep: Callable, prefix: str) -> None:
    """Add the visible rows; `use` and `sweep` are the given functions of the notebook."""
    values = np.arange(6, dtype="<i4").reshape(2, 3)
    run = report.run(use, prefix, (2, 3), "i4", values, segment_prefix=prefix)
    zeros, seen = np.zeros((2, 3), "<i4"), values.tobytes()
    report.equal("the example: a new array", item(run, "first"), zeros, points=0.25, of=run)
    report.equal("what others see of it", item(run, "others see"), seen, points=0.5, of=run)
    report.at_most(
        "blocks left at the end", run.segments, 0, points=0.5,
        message="The block is still there. close() ends the view of this process; unlink() "
        "removes the name.",
    )  # fmt: skip
    sweep(prefix)
    run = report.run(use, prefix, (2, 3), "<i4", values, "RuntimeError", segment_prefix=prefix)
    ended = item(run, "ended")
    report.equal("the error of the body", ended, "RuntimeError", points=0.5, of=run)
    report.at_most(
        "blocks left after it", run.segments, 0, points=0.5,
        message="The body raised, and the block stayed. Put the end into `finally`.",
    )  # fmt: skip
    sweep(prefix)
    files.put(theirs(prefix), b"theirs" * 10, durable=False)
    run = report.run(use, os.path.basename(theirs(prefix)), (2, 3), "<i4", values)
    report.raises("a name that is taken", run, FileExistsError, points=0.25)
    refused = report.rows[-1].ok
    stays = files.read_bytes(theirs(prefix)) == b"theirs" * 10
    report.true(
        "the other block stays", refused and stays, points=0.25,
        message="This counts once the name is refused." if stays
        else "You removed or changed a block that is not yours.",
    )  # fmt: skip
    sweep(prefix)
    run = report.run(use, prefix, (3, 0), "<f4", np.zeros((3, 0), "<f4"))
    empty = np.zeros((3, 0), "<f4")
    report.equal("an empty array", item(run, "first"), empty, points=0.25, of=run)


def theirs(prefix: str) -> str:
    """Return the path of a block of somebody else."""
    return f"/dev/shm/{prefix}-theirs"


def use(shared_array: Callable, name, shape, dtype, values, fail=None) -> dict:
    """Fill a shared array; return what was there, what others see, and how it ended."""
    seen: dict[str, Any] = {"first": None, "others see": None, "ended": "well"}
    try:
        with shared_array(name, shape, dtype) as array:
            if not isinstance(array, np.ndarray) or is_closed_map(array):
                closed = isinstance(array, np.ndarray)
                kind = "array on a closed block" if closed else type(array).__name__
                return {**seen, "first": f"no usable array: {kind}"}
            seen["first"] = np.array(array)
            array[...] = values
            seen["others see"] = look(name, array.nbytes)
            if fail:
                raise {"RuntimeError": RuntimeError, "SystemExit": SystemExit}[fail](
                    "the body failed"
                )
    except BaseException as error:
        if not fail or seen["first"] is None:  # the body was not reached
            raise
        seen["ended"] = type(error).__name__
    return seen
