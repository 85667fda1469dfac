"""What has to be run of a submitted notebook, step by step."""

from nbverdict.assignment.notebook import Notebook


def steps(notebook: Notebook) -> list[dict]:
    """Return what has to be run of a notebook; each step names the cell that it is."""
    if notebook.broken:
        return []
    found, count = [], 0
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        kind = cell.master.kind if cell.master else "plain"
        if kind == "test":
            step = {"kind": "test", "id": cell.master.name, "source": cell.source}
            step |= {"points": cell.master.points, **notebook.master.owners(cell.master)}
        else:
            if not cell.source.strip():
                continue
            count += 1
            step = {"kind": "code", "source": cell.source, "count": count}
        found.append(step | {"cell": number})
    return found
