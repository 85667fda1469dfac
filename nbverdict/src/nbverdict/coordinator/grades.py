"""From results to grades, and the autograded notebook with outputs that are safe to show."""

import re
from dataclasses import dataclass, field

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.utils import compute_checksum

from nbverdict.assignment.notebook import Cell, Notebook
from nbverdict.hidden import BEGIN_HIDDEN

SCHEMA = 3
# Escape sequences move the cursor of a terminal and colour a page; other control characters
# have no place in text.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^\[]?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OUTPUT_LIMIT = 100_000
_IMAGE_LIMIT = 4_000_000
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
    comments: dict
    notebook: dict


def grade(notebook: Notebook, plan: list[dict], results: dict, place: int) -> Graded:
    """Turn the results of a notebook into grades and its autograded form.

    Parameters
    ----------
    notebook : Notebook
    plan : list of dict
        Its steps.
    results : dict
        Results of all notebooks of the submission; keys are "notebook/step".
    place : int
        Number of this notebook.
    """
    by_cell = {step["cell"]: results.get(f"{place}/{n}") for n, step in enumerate(plan)}
    after_hidden, cells, grades, comments = False, [], [], {}
    for number, cell in enumerate(notebook.cells):
        node, result = _node(number, cell), by_cell.get(number)
        test = cell.master is not None and cell.master.kind == "test"
        if cell.cell_type == "code":
            node["outputs"] = _outputs(result, trusted=test)
            if after_hidden and not test and node["outputs"]:
                # It ran in a process that knows the arguments of hidden tests.
                node["metadata"]["nbverdict"] = {"after_hidden": True}
        if cell.master is not None:
            _grade_cell(notebook, cell, node, result, grades, comments)
        after_hidden = after_hidden or (test and BEGIN_HIDDEN in cell.source)
        cells.append(node)
    made = new_notebook(cells=cells)
    if notebook.master.kernelspec:
        made["metadata"]["kernelspec"] = notebook.master.kernelspec
    return Graded(notebook.master.name, grades, comments, made)


def _grade_cell(notebook, cell: Cell, node, result, grades: list, comments: dict) -> None:
    known = cell.master
    if known.kind == "test":
        grades.append(_test_grade(notebook, known, result))
        if notebook.broken or result is None:
            node["outputs"] = [_notice(grades[-1].reason)]
    elif known.kind == "manual":
        unanswered = cell.missing or _unchanged(cell, node)
        grades.append(
            Grade(known.name, 0.0 if unanswered else None, known.points, manual=not unanswered)
        )
        comments[known.name] = _comment(notebook, unanswered)
    elif known.kind == "task":
        grades.append(Grade(known.name, None, known.points, manual=True))
        comments[known.name] = None
    elif known.kind == "solution":
        comments[known.name] = _comment(notebook, cell.missing or _unchanged(cell, node))


def _comment(notebook: Notebook, unanswered: bool) -> str | None:
    if notebook.broken:
        return f"No points: {notebook.broken}."
    return "No response." if unanswered else None


def _test_grade(notebook: Notebook, known, result: dict | None) -> Grade:
    if notebook.broken:
        reason = f"No points: {notebook.broken}."
        return Grade(known.name, 0.0, known.points, False, reason, reason, [reason], True)
    if result is None:
        reason = "No points: the grader never got to this test."
        return Grade(known.name, 0.0, known.points, False, reason, reason, [reason], True)
    score = result.get("score")
    score = float(score) if isinstance(score, (int, float)) else 0.0
    return Grade(
        known.name, min(max(score, 0.0), known.points), known.points, False,
        clean(result.get("reason", "")), clean(result.get("details", "")),
        [clean(m)[:500] for m in result.get("messages", [])], bool(result.get("broken")),
    )  # fmt: skip


def _unchanged(cell: Cell, node) -> bool:
    return bool(cell.master.checksum) and compute_checksum(node) == cell.master.checksum


def _node(number: int, cell: Cell):
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    node = make[cell.cell_type](cell.source)
    node["id"] = f"cell-{number}"
    if cell.attachments and cell.cell_type != "code":
        node["attachments"] = cell.attachments
    known = cell.master
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


def _notice(text: str) -> dict:
    return {"output_type": "error", "ename": "NotSolved", "evalue": text, "traceback": [text]}


def clean(text) -> str:
    """Return text without control characters and escape sequences."""
    return _CONTROL.sub("", str(text)).encode("utf-8", "replace").decode()


def _outputs(result: dict | None, trusted: bool) -> list:
    """Return outputs as nbformat wants them: nothing active from the student's side."""
    found, room = [], _OUTPUT_LIMIT
    for output in (result or {}).get("outputs", [])[:500]:
        made = _output(output, trusted, room) if isinstance(output, dict) else None
        if made:
            found.append(made)
            room -= len(str(made.get("text", "")))
    return found


def _output(output: dict, trusted: bool, room: int) -> dict | None:
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
        data = _data(output.get("data"), trusted)
        more = {"execution_count": None} if kind == "execute_result" else {}
        return {"output_type": kind, "data": data, "metadata": {}, **more} if data else None
    return None


def _data(data, trusted: bool) -> dict:
    kept = {}
    for mime, value in data.items() if isinstance(data, dict) else ():
        if not isinstance(value, str):
            continue
        if mime == "text/plain":
            kept[mime] = clean(value)[:_OUTPUT_LIMIT]
        elif mime in ("image/png", "image/jpeg"):
            if len(value) <= _IMAGE_LIMIT and _BASE64.match(value):
                kept[mime] = value
        elif mime == "text/html" and trusted:
            kept[mime] = value
    return kept
