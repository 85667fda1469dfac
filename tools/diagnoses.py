"""Make the tables that name mistakes: run every known wrong answer on the rows of its problem.

One process imports what an assignment's set-up cells import, and forks for each answer: some of
them kill their process, or never end. Each answer runs twice, so that values which differ from
run to run (addresses, temporary paths) are not taken for its behaviour.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.checking import diagnosis, time_limit
from course_lib.checking.diagnosis import Known
from tools import bank
from tools.masters import MasterError

_SECONDS = 15.0  # of a call: an answer that waits for ever is a known mistake, too
_PATIENCE = 240  # seconds for a whole answer, on a busy machine


class UnstableAnswer(Exception):
    """An answer of the bank that behaves differently from run to run."""


@dataclass(frozen=True)
class Behaviour:
    """How one run of an answer went.

    Attributes
    ----------
    rows : tuple of str
        What came, row by row.
    hidden : tuple of bool
        Which of the rows are hidden.
    """

    rows: tuple[str, ...]
    hidden: tuple[bool, ...]


@dataclass(frozen=True)
class Tables:
    """The known wrong answers of an assignment, by problem.

    Attributes
    ----------
    visible : dict of str to list of Known
        Their behaviour on the rows that a learner sees: for the release.
    full : dict of str to list of Known
        On all rows: it stays with the solutions.
    """

    visible: dict[str, list[Known]] = field(default_factory=dict)
    full: dict[str, list[Known]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A code cell of a released notebook.

    Attributes
    ----------
    name : str
        Its grade_id; empty for a plain cell.
    source : str
    kind : str
        "answer", "test" or "given".
    """

    name: str
    source: str
    kind: str


def cells(solved: dict) -> Iterator[Cell]:
    """Yield the code cells of the instructor's notebook: model answers and hidden tests."""
    for cell in solved["cells"]:
        if cell["cell_type"] != "code":
            continue
        name, meta = _grade_id(cell), cell["metadata"].get("nbgrader", {})
        if meta.get("solution"):
            yield Cell(name, _source(cell), "answer")
        elif meta.get("grade"):
            yield Cell(name.removeprefix("test_"), _source(cell), "test")
        else:
            yield Cell(name, _source(cell), "given")


def _grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


class Runner:
    """Run answers of one assignment.

    Parameters
    ----------
    notebook : list of Cell
        The release with model answers.
    """

    def __init__(self, notebook: list[Cell]):
        self.notebook = notebook
        for cell in notebook:
            if cell.kind == "given":
                _import_only(cell.source)

    def behaviour(self, problem: str, answer: str) -> Behaviour | None:
        """Return how an answer behaves on its problem; None if it ends its own process."""
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            _child(self.notebook, problem, answer, write)
        os.close(write)
        with os.fdopen(read) as told:
            ended = threading.Timer(_PATIENCE, os.killpg, (pid, signal.SIGKILL))
            ended.start()
            text = told.readline()  # not to the end: what the answer left may hold the pipe
            ended.cancel()
        _end(pid)
        if not text:
            return None
        rows, hidden = json.loads(text)
        return Behaviour(tuple(rows), tuple(hidden))


