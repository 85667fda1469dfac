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
import sys
from collections.abc import Iterable
from pathlib import Path

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
    else:
        # Before the fork: Landlock lets a process measure and signal only those in its own
        # domain or in one nested in it. The student's process enters a narrower one later.
        _guard(place, packages, [*_WRITABLE, "/proc"])
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
    _become(place.uid, level_name)
    _limit(resource.RLIMIT_AS, settings.address_space)
    # What a test takes, and a message in two forms, on top of what came with the fork.
    room = settings.memory + 2 * settings.message
    _limit(resource.RLIMIT_DATA, _private_memory() + room)
    # A test may hang where no signal handler of Python's runs: in one call of a C function.
    _limit(resource.RLIMIT_CPU, int(settings.submission_timeout + settings.cell_timeout) + 5)
    _limit(resource.RLIMIT_FSIZE, settings.file_size)
    _limit(resource.RLIMIT_CORE, 0)
    sc.prctl(sc.PR_SET_PDEATHSIG, signal.SIGKILL)
    sc.prctl(sc.PR_SET_DUMPABLE, 0)


def close_worker(place: Place, level_name: str, settings: Settings) -> None:
    """Shut the student's process in. After this, it may run anything."""
    os.setsid()
    _first_to_go()
    if level_name == PROCESS_ONLY:
        _guard(place, settings.packages, _WRITABLE)
        sys.path.insert(0, place.packages)  # for the programs that it starts
    _become(place.uid, level_name)
    for kind, value in _limits(settings).items():
        _limit(kind, value)
    shared_user = level_name == PROCESS_ONLY and not place.uid
    _limit(resource.RLIMIT_NPROC, _most_processes(settings, shared_user))
    # Measured from outside by the verdict process, which is the same user.
    sc.prctl(sc.PR_SET_DUMPABLE, 1)
    filters.deny_system_calls(network=level_name == FULL, attributes=not shared_user)


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


_WRITABLE = ("/dev/shm", "/dev/null")


def _guard(place: Place, packages: Iterable[str], writable: Iterable[str]) -> None:
    read = [*mounts.readable(packages), place.extra_files or place.files, place.packages]
    # By name: below /dev lie the disks, and who may read what its user could not (see
    # `_become`) could read all files there.
    read += ["/proc", "/sys", *(f"/dev/{name}" for name in mounts.DEVICES)]
    read += [f"/etc/{name}" for name in (*mounts.ETC, "passwd", "group", "hosts")]
    filters.guard_files(read, [place.files, *writable])


def _limits(settings: Settings) -> dict[int, int]:
    return {
        resource.RLIMIT_AS: settings.address_space,
        # Private writable memory. Memory maps of files do not count: the course is about them.
        resource.RLIMIT_DATA: settings.memory,
        resource.RLIMIT_CPU: int(settings.submission_timeout) + 1,
        resource.RLIMIT_FSIZE: settings.file_size,
        resource.RLIMIT_NOFILE: settings.descriptors,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 64 << 20,
    }


def _private_memory() -> int:
    """Return what counts for RLIMIT_DATA already."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmData:")[1].split()[0]) << 10


# For a user that has other processes, too: far above what a submission may have, since the kernel
# counts the user's and those come and go. The verdict process counts the submission's own.
_BESIDE_OTHERS = 1024


def _most_processes(settings: Settings, shared_user: bool) -> int:
    return _threads_of(os.getuid()) + _BESIDE_OTHERS if shared_user else settings.processes


def _threads_of(uid: int) -> int:
    """Return how many threads a user has, as far as /proc shows them."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue  # it has ended
        total += int(fields["Threads"]) if int(fields["Uid"].split()[0]) == uid else 0
    return total


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
