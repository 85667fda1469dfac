"""Say which measuring instruments work on this machine, and why the others do not.

An instrument is believed only after a self-test: it must see what the test just did.
A container, a file system or another operating system can take one away, and some of
them answer with a plausible number all the same.

The environment variable ``COURSE_LIB_WITHOUT`` switches instruments off, by name or
all of them (``COURSE_LIB_WITHOUT=all``), to see a lesson as a learner without them does.
"""

import mmap
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.system import libc, procfs

OFF_SWITCH = "COURSE_LIB_WITHOUT"


class Unavailable(RuntimeError):
    """Raised by an instrument that cannot know the answer here; the text says why."""


@dataclass(frozen=True)
class Availability:
    """Whether an instrument works here.

    Attributes
    ----------
    name : str
        Name of the instrument.
    works : bool
        True if its self-test saw what it should have seen.
    why : str
        Reason why it does not work; empty if it works.
    """

    name: str
    works: bool
    why: str = ""


def available(name: str, directory: str | os.PathLike | None = None) -> Availability:
    """Test one instrument, once per file system and process.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    directory : path, optional
        Where the data lives, for instruments that depend on the file system.
        Default: the temporary directory of the system.

    Raises
    ------
    ValueError
        If there is no instrument of that name.
    """
    if name not in _SELF_TESTS:
        raise ValueError(f"no instrument {name!r}; expected one of {', '.join(NAMES)}")
    switched_off = os.environ.get(OFF_SWITCH, "").split(",")
    if "all" in switched_off or name in switched_off:
        return Availability(name, False, f"switched off by {OFF_SWITCH}")
    if name in _preset:
        return _preset[name]
    return _tested(name, str(directory or tempfile.gettempdir()), os.getpid())


_answers: dict[tuple, Availability] = {}
_preset: dict[str, Availability] = {}


def preset(found: dict[str, Availability]) -> None:
    """Believe these answers from now on, for every directory; an empty dict takes it back.

    For a process that cannot test itself: the grader's trusted side may not read its own
    /proc, and has the answers of a trial run.

    Raises
    ------
    ValueError
        If a name is none of `NAMES`.
    """
    unknown = set(found) - set(NAMES)
    if unknown:
        raise ValueError(f"no instrument {sorted(unknown)[0]!r}; expected {', '.join(NAMES)}")
    _preset.clear()
    _preset.update(found)


def _tested(name: str, directory: str, pid: int) -> Availability:
    """Return the answer for a file system: an array in chunks has hundreds of directories."""
    key: tuple[str, int | str, int]
    try:
        key = (name, os.stat(directory).st_dev, pid)
    except OSError:
        key = (name, directory, pid)
    if key not in _answers:
        _answers[key] = _test(name, directory)
    return _answers[key]


def works(name: str, directory: str | os.PathLike | None = None) -> bool:
    """Tell whether `name` works here."""
    return available(name, directory).works


def require(name: str, directory: str | os.PathLike | None = None) -> None:
    """Raise `Unavailable` with the reason if `name` does not work here."""
    answer = available(name, directory)
    if not answer.works:
        raise Unavailable(f"{name} is not available here: {answer.why}")


def _test(name: str, directory: str) -> Availability:
    if not sys.platform.startswith("linux") and name != "fork":
        return Availability(name, False, f"needs Linux, this is {sys.platform}")
    try:
        why = _SELF_TESTS[name](Path(directory))
    except OSError as error:
        why = f"{error.strerror or error}"
    return Availability(name, not why, why)


def _scratch_file(directory: Path, pages: int = 4):
    """Make an unlinked-on-close file of `pages` pages that is safely on disk."""
    file = tempfile.NamedTemporaryFile(dir=directory, prefix=".selftest-")
    file.write(b"x" * pages * libc.PAGE_SIZE)
    file.flush()
    os.fsync(file.fileno())
    return file


def _test_mincore(directory: Path) -> str:
    with _scratch_file(directory) as file:
        seen = int(libc.mincore(file.fileno(), 4 * libc.PAGE_SIZE).sum())
    return "" if seen == 4 else f"it sees {seen} of 4 pages that were just written"


def _test_evict(directory: Path) -> str:
    with _scratch_file(directory) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        left = int(libc.mincore(file.fileno(), 4 * libc.PAGE_SIZE).sum())
    if not left:
        return ""
    return f"{left} of 4 pages stay in memory after eviction ({procfs.file_system(directory)})"


def _test_cachestat(directory: Path) -> str:
    with tempfile.NamedTemporaryFile(dir=directory, prefix=".selftest-") as file:
        file.write(b"x" * libc.PAGE_SIZE)
        file.flush()
        stat = libc.cachestat(file.fileno())
    if stat.cached and (stat.dirty or stat.writeback):
        return ""
    return f"it sees no dirty page after a write ({procfs.file_system(directory)})"


def _test_proc_io(directory: Path) -> str:
    before = procfs.io(os.getpid())["rchar"]
    with open("/proc/self/status", "rb") as file:
        n = len(file.read())
    return "" if procfs.io(os.getpid())["rchar"] - before >= n else "read bytes are not counted"


def _test_faults(directory: Path) -> str:
    return "" if procfs.faults(os.getpid())[1] > 0 else "no page faults are counted"


def _test_smaps(directory: Path) -> str:
    return "" if procfs.smaps_rollup(os.getpid()).get("Pss", 0) > 0 else "PSS reads as 0"


def _test_peak(directory: Path) -> str:
    """See a high-water mark fall after a reset and rise with fresh memory."""
    procfs.reset_peak(os.getpid())
    low = procfs.status(os.getpid())["VmHWM"]
    piece, pieces = b"x" * 65536, 64
    with mmap.mmap(-1, pieces * len(piece)) as block:  # malloc may hand out old pages
        for _ in range(pieces):
            block.write(piece)
        high = procfs.status(os.getpid())["VmHWM"]
    # Linux counts the pages of a process in batches: some of them may not be in yet.
    follows = high - low >= pieces * len(piece) // 2
    return "" if follows else "the high-water mark does not follow"


def _test_inotify(directory: Path) -> str:
    with tempfile.TemporaryDirectory(dir=directory, prefix=".selftest-") as folder:
        Path(folder, "a").touch()
        with libc.Inotify([folder]) as watch:
            Path(folder, "a").read_bytes()
            seen = watch.opened()
    return "" if seen == [f"{folder}/a"] else "an opened file is not seen"


def _test_fork(directory: Path) -> str:
    return "" if hasattr(os, "fork") else "this system has no fork"


_SELF_TESTS: dict[str, Callable[[Path], str]] = {
    "mincore": _test_mincore,
    "evict": _test_evict,
    "cachestat": _test_cachestat,
    "proc_io": _test_proc_io,
    "faults": _test_faults,
    "smaps": _test_smaps,
    "peak": _test_peak,
    "inotify": _test_inotify,
    "fork": _test_fork,
}
NAMES = tuple(_SELF_TESTS)

TELLS = {
    "mincore": "which pages of a file are in the page cache",
    "evict": "drop a file from the page cache",
    "cachestat": "dirty pages of a file",
    "proc_io": "bytes read and written by a process",
    "faults": "page faults of a process",
    "smaps": "PSS and USS, shared against private memory",
    "peak": "high-water mark of memory",
    "inotify": "which files were opened",
    "fork": "start a process as a copy of this one",
}
