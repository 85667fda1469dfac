"""Make the data of exercise 06, judge what came, and tell what mistakes give.

The checks of the exercise call these functions, so that a check stays a few lines long.
"""

import struct
import sys
import zlib
from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.difference import short

NOTHING = {"codec": "none", "filter": "none", "delta": False}
CODECS, FILTERS = ("lz4", "zstd"), ("none", "shuffle", "bitshuffle")


# 1. Pack


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
    right = report.rows[-1].ok
    report.equal(
        label, part(run, "layout") if right else "the values are not right yet",
        {"order": order, "writeable": True}, points=points, of=run, known=[
            ("the values are not right yet", "This counts once the values are right."),
            (lambda got: got["writeable"] is False,
             "The array cannot be written to: np.frombuffer looks at bytes. Copy it."),
            (lambda got: got["order"] == "C", "The array was in Fortran order. Keep it, too."),
        ],
    )  # fmt: skip


def small(report: Report, label: str, run, limit: int, right: bool, message: str) -> None:
    """Add the row of a compressed size, worth half a point, which counts if the array is right."""
    size = len(run.value) if type(run.value) is bytes else None
    report.true(
        label, right and size is not None and size <= limit, points=0.5, of=run,
        got="no bytes" if size is None else f"{size:,} bytes", expected=f"at most {limit:,} bytes",
        message=message if right else "This counts once the restored array is right.",
    )  # fmt: skip


# 2. Settings


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
    return _packed(np.diff(x, prepend=x.dtype.type(0)) if delta else x, codec, filter)


def _packed(x, codec: str, filter: str) -> int:
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


# 3. Delta and shuffle


def shuffled(x) -> bytes:
    """Return what `delta_shuffle` should: item by item, in whole numbers of Python."""
    size, before, items = x.itemsize, 0, []
    for value in x.tolist():
        items.append(((value - before) % 256**size).to_bytes(size, "little"))
        before = value
    return b"".join(bytes(item[k] for item in items) for k in range(size))


# 5. Blocks


def blocks_of(x, block_items: int, damaged: tuple = ()) -> bytes:
    """Return the content of a file of blocks, some of them damaged."""
    import numpy as np

    starts = range(0, len(x), block_items)
    blocks = [zlib.compress(x[i : i + block_items].tobytes(), 1) for i in starts]
    blocks = [bytes(len(b)) if k in damaged else b for k, b in enumerate(blocks)]
    places = 16 + 8 * (len(blocks) + 1) + np.cumsum([0, *map(len, blocks)])
    head = struct.pack("<QQ", len(x), block_items)
    return head + places.astype("<u8").tobytes() + b"".join(blocks)


def names_block(report: Report, label: str, run, number: int, right: bool, points: float) -> None:
    """Add the row of a damaged block. An answer that refuses all refuses this too: that is 0."""
    if not right:
        waits = "This counts once the blocks that are not damaged come out right."
        report.true(label, False, points=points, message=waits)
        return
    report.raises(label, run, ValueError, mentions=str(number), points=points, known=[
        ("error", "zlib.error says nothing about the block. Catch it and raise ValueError with "
         "the block's number."),
    ])  # fmt: skip


# 6. Quantise


def measured():
    """Return 16,000 temperatures of float32 that change slowly."""
    import numpy as np

    steps = np.random.default_rng(23).normal(0, 0.02, 16_000)
    return (280 + np.cumsum(steps)).astype("f4")


def _step(error: float) -> float:
    import numpy as np

    return 2.0 ** np.floor(np.log2(2 * error))


def _rounded(x, error: float):
    import numpy as np

    return (np.round(x.astype(np.float64) / _step(error)) * _step(error)).astype(x.dtype)


def smallest(x) -> int:
    """Return the bytes of an array with zstd and the best filter."""
    return min(_packed(x, "zstd", filter) for filter in FILTERS)


def size_of(value, x) -> int | None:
    """Return the compressed bytes of what came; None if it is no array like `x`."""
    import numpy as np

    plain = type(value) is np.ndarray and value.dtype == x.dtype and value.shape == x.shape
    return smallest(value) if plain else None


def compressed(report: Report, label: str, run, x, error: float, points: float) -> None:
    """Add the row of the size of rounded numbers; it counts if the row before is right."""
    right, size = report.rows[-1].ok, size_of(run.value, x)
    limit = int(1.2 * smallest(_rounded(x, error)))
    larger = "Within the bound, but a larger step is possible: rounding moves a number by half a "
    report.true(
        label, right and size is not None and size <= limit, points=points, of=run,
        got="no such array" if size is None else f"{size:,} bytes",
        expected=f"at most {limit:,} bytes of {x.nbytes:,}",
        message=larger + "step only." if right else "This counts once no number moves too far.",
    )  # fmt: skip


def coarse_or_text(value, x, error: float):
    """Return the array that came if it has few different numbers, else a text."""
    import numpy as np

    if size_of(value, x) is None:
        return value
    most = 1.15 * np.unique(np.round(x / _step(error))).size
    return value if np.unique(value).size <= most else "an array of too many different numbers"


def wrong_rounding(x, error: float) -> list:
    """Return what mistakes make of `x`, as `known` wants it."""
    import numpy as np

    step, wide = _step(error), x.astype(np.float64)
    multiples, decimal = np.round(wide / step), x.dtype.type(2 * error)
    cut = "These numbers are cut off, not rounded: np.round goes to the nearest multiple."
    far = "Rounding moves a number by half a step. The step is twice the error at most."
    with np.errstate(all="ignore"):
        values = [
            (np.trunc(wide / step) * step, cut),
            (np.floor(wide / step) * step, cut),
            (np.trunc(wide / (2 * error)) * 2 * error, cut),
            (np.floor(wide / (2 * error)) * 2 * error, cut),
            (multiples, "These are multiples of the step. Multiply by the step again."),
            (np.round(wide / (2 * step)) * 2 * step, far),
            (np.round(wide / (4 * error)) * 4 * error, far),
            (np.round(x / decimal) * decimal,
             "Nearly: the step is not exact in binary. Take a power of two."),
        ]  # fmt: skip
    exact = [(_same(value, x, error), text) for value, text in values]
    wider = (lambda y: y.dtype != x.dtype and np.allclose(y, x, rtol=0, atol=1.01 * error),
             "The result has the dtype of `x`.")  # fmt: skip
    return [*exact, wider]


def _same(value, x, error: float) -> Callable:
    """Return a predicate: an array is this one, but for the rounding of the last digit."""
    import numpy as np

    last = 4 * np.finfo(x.dtype).eps * np.abs(x).max()
    return lambda y: y.shape == x.shape and np.allclose(y, value, rtol=0, atol=min(last, error / 4))
