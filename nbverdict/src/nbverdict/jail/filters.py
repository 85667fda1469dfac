"""Two filters that need no privilege: seccomp for system calls, Landlock for files."""

import ctypes
import os
import platform
import struct

from nbverdict.jail.syscalls import PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, check, libc, prctl

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_NEW_NAMESPACES = 0x7E020000
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

# Calls that a graded notebook has no use for and that reach across processes, change the
# system, or are known for holes in the kernel. Numbers: (x86_64, aarch64).
_DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "setns": (308, 268), "unshare": (272, 97), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsmount": (432, 432), "move_mount": (429, 429), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "reboot": (169, 142), "swapon": (167, 224), "acct": (163, 89), "syslog": (103, 116),
    "io_uring_setup": (425, 425), "open_by_handle_at": (304, 265), "kcmp": (312, 272),
    # Segments and queues that outlive their process, and of which /proc tells little.
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "quotactl": (179, 60),
}  # fmt: skip
# Calls that change attributes of a file, which Landlock does not look at. None: this machine has no
# such call. Rights and times are answered with success and stay as they are, for honest code sets
# those of its own files: multiprocessing the rights of a socket, shutil.copy those of the copy.
Numbers = dict[str, tuple[int | None, int | None]]
_UNCHANGED: Numbers = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
}  # fmt: skip
_ATTRIBUTES: Numbers = {
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
_BEFORE_LANDLOCK_3 = {"truncate": (76, 45)}
_CALLS = {"prctl": (157, 167), "clone": (56, 220), "clone3": (435, 435), "socket": (41, 198)}

# Landlock
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # rights on files, by ABI
_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read a file, list a directory
_FILE_RIGHTS = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 14) | (1 << 15)
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2


def deny_system_calls(network: bool, attributes: bool = True) -> None:
    """Refuse the system calls that a graded notebook has no use for.

    Parameters
    ----------
    network : bool
        True to let it open internet sockets (in a network of its own).
    attributes : bool
        False to let it change no rights, times or other attributes of files. A filter sees no
        paths, so that goes for its own files too.

    Notes
    -----
    PR_SET_DUMPABLE is refused too: it would hide the process from those who measure it.
    clone3 answers "no such call", so that the C library falls back on clone, whose flags
    a filter can see.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    program = _program(network, attributes)
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    kept = ctypes.create_string_buffer(header, len(header))
    done = libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(kept), 0, 0)
    check(done, "seccomp")


def _program(network: bool, attributes: bool) -> list[tuple[int, int, int, int]]:
    """Return the filter: one tuple (code, jump if true, jump if false, value) a line."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(_ENOSYS, f"no system call table for {machine}")
    column = list(_AUDIT_ARCH).index(machine)
    refuse = (_RETURN, 0, 0, _ERRNO | _EPERM)
    lines = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _AUDIT_ARCH[machine]), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
    ]  # fmt: skip
    if machine == "x86_64":  # the x32 calls have numbers of their own
        lines += [(_AT_LEAST, 0, 1, 0x40000000), refuse]
    denied: Numbers = {**_DENIED}
    if not attributes:
        denied |= _ATTRIBUTES
    if not attributes and landlock_version() < 3:
        denied |= _BEFORE_LANDLOCK_3
    for numbers in denied.values():
        if (call_number := numbers[column]) is not None:
            lines += [(_EQUAL, 0, 1, call_number), refuse]
    for numbers in () if attributes else _UNCHANGED.values():
        if (call_number := numbers[column]) is not None:
            lines += [(_EQUAL, 0, 1, call_number), (_RETURN, 0, 0, _ERRNO)]
    call = {name: numbers[column] for name, numbers in _CALLS.items()}
    lines += [(_EQUAL, 0, 1, call["clone3"]), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    first_argument = (_LOAD, 0, 0, 16)
    lines += [(_EQUAL, 0, 4, call["prctl"]), first_argument, (_EQUAL, 0, 1, PR_SET_DUMPABLE)]
    lines += [refuse, (_RETURN, 0, 0, _ALLOW)]
    lines += [(_EQUAL, 0, 5, call["clone"]), first_argument, (_AND, 0, 0, _NEW_NAMESPACES)]
    lines += [(_EQUAL, 1, 0, 0), refuse, (_RETURN, 0, 0, _ALLOW)]
    allowed = (_AF_UNIX, _AF_INET, _AF_INET6) if network else (_AF_UNIX,)
    lines += [(_EQUAL, 0, 2 + 2 * len(allowed), call["socket"]), first_argument]
    for family in allowed:
        lines += [(_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
    return lines + [refuse, (_RETURN, 0, 0, _ALLOW)]


def landlock_version() -> int:
    """Return the version of Landlock that the kernel offers; 0 if none."""
    return max(0, libc().syscall(_CREATE_RULESET, None, 0, 1))


def guard_files(readable: list[str], writable: list[str]) -> int:
    """Leave this process and its children these directories only (Landlock).

    Parameters
    ----------
    readable, writable : list of str
        Directories and files. What is not there is left out.

    Returns
    -------
    int
        The version that was used; 0 if the kernel has no Landlock. From version 4 on TCP
        is refused, from 6 on signals to processes outside are refused too.
    """
    version = landlock_version()
    if not version:
        return 0
    rights = (1 << _RIGHTS.get(version, 16)) - 1
    scope = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if version >= 6 else 0
    attributes = struct.pack("QQQ", rights, 3 if version >= 4 else 0, scope)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = check(libc().syscall(_CREATE_RULESET, attributes, size, 0), "landlock")
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, rights)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        check(libc().syscall(_RESTRICT_SELF, ruleset, 0), "landlock")
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        check(libc().syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock {path}")
    finally:
        os.close(handle)
