"""Rows of `collect`: clean up after killed workers."""

import os
import signal
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from course_lib.checking import check, files
from course_lib.checking.check import Report
from course_lib.checking.given_07.shared import FORK, wait_for


def rows(report: Report, collect: Callable, sweep: Callable, prefix: str) -> None:
    """Add the visible rows; `sweep` is the given function of the notebook."""
    jobs, arrays = make_jobs("", "before its message")
    run = report.run(collect, jobs, prefix, segment_prefix=prefix)
    report.equal("the example", run, arrays, points=0.5)
    right = report.rows[0].ok
    report.true(
        "all workers are started first", right and all_began(jobs), points=0.5,
        message="Start one worker for each job before you wait for the first, in whatever way."
        if right else "This counts once the arrays are right.",
    )  # fmt: skip
    report.at_most(
        "processes left", run.processes, 0, points=0.25,
        message="A process that has ended stays in the list until join().",
    )  # fmt: skip
    report.at_most(
        "blocks left", run.segments, 0, points=0.25,
        message="The workers close their blocks, and nobody unlinks them: that is up to you. And "
        "the killed worker had made its block.",
    )  # fmt: skip
    names = [name for name in files.names(jobs[0]["place"]) if name.startswith("began")]
    report.true(
        "the names of the blocks", right and sorted(names) == ["began-0", "began-1"], points=0.25,
        message="The block of job number i is f\"{prefix}{i}\", and the first job has the number 0."
        if right else "This counts once the arrays are right.",
    )  # fmt: skip
    sweep(prefix)
    jobs, arrays = make_jobs("before its block", "", "after its message")
    run = report.run(collect, jobs, prefix, segment_prefix=prefix)
    report.equal("killed at other moments", run, arrays, points=0.5)
    sweep(prefix)


def do_job(job, name, connection):
    """Make the block of a job and tell its parent; die on the way if the job says so.

    All workers begin before one of them works.
    """
    open(f"{job['place']}/began-{name.rpartition('-')[2]}", "w").close()
    wait_for(job["place"], job["of"], job["patience"], "began")
    array = np.arange(job["items"], dtype=job["dtype"]) + job["first"]
    if job["killed"] == "before its block":
        os.kill(os.getpid(), signal.SIGKILL)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
    if job["killed"] == "before its message":
        os.kill(os.getpid(), signal.SIGKILL)
    connection.send((array.shape, array.dtype.str))
    if job["killed"] == "after its message":
        os.kill(os.getpid(), signal.SIGKILL)
    block.close()


def start_worker(job, name):
    """Start the worker of a job; return its process and the connection that it sends to."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=do_job, args=(job, name, theirs), name="job", daemon=True)
    process.start()
    theirs.close()
    return process, ours


def make_jobs(*killed: str) -> tuple[list, list]:
    """Return (jobs, the arrays that should come)."""
    place = check.workdir("jobs")
    place.chmod(0o777)
    jobs: list[dict[str, Any]] = [
        {"items": 5 + i, "first": 100 * i, "dtype": "<i4", "killed": k, "place": str(place),
         "of": len(killed), "patience": 3000}
        for i, k in enumerate(killed)
    ]  # fmt: skip
    came = [np.arange(j["items"], dtype="<i4") + np.int32(j["first"]) for j in jobs]
    lost = ("before its block", "before its message")
    return jobs, [None if j["killed"] in lost else a for j, a in zip(jobs, came, strict=True)]


def all_began(jobs: list) -> bool:
    """Tell whether all workers of the jobs were there before the first had to give up waiting."""
    names = files.names(jobs[0]["place"])
    began = sum(name.startswith("began") for name in names)
    return began == len(jobs) and "late" not in names
