"""Measure the grader against stock nbgrader, in one run that alternates the two.

python bench/grading.py                 the small notebook and assignment 04, the whole loop
python bench/grading.py --sizes         50, 100, 200 and 400 submissions
python bench/grading.py --memory 1000   the largest process over a large class
python bench/grading.py --cluster       dask.distributed with two workers, one of them killed

What attacks earn from either grader, `nbverdict/tests/attack_table.py` prints.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from nbverdict.testing import answer, check, plain

from nbverdict import testing

ROOT = Path(__file__).resolve().parents[1]
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

SMALL = [
    plain("import numpy as np"),
    answer("square", "def square(x):\n    return x * x"),
    check("test_square", 2, "assert square(3) == 9\nassert square(-2) == 4"),
]
CPUS = len(os.sched_getaffinity(0))
# What is wanted: the whole loop, and grading alone, as multiples of stock's throughput.
WANTED = {"small": (20, 20), "04": (8, 6)}
FEEDBACK = 0.060  # seconds a notebook and core


class Course(testing.Course):
    """A course that plugs in what this one does."""

    config = """
c.NbVerdict.measuring = "course_lib.checking.grader_side"
c.NbVerdict.packages = ["course_lib"]
c.NbVerdict.secrets = [".diagnoses.json"]
c.HTMLExporter.preprocessors = ["nbverdict.nbgrader_plugin.safe_markup.SafeMarkup"]
"""
    environment = testing.ENVIRONMENT | {"PYTHONPATH": str(ROOT)}


def small(root: Path, size: int) -> tuple[testing.Course, str]:
    """Return a class with a notebook of three cells."""
    course = Course(root)
    course.assignment("small", {"nb": SMALL})
    _hand_in(course, "small", size)
    return course, "small"


def own(root: Path, size: int, name: str) -> tuple[testing.Course, str]:
    """Return a class with one of the course's assignments, model answers handed in."""
    folder = next((ROOT / "solutions").glob(f"{name}*"))
    course = Course(root)
    made = root / "source" / folder.name
    made.mkdir(parents=True)
    for path in (*folder.glob("*.ipynb"), *folder.glob(".diagnoses.json")):
        shutil.copy(path, made)
    course.generate(folder.name)
    _hand_in(course, folder.name, size)
    return course, folder.name


def _hand_in(course: testing.Course, name: str, size: int) -> None:
    model = course.model(name)
    for number in range(size):
        course.submit(f"s{number:04}", name, model)


@dataclass
class Times:
    """Seconds of each round: grading, feedback, and both."""

    grading: list[float] = field(default_factory=list)
    feedback: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)


def _seconds(run, *arguments: str, **more) -> float:
    started = time.perf_counter()
    run(*arguments, **more)
    return time.perf_counter() - started


def _forget(course: testing.Course, name: str) -> None:
    course.forget(name)
    shutil.rmtree(course.root / "feedback", ignore_errors=True)


def time_stock(course: testing.Course, name: str, times: Times) -> None:
    """Grade the class from nothing with nbgrader's two commands."""
    _forget(course, name)
    times.grading.append(_seconds(course.nbgrader, "autograde", name))
    times.feedback.append(_seconds(course.nbgrader, "generate_feedback", name))
    times.loop.append(times.grading[-1] + times.feedback[-1])
    _all_there(course, name)


def time_ours(course: testing.Course, name: str, times: Times) -> None:
    """Grade the class from nothing twice: without feedback, and with it in one command."""
    _forget(course, name)
    times.grading.append(_seconds(course.grade, name, "--quiet"))
    _forget(course, name)
    times.loop.append(_seconds(course.grade, name, "--quiet", "--feedback"))
    times.feedback.append(times.loop[-1] - times.grading[-1])
    _all_there(course, name)


def _all_there(course: testing.Course, name: str) -> None:
    size = len(list((course.root / "submitted").iterdir()))
    marks = course.scores(name)
    assert len(marks) == size, f"{len(marks)} of {size} submissions have marks"
    if any(None in cells.values() for cells in marks.values()):
        print("  (some cells wait for a person)")
    pages = list((course.root / "feedback").glob(f"*/{name}/*.html"))
    assert len(pages) == size, f"{len(pages)} pages for {size} submissions"


# Runs the cells of stdin in fresh forks of a process that has imported, and prints seconds.
_FLOOR = """
import sys, json, time, os
from nbverdict.student import shell
from nbverdict.verdict import forkserver
from nbverdict.assignment.libraries import wanted
cells = json.load(sys.stdin)
forkserver.load(wanted(cells, {}))
made = shell.make()
for repeat in range(int(sys.argv[1])):
    read, write = os.pipe()
    if os.fork() == 0:
        made.take_over_streams()
        started = time.perf_counter()
        for cell in cells:
            made.run(cell, 1)
        os.write(write, str(time.perf_counter() - started).encode())
        os._exit(0)
    os.wait()
    print(os.read(read, 100).decode())
"""


