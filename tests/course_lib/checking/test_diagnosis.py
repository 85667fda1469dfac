"""Mistakes are named by how an answer behaves, and never by guessing."""

import json
import mmap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bank
from course_lib import hints
from course_lib.checking import check, diagnosis, full_check
from course_lib.checking.diagnosis import PASSED, UNKNOWN, Known, diagnose
from places import ROOT
from tools import diagnoses

HALF = Known("You rounded down.", (PASSED, "value aa", "over 11"))
OTHER = Known("You forgot the end.", (PASSED, "value bb", PASSED))


@pytest.mark.parametrize(("rows", "said"), [
    ((PASSED, "value aa", "over 11"), "You rounded down."),
    ((PASSED, "value aa", "over 22"), "You rounded down."),  # counts of another machine
    ((PASSED, "value aa", UNKNOWN), "Perhaps: You rounded down."),
    ((PASSED, "value bb", PASSED), "You forgot the end."),
    ((PASSED, "value cc", PASSED), ""),
    (("value aa", "value aa", "over 11"), ""),  # a row that the known answer passes
    ((PASSED, "value aa", PASSED), ""),
    ((PASSED, "error KeyError", PASSED), ""),
    ((PASSED, PASSED, PASSED), ""),
    ((UNKNOWN, UNKNOWN, UNKNOWN), ""),
    ((PASSED, "value aa"), ""),  # a table of other rows
])  # fmt: skip
def test_an_answer_is_named_if_it_agrees_in_every_row(rows, said):
    assert str(diagnose(rows, [HALF, OTHER]) or "") == said


def test_two_messages_are_said_as_either_or_and_three_not_at_all():
    alike = [Known(f"Mistake {n}.", HALF.rows) for n in range(3)]
    assert str(diagnose(HALF.rows, alike[:2])) == "Either: Mistake 0. Or: Mistake 1."
    assert diagnose(HALF.rows, alike) is None


def test_an_unstable_value_agrees_with_any_other_value_but_not_with_an_error():
    known = [Known("It depends on the time.", ("value ~", "value aa"))]
    assert diagnose(["value 77", "value aa"], known) is not None
    assert diagnose(["error KeyError", "value aa"], known) is None
    with pytest.raises(ValueError, match="from run to run"):
        diagnosis.merged(Known("m", (PASSED,)), Known("m", ("value aa",)))
    assert diagnosis.merged(Known("m", ("value a",)), Known("m", ("value b",))).rows == ("value ~",)


def test_unstable_values_alone_name_nothing():
    known = [Known("The child died.", ("value ~", UNKNOWN, "value ~"))]
    assert diagnose(["value 77", UNKNOWN, "value 78"], known) is None
    assert diagnose(["value 77", UNKNOWN, "over 12"], [Known("m", ("value ~", UNKNOWN, "over 13"))])


def test_the_visible_rows_tell_where_a_hidden_one_does_not_fit():
    hidden, mine = [False, True, False], ["value aa", "error KeyError", PASSED]
    known = [Known("You rounded down.", ("value aa", PASSED, PASSED)), Known("m", ("value aa",))]
    assert diagnose(mine, known) is None
    assert str(diagnose(*diagnosis.visible_part(mine, known, hidden))) == "You rounded down."


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_the_same_value_has_the_same_digest(value):
    assert diagnosis.of_value("row", value) == diagnosis.of_value("row", value)
    assert diagnosis.of_value("row", value) != diagnosis.of_value("another row", value)


@pytest.mark.parametrize(("one", "other"), [
    (1, 2), (1, "1"), ([1], [1, 1]), ({"a": 1}, {"b": 1}), (b"a", "a"), (None, 0), (True, 1),
    (np.zeros(3), np.zeros(4)), (np.zeros(3), np.zeros(3, "f4")),
    (np.arange(3), np.arange(3)[::-1]),
    (np.array([np.nan]), np.array([np.inf])), (np.array([np.inf]), np.array([-np.inf])),
    (np.array([1.0]), np.array([1.001])),
])  # fmt: skip
def test_different_values_have_different_digests(one, other):
    assert diagnosis.of_value("row", one) != diagnosis.of_value("row", other)


def test_a_digest_ignores_the_last_digits_and_reads_no_closed_map(tmp_path):
    assert diagnosis.of_value("r", 0.1 + 0.2) == diagnosis.of_value("r", 0.3)
    assert diagnosis.of_value("r", np.array([0.1 + 0.2])) == diagnosis.of_value(
        "r", np.array([0.3])
    )
    path = tmp_path / "x"
    path.write_bytes(bytes(4096))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        array = np.ndarray(512, "f8", mapped)
    if mapped.closed:  # an array keeps some maps open
        assert diagnosis.of_value("r", array).startswith("value ")


# The tables that are built


def tables(assignment):
    """Return the two tables of an assignment: (visible rows, all rows)."""
    folder = ROOT / "solutions" / assignment
    names = (diagnosis.FILE, diagnosis.FULL_FILE)
    return [diagnosis.from_json((folder / name).read_text(encoding="utf-8")) for name in names]


