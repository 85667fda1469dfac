"""From results to grades, and the autograded notebook with outputs that are safe to show."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.utils import compute_checksum

from nbverdict.assignment.instructor import InstructorCell
from nbverdict.assignment.notebook import Cell, Notebook
from nbverdict.hidden import BEGIN_HIDDEN
from nbverdict.settings import Settings
from nbverdict.steps import Result

SCHEMA = 3
# Escape sequences move the cursor of a terminal and colour a page; other control characters
# have no place in text. Some turn the direction of writing, so that text reads as another one.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^\[]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")


@dataclass
class Grade:
    """The mark of one graded cell.

    Attributes
    ----------
    name : str
        grade_id of the cell.
    auto : float or None
        Points; None where a person decides.
    points : float
    manual : bool
        True if a person has to look at it.
    reason : str
        What the student reads about it; empty if there is nothing to say.
    details : str
        What the grader reads.
    messages : list of str
        What was wrong, row by row.
    broken : bool
        True if there was no verdict: a crash, a limit.
    """

    name: str
    auto: float | None
    points: float
    manual: bool = False
    reason: str = ""
    details: str = ""
    messages: list[str] = field(default_factory=list)
    broken: bool = False


@dataclass
class Graded:
    """A graded notebook.

    Attributes
    ----------
    name : str
    grades : list of Grade
    comments : dict of str to (str or None)
        Automatic comments on answer cells.
    notebook : NotebookNode
        The autograded notebook.
    """

    name: str
    grades: list[Grade]
    comments: dict[str, str | None]
    notebook: NotebookNode


def grade_all(
    notebooks: list[Notebook], results: list[dict[int, Result]], settings: Settings
) -> list[Graded]:
    """Grade the notebooks of a submission, in the order in which they ran."""
    graded, after_hidden = [], False
    for notebook, found in zip(notebooks, results, strict=True):
        graded.append(grade(notebook, found, settings, after_hidden))
        after_hidden = after_hidden or any(map(_has_hidden, notebook.cells))
    return graded


def grade(
    notebook: Notebook, results: dict[int, Result], settings: Settings, after_hidden: bool = False
) -> Graded:
    """Turn the results of a notebook into grades and its autograded form.

    Parameters
    ----------
    notebook : Notebook
    results : dict of int to Result
        By the number of the cell.
    settings : Settings
        How much output of a cell is kept.
    after_hidden : bool
        True if another notebook of the submission had hidden tests, and ran before.
    """
    made, cells = Graded(notebook.original.name, [], {}, new_notebook()), []
    for number, cell in enumerate(notebook.cells):
        node, result = _node(number, cell), results.get(number)
        test = cell.original is not None and cell.original.kind == "test"
        if cell.cell_type == "code":
            node["outputs"] = _outputs(result, test, settings)
            if after_hidden and not test and node["outputs"]:
                # It ran in a process that knows the arguments of hidden tests.
                node["metadata"]["nbverdict"] = {"after_hidden": True}
            if test and result is not None and result.public is not None:
                shown = _outputs(replace(result, outputs=result.public), test, settings)
                node["metadata"]["nbverdict"] = {"public": shown}
        if cell.original is not None:
            _grade_cell(made, notebook, cell, cell.original, node, result)
        after_hidden = after_hidden or _has_hidden(cell)
        cells.append(node)
    made.notebook["cells"] = cells
    if notebook.original.kernelspec:
        made.notebook["metadata"]["kernelspec"] = notebook.original.kernelspec
    return made


def _has_hidden(cell: Cell) -> bool:
    test = cell.original is not None and cell.original.kind == "test"
    return test and BEGIN_HIDDEN in cell.source


def _grade_cell(
    made: Graded, notebook: Notebook, cell: Cell, known: InstructorCell, node: NotebookNode,
    result: Result | None,
) -> None:  # fmt: skip
    if known.kind == "test":
        made.grades.append(_test_grade(notebook, known, result))
        if notebook.broken or result is None:
            node["outputs"] = [_notice(made.grades[-1].reason)]
    elif known.kind == "task":
        made.grades.append(Grade(known.name, None, known.points, manual=True))
        made.comments[known.name] = None
    elif known.kind in ("manual", "solution"):
        unanswered = cell.missing or _unchanged(known, node)
        made.comments[known.name] = _comment(notebook, unanswered)
        if known.kind == "manual":
            points = 0.0 if unanswered else None
            made.grades.append(Grade(known.name, points, known.points, manual=not unanswered))


def _comment(notebook: Notebook, unanswered: bool) -> str | None:
    if notebook.broken:
        return f"No points: {notebook.broken}."
    return "No response." if unanswered else None


def _test_grade(notebook: Notebook, known: InstructorCell, result: Result | None) -> Grade:
    if notebook.broken or result is None:
        why = notebook.broken or "the grader never got to this test"
        reason = f"No points: {why}."
        return Grade(known.name, 0.0, known.points, False, reason, reason, [reason], True)
    return Grade(
        known.name, min(max(result.score, 0.0), known.points), known.points, False,
        clean(result.reason), clean(result.details),
        [clean(message)[:500] for message in result.messages], result.broken,
    )  # fmt: skip


def _unchanged(known: InstructorCell, node: NotebookNode) -> bool:
    return bool(known.checksum) and compute_checksum(node) == known.checksum


def _node(number: int, cell: Cell) -> NotebookNode:
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    node = make[cell.cell_type](cell.source)
    node["id"] = f"cell-{number}"
    if cell.attachments and cell.cell_type != "code":
        node["attachments"] = cell.attachments
    known = cell.original
    if known is not None and known.kind != "plain":
        graded = known.kind in ("test", "manual", "task")
        node["metadata"]["nbgrader"] = {
            "schema_version": SCHEMA, "grade_id": known.name, "cell_type": known.cell_type,
            "grade": graded and known.kind != "task", "task": known.kind == "task",
            "solution": known.kind in ("solution", "manual"),
            "locked": known.kind in ("test", "locked", "task"),
            **({"points": known.points} if graded else {}),
            **({"checksum": known.checksum} if known.checksum else {}),
        }  # fmt: skip
    return node


def _notice(text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "NotSolved", "evalue": text, "traceback": [text]}


def clean(text: object) -> str:
    """Return text without control characters, escape sequences and turns of direction."""
    return _CONTROL.sub("", str(text)).encode("utf-8", "replace").decode()


def _outputs(result: Result | None, trusted: bool, settings: Settings) -> list[dict[str, Any]]:
    """Return outputs as nbformat wants them: nothing active from the student's side."""
    found: list[dict[str, Any]] = []
    room = settings.output
    for output in result.outputs if result else ():
        made = _output(output, trusted, room, settings)
        if made:
            found.append(made)
            room -= len(str(made.get("text", "")))
    return found


