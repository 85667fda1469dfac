"""Say before release which test cells cannot work with the student's code in another process."""

import ast
import sys
from collections.abc import Iterator

from nbverdict.assignment import source_names
from nbverdict.assignment.cells import cell_source, kind_of
from nbverdict.assignment.instructor import InstructorCell, InstructorNotebook
from nbverdict.steps import Owners

_SOURCE_OF_CODE = "reads the source or signature of the student's code, which stays over there"
_CALLS = {
    "inspect.getsource": _SOURCE_OF_CODE, "inspect.signature": _SOURCE_OF_CODE,
    "inspect.getfullargspec": _SOURCE_OF_CODE, "inspect.isfunction": _SOURCE_OF_CODE,
    "globals": "looks into the notebook's namespace, which is in another process",
    "locals": "looks into the notebook's namespace, which is in another process",
    "get_ipython": "asks for the notebook's shell, which is in another process",
    "pickle.dumps": "pickles what belongs to the student's code",
    "copy.deepcopy": "copies what may belong to the student's code",
}  # fmt: skip


def problems(notebook: InstructorNotebook) -> list[tuple[str, str]]:
    """Return (cell id, what cannot work) for the test cells of a notebook."""
    return [
        (cell.name, text)
        for cell in notebook.cells
        if cell.kind == "test"
        for text in in_test(notebook, cell)
    ]


def in_test(notebook: InstructorNotebook, cell: InstructorCell) -> list[str]:
    """Return what cannot work in one test cell."""
    tree, owners = source_names.parse(cell.source), notebook.owners(cell)
    return list(dict.fromkeys(_in_cell(cell, tree, owners, set(notebook.classes))))


def _in_cell(
    cell: InstructorCell, tree: ast.Module, owners: Owners, classes: set[str]
) -> Iterator[str]:
    if cell.source.strip() and not tree.body:
        yield "is no Python"
    students = set(owners.student)
    for line in cell.source.split("\n"):
        if line.lstrip().startswith("!") or line.lstrip().startswith("%%"):
            yield f"uses a shell command or cell magic: {line.strip()[:40]}"
    for node in ast.walk(tree):
        yield from _in_node(node, students, classes)
    yield from _assigned(tree, students)


def _in_node(node: ast.AST, students: set[str], classes: set[str]) -> Iterator[str]:
    match node:
        case ast.Call():
            yield from _called(ast.unparse(node.func))
        case ast.ClassDef():
            yield from _inherited(node, students & classes)
        case ast.Name(id="In" | "Out", ctx=ast.Load()) if node.id not in students:
            yield f"{node.id}: the history of the notebook is in another process"
        case ast.Compare():
            yield from _compared(node, students & classes)
        case ast.Global():
            yield "global: the student's functions read their own globals, not the test's"


def _called(name: str) -> Iterator[str]:
    if name in _CALLS or f"inspect.{name}" in _CALLS:
        yield f"{name}(): {_CALLS.get(name, _SOURCE_OF_CODE)}"
    if name in ("patch", "mock.patch", "patch.object", "monkeypatch.setattr"):
        yield f"{name}(): patches this process, the student's code runs in another"


def _inherited(node: ast.ClassDef, classes: set[str]) -> Iterator[str]:
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield f"class {node.name} inherits from the student's class {base.id}"


def _compared(node: ast.Compare, classes: set[str]) -> Iterator[str]:
    """Find ``Money(5) == 5``: an object of the student's equals no plain data here."""
    sides = [node.left, *node.comparators]
    made = [s.func.id for s in sides if isinstance(s, ast.Call) and isinstance(s.func, ast.Name)
            and s.func.id in classes]  # fmt: skip
    plain = [s for s in sides if isinstance(s, (ast.Constant, ast.List, ast.Tuple, ast.Dict))]
    if made and plain:
        yield f"compares an object of class {made[0]} with plain data"


def _assigned(tree: ast.Module, students: set[str]) -> Iterator[str]:
    """Find tests that set a name which the student's functions are to read."""
    restored = _restored(tree, students)
    names = [node for node in source_names.top_level(tree) if isinstance(node, ast.Name)]
    for node in names:
        stored = isinstance(node.ctx, ast.Store) and id(node) not in restored
        if stored and node.id in students:
            yield f"sets {node.id}, which the student's code does not see"


def _restored(tree: ast.Module, students: set[str]) -> set[int]:
    """Find ``square = kept`` after ``kept = square``: that does reach the student's code."""
    copies = [
        (target, node.value.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    kept = {target.id for target, source in copies if source in students} | students
    return {id(target) for target, source in copies if source in kept}


def from_source(nb: dict, title: str) -> InstructorNotebook:
    """Return the instructor's notebook as `instructor` has it, without a gradebook."""
    cells = []
    for cell in nb["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        flags = {name: bool(meta.get(name)) for name in ("grade", "solution", "locked", "task")}
        kind = kind_of(cell["cell_type"], **flags)
        name = meta.get("grade_id", "")
        cells.append(InstructorCell(name, kind, cell["cell_type"], cell_source(cell)))
    return InstructorNotebook(title, cells)


def main(options) -> int:
    """Check an assignment of the course; return 1 if some test cannot work."""
    import json
    from pathlib import Path

    from nbverdict.course import course_directory

    course = course_directory(options.root)
    folder = Path(course.format_path(course.source_directory, ".", options.assignment))
    found, paths = 0, sorted(folder.glob("*.ipynb"))
    if not paths:
        print(f"no notebook in {folder}", file=sys.stderr)
        return 2
    for path in paths:
        notebook = from_source(json.loads(path.read_text(encoding="utf-8")), path.stem)
        for name, text in problems(notebook):
            print(f"{path.name}: test cell {name}: {text}")
            found += 1
    print(f"{found} tests that cannot work across the border")
    return 1 if found else 0
