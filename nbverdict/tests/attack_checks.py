"""What must hold for every attack, whatever the target: a test file has a class of its own.

The file gives the module of its target as `TARGET`, and a fixture `graded` of module scope that
returns `grade(TARGET, ...)`. Then ``class TestAttacks(AttackChecks)`` runs all of this.
"""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import arena
import pytest
from course import Course, leftovers
from nbverdict.assignment.calibration import Calibration
from nbverdict.coordinator import class_report


@dataclass(frozen=True)
class Graded:
    """One batch with all attacks."""

    target: ModuleType
    course: Course
    scores: dict
    before: dict[str, str]
    """Hashes of the files that no grader may change."""
    said: str

    def notebook(self, name: str) -> dict:
        """Return the autograded notebook of an attack."""
        return self.course.graded(name, self.target.ASSIGNMENT, "nb")

    def page(self, name: str) -> str:
        """Return the feedback page of an attack."""
        return (
            self.course.root / "feedback" / name / self.target.ASSIGNMENT / "nb.html"
        ).read_text()


def grade(target: ModuleType, root: Path) -> Graded:
    """Hand in all attacks on a target, and grade them in one batch."""
    course = arena.build(root, target)
    before = arena.fingerprint(course.root)
    limits = ("--timeout", "4", "--memory", "700")
    done = course.grade(target.ASSIGNMENT, *limits, "--feedback")
    return Graded(target, course, course.scores(target.ASSIGNMENT), before, done.stdout)


def needs(name: str) -> None:
    """Skip an attack whose library is not installed: it would fail before it attacks."""
    for library in getattr(arena.load(name), "NEEDS", ()):
        pytest.importorskip(library, reason=f"{name} writes files with {library}")


class AttackChecks:
    """No points, no secrets, nothing changed, nothing left."""

    @pytest.mark.parametrize("name", arena.NAMES)
    def test_it_gains_nothing(self, graded, name):
        needs(name)
        assert graded.scores[name] == dict.fromkeys(graded.target.POINTS, 0.0)

    @pytest.mark.parametrize("name", arena.NAMES)
    def test_it_reads_no_hidden_test(self, graded, name):
        needs(name)
        outputs = [
            json.dumps(cell.get("outputs", []))
            for cell in graded.notebook(name)["cells"]
            if cell["metadata"].get("nbverdict") is None
        ]
        for secret in (graded.target.SECRET, str(graded.target.ARGUMENT)):
            assert not any(secret in output for output in outputs)
            assert secret not in graded.page(name)

    @pytest.mark.parametrize("name", arena.NAMES)
    def test_its_feedback_holds_no_active_content(self, graded, name):
        needs(name)
        page = graded.page(name)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r"[\x07\x1b\x9b\u202a-\u202e\u2066-\u2069]", page)
        links = re.findall(r"""(?:href|src)=["']([a-z]+):""", page, re.IGNORECASE)
        assert set(links) <= {"https", "data"}
        assert not re.search(r"""href=["']data:""", page)

    def test_other_submissions_keep_their_marks(self, graded):
        points = graded.target.POINTS
        for student in ("0_honest", "z_honest"):
            assert graded.scores[student] == {name: float(full) for name, full in points.items()}
        assert graded.scores["1_wrong"] == dict.fromkeys(points, 0.0)

    def test_nothing_outside_is_changed(self, graded):
        assert arena.fingerprint(graded.course.root) == graded.before
        assert not (graded.course.root / "grading_attack_ran").exists()
        assert not arena.planted()

    def test_no_process_is_left(self, graded):
        assert not leftovers("98765", str(graded.course.root))

    def test_no_file_is_left(self, graded):
        names = [path.name for path in graded.course.root.iterdir()]
        assert sorted(names) == sorted(
            ["source", "release", "submitted", "autograded", "feedback", "reports", "gradebook.db",
             "grading.log", "nbgrader_config.py"]
        )  # fmt: skip

    def test_the_terminal_sees_no_control_characters(self, graded):
        assert not [c for c in graded.said if ord(c) < 32 and c != "\n"]

    @pytest.mark.parametrize("name", arena.NAMES)
    def test_it_is_python(self, name):
        """An attack with a typing error would gain nothing, too."""
        for source in arena.load(name).ANSWERS.values():
            ast.parse(source)

    def test_there_are_enough_attacks(self):
        assert sum(name.startswith("a") for name in arena.NAMES) == 23
        assert sum(name.startswith("b") for name in arena.NAMES) >= 12

    def test_the_teachers_page_is_static_and_escaped(self, graded):
        page = (graded.course.root / "reports" / f"{graded.target.ASSIGNMENT}.html").read_text()
        assert "<script" not in page and "<img" not in page and "\x1b" not in page
        hostile = class_report._Class(students={"<script>": 1.0})
        assignment = SimpleNamespace(calibration=Calibration())
        batch = SimpleNamespace(name="<script>", points=1, assignment=assignment)
        made = class_report._page(batch, hostile, "<script>")
        assert "<script" not in made and made.count("&lt;script&gt;") == 5
        for name in ("a08_updates_gradebook", "a20_not_graded", "a21_altered_tests"):
            assert name in page.split("looks like tampering")[1].split("Other remarks")[0]
        assert "it took longer than 4 s" in page.split("broke a limit")[1].split("tampering")[0]
