"""Describe the machine a notebook runs on, and derive safe data sizes from it."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from course_lib._html import table
from course_lib.system import instruments, libc, procfs
from course_lib.units import UNKNOWN, MiB, format_bytes

_PACKAGES = ("numpy", "zarr", "h5py", "tables", "blosc", "blosc2")
# cgroup v1 says "no limit" with a number near 2**63.
_NO_LIMIT = 1 << 60


@dataclass(frozen=True)
class Card:
    """What matters about this machine.

    Attributes
    ----------
    ram_limit : int or None
        Bytes that this process may use: the container's limit, else the host's memory.
    ram_source : str
        Where the limit comes from.
    cpus : int
        CPUs that this process may run on.
    page_size : int
        Bytes.
    readahead : int or None
        Bytes that the kernel reads ahead on the disk of the data directory.
    directory : str
        Where the data lives.
    file_system : str
        Type of the file system there.
    shm_size : int or None
        Bytes of /dev/shm.
    versions : dict
        Versions of Python, the kernel and the packages.
    instruments : tuple of instruments.Availability
        What works here, and why the rest does not.
    """

    ram_limit: int | None
    ram_source: str
    cpus: int
    page_size: int
    readahead: int | None
    directory: str
    file_system: str
    shm_size: int | None
    versions: dict[str, str]
    instruments: tuple[instruments.Availability, ...]

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("memory limit", f"{format_bytes(self.ram_limit)} ({self.ram_source})"),
            ("CPUs", str(self.cpus)),
            ("page size", format_bytes(self.page_size)),
            ("readahead", format_bytes(self.readahead)),
            ("file system of the data", self.file_system),
            ("/dev/shm", format_bytes(self.shm_size)),
            ("versions", ", ".join(f"{k} {v}" for k, v in self.versions.items())),
        ]

    def _instruments(self) -> list[tuple[str, str, str]]:
        return [
            (i.name, "works" if i.works else f"not here: {i.why}", instruments.TELLS[i.name])
            for i in self.instruments
        ]

    def __str__(self) -> str:
        lines = [f"{name:24}{text}" for name, text in self._facts()]
        lines += [f"{name:24}{state}" for name, state, _ in self._instruments()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        facts = table((), self._facts(), caption="This machine", text=True)
        return facts + table(
            ("instrument", "state", "it tells"),
            self._instruments(),
            caption="Instruments",
            text=True,
        )


def card(directory: str | os.PathLike | None = None) -> Card:
    """Describe this machine and test every instrument on it.

    Parameters
    ----------
    directory : path, optional
        Where the data lives. Default: the data directory of the course.

    Examples
    --------
    >>> card().page_size >= 4096
    True
    """
    from course_lib import data

    folder = Path(directory) if directory is not None else data.directory()
    if not folder.is_dir():
        raise NotADirectoryError(20, "expected a directory that exists", str(folder))
    limit, source = ram_limit()
    return Card(
        limit,
        source,
        cpus(),
        libc.PAGE_SIZE,
        readahead(folder),
        str(folder),
        procfs.file_system(folder),
        shm_size(),
        _versions(),
        tuple(instruments.available(name, folder) for name in instruments.NAMES),
    )


def ram_limit() -> tuple[int | None, str]:
    """Return the bytes of memory this process may use, and who says so."""
    host = _host_memory()
    limits = [(n, source) for n, source in _cgroup_limits() if host is None or n < host]
    if limits:
        return min(limits)
    return host, "memory of the machine" if host else UNKNOWN


def memory_left() -> int | None:
    """Return the bytes that can still be used: the least of container and machine."""
    left = []
    import psutil

    left.append(psutil.virtual_memory().available)
    limit, source = ram_limit()
    used = _cgroup_used()
    if source.startswith("cgroup") and limit is not None and used is not None:
        left.append(limit - used)
    return max(0, min(left))


def cpus() -> int:
    """Return the number of CPUs that this process may use, a container's quota included."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        allowed = os.cpu_count() or 1
    return max(1, min(allowed, _cpu_quota() or allowed))


