"""Rows of `came_from`: disk or cache."""

from collections.abc import Callable

from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report


def _counts(delivered: int, fetched: int) -> tuple[dict, dict]:
    """Return counters before and after: bytes that read delivered, bytes from the disk."""
    return (
        {"rchar": 9000, "read_bytes": 1 << 20},
        {"rchar": 9000 + delivered, "read_bytes": (1 << 20) + fetched},
    )


CASES = [
    Case(
        "the example",
        ({"rchar": 100, "read_bytes": 4096}, {"rchar": 8292, "read_bytes": 4096}, 8192),
        "cache",
        0.25,
    ),
    Case("a first read, with readahead", (*_counts(65_536, 131_072), 65_536), "disk", 0.25),
    Case("a part from the disk", (*_counts(65_536, 8192), 65_536), "both", 0.25),
    Case("a part, through a memory map", (*_counts(0, 8192), 65_536), "both", 0.25),
    Case(
        "all of it through a memory map, from 0 on",
        ({"rchar": 0, "read_bytes": 0}, {"rchar": 0, "read_bytes": 8192}, 8192),
        "disk",
        0.25,
    ),
    Case(
        "a machine that did not count at first",
        ({"rchar": 50, "read_bytes": None}, {"rchar": 90, "read_bytes": 4096}, 40),
        "unknown",
        0.25,
    ),
    Case("a machine without that counter", ({"rchar": 50}, {"rchar": 90}, 40), "unknown", 0.25),
]


def rows(report: Report, came_from: Callable) -> None:
    """Add the visible rows."""
    ask(report, came_from, CASES)
