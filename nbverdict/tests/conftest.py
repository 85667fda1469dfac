"""Courses that several tests share; making one takes seconds."""

import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import foreign
import pytest
import users
from course import Course

HERE = Path(__file__).resolve().parent
pytest.register_assert_rewrite("attack_checks")

# It has no doctests; and the tests of a course may have a module of this name, too.
collect_ignore = ["conftest.py"]

# The grader needs Linux; Windows cannot even import it.
if sys.platform == "win32":
    collect_ignore_glob = ["*.py"]

# nbgrader starts `alembic` by name: it is the one of this environment.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# jupyter_core asks for this; the same folders either way.
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")


def pytest_collection_modifyitems(items):
    """Mark all tests of this folder: the jail is made of what Linux has."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.linux)


@pytest.fixture(scope="session")
def foreign_master(tmp_path_factory) -> Course:
    """The foreign course, generated, without submissions. Copy it before use."""
    course = Course(tmp_path_factory.mktemp("foreign"))
    course.assignment("ps 1", foreign.NOTEBOOKS)
    return course


@pytest.fixture(scope="session")
def copy_of(tmp_path_factory):
    """Return a function that copies a course to a fresh directory."""

    def copy(course: Course) -> Course:
        root = tmp_path_factory.mktemp("course") / "course"
        shutil.copytree(course.root, root)
        return type(course)(root)

    return copy


@pytest.fixture
def ordinary():
    """Return a function that copies a course for an ordinary user: (copy, how to grade it)."""
    with ExitStack() as stack:

        def hand_over(course: Course, landlock: bool = True):
            copy = stack.enter_context(users.own_copy(course))
            return copy, lambda *words: users.grade_as(copy, words, user=True, landlock=landlock)

        yield hand_over
