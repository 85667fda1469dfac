"""Rows of `prefetched`: reads ahead."""

from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_03.shared import copy_of, entry
from course_lib.checking.outcome import Outcome


class Disk:
    """A disk that reads ahead, and writes down what it is asked for."""

    def __init__(self, path: str, columns: int, rows: int):
        self.path, self.columns, self.rows = path, columns, rows
        self.log: list = []
        self.begun: dict = {}

    def start(self, i: int) -> None:
        """Begin to read row i."""
        import numpy as np

        if not 0 <= i < self.rows:
            raise IndexError(f"there is no row {i}: the last one is {self.rows - 1}")
        self.log.append(["start", int(i)])
        self.begun[i] = np.fromfile(self.path, "<f8", self.columns, offset=8 * self.columns * i)

    def wait(self, i: int):
        """Return row i, whose read was started."""
        if i not in self.begun:
            raise KeyError(f"row {i} was not started, or you had it already")
        self.log.append(["wait", int(i)])
        return self.begun.pop(i)


def play(prefetched: Callable, path: str, columns: int, count: int, ahead: int) -> dict:
    """Show the rows of a generator; return the rows and the log."""
    import numpy as np

    shown: list = []
    disk = Disk(path, columns, count)
    rows = prefetched(disk, count, ahead)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    for row in rows:
        disk.log.append(["show", len(shown)])
        shown.append(copy_of(row))
    return {"rows": shown, "log": disk.log}


def log_of(run: Outcome) -> list[tuple]:
    """Return the log of a run as pairs, or nothing where there is none."""
    log = run.value.get("log") if type(run.value) is dict else None
    pairs = log if type(log) is list else []
    return [tuple(s) for s in pairs if type(s) in (list, tuple) and len(s) == 2]


def calls(count: int, ahead: int) -> list[str]:
    """Return the calls and the shown rows, in order."""
    found, started = [], 0
    for i in range(count):
        while started < min(i + ahead, count):
            found.append(f"start {started}")
            started += 1
        found.append(f"wait {i}")
        found.append(f"show {i}")
    return found


def calls_row(
    report: Report, run: Outcome, count: int, ahead: int, points: float, label: str, right: bool
) -> None:
    """Add the row for the order of the calls; it counts once the rows are right."""
    if not right:
        message = "This counts once the rows are right."
        return report.true(label, False, points=points, of=run, message=message)
    came = [f"{what} {i}" for what, i in log_of(run)]
    report.equal(label, came, calls(count, ahead), points=points, of=run)


def most_in_memory(run: Outcome) -> int:
    """Return the largest number of rows that were started and not yet shown."""
    most = now = 0
    for what, _ in log_of(run):
        now += {"start": 1, "show": -1}.get(what, 0)
        most = max(most, now)
    return most


def late_frames(log: list[tuple], read_ms: list[int], period: int = 20, workers: int = 2) -> int:
    """Play the log on a virtual clock; return how many rows come after they are due."""
    now, free, done, due, late = 0, [0] * workers, {}, None, 0
    for what, i in log:
        if what == "start":
            done[i] = max(now, min(free)) + read_ms[i]
            free[free.index(min(free))] = done[i]
        elif what == "wait":
            now = max(now, done.get(i, 0))
        else:
            due = now if due is None else due + period
            late, now = late + (now > due), max(now, due)
    return late


def shown_row(report: Report, run: Outcome, film, label: str, points: float) -> bool:
    """Add the row for the rows that were shown; return whether they are right."""
    report.equal(label, entry(run, "rows"), list(film), points=points, of=run)
    return report.rows[-1].ok


def rows(report: Report, played: Callable, folder: Path) -> None:
    """Add the visible rows of `prefetched`; `played` is the given function `play`."""
    import numpy as np

    rng = np.random.default_rng(6)
    film = rng.standard_normal((100, 4))
    path = files.put(folder / "film.raw", film)
    run = report.run(played, path, 4, 6, 3)
    right = shown_row(report, run, film[:6], "the example: 6 rows, ahead=3", 0.25)
    calls_row(report, run, 6, 3, 0.5, "its calls, in order", right)
    run = report.run(played, path, 4, 100, 8)
    right = shown_row(report, run, film, "100 rows, ahead=8", 0.25)
    read_ms = [int(ms) for ms in rng.choice([15, 20, 40], 100, p=[0.35, 0.4, 0.25])]
    late, most = late_frames(log_of(run), read_ms), most_in_memory(run)
    first_right = "This counts once the rows are right."
    report.true(
        "late rows, on a virtual clock",
        right and late <= 2,
        points=0.5,
        of=run,
        got=late,
        expected="at most 2",
        message="Reads begin too late. Before you wait for a row, start all reads that are allowed."
        if right
        else first_right,
    )
    report.true(
        "rows in memory",
        right and most <= 8,
        points=0.25,
        of=run,
        got=most,
        expected="at most 8",
        message="Too many rows are in memory: a row counts from its start until it is yielded."
        if right
        else first_right,
    )
    run = report.run(played, path, 4, 2, 9)
    shown_row(report, run, film[:2], "fewer rows than the lead", 0.25)
    run = report.run(played, path, 4, 4, 1)
    right = shown_row(report, run, film[:4], "ahead=1", 0.0)
    calls_row(report, run, 4, 1, 0.25, "its calls: one row at a time", right)
