"""Rows of `quantise`: fewer digits within an error bound."""

from collections.abc import Callable

from course_lib.checking.check import Report
from course_lib.checking.given_06.choose_settings import FILTERS, packed


def rows(report: Report, quantise: Callable) -> None:
    """Add the visible rows of `quantise`."""
    import numpy as np

    x = np.array([1.06, 2.5, -0.9])
    run = report.run(quantise, x.copy(), 0.25)
    label = "the example: no number moves by more than 0.25"
    if type(run.value) is np.ndarray and np.array_equal(run.value, x):
        report.true(label, False, points=0.25, of=run, message="Nothing was rounded.")
    else:
        report.close(label, run, x, rtol=0, atol=0.25, points=0.25)
    x = measured()
    run = report.run(quantise, x.copy(), 0.05)
    report.close("no number moves by more than 0.05", run, x, rtol=0, atol=0.05, points=0.25)
    compressed(report, "compressed with zstd", run, x, 0.05, points=0.75)
    works = report.rows[-1].ok
    report.true(
        "x stays as it is", works and np.array_equal(run.args[0], x), points=0.25, of=run,
        message="The caller's array was changed in place. Return a new one." if works
        else "This counts once the result is small.",
    )  # fmt: skip
    _corners(report, quantise, x[:9], works)


def _corners(report: Report, quantise: Callable, x, works: bool) -> None:
    import numpy as np

    holes = np.linspace(-30, 30, 60).reshape(6, 10)
    holes[1, 2], holes[3, 4], holes[5, 6] = np.nan, np.inf, -np.inf
    run = report.run(quantise, holes.copy(), 2)
    few_row(report, run, holes, 2, "NaN and infinity", 0.25)
    run = report.run(quantise, x, 0)
    report.equal("an error of 0", run, x, points=0.25, after=works)


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
    return min(packed(x, "zstd", filter) for filter in FILTERS)


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


def few_row(report: Report, run, x, error: float, label: str, points: float) -> None:
    """Add the row of an array whose numbers should be near those of `x`, and few of them."""
    import numpy as np

    most = 1.15 * np.unique(np.round(x / _step(error))).size
    if size_of(run.value, x) is not None and np.unique(run.value).size > most:
        text = "It holds too many different numbers: a larger step is possible."
        report.true(label, False, points=points, of=run, message=text)
    else:
        report.close(label, run, x, rtol=0, atol=error, points=points)
