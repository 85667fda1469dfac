"""Whatever an answer raises is shown, in all problems, and with no message for a value."""

import ast
import html
import itertools
import linecache
import warnings

import pytest

import bank
from course_lib import hints
from course_lib.checking.report_page import standing


def raising(source, what):
    """Return the source with every function's body replaced by ``raise ...``."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.parse(what).body[0]]
    return ast.unparse(tree)


def release_tests(assignment):
    """Yield (cell, is it a test, its problem) of the model notebook; tests as released."""
    book, release = bank.notebook("solutions", assignment), bank.notebook("exercises", assignment)
    shown = bank.cells(release)
    for cell in book.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            test = marks.get("grade") and not marks.get("solution")
            name = marks.get("grade_id", "")
            yield (shown[name].source if test else cell.source), marks, bool(test), name


def reports(assignment, *whats):
    """Return {problem: (what, report)} where the answer to each problem in turn raises."""
    namespace, found, answers = {"__name__": "__main__"}, {}, {}
    turns = itertools.cycle(whats)
    for number, (source, marks, test, name) in enumerate(release_tests(assignment)):
        if test:
            problem = name.removeprefix("test_")
            what = next(turns)
            execute(raising(answers[problem], what), f"<answer {number}>", namespace)
            execute(source, f"<test {number}>", namespace)
            found[problem] = what, namespace["report"]
            execute(answers[problem], f"<model {number}>", namespace)
            execute(source, f"<test again {number}>", namespace)
        else:
            if marks.get("solution"):
                answers[name] = source
            execute(source, f"<cell {number}>", namespace)
    return found


def execute(source, name, namespace):
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, name, "exec"), namespace)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hints, "_attempts", {})


@pytest.mark.linux
@pytest.mark.parametrize("assignment", bank.assignments())
@pytest.mark.parametrize("kinds", ["AttributeError KeyError", "TypeError OSError IndexError"])
def test_an_answer_that_raises_shows_its_kind_its_text_and_its_line(assignment, kinds, here):
    found = reports(assignment, *(f"raise {kind}('boom')" for kind in kinds.split()))
    assert found
    for problem, (what, report) in found.items():
        kind = what.split()[1].split("(")[0]
        if (problem, kind) == ("reserve_block", "OSError"):
            continue  # an OSError is its answer where there is no room: its number is judged
        failed = [r for r in report.rows if not r.ok and not r.waits and r.measured]
        assert failed and float(report) < report.points, problem
        text = html.unescape(report._repr_html_())
        told = f"{kind}: {'boom' if kind != 'KeyError' else repr('boom')}"
        assert told in text and told in str(report), f"{problem}\n{report}"
        assert what in text, f"{problem}\n{report}"


@pytest.mark.linux
@pytest.mark.parametrize("assignment", bank.assignments())
def test_an_untouched_cell_is_not_answered_yet_and_no_attempt(assignment, here):
    for problem, (_, report) in reports(assignment, "raise NotImplementedError()").items():
        assert standing(report.rows, report.points)[1] == "Not answered yet.", (
            f"{problem}\n{report}"
        )
        shown = report._repr_html_() + str(report)
        assert "<table" not in shown
        assert not any(row.message in shown for row in report.rows if row.message)
        assert float(report) == 0
        assert hints._attempts.get(problem, hints.Attempts()).tries == 0
