"""Call the system calls of a jail that Python does not wrap: namespaces, mounts, prctl."""

import ctypes
import os
import platform
import signal
import struct
from functools import lru_cache

CLONE_NEWNS, CLONE_NEWUTS = 0x20000, 0x4000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x8000000, 0x10000000, 0x20000000
CLONE_NEWNET = 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP = 1, 4, 8, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_CLEAR_ALL = 47, 2, 4

# mount_setattr and pivot_root by machine; pivot_root's number is the only one that differs.
_SYS_MOUNT_SETATTR = 442
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


@lru_cache(maxsize=1)
def libc() -> ctypes.CDLL:
    """Return the C library, with errno kept."""
    found = ctypes.CDLL(None, use_errno=True)
    found.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
    found.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    found.syscall.restype = ctypes.c_long
    return found


def check(result: int, what: str) -> int:
    """Raise OSError with the errno of the call that just failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def number(table: dict[str, int], name: str) -> int:
    """Return the number of a system call on this machine."""
    try:
        return table[platform.machine()]
    except KeyError:
        raise OSError(38, f"{name}: unknown on {platform.machine()}") from None


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` names for new ones."""
    check(libc().unshare(flags), "unshare")


def fork_into(flags: int) -> int:
    """Fork into new namespaces; return like `os.fork`.

    `unshare` with CLONE_NEWPID would need a process between the two: one that has asked
    for it can start no threads any more. The C library does not know about this fork, so
    the child must be simple, and fork (which tells the library) before it runs much.
    """
    python = ctypes.pythonapi  # keeps the interpreter's lock over the call, as os.fork does
    clone = ctypes.PyDLL(None, use_errno=True).syscall
    clone.restype, clone.argtypes = ctypes.c_long, [ctypes.c_long] * 6
    call = number(_SYS_CLONE, "clone")
    python.PyOS_BeforeFork()
    pid = clone(call, flags | signal.SIGCHLD, 0, 0, 0, 0)
    failed = ctypes.get_errno()
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0
    python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(failed, f"clone: {os.strerror(failed)}")
    return pid


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system, or bind a directory (with ``MS_BIND``).

    Parameters
    ----------
    source, target : str
    kind : str
        Of the file system, such as "tmpfs".
    flags : int
        A sum of ``MS_`` flags.
    options : str
        Of this kind of file system, such as ``size=1m``.
    """
    arguments = [os.fsencode(source), os.fsencode(target), kind.encode() or None]
    done = libc().mount(*arguments, flags, options.encode() or None)
    check(done, f"mount {target}")


def umount(target: str) -> None:
    """Unmount now for new users, and for the rest once they are done."""
    check(libc().umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def make_readonly(target: str) -> None:
    """Make a mount and all below it read-only, without devices and set-user-id programs."""
    attributes = struct.pack("QQQQ", MS_RDONLY | MS_NOSUID | MS_NODEV, 0, 0, 0)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    done = libc().syscall(
        _SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), _AT_RECURSIVE, buffer, len(attributes)
    )
    check(done, f"mount_setattr {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root directory; the former one is then at `old`."""
    call = number(_SYS_PIVOT_ROOT, "pivot_root")
    check(libc().syscall(call, os.fsencode(new), os.fsencode(old)), "pivot_root")


def prctl(option: int, value: int = 0, third: int = 0) -> None:
    """Set an attribute of this process."""
    check(libc().prctl(option, value, third, 0, 0), f"prctl {option}")


def drop_capabilities(keep: int | None = None) -> None:
    """Give up every capability but `keep`, for this process and all programs that it starts."""
    for capability in range(64):
        if capability != keep and libc().prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    libc().prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", _LINUX_CAPABILITY_VERSION_3, 0)
    call = number(_SYS_CAPSET, "capset")
    kept = 0 if keep is None else 1 << keep
    form = struct.pack("6I", kept, kept, kept, 0, 0, 0)  # effective, permitted, inheritable
    check(libc().syscall(call, header, form), "capset")
    if keep is not None:
        libc().prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, keep, 0, 0)


def loopback_up() -> None:
    """Switch on the loopback device of a fresh network namespace."""
    import fcntl
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(probe, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | _IFF_UP, b""))
