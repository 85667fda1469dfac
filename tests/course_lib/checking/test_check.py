"""Reports: the score is the text, the table teaches, and nothing of a student raises."""

import html
import linecache
import mmap
import signal
import subprocess
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from course_lib import hints, pagecache
from course_lib.checking import check, outcome
from course_lib.checking.difference import difference
from course_lib.system import instruments
from course_lib.units import MiB

PAGE = pagecache.PAGE_SIZE


@pytest.fixture
def report():
    return check.Report("problem", "A problem", points=3)


def table_of(report):
    return html.unescape(report._repr_html_())


def test_the_text_is_the_score_and_the_html_the_table(report):
    report.equal("three", report.run(lambda: 3), 3, points=1.5)
    report.equal("four", report.run(lambda: 5), 4, points=1.5)
    data, _ = InteractiveShell.instance().display_formatter.format(report)
    assert float(data["text/plain"]) == 1.5
    assert "expected 4, got 5" in html.unescape(data["text/html"])
    assert "passed" in data["text/html"] and "not yet" in data["text/html"]


def test_a_student_error_is_a_row_with_the_failing_line(report):
    def student(x):
        y = x - x
        return 1 / y

    report.equal("one", report.run(student, 1), 1)
    report.equal("after it", report.run(lambda: 2), 2)
    assert report.score == 1
    assert "ZeroDivisionError: division by zero in line" in report.rows[0].message
    assert '"return 1 / y"' in report.rows[0].message
    assert "Traceback" not in table_of(report)


@pytest.mark.parametrize(
    "ending", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()]
)
def test_no_ending_of_a_student_raises(report, ending):
    def student():
        raise ending

    report.equal("one", report.run(student), 1)
    assert report.score == 0 and type(ending).__name__ in report.rows[0].message


def test_an_exception_whose_text_fails_is_still_a_row(report):
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError

    def student():
        raise Nasty

    report.equal("one", report.run(student), 1)
    assert "Nasty" in report.rows[0].message


def test_prints_and_warnings_do_not_reach_the_notebook(report, capfd):
    def student():
        import warnings

        print("x" * 10_000_000)
        print("to stderr", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return 1

    run = report.run(student)
    report.equal("one", run, 1)
    assert capfd.readouterr() == ("", "")
    assert report.score == 1 and len(run.printed) <= 4000


def test_hidden_rows_name_the_case_and_never_the_values(report):
    def student(secret):
        raise ValueError(f"secret is {secret}")

    with report.hidden():
        report.equal("Fortran order", report.run(lambda: 41), 42)
        report.equal("edge chunk", report.run(student, 4711), 42)
        report.raises("bad input", report.run(student, 4711), KeyError, "4711")
    text = table_of(report) + str(report)
    for secret in ("41", "42", "4711"):
        assert secret not in text
    assert "Fortran order (hidden)" in text and "wrong value" in text
    assert "ValueError" in text


def test_an_object_equal_to_everything_is_not_asked(report):
    class Equal:
        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

        __hash__ = None

    class Number(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    class Array(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

    for got, expected in (
        (Equal(), 3),
        (Number(4), 3),
        ([Equal()], [3]),
        (np.zeros(3).view(Array), np.ones(3)),
        ({"a": Equal()}, {"a": 1}),
        (Equal(), True),
    ):
        report.equal("object", report.run(lambda got=got: got), expected)
    report.true("condition", Equal())
    assert report.score == 0


@pytest.mark.parametrize(
    ("got", "expected", "kind"),
    [
        (np.zeros(3), np.zeros(4), "wrong shape"),
        (np.zeros(3, "f4"), np.zeros(3, "f8"), "wrong dtype"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "NaN where a number was expected"),
        (np.array([1, 2]), np.array([1, 3]), "wrong values"),
        ([1, 2], np.array([1, 2]), "wrong type"),
        (None, 1, "returned None"),
        (True, 1, "wrong type"),
        (1, True, "wrong type"),
        ("1", 1, "wrong type"),
        ([1], [1, 2], "wrong length"),
        ({"a": 1}, {"b": 1}, "wrong keys"),
        ({1: [1]}, {1: [2]}, "wrong value"),
        (1.5, 1, "wrong value"),
        (b"a", "a", "wrong type"),
    ],
)
def test_differences_are_named(got, expected, kind):
    assert difference(got, expected).kind == kind


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.int32(3), 3),
        (3.0, 3),
        (3, 3.0),
        (np.float32(0.5), 0.5),
        (np.array(3), 3),
        ((1, 2), [1, 2]),
        (float("nan"), float("nan")),
        (np.array([np.nan]), np.array([np.nan])),
        ({"a": np.ones(2)}, {"a": np.ones(2)}),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array(["a"]), np.array(["a"])),
        (np.asfortranarray(np.ones((2, 3))), np.ones((2, 3))),
        ({1, 2}, {2, 1}),
    ],
)
def test_the_same_written_differently_is_right(got, expected):
    assert difference(got, expected) is None


