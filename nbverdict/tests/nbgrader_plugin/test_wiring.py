"""nbgrader's own commands and formgrader's button grade through this grader."""

import os
import subprocess
import sys

import pytest
from course import ENVIRONMENT, Course, answer, check, plain

A = "hw"
CONFIG = """
c = get_config()
from nbverdict.nbgrader_plugin import wiring
wiring.install(c)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("wired"))
    made.assignment(A, {"nb": [plain("import warnings"), answer("f", "def f():\n    return 1"),
                               check("test_f", 1, "assert f() == 1")]})  # fmt: skip
    made.submit("ann", A, {"nb": {"f": "def f():\n    warnings.warn('x')\n    return 1"}})
    (made.root / "nbgrader_config.py").write_text(CONFIG)
    return made


def test_the_command_uses_this_grader(course):
    done = course.nbgrader("autograde", A)
    assert "isolation: " in done.stderr
    assert course.scores(A) == {"ann": {"test_f": 1.0}}


def test_stock_stays_usable(course):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", A, "--force"], cwd=course.root, text=True,
        env=ENVIRONMENT | {"NBVERDICT": "stock"}, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0 and "isolation" not in done.stderr
    assert course.scores(A) == {"ann": {"test_f": 0.0}}  # the warning, as stock has it


def test_the_button_uses_this_grader(course):
    code = f"""
import os, sys
from nbgrader.apps.api import NbGraderAPI
from nbverdict.course import course_directory
os.chdir({str(course.root)!r})
directory = course_directory({str(course.root)!r})
answer = NbGraderAPI(directory).autograde({A!r}, "ann")
print(answer["success"], "isolation" in answer["log"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=course.root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True True\n", done.stderr
    assert course.scores(A) == {"ann": {"test_f": 1.0}}


def test_generating_names_tests_that_cannot_work(course, tmp_path):
    (tmp_path / "c").mkdir()
    other = Course(tmp_path / "c")
    (other.root / "nbgrader_config.py").write_text(CONFIG)
    cells = [answer("f", "def f():\n    return 1"),
             check("test_source", 1, "import inspect\nassert 'return' in inspect.getsource(f)"),
             check("test_fine", 1, "assert f() == 1")]  # fmt: skip
    other.assignment(A, {"nb": cells})
    done = other.nbgrader("generate_assignment", A, "--force")
    assert "test cell test_source will not work" in done.stderr
    assert "test_fine will not" not in done.stderr
    lint = other.grade(A, "--lint", check=False)
    assert lint.returncode == 1
    assert lint.stdout.startswith("nb.ipynb: test cell test_source: inspect.getsource()")


def test_the_environment_is_as_before():
    assert "NBVERDICT" not in os.environ
