"""What a call costs, as the kernel counts it: bytes read and written, and memory.

All processes of the family count. Whether the kernel's counters work is found out before; one
that fails for a single call has been taken away by it.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from course_lib.checking.processes import Family, Process, each, growth, without_helpers
from course_lib.system import instruments, procfs

_FIGURES = {
    "bytes_read": "rchar",
    "reads": "syscr",
    "bytes_written": "wchar",
    "bytes_dirtied": "write_bytes",
}
_READING = ("bytes_read", "reads")
_OTHERS = "another process took part, and its memory is not counted: do the work in one process"


@dataclass(frozen=True)
class Told:
    """A figure.

    Attributes
    ----------
    value : int or None
        None where it is not known.
    why : str
        Why it is not known.
    failed : bool
        True if it could have been told, and the call has prevented it.
    """

    value: int | None
    why: str = ""
    failed: bool = False


class Cost:
    """The counters of a process and of all below it, around one call.

    Parameters
    ----------
    pid : int
        The process that runs the function.
    remote : bool
        True if that is not this process, but one in a jail.
    """

    def __init__(self, pid: int, remote: bool):
        self.remote, self.family = remote, Family(pid, jailed=remote)
        self._failed: dict[str, str] = {}
        self._first: dict = {}
        self._io: dict = {}
        self._asking: dict[str, int] = {}
        self._settling: _Memory | None = None
        self._memory: _Memory | None = None
        self._settled: int | None = 0

    def before_settling(self) -> None:
        """Read the counters of the student's processes: to settle is code of theirs, too."""
        self._settling = self._ask("peak", lambda: _Memory(self.family))
        self._first = self._ask("proc_io", self._read_io) or {}

    def before_call(self) -> None:
        """Read the counters, those of this process last: to read them counts, too."""
        settling = self._settling
        self._settled = self._ask("peak", settling.growth) if settling else 0
        self._memory = self._ask("peak", lambda: _Memory(self.family))
        self._io = self._ask("proc_io", self._read_io) or {}
        if not self.remote:
            self._ask("proc_io", self._ask_myself_again)

    def _ask_myself_again(self) -> None:
        """Find out what reading the counters adds to them when a process asks itself."""
        key = next(iter(self.family.now()))
        first, second = self._io[key], procfs.io(self.family.pid)
        self._asking = {name: second[name] - first[name] for name in first}
        self._io[key] = second

    def after_call(self) -> dict[str, Told]:
        """Return the figures: bytes and calls, and ``"peak"``."""
        own = None if self.remote else self._ask("proc_io", partial(procfs.io, self.family.pid))
        self.family.forget()
        after = self._ask("proc_io", lambda: self._read_io(own))
        told = {name: self._bytes(name, after) for name in _FIGURES}
        return told | {"peak": self._peak()}

    def _ask(self, instrument: str, question: Callable):
        """Return the answer; None where the instrument does not work, or has failed now."""
        if not instruments.works(instrument) or instrument in self._failed:
            return None
        try:
            return question()
        except OSError as error:
            self._failed[instrument] = f"the counters cannot be read any more: {error.strerror}"
            return None

    def _missing(self, instrument: str) -> Told:
        failed = self._failed.get(instrument, "")
        return Told(None, failed or instruments.available(instrument).why, bool(failed))

    def _read_io(self, own: dict[str, int] | None = None) -> dict:
        now = self.family.now()
        found = each(now.values(), procfs.io)
        if own is not None:
            found[next(iter(now))] = own
        return found

    def _bytes(self, name: str, after: dict | None) -> Told:
        if after is None:
            return self._missing("proc_io")
        key = _FIGURES[name]
        before = self._first if self.remote and name in _READING else self._io
        return Told(max(0, growth(before, after, key) - self._asking.get(key, 0)))

    def _peak(self) -> Told:
        memory, settled = self._memory, self._settled
        grown = self._ask("peak", memory.growth) if memory else None
        if grown is None or settled is None:
            return self._missing("peak")
        if min(grown, settled) < 0:
            return Told(None, _OTHERS, failed=True)
        return Told(max(grown, settled))


class _Memory:
    """The memory of a family from now on: sets the high-water marks of all its processes back."""

    def __init__(self, family: Family):
        self._family, now = family, family.now()
        self._ended = family.faults_of_ended(now.values())
        self._before, self._files = now, _files_in_memory(now.values())
        self._peaks = each(_not_ended(now.values()), _reset_peak)

    def growth(self) -> int:
        """Return the bytes by which they grew; -1 if others took part, whose peak nobody knows."""
        now = self._family.now()
        new = [process for key, process in now.items() if key not in self._before]
        ended = self._family.faults_of_ended(now.values()) != self._ended
        if ended or without_helpers(new) or not all(self._lasts(key, now) for key in self._peaks):
            return -1
        peaks = each([now[key] for key in self._peaks], _peak)
        files = _files_in_memory(now.values())
        more = sum(max(0, size - self._files.get(key, 0)) for key, size in files.items())
        return growth(self._peaks, peaks, "VmHWM") + more

    def _lasts(self, key: tuple[int, int], now: dict) -> bool:
        """Tell whether a process is still there with the same program."""
        return key in now and now[key].program == self._before[key].program


def _not_ended(found: Iterable[Process]) -> list[Process]:
    return [process for process in found if not process.zombie]


def _peak(pid: int) -> dict[str, int]:
    return {"VmHWM": procfs.status(pid).get("VmHWM", 0)}


def _reset_peak(pid: int) -> dict[str, int]:
    procfs.reset_peak(pid)
    return _peak(pid)


def _files_in_memory(found: Iterable[Process]) -> dict[tuple[int, int], int]:
    """Return the bytes of open files without a disk: they are memory, and no process's own."""
    sizes = {}
    for process in _not_ended(found):
        for number, target in procfs.descriptors(process.pid).items():
            if target.startswith(("/memfd:", "/dev/shm/")):
                status = os.stat(f"/proc/{process.pid}/fd/{number}")
                sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sizes
