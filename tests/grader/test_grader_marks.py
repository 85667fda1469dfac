"""The course's own grader gives every answer of the bank its points, and always the same."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from nbgrader.api import Gradebook

import bank
import stock
from places import ROOT

TIMES = int(os.environ.get("TIMES", "8"))
"""How often the same submission is graded, half of them beside busy neighbours.

`TIMES=20 make test ARGS="-k always_gets_the_same"` asks more often.
"""

# One keeps a processor busy, the other writes and syncs a file again and again.
HOGS = (
    "while True: pass",
    "import os, sys\n"
    "while True:\n"
    "    with open(sys.argv[1], 'wb') as f: f.write(bytes(1 << 22)); os.fsync(f.fileno())",
)


def make_course(root, assignment, students):
    bank.make_course(root, [assignment])
    stock.run(stock.GenerateAssignment, root, assignment)
    for student, book in students.items():
        bank.submit(root, student, assignment, book)


def grade(root, assignment, students):
    """Grade with `python -m nbverdict`; return {student: {problem: Graded}}."""
    words = [sys.executable, "-m", "nbverdict", assignment, "--root", str(root), "--quiet"]
    done = subprocess.run(
        words, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert not done.returncode, done.stdout[-2000:] + done.stderr[-2000:]
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {name: stock.read(root, gradebook, assignment, name) for name in students}


@contextmanager
def busy_neighbours(folder):
    processes = [
        subprocess.Popen([sys.executable, "-c", hog, str(folder / f"hog{n}")])
        for n, hog in enumerate((HOGS[0], *HOGS))
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def complaints(root, assignment, instruments=True):
    """Grade a class that gave every answer of the bank; return what got other points or words."""
    students = bank.make_class(assignment)
    make_course(root, assignment, {name: book for name, (book, _) in students.items()})
    graded = grade(root, assignment, students)
    wrong = []
    for student, (_, chosen) in students.items():
        for problem, full in bank.problems(assignment).items():
            variant, found = chosen.get(problem), graded[student][problem]
            expected = 0 if student == "untouched" else full
            if variant is not None:
                expected = bank.worth(variant, full, instruments)
            if found.points != pytest.approx(expected):
                wrong.append(f"{variant or (student, problem)}: {found.points}, not {expected}")
            for message in variant.messages if variant and instruments else ():
                if message not in found.text:
                    wrong.append(f"{variant}: does not say {message!r}")
    return "\n".join(wrong)


@pytest.mark.parametrize("assignment", bank.assignments())
def test_every_answer_gets_its_points(assignment, tmp_path):
    assert not complaints(tmp_path, assignment)


# Between them they have every kind of count.
@pytest.mark.parametrize("assignment", ["02_memory_mapping", "04_zarr_chunks", "05_hdf5"])
def test_every_answer_gets_its_points_without_instruments(assignment, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_LIB_WITHOUT", "all")
    assert not complaints(tmp_path, assignment, instruments=False)


@pytest.mark.parametrize("assignment", bank.assignments())
def test_the_same_submission_always_gets_the_same(assignment, tmp_path):
    mistakes = bank.rounds(bank.load(assignment), "mistake")
    book = bank.answers(assignment, mistakes[0])
    calm = [f"calm{n}" for n in range(TIMES // 2)]
    busy = [f"busy{n}" for n in range(TIMES // 2)]
    make_course(tmp_path, assignment, dict.fromkeys(calm, book))
    results = grade(tmp_path, assignment, calm)
    for student in busy:
        bank.submit(tmp_path, student, assignment, book)
    with busy_neighbours(tmp_path):
        results |= grade(tmp_path, assignment, busy)
    assert len(results) == TIMES
    for problem in bank.problems(assignment):
        found = {results[student][problem].points for student in results}
        assert len(found) == 1, f"{problem}: {found}"