def floor(course: testing.Course, name: str, repeats: int = 5) -> list[float]:
    """Return seconds that the cells of one submission take by themselves, all imported."""
    cells = [
        "".join(cell["source"])
        for path in sorted((course.root / "source" / name).glob("*.ipynb"))
        for cell in json.loads(path.read_text())["cells"]
        if cell["cell_type"] == "code"
    ]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _FLOOR, str(repeats)], input=json.dumps(cells), text=True,
            capture_output=True, cwd=folder, check=True, env=course.environment,
        )  # fmt: skip
    return list(map(float, done.stdout.split()))


def compare(label: str, course: testing.Course, name: str, rounds: int) -> None:
    """Print one table: ours against stock, medians over alternating rounds."""
    size = len(list((course.root / "submitted").iterdir()))
    ours, stock = Times(), Times()
    for _ in range(rounds):
        time_stock(course, name, stock)
        time_ours(course, name, ours)
    loop, grading = WANTED[label]
    print(f"{label}, class of {size}, {CPUS} CPUs, medians of {rounds} (least to most)")
    print("             stock                    ours                     ratio   wanted")
    for part, wanted in (("grading", grading), ("feedback", None), ("loop", loop)):
        a, b = getattr(stock, part), getattr(ours, part)
        want = f"{wanted:>6g}" if wanted else ""
        print(f"  {part:9}  {_spread(a):24} {_spread(b):24} {median(a) / median(b):5.1f}   {want}")
    each = 1000 * median(ours.feedback) * CPUS / size
    print(f"  feedback: {each:.0f} ms a notebook and core (wanted: {1000 * FEEDBACK:g})")
    cells = floor(course, name)
    least = median(cells) * size / CPUS
    print(f"  floor: cells alone take {_spread(cells, 3)} a submission, {least:.1f} s the class;")
    print(f"  1.3 floor + 50 ms a submission = {1.3 * least + 0.05 * size:.1f} s", flush=True)


def _spread(seconds: list[float], digits: int = 1) -> str:
    least, most = min(seconds), max(seconds)
    return f"{median(seconds):.{digits}f} s ({least:.{digits}f} to {most:.{digits}f})"


def sizes(folder: Path) -> None:
    """Print how the time grows with the class."""
    print("class      seconds   ms a submission")
    for size in (50, 100, 200, 400):
        course, name = small(_new(folder), size)
        seconds = _seconds(course.grade, name, "--quiet")
        print(f"{size:5}   {seconds:10.1f}   {1000 * seconds / size:8.0f}", flush=True)


def memory(folder: Path, size: int) -> None:
    """Print the largest process after a tenth of a class and after all of it."""
    for count in (size // 10, size):
        course, name = small(_new(folder), count)
        seconds = _seconds(course.grade, name, "--quiet", "--feedback")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{count:5} submissions, grading and feedback: {seconds:.1f} s,"
              f" largest process so far {peak:.0f} MiB", flush=True)  # fmt: skip


def cluster(folder: Path, size: int) -> None:
    """Print the time on two workers, and once more with one that dies in the middle."""
    for killed in (False, True):
        course, name = small(_new(folder), size)
        with testing.cluster(_new(folder), course.environment) as (address, workers):
            started = time.perf_counter()
            command = [sys.executable, "-m", "nbverdict", name, "--quiet", "--scheduler", address]
            grader = subprocess.Popen(
                command, cwd=course.root, env=course.environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if killed:
                while len(list(course.root.glob("autograded/*/*/nb.ipynb"))) < size // 3:
                    time.sleep(0.02)
                os.kill(workers[0].pid, signal.SIGKILL)
            said, _ = grader.communicate()
            seconds = time.perf_counter() - started
        marks = course.scores(name)
        full = sum(cells == {"test_square": 2.0} for cells in marks.values())
        print(f"class of {size}, {'one worker killed' if killed else 'two workers'}:"
              f" {seconds:.1f} s, {full} with full marks, status {grader.returncode}",
              flush=True)  # fmt: skip
        if grader.returncode:
            print(said)


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def main() -> None:
    """Run the measurements that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=100, help="submissions in a class")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", choices=("small", "04"), help="compare on this one alone")
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("--memory", type=int, metavar="SIZE")
    parser.add_argument("--cluster", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.sizes:
            sizes(folder)
        elif options.memory:
            memory(folder, options.memory)
        elif options.cluster:
            cluster(folder, options.size)
        else:
            if options.only != "04":
                compare("small", *small(_new(folder), options.size), options.rounds)
            if options.only != "small":
                size = max(options.size // 5, 2)
                compare("04", *own(_new(folder), size, "04"), options.rounds)


if __name__ == "__main__":
    main()
