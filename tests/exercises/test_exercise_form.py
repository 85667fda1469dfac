"""What a learner meets in a released exercise: short checks, and little that is not the task."""

import re
from statistics import median

import pytest

import bank
from places import ROOT
from tools import promises
from tools.masters import MasterError, read_master

LONGEST_CHECK, USUAL_CHECK, LONGEST_SETUP, LARGEST_SHARE = 6, 5, 6, 0.12
LONGEST_MODULE = 400
GIVEN = sorted((ROOT / "course_lib" / "checking").glob("given_*/*.py"))


def lines(cell):
    return len(cell.source.splitlines())


def is_check(cell):
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and marks.get("grade") and not marks.get("solution")


@pytest.mark.parametrize("assignment", bank.assignments())
def test_checks_are_short(assignment):
    cells = bank.notebook("exercises", assignment).cells
    checks = [lines(cell) for cell in cells if is_check(cell)]
    assert max(checks) <= LONGEST_CHECK and median(checks) <= USUAL_CHECK
    assert sum(checks) <= LARGEST_SHARE * sum(map(lines, cells))


@pytest.mark.parametrize("assignment", bank.assignments())
def test_set_up_cells_are_a_few_imports(assignment):
    named = bank.cells(bank.notebook("exercises", assignment))
    setup = [cell for name, cell in named.items() if name in ("setup", "checks")]
    assert setup and max(map(lines, setup)) <= LONGEST_SETUP
    for cell in setup:
        told = [line for line in cell.source.splitlines() if not line.startswith("#")]
        others = [line for line in told if not re.match(r"(import|from) ", line)]
        # What starts a library once, so that its start counts for nobody.
        assert all("warm_up(" in line or "set_nthreads(" in line for line in others), others


@pytest.mark.parametrize("path", GIVEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_module_holds_one_problem(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    names = [problem for a in bank.assignments() for problem in bank.problems(a)]
    assert path.stem in (*names, "__init__", "shared", "waiting")


@pytest.mark.parametrize("assignment", bank.assignments())
def test_no_check_judges_a_mistake_by_one_value(assignment):
    """Known mistakes are answers of the bank, which are compared on all rows."""
    folder = ROOT / "course_lib" / "checking" / f"given_{assignment[:2]}"
    master = ROOT / "solutions" / assignment / f"{assignment}.py"
    for path in (master, *folder.glob("*.py")):
        assert not re.search(r"\bknown\s*=\s*[\[(*]|def wrong_", path.read_text(encoding="utf-8"))


BANK = "# %% mistake: m\n# promise: {}\n# points: 0\n# message: A.\ndef double(x):\n    return 0\n"
TASK = '''# %% [markdown]
# # Numbers
#
# Return twice
# the number `x`.

# %% solution="double"
def double(x):
    """Double a number; a text stays a text."""
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


# %% test="double" points=2
report
### BEGIN HIDDEN TESTS
### END HIDDEN TESTS
'''


@pytest.mark.parametrize(("promise", "said"), [
    ("Return twice the number `x`.", True), ("a text stays a text", True),
    ("Return it quickly.", False), ("", False),
])  # fmt: skip
def test_a_mistake_breaks_what_the_task_says(tmp_path, promise, said):
    (tmp_path / "mistakes").mkdir()
    (tmp_path / "01.py").write_text(TASK)
    text = BANK.format(promise) if promise else BANK.replace("# promise: {}\n", "")
    (tmp_path / "mistakes" / "double.py").write_text(text)
    notebook = read_master(tmp_path / "01.py").notebook
    if said:
        promises.check(tmp_path / "mistakes", notebook)
    else:
        with pytest.raises(MasterError, match=r"the task does not say|states the promise"):
            promises.check(tmp_path / "mistakes", notebook)
