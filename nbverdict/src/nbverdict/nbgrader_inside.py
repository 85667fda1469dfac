"""What is inside of nbgrader and has no public name: a new version may move it.

The rest of the grader asks here. One thing more stands elsewhere: `coordinator.gradebook` writes
rows of nbgrader's tables in one transaction, and knows their columns.
"""

import os
import sys
from typing import Any

# nbgrader loads them when it is imported, and with them the web server.
SERVER_EXTENSIONS = tuple(
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "validate_assignment", "formgrader")
)
# The command and formgrader's button each keep a name for the class that autogrades.
_USERS_OF_AUTOGRADE = ("nbgrader.apps.autogradeapp", "nbgrader.apps.api")
_USERS_OF_GENERATE = ("nbgrader.apps.generateassignmentapp", "nbgrader.apps.api")
_GENERATE = "nbgrader.converters.generate_assignment"


def users_of_autograde() -> list[Any]:
    """Return the loaded modules that autograde: each has a name ``Autograde``."""
    return [sys.modules[name] for name in _USERS_OF_AUTOGRADE if name in sys.modules]


def users_of_generate() -> list[Any]:
    """Return the loaded modules that generate: each has a name ``GenerateAssignment``."""
    return [sys.modules[name] for name in _USERS_OF_GENERATE if name in sys.modules]


def usual_generate_preprocessors() -> list[Any] | None:
    """Return what ``generate_assignment`` runs; None where it is not loaded."""
    module = sys.modules.get(_GENERATE)
    if module is None:
        return None
    return list(module.GenerateAssignment.preprocessors.default_args[0])


def late_submission_plugin(config: Any) -> Any:
    """Return the course's plugin for late submissions, made as nbgrader makes it."""
    from nbgrader.preprocessors import AssignLatePenalties

    holder = AssignLatePenalties(config=config)
    holder.init_plugin()
    return holder.plugin_inst


def feedback_converter(coursedir: Any, config: Any) -> Any:
    """Return nbgrader's converter for feedback, with the exporter that it makes at each start.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
        Its ``assignment_id`` says which assignment.
    config : traitlets.config.Config
    """
    from nbconvert.writers import FilesWriter
    from nbgrader.converters import GenerateFeedback

    made = GenerateFeedback(coursedir=coursedir, config=config, force=True)
    made.writer = FilesWriter(parent=made, config=made.config)
    made.exporter = made.exporter_class(parent=made, config=made.config)
    for preprocessor in made.preprocessors:
        made.exporter.register_preprocessor(preprocessor)
    _keep_gradebook_open()
    return made


def convert_student(converter: Any, student: str) -> None:
    """Write the pages of the students whose names match, with what the converter has made.

    Raises
    ------
    nbgrader.converters.base.NbGraderException
        If a notebook could not be converted.
    """
    converter.coursedir.student_id = student
    before = os.getcwd()
    os.chdir(converter.coursedir.root)
    try:
        converter.init_notebooks()
        converter.convert_notebooks()
    finally:
        os.chdir(before)


def _keep_gradebook_open() -> None:
    """Have the preprocessor that reads grades use one connection in each process."""
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import getgrades

    class KeptOpen(Gradebook):
        """A gradebook that forgets what it has read, and stays open."""

        def close(self) -> None:
            self.db.remove()

    opened: dict[tuple[int, str], KeptOpen] = {}

    def open_once(url: str) -> KeptOpen:
        key = os.getpid(), url
        if key not in opened:
            opened[key] = KeptOpen(url)
        return opened[key]

    getgrades.Gradebook = open_once
