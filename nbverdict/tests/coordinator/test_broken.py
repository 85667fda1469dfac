"""Broken submissions: a defined mark, a reason for both sides, neighbours keep their points."""

import json
import os
import shutil

import pytest
from course import Course, answer, check, leftovers, manual, plain, shown
from nbverdict.coordinator import submission

A = "hw"
CELLS = [
    plain("import os\nimport numpy as np"),
    answer("one", "def one():\n    return 1"),
    check("test_one", 1, "assert one() == 1"),
    answer("two", "def two():\n    return 2"),
    check("test_two", 2, "assert two() == 2"),
    answer("three", "def three():\n    return 3"),
    check("test_three", 4, "assert three() == 3"),
    manual("words", 3, "Some words."),
]
# The code that stands for problem two, and what is left then: problems one and three.
BAD_CODE = {
    "loop": "while True: pass",
    "deaf_loop": "def two():\n    while True:\n        try:\n            while True: pass\n"
    "        except BaseException: pass",
    "exit": "def two():\n    os._exit(1)",
    "segfault": "def two():\n    import ctypes\n    return ctypes.string_at(0)",
    "allocates": "def two():\n    a = np.ones((3 << 30) // 8)\n    return 3",
    "prints": "def two():\n    print('x' * 200_000_000)\n    return 3",
    "daemon": "import subprocess\n"
    "subprocess.Popen(['sleep', '98765'], start_new_session=True)\ndef two(): return 3",
    "nul": "def two():\n    return '\0'",
    "syntax": "def two(:",
    "recursion": "def two():\n    return two()",
    "stops": "raise KeyboardInterrupt",
    "quits": "import sys\nsys.exit()",
    "object": "class Odd: pass\ndef two(): return Odd()",
    "closes": "for n in range(200):\n    try: os.close(n)\n    except OSError: pass",
    "threads": "import threading\n"
    "threading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()\n"
    "def two(): return 3",
}
OTHERS = {"test_one": 1.0, "test_two": 0.0, "test_three": 4.0}
NOTHING = {"test_one": 0.0, "test_two": 0.0, "test_three": 0.0}
FULL = {"test_one": 1.0, "test_two": 2.0, "test_three": 4.0}


def _cell(notebook: dict, name: str) -> dict:
    named = [
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    ]
    return named[0]


def _delete(*names):
    def change(title, notebook):
        notebook["cells"] = [
            c for c in notebook["cells"]
            if c["metadata"].get("nbgrader", {}).get("grade_id") not in names
        ]  # fmt: skip

    return change


def _duplicate(title, notebook):
    notebook["cells"] += [dict(_cell(notebook, "test_two")), dict(_cell(notebook, "two"))]


def _retype(title, notebook):
    cell = _cell(notebook, "test_two")
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


def _reverse(title, notebook):
    notebook["cells"].reverse()
    notebook["cells"].insert(0, notebook["cells"].pop())


def _old_format(title, notebook):
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]


def _kernel(title, notebook):
    notebook["metadata"]["kernelspec"] = {"name": "julia", "display_name": "Julia"}


def _same_ids(title, notebook):
    for cell in notebook["cells"]:
        cell["id"] = "same"


def _worksheets(title, notebook):
    """Turn it into the format of 2013, with something in it that is no cell."""
    cells = notebook.pop("cells")
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    notebook["worksheets"] = [{"cells": [7, *cells]}]


def _many_cells(title, notebook):
    notebook["cells"] += [
        {"cell_type": "code", "id": f"x{n}", "metadata": {}, "source": "1 + 1", "outputs": [],
         "execution_count": None} for n in range(10_000)
    ]  # fmt: skip


def _odd_metadata(title, notebook):
    notebook["cells"][0]["metadata"] = {"nbgrader": {"grade_id": 7}}
    notebook["cells"].append({"cell_type": "code", "source": ["x", 1, None], "metadata": None})
    notebook["cells"] += ["no cell", {"cell_type": "sql", "source": 5}]


