"""Run a command as on a kernel without Landlock: ``python without_landlock.py COMMAND...``.

A filter of system calls answers "no such call" to the one that makes a Landlock ruleset.
"""

import ctypes
import os
import struct
import sys

_CREATE_RULESET = 444  # on every machine
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO, _ENOSYS = 0x7FFF0000, 0x00050000, 38
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_PROGRAM = (
    (_LOAD, 0, 0, 0), (_EQUAL, 0, 1, _CREATE_RULESET), (_RETURN, 0, 0, _ERRNO | _ENOSYS),
    (_RETURN, 0, 0, _ALLOW),
)  # fmt: skip


def main() -> None:
    """Install the filter and become the command."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in _PROGRAM))
    header = struct.pack("HxxxxxxP", len(_PROGRAM), ctypes.addressof(code))
    kept = ctypes.create_string_buffer(header)
    for option, value, third in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0),
        (_PR_SET_SECCOMP, _FILTER, ctypes.addressof(kept)),
    ):
        if libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(third), 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
