"""Remove what submissions leave in /dev/shm where they have no private one.

As root each place has a user of its own: what that user owns is the submission's. For an
ordinary user all is owned alike. What appeared while the batch ran and no process holds is
removed then, once no submission runs that may have closed it only for a moment.
"""

import os
import shutil
from pathlib import Path

SHARED = "/dev/shm"


def present(folder: str = SHARED) -> dict[str, int]:
    """Return the owner of each entry of /dev/shm, by name."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found[entry.name] = entry.stat(follow_symlinks=False).st_uid
                except FileNotFoundError:
                    continue
    except OSError:
        pass  # there is none, or it is closed to us: nothing to remove then
    return found


def sweep_owner(uid: int, folder: str = SHARED) -> list[str]:
    """Remove everything that a user owns; return its names."""
    return _remove(folder, [name for name, owner in present(folder).items() if owner == uid])


def sweep_new(before: dict[str, int], folder: str = SHARED) -> list[str]:
    """Remove what has appeared since `before`, is this user's, and is held by no process."""
    mine = [n for n, owner in present(folder).items() if n not in before and owner == os.geteuid()]
    if not mine:
        return []
    held = _held(folder)
    return _remove(folder, [name for name in mine if name not in held])


def _held(folder: str) -> set[str]:
    """Return the names that a process has open or mapped, as far as this user may know."""
    found: set[str] = set()
    start = folder + "/"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            maps = (process / "maps").read_text(errors="replace").splitlines()
            paths = [line.split(maxsplit=5)[-1] for line in maps if start in line]
            paths += [os.readlink(link) for link in (process / "fd").iterdir()]
        except OSError:
            continue
        found |= {p.strip()[len(start) :].split("/")[0] for p in paths if p.startswith(start)}
    return found


def _remove(folder: str, names: list[str]) -> list[str]:
    for name in names:
        path = os.path.join(folder, name)
        try:
            os.unlink(path)
        except IsADirectoryError:
            shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
    return names
