"""A teaching assistant's day: a hundred submissions, some broken, some hostile, one command."""

import os
from html.parser import HTMLParser

import arena
import pytest
import target
from course import Course, leftovers

A = target.ASSIGNMENT
HOSTILE = (
    "a02_input_transformer", "a05_forged_result", "a07_reads_solutions", "a08_updates_gradebook",
    "a09_detached_child", "a13_segments", "a15_equal_to_everything", "b01_forged_messages",
    "b11_markup_in_messages", "b13_reads_memory",
)  # fmt: skip
BAD_CODE = {
    "loops": "def double(x):\n    while True: pass",
    "exits": "def double(x):\n    os._exit(1)",
    "crashes": "def double(x):\n    import ctypes\n    return ctypes.string_at(0)",
    "is_greedy": "def double(x):\n    return np.ones((3 << 30) // 8)",
    "is_no_python": "def double(x:",
    "is_untouched": "raise NotImplementedError()",
}
BAD_FILES = {"is_cut_off": b'{"cells": [', "is_empty": b"", "is_a_list": b"[]", "is_missing": None}
FULL = {name: float(points) for name, points in target.POINTS.items()}
NOTHING = dict.fromkeys(FULL, 0.0)


def hand_in(course: Course) -> None:
    """Hand in 100 submissions: 80 honest ones, of which some are wrong, 10 broken, 10 hostile."""
    model = course.model(A)
    for number in range(80):
        answers = model["nb"] | ({"double": target.WRONG["double"]} if number % 8 == 0 else {})
        course.submit(f"s{number:02}", A, {"nb": answers})
    for student, code in BAD_CODE.items():
        course.submit(student, A, {"nb": {**model["nb"], "double": code}})
    for student, content in BAD_FILES.items():
        folder = course.folder(student, A)
        if content is not None:
            (folder / "nb.ipynb").write_bytes(content)
    for name in HOSTILE:
        arena.submit(course, target, name)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Run the one command: (course, hashes before, what it said)."""
    course = target.Course(tmp_path_factory.mktemp("trial"))
    course.assignment(A, {"nb": target.CELLS})
    arena.give_secrets(course, target)
    hand_in(course)
    before = arena.fingerprint(course.root)
    return course, before, course.grade(A, "--timeout", "3", "--memory", "700", "--require-jail")


def test_everybody_has_the_mark_that_the_answers_deserve(graded):
    scores = graded[0].scores(A)
    assert len(scores) == 100
    for number in range(80):
        lost = {"test_double": 0.0} if number % 8 == 0 else {}
        assert scores[f"s{number:02}"] == FULL | lost
    for student in BAD_CODE:
        assert scores[student] == FULL | {"test_double": 0.0}, student
    for student in (*BAD_FILES, *HOSTILE):
        assert scores[student] == NOTHING, student


def test_the_summary_names_who_needs_a_look(graded):
    course, _, done = graded
    first, *others = done.stdout.splitlines()
    assert first.startswith("100 graded in ") and ", 0 not graded, " in first
    for student in ("loops", "exits", "crashes", *BAD_FILES):
        assert any(line.startswith(f"  {student}: ") for line in others), student
    assert f"report: {course.root / 'reports' / A}.html" in others
    assert "isolation: full" in done.stderr


class _Page(HTMLParser):
    """Rows of the tables, by heading; and every tag."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.tags, self._title, self._at = {}, set(), "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._at = tag if tag in ("h2", "td", "th", "code") else self._at
        if tag == "h2":
            self._title = ""
        if tag == "tr":
            self.rows.setdefault(self._title, []).append([])

    def handle_endtag(self, tag):
        self._at = None

    def handle_data(self, data):
        if self._at == "h2":
            self._title += data
        elif self._at and self.rows.get(self._title):
            self.rows[self._title][-1].append(data)


def test_the_report_says_what_happened(graded):
    page = _Page((graded[0].root / "reports" / f"{A}.html").read_text())
    assert not page.tags & {"script", "img", "iframe", "a", "link", "form", "svg"}
    assert len(page.rows["Students"]) == 1 + 100
    assert "Not graded" not in page.rows
    double = next(row for row in page.rows["Scores by problem"] if "test_double" in row)
    assert double[4:6] == ["70", "30"]  # full marks; no points: 10 wrong, 10 broken, 10 hostile
    broken = {row[0] for row in page.rows["What crashed or broke a limit"][1:]}
    assert broken >= {"loops", "exits", "crashes", *BAD_FILES}
    assert not {student for student in broken if student[:1] == "s" and student[1:].isdigit()}
    # The same mistake in ten places is one mistake.
    assert ["10", "test_save"] in [row[:2] for row in page.rows["Most frequent mistakes"]]
    signs = {row[0] for row in page.rows["What looks like tampering"][1:]}
    assert signs >= {"a08_updates_gradebook", "a09_detached_child", "a15_equal_to_everything"}
    assert not {student for student in signs if student[:1] == "s" and student[1:].isdigit()}


def test_nothing_is_changed_or_left(graded):
    course, before, _ = graded
    assert arena.fingerprint(course.root) == before
    assert not arena.planted() and not leftovers("98765", str(course.root))
    assert not [name for name in os.listdir(course.root / "autograded") if name.startswith(".g")
                and name != ".grading-lock"]  # fmt: skip


def test_the_command_again_has_nothing_to_do(graded):
    course, _, _ = graded
    scores = course.scores(A)
    assert "0 graded in" in course.grade(A, "--quiet").stdout
    assert course.scores(A) == scores
