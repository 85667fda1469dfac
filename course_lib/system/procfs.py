"""Read Linux's /proc files into plain numbers (bytes and counts, never kB text)."""

import os
from pathlib import Path


class NoSuchProcess(ProcessLookupError):
    """Raised for a process that has ended or never was."""


def _read(pid: int, name: str) -> str:
    """Return the text of /proc/<pid>/<name>, with errors that name the process."""
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        raise ValueError(f"pid must be a positive whole number, got {pid!r}")
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists() and not Path(f"/proc/{pid}").exists():
            raise NoSuchProcess(3, f"no process with pid {pid}") from None
        raise
    except PermissionError:
        raise PermissionError(
            13, f"no permission to read /proc/{pid}/{name}: the process belongs to another user"
        ) from None


def _kb_table(text: str) -> dict[str, int]:
    """Parse lines ``Name:  123 kB`` into bytes, and lines ``Name: 123`` into numbers."""
    table = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            table[name] = int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    return table


def io(pid: int) -> dict[str, int]:
    """Return the I/O counters of a process: rchar, wchar, syscr, syscw, read_bytes, ..."""
    return _kb_table(_read(pid, "io"))


def status(pid: int) -> dict[str, int]:
    """Return the numbers of /proc/<pid>/status; VmRSS and VmHWM in bytes."""
    return _kb_table(_read(pid, "status"))


def smaps_rollup(pid: int) -> dict[str, int]:
    """Return Rss, Pss, Private_Clean, Private_Dirty, ... of a process in bytes."""
    return _kb_table(_read(pid, "smaps_rollup"))


def faults(pid: int) -> tuple[int, int]:
    """Return the major and the minor page faults of a process."""
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return int(fields[9]), int(fields[7])


def reset_peak(pid: int) -> None:
    """Set the high-water mark of memory (VmHWM) back to what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def descriptors(pid: int) -> dict[int, str]:
    """Return the open file descriptors of a process: number, and what it stands for.

    That is a path, with " (deleted)" behind it where the file has no name any more, or a text
    such as ``pipe:[123]``.
    """
    own = pid == os.getpid()
    found = {}
    with os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            try:
                target = os.readlink(entry.path)
            except FileNotFoundError:
                continue
            if not (own and target == f"/proc/{pid}/fd"):  # the listing's own descriptor
                found[int(entry.name)] = target
    return found


def mount_of(path: str | os.PathLike) -> tuple[str, str]:
    """Return (mount point, file system type) of the mount that holds `path`."""
    real, best = os.path.realpath(path), ("/", "unknown")
    for line in Path("/proc/self/mounts").read_text().splitlines():
        point, kind = line.split()[1:3]
        point = point.replace("\\040", " ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best


def file_system(path: str | os.PathLike) -> str:
    """Return the type of the file system that holds `path`, or "unknown"."""
    try:
        return mount_of(path)[1]
    except OSError:
        return "unknown"
