"""Read a master (py:percent text) and make the notebook that it describes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

# The same on every machine, so that a rebuilt notebook has the same bytes.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# jupytext's own notes about spacing: no part of the notebook.
SPACING_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}
ROLES = ("solution", "test", "manual", "locked")

# A cell that only holds the lesson to its numbers: JupyterLab folds its source, and so does the
# website, which knows the tag.
FOLDED = "hide-input"

# What a learner finds in a cell of a lesson that asks for lines.
WRITE_HERE = "...  # Write your lines here."
ANSWER = """<details><summary>One way to write it</summary>

```python
{code}
```

</details>"""


def number_of(name: str) -> str:
    """Return the number before a lesson's or an assignment's name; the second part of 05 is 05b.

    >>> number_of("05_hdf5"), number_of("05b_pytables")
    ('05', '05b')
    """
    return name.partition("_")[0]


def last_part(number: str, lessons: Iterable[str]) -> str:
    """Return the number of the lesson that an assignment follows: the last part of its lesson.

    >>> last_part("05", ["04", "05", "05b"]), last_part("08", ["04"])
    ('05b', '08')
    """
    return max([one for one in lessons if one.startswith(number)], default=number)


class MasterError(Exception):
    """A mistake in a master, with the file and the cell that hold it."""


@dataclass(frozen=True)
class Master:
    """One master file and the notebook made from it."""

    path: Path
    """The py:percent file."""
    notebook: NotebookNode
    """The notebook: fixed ids, no outputs."""

    @property
    def name(self) -> str:
        """Name of the lesson or assignment, for example ``01_page_cache``."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The first heading of the first cell."""
        for line in self.notebook.cells[0].source.splitlines():
            if line.startswith("# "):
                return line[2:].strip()
        raise MasterError(f"{self.path}, cell 0: must open with a title: '# ...'")

    @property
    def points(self) -> int:
        """Points of all graded cells together."""
        return sum(cell.metadata.nbgrader.points for cell in self.graded_cells())

    def graded_cells(self) -> list[NotebookNode]:
        """Return the cells that carry points, in order."""
        return [c for c in self.notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def read_master(path: Path) -> Master:
    """Return the master at `path` with its notebook.

    Raises
    ------
    MasterError
        Naming the file and the cell, for unknown or wrong metadata, unbalanced or missing
        solution markers, and names that are used twice.
    """
    parsed = jupytext.read(path, fmt="py:percent")
    if not parsed.cells:
        raise MasterError(f"{path}: no cells")
    cells = [make_cell(path, number, cell) for number, cell in enumerate(parsed.cells)]
    check_names(path, cells)
    cells = put_answers(path, cells)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    notebook.nbformat_minor = 5
    return Master(path, notebook)


def make_cell(path: Path, number: int, parsed: NotebookNode) -> NotebookNode:
    """Return the notebook cell for one parsed cell of a master."""
    where = f"{path}, cell {number} ({parsed.source.strip().splitlines()[:1]})"
    makers = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    if parsed.cell_type not in makers:
        raise MasterError(f"{where}: cells are code or markdown, not {parsed.cell_type}")
    check_markers(where, parsed.source)
    cell = makers[parsed.cell_type](parsed.source, id=str(number))
    cell.metadata.update(cell_metadata(where, parsed))
    return cell


def cell_metadata(where: str, parsed: NotebookNode) -> dict:
    """Turn a master's ``key=value`` pairs into notebook metadata."""
    given = {k: v for k, v in parsed.metadata.items() if k not in SPACING_KEYS}
    roles = [role for role in ROLES if role in given]
    unknown = set(given) - {"tags", "points", "turn", *ROLES}
    if unknown:
        raise MasterError(f"{where}: unknown metadata {sorted(unknown)}")
    if len(roles) > 1:
        raise MasterError(f"{where}: one role a cell, not {roles}")
    if "points" in given and not {"test", "manual"} & set(roles):
        raise MasterError(f"{where}: points belong to test and manual cells")
    metadata = {"tags": given["tags"]} if given.get("tags") else {}
    if FOLDED in given.get("tags", ()):
        metadata["jupyter"] = {"source_hidden": True}
    if "turn" in given:
        metadata["tags"] = [f"turn:{turn_name(where, given, parsed)}", *metadata.get("tags", ())]
    elif roles:
        metadata["nbgrader"] = nbgrader_metadata(where, roles[0], given, parsed)
    elif BEGIN_SOLUTION in parsed.source or BEGIN_HIDDEN in parsed.source:
        raise MasterError(f"{where}: a solution or hidden test in a cell without a role")
    return metadata


def turn_name(where: str, given: dict, parsed: NotebookNode) -> str:
    """Return the name of a "your turn", the function that the learner writes."""
    name = given["turn"]
    if set(given) & {"points", *ROLES}:
        raise MasterError(f"{where}: turn={name!r} is no problem of nbgrader: no role, no points")
    if parsed.source.count(BEGIN_SOLUTION) != 1 or f"def {name}(" not in parsed.source:
        raise MasterError(f"{where}: turn={name!r} needs `def {name}(` and one {BEGIN_SOLUTION}")
    return name


def put_answers(path: Path, cells: list[NotebookNode]) -> list[NotebookNode]:
    """Empty the cells that the learner fills, and put each answer, folded, after its check."""
    done: list[NotebookNode] = []
    answer = None
    for cell in cells:
        done.append(cell)
        if answer:
            name, code = answer
            if f"practice.check({name}" not in "".join(cell.source.split()):
                raise MasterError(f"{path}: the cell after turn={name!r} has to check it")
            done.append(
                nbformat.v4.new_markdown_cell(ANSWER.format(code=code), id=f"{name}-answer")
            )
            done[-1].metadata["tags"] = [f"answer:{name}"]
            answer = None
        names = [t.removeprefix("turn:") for t in cell.metadata.get("tags", ()) if "turn:" in t]
        if names:
            cell.source, code = without_answer(cell.source)
            answer = (names[0], code)
    if answer:
        raise MasterError(f"{path}: the cell after turn={answer[0]!r} has to check it")
    return done


def without_answer(source: str) -> tuple[str, str]:
    """Return a cell as the learner finds it, and as the model answer has it."""
    before, rest = source.split(BEGIN_SOLUTION)
    answer, after = rest.split(END_SOLUTION)
    answer = answer.strip("\n").rstrip()
    return f"{before}{WRITE_HERE}{after}", f"{before.rstrip(' ')}{answer}{after}"


def nbgrader_metadata(where: str, role: str, given: dict, parsed: NotebookNode) -> dict:
    """Return nbgrader's metadata for a cell of the given role."""
    name = given[role]
    if not isinstance(name, str) or not name.isidentifier():
        raise MasterError(f"{where}: {role}={name!r} must be a name")
    if (role == "manual") != (parsed.cell_type == "markdown"):
        raise MasterError(f"{where}: manual cells are markdown, the other roles are code")
    if role in ("solution", "manual") and BEGIN_SOLUTION not in parsed.source:
        raise MasterError(f"{where}: holds no {BEGIN_SOLUTION}")
    metadata = {
        "grade": role in ("test", "manual"),
        "grade_id": f"test_{name}" if role == "test" else name,
        "locked": role in ("test", "locked"),
        "schema_version": 3,
        "solution": role in ("solution", "manual"),
        "task": False,
    }
    if metadata["grade"]:
        metadata["points"] = points_of(where, given)
    return metadata


def points_of(where: str, given: dict) -> int:
    """Return the points a graded cell states."""
    points = given.get("points")
    if not isinstance(points, int) or isinstance(points, bool) or points <= 0:
        raise MasterError(f"{where}: points={points!r}, expected a positive whole number")
    return points


def check_markers(where: str, source: str) -> None:
    """Raise MasterError unless every BEGIN marker has its END after it."""
    for begin, end in ((BEGIN_SOLUTION, END_SOLUTION), (BEGIN_HIDDEN, END_HIDDEN)):
        inside = False
        for line in source.splitlines():
            if begin in line and inside:
                raise MasterError(f"{where}: {begin} twice without {end}")
            if end in line and not inside:
                raise MasterError(f"{where}: {end} without {begin}")
            inside = begin in line or (inside and end not in line)
        if inside:
            raise MasterError(f"{where}: {begin} without {end}")


def check_names(path: Path, cells: list[NotebookNode]) -> None:
    """Raise MasterError for a grade_id used twice or a test without its solution cell."""
    ids = [c.metadata.nbgrader.grade_id for c in cells if "nbgrader" in c.metadata]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise MasterError(f"{path}: names used twice: {twice}")
    for cell in cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and marks["locked"]:
            problem = marks["grade_id"].removeprefix("test_")
            if problem not in ids:
                raise MasterError(f"{path}: test={problem!r} has no solution={problem!r}")


def to_text(notebook: NotebookNode) -> str:
    """Return the notebook as the text of an .ipynb file; the same notebook, the same bytes."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
