"""Give a test a fresh place for its files, on a real disk, gone at the end."""

import atexit
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

from course_lib import procfs

ROOT_VARIABLE = "COURSE_WORKDIR"


def workdir(name: str) -> Path:
    """Return a new empty directory for the files of one test.

    Parameters
    ----------
    name : str
        Start of its name, for the reader: letters, digits, ``-`` and ``_``.

    Notes
    -----
    It lies below ``$COURSE_WORKDIR`` if that is set; the grader sets it to the place
    that the student's process sees too. It is removed when the process ends.
    """
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"name must be letters, digits, - and _, got {name!r}")
    path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_root()))
    # The student's process may run as another user, and has to read and write here.
    if os.environ.get(ROOT_VARIABLE):
        path.chmod(0o777)
    _remove_at_end(path)
    return path


_made: list[tuple[Path, int]] = []


def _remove_at_end(path: Path) -> None:
    """Remove `path` when the process ends, also when SIGTERM ends it.

    A kernel with child processes is ended like that, and then no exit function runs.
    """
    _made.append((path, os.getpid()))
    atexit.register(_remove, path, os.getpid())
    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _remove_all_and_end)


def _remove_all_and_end(number: int, _frame) -> None:
    for path, owner in _made:
        _remove(path, owner)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _root() -> Path:
    """Return a directory on a disk: tmpfs has no page cache to measure."""
    given = os.environ.get(ROOT_VARIABLE)
    if given:
        return Path(given)
    candidates = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path.cwd(), Path.home()]
    usable = [p for p in candidates if p.is_dir() and os.access(p, os.W_OK)]
    on_disk = [p for p in usable if procfs.file_system(p) not in ("tmpfs", "ramfs")]
    return (on_disk or usable or candidates)[0]


def _remove(path: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not clean up for its parent
        shutil.rmtree(path, ignore_errors=True)
