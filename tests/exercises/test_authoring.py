"""What every assignment must have before a learner sees it."""

import ast
import re
import tomllib

import pytest

import bank
from places import ROOT

ROWS = {"equal", "close", "at_most", "true", "raises"}
EACH_PROBLEM = [(a, p) for a in bank.assignments() for p in bank.problems(a)]


def each_problem(test):
    return pytest.mark.parametrize(("assignment", "problem"), EACH_PROBLEM)(test)


def hints(assignment):
    path = ROOT / "solutions" / assignment / "hints.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def hidden_lines(source):
    """Return the numbers of the lines between the HIDDEN TESTS markers."""
    found, inside = set(), False
    for number, line in enumerate(source.splitlines(), start=1):
        inside = (inside or "### BEGIN HIDDEN TESTS" in line) and "### END HIDDEN" not in line
        if inside:
            found.add(number)
    return found


def rows_outside_hidden_blocks(source):
    """Return line numbers of hidden rows that no `with report.hidden()` holds."""
    tree, covered = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and "report.hidden()" in ast.unparse(node.items[0]):
            covered.update(range(node.lineno, node.end_lineno + 1))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    rows = [n.lineno for n in calls if getattr(n.func, "attr", "") in ROWS]
    return sorted((set(rows) & hidden_lines(source)) - covered)


@pytest.mark.parametrize("assignment", bank.assignments())
def test_points_add_up(assignment):
    graded = [
        cell.metadata.nbgrader.points
        for cell in bank.notebook("solutions", assignment).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert sum(graded) == (30 if "capstone" in assignment else 20)


@pytest.mark.parametrize("assignment", bank.assignments())
def test_hints_and_mistakes_are_of_problems_that_exist(assignment):
    problems = set(bank.problems(assignment))
    assert set(hints(assignment)) == problems
    assert set(bank.load(assignment)) == problems


@each_problem
def test_problem_has_three_hints_that_differ(assignment, problem):
    stages = [text.strip() for text in hints(assignment)[problem]]
    assert len(stages) >= 3
    assert all(stages)
    assert len(set(stages)) == len(stages)


@each_problem
def test_problem_has_mistakes_and_other_right_answers(assignment, problem):
    variants = bank.load(assignment)[problem]
    kinds = [variant.kind for variant in variants]
    assert kinds.count("mistake") >= 8
    assert kinds.count("right") >= 2
    sources = [re.sub(r"\s+", " ", variant.source) for variant in variants]
    assert len(set(sources)) == len(sources)


@each_problem
def test_release_states_the_task_and_does_not_solve_it(assignment, problem):
    cell = bank.cells(bank.notebook("exercises", assignment))[problem]
    assert "# YOUR CODE HERE" in cell.source
    functions = [n for n in ast.parse(cell.source).body if isinstance(n, ast.FunctionDef)]
    docstrings = {f.name: ast.get_docstring(f) or "" for f in functions}
    assert len(docstrings.get(problem, "")) > 30, f"{problem} needs a docstring"


@each_problem
def test_problem_shows_an_example(assignment, problem):
    """In the docstring (>>>), or in the text or code of the cells just before it."""
    book = bank.notebook("exercises", assignment)
    place = next(
        i
        for i, c in enumerate(book.cells)
        if c.metadata.get("nbgrader", {}).get("grade_id") == problem
    )
    before = [c.source for c in book.cells[max(0, place - 3) : place]]
    assert ">>>" in book.cells[place].source or any("xample" in text for text in before)


@each_problem
def test_test_cell_is_one_report_worth_its_points(assignment, problem):
    source = bank.cells(bank.notebook("solutions", assignment))[f"test_{problem}"].source
    assert source.rstrip().splitlines()[-1] == "report"
    report = re.search(rf'check\.Report\(\s*"{problem}",.*?points=(\d+)', source, re.DOTALL)
    assert report, 'expected check.Report("' + problem + '", ..., points=N)'
    assert int(report.group(1)) == bank.problems(assignment)[problem]


@each_problem
def test_hidden_tests_make_hidden_rows(assignment, problem):
    source = bank.cells(bank.notebook("solutions", assignment))[f"test_{problem}"].source
    assert hidden_lines(source), "every problem has a case that the learner cannot fit to"
    assert rows_outside_hidden_blocks(source) == []
