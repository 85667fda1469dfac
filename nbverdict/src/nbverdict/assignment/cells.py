"""Read a cell of a notebook file: its source, and what kind of cell nbgrader has made of it."""

from typing import Any

KINDS = ("test", "locked", "solution", "manual", "task", "plain")


def cell_source(cell: dict[str, Any]) -> str:
    """Return the source of a cell as one text; nbformat writes it as a text or as lines.

    Parameters
    ----------
    cell : dict
        As JSON has it. What is no text in it is left out.
    """
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def kind_of(cell_type: str, grade: bool, solution: bool, locked: bool, task: bool) -> str:
    """Return what a cell is to the grader, one of `KINDS`.

    Parameters
    ----------
    cell_type : str
        "code" or "markdown".
    grade, solution, locked, task : bool
        nbgrader's flags of the cell.

    Examples
    --------
    >>> kind_of("code", grade=True, solution=False, locked=True, task=False)
    'test'
    >>> kind_of("markdown", grade=True, solution=True, locked=False, task=False)
    'manual'
    """
    if task:
        return "task"
    if solution:
        return "manual" if grade else "solution"
    if grade:
        return "test" if cell_type == "code" else "manual"
    return "locked" if locked else "plain"
