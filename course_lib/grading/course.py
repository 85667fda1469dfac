"""The course as nbgrader knows it: its directories and its plugin for late submissions."""

import os
from collections.abc import Callable
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound


def config(root: Path) -> Config:
    """Read ``nbgrader_config.py`` of a course, without starting nbgrader's applications."""
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    except ConfigFileNotFound:
        return Config()


def course_directory(root: Path) -> CourseDirectory:
    """Return the directories of the course in `root`."""
    settings = config(root)
    if "root" not in settings.CourseDirectory:
        settings.CourseDirectory.root = os.path.abspath(root)
    return CourseDirectory(config=settings)


def late_penalty(coursedir: CourseDirectory) -> Callable:
    """Return what asks the course's plugin for the price of a late submission."""
    plugin = None

    def penalty(student: str, score: float, seconds: float):
        nonlocal plugin
        if plugin is None:
            from nbgrader.preprocessors import AssignLatePenalties

            holder = AssignLatePenalties(config=coursedir.config)
            holder.init_plugin()
            plugin = holder.plugin_inst
        return plugin.late_submission_penalty(student, score, seconds)

    return penalty
