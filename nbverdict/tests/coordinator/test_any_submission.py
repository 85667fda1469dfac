"""Whatever is handed in gets a mark or a reason: any JSON, any file name, any error of ours."""

import json
import os
import shutil

import pytest
from course import Course, answer, check, plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbverdict.coordinator import autograded, grades, submission
from nbverdict.coordinator.batch import Batch
from nbverdict.course import course_directory
from nbverdict.settings import Settings
from nbverdict.steps import Answer, Result

A = "hw"
RIGHT = {"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = Course(tmp_path_factory.mktemp("any"))
    cells = [plain("import os"), answer("one", "x = 1"), check("test_one", 2, "assert x == 1")]
    made.assignment(A, {"nb": cells}, files={"hints.toml": b"a = 1"})
    return made


@pytest.fixture
def batch(course):
    """A batch over an empty class; nothing is run."""
    shutil.rmtree(course.root / "submitted", ignore_errors=True)
    with Batch(course_directory(course.root), A, Settings(), force=True) as made:
        yield made


def scores(course, batch, run=lambda job: Answer({})):
    """Grade the class; return {student: (status, marks)}."""
    entries = batch.run(run, 1)
    marks = course.scores(A)
    return {entry.student: (entry.status, marks.get(entry.student)) for entry in entries}


# Any JSON where a notebook has a value, lone surrogates and huge numbers included.
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NBGRADER = st.fixed_dictionaries(
    {}, optional={"grade_id": st.sampled_from(["one", "test_one", "x"]) | VALUES, "grade": VALUES}
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | VALUES,
        "source": st.lists(TEXT, max_size=3) | VALUES,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": NBGRADER | VALUES}) | VALUES,
        "attachments": st.dictionaries(TEXT, st.dictionaries(
            st.sampled_from(["image/png", "image/svg+xml"]), TEXT)) | VALUES,
    },
)  # fmt: skip
SHEETS = st.lists(st.fixed_dictionaries({}, optional={"cells": st.lists(CELLS | VALUES)}) | VALUES)
NOTEBOOKS = VALUES | st.fixed_dictionaries(
    {}, optional={"cells": st.lists(CELLS | VALUES, max_size=4) | VALUES,
                  "worksheets": SHEETS | VALUES},
)  # fmt: skip
OUTPUTS = st.lists(st.fixed_dictionaries({}, optional={
    "output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"]),
    "text": TEXT | VALUES, "name": VALUES, "ename": VALUES, "evalue": VALUES,
    "traceback": st.lists(TEXT) | VALUES,
    "data": st.dictionaries(st.sampled_from(["text/plain", "text/html", "image/png"]), TEXT),
}), max_size=3)  # fmt: skip


@settings(
    max_examples=150, deadline=None, database=None, derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(NOTEBOOKS, OUTPUTS)
def test_any_json_can_be_graded_and_saved(batch, tmp_path, content, shown):
    (tmp_path / "nb.ipynb").write_text(json.dumps(content))
    notebooks, files, _ = submission.read(str(tmp_path), batch.assignment)
    (notebook,) = notebooks
    results = {n: Result(tuple(shown)) for n in range(len(notebook.cells))}
    graded = grades.grade(notebook, {} if notebook.broken else results, batch.settings)
    assert [mark.auto for mark in graded.grades] == [0.0]
    made = autograded.save(str(tmp_path / "graded" / A), [graded], files)
    assert json.loads((tmp_path / "graded" / os.path.basename(made) / "nb.ipynb").read_text())
    autograded.remove(made)


FAULT = KeyError("\ud800 of\nthe grader")


def test_what_the_grader_cannot_handle_gets_0_after_the_second_try(course, batch, monkeypatch):
    for student in ("ann", "bob", "cy"):
        course.submit(student, A, {})
    read, seen = submission.read, []

    def fails(folder, assignment):
        seen.append(folder.split("/")[-2])
        if seen[-1] == "bob" or (seen[-1] == "cy" and seen.count("cy") == 1):
            raise FAULT
        return read(folder, assignment)

    monkeypatch.setattr(submission, "read", fails)
    entries = {entry.student: entry for entry in batch.run(lambda job: Answer({}), 1)}
    assert sorted(seen) == ["ann", "bob", "bob", "cy", "cy"]
    assert {name: entry.status for name, entry in entries.items()} == dict.fromkeys(
        ("ann", "bob", "cy"), "graded"
    )
    assert course.scores(A)["bob"] == {"test_one": 0.0}
    reason = "the grader failed twice on this submission (KeyError: '\\ud800 of\\nthe grader')"
    assert entries["bob"].notes == [reason] and entries["bob"].broken
    assert reason in str(course.graded("bob", A, "nb")).replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("error", "status"),
    [(OSError(28, "No space left on device"), "failed"), (OSError(24, "Too many"), "failed"),
     (OSError(36, "File name too long"), "graded"), (RuntimeError("a worker died"), "failed"),
     (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), "graded")],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_only_the_machines_errors_leave_no_mark(course, batch, error, status):
    course.submit("ann", A, {})

    def run(job):
        raise error

    entries = batch.run(run, 1)
    assert [(entry.status, len(entry.notes)) for entry in entries] == [(status, 1)]
    assert str(error).split("] ")[-1].split("'")[0] in entries[0].notes[0]


CLASHES = {
    "folder_for_file": ("hints.toml/x", "hints.toml/x was left out: the assignment has"),
    "folder_for_notebook": ("nb.ipynb/x", "nb.ipynb/x was left out: the assignment has"),
    "long_path": ("/".join(["d" * 250] * 14) + "/x", "x was left out: its path has more than"),
    "line_break": ("big\nFORGED", "big\\nFORGED was left out"),
}


def test_files_that_cannot_be_kept_are_left_out(course, batch):
    for student, (name, _) in CLASHES.items():
        if student != "folder_for_notebook":
            course.submit(student, A, {})
        path = course.folder(student, A) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if student == "line_break":
            path.symlink_to("/etc/passwd")
        else:
            path.write_text("x")
    entries = batch.run(lambda job: Answer({}), 1)
    for entry in entries:
        assert entry.status == "graded"
        assert any(CLASHES[entry.student][1] in note for note in entry.notes), entry.notes
        assert not any("\n" in note for note in entry.notes)


def test_nothing_begins_a_line_of_the_log(course, batch):
    from nbverdict.coordinator import summary

    course.submit("ann", A, {})
    result = Result(reason="No points: a\nFORGED \u2028FORGED \x1b[1mx.", broken=True)
    (entry,) = batch.run(lambda job: Answer({(0, 2): result}, ("died\nFORGED",)), 1)
    summary.log_line(batch, "one\nFORGED")
    log = (course.root / "grading.log").read_text()
    for line in [*log.splitlines(), *entry.notes]:
        assert not line.startswith("FORGED") and "\n" not in line and "\x1b" not in line
    assert "FORGED" in log and len(entry.notes) == 2
