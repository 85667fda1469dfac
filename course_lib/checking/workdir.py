"""Give a test a fresh place for its files, on a real disk, gone at the end."""

import atexit
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

from course_lib.system import procfs

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
_held = threading.local()


def _remove_at_end(path: Path) -> None:
    """Remove `path` when the process ends, also when SIGTERM ends it.

    A kernel with child processes is ended like that, and then no exit function runs.
    """
    _made.append((path, os.getpid()))
    atexit.register(_remove, path, os.getpid())
    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _remove_all_and_end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=_hold_sigterm,
                after_in_parent=_release_sigterm,
                after_in_child=_forget_handler,
            )


def _remove_all_and_end(number: int, _frame) -> None:
    for path, owner in _made:
        _remove(path, owner)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _hold_sigterm() -> None:
    """Keep SIGTERM waiting during a fork: in a new child Python throws away what has come."""
    _held.mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])


def _release_sigterm() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _held.mask)


def _forget_handler() -> None:
    """Let SIGTERM end a forked child as it always did, however early it comes.

    `Pool.terminate` sends it to workers that may not have run yet, and waits for their end.
    """
    if signal.getsignal(signal.SIGTERM) is _remove_all_and_end:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _release_sigterm()


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
