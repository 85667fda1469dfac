"""The check of a "your turn": it teaches, never raises, and sees what is not answered."""

import nbformat
import numpy as np
import pytest

from course_lib import practice
from tools import run_notebook


def empty(path, block):
    """Do something."""
    ...  # Write your lines here.


def rows(answer, *tests):
    return practice.check(answer, *tests).rows


def never():
    raise AssertionError("a test ran on an empty cell")


def test_an_empty_answer_is_not_answered_and_no_test_runs():
    found = practice.check(empty, ("pages", never, 3, "Round up."))
    assert not found.answered and not found.passed
    assert repr(found).startswith("empty: not answered yet.")
    assert "<table" not in found._repr_html_() and "not answered yet" in found._repr_html_()


@pytest.mark.parametrize(
    "written",
    [lambda x: x, lambda: 3, lambda x: print(x), lambda x: [], len, lambda x: x.append(None)],
)
def test_any_line_is_an_answer(written):
    assert not practice.is_untouched(written)


def test_a_wrong_answer_shows_both_values_and_what_to_learn():
    found = practice.check(len, ("pages", lambda: 2, 3, "Round up."), ("calls", lambda: 1, 1, ""))
    assert not found.passed
    assert repr(found) == (
        "len: not right yet.\n- pages: expected 3, yours 2. Round up.\n- calls: 1, right"
    )
    assert "<td" in found._repr_html_() and "Round up." in found._repr_html_()


def test_markup_in_a_value_stays_text():
    assert "<b>" not in practice.check(len, ("x", lambda: "<b>", 3, "<b>"))._repr_html_()[40:]


def test_an_error_is_shown_with_its_line_and_ends_the_tests():
    made: dict = {}
    exec(compile("def half(x):\n    y = x\n    return 1 // y", "<cell>", "exec"), made)
    half = made["half"]
    found = practice.check(half, ("of 0", lambda: half(0), 1, ""), ("again", never, 1, ""))
    assert [row.right for row in found.rows] == [False]
    assert found.rows[0].yours.startswith("stopped by ZeroDivisionError")
    assert found.rows[0].yours.endswith("(line 3 of your cell)")


def test_what_cannot_be_measured_is_neither_right_nor_wrong():
    found = practice.check(
        len, ("pages", never, None, ""), ("peak", never, practice.AtMost(None), "")
    )
    assert found.passed
    assert repr(found).count("cannot be measured here") == 2


def test_none_from_an_answer_asks_for_the_return():
    assert "return its result" in rows(len, ("n", lambda: None, 3, "Count."))[0].learn


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [
        (3, 3, True),
        (3.0000000001, 3.0, True),
        (0.1, 0.2, False),
        (5, practice.AtMost(5, "pages"), True),
        (6, practice.AtMost(5, "pages"), False),
        (np.arange(3), np.arange(3), True),
        (np.arange(3.0), np.arange(3), False),
        ([0, 1, 2], np.arange(3), False),
        (np.array([[1]]), np.array([1]), False),
        ([1, 2], [1, 2], True),
        ((1, 2), [1, 2], False),
    ],
)
def test_what_counts_as_the_same(got, expected, right):
    assert rows(len, ("x", lambda: got, expected, ""))[0].right is right


def test_limits_and_long_values_are_readable():
    limit = rows(len, ("peak", lambda: 3 * 2**20, practice.AtMost(2**20, "bytes"), ""))[0]
    assert (limit.expected, limit.yours) == ("at most 1.0 MiB", "3.0 MiB")
    long = rows(len, ("x", lambda: np.arange(1000.0) * 3, np.zeros(3), ""))[0]
    assert len(long.yours) <= 80


def test_a_notebook_with_answers_checks_both_states():
    new = nbformat.v4
    check = "practice.check(double, ('of 3', lambda: double(3), 6, ''))"
    cells = [
        new.new_code_cell("def double(x):\n    ..."),
        new.new_code_cell(check),
        new.new_markdown_cell("```python\ndef double(x):\n    return 2 * x\n```"),
    ]
    cells[2].metadata["tags"] = ["answer:double"]
    notebook = new.new_notebook(cells=cells)
    run_notebook.put_answers(notebook)
    sources = [c.source for c in notebook.cells if c.cell_type == "code"]
    assert sources[2].endswith("return 2 * x") and sources[1] == sources[3] == check
    names: dict = {"practice": practice}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            last = eval(cell.source, names) if "check(" in cell.source else exec(cell.source, names)
            data = {"text/plain": repr(last)}
            cell.outputs = [new.new_output("execute_result", data=data)] if last else []
    assert run_notebook.wrong_checks(notebook) == []
    notebook.cells[1].outputs, notebook.cells[-1].outputs = [], notebook.cells[1].outputs
    assert [text.split(":")[0] for text in run_notebook.wrong_checks(notebook)] == [
        "check of double, empty", "check of double, answered",
    ]  # fmt: skip
