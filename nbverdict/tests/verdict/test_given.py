"""Functions that unlocked cells give: a student may edit them, and it brings no points."""

import pytest
from course import Course, answer, check, plain
from nbverdict.assignment import given_functions
from nbverdict.assignment.lint import from_source
from nbverdict.steps import Owners

A = "hw"
HELPERS = """
import math, os
calls = []
def near(a, b): return math.fabs(a - b) < 1e-9
def both(a, b): return near(a, b) and near(b, a)
def listed(): return os.listdir()
def noted(x): calls.append(x)
def tick(): tick.calls += 1
tick.calls = 0
"""


def _owners(test: str, helpers: str = HELPERS) -> Owners:
    cells = [plain(helpers), answer("f", "def f(): return 1"), check("test", 1, test)]
    notebook = from_source({"cells": cells}, "nb")
    return notebook.owners(notebook.cells[-1])


def test_what_only_computes_runs_beside_the_test():
    owners = _owners("assert both(f(), 1)")
    assert {"near", "both"} <= set(owners.remade)
    assert owners.rerun_first == ()


@pytest.mark.parametrize("name", ["listed", "noted"])
def test_what_reaches_the_process_is_defined_there_anew(name):
    owners = _owners(f"f()\n{name}")
    assert [text.split("(")[0] for text in owners.rerun_first] == [f"def {name}"]
    assert name in owners.student


def test_what_is_handed_on_is_defined_there_anew():
    owners = _owners("list(map(near, [f()], [1]))")
    assert len(owners.rerun_first) == 1 and "near" in owners.student


def test_what_keeps_attributes_stays_as_it_is():
    owners = _owners("f()\ntick()")
    assert owners.rerun_first == () and "tick" in owners.student


def test_a_test_that_asks_for_no_answer_tests_the_given_function():
    owners = _owners("assert both(1, 1)")
    assert owners.rerun_first == () and {"near", "both"} <= set(owners.student)
    assert _owners("assert use()", "def use(): return f()").rerun_first == (
        "def use():\n    return f()",
    )


def test_globals_of_nested_functions():
    text = (
        "@once\ndef f(x, n=SIZE):\n    def g(y): return y + x + more\n    return [g(z) for z in x]"
    )
    assert given_functions.globals_of(text) == {"once", "SIZE", "more"}


def test_an_edit_is_undone_and_an_answer_in_an_unlocked_cell_counts(tmp_path):
    course = Course(tmp_path)
    cells = [
        plain("def near(a, b):\n    return abs(a - b) < 1e-9\n\ndef keep(x):\n"
              "    open('kept', 'a').write('.')\n    return f(x)"),
        answer("f", "def f(x):\n    return 2 * x"),
        check("test_near", 1, "assert near(f(1), 2)"),
        check("test_keep", 2, "assert [keep(3)] == list(map(keep, [3])) == [6]"),
        plain("def starter(x):\n    return 0"),
        check("test_starter", 4, "assert starter(1) == 2"),
    ]  # fmt: skip
    course.assignment(A, {"nb": cells})

    def edit(first: str, second: str):
        def change(title, notebook):
            notebook["cells"][0]["source"] = first
            notebook["cells"][4]["source"] = second

        return change

    wrong = {"nb": {"f": "def f(x):\n    return 0"}}
    cheat = "def near(a, b):\n    return True\n\ndef keep(x):\n    return 6"
    solved = "def starter(x):\n    return x + 1"
    course.submit("cheat", A, wrong, change=edit(cheat, solved))
    course.submit("careless", A, course.model(A), change=edit("", solved))
    course.grade(A)
    scores = course.scores(A)
    assert scores["cheat"] == {"test_near": 0.0, "test_keep": 0.0, "test_starter": 4.0}
    assert scores["careless"] == {"test_near": 1.0, "test_keep": 2.0, "test_starter": 4.0}
