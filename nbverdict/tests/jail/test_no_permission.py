"""Submissions that the grader may not read: root may, an ordinary user says so and goes on."""

import os

import pytest
from course import Course, answer, check, shown

A = "hw"
CLOSED = {"folder": "", "assignment": A, "notebook": f"{A}/nb.ipynb"}
FULL, NOTHING = {"test_f": 2.0}, {"test_f": 0.0}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("closed"))
    made.assignment(A, {"nb": [answer("f", "def f():\n    return 1"),
                               check("test_f", 2, "assert f() == 1")]})  # fmt: skip
    for student in ("ann", *CLOSED, "zoe"):
        made.submit(student, A, made.model(A))
    return made


@pytest.fixture
def closed(course, ordinary):
    """The class in the hands of an ordinary user, who may not read three of the five."""
    copy, grade = ordinary(course)
    paths = {student: copy.root / "submitted" / student / path for student, path in CLOSED.items()}
    modes = {student: path.stat().st_mode for student, path in paths.items()}
    for path in paths.values():
        path.chmod(0)

    def open_again():
        for student, path in paths.items():
            path.chmod(modes[student])

    yield copy, grade, open_again
    open_again()


def test_an_ordinary_user_says_so_and_goes_on(closed):
    copy, grade, open_again = closed
    done = grade(A)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 graded in")
    assert copy.scores(A) == {"ann": FULL, "zoe": FULL} | dict.fromkeys(CLOSED, NOTHING)
    for student in CLOSED:
        assert f"  {student}: the notebook could not be opened: no permission" in done.stdout
        reason = shown(copy.graded(student, A, "nb"), "test_f")
        assert "No points: the notebook could not be opened: no permission." in reason
    assert grade(A, "--force", "--strict").returncode == 3
    open_again()
    assert grade(A, "--force").returncode == 0
    assert copy.scores(A) == dict.fromkeys(("ann", *CLOSED, "zoe"), FULL)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what is closed")
def test_root_reads_them_all(course):
    for student, path in CLOSED.items():
        (course.root / "submitted" / student / path).chmod(0)
    assert course.grade(A).returncode == 0
    assert course.scores(A) == dict.fromkeys(("ann", *CLOSED, "zoe"), FULL)
