"""End a call that runs for ever: an endless loop must not take the notebook with it.

Processor time is limited, so a slow or busy machine stops nobody; time on the clock only far
above, for a call that sleeps or waits for ever. Signals do it, so it works in the main thread
of a system that has them, and not inside one long call of a C library.
"""

import random
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

CPU_SECONDS = 20.0
WALL_SECONDS = 120.0
_AGAIN = 0.5  # seconds until a call that swallowed the error is stopped again


class TookTooLong(BaseException):
    """Raised inside a call that ran out of time; no `except Exception` takes it."""


class TimeLimit:
    """Limit the time of what runs in a ``with`` block, where that can be done.

    Parameters
    ----------
    cpu, wall : float
        Seconds of processor time of this process, and on the clock; 0 for no limit.
        Default: `CPU_SECONDS` and `WALL_SECONDS`.

    Raises
    ------
    TookTooLong
        Inside the block. A block that swallows it gets it again, and then at each line of what
        it does about it, until it has left every loop.

    Notes
    -----
    Nothing is limited while a debugger or another tracer is at work, off the main thread, and
    where somebody else uses the timer. `stop` may be called twice; it leaves no timer, no
    handler and no tracer of ours.
    """

    def __init__(self, cpu: float | None = None, wall: float | None = None):
        self.cpu = CPU_SECONDS if cpu is None else cpu
        self.wall = WALL_SECONDS if wall is None else wall
        self._running = False
        self._handlers: list[tuple[int, int, object]] = []
        self._swallowed = 0
        self._first: TookTooLong | None = None
        self._traced: list[FrameType] = []

    def __enter__(self) -> "TimeLimit":
        if (self.cpu or self.wall) and _may_limit():
            self._running = True
            self._caller = sys._getframe(1)
            self._arm("SIGPROF", "ITIMER_PROF", self.cpu, "processor time")
            self._arm("SIGALRM", "ITIMER_REAL", self.wall, "time on the clock")
        return self

    def __exit__(self, *_) -> None:
        self._running = False  # first: a signal may be on its way
        self.stop()

    def stop(self) -> None:
        """Take timers, handlers and tracers away."""
        self._running = False
        if self._traced:
            sys.settrace(None)
            for frame in self._traced:
                frame.f_trace = None
            self._traced.clear()
        for timer, number, before in self._handlers:
            signal.setitimer(timer, 0)
            signal.signal(number, before)  # type: ignore[arg-type]
        self._handlers.clear()

    def _arm(self, name: str, timer_name: str, seconds: float, kind: str) -> None:
        number, timer = getattr(signal, name, None), getattr(signal, timer_name, None)
        if not seconds or number is None or timer is None or any(signal.getitimer(timer)):
            return
        before = signal.getsignal(number)
        if before is None:  # set by a C library: it could not be given back
            return
        self._handlers.append((timer, number, before))
        signal.signal(number, self._ring(seconds, kind))
        signal.setitimer(timer, seconds, _AGAIN)

    def _ring(self, seconds: float, kind: str) -> Callable[[int, FrameType | None], None]:
        error = TookTooLong(f"it ran longer than {seconds:g} s of {kind} and was stopped")

        def ring(number: int, frame: FrameType | None) -> None:
            if not self._running:
                return
            self._swallowed += 1
            self._first = self._first or error
            if self._swallowed > 1:
                self._raise_at_each_line(frame, self._first)
            raise self._first.with_traceback(None)

        return ring

    def _raise_at_each_line(self, frame: FrameType | None, error: TookTooLong) -> None:
        """Raise once more where the error is caught: that leaves the handler, and its loop."""

        def trace(frame: FrameType, event: str, _):
            if event == "line" and self._running:
                self._knock_soon()  # Python ends tracing with this error
                raise error.with_traceback(None)
            return trace

        while frame is not None and frame is not self._caller:
            frame.f_trace = trace
            self._traced.append(frame)
            frame = frame.f_back
        sys.settrace(lambda *_: None)

    def _knock_soon(self) -> None:
        """Ring again while the next handler further out is at work, with some luck."""
        owned = [timer for timer, _, _ in self._handlers]
        if signal.ITIMER_REAL in owned:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 5e-5), 2e-3)


def _may_limit() -> bool:
    if threading.current_thread() is not threading.main_thread() or sys.gettrace() is not None:
        return False
    monitoring = getattr(sys, "monitoring", None)  # debuggers use it from Python 3.12 on
    return monitoring is None or monitoring.get_tool(monitoring.DEBUGGER_ID) is None
