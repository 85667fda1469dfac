"""The instructor's side of an assignment: its graded cells, and who owns which name.

Sources of tests and locked cells come from the gradebook, where `generate_assignment` has
put them; the rest of the notebook comes from the source directory.
"""

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbgrader import utils
from nbgrader.api import MissingEntry

from nbverdict.assignment import given_functions, libraries, source_names
from nbverdict.assignment.source_names import BUILTIN_NAMES, Bindings
from nbverdict.course import plugged_in


@dataclass
class MasterCell:
    """One cell of the instructor's notebook.

    Attributes
    ----------
    name : str
        Its grade_id; empty for a plain cell.
    kind : str
        "test", "locked", "solution", "manual" (solution that a person grades), "task",
        "plain".
    cell_type : str
        "code" or "markdown".
    source : str
    points : float
    checksum : str
    """

    name: str
    kind: str
    cell_type: str
    source: str
    points: float = 0.0
    checksum: str = ""


@dataclass
class MasterNotebook:
    """One notebook of an assignment.

    Attributes
    ----------
    name : str
        Its file name without ``.ipynb``.
    cells : list of MasterCell
        In the instructor's order.
    kernelspec : dict
    calls : tuple of str
        Methods of a report that measure a function.
    """

    name: str
    cells: list[MasterCell]
    kernelspec: dict = field(default_factory=dict)
    calls: tuple[str, ...] = ()

    def __post_init__(self):
        self.by_name = {cell.name: cell for cell in self.cells if cell.name}
        self.order = {cell.name: n for n, cell in enumerate(self.cells) if cell.name}
        self._bindings = [self._bound(cell) for cell in self.cells]
        self._owners: dict[str, dict] = {}

    @property
    def graded(self) -> list[MasterCell]:
        """The cells that carry points."""
        return [c for c in self.cells if c.kind in ("test", "manual", "task")]

    @property
    def classes(self) -> dict[str, list[str]]:
        """The instructor's classes with the special methods that they define."""
        found: dict = {}
        for cell, bound in zip(self.cells, self._bindings, strict=True):
            if cell.kind != "test":
                found.update(bound.classes)
        return source_names.class_specials(found)

    def owners(self, test: MasterCell) -> dict:
        """Return who owns the names of a test cell, for `trusted.TrustedNames.prepare`.

        Every submission asks, and the answer is the same: it is worked out once.
        """
        if test.name not in self._owners:
            self._owners[test.name] = self._work_out_owners(test)
        return self._owners[test.name]

    def _work_out_owners(self, test: MasterCell) -> dict:
        owner, stars = self._owners_before(test)
        read, eager = source_names.reads(test.source)
        fresh = [_trust_given(owner, test, read), *_measured_over_there(owner, test, self.calls)]
        student = [name for name, (kind, _) in owner.items() if kind in _THEIRS]
        return {
            "student": student,
            "imports": {name: text for name, (kind, text) in owner.items() if kind == "imports"},
            "locked": {name: text for name, (kind, text) in owner.items() if kind == "locked"},
            "overrides": [name for name in student if name in BUILTIN_NAMES and name in read],
            "eager": sorted(eager),
            "stars": list(dict.fromkeys(stars)),
            "given": list(dict.fromkeys(filter(None, fresh))),
        }

    def _owners_before(self, test: MasterCell) -> tuple[dict[str, tuple[str, str]], list[str]]:
        """Return {name: (kind of its owner, source)} and the star imports before a test."""
        owner: dict[str, tuple[str, str]] = {}
        stars: list[str] = []
        for cell, bound in zip(self.cells, self._bindings, strict=True):
            if cell is test:
                break
            for name in bound.names | set(bound.definitions):
                owner[name] = _owner(cell, name, bound)
            owner |= {name: ("imports", text) for name, text in bound.imports.items()}
            stars += bound.stars
        return owner, stars

    def _bound(self, cell: MasterCell) -> Bindings:
        return source_names.bindings(cell.source) if cell.cell_type == "code" else Bindings()


# Owners whose names are asked for over the border.
_THEIRS = ("answer", "plain", "given")


def _owner(cell: MasterCell, name: str, bound: Bindings) -> tuple[str, str]:
    """Return who owns a name that a cell binds, other than by an import."""
    if cell.kind == "locked":
        return "locked", cell.source
    if cell.kind == "test":
        # Made again where it is missing: an earlier test may not have come so far.
        made = bound.definitions.get(name)
        return ("imports", made) if made else ("test", "")
    if cell.kind == "plain":
        made = given_functions.functions(cell.source).get(name)
        return ("given", made) if made else ("plain", "")
    return "answer", ""


