"""Say before release which test cells cannot work with the student's code in another process."""

import ast
import sys
from collections.abc import Iterator

from nbverdict.assignment import source_names
from nbverdict.assignment.cells import cell_source, kind_of
from nbverdict.assignment.instructor import InstructorCell, InstructorNotebook
from nbverdict.steps import Owners

_SOURCE_OF_CODE = "reads the source of the student's code, which stays over there"
_CALLS = {
    **dict.fromkeys(("inspect.getsource", "inspect.getsourcelines", "inspect.isfunction"),
                    _SOURCE_OF_CODE),
    "get_ipython": "asks for the notebook's shell, which is in another process",
    "pickle.dumps": "pickles what belongs to the student's code",
    "copy.deepcopy": "copies what may belong to the student's code",
    "doctest.testmod": "looks into the notebook's module, which is in another process",
}  # fmt: skip
_SHELL = ("system", "getoutput", "run_cell_magic")
# nbgrader makes a test of such a line when it generates the assignment.
_AUTOTEST = ("### AUTOTEST", "### HASHED AUTOTEST")


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
    read = read_by_students(notebook)
    return list(dict.fromkeys(_in_cell(cell, tree, owners, set(notebook.classes), read)))


def read_by_students(notebook: InstructorNotebook) -> set[str]:
    """Return the global names that functions and classes of the student's side read."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.kind != "test"]
    return set().union(*(source_names.free_in_definitions(cell.source) for cell in cells))


def _is_code(source: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.split("\n"))


def _in_cell(
    cell: InstructorCell, tree: ast.Module, owners: Owners, classes: set[str], read: set[str]
) -> Iterator[str]:
    if any(mark in cell.source for mark in _AUTOTEST):
        return
    if _is_code(cell.source) and not tree.body:
        yield "is no Python"
    students = set(owners.student)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield from _called(name) if name in cell.source else ()
        yield from _in_node(node, students, classes)
    yield from _assigned(tree, students & read)


def _in_node(node: ast.AST, students: set[str], classes: set[str]) -> Iterator[str]:
    match node:
        case ast.ClassDef():
            yield from _inherited(node, students & classes)
        case ast.Name(id="In" | "Out", ctx=ast.Load()) if node.id not in students:
            yield f"{node.id}: the history of the notebook is in another process"
        case ast.Compare():
            yield from _compared(node, students & classes)
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")),
                                         attr=name)) if name in _SHELL:  # fmt: skip
            yield f"uses a shell command or cell magic: {ast.unparse(node)[:60]}"


def _called(name: str) -> Iterator[str]:
    if name in _CALLS or f"inspect.{name}" in _CALLS:
        yield f"{name}(): {_CALLS.get(name, _SOURCE_OF_CODE)}"


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
    proof = f"`python -m nbverdict calibrate {options.assignment}` is the proof"
    print(f"{found} known problems; {proof}")
    return 1 if found else 0
