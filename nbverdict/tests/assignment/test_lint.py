"""What the lint says before anything is run: nothing wrong about tests that work."""

import pytest
from course import answer, check, plain
from nbverdict.assignment.lint import from_source, problems

BEFORE = [
    plain("import inspect"),
    answer("f", "def f(i):\n    return i * i * k"),
    answer("data", "k = 3\ni = 4"),
]


def said(test: str) -> list[str]:
    nb = {"cells": [*BEFORE, check("t", 1, test)]}
    return [text for _, text in problems(from_source(nb, "nb"))]


@pytest.mark.parametrize(
    "test",
    [
        "for i in range(4): assert f(i)",  # an argument, and no function reads the name
        "### AUTOTEST f(2)",
        "%%time\nassert f(2)",
        "# nothing",
        "assert 'f' in dir() and 'k' in globals()",
        "assert inspect.signature(f)",
    ],
)
def test_what_works_is_not_named(test):
    assert said(test) == []


@pytest.mark.parametrize(
    ("test", "start"),
    [
        ("k = 5\nassert f(1)", "sets k, which the student's code does not see"),
        ("assert inspect.getsource(f)", "inspect.getsource(): reads the source"),
        ("x = !ls", "uses a shell command"),
        ("%%bash\nls", "uses a shell command or cell magic"),
        ("assert f(", "is no Python"),
    ],
)
def test_what_does_not_work_is_named(test, start):
    assert len(said(test)) == 1 and said(test)[0].startswith(start)