def test_tolerance_is_for_close_only(report):
    report.close("close", report.run(lambda: 1 + 1e-9), 1.0)
    report.equal("equal", report.run(lambda: 1 + 1e-9), 1.0)
    assert [row.ok for row in report.rows] == [True, False]


def test_an_array_on_a_closed_map_does_not_crash(report, disk):
    path = disk / "x"
    path.write_bytes(bytes(PAGE))

    def student():
        m = mmap.mmap(-1, PAGE)
        array = np.frombuffer(m, "u1")
        return array

    report.equal("open", report.run(student), np.zeros(PAGE, "u1"))

    class Closed:  # stands for a map that was closed under its array
        closed = True

    assert report.rows[0].ok


def test_a_budget_needs_a_right_result(report, disk):
    path = disk / "x"
    path.write_bytes(bytes(10 * PAGE))

    def nothing(path):
        return None

    run = report.run(nothing, str(path), watch=path, cold=True)
    report.equal("value", run, 0)
    report.at_most("pages", run.pages, 5)
    assert report.score == 0
    assert "once the result is right" in report.rows[1].message


def test_a_budget_without_a_result_is_a_mistake_of_the_author(report):
    with pytest.raises(ValueError, match="check the results of the same run first"):
        report.at_most("memory", report.run(lambda: 1).peak, 5)


@pytest.mark.linux
def test_pages_of_a_cold_map_are_exact(report, disk):
    path = disk / "x"
    path.write_bytes(bytes(100 * PAGE))

    def student(path, step):
        return int(np.memmap(path, mode="r")[:: step * PAGE].sum())

    for step, pages in ((1, 100), (10, 10), (100, 1)):
        run = report.run(student, str(path), step, watch=path, cold=True)
        assert run.pages.value == pages
    assert mmap.mmap.__module__ == "mmap"


def test_a_watched_file_that_is_gone_is_a_reason_not_an_error(report, disk):
    run = report.run(lambda: 1, watch=disk / "nowhere", cold=True)
    report.equal("value", run, 1)
    assert run.pages.value is None and "nowhere is gone" in run.pages.missing


@pytest.mark.linux
def test_read_bytes_and_calls_are_counted(report, disk):
    path = disk / "x"
    path.write_bytes(bytes(MiB))

    def student(path):
        with open(path, "rb", buffering=0) as f:
            f.read(1000)
            f.read(2000)
        with open(path + ".out", "wb", buffering=0) as f:
            f.write(bytes(500))

    run = report.run(student, str(path), watch=disk)
    assert (run.bytes_read.value, run.reads.value, run.bytes_written.value) == (3000, 2, 500)
    assert [name.rpartition("/")[2] for name in run.opened.names] == ["x", "x.out"]


@pytest.mark.linux
def test_the_peak_is_that_of_the_call(report):
    def student():
        return float(np.ones(MiB).sum())

    for _ in range(3):
        run = report.run(student)
        assert abs(run.peak.value - 8 * MiB) < MiB / 2


@pytest.mark.linux
def test_descriptors_left_open_are_counted(report, disk):
    kept = []
    run = report.run(lambda: kept.append(open("/dev/null")))
    assert run.descriptors.value == 1
    kept.pop().close()
    assert report.run(lambda: open("/dev/null").close()).descriptors.value == 0


def test_a_generator_is_taken_as_far_as_asked(report):
    closed = []

    def student():
        try:
            yield from range(10)
        finally:
            closed.append(True)

    assert report.run(student, take=3).value == [0, 1, 2]
    assert closed == [True]
    assert report.run(lambda: 3, take=1).error.kind == "TypeError"


