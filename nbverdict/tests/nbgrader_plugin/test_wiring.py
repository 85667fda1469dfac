"""nbgrader's own commands and formgrader's button grade through this grader."""

import os
import re
import subprocess
import sys

import pytest
from course import ENVIRONMENT, Course, answer, check, plain
from nbverdict.__main__ import parser, settings
from nbverdict.course import config, settings_of
from nbverdict.nbgrader_plugin import wiring
from traitlets.config import Config

A = "hw"
CONFIG = """
c = get_config()
import nbverdict; nbverdict.install(c)
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
    assert "test cell nb/test_source: runs inside, where a student could" in done.stderr
    assert "2 tests: 1 protected, 1 inside" in done.stderr and "test_fine" not in done.stderr
    (other.root / "nbgrader_config.py").write_text(CONFIG + "c.NbVerdict.calibrate = False\n")
    done = other.nbgrader("generate_assignment", A, "--force")
    assert "test cell test_source will not work" in done.stderr
    assert "test_fine will not" not in done.stderr and "protected" not in done.stderr
    lint = other.grade(A, "--lint", check=False)
    assert lint.returncode == 1
    assert lint.stdout.startswith("nb.ipynb: test cell test_source: inspect.getsource()")


def test_hidden_tests_stay_out_of_nbgraders_own_feedback(course, tmp_path):
    other = Course(tmp_path)
    test = "assert f() == 1\n### BEGIN HIDDEN TESTS\nassert f() != 918273645\n### END HIDDEN TESTS"
    other.assignment(A, {"nb": [answer("f", "def f():\n    return 1"), check("test_f", 1, test)]})
    (other.root / "nbgrader_config.py").write_text(CONFIG)
    other.submit("ann", A, other.model(A))
    other.nbgrader("autograde", A)
    other.nbgrader("generate_feedback", A)
    page = (other.root / "feedback" / "ann" / A / "nb.html").read_text()
    assert "f() == 1" in re.sub(r"<[^>]*>", "", page).replace("\xa0", " ")
    assert "918273645" not in page


def test_what_the_course_has_chosen_itself_stays():
    config = Config()
    config.HTMLExporter.preprocessors = ["theirs.Filter"]
    config.GenerateFeedback.preprocessors = ["theirs.First", "theirs.Last"]
    wiring.install(config)
    assert config.HTMLExporter.preprocessors == ["theirs.Filter", wiring.MARKUP]
    assert config.GenerateFeedback.preprocessors == ["theirs.First", wiring.HIDE, "theirs.Last"]
    wiring.install(config)
    assert len(config.HTMLExporter.preprocessors) == 2
    assert len(config.GenerateFeedback.preprocessors) == 3


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [("", 30), ("c.Execute.timeout = 3", 3), ("c.ExecutePreprocessor.timeout = 4", 4),
     ("c.ExecutePreprocessor.timeout = 4\nc.Execute.timeout = 3", 3),
     ("c.Execute.timeout = -1", 300), ("c.Execute.timeout = None", 300)],
)  # fmt: skip
def test_both_commands_obey_nbgraders_time_limits(tmp_path, lines, seconds):
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{lines}\n")
    assert settings_of(config(tmp_path)).cell_timeout == seconds
    options = parser().parse_args(["ps1", "--root", str(tmp_path)])
    assert settings(options).cell_timeout == seconds
    options = parser().parse_args(["ps1", "--root", str(tmp_path), "--timeout", "7"])
    assert settings(options).cell_timeout == 7


def test_the_environment_is_as_before():
    assert "NBVERDICT" not in os.environ
