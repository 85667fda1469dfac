"""Rows of `delta_shuffle` and `unshuffle_delta`: bytes by hand."""

from collections.abc import Callable

from course_lib.checking.check import Report


def rows(report: Report, there: Callable, back: Callable) -> None:
    """Add the visible rows of `delta_shuffle` (`there`) and `unshuffle_delta` (`back`)."""
    import numpy as np

    x, content = np.array([256, 257, 259], "i2"), bytes([0, 1, 2, 1, 0, 0])
    report.equal("the example", report.run(there, x), content, points=0.5)
    report.equal("and back", report.run(back, content, "<i2"), x, points=0.5)
    x = np.cumsum(np.random.default_rng(3).integers(0, 9, 500)).astype("i4") + 10**9
    report.equal("500 growing numbers", report.run(there, x), shuffled(x), points=0.25)
    report.equal("and back", report.run(back, shuffled(x), "<i4"), x, points=0.25)
    x = np.array([100, -100, 127, -128], "i1")
    report.equal("differences that wrap around", report.run(there, x), shuffled(x), points=0.5)
    x = np.array([3, 2, 700, 65535], ">u2")
    report.equal("another byte order", report.run(there, x), shuffled(x), points=0.5)
    report.equal("and back", report.run(back, shuffled(x), ">u2"), x, points=0.25)


def shuffled(x) -> bytes:
    """Return what `delta_shuffle` should: item by item, in whole numbers of Python."""
    size, before, items = x.itemsize, 0, []
    for value in x.tolist():
        items.append(((value - before) % 256**size).to_bytes(size, "little"))
        before = value
    return b"".join(bytes(item[k] for item in items) for k in range(size))
