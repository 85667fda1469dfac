"""The course through nbgrader's own commands, as a teacher types them in the course's folder."""

import csv
import html
import re
import subprocess
import sys

import pytest
from nbverdict.hidden import split_hidden
from nbverdict.nbgrader_plugin.hide_hidden_tests import has_code, squeeze

import bank
from places import ROOT

# The first two assignments: one round of real commands shows that the commands work. Every
# answer to every problem is graded in test_mistakes.
ASSIGNMENTS = bank.assignments()[:2]


def nbgrader(root, *arguments):
    """Run one nbgrader command in the folder of the course; it must succeed."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"nbgrader {' '.join(arguments)}:\n{done.stderr}"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course after generate, submissions, autograde, feedback and export."""
    root = tmp_path_factory.mktemp("course")
    bank.make_course(root, ASSIGNMENTS)
    for assignment in ASSIGNMENTS:
        nbgrader(root, "generate_assignment", assignment)
        for student, book in a_small_class(assignment).items():
            bank.submit(root, student, assignment, book)
        nbgrader(root, "autograde", assignment)
        nbgrader(root, "generate_feedback", assignment)
    nbgrader(root, "export")
    return root


def a_small_class(assignment):
    """Return {student: notebook}: one who knows, one who did nothing, one who errs."""
    everybody = bank.make_class(assignment)
    return {student: everybody[student][0] for student in ("model", "untouched", "mistake1")}


def exported(root):
    """Return {(student, assignment): row of grades.csv}."""
    with (root / "grades.csv").open(newline="") as file:
        return {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}


def expected_points(assignment, student):
    """Return the points of one student's problems that code grades."""
    points = bank.problems(assignment)
    if student == "untouched":
        return 0
    chosen = bank.make_class(assignment)[student][1]
    return sum(chosen[p].points if p in chosen else full for p, full in points.items())


@pytest.mark.parametrize("student", ["model", "untouched", "mistake1"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_exported_scores(course, assignment, student):
    row = exported(course)[student, assignment]
    assert float(row["raw_score"]) == expected_points(assignment, student)
    assert float(row["max_score"]) == 20


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_generate_assignment_makes_what_is_committed(course, assignment):
    for committed in sorted((ROOT / "exercises" / assignment).iterdir()):
        if committed.is_file():
            made = course / "exercises" / assignment / committed.name
            assert made.read_bytes() == committed.read_bytes()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_holds_no_master_no_solution_and_no_hidden_test(course, assignment):
    released = [p for p in (course / "exercises" / assignment).rglob("*") if p.is_file()]
    assert not [p for p in released if p.suffix == ".py"]
    texts = {p.name: by_line(p.read_text(encoding="utf-8")) for p in released}
    assert leaks(secrets(assignment), "".join(texts.values())) == []
    # The last hint of a problem may name a call of the answer; the notebook may not.
    assert leaks(solutions(assignment), texts[f"{assignment}.ipynb"]) == []


@pytest.mark.parametrize("student", ["model", "untouched", "mistake1"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_feedback_shows_the_score_and_no_hidden_test(course, assignment, student):
    page = course / "feedback" / student / assignment / f"{assignment}.html"
    text = plain(page.read_text(encoding="utf-8"))
    assert "BEGIN HIDDEN TESTS" not in text
    assert leaks(secrets(assignment), by_line(text)) == []
    if student != "model":
        own = by_line("\n".join(c.source for c in a_small_class(assignment)[student].cells))
        not_own = {line for line in solutions(assignment) if line not in own}
        assert leaks(not_own, by_line(text)) == []
    points = expected_points(assignment, student)
    assert re.search(rf"Score: {points:g}(\.0)? / 20", text)


def plain(page):
    """Return the text of an HTML page."""
    return html.unescape(re.sub(r"<[^<>]*>", "", page))


def secrets(assignment):
    """Return the hidden lines that stand nowhere in the release."""
    cells = bank.cells(bank.notebook("solutions", assignment)).values()
    lines = {line for cell in cells for line in split_hidden(cell.source)[1]}
    return only_secret(assignment, lines)


def solutions(assignment):
    """Return the lines of model answers that stand nowhere in the release."""
    cells = bank.cells(bank.notebook("solutions", assignment)).values()
    regions = [r for c in cells for r in re.findall(SOLUTION, c.source, re.DOTALL)]
    return only_secret(assignment, {line for region in regions for line in region.splitlines()})


SOLUTION = r"### BEGIN SOLUTION\n(.*?)### END SOLUTION"


def only_secret(assignment, lines):
    """Return long lines of code, squeezed, that the release does not show elsewhere."""
    public = by_line("\n".join(c.source for c in bank.notebook("exercises", assignment).cells))
    # A line without code is a label or a message: the report may show it.
    squeezed = {squeeze(line) for line in lines if has_code(line) and line.strip()[0] != "#"}
    return {line for line in squeezed if len(line) >= 20 and line not in public}


def by_line(text):
    """Squeeze each line by itself: `<` in one line and `>` in another are no HTML tag."""
    return "\n".join(map(squeeze, text.splitlines()))


def leaks(secret_lines, text):
    """Return the secret lines that the squeezed text holds."""
    return sorted(line for line in secret_lines if line in text)
