"""What a function leaves behind: processes, open descriptors, shared memory segments.

Whether these can be told is found out once, before anything of a student's runs. What cannot be
told of one call then is the call's own doing.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from course_lib.checking.processes import Family, without_helpers
from course_lib.system import procfs

UNITS = ("processes", "descriptors", "segments")
_MOMENT = 0.1  # seconds between fork and exec of a helper of multiprocessing
_SHM = "/dev/shm"
_known: dict[str, str] = {}


def self_test() -> dict[str, str]:
    """Return why what is left cannot be told here, by unit; empty texts where it can.

    Examples
    --------
    >>> list(self_test())
    ['processes', 'descriptors', 'segments']
    """
    looks = _looks(Family(os.getpid(), jailed=False), _SHM, "")
    return {unit: _why_not(unit, looks[unit]) for unit in UNITS}


@lru_cache(maxsize=1)
def _tested(pid: int) -> dict[str, str]:
    return self_test()


def believe(found: dict[str, str]) -> None:
    """Take over what `self_test` has found elsewhere; an empty dict takes it back."""
    _known.clear()
    _known.update(found)


@dataclass(frozen=True)
class Left:
    """What was left of one kind.

    Attributes
    ----------
    names : tuple of str or None
        Process ids, numbers of descriptors, names of segments; None where they are not known.
    why : str
        Why they are not known.
    failed : bool
        True if they could have been told, and the call has prevented it.
    """

    names: tuple[str, ...] | None
    why: str = ""
    failed: bool = False


class Leftovers:
    """What is there before a call, to find out what it leaves.

    Parameters
    ----------
    family : Family
        The process that runs the function, and those below it.
    prefix : str
        Segments count only if their name starts like this.
    """

    def __init__(self, family: Family, prefix: str):
        shm = f"/proc/{family.pid}/root{_SHM}" if family.jailed else _SHM
        self._family, self._looks = family, _looks(family, shm, prefix)
        self._why_not = dict(_known or _tested(os.getpid()))
        if not family.jailed and self._why_not["descriptors"]:
            self._looks["descriptors"] = _without_proc
            self._why_not["descriptors"] = ""
        self._before: dict[str, dict[object, str]] = {}
        self._failed: dict[str, str] = {}

    def look_before(self) -> None:
        """Note what is there; asked twice, only what was there both times was there before.

        The first time is before the process frees what earlier calls have left, which is code
        of its own: what it makes then is new.
        """
        for unit, there in self._look().items():
            before = self._before.get(unit, there)
            self._before[unit] = {key: name for key, name in before.items() if key in there}

    def look_after(self) -> dict[str, Left]:
        """Return what has come since, by unit."""
        there = self._look()
        last = time.monotonic() + _MOMENT  # a helper needs a moment to become one
        while time.monotonic() < last and self._new(there, "processes"):
            time.sleep(0.005)
            self._family.forget()
            there |= self._look(["processes"])
        return {unit: self._left(unit, there) for unit in UNITS}

    def _look(self, units=UNITS) -> dict[str, dict[object, str]]:
        found: dict[str, dict[object, str]] = {}
        for unit in units:
            if self._why_not[unit]:
                continue
            try:
                found[unit] = self._looks[unit]()
            except OSError as error:
                self._failed[unit] = f"the {unit} cannot be read any more: {error.strerror}"
                found[unit] = {}
        return found

    def _new(self, there: dict[str, dict[object, str]], unit: str) -> list[str]:
        before = self._before.get(unit, {})
        return [name for key, name in there.get(unit, {}).items() if key not in before]

    def _left(self, unit: str, there: dict[str, dict[object, str]]) -> Left:
        if self._why_not[unit]:
            return Left(None, self._why_not[unit])
        if unit in self._failed:
            return Left(None, self._failed[unit], failed=True)
        return Left(tuple(sorted(self._new(there, unit))))


Look = Callable[[], dict[object, str]]


def _looks(family: Family, shm: str, prefix: str) -> dict[str, Look]:
    """Return what lists the things of each unit: what tells one from all others, and its name."""
    return {
        "processes": lambda: _processes(family),
        "descriptors": lambda: _descriptors(family.pid),
        "segments": lambda: _segments(shm, prefix),
    }


def _why_not(unit: str, look: Look) -> str:
    try:
        look()
    except OSError:
        return f"{unit} of a process are not told here"
    return ""


def _processes(family: Family) -> dict[object, str]:
    """Return the processes but for helpers, and for those that only wait for the jail's first."""
    found = [
        process for process in family.now().values()
        if process.pid != family.pid and not (process.zombie and process.parent == family.root
                                              and family.jailed)
    ]  # fmt: skip
    return {process.key: str(process.pid) for process in without_helpers(found)}


def _descriptors(pid: int) -> dict[object, str]:
    """Return the open descriptors by number and file: another file at a number is another one."""
    found: dict[object, str] = {}
    for number, target in procfs.descriptors(pid).items():
        if _is_arena(target):
            continue
        try:
            status = os.stat(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            continue
        found[number, status.st_dev, status.st_ino] = str(number)
    return found


def _without_proc() -> dict[object, str]:
    from course_lib.checking import portable  # most machines never need it

    return {number: str(number) for number in portable.descriptors()}


def _segments(folder: str, prefix: str) -> dict[object, str]:
    return {name: name for name in os.listdir(folder) if name.startswith(prefix)}


def _is_arena(file: str) -> bool:
    """Tell whether a descriptor is of the memory that multiprocessing keeps for more arrays.

    It makes one with the first Array or RawArray, and keeps it for the next: nobody leaks it.
    """
    return os.path.basename(file).startswith("pym-") and file.endswith(" (deleted)")
