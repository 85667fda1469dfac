"""The instructor's side of an assignment: its graded cells, and who owns which name.

Sources of tests and locked cells come from the gradebook, where `generate_assignment` has
put them; the rest of the notebook comes from the source directory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from nbgrader import utils
from nbgrader.api import MissingEntry

from nbverdict.assignment import calibration, given_functions, libraries, source_names
from nbverdict.assignment.calibration import Calibration
from nbverdict.assignment.cells import cell_source, kind_of
from nbverdict.assignment.source_names import BUILTIN_NAMES, Bindings
from nbverdict.course import plugged_in
from nbverdict.steps import Owners

# {name: (kind of its owner, source)}
_Owner = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class InstructorCell:
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
        What names are read from: of a solution the model answer.
    points : float
    checksum : str
    released : str or None
        What the student starts from, of a solution; None: its source.
    """

    name: str
    kind: str
    cell_type: str
    source: str
    points: float = 0.0
    checksum: str = ""
    released: str | None = None

    @property
    def blank(self) -> str:
        """The source that stands for this cell where it was not handed in."""
        return self.source if self.released is None else self.released


@dataclass
class InstructorNotebook:
    """One notebook of an assignment.

    Attributes
    ----------
    name : str
        Its file name without ``.ipynb``.
    cells : list of InstructorCell
        In the instructor's order.
    kernelspec : dict
    calls : tuple of str
        Methods of a report that measure a function.
    inside : frozenset of str
        Tests that run in the student's process, by name; see `calibration`.
    """

    name: str
    cells: list[InstructorCell]
    kernelspec: dict = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    inside: frozenset[str] = frozenset()

    def __post_init__(self):
        self.by_name = {cell.name: cell for cell in self.cells if cell.name}
        self.order = {cell.name: n for n, cell in enumerate(self.cells) if cell.name}
        self._bindings = [self._bound(cell) for cell in self.cells]
        self._owners: dict[str, Owners] = {}

    @property
    def graded(self) -> list[InstructorCell]:
        """The cells that carry points."""
        return [c for c in self.cells if c.kind in ("test", "manual", "task")]

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The instructor's classes with the special methods that they define."""
        found: dict = {}
        for cell, bound in zip(self.cells, self._bindings, strict=True):
            if cell.kind != "test":
                found.update(bound.classes)
        return source_names.class_specials(found)

    def owners(self, test: InstructorCell) -> Owners:
        """Return who owns the names of a test cell, for `test_namespace.TestNamespace.prepare`.

        Every submission asks, and the answer is the same: it is worked out once.
        """
        if test.name not in self._owners:
            self._owners[test.name] = self._work_out_owners(test)
        return self._owners[test.name]

    def _work_out_owners(self, test: InstructorCell) -> Owners:
        owner, stars = self._owners_before(test)
        read, eager = source_names.reads(test.source)
        fresh = [_trust_given(owner, test, read), *_measured_over_there(owner, test, self.calls)]
        student = tuple(name for name, (kind, _) in owner.items() if kind in _THEIRS)
        return Owners(
            student=student,
            remade=_of_kind(owner, "remade"),
            locked=_of_kind(owner, "locked"),
            overrides=tuple(name for name in student if name in BUILTIN_NAMES and name in read),
            eager=tuple(sorted(eager)),
            stars=tuple(dict.fromkeys(stars)),
            rerun_first=tuple(dict.fromkeys(filter(None, fresh))),
            imported=_of_kind(owner, "imported"),
            folders=self._folders,
        )

    def _owners_before(self, test: InstructorCell) -> tuple[_Owner, list[str]]:
        """Return {name: (kind of its owner, source)} and the star imports before a test."""
        owner: _Owner = {}
        stars: list[str] = []
        for cell, bound in zip(self.cells, self._bindings, strict=True):
            if cell is test:
                break
            for name in bound.names | set(bound.definitions):
                owner[name] = _owner(cell, name, bound)
            answers = cell.kind in _ANSWERS
            made = "imported" if answers else "remade"
            owner |= {name: (made, text) for name, text in bound.imports.items()}
            stars += [] if answers else bound.stars
        return owner, stars

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        given = [c for c in self.cells if c.cell_type == "code" and c.kind not in _ANSWERS]
        return tuple(dict.fromkeys(f for c in given for f in source_names.folders(c.source)))

    def shared(self, inside: Set[str]) -> tuple[str, ...]:
        """Return the names that only tests bind, and that the student's code or a test reads there.

        Parameters
        ----------
        inside : set of str
            The tests that run in the student's process.
        """
        by_tests: set[str] = set()
        by_others: set[str] = set()
        read: set[str] = set()
        for cell, bound in zip(self.cells, self._bindings, strict=True):
            if cell.cell_type != "code":
                continue
            test = cell.kind == "test"
            (by_tests if test else by_others).update(
                bound.names, bound.definitions, bound.imports
            )  # fmt: skip
            if not test or cell.name in inside:
                read |= source_names.free(cell.source)
        return tuple(sorted((by_tests & read) - by_others - BUILTIN_NAMES))

    def _bound(self, cell: InstructorCell) -> Bindings:
        return source_names.bindings(cell.source) if cell.cell_type == "code" else Bindings()


# Owners whose names are asked for over the border.
_THEIRS = ("answer", "plain", "given", "imported")
# Kinds of cells that hold answers.
_ANSWERS = ("solution", "manual")


def _of_kind(owner: _Owner, wanted: str) -> dict[str, str]:
    return {name: text for name, (kind, text) in owner.items() if kind == wanted}


