"""A test that takes a name away, to see whether another answer uses it; nbgrader has one."""

import pytest
from course import Course, answer, check, plain

A = "uses"
USES = """
kept = square
del square
try:
    total(2)
except NameError as error:
    assert "square" in str(error)
else:
    raise AssertionError("total does not use square")
finally:
    square = kept
"""
CELLS = [
    plain("LIMIT = 3"),
    answer("square", "def square(x):\n    return x * x"),
    answer("total", "def total(n):\n    return sum(square(x) for x in range(n))\n\nsecret = 1"),
    check("test_uses", 1, USES),
    check("test_restored", 2, "assert total(3) == 5 and square(4) == 16"),
    check("test_gone", 1, "del nothing_of_that_name"),
    # What a test sets stays here: it may be what a hidden test expects.
    check("test_secret", 4, "secret = 918273645\nassert total(secret - 918273642) == 5"),
]
TELLS = (
    "def total(n):\n    if globals().get('secret') == 918273645:\n"
    "        raise RuntimeError('told')\n"
    "    return sum(square(x) for x in range(n))\n\nsecret = 1"
)
ANSWERS = {
    "uses": {},
    "repeats": {"total": "def total(n):\n    return sum(x * x for x in range(n))"},
    "tells": {"total": TELLS},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("uses"))
    made.assignment(A, {"nb": CELLS})
    for student, changed in ANSWERS.items():
        made.submit(student, A, {"nb": made.model(A)["nb"] | changed})
    made.grade(A)
    return made


@pytest.mark.parametrize(("student", "points"), [("uses", 1.0), ("repeats", 0.0), ("tells", 1.0)])
def test_who_uses_the_function_is_seen(course, student, points):
    assert course.scores(A)[student]["test_uses"] == points


@pytest.mark.parametrize("student", ANSWERS)
def test_the_name_is_back_afterwards(course, student):
    assert course.scores(A)[student]["test_restored"] == 2.0


@pytest.mark.parametrize("student", ANSWERS)
def test_a_name_that_nobody_has_cannot_be_deleted(course, student):
    assert course.scores(A)[student]["test_gone"] == 0.0


@pytest.mark.parametrize("student", ANSWERS)
def test_a_value_of_the_test_is_not_sent(course, student):
    assert course.scores(A)[student]["test_secret"] == 4.0


def test_the_lint_is_silent_about_names_that_no_function_of_the_answers_reads(course):
    said = course.grade(A, "--lint").stdout
    assert said == "0 known problems; `python -m nbverdict calibrate uses` is the proof\n"
