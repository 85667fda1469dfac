"""What has to be run of a submitted notebook, step by step."""

from nbverdict.assignment.notebook import Notebook
from nbverdict.steps import CodeStep, Step, TestStep


def steps(notebook: Notebook) -> tuple[Step, ...]:
    """Return what has to be run of a notebook; each step names the cell that it is."""
    if notebook.broken:
        return ()
    found: list[Step] = []
    count = 0
    for number, cell in enumerate(notebook.cells):
        known = cell.original
        if cell.cell_type != "code":
            continue
        if known is not None and known.kind == "test":
            owners = notebook.original.owners(known)
            found.append(TestStep(known.name, cell.source, known.points, owners, number))
        elif cell.source.strip():
            count += 1
            found.append(CodeStep(cell.source, count, number))
    return tuple(found)
