"""What every test shares."""

import os
import sys
from pathlib import Path

import pytest

from marked import LINUX_ONLY, ONE_WORKER, SLOW
from places import ROOT

HERE = ROOT / "tests"

# It has no doctests; and the grader's tests have a module of this name, too.
collect_ignore = ["conftest.py"]

# Windows cannot even import some of them; building and grading need fcntl, which it lacks.
if sys.platform == "win32":
    without = [*LINUX_ONLY, "test_build"]
    collect_ignore += [str(path) for path in HERE.rglob("*.py") if path.stem in without]
    collect_ignore += ["grader"]

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
        if item.path.stem in LINUX_ONLY or item.path.parent == HERE / "grader":
            item.add_marker(pytest.mark.linux)
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each test to the worker that is free, but keep some files together."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            return file if Path(file).stem in ONE_WORKER else nodeid

    return Scheduling(config, log)


def pytest_terminal_summary(terminalreporter):
    """Show what each lesson needed: time is reported, never asserted."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for report in reports:
        needed = dict(report.user_properties).get("lesson needed")
        if needed:
            terminalreporter.write_line(needed)
