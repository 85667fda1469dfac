"""Courses that several tests share; making one takes seconds."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import foreign
import pytest
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

# Python may live below root's home, which others may not enter: show them that part.
_AS_USER = """
set -e
home=$1 prefix=$2; shift 2
if [ "$prefix" != "${prefix#/root/}" ]; then
    mkdir -p "$home/keep" && mount --bind "$prefix" "$home/keep"
    mount -t tmpfs -o mode=755 tmpfs /root && mkdir -p "$prefix"
    mount --bind "$home/keep" "$prefix" && umount "$home/keep"
fi
rm -rf "$home/keep"
cd "$home"
exec setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
"""


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
    made = []

    def hand_over(course: Course):
        made.append(Path(tempfile.mkdtemp(prefix="grading-user-", dir="/var/tmp")))
        shutil.copytree(course.root, made[-1], symlinks=True, dirs_exist_ok=True)
        copy = type(course)(made[-1])
        if os.geteuid() != 0:
            return copy, lambda *arguments: copy.grade(*arguments, check=False)
        subprocess.run(["chown", "-R", "1000:1000", str(copy.root)], check=True)
        return copy, lambda *arguments: _grade_as_user(copy, arguments)

    yield hand_over
    for folder in made:
        shutil.rmtree(folder)


def _grade_as_user(course: Course, arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "-P", "-m", "nbverdict", *arguments]
    return subprocess.run(
        ["unshare", "-m", "bash", "-c", _AS_USER, "bash", str(course.root), sys.base_prefix,
         *command], text=True, capture_output=True,
        env=course.environment | {"HOME": "/tmp"},
    )  # fmt: skip
