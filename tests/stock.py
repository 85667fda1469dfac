"""Grade with nbgrader's own pipeline, in this process."""

import html
import tempfile
import uuid
from dataclasses import dataclass

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

import bank
from tools.release import Complaints


@dataclass(frozen=True)
class Graded:
    """What one test cell of one submission got."""

    points: float | None
    text: str
    """Everything its report shows, as plain text."""


def config(root, assignment):
    """Return the course's settings with nbgrader's own way to execute and to score."""
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    settings.pop("Autograde", None)
    settings.CourseDirectory.root = str(root)
    # A free TCP port may be taken by another test before the kernel binds it; a socket file not.
    settings.KernelManager.transport = "ipc"
    settings.KernelManager.ip = f"{tempfile.gettempdir()}/kernel-{uuid.uuid4().hex}"
    settings.CourseDirectory.assignment_id = assignment
    return settings


def run(converter, root, assignment):
    """Run one of nbgrader's converters over everything it finds; quiet unless it fails."""
    settings = config(root, assignment)
    made = converter(coursedir=CourseDirectory(config=settings), config=settings)
    complaints = Complaints()
    made.log = complaints.logger()
    try:
        made.start()
    except NbGraderException:  # its own text only says "see above"; the reason is in the log
        raise AssertionError("\n".join(complaints.messages)) from None


def grade(root, assignment, students):
    """Return {student: {problem: Graded}} for {student: notebook}."""
    bank.make_course(root, [assignment])
    run(GenerateAssignment, root, assignment)
    for student, book in students.items():
        bank.submit(root, student, assignment, book)
    run(Autograde, root, assignment)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {student: read(root, gradebook, assignment, student) for student in students}


def read(root, gradebook, assignment, student):
    """Return {problem: Graded} of one graded submission."""
    path = root / "autograded" / student / assignment / f"{assignment}.ipynb"
    book = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    graded = {}
    for name, cell in bank.cells(book).items():
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade:
            points = gradebook.find_grade(name, assignment, assignment, student).auto_score
            graded[name.removeprefix("test_")] = Graded(points, shown(cell))
    return graded


def shown(cell):
    """Return the text of a cell's outputs, as a reader sees it."""
    texts = []
    for output in cell.outputs:
        data = output.get("data", {})
        texts += [output.get("text", ""), data.get("text/plain", "")]
        texts += [html.unescape(data.get("text/html", "")), output.get("evalue", "")]
    return "\n".join(texts)
