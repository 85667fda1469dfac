"""A virtual clock: what a list of reads would cost on a slower disk or network.

Nothing sleeps. The cost of a read is ``latency + bytes / bandwidth``, added up, so the
result is exact and the same on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from course_lib.units import MiB, format_bytes, format_seconds


@dataclass(frozen=True)
class Disk:
    """A medium by its two numbers.

    Attributes
    ----------
    name : str
        What it stands for.
    latency : float
        Seconds before the first byte of each read.
    bandwidth : float
        Bytes per second after that.
    """

    name: str
    latency: float
    bandwidth: float

    def __post_init__(self):
        if self.latency < 0 or self.bandwidth <= 0:
            raise ValueError(
                "latency must not be negative and bandwidth must be positive, got "
                f"{self.latency!r} s and {self.bandwidth!r} bytes/s"
            )

    def seconds(self, sizes: Iterable[int], at_once: int = 1) -> float:
        """Add up the cost of reads.

        Parameters
        ----------
        sizes : iterable of int
            Bytes of each read.
        at_once : int
            Reads that wait for their first byte together. They share the bandwidth.

        Examples
        --------
        >>> Disk("example", latency=0.01, bandwidth=1_000_000).seconds([500_000] * 4)
        2.04
        """
        if at_once < 1:
            raise ValueError(f"at_once must be at least 1, got {at_once!r}")
        sizes = list(sizes)
        rounds = -(-len(sizes) // at_once)
        return rounds * self.latency + sum(sizes) / self.bandwidth

    def timeline(self, sizes: Iterable[int]) -> list[tuple[str, float, float]]:
        """Return (label, start, end) of each read, one after the other, in seconds."""
        events, now = [], 0.0
        for number, size in enumerate(sizes):
            end = now + self.latency + size / self.bandwidth
            events.append((f"read {number}", now, end))
            now = end
        return events

    def __str__(self) -> str:
        return (
            f"{self.name}: {format_seconds(self.latency)} to the first byte, "
            f"{format_bytes(self.bandwidth)}/s"
        )


HARD_DISK = Disk("hard disk", 0.010, 150 * MiB)
SSD = Disk("solid-state disk", 0.0001, 2000 * MiB)
OBJECT_STORE = Disk("object store", 0.030, 50 * MiB)
SD_CARD = Disk("SD card", 0.001, 20 * MiB)
MEDIA = (SSD, HARD_DISK, OBJECT_STORE, SD_CARD)
