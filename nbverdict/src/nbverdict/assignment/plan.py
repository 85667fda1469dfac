"""What has to be run of a submitted notebook, step by step."""

from collections.abc import Set
from dataclasses import replace

from nbverdict.assignment.notebook import Notebook
from nbverdict.steps import CodeStep, Step, TestStep


def steps(notebook: Notebook, inside: Set[str] | None = None) -> tuple[Step, ...]:
    """Return what has to be run of a notebook; each step names the cell that it is.

    Parameters
    ----------
    notebook : Notebook
    inside : set of str, optional
        The tests that run in the student's process; those of the calibration if None.
    """
    if notebook.broken:
        return ()
    inside = notebook.original.inside if inside is None else inside
    shared = notebook.original.shared(inside)
    found: list[Step] = []
    count = 0
    for number, cell in enumerate(notebook.cells):
        known = cell.original
        if cell.cell_type != "code":
            continue
        if known is not None and known.kind == "test":
            owners = replace(notebook.original.owners(known), shared=shared)
            found.append(
                TestStep(known.name, cell.source, known.points, owners, number,
                         inside=known.name in inside)
            )  # fmt: skip
        elif cell.source.strip():
            count += 1
            found.append(CodeStep(cell.source, count, number))
    return tuple(found)