CHANGED = {
    "deleted_test": (_delete("test_two"), FULL),
    "deleted_answer": (_delete("two"), OTHERS),
    "duplicated": (_duplicate, FULL),
    "retyped": (_retype, FULL),
    "reordered": (_reverse, FULL),
    "format_4_4": (_old_format, FULL),
    "wrong_kernel": (_kernel, FULL),
    "same_ids": (_same_ids, FULL),
    "many_cells": (_many_cells, FULL),
    "worksheets": (_worksheets, FULL),
    "odd_metadata": (_odd_metadata, FULL),
}
UNREADABLE = {
    "corrupt": b'{"cells": [',
    "empty": b"",
    "nul_bytes": b"\0" * 1000,
    "list": b"[]",
    "deep": b"[" * 100_000,
    "no_cells": b'{"nbformat": 4}',
    "sheets": b'{"worksheets": 7}',
    "null_sheet": b'{"worksheets": [null]}',
    "sheet_of_null": b'{"worksheets": [{"cells": null}]}',
    "latin": '{"cells": [{"source": "\xe9"}]}'.encode("latin-1"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a class in which everybody has done something wrong: (course, scores, run)."""
    course = Course(tmp_path_factory.mktemp("broken"))
    course.assignment(A, {"nb": CELLS})
    course.assignment("other", {"nb": [answer("else", "x = 1"), check("test_else", 1, "assert x")]})
    model = course.model(A)["nb"]
    course.submit("Zoë Ångström", A, {"nb": model})
    for student, code in BAD_CODE.items():
        course.submit(student, A, {"nb": {**model, "two": code}})
    for student, (change, _) in CHANGED.items():
        course.submit(student, A, {"nb": model}, change=change)
    for student, content in UNREADABLE.items():
        (course.folder(student, A) / "nb.ipynb").write_bytes(content)
    course.folder("missing", A)
    course.submit("foreign", "other", course.model("other"))
    shutil.move(course.root / "submitted/foreign/other", course.root / "submitted/foreign" / A)
    os.symlink("/etc/passwd", course.folder("link", A) / "nb.ipynb")
    os.mkfifo(course.folder("pipe", A) / "nb.ipynb")
    (course.folder("large", A) / "nb.ipynb").write_bytes(b" " * (21 << 20))
    done = course.grade(A, "--timeout", "3")
    return course, course.scores(A), done


@pytest.mark.parametrize("student", BAD_CODE)
def test_bad_code_costs_its_own_problem_only(graded, student):
    course, scores, _ = graded
    assert scores[student] == OTHERS | {"words": None}
    assert len(shown(course.graded(student, A, "nb"), "test_two")) > 40


@pytest.mark.parametrize("student", CHANGED)
def test_changed_notebooks_have_a_defined_mark(graded, student):
    _, scores, _ = graded
    got = {name: score for name, score in scores[student].items() if name != "words"}
    assert got == CHANGED[student][1]


@pytest.mark.parametrize("student", [*UNREADABLE, "missing", "link", "pipe", "large", "foreign"])
def test_what_cannot_be_graded_scores_zero_with_a_reason(graded, student):
    course, scores, done = graded
    assert scores[student] == NOTHING | {"words": 0.0}
    assert student == "foreign" or "No points" in shown(course.graded(student, A, "nb"), "test_one")
    assert f"  {student}: " in done.stdout


def test_names_with_spaces_and_accents(graded):
    _, scores, _ = graded
    assert scores["Zoë Ångström"] == FULL | {"words": None}


def test_the_summary_says_what_happened(graded):
    _, _, done = graded
    assert done.returncode == 0
    count = 1 + len(BAD_CODE) + len(CHANGED) + len(UNREADABLE) + 5
    assert done.stdout.startswith(f"{count} graded in")
    assert "deaf_loop: test_two: No points: it took longer than 3 s" in done.stdout


def test_output_is_cut(graded):
    course, _, _ = graded
    path = course.root / "autograded" / "prints" / A / "nb.ipynb"
    assert path.stat().st_size < 400_000


def test_nothing_is_left(graded):
    course, _, _ = graded
    assert not leftovers("98765", str(course.root))


def test_a_regrade_replaces_the_old_grade(graded):
    course, scores, _ = graded
    assert scores["exit"]["test_one"] == 1.0
    (course.folder("exit", A) / "nb.ipynb").write_bytes(b"")
    course.grade(A, "--student", "exit", "--force")
    assert course.scores(A)["exit"] == NOTHING | {"words": 0.0}
    for folder, when in (("submitted", "2026-01-02"), ("autograded", "2026-01-01")):
        (course.root / folder / "exit" / A / "timestamp.txt").write_text(f"{when} 00:00:00 UTC")
    course.submit("exit", A, course.model(A))
    assert "1 graded" in course.grade(A, "--student", "exit").stdout
    assert course.scores(A)["exit"] == FULL | {"words": None}


def test_a_full_disk_fails_one_submission_and_says_so(graded, monkeypatch):
    course, _, _ = graded
    from nbverdict.coordinator import autograded

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(autograded.tempfile, "mkdtemp", full)
    with pytest.raises(OSError, match="No space"):
        autograded.save(str(course.root / "autograded" / "x" / A), [], {})


def test_the_strict_exit_status(graded):
    course, _, _ = graded
    done = course.grade(A, "--student", "corrupt", "--force", "--strict", check=False)
    assert done.returncode == 3
    assert course.grade("no_such", check=False).returncode == 2
    assert json.loads(json.dumps(course.graded("corrupt", A, "nb")))["cells"]


@pytest.mark.parametrize(
    "content",
    [{"worksheets": [None]}, {"worksheets": [7]}, {"worksheets": 7}, {"worksheets": [{}]},
     {"worksheets": [{"cells": None}]}, {"worksheets": [{"cells": 7}]}, {"cells": 7}, {}, [], 7],
    ids=str,
)  # fmt: skip
def test_json_of_another_shape_is_unreadable(content):
    with pytest.raises(submission.Unreadable, match="it has no list of"):
        submission._parse(json.dumps(content).encode())


def test_cells_of_an_old_notebook_are_found():
    old = {"worksheets": [{"cells": [{"input": "x = 1"}, 7]}, {"cells": [{"source": "y"}]}]}
    cells = submission._parse(json.dumps(old).encode())
    assert [cell["source"] for cell in cells] == ["x = 1", "y"]
