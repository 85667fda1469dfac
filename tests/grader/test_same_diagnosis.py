"""A mistake has one name: in the learner's notebook, under stock nbgrader and in the grader."""

import re
import shutil

import nbformat
import pytest
from course import answer, check, notebook, plain
from nbgrader.api import Gradebook
from test_grader_marks import grade

import bank
import stock
from course_lib.checking import check as checks
from course_lib.checking import diagnosis
from course_lib.checking.diagnosis import PASSED, Known, of_value

A = "01_count"
SEEN, UNSEEN = "Adding two is not doubling.", "A negative number is one, too."
ANSWERS = {
    "adds": "def double(x):\n    return x + 2",
    "clips": "def double(x):\n    return max(2 * x, 0)",
    "new": "def double(x):\n    return x * x",
    "right": "def double(x):\n    return 2 * x",
}
CHECK = """report = check.Report("double", "Twice a number", points=2)
report.equal("three", report.run(double, 3), 6, points=1)
### BEGIN HIDDEN TESTS
with report.hidden():
    report.equal("minus", report.run(double, -4), -8, points=1)
### END HIDDEN TESTS
report"""
VISIBLE = [Known(SEEN, (of_value("three", 5),))]
FULL = [
    Known(SEEN, (of_value("three", 5), of_value("minus", -2))),
    Known(UNSEEN, (PASSED, of_value("minus", 0))),
]


def book(source):
    cells = [plain("from course_lib.checking import check"), answer("double", source),
             check("test_double", 2, CHECK)]  # fmt: skip
    return nbformat.from_dict(notebook(cells))


@pytest.fixture
def course(tmp_path):
    """Return what makes a course of one problem, with both tables beside its solution."""

    def make(name):
        folder = tmp_path / name / "solutions" / A
        folder.mkdir(parents=True)
        shutil.copy(bank.ROOT / "nbgrader_config.py", tmp_path / name)
        nbformat.write(book(ANSWERS["right"]), folder / f"{A}.ipynb")
        for file, table in ((diagnosis.FILE, VISIBLE), (diagnosis.FULL_FILE, FULL)):
            (folder / file).write_text(diagnosis.to_json({"double": table}, "x"))
        stock.run(stock.GenerateAssignment, tmp_path / name, A)
        for student, source in ANSWERS.items():
            bank.submit(tmp_path / name, student, A, book(source))
        return tmp_path / name

    return make


def said(text):
    """Return the messages that a report shows."""
    return [message for message in (SEEN, UNSEEN) if message in text]


def learners(source):
    """Return what the check says in the released folder: it has the visible rows only."""
    names = {"check": checks}
    exec(source, names)
    exec(re.sub(r"### BEGIN.*### END[^\n]*", "", CHECK, flags=re.DOTALL), names)
    return str(names["report"])


def test_everybody_names_the_same_mistake(course, monkeypatch):
    root = course("stock")
    stock.run(stock.Autograde, root, A)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        by_stock = {name: stock.read(root, gradebook, A, name)["double"].text for name in ANSWERS}
    by_grader = {name: found["double"].text
                 for name, found in grade(course("grader"), A, ANSWERS).items()}  # fmt: skip
    expected = {"adds": [SEEN], "clips": [UNSEEN], "new": [], "right": []}
    assert {name: said(text) for name, text in by_stock.items()} == expected
    assert {name: said(text) for name, text in by_grader.items()} == expected
    monkeypatch.chdir(root / "exercises" / A)
    shutil.rmtree(root / "solutions")
    seen = {name: said(learners(source)) for name, source in ANSWERS.items()}
    assert seen == expected | {"clips": []}


def test_the_graders_table_goes_before_what_a_student_hands_in(tmp_path, monkeypatch):
    forged = tmp_path / "solutions" / A
    forged.mkdir(parents=True)
    text = diagnosis.to_json({"double": [Known("Forged.", (PASSED,))]}, "x")
    (forged / diagnosis.FULL_FILE).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert diagnosis.of_all_rows("double")[0].message == "Forged."
    monkeypatch.setattr(diagnosis, "_trusted", {})
    diagnosis.trust(diagnosis.to_json({"double": FULL}, "x"))
    assert diagnosis.of_all_rows("double") == tuple(FULL)