def _end(pid: int) -> None:
    """End an answer's process with all that it has started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it had no time to become a group, or all of it is gone
    os.waitpid(pid, 0)


def _import_only(source: str) -> None:
    """Run the imports of a set-up cell: nothing that would start a thread before the fork."""
    wanted: list[ast.stmt] = [
        n for n in ast.parse(source).body if isinstance(n, (ast.Import, ast.ImportFrom))
    ]
    exec(compile(ast.Module(wanted, []), "<set-up>", "exec"), {})


def _child(notebook: list[Cell], problem: str, answer: str, write: int) -> None:
    os.setsid()
    time_limit.CPU_SECONDS = time_limit.WALL_SECONDS = _SECONDS
    # A module without a file: a spawned process then imports no main module of ours.
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        _silence()
        report = _report(notebook, problem, answer, vars(main))
        rows = [row.behaviour for row in report.rows]
        text = json.dumps([rows, [row.hidden for row in report.rows]])
        os.write(write, f"{text}\n".encode())
    finally:
        os._exit(0)


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _report(notebook: list[Cell], problem: str, answer: str, names: dict):
    for cell in notebook:
        if cell.kind == "test" and cell.name != problem:
            continue
        source = answer if cell.kind == "answer" and cell.name == problem else cell.source
        exec(compile(source, f"<{cell.name or 'cell'}>", "exec"), names)
        if cell.kind == "test":
            return names["report"]
    raise KeyError(problem)


def add(tables: Tables, runner: Runner, answer: bank.Answer) -> None:
    """Run an answer twice and add what both runs have in common to the tables.

    Raises
    ------
    UnstableAnswer
        If a row passes in one run and fails in the other.
    """
    first, second = (runner.behaviour(answer.problem, answer.source) for _ in range(2))
    if first is None or second is None:
        return  # no report will ever show this one
    try:
        full = diagnosis.merged(*(Known(answer.message, run.rows) for run in (first, second)))
    except ValueError as error:
        raise UnstableAnswer(f"{answer}: {error}") from None
    seen = tuple(row for row, hidden in zip(full.rows, first.hidden, strict=True) if not hidden)
    tables.full.setdefault(answer.problem, []).append(full)
    if not set(seen) <= {diagnosis.PASSED, diagnosis.UNKNOWN}:
        tables.visible.setdefault(answer.problem, []).append(Known(answer.message, seen))


def make(folder: Path, solved: Path) -> Tables:
    """Return the tables of one assignment.

    Parameters
    ----------
    folder : Path
        Its bank.
    solved : Path
        Its notebook with model answers and hidden tests.
    """
    answers = list(wrong_answers(folder))
    runner = Runner(list(cells(json.loads(solved.read_text(encoding="utf-8")))))
    tables, before = Tables(), os.getcwd()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        try:
            for answer in answers:
                add(tables, runner, answer)
        finally:
            os.chdir(before)
    return tables


def wrong_answers(folder: Path) -> Iterator[bank.Answer]:
    """Yield the wrong answers of an assignment that say what to learn."""
    for answers in bank.load(folder).values():
        yield from (answer for answer in answers if answer.kind == "mistake" and answer.message)


def digest(paths: Iterable[Path]) -> str:
    """Return what tells whether a table is stale: a digest of all that it is made from."""
    hashed = hashlib.blake2b(digest_size=12)
    for path in sorted(paths):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def sources(root: Path, assignment: str) -> list[Path]:
    """Return the modules that decide how an answer to an assignment behaves."""
    checking = root / "course_lib" / "checking"
    others = set(checking.glob("given_*/*.py")) - set(checking.glob(f"given_{assignment[:2]}/*.py"))
    return [*(set(checking.rglob("*.py")) - others), root / "tools" / "diagnoses.py"]


def made_from(path: Path) -> str:
    """Return the digest that a table was made from; empty if it is no table."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["made_from"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def run(folder: Path, solved: Path, digest_: str, root: Path) -> dict[str, str]:
    """Make the tables in a process of its own; return ``{file name: text}``.

    Raises
    ------
    MasterError
        With what an answer of the bank did that no table can hold.
    """
    command = [sys.executable, "-m", "tools.diagnoses", str(folder), str(solved), digest_]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise MasterError(f"{folder}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def main() -> int:
    """Print both tables of an assignment, from its bank, its solved notebook and a digest."""
    folder, solved, digest_ = sys.argv[1:4]
    tables = make(Path(folder).resolve(), Path(solved).resolve())
    texts = {diagnosis.FILE: diagnosis.to_json(tables.visible, digest_),
             diagnosis.FULL_FILE: diagnosis.to_json(tables.full, digest_)}  # fmt: skip
    print(json.dumps(texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
