"""The table of experiments names every module, under the lessons and exercises that use it."""

import ast

from course_lib import experiments
from places import ROOT
from tools.masters import number_of

FOLDER = ROOT / "course_lib" / "experiments"
MODULES = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
MASTERS = [*(ROOT / "notebooks" / "src").glob("*.py"), *(ROOT / "solutions").glob("*/[0-9]*.py")]


def imported(path):
    """Return the names of the experiments that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(experiments.__name__):
            found |= {*node.module.split("."), *(alias.name for alias in node.names)}
    return found & MODULES


def reached(path):
    """Return what a file imports, and what that imports."""
    found, new = set(), imported(path)
    while new - found:
        found |= new
        new = {name for module in found for name in imported(FOLDER / f"{module}.py")}
    return found


def test_each_module_stands_under_what_uses_it():
    used = {}
    for master in sorted(MASTERS):
        kind = "exercise " if "solutions" in master.parts else ""
        for module in sorted(reached(master)):
            used.setdefault(module, []).append(kind + number_of(master.stem))
    assert {name: " ".join(lessons) for name, lessons in used.items()} == experiments.USED_IN
    assert set(experiments.USED_IN) == MODULES, "a module that nobody uses, or a name of none"