def _owner(cell: InstructorCell, name: str, bound: Bindings) -> tuple[str, str]:
    """Return who owns a name that a cell binds, other than by an import."""
    if cell.kind == "locked":
        return "locked", cell.source
    if cell.kind == "test":
        # Made again where it is missing: an earlier test may not have come so far.
        made = bound.definitions.get(name)
        return ("remade", made) if made else ("test", "")
    if cell.kind == "plain":
        made = given_functions.functions(cell.source).get(name)
        return ("given", made) if made else ("plain", "")
    return "answer", ""


def _trust_given(owner: _Owner, test: InstructorCell, read: set[str]) -> str:
    """Trust the functions of unlocked cells that a test uses; see `given_functions`."""
    found = _of_kind(owner, "given")
    asked = given_functions.asked(read, found)
    if not any(owner.get(name, ("",))[0] in ("answer", "imported") for name in asked):
        return ""
    trusted, fresh = given_functions.split(test.source, found, _of_kind(owner, "remade"))
    owner |= {name: ("remade", text) for name, text in trusted.items()}
    return fresh


def _measured_over_there(owner: _Owner, test: InstructorCell, calls: tuple[str, ...]) -> list[str]:
    """Let locked code that a test measures run beside the student's; return its cells."""
    measured = source_names.measured(test.source, calls)
    locked = {n: text for n, text in _of_kind(owner, "locked").items() if n in measured}
    owner |= dict.fromkeys(locked, ("answer", ""))
    return list(locked.values())


@dataclass
class Assignment:
    """An assignment.

    Attributes
    ----------
    name : str
    notebooks : dict of str to InstructorNotebook
    extra_files : dict of str to bytes
        The instructor's other files, by relative path.
    secrets : dict of str to bytes
        The files that only the trusted side gets, by name.
    words : dict of str to list of str
        Words of the course's cells, each with modules.
    calibration : Calibration
        What is known of its tests; it may be empty.
    """

    name: str
    notebooks: dict[str, InstructorNotebook]
    extra_files: dict[str, bytes]
    secrets: dict[str, bytes] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)

    def digests(self) -> dict[str, str]:
        """Return for each notebook a digest of all that its tests depend on."""
        return {
            name: calibration.digest(notebook.cells, notebook.calls, self.extra_files)
            for name, notebook in self.notebooks.items()
        }

    def obey(self, found: Calibration) -> None:
        """Let the tests that a calibration names run inside, as far as it is not stale."""
        now = self.digests()
        self.calibration = replace(found, stale=found.older_than(now))
        for name, notebook in self.notebooks.items():
            fresh = found.digests.get(name) == now[name]
            notebook.inside = found.inside(name) if fresh else frozenset()

    @cached_property
    def libraries(self) -> list[str]:
        """The modules that the cells import."""
        cells = [cell for notebook in self.notebooks.values() for cell in notebook.cells]
        scripts = [text.decode(errors="replace") for name, text in self.extra_files.items()
                 if name.endswith(".py")]  # fmt: skip
        sources = [c.source for c in cells if c.cell_type == "code"] + scripts
        return libraries.wanted(sources, self.words)


class NoAssignment(LookupError):
    """The gradebook does not know the assignment."""


def load(gradebook, coursedir, assignment: str) -> Assignment:
    """Read an assignment.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    coursedir : nbgrader.coursedir.CourseDirectory
    assignment : str
        Its name.

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
    files, secrets = _extra_files(folder, coursedir, plugged.secrets), plugged.secrets
    made = Assignment(assignment, notebooks, files, _secrets(folder, secrets), plugged.libraries)
    made.obey(calibration.read(calibration.path_of(coursedir, assignment)))
    return made


def _secrets(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    paths = (folder / name for name in names)
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _extra_files(folder: Path, coursedir, secrets: Iterable[str]) -> dict[str, bytes]:
    found = {}
    if folder.is_dir():
        for path in utils.find_all_files(str(folder), [*coursedir.ignore, "*.ipynb", *secrets]):
            found[os.path.relpath(path, folder)] = Path(path).read_bytes()
    return found


def _notebook(entry, path: Path, calls: tuple[str, ...]) -> InstructorNotebook:
    graded = {cell.name: cell for cell in entry.grade_cells}
    solutions = {cell.name for cell in entry.solution_cells}
    tasks = {cell.name: cell for cell in entry.task_cells}
    known = {}
    for cell in entry.source_cells:
        name = cell.name
        kind = kind_of(
            cell.cell_type, name in graded, name in solutions, bool(cell.locked), name in tasks
        )
        paid = tasks.get(name) or graded.get(name)
        points = float(paid.max_score) if paid else 0.0
        known[name] = InstructorCell(
            name, kind, cell.cell_type, cell.source or "", points, cell.checksum or ""
        )
    kernelspec = json.loads(entry.kernelspec) if entry.kernelspec else {}
    return InstructorNotebook(entry.name, _in_order(known, path), kernelspec, calls)


def _in_order(known: dict[str, InstructorCell], path: Path) -> list[InstructorCell]:
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
        source = cell_source(cell)
        if name not in known:
            found.append(InstructorCell("", "plain", cell["cell_type"], source))
            continue
        entry = known[name]
        if entry.kind in ("solution", "manual"):
            entry = replace(entry, source=source, released=entry.source)
        found.append(entry)
        seen.add(name)
    return found + [cell for name, cell in known.items() if name not in seen]
