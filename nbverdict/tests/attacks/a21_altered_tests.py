"""Delete, retype and rewrite test cells."""


def change(notebook):
    kept = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "test_double":
            continue
        if name == "test_partial":
            cell = {**cell, "source": "3"}
        if name == "test_save":
            cell = {"cell_type": "markdown", "metadata": cell["metadata"], "source": "done"}
        kept.append(cell)
    notebook["cells"] = kept


ANSWERS = {}
