"""Calibration: the model answer and the untouched release say where each test has to run."""

import json

import pytest
from course import Course, answer, check, locked, plain, shown

A = "ps1"
SECRET = 918273645
HIDDEN = (
    "import inspect\nassert 'return' in inspect.getsource(double)\n"
    f"### BEGIN HIDDEN TESTS\nassert double({SECRET}) == {2 * SECRET}\n### END HIDDEN TESTS"
)
CELLS = [
    plain("import math"),
    answer("double", "def double(x):\n    return 2 * x"),
    check("test_protected", 2, "assert double(2) == 4"),
    check("test_source", 1, HIDDEN),
    check("test_partial", 4, "double(1.5)"),
    check("test_nothing", 1, "assert math.pi > 3"),
    plain("seen = sorted(globals())"),
    check("test_after", 1, "assert double(3) == 6"),
]
# What a later cell finds of a hidden test that ran in its process.
LOOKS = (
    "import linecache\n"
    "found = [line for entry in linecache.cache.values() if len(entry) > 2 for line in entry[2]]\n"
    "print('found', sum(str(2 * 918273645) in text for text in [*found, *In, *_ih]))"
)
TELLS = (
    "def double(x):\n    print('got', x)\n    if x == 3:\n        print('kept 918273645')\n"
    "    return 2 * x"
)
MORE = [
    locked("helpers", "def near(a, b):\n    return abs(a - b) < 1e-9"),
    answer("f", "def f(x):\n    return x"),
    # The first test works; the second needs what the first has left where the second runs.
    check("test_leaves", 1, "class Given:\n    v = 3\nassert near(f(1), 1)"),
    check("test_needs", 1, "import inspect\nassert inspect.getsource(f) and f(Given()).v == 3"),
    check("test_wrong", 2, "assert f(1) == 2"),
    plain("import numpy as np"),
    answer("odd", "def odd():\n    return np.array(['a', None], dtype=object)"),
    check("test_odd", 1, "assert odd()[0] == 'a'"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("calibrated"))
    made.assignment(A, {"nb": CELLS, "more": MORE})
    made.said = made.grade("calibrate", A, check=False)
    made.submit("model", A, made.model(A))
    made.submit("release", A, {})

    def look(title, notebook):
        if title == "nb":
            notebook["cells"][6]["source"] = LOOKS

    told = {"nb": made.model(A)["nb"] | {"double": TELLS}, "more": made.model(A)["more"]}
    made.submit("tells", A, told, change=look)
    made.graded_as = made.grade(A)
    return made


@pytest.fixture(scope="module")
def rows(course):
    """What is kept beside the assignment, by test."""
    kept = json.loads((course.root / "source" / f"{A}.calibration.json").read_text())
    return {row["cell"]: row for row in kept["tests"]}


def test_a_test_that_cannot_cross_runs_inside_and_the_others_stay(rows):
    inside = {name for name, row in rows.items() if row["where"] == "inside"}
    assert inside == {"test_source", "test_leaves", "test_needs", "test_odd"}
    assert "module, class, method, function" in rows["test_source"]["why"]
    assert rows["test_source"]["change"].startswith("call the function and look at its result")
    assert "this result cannot be handed to a test: an array of dtype" in rows["test_odd"]["why"]
    assert rows["test_leaves"]["why"] == "a later test that runs inside needs it"


def test_the_model_answer_keeps_the_points_that_stock_gives_it(course, rows):
    assert {name: row["model"] for name, row in rows.items()} == {
        "test_protected": 2, "test_source": 1, "test_partial": 3, "test_nothing": 1,
        "test_after": 1, "test_odd": 1, "test_leaves": 1, "test_needs": 1, "test_wrong": 0,
    }  # fmt: skip
    assert all(row["model"] == row["stock"] for row in rows.values())
    assert course.scores(A)["model"] == {name: row["model"] for name, row in rows.items()}


def test_what_the_untouched_release_passes_is_worthless(course, rows):
    assert {name for name, row in rows.items() if row["release"]} == {"test_nothing"}
    assert course.said.returncode == 1
    assert "worthless: the untouched release gets 1 points" in course.said.stdout


def test_a_model_answer_that_fails_its_own_test_is_said(course):
    assert "the model answer gets 0 of 2 points: AssertionError" in course.said.stdout


def test_the_table_and_the_page_name_what_is_not_protected(course):
    assert course.said.stdout.startswith("ps1: 9 tests, 5 protected, 4 inside; 1 that")
    assert "not protected" in course.graded_as.stderr and "test_source" in course.graded_as.stderr
    page = (course.root / "reports" / f"{A}.html").read_text()
    assert "Tests that are not protected" in page and "call the function and look" in page
    assert "Tests that the untouched release passes" in page


def test_a_later_cell_does_not_find_the_source_of_a_test_that_ran_inside(course):
    cells = course.graded("tells", A, "nb")["cells"]
    texts = ["".join(out["text"]) for cell in cells for out in cell.get("outputs", ())
             if out["output_type"] == "stream"]  # fmt: skip
    assert "found 0\n" in texts


def test_nothing_is_shown_to_the_student_once_a_hidden_test_ran_inside(course):
    assert "kept 918273645" in shown(course.graded("tells", A, "nb"), "test_after")  # the teacher's
    withheld = []
    for title in ("nb", "more"):
        for cell in course.graded("tells", A, title)["cells"]:
            if cell["metadata"].get("nbverdict", {}).get("after_hidden"):
                withheld.append(cell["metadata"].get("nbgrader", {}).get("grade_id", "plain"))
    assert {"test_source", "plain", "test_after"} <= set(withheld)
    assert "test_protected" not in withheld


def test_what_changes_makes_it_stale(course, copy_of, tmp_path):
    copy = copy_of(course)
    path = copy.root / "source" / A / "nb.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = "import math, cmath"
    path.write_text(json.dumps(notebook))
    said = copy.grade(A, "--force", "--student", "model").stderr
    assert "calibrated before the last change of nb: run" in said
    # The other notebook is as it was.
    scores = copy.scores(A)["model"]
    assert scores["test_source"] == 0 and scores["test_needs"] == 1


def test_without_a_calibration_it_says_so(course, copy_of):
    copy = copy_of(course)
    (copy.root / "source" / f"{A}.calibration.json").unlink()
    assert "not calibrated: run" in copy.grade(A, "--force", "--student", "release").stderr
