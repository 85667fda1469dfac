"""The arguments of hidden tests reach no page of a student, whichever way they try to leave."""

import json

import pytest
from course import answer, check, plain
from report_target import Course

NAME, ARGUMENT = "hidden", 918273645
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"

FIRST = [
    plain("import os\nimport numpy as np\nfrom course_lib.checking import check\nseen = []"),
    answer("half", "def half(x):\n    return x / 2"),
    check("test_half", 2,
          "report = check.Report('half', 'Half of it', points=2)\n"
          "report.equal('four', report.run(half, 4), 2.0, points=1)\n"
          + HIDDEN.format("with report.hidden():\n    report.equal('more', "
                          f"report.run(half, {ARGUMENT}), {ARGUMENT / 2}, points=1)")
          + "\nreport"),
    answer("double", "def double(x):\n    return 2 * x"),
    check("test_double", 1,
          "def one(x):\n    assert double(x) == 2 * x\none(4)\n"
          + HIDDEN.format(f"one({ARGUMENT})")),
    answer("third", "def third(x):\n    return x / 3"),
    check("test_third", 2,
          "report = check.Report('third', 'A third of it', points=2)\n"
          "run = report.run(third, 6)\nreport.equal('six', run, 2.0, points=1)\n"
          "report.equal('nine', report.run(third, 9), 3.0, points=1)\nreport"),
    answer("less", "def less(x):\n    return x - 1"),
    check("test_less", 1, "assert less(4) == 3, f'got {less(4)}'"),
    answer("none", "def none(x):\n    return None"),
    check("test_none", 1, "print(none(4))\ndisplay(none(5))\nnone(6)"),
]  # fmt: skip
SECOND = [
    plain("import os"),
    answer("same", "def same(x):\n    return x"),
    check("test_same", 1, "assert same(3) == 3"),
]

OWN_CLASS = """
def {}(*args):
    if args[0] > 1000: raise type(f"ARG_{{args[0]}}", (ValueError,), {{}})("x")
    return 2 * args[0]
"""
FORGED = """
from course_lib.checking import local_call
def described(raised, function):
    name = f"ARG_{seen[-1]}"
    return local_call.StudentError(name, name, name, seen[-1], (name, "Exception"))
local_call.describe = described
def half(x):
    seen.append(x)
    raise ValueError
"""
KEEP = """
def double(x):
    seen.append(x)
    open("/tmp/seen", "a").write(repr(x))
    return 2 * x
"""

# A student for each: some go two ways that do not meet.
WAYS = {
    "names of classes": {"double": OWN_CLASS.format("double"), "half": OWN_CLASS.format("half")},
    "forged class and print in a helper": {
        "double": "def double(x):\n    print(x)\n    return 2 * x", "half": FORGED},
    "type that is no plain data and file beside a notebook": {
        "double": "def double(x):\n    open('seen', 'a').write(repr(x))\n"
                  "    return [type(f'ARG_{x}', (), {})()] if x > 4 else 2 * x",
        "same": "def same(x):\n    raise ValueError(open('seen').read())"},
    "later value": {"double": KEEP, "third": "def third(x):\n    return repr(seen)",
                    "less": "def less(x):\n    return seen[-1]",
                    "none": "def none(x):\n    print(seen)\n    return list(seen)"},
    "later number": {"double": KEEP, "third": "def third(x):\n    return seen[-1]",
                     "less": "def less(x):\n    raise ValueError(seen)"},
    "later error and second notebook": {
        "double": KEEP, "third": "def third(x):\n    raise ValueError(seen)",
        "less": "def less(x):\n    raise type(f'ARG_{seen}', (Exception,), {})",
        "same": "print(open('/tmp/seen').read())\ndef same(x):\n    return x"},
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One batch with all ways, and their pages."""
    made = Course(tmp_path_factory.mktemp("hidden"))
    made.assignment(NAME, {"a": FIRST, "b": SECOND})
    model = made.model(NAME)
    made.submit("honest", NAME, model)
    wrong = {
        "third": "def third(x):\n    return x / 7",
        "half": "def half(x):\n    return x + 0.125",
    }
    made.submit("wrong", NAME, {**model, "a": {**model["a"], **wrong}})
    for way, answers in WAYS.items():
        given = {title: {**cells, **answers} for title, cells in model.items()}
        made.submit(way.replace(" ", "_"), NAME, given)
    made.grade(NAME, "--timeout", "6", "--feedback")
    return made


def page(course, student, title):
    return (course.root / "feedback" / student / NAME / f"{title}.html").read_text()


@pytest.mark.parametrize("way", WAYS)
def test_no_page_shows_an_argument(course, way):
    for title in "ab":
        assert str(ARGUMENT) not in page(course, way.replace(" ", "_"), title)


def test_the_arguments_did_reach_the_answers(course):
    """The teacher sees them where a student's code has kept them."""
    shown = json.dumps(course.graded("later_value", NAME, "a"))
    assert str(ARGUMENT) in shown
    assert course.scores(NAME)["later_value"]["test_double"] == 1


def test_honest_students_keep_their_marks_and_what_they_learn(course):
    assert sum(course.scores(NAME)["honest"].values()) == 8
    found = page(course, "wrong", "a")
    # A visible row shows what came if it ran before all hidden tests.
    assert "4.125" in found
    assert "A third of it" in found and "0.857142" not in found
    assert "wrong value" in found and "2.0" in found
    assert "run the check in your own notebook" in found
