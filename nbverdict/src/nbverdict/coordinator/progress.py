"""A line that says how far a batch is, how fast it goes and how long it will take."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

_WIDTH = 24


class Progress:
    """A progress bar on a terminal; elsewhere a line now and then.

    Parameters
    ----------
    total : int
        Submissions to grade.
    file : text file
        Where it goes. None: nowhere.
    clock : callable
        Seconds, for tests.
    """

    def __init__(
        self, total: int, file: TextIO | None = sys.stderr,
        clock: Callable[[], float] = time.monotonic,
    ):  # fmt: skip
        self.total, self.file, self.clock = total, file, clock
        self.done, self.started = 0, clock()
        self._terminal = file is not None and file.isatty()
        self._next = 0.0

    def step(self) -> None:
        """Count one submission as done."""
        self.done += 1
        now = self.clock()
        if self.file is None or (now < self._next and self.done < self.total):
            return
        self._next = now + (0.2 if self._terminal else 10.0)
        end = "\r" if self._terminal and self.done < self.total else "\n"
        print(self.text(now), end=end, file=self.file, flush=True)

    def text(self, now: float) -> str:
        """Return the line.

        Examples
        --------
        >>> bar = Progress(100, None, clock=lambda: 0.0)
        >>> bar.done = 25
        >>> bar.text(now=5.0)
        '[######..................]  25/100  5.0/s  15 s left'
        """
        share = self.done / self.total if self.total else 1.0
        full = int(share * _WIDTH)
        rate = self.done / max(now - self.started, 1e-9)
        left = (self.total - self.done) / rate if rate else 0.0
        bar = "#" * full + "." * (_WIDTH - full)
        done = f"{self.done:>{len(str(self.total))}}"
        return f"[{bar}] {done:>3}/{self.total}  {rate:.1f}/s  {left:.0f} s left"