def readahead(path: str | os.PathLike) -> int | None:
    """Return the readahead of the disk under `path` in bytes; ``None`` if it is not told."""
    device = os.stat(path).st_dev
    link = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    for folder in (link, link / ".."):  # a partition keeps the setting of its disk
        setting = folder / "queue" / "read_ahead_kb"
        if setting.exists():
            return int(setting.read_text()) * 1024
    return None


def shm_size() -> int | None:
    """Return the size of /dev/shm in bytes; ``None`` where there is none."""
    try:
        stat = os.statvfs("/dev/shm")
    except (OSError, AttributeError):
        return None
    return stat.f_blocks * stat.f_frsize


def scale(want: int, fraction: float = 1 / 8, shm: bool = False) -> int:
    """Return a data size that is safe on this machine: `want` bytes, or less.

    Parameters
    ----------
    want : int
        Bytes that the experiment would like.
    fraction : float
        Largest share of the memory limit that it may take.
    shm : bool
        True if the data goes into /dev/shm; then half of what is free there is the limit.

    Returns
    -------
    int
        Bytes, whole MiB where it is more than one.

    Examples
    --------
    >>> scale(4 * MiB) == 4 * MiB
    True
    """
    if want <= 0:
        raise ValueError(f"want must be a positive number of bytes, got {want!r}")
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction must be above 0 and at most 1, got {fraction!r}")
    limit = ram_limit()[0]
    safe = want if limit is None else min(want, int(limit * fraction))
    if shm:
        safe = min(safe, _shm_free() // 2)
    return safe // MiB * MiB or safe


def _shm_free() -> int:
    try:
        stat = os.statvfs("/dev/shm")
    except (OSError, AttributeError):
        return 64 * MiB
    return stat.f_bavail * stat.f_frsize


def _host_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        import psutil

        return psutil.virtual_memory().total


def _own_cgroups() -> dict[str, str]:
    """Return the cgroup path of this process by controller ("" is cgroup v2)."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return {}
    rows = (line.split(":", 2) for line in lines)
    return {name: path for _, names, path in rows for name in names.split(",")}


def _cgroup_files(v2: str, v1_controller: str, v1: str):
    """Yield (text, version) of a setting in this cgroup and in those above it."""
    groups = _own_cgroups()
    roots = [
        ("cgroup v2", Path("/sys/fs/cgroup"), groups.get("", "/"), v2),
        ("cgroup v1", Path("/sys/fs/cgroup", v1_controller), groups.get(v1_controller, "/"), v1),
    ]
    for source, root, group, name in roots:
        for folder in [group, *map(str, Path(group).parents), "/"]:
            try:
                yield (root / folder.lstrip("/") / name).read_text().strip(), source
            except OSError:
                continue


def _cgroup_limits() -> list[tuple[int, str]]:
    files = _cgroup_files("memory.max", "memory", "memory.limit_in_bytes")
    return [(int(t), source) for t, source in files if t.isdigit() and int(t) < _NO_LIMIT]


def _cgroup_used() -> int | None:
    """Return the memory charged to this container that cannot be reclaimed, in bytes."""
    used = [int(t) for t, _ in _cgroup_files("memory.current", "memory", "memory.usage_in_bytes")]
    if not used:
        return None
    cached = [
        int(line.split()[1])
        for text, _ in _cgroup_files("memory.stat", "memory", "memory.stat")
        for line in text.splitlines()
        if line.startswith(("inactive_file ", "total_inactive_file "))
    ]
    return max(0, used[0] - (cached[0] if cached else 0))


def _cpu_quota() -> int | None:
    for text, _ in _cgroup_files("cpu.max", "cpu", "cpu.cfs_quota_us"):
        words = text.split()
        period = int(words[1]) if len(words) == 2 else 100_000
        if words and words[0].lstrip("-").isdigit() and int(words[0]) > 0:
            return -(-int(words[0]) // period)
    return None


def _versions() -> dict[str, str]:
    found = {"Python": platform.python_version(), "kernel": platform.release()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
