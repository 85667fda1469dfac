"""Small changes of model answers lose points, or stand in a list with the reason."""

import subprocess
import sys

import pytest

from places import ROOT
from tools import diagnoses, mutants
from tools.masters import read_master


def changes(source):
    return [mutant.change for mutant in mutants.mutants(source)]


@pytest.mark.parametrize(("line", "into"), [
    ("x = a <= b", "x = a < b"), ("x = a[1:]", "x = a[2:]"), ("x = a // b", "x = a * b"),
    ("x = abs(a)", "x = int(a)"), ("x = np.zeros(3, 'f8')", "x = np.zeros(3, 'f4')"),
    ("x = a.sum(axis=0)", "x = a.sum(axis=1)"), ("x = np.float64(a)", "x = np.float32(a)"),
    ("x = a and b", "x = a or b"), ("x = min(a, b)", "x = max(a, b)"), ("file.flush()", "pass"),
    ("x = sorted(a)", "x = list(a)"), ("x = f(a, b=True)", "x = f(a, b=False)"),
])  # fmt: skip
def test_it_changes(line, into):
    assert f"{line} -> {into}" in changes(line)


def test_a_guard_is_dropped_and_every_change_is_another_program():
    source = "def f(x, n=2):\n    if x:\n        return n\n    return 0"
    made = [mutant.source for mutant in mutants.mutants(source)]
    assert any("if False" in each for each in made) and len(set(made)) == len(made)
    for each in made:
        compile(each, "mutant", "exec")


def test_what_is_listed_is_a_change_of_a_model_answer_and_has_a_reason():
    for assignment, problems in mutants.listed().items():
        master = read_master(ROOT / "solutions" / assignment / f"{assignment}.py")
        answers = {c.name: c.source for c in diagnoses.cells(master.notebook) if c.kind == "answer"}
        for problem, equal in problems.items():
            assert set(equal) <= set(changes(answers[problem])) and all(equal.values())


@pytest.mark.linux
def test_no_change_of_a_small_problem_keeps_full_marks():
    """A sample: `make mutants` tries them all."""
    command = [sys.executable, "-m", "tools.mutants", "01_page_cache", "page_count", "came_from"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
