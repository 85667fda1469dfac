"""What the processes of a submission take together: memory, threads, and files without a name.

The verdict process reads it from /proc. A limit of the kernel's counts one process, and private
memory only: memory that is shared, and files that were removed while a process holds them, count
for none.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_SEGMENTS = "/dev/shm"
Held = dict[tuple[int, int], int]
"""Bytes by (device, inode)."""


@dataclass
class Usage:
    """What some processes take, each shared thing counted once.

    Attributes
    ----------
    private : int
        Bytes of memory that one process has for itself, swapped out or not.
    shared : dict
        Bytes of shared memory: memfds, segments, anonymous maps. What no process has open counts
        with the length of its map: nobody tells how much of it is used.
    removed : dict
        Bytes on the disk of files that were removed and are open, or mapped.
    threads : int
    hidden : set of int
        Processes that do not let themselves be looked into.
    """

    private: int = 0
    shared: Held = field(default_factory=dict)
    removed: Held = field(default_factory=dict)
    threads: int = 0
    hidden: set[int] = field(default_factory=set)


def look(pids: Iterable[int], disk: int, owner: int = 0) -> Usage:
    """Add up what processes take.

    Parameters
    ----------
    pids : iterable of int
    disk : int
        The device (``st_dev``) on which the submission writes its files.
    owner : int
        A user that has nothing but this submission: its segments count, open or not.
    """
    found = Usage(shared=_segments(owner) if owner else {})
    mapped: Held = {}
    for pid in pids:
        try:
            status = _status(pid)
            found.threads += int(status["Threads"])
            if "VmRSS" not in status:
                continue  # it has ended
            found.private += _bytes(status, "RssAnon") + _bytes(status, "VmSwap")
            _add_open(found, pid, disk)
            mapped |= _mapped(pid)
        except PermissionError:
            found.hidden.add(pid)
        except OSError:
            continue  # it ends just now
    for key, length in mapped.items():
        (found.removed if key[0] == disk else found.shared).setdefault(key, length)
    return found


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


def _bytes(status: dict[str, str], name: str) -> int:
    return int(status.get(name, "0 kB").split()[0]) << 10


def _segments(owner: int) -> Held:
    """Return the segments of a user, whether or not a process has them open."""
    found: Held = {}
    with os.scandir(_SEGMENTS) as entries:
        for entry in entries:
            try:
                there = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if there.st_uid == owner:
                found[there.st_dev, there.st_ino] = there.st_blocks * 512
    return found


def _add_open(found: Usage, pid: int, disk: int) -> None:
    """Add the files that a process has open and that no name, or no disk, accounts for."""
    for entry in os.listdir(f"/proc/{pid}/fd"):
        try:
            there = os.stat(f"/proc/{pid}/fd/{entry}")
        except FileNotFoundError:
            continue
        if stat.S_ISREG(there.st_mode) and not there.st_nlink:
            kind = found.removed if there.st_dev == disk else found.shared
            kind[there.st_dev, there.st_ino] = there.st_blocks * 512


def _mapped(pid: int) -> Held:
    """Return the lengths of what a process maps of removed files and of shared memory."""
    found: Held = {}
    for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
        if line.endswith(" (deleted)") or _SEGMENTS + "/" in line:
            span, _, _, device, inode = line.split(maxsplit=5)[:5]
            start, end = (int(edge, 16) for edge in span.split("-"))
            major, minor = (int(part, 16) for part in device.split(":"))
            key = os.makedev(major, minor), int(inode)
            found[key] = found.get(key, 0) + end - start
    return found
