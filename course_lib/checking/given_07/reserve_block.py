"""Rows of `reserve_block`: a block that is really there."""

import errno
import os
from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.given_07.shared import item, number, sweep


def rows(report: Report, use: Callable, sweep: Callable, prefix: str) -> None:
    """Add the visible rows.

    `use` and `sweep` are the given functions of the notebook.
    """
    run = report.run(use, prefix, 1 << 20, 0, segment_prefix=prefix)
    label, size, taken = "the example: size of the block", item(run, "size"), number(run, "taken")
    report.equal(label, size, 1 << 20, points=0.25, of=run)
    right = report.rows[-1].ok
    report.true(
        "memory that it takes", right and taken >= 1 << 20, points=0.25, of=run,
        got=f"{taken} bytes", expected="1048576 bytes",
        message="The block has a size, and no memory: the first touch may be SIGBUS. "
        "os.posix_fallocate takes the memory." if right else "This counts once there is a block.",
    )  # fmt: skip
    sweep(prefix)
    huge = report.run(use, f"{prefix}-huge", 1 << 20, 1 << 60)
    run = report.run(use, prefix, 50 * 4096, 60 * 4096, False, 100 * 4096, segment_prefix=prefix)
    label, came = (
        "errno when others need the room, or half of it",
        [item(huge, "errno"), item(run, "errno")],
    )
    report.equal(label, came, [errno.ENOSPC] * 2, points=0.25, of=run)
    left = "You refused, and left the block."
    report.at_most("blocks left then", run.segments, 0, points=0.25, message=left)
    sweep(prefix)
    run = report.run(use, prefix, 50 * 4096, 50 * 4096, False, 100 * 4096)
    label = "size of a block that leaves just enough"
    report.equal(label, item(run, "size"), 50 * 4096, points=0.25, of=run)
    report.at_most(
        "descriptors left", run.descriptors, 0, points=0.25,
        message="Close the block and the file: each has a descriptor.",
    )  # fmt: skip


def use(reserve_block: Callable, name, nbytes, keep_free, full=False, room=0) -> dict:
    """Call `reserve_block`; return the bytes of the block and the bytes that it takes.

    Parameters
    ----------
    full : bool
        True to let others be faster: they take the room between the question and the call.
    room : int
        Bytes that seem to be free, a multiple of 4096; 0 for those that are.
    """
    taken, ask = os.posix_fallocate, os.statvfs

    def no_room(fd, offset, length):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def seeming(path):
        held = os.stat(f"/dev/shm/{name}").st_blocks if os.path.exists(f"/dev/shm/{name}") else 0
        free = (room - 512 * held) // 4096
        # Blocks of 4096 bytes; root may use more than others, and transfers have another size.
        return os.statvfs_result((65536, 4096, 9 << 20, free + 5000, free, 99, 99, 99, 0, 255))

    os.posix_fallocate = no_room if full else taken
    os.statvfs = seeming if room else ask
    try:
        reserve_block(name, nbytes, keep_free)
    except OSError as error:
        if type(error) is not OSError:
            raise
        return {"size": None, "taken": None, "errno": error.errno}
    finally:
        os.posix_fallocate, os.statvfs = taken, ask
    try:
        block = os.stat(f"/dev/shm/{name}")
    except FileNotFoundError:
        return {"size": None, "taken": None, "errno": 0}
    sweep(name)
    return {"size": block.st_size, "taken": block.st_blocks * 512, "errno": 0}
