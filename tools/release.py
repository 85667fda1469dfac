"""Make the students' version of an assignment with nbgrader, in this process, without a gradebook.

`nbgrader generate_assignment` makes the same; it also starts for two seconds and writes a
gradebook, which building the course must not.
"""

from __future__ import annotations

import logging
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tools.masters import BEGIN_HIDDEN, BEGIN_SOLUTION, MasterError

CONFIG = Path(__file__).resolve().parents[1] / "nbgrader_config.py"


class Complaints(logging.Handler):
    """Keep nbgrader's errors for the one message that the author reads."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the last line of one message: nbgrader puts a traceback before it."""
        self.messages.append(record.getMessage().strip().splitlines()[-1])

    def logger(self) -> logging.Logger:
        """Return a logger that reports here and nowhere else."""
        logger = logging.Logger("nbgrader")
        logger.addHandler(self)
        return logger


def load_config(root: Path, assignment: str) -> Config:
    """Return nbgrader's settings for one assignment of the course at `root`."""
    config = PyFileConfigLoader(CONFIG.name, path=str(CONFIG.parent)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = assignment
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False  # what --no-db sets, too
    return config


def generate(root: Path, assignment: str) -> Path:
    """Make ``root/exercises/assignment`` from ``root/solutions/assignment``; return the folder.

    Raises
    ------
    MasterError
        When nbgrader refuses, or leaves a solution or a hidden test in the release.
    """
    config = load_config(root, assignment)
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    complaints = Complaints()
    converter.log = complaints.logger()
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        why = "\n".join(complaints.messages) or str(error)
        raise MasterError(f"solutions/{assignment}: nbgrader refused:\n{why}") from error
    released = root / "exercises" / assignment
    check_clean(released)
    return released


def check_clean(folder: Path) -> None:
    """Raise MasterError if a file below `folder` holds a solution or a hidden test."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes()
            for marker in (BEGIN_SOLUTION, BEGIN_HIDDEN):
                if marker.encode() in text:
                    raise MasterError(f"{path}: still holds {marker!r}")
