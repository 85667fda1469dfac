"""Honest submissions of an ordinary nbgrader course get the marks that nbgrader gives."""

import json

import foreign
import pytest
from course import shown

ASSIGNMENT = "ps 1"
# Stock nbgrader takes all points for text on stderr; here a warning costs nothing.
WARNS = "data/test_total"


@pytest.fixture(scope="module")
def graded(foreign_master, copy_of):
    """The class, graded by ours and by stock: (course, our marks, stock's marks)."""
    course = copy_of(foreign_master)
    model = course.model(ASSIGNMENT)
    course.submit("model", ASSIGNMENT, model)
    course.submit("untouched", ASSIGNMENT, {})
    for student, wrong in foreign.MISTAKES.items():
        answers = {title: {**cells, **wrong.get(title, {})} for title, cells in model.items()}
        course.submit(student, ASSIGNMENT, answers)
    twin = copy_of(course)
    course.grade(ASSIGNMENT)
    twin.nbgrader("autograde", ASSIGNMENT)
    return course, course.marks(ASSIGNMENT), twin.marks(ASSIGNMENT)


def test_every_mark_is_stocks(graded):
    _, ours, stock = graded
    assert set(ours) == {"model", "untouched", *foreign.MISTAKES}
    for student, cells in stock.items():
        expected = {cell: mark for cell, mark in cells.items() if cell != WARNS}
        assert {cell: ours[student][cell] for cell in expected} == expected, student


def test_a_warning_costs_nothing(graded):
    _, ours, stock = graded
    assert stock["model"][WARNS] == (0.0, False)
    assert ours["model"][WARNS] == (2.0, False)


def test_the_model_answer_gets_every_point(graded):
    course, ours, _ = graded
    for title in foreign.NOTEBOOKS:
        for cell in course.release(ASSIGNMENT, title)["cells"]:
            meta = cell["metadata"].get("nbgrader", {})
            if meta.get("grade") and not meta.get("solution"):
                points = 3 if meta["grade_id"] == "test_partial" else meta["points"]
                assert ours["model"][f"{title}/{meta['grade_id']}"] == (points, False)


def test_written_answers_wait_for_a_person_and_are_kept(graded):
    course, ours, _ = graded
    assert ours["model"]["data/why"] == (None, True)
    assert ours["model"]["data/code_why"] == (None, True)
    assert ours["untouched"]["data/why"] == (0.0, False)
    sources = [cell["source"] for cell in course.graded("model", ASSIGNMENT, "data")["cells"]]
    assert any("rows are contiguous" in "".join(source) for source in sources)


def test_outputs_are_those_of_a_notebook(graded):
    course, _, _ = graded
    data = course.graded("model", ASSIGNMENT, "data")
    # A notebook before this one had hidden tests: what calls print since then is left out.
    assert "adding" not in shown(data, "test_total")
    assert '"4.0"' not in shown(data, "test_partial")
    assert '"text/plain": ["3.0"]' in shown(data, "test_partial")
    error = shown(course.graded("wrong", ASSIGNMENT, "basics"), "test_square")
    assert "AssertionError" in error and "assert square(-2) == 4" in error


def test_a_plot_is_a_picture_and_a_figure_waits_for_a_person(graded):
    pytest.importorskip("matplotlib", reason="the notebook `plots` needs Matplotlib")
    course, ours, _ = graded
    assert '"image/png"' in shown(course.graded("model", ASSIGNMENT, "plots"), "plot")
    assert ours["model"]["plots/figure"] == (None, True)


def test_a_second_run_grades_nothing(graded):
    course, ours, _ = graded
    done = course.grade(ASSIGNMENT)
    assert "0 graded in" in done.stdout and "4 graded before" in done.stdout
    assert course.marks(ASSIGNMENT) == ours


def test_marks_in_the_metadata_are_plain(graded):
    course, _, _ = graded
    kept = course.graded("half", ASSIGNMENT, "data")["metadata"]["nbverdict"]
    assert json.dumps(kept) and {"notes", "marks", "graded"} <= set(kept)
