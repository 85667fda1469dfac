"""A small nbgrader course on disk: cells in, submissions in, marks out.

For the tests of a course and of this grader, and for measuring them.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_BIN = str(Path(sys.executable).parent)
ENVIRONMENT = {**os.environ, "PATH": _BIN + os.pathsep + os.environ.get("PATH", "")}
ENVIRONMENT.pop("PYTHONPATH", None)
ENVIRONMENT["JUPYTER_PLATFORM_DIRS"] = "1"


def _cell(kind: str, source: str, **nbgrader) -> dict:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    if nbgrader:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        cell["metadata"]["nbgrader"] = {"schema_version": 3, "cell_type": kind, **flags, **nbgrader}
    return cell


def plain(source: str) -> dict:
    """Return a cell that nbgrader knows nothing of."""
    return _cell("code", source)


def text(source: str) -> dict:
    """Return a cell of Markdown."""
    return _cell("markdown", source)


def answer(name: str, source: str) -> dict:
    """Return a cell whose content the release leaves out."""
    marked = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return _cell("code", marked, grade_id=name, solution=True)


def check(name: str, points: float, source: str) -> dict:
    """Return a test."""
    return _cell("code", source, grade_id=name, grade=True, locked=True, points=points)


def locked(name: str, source: str) -> dict:
    """Return a cell that a student may not change."""
    return _cell("code", source, grade_id=name, locked=True)


def manual(name: str, points: float, source: str, kind: str = "markdown") -> dict:
    """Return an answer that a person marks."""
    marked = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return _cell(kind, marked, grade_id=name, grade=True, solution=True, points=points)


def notebook(cells: list[dict]) -> dict:
    """Return a notebook of these cells."""
    numbered = [{**cell, "id": f"c{n}"} for n, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": numbered,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


class Course:
    """A course directory.

    Parameters
    ----------
    root : Path
        An empty directory, or a copy of another course's.

    Attributes
    ----------
    config : str
        More lines of ``nbgrader_config.py``. By default nothing is plugged in.
    environment : dict of str to str
        Variables of the commands.
    """

    config = ""
    environment = ENVIRONMENT

    def __init__(self, root: Path):
        self.root = root
        if not (root / "nbgrader_config.py").exists():
            lines = f"c = get_config()\nc.Execute.timeout = 20\n{self.config}"
            (root / "nbgrader_config.py").write_text(lines)

    def assignment(self, name: str, notebooks: dict[str, list[dict]], files=()) -> None:
        """Write the source of an assignment and generate its release."""
        folder = self.root / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        for title, cells in notebooks.items():
            (folder / f"{title}.ipynb").write_text(json.dumps(notebook(cells)))
        for path, content in dict(files).items():
            (folder / path).write_bytes(content)
        self.generate(name)

    def generate(self, name: str) -> None:
        """Do what ``nbgrader generate_assignment`` does, without starting a process."""
        from nbgrader.converters import GenerateAssignment
        from nbgrader.coursedir import CourseDirectory

        directory = CourseDirectory(root=str(self.root), assignment_id=name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            GenerateAssignment(coursedir=directory).start()

    def nbgrader(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run stock nbgrader."""
        return subprocess.run(
            [f"{_BIN}/nbgrader", *arguments], cwd=self.root, env=self.environment, check=check,
            capture_output=True, text=True,
        )  # fmt: skip

    def release(self, assignment: str, title: str) -> dict:
        """Return a notebook as students get it."""
        return json.loads((self.root / "release" / assignment / f"{title}.ipynb").read_text())

    def folder(self, student: str, assignment: str) -> Path:
        """Return the folder of a submission, made if it was not there."""
        made = self.root / "submitted" / student / assignment
        made.mkdir(parents=True, exist_ok=True)
        return made

    def submit(self, student: str, assignment: str, answers: dict, files=(), change=None) -> None:
        """Hand in: answers are ``{notebook: {grade_id: source}}``; the rest is the release."""
        folder = self.folder(student, assignment)
        for path in (self.root / "release" / assignment).glob("*.ipynb"):
            made = self.release(assignment, path.stem)
            for cell in made["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                source = answers.get(path.stem, {}).get(name)
                if source is not None:
                    cell["source"] = source
            if change:
                change(path.stem, made)
            (folder / path.name).write_text(json.dumps(made))
        for name, content in dict(files).items():
            (folder / name).write_bytes(content)

    def model(self, assignment: str) -> dict:
        """Return the model answers, as `submit` takes them."""
        found = {}
        for path in (self.root / "source" / assignment).glob("*.ipynb"):
            cells = json.loads(path.read_text())["cells"]
            found[path.stem] = {
                cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
                for cell in cells
                if cell["metadata"].get("nbgrader", {}).get("solution")
            }
        return found

    def grade(self, assignment: str, *options: str, check: bool = True, **more):
        """Run our grader."""
        command = [sys.executable, "-m", "nbverdict", assignment, *options]
        environment = self.environment | more.pop("env", {})
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, **more
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def marks(self, assignment: str) -> dict[str, dict[str, tuple[float | None, bool]]]:
        """Return {student: {cell: (automatic score, needs a person)}} from the gradebook."""
        query = """
            select s.student_id, n.name, b.name, g.auto_score, g.needs_manual_grade
            from grade g join base_cell b on g.cell_id = b.id
            join submitted_notebook m on g.notebook_id = m.id
            join notebook n on m.notebook_id = n.id
            join submitted_assignment s on m.assignment_id = s.id
            join assignment a on s.assignment_id = a.id where a.name = ?"""
        found: dict = {}
        with sqlite3.connect(self.root / "gradebook.db") as book:
            for student, title, cell, score, person in book.execute(query, [assignment]):
                found.setdefault(student, {})[f"{title}/{cell}"] = (score, bool(person))
        book.close()
        return found

    def scores(self, assignment: str) -> dict[str, dict[str, float | None]]:
        """Return {student: {cell: automatic score}}; cells by their own name."""
        return {
            student: {cell.split("/")[1]: score for cell, (score, _) in cells.items()}
            for student, cells in self.marks(assignment).items()
        }

    def graded(self, student: str, assignment: str, title: str) -> dict:
        """Return an autograded notebook."""
        path = self.root / "autograded" / student / assignment / f"{title}.ipynb"
        return json.loads(path.read_text())

    def forget(self, assignment: str) -> None:
        """Remove all grades and autograded notebooks, to grade again from nothing."""
        with sqlite3.connect(self.root / "gradebook.db") as book:
            for table in ("grade", "comment", "submitted_notebook", "submitted_assignment"):
                book.execute(f"delete from {table}")
        book.close()
        subprocess.run(["rm", "-rf", str(self.root / "autograded")], check=True)


def shown(graded: dict, name: str) -> str:
    """Return everything that a cell of an autograded notebook shows, as text."""
    for cell in graded["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            return json.dumps(cell.get("outputs", []), ensure_ascii=False)
    raise KeyError(name)


def leftovers(*words: str) -> list[str]:
    """Return the command lines of processes that hold one of the words."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if any(word in line for word in words):
            found.append(line)
    return found


@contextmanager
def cluster(
    folder: Path, environment: dict[str, str]
) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Start a scheduler of dask.distributed and two workers: (address, worker processes).

    Parameters
    ----------
    folder : Path
        Where they leave their files.
    environment : dict of str to str
        Their variables.
    """
    file = folder / "scheduler.json"

    def start(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments, "--scheduler-file", str(file)],
            env=environment, cwd=folder, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    processes = [start("distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard",
                       "--host", "127.0.0.1")]  # fmt: skip
    worker = ("distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")
    processes += [start(*worker), start(*worker)]
    try:
        wait_for(lambda: file.exists() and file.read_text().strip().endswith("}"))
        yield json.loads(file.read_text())["address"], processes[1:]
    finally:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until something is true.

    Raises
    ------
    AssertionError
        If it takes too long.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
