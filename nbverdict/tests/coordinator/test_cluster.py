"""A scheduler and two workers in processes of their own, one of them killed in the middle."""

import os
import signal
import subprocess
import sys

import pytest
from course import ENVIRONMENT, Course, answer, check

from nbverdict import testing

pytest.importorskip("distributed", reason="the extra nbverdict[cluster] is not installed")

A = "hw"
STUDENTS = [f"s{n:02}" for n in range(12)]


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers: (address, worker processes)."""
    with testing.cluster(tmp_path, ENVIRONMENT | {"NBVERDICT_LIBRARIES": "numpy"}) as started:
        yield started


def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    address, workers = cluster
    (tmp_path / "course").mkdir()
    course = Course(tmp_path / "course")
    # Each submission takes a moment, so that the kill comes in the middle of the class.
    cells = [answer("f", "import time\ntime.sleep(0.3)\ndef f(x):\n    return x + 1"),
             check("test_f", 2, "assert f(1) == 2")]  # fmt: skip
    course.assignment(A, {"nb": cells})
    for number, student in enumerate(STUDENTS):
        wrong = {"nb": {"f": "import time\ntime.sleep(0.3)\ndef f(x):\n    return x"}}
        course.submit(student, A, wrong if number % 3 == 0 else course.model(A))
    command = [sys.executable, "-m", "nbverdict", A, "--scheduler", address]
    grader = subprocess.Popen(
        command, cwd=course.root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    testing.wait_for(lambda: len(list(course.root.glob("autograded/*/*/nb.ipynb"))) >= 2)
    os.kill(workers[0].pid, signal.SIGKILL)
    out, err = grader.communicate(timeout=120)
    assert grader.returncode == 0, err
    assert f"{len(STUDENTS)} graded in" in out and "0 not graded" in out
    expected = {s: {"test_f": 0.0 if n % 3 == 0 else 2.0} for n, s in enumerate(STUDENTS)}
    assert course.scores(A) == expected
    assert sorted(os.listdir(course.root / "autograded"))[1:] == STUDENTS
