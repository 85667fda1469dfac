"""Kill the grader at twenty points; the next run puts everything right."""

import os
import signal
import sqlite3

import pytest
from course import Course, answer, check, leftovers, manual

A = "hw"
STUDENTS = ("ann", "bob", "cy", "dora")
# What a batch does with each submission, in the order in which it does it.
STEPS = ("read", "save", "retire", "flush", "publish")
POINTS = [
    (step, number, when) for step in STEPS for number in (1, 3) for when in ("before", "after")
]


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """A class of four; two of the answers are wrong."""
    course = Course(tmp_path_factory.mktemp("crash"))
    cells = [answer("f", "def f(x):\n    return x + 1"),
             check("test_f", 2, "assert f(1) == 2\nassert f(5) == 6"),
             manual("why", 1, "So.")]  # fmt: skip
    course.assignment(A, {"nb": cells, "more": cells})
    model = course.model(A)
    for number, student in enumerate(STUDENTS):
        wrong = {"nb": {**model["nb"], "f": "def f(x):\n    return 2"}}
        course.submit(student, A, model if number % 2 else model | wrong)
    return course


@pytest.fixture(scope="module")
def expected(master, copy_of):
    course = copy_of(master)
    _grade(course)
    return course.marks(A)


def _grade(course: Course, kill_at=None) -> int:
    """Grade in a forked process, killed at a point; return its wait status."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.environ["NBVERDICT_LIBRARIES"] = "numpy"  # the tests need no more: start fast
        os.dup2(null, 2)
        if kill_at:
            _arm(*kill_at)
        from nbverdict import __main__ as command

        os._exit(command.main([A, "--root", str(course.root), "--quiet", "--jobs", "1"]))
    finally:
        os._exit(99)


def _arm(step: str, number: int, when: str) -> None:
    """Make the process kill itself before or after the n-th time that it does something."""
    from nbverdict.coordinator import autograded, submission
    from sqlalchemy.orm import Session

    owner, name = {
        "read": (submission, "read"), "save": (autograded, "save"),
        "retire": (autograded, "retire"), "flush": (Session, "commit"),
        "publish": (autograded, "publish"),
    }[step]  # fmt: skip
    original, seen = getattr(owner, name), []

    def armed(*arguments, **options):
        seen.append(1)
        if len(seen) == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **options)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, armed)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point)))
def test_a_kill_loses_nothing(master, expected, copy_of, point):
    course = copy_of(master)
    assert os.WTERMSIG(_grade(course, point)) == signal.SIGKILL
    done = [s for s in STUDENTS if (course.root / "autograded" / s / A).exists()]
    known = course.marks(A)
    # A submission that looks graded has all its grades already.
    assert {s: known[s] for s in done} == {s: expected[s] for s in done}
    with sqlite3.connect(course.root / "gradebook.db", timeout=0.1) as book:
        book.execute("begin immediate")
    book.close()

    assert _grade(course) == 0
    assert course.marks(A) == expected
    for student in STUDENTS:
        folder = course.root / "autograded" / student
        assert os.listdir(folder) == [A]
        for title in ("nb", "more"):
            assert len(course.graded(student, A, title)["cells"]) == 3
    assert not leftovers(str(course.root))


def test_twenty_points():
    assert len(POINTS) == 20
