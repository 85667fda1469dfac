"""Courses that several grading tests share; making one takes seconds."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import foreign
from course import Course


@pytest.fixture(scope="session")
def foreign_master(tmp_path_factory) -> Course:
    """The foreign course, generated, without submissions. Copy it before use."""
    course = Course(tmp_path_factory.mktemp("foreign"))
    course.assignment("ps 1", {"basics": foreign.BASICS, "plots": foreign.PLOTS})
    return course


@pytest.fixture(scope="session")
def copy_of(tmp_path_factory):
    """Return a function that copies a course to a fresh directory."""

    def copy(course: Course) -> Course:
        root = tmp_path_factory.mktemp("course") / "course"
        shutil.copytree(course.root, root)
        return Course(root)

    return copy
