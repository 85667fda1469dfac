"""Measure the grader against stock nbgrader, in one run that alternates the two.

python bench/grading.py                 the small notebook and assignment 04
python bench/grading.py --sizes         50, 100, 200 and 400 submissions
python bench/grading.py --memory 1000   the coordinator's memory over a large class
python bench/grading.py --attacks       what each attack earns from either grader
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / part) for part in ("nbverdict/tests", "tests", "tests/grader")]
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

import arena  # noqa: E402  (the tests' own course builder)
import report_target as target  # noqa: E402
import unjailed  # noqa: E402
from course import answer, check, plain  # noqa: E402
from report_target import Course  # noqa: E402

SMALL = [
    plain("import numpy as np"),
    answer("square", "def square(x):\n    return x * x"),
    check("test_square", 2, "assert square(3) == 9\nassert square(-2) == 4"),
]
CPUS = len(os.sched_getaffinity(0))


def small(root: Path, size: int) -> tuple[Course, str]:
    """Return a class with a notebook of three cells."""
    course = Course(root)
    course.assignment("small", {"nb": SMALL})
    _hand_in(course, "small", size)
    return course, "small"


def own(root: Path, size: int, name: str) -> tuple[Course, str] | None:
    """Return a class with one of the course's assignments, model answers handed in."""
    found = sorted((ROOT / "solutions").glob(f"{name}*/*.ipynb"))
    if not found:
        return None
    course = Course(root)
    folder = root / "source" / found[0].parent.name
    folder.mkdir(parents=True)
    for path in found:
        shutil.copy(path, folder)
    course._generate(folder.name)
    _hand_in(course, folder.name, size)
    return course, folder.name


def _hand_in(course: Course, name: str, size: int) -> None:
    model = course.model(name)
    for number in range(size):
        course.submit(f"s{number:04}", name, model)


def timed(course: Course, name: str, stock: bool) -> float:
    """Grade the whole class from nothing; return seconds, the command's start included."""
    course.forget(name)
    started = time.perf_counter()
    if stock:
        course.nbgrader("autograde", name)
    else:
        course.grade(name, "--quiet")
    seconds = time.perf_counter() - started
    marks = course.scores(name)
    if any(None in cells.values() for cells in marks.values()):
        print("  (some cells wait for a person)")
    return seconds


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


def floor(course: Course, name: str, repeats: int = 5) -> float:
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
            capture_output=True, cwd=folder, check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    return median(map(float, done.stdout.split()))


def compare(label: str, made, rounds: int, want: float) -> None:
    """Print one row: ours against stock, medians over alternating rounds."""
    if made is None:
        print(f"{label}: no such assignment")
        return
    course, name = made
    size = len(list((course.root / "submitted").iterdir()))
    ours, stock = [], []
    for _ in range(rounds):
        stock.append(timed(course, name, True))
        ours.append(timed(course, name, False))
    least = floor(course, name) * size / CPUS
    a, b = median(ours), median(stock)
    allowed = 1.3 * least + 0.05 * size
    print(f"{label}, class of {size}, {CPUS} CPUs, medians of {rounds}")
    print(f"  stock  {b:8.1f} s  {size / b:6.1f}/s   (all: {_list(stock)})")
    print(f"  ours   {a:8.1f} s  {size / a:6.1f}/s   (all: {_list(ours)})")
    print(f"  {b / a:.1f} times stock's throughput (wanted: {want:g})")
    print(f"  floor  {least:8.1f} s; 1.3 floor + 50 ms a submission = {allowed:.1f} s")


def _list(seconds: list[float]) -> str:
    return ", ".join(f"{s:.1f}" for s in seconds)


def sizes(folder: Path) -> None:
    """Print how the time grows with the class."""
    print("class      seconds   ms a submission")
    for size in (50, 100, 200, 400):
        course, name = small(_new(folder), size)
        seconds = timed(course, name, False)
        print(f"{size:5}   {seconds:10.1f}   {1000 * seconds / size:8.0f}")


def memory(folder: Path, size: int) -> None:
    """Print the coordinator's largest memory after a tenth of a class and after all of it."""
    for count in (size // 10, size):
        course, name = small(_new(folder), count)
        seconds = timed(course, name, False)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{count:5} submissions: {seconds:.1f} s, largest process so far {peak:.0f} MiB")


def attacks(folder: Path) -> None:
    """Print what each attack gets from either grader, as the table of docs/grader.md."""
    ours = arena.build(_new(folder), target)
    ours.grade(target.ASSIGNMENT, "--timeout", "4", "--memory", "700", "--quiet")
    marks = ours.scores(target.ASSIGNMENT)
    folder.chmod(0o711)  # stock runs as another user
    stock = unjailed.Unjailed(_new(folder), target)
    stock.folder.chmod(0o711)
    print("| attack | stock | and besides | this grader |\n|---|---|---|---|")
    for name in arena.NAMES:
        earned, harm = stock.attack(name)
        points = sum(marks[name].values())
        print(f"| `{name}` | {earned} | {', '.join(harm)} | {points:g} |", flush=True)


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
    parser.add_argument("--attacks", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.attacks:
            attacks(folder)
        elif options.sizes:
            sizes(folder)
        elif options.memory:
            memory(folder, options.memory)
        else:
            if options.only != "04":
                compare("small notebook", small(_new(folder), options.size), options.rounds, 15)
            if options.only != "small":
                made = own(_new(folder), max(options.size // 5, 2), "04")
                compare("assignment 04", made, options.rounds, 5)


if __name__ == "__main__":
    main()
