"""Every assignment's model answers get full marks in Binder's pod, and without any instrument.

Without instruments, all answers of the mistake bank are tried as well: counts from theory must
take and leave the points that measured ones do.
"""

import copy
import json
import sys
from pathlib import Path

import nbformat
import pytest

import bank
import pod
from places import ROOT

RUNNER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tools.run_notebook import run_notebook
without = {"COURSE_LIB_WITHOUT": sys.argv[3]} if sys.argv[3] else {}
run = run_notebook(Path(sys.argv[2]), env=without)
shown = [
    [cell.metadata.get("tried", ""), output["data"].get("text/plain", "")]
    for cell in run.notebook.cells
    for output in cell.get("outputs", [])
    if output.output_type == "execute_result"
]
print(json.dumps({"shown": shown, "defects": run.defects, "peak": run.peak}))
"""

TIDY = """
from course_lib.checking import workdir
for path, owner in workdir._made:
    workdir._remove(path, owner)
"""


@pytest.fixture(scope="module")
def binder():
    with pod.build() as place:
        yield place


@pytest.fixture(scope="module")
def disk():
    with pod.build(plain=True) as place:
        yield place


def is_test(cell):
    """Tell whether a cell holds the tests of a problem."""
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and marks.get("grade") and not marks.get("solution")


def with_tags(assignment):
    """Return the model notebook; its test cells say in ``tried`` what they test."""
    book = copy.deepcopy(bank.notebook("solutions", assignment))
    for cell in filter(is_test, book.cells):
        cell.metadata["tried"] = f"model:{cell.metadata.nbgrader.grade_id.removeprefix('test_')}"
    return book


def with_all_answers(assignment):
    """Return the model notebook; after each problem, its tests see the bank's answers to it."""
    book = with_tags(assignment)
    model, variants, cells = bank.cells(book), bank.load(assignment), []
    for cell in book.cells:
        cells.append(cell)
        problem = cell.metadata.get("tried", "").removeprefix("model:")
        if problem:
            cells += [c for v in variants[problem] for c in tried(v, cell)]
            cells.append(nbformat.v4.new_code_cell(model[problem].source))
    # So many folders take longer to remove than a kernel has for its end.
    cells.append(nbformat.v4.new_code_cell(TIDY))
    book.cells = cells
    return book


def tried(variant, test):
    """Return the cells that define an answer and test it."""
    again = nbformat.v4.new_code_cell(test.source)
    again.metadata["tried"] = str(variant)
    return [nbformat.v4.new_code_cell(variant.source), again]


def run(assignment, book, without, place):
    """Run an assignment's notebook in `place`; return ({what was tried: score}, peak)."""
    path = Path(place.environment["HOME"], f"{assignment}.ipynb")
    nbformat.write(book, path)
    done = place.run(sys.executable, "-c", RUNNER, str(ROOT), str(path), without)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert not found["defects"], "\n".join(found["defects"])
    return {tried: score for tried, score in found["shown"] if tried}, found["peak"]


def full(assignment):
    """Return {problem: points} as a report shows them."""
    return {problem: f"{points:g}" for problem, points in bank.problems(assignment).items()}


def chosen(scores, kind):
    """Return {problem: score} of the test cells of one kind."""
    return {t.partition(":")[2]: s for t, s in scores.items() if t.startswith(kind)}


@pytest.mark.parametrize("assignment", bank.assignments())
def test_model_answers_get_full_marks_in_the_pod(assignment, binder, record_property):
    book = with_tags(assignment)
    scores, peak = run(assignment, book, "", binder)
    assert chosen(scores, "model") == full(assignment)
    record_property("lesson needed", f"{assignment}: {peak / pod.MiB:.0f} MiB ({binder.real})")


@pytest.mark.parametrize("assignment", bank.assignments())
def test_without_instruments_every_answer_keeps_its_points(assignment, disk):
    scores, _ = run(assignment, with_all_answers(assignment), "all", disk)
    assert chosen(scores, "model") == full(assignment)
    points = bank.problems(assignment)
    expected = {
        str(v): f"{bank.worth(v, points[problem], instruments=False):g}"
        for problem, variants in bank.load(assignment).items()
        for v in variants
    }
    assert {v: scores.get(v) for v in expected} == expected
