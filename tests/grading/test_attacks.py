"""Attacks that ride on a wrong answer: no points, no secrets, nothing changed, nothing left."""

import ast
import json
from types import SimpleNamespace

import arena
import pytest
import target
from course import REPOSITORY, leftovers
from nbverdict.coordinator import class_report

A = target.ASSIGNMENT
SECRETS = (target.SECRET, str(target.ARGUMENT))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One batch with all attacks: (course, scores, hashes before)."""
    course = arena.build(tmp_path_factory.mktemp("arena"))
    before = arena.fingerprint(course.root)
    done = course.grade(A, "--timeout", "4", "--memory", "700", "--feedback")
    return course, course.scores(A), before, done


@pytest.mark.parametrize("name", arena.NAMES)
def test_it_gains_nothing(graded, name):
    _, scores, _, _ = graded
    assert scores[name] == dict.fromkeys(target.POINTS, 0.0)


@pytest.mark.parametrize("name", arena.NAMES)
def test_it_reads_no_hidden_test(graded, name):
    course, _, _, _ = graded
    outputs = [
        json.dumps(cell.get("outputs", []))
        for cell in course.graded(name, A, "nb")["cells"]
        if cell["metadata"].get("nbverdict") is None
    ]
    page = (course.root / "feedback" / name / A / "nb.html").read_text()
    for secret in SECRETS:
        assert not any(secret in output for output in outputs)
        assert secret not in page


@pytest.mark.parametrize("name", arena.NAMES)
def test_its_feedback_holds_no_active_content(graded, name):
    course, _, _, _ = graded
    page = (course.root / "feedback" / name / A / "nb.html").read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\x1b" not in page and "\x07" not in page


def test_other_submissions_keep_their_marks(graded):
    _, scores, _, _ = graded
    for student in ("0_honest", "z_honest"):
        assert scores[student] == {name: float(points) for name, points in target.POINTS.items()}
    assert scores["1_wrong"] == dict.fromkeys(target.POINTS, 0.0)


def test_nothing_outside_is_changed(graded):
    course, _, before, _ = graded
    assert arena.fingerprint(course.root) == before
    assert not (course.root / "grading_attack_ran").exists()
    assert not arena.planted()


def test_no_process_is_left(graded):
    course, _, _, _ = graded
    assert not leftovers("98765", str(course.root))


def test_no_file_is_left(graded):
    course, _, _, _ = graded
    names = [path.name for path in course.root.iterdir()]
    assert sorted(names) == sorted(
        ["source", "release", "submitted", "autograded", "feedback", "reports", "gradebook.db",
         "grading.log", "nbgrader_config.py"]
    )  # fmt: skip


def test_the_terminal_sees_no_control_characters(graded):
    _, _, _, done = graded
    assert not [c for c in done.stdout if ord(c) < 32 and c != "\n"]


@pytest.mark.parametrize("name", arena.NAMES)
def test_it_is_python(name):
    """An attack with a typing error would gain nothing, too."""
    for source in arena.load(name).ANSWERS.values():
        ast.parse(source)


def test_the_documented_table_has_them_all():
    page = (REPOSITORY / "docs" / "grader.md").read_text()
    table = page.split("| attack | stock |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [line.split("|") for line in table]
    assert [row[1].strip(" `") for row in rows] == arena.NAMES
    assert {row[-2].strip() for row in rows} == {"0"}


def test_there_are_enough_attacks():
    assert sum(name.startswith("a") for name in arena.NAMES) == 23
    assert sum(name.startswith("b") for name in arena.NAMES) >= 12


def test_the_teachers_page_is_static_and_escaped(graded):
    course, _, _, _ = graded
    page = (course.root / "reports" / f"{A}.html").read_text()
    assert "<script" not in page and "<img" not in page and "\x1b" not in page
    hostile = class_report._Class(students={"<script>": 1.0})
    made = class_report._page(SimpleNamespace(name="<script>", points=1), hostile, "<script>")
    assert "<script" not in made and made.count("&lt;script&gt;") == 4
    for name in ("a08_updates_gradebook", "a20_not_graded", "a21_altered_tests"):
        assert name in page.split("looks like tampering")[1].split("Other remarks")[0]
    assert "it took longer than 4 s" in page.split("broke a limit")[1].split("tampering")[0]
