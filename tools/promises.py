"""Every mistake of the bank breaks a promise of its task, and names it in the task's own words."""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode

from tools import bank
from tools.masters import MasterError

_DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)


def check(folder: Path, notebook: NotebookNode) -> None:
    """Look for each promise of a bank in the task of its problem.

    Parameters
    ----------
    folder : Path
        The bank of the assignment.
    notebook : NotebookNode
        Its master.

    Raises
    ------
    MasterError
        With the promises that no task makes.
    """
    found = tasks(notebook)
    try:
        answers = [answer for each in bank.load(folder).values() for answer in each]
    except bank.BankError as error:
        raise MasterError(str(error)) from None
    made_up = [
        f"{answer}: the task does not say {answer.promise!r}"
        for answer in answers
        if _plain(answer.promise) not in found.get(answer.problem, "")
    ]
    if made_up:
        raise MasterError("\n".join(made_up))


def tasks(notebook: NotebookNode) -> dict[str, str]:
    """Return ``{problem: its task}``: the text above its answer, and the docstrings in it."""
    found: dict[str, str] = {}
    text = ""
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            text += f"\n{cell.source}"
        elif marks.get("solution"):
            docs = "\n".join(_DOCSTRING.findall(cell.source))
            found[marks["grade_id"]] = _plain(f"{text}\n{docs}")
        elif marks.get("grade"):
            text = ""
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())
