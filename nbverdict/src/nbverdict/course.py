"""The course as nbgrader knows it: its directories and its plugin for late submissions."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound

from nbverdict.measuring import load
from nbverdict.nbgrader_inside import late_submission_plugin

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


def config(root: Path) -> Config:
    """Read ``nbgrader_config.py`` of a course, without starting nbgrader's applications."""
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    except ConfigFileNotFound:
        return Config()


@dataclass(frozen=True)
class PluggedIn:
    """What ``c.NbVerdict`` names.

    Attributes
    ----------
    measuring : str
        Module that measures calls; see `nbverdict.measuring`.
    packages : tuple of str
        Packages of the course that submissions may import, beside what is installed.
    libraries : dict of str to list of str
        Words of the course's cells, each with modules to import before the first submission.
    secrets : tuple of str
        Names of the instructor's files beside the notebooks that only the trusted side gets.
    """

    measuring: str = ""
    packages: tuple[str, ...] = ()
    libraries: dict[str, list[str]] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """Methods of a report that measure a function."""
        return tuple(load(self.measuring).calls)


_TYPES = {"measuring": str, "packages": list, "libraries": dict, "secrets": list}


def plugged_in(config: Config) -> PluggedIn:
    """Read the section ``c.NbVerdict``.

    Raises
    ------
    ValueError
        If a value is none of the expected type, or a name is unknown.
    """
    section = dict(config.get("NbVerdict", {}))
    for name, value in section.items():
        if name not in _TYPES:
            raise ValueError(f"c.NbVerdict has no {name!r}; expected {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[name]):
            kind = _TYPES[name].__name__
            raise ValueError(f"c.NbVerdict.{name}: expected a {kind}, got {value!r}")
    names = {key: tuple(section.get(key, ())) for key in ("packages", "secrets")}
    return PluggedIn(**section | names)


def course_directory(root: Path) -> CourseDirectory:
    """Return the directories of the course in `root`."""
    from nbgrader.coursedir import CourseDirectory

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
            plugin = late_submission_plugin(coursedir.config)
        return plugin.late_submission_penalty(student, score, seconds)

    return penalty
