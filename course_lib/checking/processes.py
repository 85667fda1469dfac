"""The processes of a submission, or of this notebook: which there are, and what they cost.

A function may hand its work to another process, so one process alone is never measured: its
bytes and its memory count with those of all processes below it.
"""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from course_lib.system import procfs

_PASSES = 50  # over the threads of a process, while some of them come and go
_OURS = b"from multiprocessing.%s import main; ?main\\(.*\\)"
_HELPERS = [re.compile(_OURS % name, re.DOTALL) for name in (b"resource_tracker", b"forkserver")]


@dataclass(frozen=True)
class Process:
    """A process, as /proc/PID/stat tells of it.

    Attributes
    ----------
    pid, parent : int
    started : int
        When, in clock ticks: a number may be given to another process later.
    program : int
        Where its stack starts: another value after an exec.
    zombie : bool
        True if it has ended and waits for its parent.
    faults, of_ended : int
        Page faults of its own, and of the children that it has waited for.
    """

    pid: int
    parent: int
    started: int
    program: int
    zombie: bool
    faults: int
    of_ended: int

    @property
    def key(self) -> tuple[int, int]:
        """What no other process ever has: number and start."""
        return self.pid, self.started


def look(pid: int) -> Process | None:
    """Return what the kernel tells of a process; None if there is none."""
    content = _content(f"/proc/{pid}/stat")
    if content is None:
        return None
    state, *fields = content.rpartition(b")")[2].split()
    numbers = list(map(int, fields))
    return Process(
        pid, numbers[0], numbers[18], numbers[24], state == b"Z",
        numbers[6] + numbers[8], numbers[7] + numbers[9],
    )  # fmt: skip


def children(pid: int) -> set[int]:
    """Return the children of a process.

    Each thread has children of its own, which another one inherits when it ends meanwhile: so
    all threads are asked again until none of them has gone.
    """
    found: set[int] = set()
    for _ in range(_PASSES):
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except (FileNotFoundError, ProcessLookupError):
            return found
        answers = [_content(f"/proc/{pid}/task/{thread}/children") for thread in threads]
        found.update(int(child) for answer in answers if answer for child in answer.split())
        if None not in answers:
            break
    return found


def _content(path: str) -> bytes | None:
    """Return what a file of /proc says; None if its process or thread has ended."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except (FileNotFoundError, ProcessLookupError):
        return None


class Family:
    """A process and all that it has started.

    Parameters
    ----------
    pid : int
        The process that runs the function.
    jailed : bool
        True if its parent is the first process of a jail: then all below that one belong to it,
        those that have cut themselves off too.
    """

    def __init__(self, pid: int, jailed: bool):
        self.pid, self.jailed = pid, jailed
        self.root = _alive(pid).parent if jailed else pid
        self._now: dict[tuple[int, int], Process] | None = None

    def forget(self) -> None:
        """Look again at the next question: time has passed."""
        self._now = None

    def now(self) -> dict[tuple[int, int], Process]:
        """Return the processes of the moment by `Process.key`, parents first.

        Raises
        ------
        OSError
            If the kernel does not tell, or the first of them is gone.
        """
        if self._now is None:
            self._now = self._look()
        return self._now

    def _look(self) -> dict[tuple[int, int], Process]:
        first = _alive(self.pid)
        found, todo = {first.key: first}, [*children(self.pid)]
        if self.jailed:
            todo += children(self.root)
        while todo:
            process = look(todo.pop(0))
            if process is not None and process.key not in found:
                found[process.key] = process
                todo += children(process.pid)
        return found

    def faults_of_ended(self, now: Iterable[Process]) -> int:
        """Return the page faults of all processes that have ended: more, if one more has."""
        root = look(self.root) if self.jailed else None
        alive = sum(p.of_ended + (p.faults if p.zombie else 0) for p in now)
        return alive + (root.of_ended if root else 0)


def _alive(pid: int) -> Process:
    process = look(pid)
    if process is None:
        raise procfs.NoSuchProcess(3, f"no process with pid {pid}")
    return process


def each(now: Iterable[Process], ask: Callable[[int], dict[str, int]]) -> dict:
    """Return what `ask` tells of every process, by `Process.key`, but for those that have ended.

    The youngest come first: what a child has read is its parent's when that has waited for it,
    and must not be lost in between.
    """
    found = {}
    for process in reversed(list(now)):
        try:
            found[process.key] = ask(process.pid)
        except ProcessLookupError:
            continue
    return found


def growth(before: dict, after: dict, name: str) -> int:
    """Return by how much the counters of all processes rose; a new one counts from 0."""
    return sum(
        max(0, counters[name] - before.get(key, {}).get(name, 0)) for key, counters in after.items()
    )


def without_helpers(found: Iterable[Process]) -> list[Process]:
    """Leave out what multiprocessing starts for itself: one tracker and one fork server.

    A helper is told by all of its command line and by its program, which is this Python's; a
    word in the command line would be easily borrowed.
    """
    rest, seen = [], set()
    for process in found:
        kind = _helper(process.pid)
        if kind is None or kind in seen:
            rest.append(process)
        seen.add(kind)
    return rest


def _helper(pid: int) -> int | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        same = os.path.samestat(os.stat(f"/proc/{pid}/exe"), os.stat("/proc/self/exe"))
    except OSError:
        return None
    if not same or b"-c" not in words[:-1]:
        return None
    code = words[words.index(b"-c") + 1]
    return next((n for n, form in enumerate(_HELPERS) if form.fullmatch(code)), None)
