"""Masters become notebooks and releases: complete, clean, the same bytes every time."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from places import ROOT
from tools import build, table
from tools.masters import MasterError, read_master, to_text

LESSON = """\
# %% [markdown]
# # Pages
#
# A page has 4096 bytes.

# %% tags=["claim:A1"]
size = 4096


# %%
def pages(n):
    return -(-n // size)


# %%
pages(1)
"""

ASSIGNMENT = '''\
# %% [markdown]
# # Count pages

# %% locked="given"
size = 4096

# %% solution="page_count"
def page_count(n):
    """Return the number of pages of n bytes."""
    ### BEGIN SOLUTION
    return -(-n // size)
    ### END SOLUTION

# %% test="page_count" points=3
assert page_count(1) == 1
### BEGIN HIDDEN TESTS
assert page_count(4097) == 2
### END HIDDEN TESTS

# %% [markdown] manual="why" points=2
# Why are there pages?
#
# ### BEGIN SOLUTION
# One table entry a byte is too much.
# ### END SOLUTION
'''


TURN = '''
# %% turn="pages_of"
def pages_of(n):
    """Return the number of pages of n bytes."""
    ### BEGIN SOLUTION
    whole, part = divmod(n, 4096)
    return whole + bool(part)
    ### END SOLUTION


# %%
practice.check(pages_of, ("one byte", lambda: pages_of(1), 1, ""))

# %% [markdown]
# The end.
'''


@pytest.fixture
def course(tmp_path):
    """A course with one lesson and one assignment."""
    put(tmp_path / "notebooks/src/01_pages.py", LESSON)
    put(tmp_path / "solutions/01_count/01_count.py", ASSIGNMENT)
    put(tmp_path / "solutions/01_count/hints.toml", 'page_count = ["Round up."]\n')
    put(tmp_path / "README.md", f"# Course\n{table.BEGIN}\n{table.END}\nThe end.\n")
    return tmp_path


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def cells(path):
    return {
        c.metadata.get("nbgrader", {}).get("grade_id", c.id): c
        for c in nbformat.read(path, as_version=nbformat.NO_CONVERT).cells
    }


def test_build_makes_every_product(course):
    before = set(files(course))
    assert build.run(course, "", check=False) == 0
    assert set(files(course)) - before == {
        "notebooks/01_pages.ipynb",
        "solutions/01_count/01_count.ipynb",
        "exercises/01_count/01_count.ipynb",
        "exercises/01_count/hints.toml",
    }
    assert "[Pages](notebooks/01_pages.ipynb)" in (course / "README.md").read_text()
    assert "2 problems, 5 points" in (course / "README.md").read_text()


def test_an_exercise_stands_beside_the_last_part_of_its_lesson(course):
    put(course / "notebooks/src/01b_more.py", LESSON.replace("# # Pages", "# # More pages"))
    assert build.run(course, "", check=False) == 0
    rows = [line for line in (course / "README.md").read_text().splitlines() if line[:3] == "| 0"]
    assert [row.partition(" | ")[0] for row in rows] == ["| 01", "| 01b"]
    assert ["exercises/" in row for row in rows] == [False, True]


def test_rebuilding_changes_no_byte(course):
    build.run(course, "", check=False)
    first = files(course)
    for path in course.rglob("*.ipynb"):
        path.unlink()
    build.run(course, "", check=False)
    assert files(course) == first


def test_notebook_is_plain(course):
    build.run(course, "", check=False)
    notebook = json.loads((course / "notebooks/01_pages.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert [c["id"] for c in notebook["cells"]] == ["0", "1", "2", "3"]
    assert [c["metadata"] for c in notebook["cells"]] == [{}, {"tags": ["claim:A1"]}, {}, {}]
    assert all(c.get("outputs", []) == [] for c in notebook["cells"])


def test_a_cell_of_checks_is_folded(course):
    master = course / "notebooks/src/01_pages.py"
    put(master, LESSON.replace('["claim:A1"]', '["claim:A1", "hide-input"]'))
    metadata = read_master(master).notebook.cells[1].metadata
    assert metadata == {"tags": ["claim:A1", "hide-input"], "jupyter": {"source_hidden": True}}


def test_a_turn_is_empty_and_its_answer_stands_folded_after_the_check(course):
    master = course / "notebooks/src/01_pages.py"
    put(master, LESSON + TURN)
    empty, check, answer, end = read_master(master).notebook.cells[-4:]
    head = 'def pages_of(n):\n    """Return the number of pages of n bytes."""\n    '
    assert empty.source == head + "...  # Write your lines here."
    assert (empty.metadata.tags, answer.metadata.tags) == (["turn:pages_of"], ["answer:pages_of"])
    assert check.source.startswith("practice.check(pages_of") and end.source == "The end."
    body = "whole, part = divmod(n, 4096)\n    return whole + bool(part)"
    assert f"```python\n{head}{body}\n```" in answer.source
    assert answer.source.startswith("<details><summary>")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("practice.check(pages_of", "print(pages_of", "has to check it"),
        ("def pages_of", "def other", "needs `def pages_of"),
        ('turn="pages_of"', 'turn="pages_of" locked="given"', "no role, no points"),
    ],
)
def test_a_turn_that_is_wrong_names_itself(course, old, new, message):
    master = course / "notebooks/src/01_pages.py"
    put(master, (LESSON + TURN).replace(old, new))
    with pytest.raises(MasterError, match=message):
        read_master(master)


def test_roles_become_nbgrader_metadata(course):
    build.run(course, "", check=False)
    marks = {
        name: (m.grade, m.solution, m.locked, m.get("points"), m.schema_version)
        for name, cell in cells(course / "solutions/01_count/01_count.ipynb").items()
        if (m := cell.metadata.get("nbgrader"))
    }
    assert marks == {
        "given": (False, False, True, None, 3),
        "page_count": (False, True, False, None, 3),
        "test_page_count": (True, False, True, 3, 3),
        "why": (True, True, False, 2, 3),
    }


def test_release_holds_neither_solutions_nor_hidden_tests(course):
    build.run(course, "", check=False)
    release = cells(course / "exercises/01_count/01_count.ipynb")
    assert release["page_count"].source.endswith(
        "# YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert release["test_page_count"].source == "assert page_count(1) == 1"
    assert release["why"].source == "Why are there pages?\n\nYOUR ANSWER HERE"
    assert not (course / "exercises/01_count/01_count.py").exists()


def test_check_names_stale_missing_and_orphaned_files(course, capsys):
    build.run(course, "", check=False)
    assert build.run(course, "", check=True) == 0
    put(course / "notebooks/src/01_pages.py", LESSON.replace("4096 bytes", "4 KiB"))
    (course / "exercises/01_count/hints.toml").unlink()
    put(course / "exercises/02_gone/02_gone.ipynb", "{}")
    capsys.readouterr()
    before = files(course)
    assert build.run(course, "", check=True) == 1
    assert files(course) == before
    assert capsys.readouterr().err.splitlines() == [
        "exercises/01_count/hints.toml: stale; run `make build`",
        "notebooks/01_pages.ipynb: stale; run `make build`",
        "exercises/02_gone/02_gone.ipynb: no master makes it; run `make build`",
    ]


def test_build_removes_orphans(course):
    put(course / "exercises/02_gone/02_gone.ipynb", "{}")
    assert build.run(course, "", check=False) == 0
    assert not (course / "exercises/02_gone/02_gone.ipynb").exists()


def test_prefix_builds_only_what_begins_so(course):
    put(course / "notebooks/src/02_other.py", "# %% [markdown]\n# # Other\n")
    put(course / "notebooks/src/03_broken.py", "# %% wrong=1\nx = 1\n")
    assert build.run(course, "02", check=False) == 0
    assert (course / "notebooks/02_other.ipynb").exists()
    assert not (course / "notebooks/01_pages.ipynb").exists()


def test_failed_build_changes_nothing(course):
    build.run(course, "", check=False)
    before = files(course)
    put(course / "notebooks/src/02_broken.py", "# %% wrong=1\nx = 1\n")
    put(course / "notebooks/src/01_pages.py", LESSON + "\n# %%\nsize\n")
    assert build.run(course, "", check=False) == 1
    assert {k: v for k, v in files(course).items() if k in before and k.endswith("ipynb")} == {
        k: v for k, v in before.items() if k.endswith("ipynb")
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# %% wrong=1\nx", "cell 1 .*unknown metadata \\['wrong'\\]"),
        ('# %% solution="f"\ndef f(): ...', "cell 1 .*holds no ### BEGIN SOLUTION"),
        ('# %% solution="f"\n### BEGIN SOLUTION\nx', "cell 1 .*without ### END SOLUTION"),
        ("# %%\n### BEGIN SOLUTION\nx\n### END SOLUTION", "cell 1 .*without a role"),
        ("# %%\n### END HIDDEN TESTS", "cell 1 .*without ### BEGIN HIDDEN TESTS"),
        ('# %% test="f"\nassert 1', "cell 1 .*points=None"),
        ('# %% test="f" points=2\nassert 1', "test='f' has no solution='f'"),
        ('# %% locked="a" points=2\nx', "cell 1 .*points belong to test and manual"),
        ('# %% locked="a"\nx\n\n# %% locked="a"\ny', "names used twice: \\['a'\\]"),
        ('# %% locked="a" test="b" points=1\nx', "cell 1 .*one role a cell"),
        ('# %% manual="a" points=1\nx', "cell 1 .*manual cells are markdown"),
        ("# %% [raw]\nx", "cell 1 .*not raw"),
    ],
)
def test_mistakes_of_authors_name_the_file_and_the_cell(tmp_path, text, says):
    put(tmp_path / "01_wrong.py", "# %% [markdown]\n# # Title\n\n" + text + "\n")
    with pytest.raises(MasterError, match=f"01_wrong.py.*{says}"):
        read_master(tmp_path / "01_wrong.py")


def test_bytes_do_not_depend_on_hash_seed_or_locale(course):
    """Another process with other settings makes the same text."""
    path = course / "notebooks/src/01_pages.py"
    code = "import sys; from tools.masters import *; from pathlib import Path;"
    code += "sys.stdout.write(to_text(read_master(Path(sys.argv[1])).notebook))"
    environment = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, path], env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode() == to_text(read_master(path).notebook)


@pytest.mark.slow
def test_generate_assignment_makes_the_same_release(course):
    """`nbgrader generate_assignment` and `make build` agree to the byte."""
    build.run(course, "", check=False)
    ours = files(course / "exercises")
    shutil.rmtree(course / "exercises")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01_count"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert files(course / "exercises") == ours


def test_the_course_is_built():
    """Every generated file in this checkout comes from its master as it is now."""
    assert build.run(ROOT, "", check=True) == 0