def _output(
    output: dict[str, Any], trusted: bool, room: int, settings: Settings
) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = clean(output.get("text", ""))
        return {"output_type": "stream", "name": name, "text": text[: max(room, 0)]}
    if kind == "error":
        lines = output.get("traceback")
        lines = [clean(x)[:4000] for x in lines[:60]] if isinstance(lines, list) else []
        name, value = clean(output.get("ename", ""))[:200], clean(output.get("evalue", ""))[:2000]
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
    if kind in ("execute_result", "display_data"):
        data = _data(output.get("data"), trusted, settings)
        more: dict[str, Any] = {"execution_count": None} if kind == "execute_result" else {}
        return {"output_type": kind, "data": data, "metadata": {}, **more} if data else None
    return None


def _data(data: object, trusted: bool, settings: Settings) -> dict[str, str]:
    kept: dict[str, str] = {}
    for mime, value in data.items() if isinstance(data, dict) else ():
        if not isinstance(value, str):
            continue
        if mime == "text/plain":
            kept[mime] = clean(value)[: settings.output]
        elif mime in ("image/png", "image/jpeg"):
            if len(value) <= settings.pictures and _BASE64.match(value):
                kept[mime] = value
        elif mime == "text/html" and trusted:
            kept[mime] = clean(value)  # the test has made it, with text of the student's in it
    return kept
