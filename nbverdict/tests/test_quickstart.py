"""Somebody else's machine: nbverdict alone in a new environment grades nbgrader's own example.

Slow: it installs from the package index, with the versions of the lock beside it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from course import Course

PROJECT = Path(__file__).resolve().parents[1]
LOCK = PROJECT.parent / "requirements.lock"
A = "ps1"
POINTS = {
    "problem1/correct_squares": 1.0, "problem1/squares_invalid_input": 1.0,
    "problem1/correct_sum_of_squares": 0.5, "problem1/sum_of_squares_uses_squares": 0.5,
}  # fmt: skip


class Machine:
    """An environment and a folder; commands run there, with a plain user's variables."""

    def __init__(self, folder: Path):
        self.venv, self.folder = folder / "venv", folder
        names = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        kept = {n: v for n, v in os.environ.items() if n in names or n.lower().endswith("_proxy")}
        pip = {n: v for n, v in os.environ.items() if n.startswith("PIP_")}
        path = f"{self.venv / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        self.environment = {**kept, **pip, "PATH": path, "JUPYTER_PLATFORM_DIRS": "1"}

    def run(self, *command, **more) -> subprocess.CompletedProcess:
        """Run a command of the environment; it must succeed."""
        program = shutil.which(command[0], path=self.environment["PATH"]) or command[0]
        environment = self.environment | more
        done = subprocess.run(
            [program, *command[1:]], cwd=self.folder, env=environment, capture_output=True,
            text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A new environment in which only nbverdict, and what it declares, is installed."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    source = made.folder / "nbverdict"
    ignored = shutil.ignore_patterns("tests", "build", "*.egg-info", "__pycache__")
    shutil.copytree(PROJECT, source, ignore=ignored)  # building leaves files in the folder
    made.run(sys.executable, "-m", "venv", str(made.venv))
    pins = made.folder / "pins.txt"
    locked = LOCK.read_text() if LOCK.exists() else ""
    pins.write_text("\n".join(re.findall(r"^[\w.-]+==[^\s;\\]+(?: ;[^\\\n]*)?", locked, re.M)))
    made.run("python", "-m", "pip", "install", "--quiet", "-c", str(pins), str(source))
    return made


@pytest.fixture(scope="module")
def course(machine):
    """nbgrader's example with the lines of our README, a model answer and an untouched one."""
    machine.run("nbgrader", "quickstart", "example")
    machine.folder = machine.folder / "example"
    made = Course(machine.folder)
    readme = (PROJECT / "README.md").read_text()
    lines = re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)
    with (made.root / "nbgrader_config.py").open("a") as config:
        config.write(lines)
    assert len(lines.splitlines()) == 1
    said = machine.run("nbgrader", "generate_assignment", A)
    assert "4 tests: 4 protected, 0 inside" in said.stderr
    made.submit("model", A, made.model(A))
    made.submit("untouched", A, {})
    return made


@pytest.fixture(scope="module")
def marks(machine, course):
    """The marks of our command, of `nbgrader autograde`, and of stock nbgrader."""
    machine.run("python", "-m", "nbverdict", A)
    ours = course.marks(A)
    said = machine.run("nbgrader", "autograde", A, "--force")
    assert "isolation: " in said.stderr
    wired = course.marks(A)
    stock = machine.run("nbgrader", "autograde", A, "--force", NBVERDICT="stock")
    assert "isolation: " not in stock.stderr
    return ours, wired, course.marks(A)


def test_nothing_of_the_course_is_there(machine):
    found = machine.run("python", "-m", "pip", "list", "--format", "json").stdout
    names = {entry["name"] for entry in json.loads(found)}
    assert "nbverdict" in names and "nbgrader" in names
    assert names & {"bigger-than-memory", "zarr", "h5py", "tables", "dask", "matplotlib"} == set()


def test_the_model_answer_gets_every_point_and_an_untouched_one_none(marks):
    ours, _, _ = marks
    for cell, points in POINTS.items():
        assert ours["model"][cell] == (points, False)
        assert ours["untouched"][cell] == (0.0, False)


def test_the_marks_are_stocks_by_either_command(marks):
    ours, wired, stock = marks
    assert ours == wired == stock


def test_the_feedback_and_the_export_work(machine, course, marks):
    machine.run("nbgrader", "generate_feedback", A)
    assert (course.root / "feedback" / "model" / A / "problem1.html").exists()
    machine.run("nbgrader", "export")
    rows = (course.root / "grades.csv").read_text().splitlines()
    assert len(rows) == 3


def test_the_command_says_its_options(machine):
    assert "--scheduler" in machine.run("nbverdict", "--help").stdout
