"""What a saved notebook shows is what its learner has done, and nothing else is believed."""

import json

import nbformat
import pytest

import bank
from course_lib import hints, practice, progress
from course_lib.checking import check
from places import ROOT


def shown(value):
    """Return the output of a cell that ends with `value`, as Jupyter saves it."""
    data = {"text/plain": repr(value), "text/html": value._repr_html_()}
    return nbformat.v4.new_output("execute_result", data=data, execution_count=1)


def report(problem, points, got):
    """Return the report of a check with one visible row, worth half of the points."""
    found = check.Report(problem, "A title", points=points)
    found.equal("three", found.run(lambda: got), 3, points=points / 2)
    return found


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a folder with one lesson and its exercise, as they come."""
    monkeypatch.setattr(progress, "_noted", {})
    monkeypatch.setattr(hints, "_attempts", {})
    for place in ("notebooks/01_page_cache.ipynb", "exercises/01_page_cache/01_page_cache.ipynb"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text((ROOT / place).read_text())
    return tmp_path


def save(path, change):
    """Change the code cells of a notebook, as running and saving it would."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            change(cell)
    nbformat.write(book, path)


def answer(course, outputs):
    """Save the exercise with these reports in its checks."""

    def change(cell):
        problem = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("test_")
        if problem in outputs:
            cell.outputs = [shown(outputs[problem])]

    save(course / "exercises" / "01_page_cache" / "01_page_cache.ipynb", change)


def test_an_untouched_course_begins_with_its_lesson(course):
    overview = progress.show(course / "notebooks")
    lesson, exercise = overview.items
    assert (lesson.run, lesson.finished, exercise.finished) == (0, False, False)
    assert {p.problem: p.points for p in exercise.total.problems} == bank.problems("01_page_cache")
    assert {p.sentence for p in exercise.total.problems} == {progress.NOT_RUN}
    assert overview.next == f"Next: {lesson.title}."
    assert 'href="../exercises/01_page_cache/01_page_cache.ipynb"' in overview._repr_html_()


def test_a_lesson_that_was_run_leads_to_its_exercise(course):
    def run(cell):
        cell.execution_count = 1
        if "practice.check(" in cell.source:
            right = practice.Checked("pages", (practice.Row("a", "1", "1", True),))
            cell.outputs = [shown(right)]

    save(course / "notebooks" / "01_page_cache.ipynb", run)
    lesson, exercise = (overview := progress.show(course)).items
    assert lesson.run == lesson.cells and lesson.right == lesson.turns > 2
    assert overview.next == f"Next: {exercise.title}."


def test_the_saved_reports_count(course):
    answer(course, {"page_count": report("page_count", 2, 3), "resident_after": report("r", 2, 4)})
    exercise = progress.show(course).items[1]
    found = {p.problem: p for p in exercise.total.problems}
    assert found["page_count"].done and found["page_count"].score == 1
    assert found["page_count"].sentence.startswith("All visible checks pass (1);")
    assert found["resident_after"].sentence == "Not yet: 0 of 1 checks pass."
    assert exercise.total.sentence == "1 of 7 problems pass; 1 of 20 points."
    assert not exercise.finished


def test_an_exercise_of_which_all_is_seen_to_pass_is_finished(course):
    answer(course, {p: report(p, w, 3) for p, w in bank.problems("01_page_cache").items()})
    assert progress.show(course).items[1].finished


def test_the_total_of_a_notebook_follows_its_checks(course):
    folder = course / "exercises" / "01_page_cache"
    assert {p.sentence for p in progress.total(folder).problems} == {progress.NOT_RUN}
    repr(report("page_count", 2, 3))  # a cell shows it
    total = progress.total(folder)
    assert len(total.problems) == 7
    assert total.sentence == "1 of 7 problems pass; 1 of 20 points."
    assert "All visible checks pass" in total._repr_html_() and "- page_count: 1 of 2." in repr(
        total
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 7}', '{"cells": [7]}', "no JSON"])
def test_a_notebook_that_cannot_be_read_has_no_problems(course, text):
    path = course / "exercises" / "01_page_cache" / "01_page_cache.ipynb"
    path.write_text(text)
    assert [type(item).__name__ for item in progress.show(course).items] == ["Lesson"]
    assert progress.total(path.parent).problems == ()


def test_where_there_is_no_course_it_says_so(tmp_path):
    assert progress.show(tmp_path).next == "There are no lessons or exercises near this notebook."
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_x.ipynb").write_text(json.dumps({"cells": []}))
    assert len(progress.show(tmp_path).items) == 1
