"""Every call of a model answer beyond plain NumPy stands in a cell of a lesson before it."""

import ast
import builtins
import functools
import importlib
import inspect
import re
import textwrap

import nbformat
import numpy as np
import pytest

import bank

EXPERIMENTS = "course_lib.experiments"
ON_FILES = {"memmap", "fromfile", "frombuffer", "load", "save", "tofile", "tobytes", "ndarray"}
PLAIN = {name for kind in (str, bytes, list, dict, set, tuple, int, float) for name in dir(kind)}
PLAIN |= {*dir(builtins), *(({*dir(np), *dir(np.ndarray), *dir(np.dtype)}) - ON_FILES)}


def called(source):
    """Return the names that are called: `seek` of `file.seek(0)`, `open` of `open(path)`."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}


def made(source):
    """Return the names of the functions, classes and arguments that a source defines itself."""
    nodes = list(ast.walk(ast.parse(source)))
    names = {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    return names | {n.arg for n in nodes if isinstance(n, ast.arg)}


def imported(cells):
    """Return {name: module or object} for what a lesson imports from the experiments."""
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    found = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(EXPERIMENTS):
            for alias in node.names:
                home = importlib.import_module(node.module)
                if not hasattr(home, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
                found[alias.asname or alias.name] = getattr(home, alias.name)
    return found


def printed(source, names):
    """Return the source of each function of the experiments that a cell prints."""
    for dotted in re.findall(r"getsource\(([\w.]+)\)", source):
        first, *parts = dotted.split(".")
        if first in names:  # else the cells define it, and their own source is read
            yield textwrap.dedent(inspect.getsource(functools.reduce(getattr, parts, names[first])))


def taught(until):
    """Return what the code cells of the lessons up to `until` call, or print the source of."""
    found = set()
    for path in sorted((bank.ROOT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells if path.stem[:2] <= until else []
        cells = [cell for cell in cells if cell.cell_type == "code"]
        names = imported(cells)
        for cell in cells:
            for source in (cell.source, *printed(cell.source, names)):
                found |= called(source)
    return found


def of_the_course(sources):
    """Return the modules of course_lib that the cells of an assignment import."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    froms = [n for n in nodes if isinstance(n, ast.ImportFrom)]
    return {a.name for n in froms if str(n.module).startswith("course_lib") for a in n.names}


def helpers(source, modules):
    """Return what is called on these modules: `price` of `workload.price(cube)`."""
    calls = [n.func for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    on = [f for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)]
    return {f.attr for f in on if f.value.id in modules}


def needed(assignment):
    """Return what the model answers of an assignment call, beyond plain Python and NumPy."""
    cells = bank.notebook("solutions", assignment).cells
    sources = [c.source for c in cells if c.cell_type == "code"]
    tasks = " ".join(c.source for c in cells if c.cell_type == "markdown")
    # A task may name a call itself, and the first cell may import it.
    given = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", tasks))))
    given |= {n.name for s in sources for n in ast.walk(ast.parse(s)) if isinstance(n, ast.alias)}
    answers = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution")]
    answers = [answer for answer in answers if "def " in answer]
    calls = set().union(*map(called, answers))
    calls -= set().union(*(helpers(a, of_the_course(sources)) for a in answers))
    return calls - PLAIN - given - set().union(*map(made, sources))


@pytest.mark.parametrize("assignment", bank.assignments())
def test_lessons_show_every_call_of_the_model_answers(assignment):
    missing = needed(assignment) - taught(assignment[:2])
    assert not missing


def test_a_call_that_no_lesson_shows_is_found():
    source = "def f(path, disk):\n    with open(path) as file:\n        file.seek(disk.start(1))\n"
    assert called(source) == {"open", "seek", "start"}
    assert called(source) - PLAIN - made(source) == {"seek", "start"}
    own = of_the_course(["from course_lib.checking import check, workload\nimport zarr\n"])
    assert helpers("workload.price(1)\nzarr.open(2)\n", own) == {"price"}
    assert "resize" not in taught("03") and "resize" in taught("04")
    assert {"fsync", "replace"} <= taught("01")