def _trust_given(owner: dict, test: MasterCell, read: set[str]) -> str:
    """Give the instructor the functions of unlocked cells that a test uses; see `given`."""
    found = {name: text for name, (kind, text) in owner.items() if kind == "given"}
    asked = given_functions.asked(read, found)
    if not any(owner.get(name, ("",))[0] == "answer" for name in asked):
        return ""
    imports = {name: text for name, (kind, text) in owner.items() if kind == "imports"}
    trusted, fresh = given_functions.split(test.source, found, imports)
    owner |= {name: ("imports", text) for name, text in trusted.items()}
    return fresh


def _measured_over_there(owner: dict, test: MasterCell, calls: tuple[str, ...]) -> list[str]:
    """Let locked code that a test measures run beside the student's; return its cells."""
    measured = source_names.measured(test.source, calls)
    locked = {n: text for n, (kind, text) in owner.items() if kind == "locked" and n in measured}
    owner |= dict.fromkeys(locked, ("answer", ""))
    return list(locked.values())


@dataclass
class Master:
    """An assignment.

    Attributes
    ----------
    name : str
    notebooks : dict of str to MasterNotebook
    given : dict of str to bytes
        The instructor's other files, by relative path.
    words : dict of str to list of str
        Words of the course's cells, each with modules.
    """

    name: str
    notebooks: dict[str, MasterNotebook]
    given: dict[str, bytes]
    words: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def libraries(self) -> list[str]:
        """The modules that the cells import."""
        cells = [cell for notebook in self.notebooks.values() for cell in notebook.cells]
        given = [text.decode(errors="replace") for name, text in self.given.items()
                 if name.endswith(".py")]  # fmt: skip
        sources = [c.source for c in cells if c.cell_type == "code"] + given
        return libraries.wanted(sources, self.words)


class NoAssignment(LookupError):
    """The gradebook does not know the assignment."""


def load(gradebook, coursedir, assignment: str) -> Master:
    """Read an assignment.

    Raises
    ------
    NoAssignment
        If it was never generated.
    """
    try:
        entry = gradebook.find_assignment(assignment)
    except MissingEntry:
        text = (
            f"assignment {assignment!r} is not in the gradebook: run nbgrader generate_assignment"
        )
        raise NoAssignment(text) from None
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    plugged = plugged_in(coursedir.config)
    notebooks = {
        n.name: _notebook(n, folder / f"{n.name}.ipynb", plugged.calls) for n in entry.notebooks
    }
    if not notebooks:
        raise NoAssignment(f"assignment {assignment!r} has no notebook in the gradebook")
    return Master(assignment, notebooks, _given(folder, coursedir), plugged.libraries)


def _given(folder: Path, coursedir) -> dict[str, bytes]:
    found = {}
    if folder.is_dir():
        for path in utils.find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"]):
            found[os.path.relpath(path, folder)] = Path(path).read_bytes()
    return found


def _notebook(entry, path: Path, calls: tuple[str, ...]) -> MasterNotebook:
    graded = {cell.name: cell for cell in entry.grade_cells}
    solutions = {cell.name for cell in entry.solution_cells}
    tasks = {cell.name: cell for cell in entry.task_cells}
    known = {}
    for cell in entry.source_cells:
        points = graded[cell.name].max_score if cell.name in graded else 0.0
        if cell.name in tasks:
            kind, points = "task", tasks[cell.name].max_score
        elif cell.name in solutions:
            kind = "manual" if cell.name in graded else "solution"
        elif cell.name in graded:
            kind = "test" if cell.cell_type == "code" else "manual"
        else:
            kind = "locked" if cell.locked else "plain"
        known[cell.name] = MasterCell(
            cell.name, kind, cell.cell_type, cell.source or "", float(points), cell.checksum or ""
        )
    kernelspec = json.loads(entry.kernelspec) if entry.kernelspec else {}
    return MasterNotebook(entry.name, _in_order(known, path), kernelspec, calls)


def _in_order(known: dict[str, MasterCell], path: Path) -> list[MasterCell]:
    """Return the cells as the source notebook has them, with the gradebook's sources.

    An answer cell keeps the source notebook's text, the model answer: it tells which names
    are the student's. The gradebook has it only with the answer cut out.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return list(known.values())  # the tests are known all the same
    found, seen = [], set()
    for cell in cells:
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if name not in known:
            found.append(MasterCell("", "plain", cell["cell_type"], source))
            continue
        entry = known[name]
        if entry.kind in ("solution", "manual"):
            entry.answer = entry.source
            entry.source = source
        found.append(entry)
        seen.add(name)
    return found + [cell for name, cell in known.items() if name not in seen]
