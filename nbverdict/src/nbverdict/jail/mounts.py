"""What a submission sees: a read-only system, its own files, and nothing of the course.

The view is a fresh root directory, filled with what a notebook needs and left by
`pivot_root`. Whatever is not put in does not exist for the submission: the course folder,
the gradebook, other submissions, HOME.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from nbverdict.jail import syscalls as sc
from nbverdict.jail.place import HOME, Place, package_directory

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt")
ETC = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "alternatives",
    "fonts", "ssl", "ca-certificates", "mime.types", "nsswitch.conf", "protocols", "services",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def readable(packages: Iterable[str] = ()) -> list[str]:
    """Return the directories of the system and of Python that a notebook may read.

    An entry of ``sys.path`` that is none of Python's own directories (the course folder, with
    the course's packages in it) is not shown: it may hold solutions. The packages alone are.

    Parameters
    ----------
    packages : iterable of str
        Names of the course's packages.
    """
    shown = [str(package_directory(name)) for name in ("nbverdict", *packages)]
    own = [sys.prefix, sys.base_prefix, sys.exec_prefix, *shown]
    found = [path for path in (*_SYSTEM, *own) if os.path.exists(path)]
    inside = [p for p in found if not any(p != q and p.startswith(q + "/") for q in found)]
    return list(dict.fromkeys(inside))


def enter(place: Place, packages: Iterable[str]) -> None:
    """Make the view the root directory of this process (in a mount namespace of its own)."""
    sc.mount("none", "/", flags=sc.MS_REC | sc.MS_PRIVATE)
    root = os.path.join(place.files, "root")
    os.makedirs(root, exist_ok=True)
    sc.mount("tmpfs", root, "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=1m,mode=755")
    shown = readable(packages)
    _system(root, place, shown)
    for folder in ("dev", "proc", "tmp", "old", HOME[1:], place.files[1:]):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    sc.make_readonly(root)
    _writable(root, place, shown)
    sc.mount("/proc", f"{root}/proc", flags=sc.MS_BIND | sc.MS_REC)
    sc.pivot_root(root, f"{root}/old")
    os.chdir("/")
    sc.umount("/old")


def _system(root: str, place: Place, shown: list[str]) -> None:
    for path in [*shown, "/sys"]:
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.isdir(path):
            os.makedirs(root + path, exist_ok=True)
            sc.mount(path, root + path, flags=sc.MS_BIND | sc.MS_REC)
    os.makedirs(f"{root}/etc", exist_ok=True)
    for name in ETC:
        if os.path.exists(f"/etc/{name}"):
            _bind_like(f"/etc/{name}", f"{root}/etc/{name}")
    uid = place.uid or os.getuid()
    Path(f"{root}/etc/passwd").write_text(f"student:x:{uid}:{uid}:student:{HOME}:/bin/sh\n")
    Path(f"{root}/etc/group").write_text(f"student:x:{uid}:\n")
    Path(f"{root}/etc/hosts").write_text("127.0.0.1 localhost\n")


def _writable(root: str, place: Place, shown: list[str]) -> None:
    """Mount what is private to the submission: devices, /dev/shm, /tmp, HOME, its files."""
    owner = f"uid={place.uid},gid={place.uid}," if place.uid else ""
    small = f"{owner}size={place.shared_memory},mode="
    quiet = sc.MS_NOSUID | sc.MS_NODEV
    sc.mount("tmpfs", f"{root}/dev", "tmpfs", sc.MS_NOSUID, "size=64k,mode=755")
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            _bind_like(f"/dev/{name}", f"{root}/dev/{name}")
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{target}", f"{root}/dev/{name}")
    os.mkdir(f"{root}/dev/shm")
    sc.mount("tmpfs", f"{root}/dev/shm", "tmpfs", quiet, small + "1777")
    sc.mount("tmpfs", f"{root}/tmp", "tmpfs", quiet, small + "1777")
    sc.mount("tmpfs", root + HOME, "tmpfs", quiet, small + "755")
    for path in shown:
        if path.startswith(("/tmp/", HOME + "/")):  # covered by what was mounted just now
            os.makedirs(root + path, exist_ok=True)
            sc.mount(path, root + path, flags=sc.MS_BIND | sc.MS_REC)
            sc.make_readonly(root + path)
    # Below /tmp, most of the time: so the mount point is made once more, in the new /tmp.
    os.makedirs(root + place.files, exist_ok=True)
    sc.mount(place.files, root + place.files, flags=sc.MS_BIND)
    if place.extra_files:
        os.makedirs(root + place.extra_files, exist_ok=True)
        sc.mount(place.extra_files, root + place.extra_files, flags=sc.MS_BIND)
        sc.make_readonly(root + place.extra_files)


def _bind_like(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        Path(target).touch()
    sc.mount(source, target, flags=sc.MS_BIND | sc.MS_REC)
