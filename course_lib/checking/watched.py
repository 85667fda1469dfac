"""The files that a test watches: what a call does to their names changes no count."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib import pagecache
from course_lib.units import GiB

_LARGEST = 16 * GiB  # of a file whose pages are counted one by one


class WatchedFiles:
    """Files and directories of a test, while a function runs.

    Parameters
    ----------
    paths : list of str
        Files are held by a descriptor from now on: no other file can pass for one of them.

    Attributes
    ----------
    paths : list of str
    gone : str
        The first that is not there at the start; empty if all are.
    """

    def __init__(self, paths: Sequence[str]):
        self.paths = list(paths)
        self.gone = next((path for path in self.paths if not os.path.exists(path)), "")
        self._held: dict[str, int] = {}

    def __enter__(self):
        for path in filter(os.path.isfile, self.paths):
            try:
                self._held[path] = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except OSError:
                continue  # a link, or closed to us: its name is all that we have
        return self

    def __exit__(self, *exc):
        while self._held:
            os.close(self._held.popitem()[1])

    def evict(self) -> str:
        """Drop all of them from the page cache; return why that is not possible."""
        evictions = [pagecache.evict(path) for path in self.paths]
        return "; ".join(done.why for done in evictions if not done)

    def missing(self) -> str:
        """Return which of them is no file or directory now; empty if all are."""
        for path in self.paths:
            if os.path.islink(path) or not (os.path.isfile(path) or os.path.isdir(path)):
                return f"{os.path.basename(path)} is no file any more"
        return ""

    def swapped(self) -> str:
        """Return which of the files that were there is gone or another one; empty if none is."""
        for path, fd in self._held.items():
            try:
                same = os.path.samestat(os.lstat(path), os.fstat(fd))
            except OSError:
                return f"{os.path.basename(path)} is gone"
            if not same:
                return f"{os.path.basename(path)} is another file now"
        return ""

    def files(self) -> list[Path]:
        """Return the regular files at and below the paths; links are left out."""
        found = [f for p in map(Path, self.paths) for f in (p.rglob("*") if p.is_dir() else [p])]
        return [file for file in found if file.is_file() and not file.is_symlink()]


def count_or_all(count: Callable[[Path], int | None], file: Path) -> int | None:
    """Count pages of a file; all of them if the function left one that nobody can look at.

    A file without permissions, or of an absurd size, must not make the count unknown.

    Parameters
    ----------
    count : callable
        Returns the pages of a file; None where nobody can tell.
    file : Path
    """
    size = file.lstat().st_size
    try:
        return count(file) if size <= _LARGEST else -(-size // pagecache.PAGE_SIZE)
    except OSError:
        return -(-size // pagecache.PAGE_SIZE)
