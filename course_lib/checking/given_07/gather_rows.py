"""Rows of `gather_rows`: many files, one writer."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import h5py
import numpy as np

from course_lib.checking import check, files, hdf5_files
from course_lib.checking.check import Report
from course_lib.checking.given_07.shared import item, number, wait_for
from course_lib.checking.given_07.waiting import no_endless_wait
from course_lib.checking.outcome import Outcome

ROW = np.dtype([("position", "<i4"), ("percent", "<f4")])


def rows(report: Report, use: Callable) -> None:
    """Add the visible rows; `use` is the given function of the notebook."""
    texts = {"a.txt": b"1 0.5\noops\n3 2.5\n", "b.txt": b"7 1.0\n"}
    run, out = gather(report, use, texts, together=2)
    table = np.array([(1, 0.5), (3, 2.5), (7, 1)], ROW)
    report.equal("the example: rows", table_in(out), table, points=0.5, of=run)
    report.equal("bad lines", item(run, "bad"), [("a.txt", 2)], points=0.5, of=run)
    _processes(report, run, all(row.ok for row in report.rows))
    # The rows of one file are more than a pipe holds.
    (text, long), old = many(10, 30_000), "an old result is replaced"
    texts = {"y.txt": b"8 1\n", "x.txt": text, "w.txt": b"z\n9 2\n"}
    run, out = gather(report, use, texts, old=True)
    label, table = "files in another order", np.array([(8, 1), *long, (9, 2)], ROW)
    report.equal(label, table_in(out), table, points=0.25, of=run)
    right, names = report.rows[-1].ok, hdf5_files.contents(out / "all.h5", only=[]).names
    message = (
        "Something of the old file is left." if right else "This counts once the rows are right."
    )
    report.true(old, right and names == ["rows"], points=0.25, of=run, message=message)
    run, out = gather(report, use, {})
    report.equal("no file at all", table_in(out), np.empty(0, ROW), points=0.25, of=run)


def _processes(report: Report, run: Outcome, both: bool) -> None:
    later = "This counts once the rows and the bad lines are right."
    at_once = item(run, "together") is True
    report.true(
        "workers that parse at the same time", both and number(run, "workers") >= 2 and at_once,
        points=0.5, of=run, expected="at least 2",
        got=f"{item(run, 'workers')}, {'' if at_once else 'not '}at the same time",
        message="Let worker processes call parse_line, and only them. Start two before you wait "
        "for one." if both else later,
    )  # fmt: skip
    once = both and number(run, "opened") <= 1 and number(run, "opened by workers") == 0
    report.true(
        "the HDF5 file is opened once, by the writer", once, points=0.25, of=run,
        expected="1 time",
        got=f"{item(run, 'opened')} times, and by {item(run, 'opened by workers')} workers",
        message="Every opening reads and writes what describes the file. Open it once, in "
        "gather_rows, and write all rows." if both else later,
    )  # fmt: skip


def gather(
    report: Report, use: Callable, texts: dict, old: bool = False, together: int = 0
) -> tuple:
    """Let the answer gather text files; return the run and the folder of its result."""
    paths, place, out = write_texts(texts)
    target = old_file(out) if old else str(out / "all.h5")
    return report.run(use, paths, target, str(place), together), out


parsing: dict = {}


def parse_line(text: str) -> tuple[int, float]:
    """Return (position, percent) of a line, or raise ValueError; note who parses."""
    if os.getpid() not in parsing.setdefault("noted", set()):
        parsing["noted"].add(os.getpid())
        open(f"{parsing['folder']}/{os.getpid()}", "w").close()
        wait_for(parsing["folder"], parsing["together"], parsing["patience"])
    position, percent = text.split()
    if position == "0":  # stands for a file that takes longer
        time.sleep(0.03)
    return int(position), float(percent)


def use(gather_rows: Callable, paths, target, folder, together=0) -> dict:
    """Call `gather_rows`; tell its result, who parsed, and how often the target was opened."""
    place = tempfile.mkdtemp(dir=folder)
    patience = 3000 if together else 0
    parsing.update(folder=place, noted=set(), together=together, patience=patience)
    with no_endless_wait(), _noted_opens(target, place) as opened:
        bad = gather_rows(paths, target)
    names = set(os.listdir(place))
    pids = {name for name in names if name.isdigit()}
    own = str(os.getpid()) in pids
    return {
        "bad": [tuple(b) for b in bad],
        "workers": 0 if own else len(pids),
        "together": "late" not in names,
        "opened": len(opened),
        "opened by workers": sum(name.startswith("opened-") for name in names),
    }


@contextmanager
def _noted_opens(target: str, place: str) -> Iterator[list]:
    """Note how often this process opens a file with h5py, and which other processes do."""
    original: Any = h5py.File
    here: int = os.getpid()
    opened: list = []

    class File(original):
        def __init__(self, name, *args, **options):
            same = isinstance(name, (str, bytes, os.PathLike)) and os.fsdecode(name) == target
            if same and os.getpid() == here:
                opened.append(name)
            elif same:
                open(f"{place}/opened-{os.getpid()}", "w").close()
            super().__init__(name, *args, **options)

    h5py.File = File
    try:
        yield opened
    finally:
        h5py.File = original


def write_texts(texts: dict) -> tuple:
    """Write text files; return their paths, and a fresh folder for the result."""
    place = check.workdir("texts")
    out = place / "out"
    out.mkdir()
    for each in (place, out):
        each.chmod(0o777)
    return (
        [files.put(place / name, text, durable=False) for name, text in texts.items()],
        place,
        out,
    )


def old_file(out) -> str:
    """Leave a result of an earlier day, which the next one replaces; return its path."""
    path = out / "all.h5"
    with h5py.File(path, "w") as file:
        file["rows"] = np.array([(4, 4.0)], ROW)
        file["notes"] = np.array([1, 2])
    path.chmod(0o666)
    return str(path)


def many(first: int, count: int) -> tuple:
    """Return the text and the rows of a file of good lines."""
    rows = [(first + i, i / 4) for i in range(count)]
    return "".join(f"{p} {q}\n" for p, q in rows).encode(), rows


def table_in(out):
    """Return the dataset that was written, or a text that says why not."""
    return hdf5_files.contents(out / "all.h5").value("rows")
