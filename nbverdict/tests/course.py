"""The small course of `nbverdict.testing`, whose commands find what the tests plug in."""

from pathlib import Path

from nbverdict.testing import answer, check, leftovers, locked, manual, notebook, plain, shown, text

from nbverdict import testing

__all__ = [
    "ENVIRONMENT", "PLUGINS", "Course", "answer", "check", "leftovers", "locked", "manual",
    "notebook", "plain", "shown", "text",
]  # fmt: skip

# What a course of the tests may plug in; beside the tests, where no student looks.
PLUGINS = Path(__file__).resolve().parent / "plugins"
ENVIRONMENT = testing.ENVIRONMENT | {"PYTHONPATH": str(PLUGINS)}


class Course(testing.Course):
    """A course whose commands find the tests' plug-ins."""

    environment = ENVIRONMENT
