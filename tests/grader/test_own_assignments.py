"""The course's own assignments: model answers get every point, untouched releases none."""

import json
import shutil

import pytest
import users
from report_target import Course

from places import ROOT

ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return all assignments in one course, each with a model answer and a release."""
    made = Course(tmp_path_factory.mktemp("own"))
    for name in ASSIGNMENTS:
        folder = made.root / "source" / name
        folder.mkdir(parents=True)
        for path in (ROOT / "solutions" / name).glob("*.ipynb"):
            shutil.copy(path, folder)
        made.generate(name)
        made.submit("model", name, made.model(name))
        made.submit("untouched", name, {})
    return made


def _points(course, name):
    """Return {cell: points} of what code grades."""
    points = {}
    for path in (course.root / "source" / name).glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            meta = cell["metadata"].get("nbgrader", {})
            if meta.get("grade") and not meta.get("solution"):
                points[meta["grade_id"]] = float(meta["points"])
    return points


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_model_answers_and_releases(course, name):
    course.grade(name)
    scores = course.scores(name)
    points = _points(course, name)
    assert {cell: scores["model"][cell] for cell in points} == points
    assert {cell: scores["untouched"][cell] for cell in points} == dict.fromkeys(points, 0.0)
    lint = course.grade(name, "--lint")
    assert lint.stdout.startswith("0 known problems; ")


# Each level of the jail without namespaces meets answers that measure, and those that start
# programs (07); each assignment meets one: (as an ordinary user, with Landlock).
LEVELS = [
    ("01_page_cache", False, True), ("07_shared_memory", False, True),
    ("04_zarr_chunks", True, True), ("07_shared_memory", True, True),
    ("02_memory_mapping", False, False), ("05_hdf5", False, False),
    ("03_where_memmap_breaks", True, False), ("06_compression", True, False),
    ("08_capstone", True, False),
]  # fmt: skip


def test_every_assignment_meets_the_weaker_jail():
    assert {name for name, *_ in LEVELS} == set(ASSIGNMENTS)
    assert len({(user, landlock) for _, user, landlock in LEVELS}) == 4


@pytest.mark.parametrize(("name", "user", "landlock"), LEVELS)
def test_model_answers_without_namespaces(course, name, user, landlock):
    with users.own_copy(course) as copy, users.neighbours(90 if user else 0):
        words = (name, "--no-namespaces", "--force", "--student", "model")
        done = users.grade_as(copy, words, user, landlock)
        assert done.returncode == 0, done.stderr
        assert "isolation: process only" in done.stderr and landlock == ("Landlock" in done.stderr)
        scores = copy.scores(name)["model"]
    points = _points(course, name)
    assert {cell: scores[cell] for cell in points} == points
