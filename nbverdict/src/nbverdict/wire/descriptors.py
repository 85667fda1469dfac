"""Receive open files from another process, beside a message."""

import array
import socket


def receive(sock: socket.socket, size: int, most: int = 1) -> tuple[bytes, list[int]]:
    """Read one message and the descriptors that came with it.

    Parameters
    ----------
    sock : socket
        A Unix socket.
    size : int
        Bytes of the message, at most.
    most : int
        Descriptors, at most: the kernel closes the others.
    """
    fds = array.array("i")
    data, extra, _, _ = sock.recvmsg(size, socket.CMSG_SPACE(most * fds.itemsize))
    for level, kind, payload in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return data, list(fds)
