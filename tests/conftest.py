"""What every test shares."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# These need /proc, /dev/shm, bwrap, make or Chromium: macOS and Windows run the others.
LINUX_ONLY = (
    "browser test_assignments_run test_classroom test_environment test_experiments_memory_mapping "
    "test_experiments_page_cache test_experiments_shared_memory "
    "test_experiments_where_memmap_breaks test_files test_lab test_measuring test_mistakes "
    "test_notebooks test_pagecache test_readme test_roundtrip test_setup"
).split()

# Lessons in pods, stock nbgrader, browsers, whole classes: `make quick` leaves them out.
SLOW = (
    "test_notebooks test_mistakes test_grader_marks test_assignments_run test_classroom test_lab "
    "test_site test_roundtrip test_environment test_setup test_attacks test_trial test_same_marks "
    "test_broken test_crash_safety test_full_disk test_own_assignments test_cluster test_jail "
    "test_wiring test_no_permission test_given test_quickstart test_attacks_on_reports "
    "test_validate test_errors_are_shown test_properties test_wire_properties "
    "test_experiments_object_store test_experiments_cluster test_experiments_shared_memory"
).split()
# It has no doctests; and the grader's tests have a module of this name, too.
collect_ignore = ["conftest.py"]

# Windows cannot even import some of them; building and grading need fcntl, which it lacks.
if sys.platform == "win32":
    without = [*LINUX_ONLY, "test_build"]
    collect_ignore += [*(f"{name}.py" for name in without), "grader"]

# nbgrader starts `alembic` and `jupyter` by name: they are those of this environment.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# jupyter_core asks for this; the same folders either way.
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")


@pytest.fixture(autouse=True, scope="session")
def data_directory(tmp_path_factory):
    """Keep what lessons and tests write out of the user's cache."""
    if "COURSE_DATA" not in os.environ:
        os.environ["COURSE_DATA"] = str(tmp_path_factory.mktemp("data"))
    return Path(os.environ["COURSE_DATA"])


@pytest.fixture
def root():
    """Folder of the course."""
    return ROOT


@pytest.fixture
def disk():
    """Return a fresh directory on a disk, where the page cache can be measured."""
    from course_lib.checking.workdir import workdir

    return workdir("test")


def pytest_collection_modifyitems(items):
    """Mark what only Linux can run; the grader is among it."""
    for item in items:
        if item.path.stem in LINUX_ONLY or item.path.parent.name == "grader":
            item.add_marker(pytest.mark.linux)
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter):
    """Show what each lesson needed: time is reported, never asserted."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for report in reports:
        needed = dict(report.user_properties).get("lesson needed")
        if needed:
            terminalreporter.write_line(needed)
