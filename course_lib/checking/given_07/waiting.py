"""Wait for child processes, but never for ever."""

import multiprocessing.connection
import multiprocessing.forkserver
import multiprocessing.process
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def no_endless_wait() -> Iterator[None]:
    """Let recv() and join() of this process raise where they would wait for ever."""
    kind: Any = multiprocessing.connection.Connection
    process_class: Any = multiprocessing.process.BaseProcess
    here: int = os.getpid()
    made: list = []
    receive, pipe = kind.recv, multiprocessing.connection.Pipe
    join = process_class.join

    def noted_pipe(*args, **options):
        ends = pipe(*args, **options)
        made.extend(ends)
        return ends

    def patient_join(process, timeout=None):
        if timeout is None and os.getpid() == here:
            when_ended(process, made, join)
        return join(process, timeout)

    kind.recv = lambda end: receive(when_ready(end) if os.getpid() == here else end)
    connections: Any = multiprocessing.connection
    connections.Pipe = noted_pipe
    process_class.join = patient_join
    try:
        yield
    finally:
        kind.recv, connections.Pipe = receive, pipe
        process_class.join = join


_MOMENT = 0.25


def when_ready(connection):
    """Wait until there is something to receive, or the end of the pipe; return the connection."""
    wait = multiprocessing.connection.wait
    while not connection.poll():
        started = list(multiprocessing.process._children)  # active_children() would join them
        alive = [child.sentinel for child in started if not wait([child.sentinel], 0)]
        # The last one may have sent just now, or its end of the pipe closes a moment after it.
        if not alive and not connection.poll(_MOMENT):
            raise ChildProcessError("no child is left that could send, and the pipe is still open")
        wait([connection, *alive])
    return connection


_PATIENCE = 30  # tenths of a second that a message may lie in a pipe while join() waits


def when_ended(process, pipes: list, join: Callable) -> None:
    """Wait for the end of a process; raise if it cannot come, because nobody receives."""
    waited = 0
    while process.is_alive() and waited < _PATIENCE:
        join(process, 0.1)
        waited = waited + 1 if any(map(_holds_message, pipes)) else 0
    if waited >= _PATIENCE:
        raise ChildProcessError(
            "join() waits for a child that cannot end: its message is larger than the pipe, "
            "and nobody receives it"
        )


def _holds_message(end) -> bool:
    try:
        return not end.closed and end.readable and end.poll()
    except OSError:
        return False
