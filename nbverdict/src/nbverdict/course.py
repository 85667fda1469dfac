"""The course as nbgrader knows it: its directories and its plugin for late submissions."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound

from nbverdict.measuring import load
from nbverdict.nbgrader_inside import late_submission_plugin
from nbverdict.settings import Settings

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
    calibrate : bool
        Calibrate when an assignment is generated.
    secrets : tuple of str
        Names of the instructor's files beside the notebooks that only the trusted side gets.
    """

    measuring: str = ""
    packages: tuple[str, ...] = ()
    libraries: dict[str, list[str]] = field(default_factory=dict)
    calibrate: bool = True
    secrets: tuple[str, ...] = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """Methods of a report that measure a function."""
        return tuple(load(self.measuring).calls)


_TYPES = {
    "measuring": str, "packages": list, "libraries": dict, "calibrate": bool, "secrets": list,
}  # fmt: skip


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


# Where nbgrader's configuration has the time of a cell; the first that has one counts.
_TIMEOUTS = ("Execute", "ExecutePreprocessor", "NotebookClient")


def settings_of(config: Config) -> Settings:
    """Return the grader's settings as far as the course's configuration names them.

    Both commands ask here, so that they give the same marks.

    Raises
    ------
    ValueError
        As `plugged_in`, or if a time limit is no number.
    """
    plugged = plugged_in(config)
    made = Settings(measuring=plugged.measuring, packages=plugged.packages)
    for section in _TIMEOUTS:
        if "timeout" in config.get(section, {}):
            return replace(made, cell_timeout=_seconds(section, config[section]["timeout"], made))
    return made


def _seconds(section: str, timeout: object, settings: Settings) -> float:
    """Return the seconds for a cell; nbgrader's "no limit" leaves that of the submission."""
    if timeout is None:
        return settings.submission_timeout
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise ValueError(f"c.{section}.timeout: expected a number of seconds, got {timeout!r}")
    return float(timeout) if timeout > 0 else settings.submission_timeout


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
