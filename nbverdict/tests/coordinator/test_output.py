"""One limit of output holds for cells, tests, calls, programs and pages; one for pictures."""

import json
from dataclasses import replace

import pytest
from course import Course, answer, check
from nbverdict.assignment.instructor import InstructorCell, InstructorNotebook
from nbverdict.assignment.notebook import Cell, Notebook
from nbverdict.coordinator import grades
from nbverdict.coordinator.pool import Pool, _Run
from nbverdict.settings import Settings
from nbverdict.steps import CodeStep, Job, NotebookJob, Owners, Result, TestStep, Told
from nbverdict.student.shell import Outputs
from nbverdict.wire import frames
from nbverdict.wire.outputs import trimmed

SMALL = Settings(output=50, pictures=80)
PROGRAM = "import os\nos.system('printf %01000d 0')"
# Outputs that the shell did not make, three megabytes of them.
FORGED = """
made = {'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 10_000, 'more': 'y' * 10_000}
get_ipython().outputs.items += [made] * 150 + [{}] * 10_000 + [None, 7]
"""
STEPS = (
    CodeStep("print('x' * 1000)", 1, 0),
    CodeStep(PROGRAM + "\ndef says():\n    print('z' * 1000)", 2, 1),
    TestStep("own", "print('y' * 1000)", 1.0, Owners(), 2),
    TestStep("called", "says()", 1.0, Owners(student=("says",)), 3),
    CodeStep(FORGED, 3, 4),
)


@pytest.fixture(scope="module")
def messages():
    """Lengths of what the verdict processes say."""
    return []


@pytest.fixture(scope="module")
def results(messages):
    receive = frames.receive

    def noted(*arguments):
        head, blocks = receive(*arguments)
        messages.append(len(json.dumps(head)))
        return head, blocks

    with pytest.MonkeyPatch.context() as patch, Pool(SMALL, 1) as pool:
        patch.setattr(frames, "receive", noted)
        return pool.run(Job((NotebookJob("nb", {}, STEPS),))).results


def text(result: Result) -> str:
    return "".join(o["text"] for o in result.outputs if o["output_type"] == "stream")


@pytest.mark.parametrize(("step", "letter"), [(0, "x"), (1, "0"), (2, "y"), (3, "z")])
def test_what_is_printed_is_cut_at_the_limit(results, step, letter):
    found = text(results[0, step])
    assert found.count(letter) == SMALL.output, found


def test_every_step_has_its_result(results):
    assert set(results) == {(0, number) for number in range(len(STEPS))}
    assert [results[0, n].score for n in (2, 3)] == [1.0, 1.0]


def test_forged_outputs_are_cut_before_they_leave_the_verdict(results, messages):
    assert text(results[0, 4]) == "x" * SMALL.output
    assert "more" not in str(results[0, 4].outputs)
    assert max(messages) < 50_000


def test_all_cells_together_have_a_limit(monkeypatch):
    steps = tuple(CodeStep("", n, n) for n in range(4))
    run = _Run(Job((NotebookJob("nb", {}, steps),)), replace(SMALL, kept=250), 0.0)
    shown = {"output_type": "stream", "name": "stdout", "text": "x" * 60}
    for n in range(4):
        run._heard(Told("result", 0, n, Result((shown,) if n < 3 else ())))
    kept = [text(run.results[0, n]) for n in range(4)]
    assert kept[:2] == ["x" * 60] * 2 and "left out" in kept[2] and kept[3] == ""


def test_outputs_are_cut_by_kind():
    error = {"output_type": "error", "ename": "n" * 999, "evalue": 7, "traceback": ["t" * 40] * 99}
    page = {"output_type": "display_data", "data": {"text/html": "h" * 60, "x/y": "z"}}
    (found,) = trimmed([error, page, {"output_type": "odd"}, 5], SMALL)
    assert [len(line) for line in found["traceback"]] == [40, 10] + [0] * 58
    assert (len(found["ename"]), found["evalue"]) == (200, "")
    kept = trimmed((page, page), SMALL, html=True)
    assert [output["data"] for output in kept] == [{"text/html": "h" * 60}]
    assert trimmed({"no": "list"}, SMALL) == ()


def test_pictures_have_a_limit_of_their_own():
    shown = Outputs(SMALL)
    for size in (60, 60, 20):
        shown.data("display_data", {"image/png": "A" * size, "text/plain": "p"})
    assert [len(item["data"].get("image/png", "")) for item in shown.items] == [60, 0, 20]


@pytest.mark.parametrize(("size", "kept"), [(80, True), (81, False)])
def test_the_autograded_notebook_is_cut_too(size, kept):
    original = InstructorCell("", "plain", "code", "x")
    notebook = Notebook(InstructorNotebook("nb", [original]), [Cell("code", "x")])
    picture = {"output_type": "display_data", "data": {"image/png": "A" * size}}
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * 1000}
    made = grades.grade(notebook, {0: Result((picture, stream))}, SMALL).notebook
    *pictures, printed = made.cells[0].outputs
    assert len(pictures) == kept
    assert len(printed["text"]) == SMALL.output


def test_the_progress_bar_goes_to_a_terminal_or_where_it_is_asked_for(tmp_path):
    course = Course(tmp_path)
    course.assignment("a", {"nb": [answer("f", "f = 1"), check("test_f", 1, "assert f == 1")]})
    for student in ("ann", "bob"):
        course.submit(student, "a", course.model("a"))
    shown = {words: course.grade("a", "--force", *words).stderr for words in ((), ("--progress",))}
    assert "] 2/2 " in shown["--progress",] and " left" in shown["--progress",]
    assert "2/2" not in shown[()] and "isolation" in shown[()]
