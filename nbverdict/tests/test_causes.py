"""What a test can use: model answer, release and wrong answers get the marks of stock nbgrader."""

import json

import causes
import pytest
from course import Course

A = "causes"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("causes"))
    folder = made.root / "source" / A
    (folder / "code").mkdir(parents=True)
    notebooks = {title: causes.cells(cases) for title, cases in causes.NOTEBOOKS.items()}
    made.assignment(A, notebooks, causes.FILES)
    model = made.model(A)
    wrong = {
        title: {name: causes.CASES[name].wrong or source for name, source in cells.items()}
        for title, cells in model.items()
    }
    made.submit("model", A, model)
    made.submit("release", A, {})
    made.submit("wrong", A, wrong)
    made.said = made.grade("calibrate", A, check=False).stdout
    return made


@pytest.fixture(scope="module")
def scores(course):
    course.grade(A)
    return course.scores(A)


@pytest.fixture(scope="module")
def rows(course):
    kept = json.loads((course.root / "source" / f"{A}.calibration.json").read_text())
    return {row["cell"]: row for row in kept["tests"]}


@pytest.mark.parametrize("name", causes.CASES)
def test_the_model_answer_is_protected_and_gets_its_point(scores, rows, name):
    row = rows[f"test_{name}"]
    assert (row["where"], row["stock"]) == ("protected", 1.0), row["why"]
    assert scores["model"][f"test_{name}"] == 1.0


@pytest.mark.parametrize("name", causes.CASES)
def test_the_release_gets_nothing(scores, name):
    assert scores["release"][f"test_{name}"] == 0.0


@pytest.mark.parametrize("name", [case.name for case in causes.CASES.values() if case.wrong])
def test_a_wrong_answer_gets_nothing(scores, name):
    assert scores["wrong"][f"test_{name}"] == 0.0


@pytest.mark.slow
def test_every_mark_is_stocks(course, copy_of, scores):
    twin = copy_of(course)
    twin.forget(A)
    twin.nbgrader("autograde", A)
    stock = twin.scores(A)
    # The student has changed a helper of a locked cell: here the instructor's counts.
    assert stock["wrong"].pop("test_timed_locked") == 1.0
    stock["wrong"]["test_timed_locked"] = 0.0
    for student, marks in scores.items():
        different = {cell: (mark, stock[student][cell]) for cell, mark in marks.items()
                     if mark != stock[student][cell]}  # fmt: skip
        assert different == {}, student
