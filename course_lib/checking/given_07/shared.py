"""What several problems of exercise 07 use."""

import multiprocessing.connection
import multiprocessing.forkserver
import multiprocessing.process
import os
import shutil
import time
from multiprocessing import active_children, get_context, resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import cast

from course_lib.checking.outcome import Outcome

# Processes that are started from here on share this one, and do not take each other for strangers.
resource_tracker.ensure_running()

FORK = get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else get_context()


def prefix(letter: str) -> str:
    """Return the start of the names of a problem's blocks."""
    return f"course07-{os.getpid()}-{letter}"


def item(run: Outcome, key: str):
    """Return one entry of what a given function saw, whatever came."""
    return run.value.get(key) if type(run.value) is dict else run.value


def number(run: Outcome, key: str) -> int:
    """Return such an entry if it is a whole number, else -1."""
    found = item(run, key)
    return found if type(found) is int else -1


def look(name: str, nbytes: int) -> bytes | None:
    """Return the first bytes of a block as another process would see them; None if it is gone."""
    try:
        block = SharedMemory(name)
    except (OSError, ValueError):
        return None
    content = bytes(cast(memoryview, block.buf)[:nbytes])
    block.close()
    return content


def sweep(prefix: str) -> int:
    """Remove the blocks that a wrong answer has left, and return how many there were."""
    names = os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []
    left = [name for name in names if name.startswith(prefix)]
    for path in (f"/dev/shm/{name}" for name in left):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.islink(path) or not os.path.getsize(path):
            os.unlink(path)
        else:
            block = SharedMemory(os.path.basename(path))
            block.close()
            block.unlink()
    return len(left)


def clear_up(prefix):
    """End the workers and remove the blocks that a wrong answer has left."""
    for process in active_children():
        if process.name == "job":
            process.kill()
            process.join()
    sweep(prefix)


def wait_for(folder: str, count: int, patience: int, start: str = "") -> None:
    """Wait until there are so many files with names that start so, or somebody gave up."""
    for _ in range(patience):
        names = os.listdir(folder)
        if "late" in names or sum(n.startswith(start) for n in names) >= count:
            return
        time.sleep(0.001)
    open(f"{folder}/late", "w").close()  # nobody else comes: do not wait again