@pytest.mark.linux
def test_chunks_opened_are_counted_with_their_names(report, disk):
    zarr = pytest.importorskip("zarr")
    path = str(disk / "z.zarr")
    z = zarr.create_array(path, shape=(8, 8), chunks=(4, 4), dtype="i4")
    z[:] = 1

    def student(path):
        return int(zarr.open_array(path, mode="r")[0].sum())

    student(path)
    run = report.run(student, path, watch=path)
    assert run.value == 8 and run.chunks.value == 2
    assert sorted(name.partition("z.zarr/")[2] for name in run.chunks.names) == ["c/0/0", "c/0/1"]


def test_missing_instruments_neither_give_nor_take_points(disk, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "all")
    path = disk / "x"
    path.write_bytes(bytes(10 * PAGE))

    def student(path):
        return np.fromfile(path, "u1").size

    for expected, limit, score in ((10 * PAGE, 10, 4), (10 * PAGE, 9, 2), (1, 10, 0)):
        report = check.Report("p", "t", points=4)
        run = report.run(student, str(path), watch=path, cold=True)
        report.equal("size", run, expected, points=2)
        report.at_most("pages", run.pages, limit, points=2)
        assert float(report) == score
        assert "analytic count; not measured here" in table_of(report) or score == 0
    report = check.Report("p", "t", points=2)
    run = report.run(student, str(path), watch=path)
    report.equal("size", run, 10 * PAGE)
    report.at_most("memory", run.peak, 1000)  # the portable count stands in
    assert float(report) == 1 and "analytic count" in table_of(report)


def test_points_without_any_count_follow_the_others_and_the_report_says_so(report):
    unknown = report.run(lambda: 1)
    report.equal("value", unknown, 1, points=1)
    count = outcome.Count(None, "segments", "no instrument", run=unknown.number)
    report.at_most("segments", count, 0, points=2)
    assert float(report) == 3 and "2 could not be measured here" in str(report)


@pytest.mark.parametrize(
    "got", [np.ma.masked_all(5), np.empty((0, 1)), np.empty((0, 5))], ids=["masked", "0, 1", "0, 5"]
)
def test_arrays_that_numpy_finds_equal_to_everything_are_no_answer(report, got):
    expected = np.arange(5.0)
    if np.ma.isMaskedArray(got):
        np.testing.assert_allclose(got, expected)
    else:
        assert np.allclose(got, expected) and (got == expected).all()
    report.close("close", got, expected)
    report.equal("equal", got, expected)
    assert report.score == 0


def test_raises_wants_the_kind_and_the_value(report):
    def student(x):
        raise ValueError(f"got {x}, expected more")

    report.raises("right", report.run(student, -3), ValueError, "-3")
    report.raises("subclass", report.run(student, -3), Exception, "-3")
    report.raises("wrong kind", report.run(student, -3), KeyError)
    report.raises("no value", report.run(student, -3), ValueError, "-4")
    report.raises("no error", report.run(lambda: 1), ValueError)
    assert [row.ok for row in report.rows] == [True, True, False, False, False]


def test_arguments_changed_in_place_come_back(report):
    run = report.run(lambda a: a.sort(), np.array([3, 1, 2]))
    assert run.args[0].tolist() == [1, 2, 3]


def test_text_of_a_student_is_escaped(report):
    report.equal("text", report.run(lambda: "<script>alert(1)</script>"), "a")
    assert "<script>" not in report._repr_html_()


def test_hints_and_solution_open_in_stages(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "hints.toml").write_text('pages = ["Think.", "Divide."]')
    master = tmp_path / "solutions" / "01_a" / "01_a.py"
    master.parent.mkdir(parents=True)
    master.write_text(
        '# %% solution="pages"\ndef pages(n):\n    ### BEGIN SOLUTION\n    return 7\n'
        '    ### END SOLUTION\n\n# %% test="pages" points=2\nsecret = 1\n'
    )
    monkeypatch.chdir(tmp_path / "work")
    assert "Think." in repr(hints.hint("pages", 1)) and "Divide." in repr(hints.hint("pages", 2))
    with pytest.raises(ValueError, match="hints 1 to 2, got 3"):
        hints.hint("pages", 3)
    with pytest.raises(ValueError, match="no hints for 'page'; there are hints for: pages"):
        hints.hint("page")
    assert "3 more times" in repr(hints.solution("pages"))
    for _ in range(3):
        hints.record_attempt("pages", passed=False)
    shown = repr(hints.solution("pages"))
    assert "return 7" in shown and "secret" not in shown and "###" not in shown


