"""Real reports for the pages of exercises: what a check says to a typical mistake.

Each exercise is run once with wrong answers from the bank in its answer cells; the reports below
them become part of the page, in place of the code of the checks.
"""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import bank


def with_mistakes(notebook: NotebookNode, answers: dict[str, list[bank.Answer]]) -> NotebookNode:
    """Return a copy of an exercise with a typical mistake as each answer."""
    wrong = copy.deepcopy(notebook)
    for cell in wrong.cells:
        name = answer_name(cell)
        if name in answers:
            cell.source = typical(answers[name]).source
    return wrong


def answer_name(cell: NotebookNode) -> str:
    """Return the problem that the cell answers; empty for other cells."""
    marks = cell.metadata.get("nbgrader", {})
    return marks.get("grade_id", "") if marks.get("solution") and cell.cell_type == "code" else ""


def tested_name(cell: NotebookNode) -> str:
    """Return the problem that the cell checks; empty for other cells."""
    marks = cell.metadata.get("nbgrader", {})
    checks = marks.get("grade") and not marks.get("solution")
    return marks["grade_id"].removeprefix("test_") if checks else ""


def typical(answers: list[bank.Answer]) -> bank.Answer:
    """Return the first mistake that has something right in it, and something to learn."""
    wrong = [a for a in answers if a.kind == "mistake"]
    return next((a for a in wrong if a.points and a.message), wrong[0])


def as_task(
    notebook: NotebookNode, reported: NotebookNode | None, answers: dict[str, list[bank.Answer]]
) -> None:
    """Leave task, answer and report of each problem; the checks' code is no part of a page."""
    cells = []
    for number, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        name = tested_name(cell)
        if name and cell.cell_type == "code":
            found = reported.cells[number].outputs if reported else []
            shown = [o for o in found if "text/html" in o.get("data", {})]
            if shown:
                cells.append(nbformat.v4.new_markdown_cell(words(typical(answers[name]))))
                cell.outputs = shown
                cell.metadata["tags"] = ["remove-input"]
                cells.append(cell)
            continue
        if marks.get("locked"):
            cell.metadata["tags"] = ["hide-input"]
        cells.append(cell)
    notebook.cells = cells


def words(mistake: bank.Answer) -> str:
    """Return the line above a report."""
    return f"**What the check says** to a typical mistake ({mistake.name}):"


def load(solutions: Path, exercise: str) -> dict[str, list[bank.Answer]]:
    """Return the bank of an exercise."""
    return bank.load(solutions / exercise / "mistakes")
