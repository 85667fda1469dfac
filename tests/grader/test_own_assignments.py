"""The course's own assignments: model answers get every point, untouched releases none."""

import json
import shutil

import pytest
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
        made._generate(name)
        made.submit("model", name, made.model(name))
        made.submit("untouched", name, {})
    return made


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_model_answers_and_releases(course, name):
    course.grade(name)
    scores = course.scores(name)
    points = {}
    for path in (course.root / "source" / name).glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            meta = cell["metadata"].get("nbgrader", {})
            if meta.get("grade") and not meta.get("solution"):
                points[meta["grade_id"]] = float(meta["points"])
    assert {cell: scores["model"][cell] for cell in points} == points
    assert {cell: scores["untouched"][cell] for cell in points} == dict.fromkeys(points, 0.0)
    lint = course.grade(name, "--lint")
    assert lint.stdout.startswith("0 known problems; ")