def test_a_workdir_is_fresh_and_named():
    one, two = check.workdir("a"), check.workdir("a")
    assert one != two and one.is_dir() and not list(one.iterdir())
    with pytest.raises(ValueError, match=r"\.\./x"):
        check.workdir("../x")


def test_a_row_never_looks_into_a_closed_map(report, tmp_path):
    def row_of_a_closed_map(path):
        values = np.memmap(path, "u1", "w+", shape=(PAGE,))
        values._mmap.close()
        return np.asarray(values)

    run = report.run(row_of_a_closed_map, str(tmp_path / "a.raw"))
    zeros = np.zeros(PAGE, "u1")
    report.equal("row", run, zeros)
    assert "closed" in report.rows[0].message


def test_an_error_below_given_code_points_at_the_line_of_the_answer(report):
    notebook = {}
    cells = ("def answer(x):\n    return 1 / x\n", "def given(x):\n    return answer(x)\n")
    for number, source in enumerate(cells):
        name = f"<cell {number} of a notebook>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), notebook)
    run = report.run(notebook["given"], 0)
    assert (run.error.lineno, run.error.line) == (2, "return 1 / x")


FORKS = """
import os, signal, time
from course_lib.checking import check
check.workdir("fork")
for _ in range(200):
    child = os.fork()
    if child == 0:
        time.sleep(20)
        os._exit(0)
    os.kill(child, signal.SIGTERM)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.linux
def test_sigterm_ends_a_child_that_has_hardly_begun():
    """Or `Pool.terminate`, which sends it to workers that have not run yet, waits for ever."""
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [str(-signal.SIGTERM)] * 200


def test_an_exception_is_shown_and_never_taken_for_a_value(report):
    def student():
        raise KeyError("boom")

    report.equal("one", report.run(student), 3)
    (row,) = report.rows
    assert "boom" in row.got and "boom" in row.message and 'raise KeyError("boom")' in row.message


def test_an_untouched_answer_says_so_and_is_no_attempt(report):
    def student():
        # YOUR CODE HERE
        raise NotImplementedError()

    hints._attempts.clear()
    run = report.run(student)
    report.equal("value", run, 3)
    report.at_most("memory", run.peak, 5)
    report.raises("bad input", report.run(student), ValueError)
    assert [row.state for row in report.rows] == [
        "not answered yet", "not checked yet", "not answered yet",
    ]  # fmt: skip
    page = table_of(report)
    assert "Not answered yet." in page and "<table" not in page
    assert hints._attempts == {}


def test_a_row_after_one_that_failed_accuses_of_nothing(report):
    report.equal("the table", report.run(lambda: 1), 2)
    report.equal("a query", report.run(lambda: 5), 7, after=report.rows[-1].ok)
    assert report.rows[1].state == "not checked yet" and not report.rows[1].earned


def test_the_report_says_where_one_stands(report):
    report.equal("one", report.run(lambda: 1), 1, points=1)
    report.equal("two", report.run(lambda: 2), 3, points=1)
    assert "Not yet: 1 of 2 checks pass." in table_of(report)
    passing = check.Report("p", "t", points=3)
    passing.equal("one", passing.run(lambda: 1), 1, points=1)
    assert "All visible checks pass (1); hidden cases decide on 2 more points." in table_of(passing)
    solved = check.Report("p", "t", points=1)
    solved.equal("one", solved.run(lambda: 1), 1, points=1)
    assert "Solved: all checks pass." in table_of(solved)


def test_validate_gives_all_points_for_what_is_seen(report, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    report.equal("one", report.run(lambda: 1), 1, points=1)
    assert repr(report) == "3"
    wrong = check.Report("p", "t", points=3)
    wrong.equal("one", wrong.run(lambda: 2), 1, points=1)
    assert repr(wrong) == "0" and "expected 1, got 2" in capsys.readouterr().err


def test_hidden_rows_show_no_name_that_an_answer_has_made(report):
    def student(secret):
        raise type(f"ARGS_{secret}", (ValueError,), {})("x")

    with report.hidden():
        report.equal("a case", report.run(student, 4711), 1)
        report.raises("bad input", report.run(student, 4711), KeyError)
    text = table_of(report) + str(report)
    assert "4711" not in text and "ValueError" in text
