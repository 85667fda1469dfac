"""The Validate button of JupyterLab agrees with the report; partial credit stays as it was."""

import copy

import nbformat
import pytest
from nbgrader.validator import Validator

import bank
from course_lib.checking import check

pytestmark = pytest.mark.linux


def validated(book, folder):
    """Return what nbgrader's validator finds in a notebook: {problem: its text}."""
    path = folder / "answers.ipynb"
    nbformat.write(book, path)
    failed = Validator().validate(str(path)).get("failed", [])
    names = {
        cell.source.strip(): name.removeprefix("test_") for name, cell in bank.cells(book).items()
    }
    return {names[cell["source"]]: cell["raw_error"] for cell in failed}


@pytest.mark.parametrize("assignment", bank.assignments())
def test_model_answers_validate(assignment, tmp_path):
    found = validated(bank.answers(assignment, {}), tmp_path)
    assert not set(found) & set(bank.problems(assignment)), found


def test_an_untouched_notebook_does_not_and_says_why(tmp_path):
    found = validated(bank.notebook("exercises", "01_page_cache"), tmp_path)
    assert set(found) == set(bank.problems("01_page_cache"))
    assert all("Not answered yet." in text for text in found.values()), found


def test_a_wrong_answer_does_not_and_says_what_came(tmp_path):
    book = copy.deepcopy(bank.answers("01_page_cache", {}))
    cell = bank.cells(book)["page_count"]
    cell.source = "def page_count(start, stop, page_size=4096):\n    return 7\n"
    found = validated(book, tmp_path)
    assert set(found) == {"page_count"}
    assert "expected 2, got 7" in found["page_count"]


@pytest.mark.parametrize("validating", [True, False])
def test_what_a_cell_prints_is_the_score_but_for_validation(validating, monkeypatch, capsys):
    if validating:
        monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    right, wrong = (check.Report("p", "t", points=3) for _ in range(2))
    right.equal("three", right.run(lambda: 3), 3, points=1)
    wrong.equal("three", wrong.run(lambda: 4), 3, points=1)
    wrong.equal("four", wrong.run(lambda: 4), 4, points=1)
    assert repr(right) == ("3" if validating else "1")
    assert repr(wrong) == "1"
    assert ("expected 3, got 4" in capsys.readouterr().err) == validating
