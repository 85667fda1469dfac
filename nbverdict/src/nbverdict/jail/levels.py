"""The jail of a submission, in two steps: the verdict's view, then the student's process.

The verdict process enters the view first (`enter_view`), then starts the first process of
a new process namespace (`fork_init`), and gives up its own rights (`give_up_rights`). The
student's process is forked from that first process and shut in by `close_worker`.

Levels: "full" has all namespaces; "process only" has what needs no privilege: another user
where the grader is root, limits, seccomp, and Landlock where the kernel has it.
"""

import os
import resource
import signal
from collections.abc import Iterable

from nbverdict.jail import filters, mounts
from nbverdict.jail import syscalls as sc
from nbverdict.jail.place import FULL, PROCESS_ONLY, Place
from nbverdict.settings import Settings

_NAMESPACES = sc.CLONE_NEWNS | sc.CLONE_NEWIPC | sc.CLONE_NEWNET | sc.CLONE_NEWUTS


def enter_view(place: Place, level_name: str, packages: Iterable[str] = ()) -> None:
    """Leave the machine's file system, network and IPC for those of the submission.

    Parameters
    ----------
    place : Place
    level_name : str
        "full" or "process only".
    packages : iterable of str
        The course's packages that it may import.
    """
    sc.prctl(sc.PR_SET_CHILD_SUBREAPER, 1)
    if level_name == FULL:
        if os.geteuid() == 0:
            sc.unshare(_NAMESPACES)
        else:
            _own_user_namespace()
        mounts.enter(place, packages)
        sc.loopback_up()
    os.chdir(place.cwd)


def _own_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    sc.unshare(sc.CLONE_NEWUSER | _NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"),
                       ("gid_map", f"{gid} {gid} 1")):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def fork_init(level_name: str) -> int:
    """Fork the first process of a new process namespace; return like `os.fork`."""
    pid = sc.fork_into(sc.CLONE_NEWPID | sc.CLONE_NEWNS) if level_name == FULL else os.fork()
    if pid:
        return pid
    # The first process of a namespace ends when its connection to the verdict closes.
    sc.prctl(sc.PR_SET_DUMPABLE, 0)
    sc.prctl(sc.PR_SET_CHILD_SUBREAPER, 1)
    if level_name == FULL:
        _first_to_go()
        # Read-only: a process could set its own high-water mark of memory back. The verdict
        # process has another /proc, and measures through that.
        flags = sc.MS_NOSUID | sc.MS_NODEV | sc.MS_NOEXEC | sc.MS_RDONLY
        sc.mount("proc", "/proc", "proc", flags)
    return 0


def give_up_rights(place: Place, level_name: str, settings: Settings) -> None:
    """Shut the verdict process in: it reads files that the student's code has written."""
    if level_name == PROCESS_ONLY:
        _guard(place, settings.packages)
    _become(place.uid, level_name)
    _limit(resource.RLIMIT_AS, settings.address_space)
    _limit(resource.RLIMIT_FSIZE, settings.file_size)
    _limit(resource.RLIMIT_CORE, 0)
    sc.prctl(sc.PR_SET_PDEATHSIG, signal.SIGKILL)
    sc.prctl(sc.PR_SET_DUMPABLE, 0)


def close_worker(place: Place, level_name: str, settings: Settings) -> None:
    """Shut the student's process in. After this, it may run anything."""
    os.setsid()
    if level_name == PROCESS_ONLY:
        _guard(place, settings.packages)
    _become(place.uid, level_name)
    for kind, value in _limits(settings).items():
        _limit(kind, value)
    _first_to_go()
    # Measured from outside by the verdict process, which is the same user.
    sc.prctl(sc.PR_SET_DUMPABLE, 1)
    filters.deny_system_calls(network=level_name == FULL)


def _become(uid: int, level_name: str) -> None:
    if uid:
        keep = level_name == PROCESS_ONLY and filters.landlock_version() and not _others_can_read()
        if keep:
            sc.prctl(sc.PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        return sc.drop_capabilities(keep=_DAC_READ_SEARCH if keep else None)
    sc.drop_capabilities()


# Lets a process read what its user could not, here Python below root's home. Landlock then
# says what it may read.
_DAC_READ_SEARCH = 2


def _others_can_read() -> bool:
    path = os.path.realpath(os.__file__)
    while path != "/":
        if not os.stat(path).st_mode & 0o005:
            return False
        path = os.path.dirname(path)
    return True


def _guard(place: Place, packages: Iterable[str]) -> None:
    writable = [place.files, "/dev/shm", "/dev/null"]
    read = [*mounts.readable(packages), place.extra_files or place.files, "/proc", "/sys", "/dev"]
    read += [f"/etc/{name}" for name in (*mounts.ETC, "passwd", "group", "hosts")]
    filters.guard_files(read, writable)


def _limits(settings: Settings) -> dict[int, int]:
    return {
        resource.RLIMIT_AS: settings.address_space,
        # Private writable memory. Memory maps of files do not count: the course is about them.
        resource.RLIMIT_DATA: settings.memory,
        resource.RLIMIT_CPU: int(settings.submission_timeout) + 1,
        resource.RLIMIT_FSIZE: settings.file_size,
        resource.RLIMIT_NOFILE: settings.descriptors,
        resource.RLIMIT_NPROC: settings.processes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 64 << 20,
    }


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _first_to_go() -> None:
    """Name this process the one to kill where the machine runs out of memory."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def extras(place: Place, level_name: str) -> list[str]:
    """Return what guards besides the namespaces."""
    found = ["seccomp"]
    version = filters.landlock_version()
    if level_name == PROCESS_ONLY and version:
        found.append(f"Landlock {version}")
    if place.uid:
        found.append("own user")
    return found
