"""The mistake bank: wrong and right answers to every problem, as submissions of a class.

The format of the files is described in solutions/README.md.
"""

import copy
import shutil

import nbformat

import tools.bank
from places import ROOT

BANK = ROOT / "solutions"


# Answers whose points differ where instruments are missing, and what they get then.
UNSEEN = {
    # Reads of a memory map do not count.
    "05_hdf5/append_stream (mistake: memmap in blocks)": 2.75,
    # A memory map counts once as dirty: nobody tells how much changed between two flushes.
    "02_memory_mapping/fill_table (mistake: flushes after each column)": 2.5,
    # Nobody tells how many pages an advice about a part of a file dropped.
    "01_page_cache/drop_from_cache (mistake: counts the length in pages)": 3,
    "01_page_cache/drop_from_cache (mistake: the first half only)": 3,
    # The library refuses to evict where it cannot see that it did.
    "01_page_cache/drop_from_cache (right: from the library)": 1.5,
    # A memory map counts as memory with its whole length, also where only its header is used.
    "08_capstone/build_store (right: row of files by row of files, through maps)": 5.5,
}


def worth(answer, full, instruments=True):
    """Return the points that an answer must get, of `full`."""
    points = full if answer.points is None else answer.points
    return points if instruments else UNSEEN.get(str(answer), points)


def assignments():
    """Return the names of all assignments, from their folders."""
    return sorted(p.stem for p in (ROOT / "solutions").glob("*/*.py") if p.stem == p.parent.name)


def load(assignment):
    """Return {problem: variants} for every problem that has a file."""
    return tools.bank.load(BANK / assignment / "mistakes")


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


def make_class(assignment, variants=None):
    """Return {student: (submission, {problem: variant})} that holds every variant once.

    Default: all of the bank.
    """
    variants = load(assignment) if variants is None else variants
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
