"""Frames between two processes: a bounded JSON head and bounded blocks of bytes.

A frame is ``head length (4 bytes) | total length of the blocks (8 bytes) | head | blocks``.
The head is JSON and names the length of each block. Both lengths are checked before any
memory is taken, and nothing is ever unpickled.
"""

import json
import select
import socket
import struct
import time

_LENGTHS = struct.Struct("!IQ")
MAX_HEAD = 64 << 20
MAX_BLOCKS = 512 << 20
MAX_COUNT = 100_000


class WireError(Exception):
    """What came is not a frame: too large, cut off, or not JSON."""


class Gone(WireError):
    """The other side has closed the connection, or died."""


class Late(WireError):
    """The other side did not answer in time."""


def send(sock: socket.socket, head: dict, blocks=(), deadline: float | None = None) -> None:
    """Write one frame.

    Parameters
    ----------
    sock : socket
        A connected stream.
    head : dict
        What `json` can write.
    blocks : sequence of bytes-like
        The bytes that the head refers to by their position.
    deadline : float, optional
        ``time.monotonic()`` at which to give up.
    """
    sizes = [memoryview(block).nbytes for block in blocks]
    text = json.dumps({**head, "sizes": sizes}, separators=(",", ":")).encode()
    pieces = [_LENGTHS.pack(len(text), sum(sizes)) + text, *blocks]
    try:
        for piece in pieces:
            _send_all(sock, memoryview(piece).cast("B"), deadline)
    except (BrokenPipeError, ConnectionResetError):
        raise Gone("the other side is gone") from None


def _send_all(sock: socket.socket, data: memoryview, deadline: float | None) -> None:
    while data:
        if deadline is not None:
            _wait(sock, select.POLLOUT, deadline)
            sent = sock.send(data[: 1 << 16], socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        else:
            sent = sock.send(data, socket.MSG_NOSIGNAL)
        data = data[sent:]


def receive(
    sock: socket.socket, deadline: float | None = None, max_head=MAX_HEAD, max_blocks=MAX_BLOCKS
) -> tuple[dict, list[memoryview]]:
    """Read one frame.

    Parameters
    ----------
    sock : socket
        A connected stream.
    deadline : float, optional
        ``time.monotonic()`` at which to give up.
    max_head, max_blocks : int
        Bytes of the head, and of all blocks together, that are read at most.

    Returns
    -------
    head : dict
    blocks : list of writable memoryview

    Raises
    ------
    Gone, Late, WireError
    """
    head_size, block_size = _LENGTHS.unpack(_read(sock, _LENGTHS.size, deadline))
    if head_size > max_head or block_size > max_blocks:
        raise WireError(f"a message of {head_size + block_size} bytes is over the limit")
    head = _parse(_read(sock, head_size, deadline))
    data, at, blocks = memoryview(_read(sock, block_size, deadline)), 0, []
    for size in _sizes(head, block_size):
        blocks.append(data[at : at + size])
        at += size
    return head, blocks


def _parse(text: bytearray) -> dict:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"a message is not JSON: {type(error).__name__}") from None
    if type(head) is not dict:
        raise WireError("a message has no fields")
    return head


def _sizes(head: dict, total: int) -> list[int]:
    sizes = head.pop("sizes", None)
    plain = type(sizes) is list and len(sizes) <= MAX_COUNT
    if not plain or any(type(n) is not int or n < 0 for n in sizes) or sum(sizes) != total:
        raise WireError("the lengths of a message do not add up")
    return sizes


def _read(sock: socket.socket, size: int, deadline: float | None) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        if deadline is not None:
            _wait(sock, select.POLLIN, deadline)
        try:
            got = sock.recv_into(view)
        except ConnectionResetError:
            got = 0
        if not got:
            raise Gone("the other side is gone")
        view = view[got:]
    return buffer


def _wait(sock: socket.socket, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(sock, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise Late("no answer in time")
