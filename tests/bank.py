"""The mistake bank: wrong and right answers to every problem, as submissions of a class.

The format of the files is described in mistakes/README.md.
"""

import copy
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
BANK = ROOT / "tests" / "mistakes"
HEAD = re.compile(r"^# %% (mistake|right):(.*)$", re.MULTILINE)
FIELD = re.compile(r"^# (points|message): *(.*)$")


# Answers whose points differ where instruments are missing, and what they get then.
UNSEEN = {
    # A memory map counts once as dirty: nobody tells how much changed between two flushes.
    "02_memory_mapping/fill_table (mistake: flushes after each column)": 2.5,
    # Nobody tells how many pages an advice about a part of a file dropped.
    "01_page_cache/drop_from_cache (mistake: counts the length in pages)": 3,
    "01_page_cache/drop_from_cache (mistake: the first half only)": 3,
    # The library refuses to evict where it cannot see that it did.
    "01_page_cache/drop_from_cache (right: from the library)": 1.5,
}


@dataclass(frozen=True)
class Variant:
    """One answer to one problem."""

    assignment: str
    problem: str
    kind: str
    """``mistake`` or ``right``."""
    name: str
    points: float | None
    """What it must get; None means full marks."""
    messages: tuple[str, ...]
    """Texts that must stand in its report."""
    source: str
    """Content of the solution cell."""

    def __str__(self):
        return f"{self.assignment}/{self.problem} ({self.kind}: {self.name})"

    def worth(self, full, instruments=True):
        """Return the points that it must get, of `full`."""
        points = full if self.points is None else self.points
        return points if instruments else UNSEEN.get(str(self), points)


def read_bank(path):
    """Return the variants of one problem."""
    head, *parts = HEAD.split(path.read_text(encoding="utf-8"))
    assert not head.strip(), f"{path}: begins with text before the first section"
    sections = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [read_section(path, *section) for section in sections]


def read_section(path, kind, name, text):
    """Return the variant of one section: `# field: value` lines, then the answer."""
    lines, fields = text.strip().splitlines(), []
    while lines and (match := FIELD.match(lines[0])):
        fields.append(match.groups())
        lines.pop(0)
    points = [float(value) for key, value in fields if key == "points"]
    messages = tuple(value.strip().strip('"') for key, value in fields if key == "message")
    where = f"{path}, {kind}: {name.strip()}"
    assert len(points) == (kind == "mistake"), f"{where}: a mistake states its points, once"
    assert bool(messages) == (kind == "mistake"), f"{where}: a mistake states a message"
    compile("\n".join(lines), where, "exec")
    points = points[0] if points else None
    source = "\n".join(lines).strip()
    return Variant(path.parent.name, path.stem, kind, name.strip(), points, messages, source)


def assignments():
    """Return the names of all assignments, from their folders."""
    return sorted(p.stem for p in (ROOT / "solutions").glob("*/*.py") if p.stem == p.parent.name)


def load(assignment):
    """Return {problem: variants} for every problem that has a file."""
    files = sorted((BANK / assignment).glob("*.py"))
    return {path.stem: read_bank(path) for path in files}


def notebook(folder, assignment):
    """Return an assignment's notebook: folder is ``solutions`` or ``exercises``."""
    path = ROOT / folder / assignment / f"{assignment}.ipynb"
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def cells(book):
    """Return {grade_id: cell}."""
    marked = [cell for cell in book.cells if "nbgrader" in cell.metadata]
    return {cell.metadata.nbgrader.grade_id: cell for cell in marked}


def problems(assignment):
    """Return {problem: points} of the problems that code grades, in order."""
    graded = [
        cell.metadata.nbgrader
        for cell in notebook("solutions", assignment).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return {marks.grade_id.removeprefix("test_"): marks.points for marks in graded}


def answers(assignment, chosen):
    """Return a submission: the release with model answers, but the `chosen` variants."""
    release = copy.deepcopy(notebook("exercises", assignment))
    model = cells(notebook("solutions", assignment))
    for name, cell in cells(release).items():
        if cell.metadata.nbgrader.solution:
            cell.source = chosen[name].source if name in chosen else model[name].source
    return release


def rounds(variants, kind):
    """Return [{problem: k-th variant of this kind}, ...]: many answers in few submissions."""
    by_problem = {
        problem: [v for v in found if v.kind == kind] for problem, found in variants.items()
    }
    count = max(map(len, by_problem.values()), default=0)
    return [
        {p: found[k] for p, found in by_problem.items() if k < len(found)} for k in range(count)
    ]


def make_class(assignment):
    """Return {student: (submission, {problem: variant})} that holds every variant once."""
    variants = load(assignment)
    students = {
        "model": (answers(assignment, {}), {}),
        "untouched": (notebook("exercises", assignment), {}),
    }
    for kind in ("mistake", "right"):
        for number, chosen in enumerate(rounds(variants, kind), start=1):
            students[f"{kind}{number}"] = (answers(assignment, chosen), chosen)
    return students


def make_course(root, names):
    """Copy what nbgrader needs of these assignments to the new course folder `root`."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in names:
        shutil.copytree(ROOT / "solutions" / name, root / "solutions" / name)


def submit(root, student, assignment, book):
    """Put a notebook where a student's submission lies."""
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True)
    nbformat.write(book, folder / f"{assignment}.ipynb")
