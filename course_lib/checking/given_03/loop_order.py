"""Rows of `loop_order`: the order of the loops."""

from collections.abc import Callable
from itertools import permutations

from course_lib.checking.check import Report


def page_reads(shape: tuple, strides: tuple, order: tuple) -> int:
    """Count how often the page changes on the way through an array."""
    import numpy as np

    places = np.zeros(1, dtype=np.int64)
    for axis in order:
        places = (places[:, None] + np.arange(shape[axis]) * strides[axis]).ravel()
    return 1 + int(np.count_nonzero(np.diff(places // 4096)))


def loop_row(
    report: Report, loop_order: Callable, label: str, shape: tuple, strides: tuple, points: float
) -> None:
    """Check one array: the answer's page reads against the best possible."""
    run = report.run(loop_order, shape, strides)
    costs = {order: page_reads(shape, strides, order) for order in permutations(range(len(shape)))}
    best = min(costs.values())
    order = _plain(run.value)
    if run.error or order not in costs:
        good = next(o for o in costs if costs[o] == best)
        return report.equal(label, run, list(good), points=points)
    report.true(
        label,
        costs[order] <= best,
        points=points,
        of=run,
        got=f"{costs[order]} page reads with {list(order)}",
        expected=f"{best} page reads",
        message="The innermost loop should take the smallest steps in the file.",
    )


def _plain(value) -> tuple | None:
    """Return an order with the whole numbers of NumPy turned into Python's own; None if it is none."""
    import numpy as np

    if type(value) not in (list, tuple):
        return None
    numbers = [v.item() if isinstance(v, np.integer) else v for v in value]
    return tuple(numbers) if all(type(v) is int for v in numbers) else None


def rows(report: Report, loop_order: Callable) -> None:
    """Add the visible rows of `loop_order`."""
    for label, shape, strides, points in (
        ("an example: a table in C order", (1000, 1024), (4096, 4), 0.5),
        ("an example: the table in Fortran order", (1000, 1024), (4, 4000), 0.5),
        ("a cube whose axes were swapped", (24, 16, 20), (8, 3840, 192), 0.5),
        ("a table upside down", (30, 700), (-5600, 8), 0.25),
        ("two long rows, one between the items of the other", (2, 600), (16_416, 64), 0.25),
        ("an axis repeated with stride 0", (50, 20), (0, 8192), 0.25),
    ):
        loop_row(report, loop_order, label, shape, strides, points)
