"""End a call that does not end by itself, so that an endless loop does not hang a notebook."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CPU_SECONDS = 20.0
"""Processor time of one call: a slow machine needs no more of it than a fast one."""
WALL_SECONDS = 120.0
"""Time of one call that waits: for a lock, a pipe, a child that is dead."""
_AGAIN = 1.0  # seconds until an answer that catches everything is told again


class TimeLimit(BaseException):
    """Raised in a call that took too long; no `except Exception` of an answer catches it."""


@contextmanager
def limited(cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS) -> Iterator[None]:
    """Raise `TimeLimit` in the block after `cpu` seconds of work or `wall` seconds in all.

    Nothing is limited where signals cannot do it (another thread, Windows), while a debugger
    follows the code, and while nbgrader executes the notebook: a grader has limits of its own.

    Parameters
    ----------
    cpu, wall : float
        Seconds.

    Notes
    -----
    A loop that catches BaseException and goes on cannot be ended this way: it is told once a
    second, and the kernel has to be interrupted or restarted.
    """
    if not _possible():
        yield
        return
    timers = {
        signal.ITIMER_PROF: (signal.SIGPROF, cpu, f"{cpu:g} s of processor time"),
        signal.ITIMER_REAL: (signal.SIGALRM, wall, f"{wall:g} s"),
    }
    before = {number: signal.getsignal(number) for number, _, _ in timers.values()}
    try:
        for timer, (number, seconds, words) in timers.items():
            signal.signal(number, _raiser(words))
            signal.setitimer(timer, seconds, _AGAIN)
        yield
    finally:
        for timer, (number, _, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number] or signal.SIG_DFL)


def _possible() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and sys.gettrace() is None
        and not os.environ.get("NBGRADER_EXECUTION")
        and signal.getitimer(signal.ITIMER_REAL)[0] == 0  # somebody else's alarm stays
    )


def _raiser(words: str):
    def stop(number, frame):
        raise TimeLimit(f"it ran longer than {words} and was stopped: does a loop not end?")

    return stop
