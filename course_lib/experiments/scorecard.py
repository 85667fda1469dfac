"""A scorecard: what each workload costs in each format, as counts and as a picture."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from course_lib.slowdisk import Disk
from course_lib.units import format_bytes, format_count

FORMATS = ("memmap", "HDF5", "Zarr", "Zarr on S3")
UNITS = {
    "bytes": "bytes",
    "requests": "requests",
    "coded": "bytes",
    "peak": "bytes",
    "descriptors": "descriptors",
}


@dataclass(frozen=True)
class Cost:
    """What one workload cost in one format.

    Attributes
    ----------
    bytes : int or None
        Bytes that came from, or went to, the storage.
    requests : int or None
        How often the storage was asked.
    peak : int or None
        Bytes of memory at the highest.
    descriptors : int or None
        File descriptors that were open while it ran.
    value : object
        What was read, to see that all formats agree.
    coded : int or None
        Bytes of chunks that the processor decompressed or compressed.
    """

    bytes: int | None
    requests: int | None
    peak: int | None = None
    descriptors: int | None = None
    value: object = field(default=None, repr=False)
    coded: int | None = None

    def __str__(self) -> str:
        opened = format_count(self.descriptors, "descriptors")
        return (
            f"{format_bytes(self.bytes)} in {format_count(self.requests, 'requests')}, "
            f"peak {format_bytes(self.peak)}, "
            f"{'descriptors unknown' if self.descriptors is None else opened}"
        )


class Scorecard:
    """Collect costs, one row for each workload.

    Parameters
    ----------
    formats : sequence of str
        The columns.

    Examples
    --------
    >>> card = Scorecard(["a", "b"])
    >>> _ = card.add("one value", a=Cost(4096, 1), b=Cost(65536, 1))
    >>> card.best("one value", "bytes")
    ['a']
    """

    def __init__(self, formats: Sequence[str] = FORMATS):
        self.formats = tuple(formats)
        self.rows: dict[str, dict[str, Cost]] = {}
        self._calls: dict[str, int] = {}
        self._opening: dict[str, dict[str, int]] = {}
        self._in_turn: dict[str, dict[str, int] | None] = {}

    def add(
        self,
        workload: str,
        costs: dict[str, Cost] | None = None,
        calls: int = 1,
        opening: dict[str, int] | None = None,
        in_turn: dict[str, int] | None = None,
        **more: Cost,
    ) -> "Scorecard":
        """Enter the costs of one workload; return the card.

        Parameters
        ----------
        workload : str
            Name of the row.
        costs : dict of str to Cost
            The cells, by format; more of them as keywords.
        calls : int
            How many selections the workload took, each after the one before had ended.
        opening : dict of str to int, optional
            Requests of a format that came one after the other before the first selection.
        in_turn : dict of str to int, optional
            In place of that of `seconds`, for this row.
        """
        row = {**(costs or {}), **more}
        unknown = set(row) - set(self.formats)
        if unknown:
            raise ValueError(f"unknown formats {sorted(unknown)}; expected {list(self.formats)}")
        self.rows[workload], self._calls[workload] = row, calls
        self._opening[workload], self._in_turn[workload] = opening or {}, in_turn
        return self

    def values(self, measure: str) -> list[list[int | None]]:
        """Return one figure of every cell: rows are workloads, columns are formats."""
        if measure not in UNITS:
            raise ValueError(f"no measure {measure!r}; expected one of {', '.join(UNITS)}")
        return [
            [getattr(row[name], measure) if name in row else None for name in self.formats]
            for row in self.rows.values()
        ]

    def best(self, workload: str, measure: str, within: float = 1.5) -> list[str]:
        """Return the formats that need at most `within` times the least."""
        row = {name: getattr(cost, measure) for name, cost in self.rows[workload].items()}
        known = {name: value for name, value in row.items() if value is not None}
        least = min(known.values(), default=0)
        return [name for name in self.formats if known.get(name, 1e99) <= within * max(least, 1)]

    def seconds(
        self,
        disk: Disk,
        at_once: dict[str, int] | None = None,
        in_turn: dict[str, int] | None = None,
        impossible: Collection[tuple[str, str]] = (),
        coding: dict[str, float] | None = None,
    ) -> list[list[float | None]]:
        """Return the time of every cell on a virtual clock.

        Parameters
        ----------
        disk : Disk
            The medium.
        at_once : dict of str to int, optional
            How many requests a format keeps under way within one selection; default 1.
        in_turn : dict of str to int, optional
            How many requests a format makes for one object, each after the other; default 1.
        impossible : collection of (workload, format)
            Cells without a time on this medium.
        coding : dict of str to float, optional
            Bytes that the processor decompresses or compresses in a second; default: no time.
        """
        at_once, in_turn, coding = at_once or {}, in_turn or {}, coding or {}
        table = []
        for work, row in self.rows.items():
            own = self._in_turn[work]
            turns = in_turn if own is None else own
            table.append(
                [
                    None
                    if (work, name) in impossible
                    else _on_clock(
                        disk,
                        row.get(name),
                        self._calls[work] * turns.get(name, 1),
                        at_once.get(name, 1),
                        self._opening[work].get(name, 0),
                        coding.get(name, math.inf),
                    )
                    for name in self.formats
                ]
            )
        return table

    def picture(self, measure: str, title: str = ""):
        """Draw one figure of every cell as a heat map; return the Axes."""
        from course_lib import plotting

        values, unit = self.values(measure), UNITS[measure]
        return plotting.heatmap(list(self.rows), self.formats, values, unit, title=title)

    def clock(self, disk: Disk, *args, **options):
        """Draw the time of every cell on a medium, see `seconds`; return the Axes."""
        from course_lib import plotting

        values = self.seconds(disk, *args, **options)
        return plotting.heatmap(list(self.rows), self.formats, values, "s", title=str(disk))


def _on_clock(
    disk: Disk, cost: Cost | None, steps: int, at_once: int, opening: int, coding: float
) -> float | None:
    """Return the seconds of requests that come in `steps`; only those of one step overlap."""
    if cost is None or cost.bytes is None or cost.requests is None:
        return None
    if coding < math.inf and cost.coded is None:
        return None
    requests = cost.requests - opening
    per_step = -(-requests // steps)
    waits = min(steps * -(-per_step // at_once), requests) + opening
    return waits * disk.latency + cost.bytes / disk.bandwidth + (cost.coded or 0) / coding