@pytest.mark.parametrize("assignment", bank.assignments())
def test_every_known_answer_is_named_by_its_own_behaviour(assignment):
    _, full = tables(assignment)
    for problem, entries in full.items():
        for entry in entries:
            found = diagnose(entry.rows, entries)
            assert found and entry.message in found.messages, f"{problem}: {entry.message}"


@pytest.mark.parametrize("assignment", bank.assignments())
def test_answers_that_behave_alike_share_their_message(assignment):
    """A count that wobbles tells nothing apart: its row says what both have to learn."""
    _, full = tables(assignment)
    for problem, entries in full.items():
        said: dict = {}
        for entry in entries:
            if any(row.endswith(diagnosis.UNSTABLE) for row in entry.rows):
                continue
            other = said.setdefault(entry.rows, entry.message)
            assert other == entry.message, f"{problem}: add a row that tells them apart"


@pytest.mark.parametrize("assignment", bank.assignments())
def test_the_release_has_the_visible_rows_only(assignment):
    visible, full = tables(assignment)
    released = ROOT / "exercises" / assignment
    assert not (released / diagnosis.FULL_FILE).exists()
    text = (released / diagnosis.FILE).read_text(encoding="utf-8")
    assert diagnosis.from_json(text) == visible
    for problem, entries in visible.items():
        assert len(entries[0].rows) < len(full[problem][0].rows)


def test_a_table_is_stale_when_an_answer_changes(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    before = diagnoses.digest(tmp_path.glob("*.py"))
    assert diagnoses.digest(tmp_path.glob("*.py")) == before
    (tmp_path / "a.py").write_text("x = 2\n")
    assert diagnoses.digest(tmp_path.glob("*.py")) != before
    damaged = tmp_path / "damaged.json"
    damaged.write_text("{")
    assert diagnoses.made_from(damaged) == "" == diagnoses.made_from(tmp_path / "none.json")


# In a notebook


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    """A course on disk with one problem; the working directory is its exercise."""
    (tmp_path / "solutions/01_count").mkdir(parents=True)
    (tmp_path / "exercises/01_count").mkdir(parents=True)
    (tmp_path / "solutions/01_count/01_count.py").write_text(MASTER)
    visible = [Known("Adding two is not doubling.", (diagnosis.of_value("three", 5),))]
    text = diagnosis.to_json({"double": visible}, "x")
    (tmp_path / "exercises/01_count" / diagnosis.FILE).write_text(text)
    full = [Known("A negative number is one, too.", (PASSED, diagnosis.of_value("minus", 0)))]
    text = diagnosis.to_json({"double": full}, "x")
    (tmp_path / "solutions/01_count" / diagnosis.FULL_FILE).write_text(text)
    monkeypatch.chdir(tmp_path / "exercises/01_count")
    monkeypatch.setattr(hints, "_attempts", {})


MASTER = """# %% solution="double"
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% test="double" points=2
report = check.Report("double", "Twice a number", points=2)
report.equal("three", report.run(double, 3), 6, points=1)
### BEGIN HIDDEN TESTS
with report.hidden():
    report.equal("minus", report.run(double, -4), -8, points=1)
### END HIDDEN TESTS
report
"""


def shown(double, monkeypatch, notebook=True):
    """Run the visible part of the check as a notebook does; return (report, its text)."""
    report = check.Report("double", "Twice a number", points=2)
    names = {"report": report, "double": double}
    monkeypatch.setattr(full_check, "namespace", lambda: names if notebook else None)
    report.equal("three", report.run(double, 3), 6, points=1)
    return report, str(report)


def test_a_known_mistake_is_named_above_the_table(exercise, monkeypatch):
    report, text = shown(lambda x: x + 2, monkeypatch)
    assert "Adding two is not doubling." in text
    assert "Adding two is not doubling." in report._repr_html_()
    assert "Adding two" not in shown(lambda x: x * x, monkeypatch)[1]


def test_hidden_rows_run_once_the_visible_ones_pass(exercise, monkeypatch):
    report, text = shown(lambda x: 2 * x, monkeypatch)
    assert float(report) == 2 and "Solved" in text
    report, text = shown(lambda x: max(2 * x, 0), monkeypatch)
    assert float(report) == 1 and "minus (hidden)" in report._repr_html_()
    assert "A negative number is one, too." in text
    report, _ = shown(lambda x: 0, monkeypatch)
    assert len(report.rows) == 1


def test_hidden_rows_do_not_run_where_the_notebook_is_graded(exercise, monkeypatch):
    assert len(shown(lambda x: 2 * x, monkeypatch, notebook=False)[0].rows) == 1
    monkeypatch.undo()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert full_check.namespace() is None


def test_a_damaged_table_names_nothing(exercise, monkeypatch, tmp_path):
    for text in ("{", "[]", '{"double": 7}', json.dumps({"double": [[1]]})):
        (tmp_path / "exercises/01_count" / diagnosis.FILE).write_text(text)
        assert "Adding two" not in shown(lambda x: x + 2, monkeypatch)[1]
