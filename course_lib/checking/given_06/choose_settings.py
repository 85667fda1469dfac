"""Rows of `choose_settings`: codec and filter for the data."""

from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.difference import short

NOTHING = {"codec": "none", "filter": "none", "delta": False}
CODECS, FILTERS = ("lz4", "zstd"), ("none", "shuffle", "bitshuffle")


def rows(report: Report, choose: Callable) -> None:
    """Add the visible rows of `choose_settings`."""
    import numpy as np

    rng = np.random.default_rng(21)
    for label, x, points, message in (
        ("the example, random bytes", rng.integers(0, 256, 8_000).astype("u1"), 0.25, ""),
        ("evenly spaced float64", np.linspace(0, 100, 3_000), 0.5,
         "The first bytes of all numbers are alike, and so are the second. Which filter brings them together?"),
        ("times, int64", np.cumsum(rng.integers(990, 1010, 3_000)) + 1_700_000_000_000, 0.5,
         "Another setting makes this array smaller. Each time is a little more than the one before."),
        ("temperatures in tenths, float32", np.round(rng.normal(15, 0.4, 6_000), 1).astype("f4"), 0.25,
         "Another setting makes this array smaller. The same few numbers come again and again: does a filter help here?"),
        ("counts of a detector, uint32", np.cumsum(rng.integers(0, 9, 3_000)).astype("u4"), 0.25,
         "Another setting makes this array smaller. Whole numbers without a sign have differences, too."),
        ("numbers of 15 bits, uint16", rng.integers(0, 2**15, 8_000).astype("u2"), 0.25, ""),
    ):  # fmt: skip
        judge(report, label, report.run(choose, x), x, points, message)


def size_with(x, settings: dict) -> int | str:
    """Return the bytes of an array with some settings, or a text that says what is wrong."""
    import numpy as np

    if type(settings) is not dict or set(settings) != set(NOTHING):
        return "not a dict with codec, filter and delta"
    codec, filter, delta = settings["codec"], settings["filter"], settings["delta"]
    delta = delta.item() if isinstance(delta, np.bool_) else delta
    if (type(codec), type(filter), type(delta)) != (str, str, bool):
        return "codec and filter should be texts, delta True or False"
    if {"codec": codec, "filter": filter, "delta": delta} == NOTHING:
        return x.nbytes
    if codec not in CODECS or filter not in FILTERS:
        return "settings that do not exist"
    if delta and x.dtype.kind not in "iu":
        return "delta is for whole numbers only"
    return packed(np.diff(x, prepend=x.dtype.type(0)) if delta else x, codec, filter)


def packed(x, codec: str, filter: str) -> int:
    """Return the bytes of an array after Blosc."""
    import blosc

    how = {"none": blosc.NOSHUFFLE, "shuffle": blosc.SHUFFLE, "bitshuffle": blosc.BITSHUFFLE}
    raw = x.tobytes()
    return len(blosc.compress(raw, x.itemsize, clevel=5, shuffle=how[filter], cname=codec))


def judge(report: Report, label: str, run, x, points: float, message: str) -> None:
    """Add the row of one kind of data: the size that came against the best one."""
    deltas = (False, True) if x.dtype.kind in "iu" else (False,)
    ways = [{"codec": c, "filter": f, "delta": d} for c in CODECS for f in FILTERS for d in deltas]
    smallest = min(size_with(x, way) for way in ways)
    best = smallest if smallest < 0.9 * x.nbytes else x.nbytes
    size = size_with(x, run.value)
    if isinstance(size, str):
        message = f"{size[0].upper()}{size[1:]}."
    elif best == x.nbytes:
        message = "The best setting saves less than a tenth of the bytes: it is not worth its time."
    elif size == x.nbytes:
        message = "Some setting saves a tenth and more. Try all of them."
    low = isinstance(size, int) and isinstance(best, int) and size <= 1.02 * best
    good = low and (size == x.nbytes) == (best == x.nbytes)
    came = f"{size:,} bytes with {short(run.value)}" if isinstance(size, int) else short(run.value)
    report.true(
        label, good, points=points, of=run, got=came, message=message,
        expected=f"{best:,} bytes of {x.nbytes:,}",
    )  # fmt: skip
