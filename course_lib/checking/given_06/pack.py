"""Rows of `pack` and `unpack`: an array is compressed and comes back."""

import sys
from collections.abc import Callable

from course_lib.checking.check import Report


def rows(report: Report, pack: Callable, round_trip: Callable) -> None:
    """Add the visible rows of `pack`; `round_trip` is the given function of that name."""
    import numpy as np

    x = np.linspace(0, 100, 100_000)
    run = report.run(round_trip, x)
    report.equal("the example, restored", part(run, "array"), x, points=0.5, of=run)
    right = report.rows[0].ok
    message = "This uses pickle (blosc.pack_array does). np.save to an io.BytesIO keeps dtype and shape without it."
    report.true(
        "nothing is pickled", right and part(run, "pickled") == 0, points=0.25, of=run,
        message=message if right else "This counts once the restored array is right.",
    )  # fmt: skip
    slow = "Some filter helps numbers whose bytes change slowly: shuffle, with the size of an item as typesize."
    small(report, "its compressed size", report.run(pack, x), 160_000, right, slow)
    x = np.linspace(0, 100, 50_000) + 1j * np.linspace(5, 9, 50_000)
    wide = "An item has 16 bytes here. The shuffle of Blosc takes 8 if it is given no typesize."
    small(report, "50,000 numbers of 16 bytes", report.run(pack, x), 200_000, right, wide)
    _arrays(report, round_trip)


def _arrays(report: Report, round_trip: Callable) -> None:
    import numpy as np

    for label, x in (
        ("an array with three dimensions", np.arange(24, dtype="i2").reshape(2, 3, 4)),
        ("another byte order", np.arange(-9, 11, dtype=">i4").reshape(4, 5)),
        ("an array in Fortran order", np.asfortranarray(np.arange(24.0).reshape(4, 6))),
    ):
        run = report.run(round_trip, x)
        report.equal(label, part(run, "array"), x, points=0.25, of=run)
    layout(report, "its order, and that it can be written to", run, "Fortran", points=0.25)


def round_trip(pack: Callable, unpack: Callable, x) -> dict:
    """Return ``unpack(pack(x))``, its layout, and how often pickle was called."""
    import numpy as np

    pickled = []

    def watch(frame, event, function):
        if event == "c_call":
            owner = type(getattr(function, "__self__", None)).__module__
            pickled.extend({function.__module__, owner} & {"_pickle", "pickle"})

    sys.setprofile(watch)
    try:
        restored = unpack(pack(x))
    finally:
        sys.setprofile(None)
    if not isinstance(restored, np.ndarray):
        return {"array": restored, "layout": "no array", "pickled": len(pickled)}
    flags = restored.flags
    order = "C" if flags.c_contiguous else "Fortran" if flags.f_contiguous else "neither"
    layout = {"order": order, "writeable": flags.writeable}
    return {"array": restored, "layout": layout, "pickled": len(pickled)}


def part(run, key: str):
    """Return a part of what `round_trip` says, whatever came."""
    return run.value.get(key, "nothing") if type(run.value) is dict else run.value


def layout(report: Report, label: str, run, order: str, points: float) -> None:
    """Add the row of order and writeability; it counts if the row before is right."""
    right, wanted = report.rows[-1].ok, {"order": order, "writeable": True}
    report.equal(label, part(run, "layout"), wanted, points=points, of=run, after=right)


def small(report: Report, label: str, run, limit: int, right: bool, message: str) -> None:
    """Add the row of a compressed size, worth half a point, which counts if the array is right."""
    size = len(run.value) if type(run.value) is bytes else None
    report.true(
        label, right and size is not None and size <= limit, points=0.5, of=run,
        got="no bytes" if size is None else f"{size:,} bytes", expected=f"at most {limit:,} bytes",
        message=message if right else "This counts once the restored array is right.",
    )  # fmt: skip
