"""Predictions on a page: a field where a lesson asks, the measured number where it tells.

An executed lesson ends with a table of its predictions, and beside the table lies what was
measured, as data. From it come three kinds of boxes, plain HTML that says what was measured;
docs/_static/predict.js makes them ask first.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from html import escape
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.predict import RECORDS

UNKNOWN = "could not be measured on the machine that made this page"


@dataclass(frozen=True)
class Asked:
    """A question of a lesson, and what was measured where the page was made."""

    number: int
    """Place among the lesson's questions, from 1."""
    question: str
    unit: str
    measured: float | None
    text: str
    """The measured number in words, with its unit."""

    @property
    def told(self) -> str:
        """What was measured, in words; a page never shows an unknown number."""
        return UNKNOWN if self.measured is None else f"measured {self.text}"

    def data(self) -> str:
        """Return the attributes that the page's script reads."""
        number = "" if self.measured is None else repr(self.measured)
        pairs = {"question": self.question, "unit": self.unit, "measured": number,
                 "text": self.text, "number": str(self.number)}  # fmt: skip
        return " ".join(f'data-{key}="{escape(value)}"' for key, value in pairs.items())


def with_fields(notebook: NotebookNode) -> None:
    """Put the boxes into an executed lesson, in place of what `predict` and `reveal` showed."""
    asked = {record.question: record for record in recorded(notebook)}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code" or not asked:
            continue
        boxes = [ask_box(asked[q]) for q in questions(cell.source, "predict") if q in asked]
        boxes += [reveal_box(asked[q]) for q in questions(cell.source, "reveal") if q in asked]
        if drop_outputs(cell, set(asked)):
            boxes.append(summary(list(asked.values())))
        if boxes:
            cells.append(nbformat.v4.new_markdown_cell("\n\n".join(boxes)))
    notebook.cells = cells


def recorded(notebook: NotebookNode) -> list[Asked]:
    """Return what the lesson asked and measured; nothing if it was not executed."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            records = output.get("data", {}).get(RECORDS)
            if records is not None:
                return [Asked(number, **record) for number, record in enumerate(records, 1)]
    return []


def questions(source: str, function: str) -> list[str]:
    """Return the questions that a cell gives to `predict` or `reveal`, in order."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell with a command of the notebook's
        return []
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == function and call.args
        and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    ]  # fmt: skip


def drop_outputs(cell: NotebookNode, asked: set[str]) -> bool:
    """Take away what the library said of predictions; tell whether it was the closing table."""
    kept, closing = [], False
    for output in cell.outputs:
        data = output.get("data", {})
        if RECORDS in data:
            closing = True
        elif output.output_type == "stream":
            lines = output.text.splitlines(keepends=True)
            output.text = "".join(line for line in lines if not of_a_prediction(line, asked))
            kept += [output] if output.text else []
        elif not of_a_prediction(words_of(data), asked):
            kept.append(output)
    cell.outputs = kept
    return closing


def words_of(data: dict[str, Any]) -> str:
    """Return the plain text of an output."""
    return data.get("text/plain", "")


def of_a_prediction(line: str, asked: set[str]) -> bool:
    """Tell whether `predict` or `reveal` wrote this line for a reader without a prediction."""
    return any(
        line.startswith((f'No prediction for "{q}"', f"{q}: you made no prediction"))
        for q in asked
    )  # fmt: skip


def ask_box(asked: Asked) -> str:
    """Return the place of the field; without a script there is nothing to see."""
    return f'<div class="ask" id="predict-{asked.number}" {asked.data()} hidden></div>'


def reveal_box(asked: Asked) -> str:
    """Return what was measured, as a sentence."""
    sentence = f"{escape(asked.question)}: <strong>{escape(asked.told)}</strong>"
    start = f'<div class="reveal" id="measured-{asked.number}" {asked.data()}>'
    return f"{start}\n<p>{sentence}.</p></div>"


def summary(asked: list[Asked]) -> str:
    """Return the table that closes a lesson: without a script, what was measured."""
    rows = "\n".join(
        f'<tr data-number="{one.number}"><th scope="row">{escape(one.question)}</th>'
        f"<td>{escape('unknown' if one.measured is None else one.text)}</td></tr>"
        for one in asked
    )
    head = '<tr><th scope="col">question</th><th scope="col">measured</th></tr>'
    return (
        f'<div class="predictions">\n<table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n'
        "</table></div>"
    )
