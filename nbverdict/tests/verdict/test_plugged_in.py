"""What a course plugs in to have calls measured: `plugins/counting` does, with bytes read."""

import pytest
import target
from course import Course, answer, check, plain, shown

from nbverdict import measuring

A = "counted"
READS = (
    "def last(path):\n    with open(path, 'rb', buffering=0) as file:\n        file.seek(-1, 2)\n"
)
RUN = """
open('x', 'wb').write(bytes(9999) + b'!')
report = counting.Report()
run = report.run(last, 'x')
"""
TOLD = f"""{RUN}
assert run.error is None, run.error.message
assert run.told == {{"note": "a plain option", "work": os.environ["COUNTING_WORK"]}}
assert counting.found == {{"counts": True, "scratch": True}}
assert os.path.isdir(run.told["work"])
"""
COUNTS = f"""{RUN}
report.equal("the last byte", run.value, b"!", points=1)
report.at_most("bytes read", run.bytes_read, 1, points=2)
report
"""
RAISES = """
run = counting.Report().run(last, 'there is none')
error = run.error
assert (error.kind, error.line) == ("FileNotFoundError", ANSWER), error
assert "OSError" in error.bases and "there is none" in error.message
"""
ANSWERS = {
    "right": f"{READS}        return file.read(1)",
    "reads_all": f"{READS}        file.seek(0)\n        return file.read()[-1:]",
    "wrong": f"{READS}        return b''",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three students, of whom one reads too much and one returns the wrong byte."""
    made = target.Course(tmp_path_factory.mktemp("counted"))
    raises = RAISES.replace("ANSWER", repr(READS.splitlines()[1].strip()))
    cells = [plain("import os, counting"), answer("last", ANSWERS["right"]),
             check("test_told", 1, TOLD), check("test_counts", 3, COUNTS),
             check("test_raises", 1, raises)]  # fmt: skip
    made.assignment(A, {"nb": cells})
    for student, source in ANSWERS.items():
        made.submit(student, A, {"nb": {"last": source}})
    made.grade(A)
    return made


@pytest.mark.parametrize(
    ("student", "points"), [("right", 3.0), ("reads_all", 1.0), ("wrong", 0.0)]
)
def test_the_count_decides(course, student, points):
    assert course.scores(A)[student]["test_counts"] == points


@pytest.mark.parametrize("student", ANSWERS)
def test_options_environment_and_self_test_arrive(course, student):
    assert course.scores(A)[student]["test_told"] == 1.0


def test_an_error_arrives_as_text(course):
    assert course.scores(A)["right"]["test_raises"] == 1.0


def test_rows_of_a_report_are_the_messages(course):
    page = (course.root / "reports" / f"{A}.html").read_text()
    assert "bytes read: 10000, more than 1" in page
    assert "not ok: bytes read" in shown(course.graded("reads_all", A, "nb"), "test_counts")


def test_without_the_setting_nothing_is_measured(tmp_path):
    course = Course(tmp_path)
    run = "assert not hasattr(f, 'nothing')\nf.call_in_worker((), {}, {})"
    course.assignment(A, {"nb": [answer("f", "def f():\n    return 1"), check("test_f", 1, run)]})
    course.submit("ann", A, course.model(A))
    course.grade(A)
    assert course.scores(A) == {"ann": {"test_f": 0.0}}
    text = shown(course.graded("ann", A, "nb"), "test_f")
    assert "no measuring is set: see c.NbVerdict.measuring" in text


def test_a_module_that_is_not_there_is_named(tmp_path):
    class Misspelt(Course):
        config = 'c.NbVerdict.measuring = "countin"\n'

    course = Misspelt(tmp_path)
    course.assignment(A, {"nb": [answer("f", "f = 1"), check("test_f", 1, "assert f")]})
    course.submit("ann", A, course.model(A))
    done = course.grade(A, check=False)
    assert done.returncode == 2
    assert done.stderr == "c.NbVerdict.measuring: there is no 'countin'\n"
    assert course.scores(A) == {}


def test_what_it_lacks_is_named():
    with pytest.raises(
        ValueError, match="json has no calls, modules, environment, self_test, believe, keep"
    ):
        measuring.load("json")
    assert measuring.load("").calls == ()
