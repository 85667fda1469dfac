"""Rows of `choose_layout`: a layout for a trace."""

from collections.abc import Callable
from math import inf

from course_lib import data
from course_lib.checking import workload
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def rows(report: Report, choose_layout: Callable) -> None:
    """Add the visible rows of `choose_layout`."""
    cube = data.temperatures(64, 48, 64, seed=8)
    trace = workload.make_trace(cube.shape, maps=20, series=100, points=10, appends=8, seed=80)
    run = report.run(choose_layout, cube, trace, 10)
    judge_layout(
        report, "maps, series and appends", run, cube, trace, 10, 10_700_000, (0.5, 0.5, 1, 1),
        "Add up what each query costs: chunks that are long in time serve series, flat ones serve "
        "maps, and an append writes whole files.",
    )  # fmt: skip


def judge_layout(
    report: Report, label: str, run: Outcome, cube, trace, most_files: int, reference: int,
    points: tuple, message: str, disk: float = 0.75,
) -> None:  # fmt: skip
    """Add the rows of a layout: files, disk, and the price against that of the reference."""
    wrong = _why_not(run.value, cube.shape, most_files)
    report.true(
        f"{label}: a layout of few files", not wrong, points=points[0], of=run, got=run.value,
        message=wrong, expected=f"a layout with at most {most_files} files",
    )  # fmt: skip
    bad = wrong or run.error
    layout = run.value if isinstance(run.value, dict) else {}
    came = {"price": inf, "disk": inf} if bad else workload.price(cube, layout, trace)
    later, limit = "This counts once the layout is valid.", int(disk * cube.nbytes)
    report.true(
        f"{label}: size on disk", came["disk"] <= limit, points=points[1], of=run,
        got="" if wrong else f"{came['disk']:,} bytes", expected=f"at most {limit:,} bytes",
        message=later if wrong else "Another codec, or larger chunks, take fewer bytes.",
    )  # fmt: skip
    for factor, worth in zip((1.5, FACTOR), points[2:], strict=False):
        report.true(
            f"{label}: {factor} times the reference", came["price"] <= factor * reference,
            points=worth, of=run, got="" if wrong else f"{came['price']:,}",
            expected=f"at most {int(factor * reference):,}", message=later if wrong else message,
        )  # fmt: skip


FACTOR = 1.05
"""Who forgets the maps, the series or the appends of the first trace pays 1.08 times and more."""


def _why_not(layout, shape: tuple, most_files: int) -> str:
    if layout is None:
        return "got None: does the function end with return?"
    count = 0 if workload.why_not(layout, shape) else workload.file_count(shape, layout)
    many = f"{count} files are too many: let chunks share a shard."
    return workload.why_not(layout, shape) or (many if count > most_files else "")
