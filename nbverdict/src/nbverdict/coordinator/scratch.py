"""Directories in which submissions run: made, filled, emptied, and swept after a crash."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nbverdict.coordinator import segments
from nbverdict.jail.place import Place, package_directory
from nbverdict.steps import Job

_PREFIX = "grading-"
_LOCK = "lock"


class Scratch:
    """The directory of one batch, on a disk, below the system's temporary directory.

    A lock is held on it while the batch lives: what a killed batch has left is removed by
    the next one.
    """

    def __init__(self):
        base = _base()
        _sweep(base)
        self.root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self.root.chmod(0o711)
        self._segments = segments.present()
        self._lock = open(self.root / _LOCK, "w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Remove everything."""
        self.sweep_segments()
        shutil.rmtree(self.root, ignore_errors=True)
        self._lock.close()

    def sweep_segments(self) -> None:
        """Remove segments that an ordinary user's submissions left; none may be running."""
        if os.geteuid() != 0:
            segments.sweep_new(self._segments)

    def place(self, slot: int, uid: int, shared_memory: int, packages: Iterable[str] = ()) -> Place:
        """Make an empty place.

        Parameters
        ----------
        slot : int
            Its number.
        uid : int
            The user that owns it; 0 for this one.
        shared_memory : int
            Bytes of each of its private memory file systems.
        packages : iterable of str
            The course's packages.
        """
        folder = self.root / str(slot)
        place = Place(str(folder / "files"), str(folder / "extra"), uid, shared_memory)
        self.clear(place)
        os.makedirs(place.extra_files)
        os.makedirs(place.packages)
        for name in packages:
            os.symlink(package_directory(name), os.path.join(place.packages, name))
        for path in (place.files, place.cwd, place.scratch, f"{place.files}/work",
                     f"{place.files}/root"):  # fmt: skip
            os.makedirs(path)
            if uid:
                os.chown(path, uid, uid)
        return place

    def fill(self, place: Place, job: Job) -> None:
        """Write the submission's files and the instructor's; the latter win.

        Parameters
        ----------
        place : Place
            An empty one.
        job : Job
        """
        _write(place.extra_files, job.extra_files)
        _write(place.cwd, job.submitted_files | job.extra_files)
        if place.uid:
            _give(place.cwd, place.uid)

    def clear(self, place: Place) -> None:
        """Remove the files of a place, whatever rights the student's code has set."""
        if place.uid:
            segments.sweep_owner(place.uid)
        folder = os.path.dirname(place.files)
        if os.path.isdir(folder):
            _remove(folder)


def _write(root: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(path).write_bytes(content)


def _give(root: str, uid: int) -> None:
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            os.lchown(os.path.join(folder, name), uid, uid)


def _base() -> str:
    """Return a temporary directory on a disk: tmpfs has no page cache to measure."""
    found = [tempfile.gettempdir(), "/var/tmp"]
    on_disk = [p for p in found if _file_system(p) not in ("tmpfs", "ramfs")]
    return (on_disk or found)[0]


def _file_system(path: str) -> str:
    """Return the type of the file system that holds `path`, or "unknown"."""
    real, best = os.path.realpath(path), ("/", "unknown")
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return best[1]
    for line in mounts:
        point, kind = line.split()[1:3]
        point = point.replace("\\040", " ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def _sweep(base: str) -> None:
    """Remove what batches that were killed have left."""
    for entry in os.scandir(base):
        try:
            mine = entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False)
            if mine and entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                _sweep_batch(entry.path)
        except OSError:
            continue  # in use, or not one of ours


def _sweep_batch(folder: str) -> None:
    with open(os.path.join(folder, _LOCK)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        owners = {files.lstat().st_uid for files in Path(folder).glob("*/files")}
        for owner in owners - {os.geteuid()}:
            segments.sweep_owner(owner)
        _remove(folder)


def _remove(folder: str) -> None:
    def again(function, path, error):
        """Take back the rights to a directory, then try once more."""
        try:
            os.chmod(os.path.dirname(path), stat.S_IRWXU)
            if not os.path.islink(path) and os.path.isdir(path):
                os.chmod(path, stat.S_IRWXU)
                shutil.rmtree(path, ignore_errors=True)
            else:
                function(path)
        except OSError:
            pass

    shutil.rmtree(folder, onerror=again)
