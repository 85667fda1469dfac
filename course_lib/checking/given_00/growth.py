"""Rows of `growth`: a counter before and after some work."""

import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.system import instruments

_KERNEL = "/proc/self/io"
_STEP = 64 << 10
_READ = 1 << 20

# As a file of counters shows them; the kernel's own order is another one.
BEFORE = {
    "cancelled_write_bytes": 0, "rchar": 8292, "wchar": 12, "syscr": 7, "read_bytes": 4096,
    "write_bytes": 700,
}  # fmt: skip
AFTER = {
    "wchar": 52, "rchar": 12_388, "syscr": 9, "read_bytes": 4096, "write_bytes": 1000,
    "cancelled_write_bytes": 50,
}  # fmt: skip


def count_work(
    growth: Callable, path: str, name: str, before: dict | None, after: dict | None, error: str = ""
) -> dict:
    """Call `growth` for work that changes a file of counters.

    Parameters
    ----------
    growth : callable
        The answer.
    path : str
        The file of counters.
    name : str
        The counter that is asked for.
    before, after : dict or None
        The counters before and after the work; None where there is no file.
    error : str, optional
        Text of the `FileNotFoundError` that the work raises in the end.

    Returns
    -------
    dict
        ``"growth"``: what came; ``"calls"``: how often the work was done.
    """
    done: list[int] = []

    def work():
        done.append(1)
        _put(path, after)
        if error:
            raise FileNotFoundError(error)

    _put(path, before)
    return {"growth": growth(work, name, path), "calls": len(done)}


def _put(path: str, counters: dict | None) -> None:
    if counters is None:
        Path(path).unlink(missing_ok=True)
    else:
        lines = [f"{name}: {value}\n" for name, value in counters.items()]
        Path(path).write_text("".join(lines))


def count_read(growth: Callable, path: str, source: str) -> dict:
    """Call `growth` for a read of 1 MiB, and ask the kernel if it counts here.

    Returns
    -------
    dict
        ``"growth"``: what came, in whole steps of 64 KiB; ``"counted by"``: the file that told.
    """
    counted = instruments.works("proc_io")
    total = [5000]

    def work():
        fd = os.open(source, os.O_RDONLY)
        while block := os.read(fd, 256 << 10):
            total[0] += len(block)
        os.close(fd)
        if not counted:
            _put(path, {"rchar": total[0]})

    _put(path, {"rchar": total[0]})
    grown = growth(work, "rchar", _KERNEL if counted else path)
    whole = grown // _STEP * _STEP if type(grown) in (int, float) else grown
    return {"growth": whole, "counted by": _KERNEL if counted else "a file that stands in"}


def rows(report: Report, count: Callable, read: Callable, folder: Path) -> None:
    """Add the visible rows; `count` and `read` are the given functions of the notebook."""
    path = str(folder / "counters")
    few = ({"rchar": 100, "wchar": 7}, {"rchar": 4196, "wchar": 7})
    asked(report, count, "the example", (path, "rchar", *few), 4096, 0.5)
    zero = "a counter that stands still: 0 is a count"
    asked(report, count, zero, (path, "read_bytes", BEFORE, AFTER), 0, 0.5)
    alike = "write_bytes, beside cancelled_write_bytes"
    asked(report, count, alike, (path, "write_bytes", BEFORE, AFTER), 300, 0.5)
    asked(report, count, "a counter that begins with 0",
          (path, "cancelled_write_bytes", BEFORE, AFTER), 50, 0.25)  # fmt: skip
    missing = "a counter that the file does not have"
    asked(report, count, missing, (path, "syscw", BEFORE, AFTER), None, 0.5)
    asked(report, count, "no such file", (path, "rchar", None, None), None, 0.5)
    kernel_row(report, read, path, str(folder / "data.raw"), 0.5)
    run = report.run(count, path, "rchar", *few, "the work's own")
    works = report.rows[0].ok
    label = "an error of the work goes on to the caller"
    report.raises(label, run, FileNotFoundError, "the work's own", points=0.5, after=works)


def asked(report: Report, count: Callable, label: str, case: tuple, grown, points: float) -> None:
    """Add the row of one call of `growth`: what it returned, and that it worked once."""
    run = report.run(count, *case)
    report.equal(label, run, {"growth": grown, "calls": 1}, points=points)


def kernel_row(report: Report, read: Callable, path: str, source: str, points: float) -> None:
    """Add the row of a real read: what the kernel counted of it."""
    files.put(source, bytes(_READ))
    run = report.run(read, path, source)
    told = run.value if type(run.value) is dict else {}
    report.true(
        "a file of 1 MiB that was read", told.get("growth") == _READ, points=points, of=run,
        got=_in_words(told.get("growth")),
        expected=f"1 MiB, and some bytes more; counted by {told.get('counted by', _KERNEL)}",
    )  # fmt: skip


def _in_words(grown) -> str:
    return f"{grown / (1 << 20):g} MiB" if type(grown) in (int, float) else repr(grown)
