"""A batch on a disk that is really full: what fits is graded, the rest later, nothing is lost."""

import os
import subprocess
import sys

import pytest
from course import ENVIRONMENT, Course, answer, check

A = "hw"
RIGHT, WRONG = "def f():\n    return 1", "def f():\n    return 2"
FULL, NOTHING = {"test_f": 2.0}, {"test_f": 0.0}
OTHERS = ("ann", "cy", "dora")
# A disk of $1 KiB, with the course of $2 on it; $3: fill it to the last byte. Then the grader is
# run there twice: as it is, and with more room. $4 gets what was there after each run.
SCRIPT = """
set -e
room=$1 course=$2 full=$3 out=$4; shift 4
mkdir "$out/disk"
mount -t tmpfs -o size=${room}k tmpfs "$out/disk"
cp -a "$course/." "$out/disk"
[ -z "$full" ] || cat /dev/zero > "$out/disk/filler" 2>/dev/null || true
for run in first second; do
    status=0
    "$@" --root "$out/disk" > "$out/$run.out" 2> "$out/$run.err" || status=$?
    echo $status
    cp -a "$out/disk" "$out/$run"
    rm -f "$out/$run/filler" "$out/disk/filler"
    mount -o remount,size=1g "$out/disk"
done
"""
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class in which one has a mark, and has handed in again with three megabytes more."""
    made = Course(tmp_path_factory.mktemp("disk"))
    made.assignment(A, {"nb": [answer("f", RIGHT), check("test_f", 2, "assert f() == 1")]})
    _hand_in(made, "big", WRONG, "2026-01-01")
    made.grade(A)
    assert made.scores(A) == {"big": NOTHING}
    _hand_in(made, "big", RIGHT, "2026-01-02", b"x" * 3_000_000)
    for student in OTHERS:
        _hand_in(made, student, RIGHT, "2026-01-01")
    return made


def _hand_in(course: Course, student: str, code: str, day: str, data: bytes = b"") -> None:
    files = {"timestamp.txt": f"{day} 12:00:00 UTC".encode(), "data.bin": data}
    course.submit(student, A, {"nb": {"f": code}}, files)


def _run(course: Course, out, full: bool) -> list[tuple[int, str, Course]]:
    """Grade on the small disk, then with room: (exit status, what it said, the course then)."""
    used = sum(path.stat().st_blocks for path in course.root.rglob("*")) // 2
    grader = [sys.executable, "-m", "nbverdict", A, "--jobs", "1", "--quiet"]
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", SCRIPT, "bash", str(used + 2000), str(course.root),
         "full" if full else "", str(out), *grader],
        env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    status = [int(line) for line in done.stdout.split()]
    for run in ("first", "second"):
        assert "Traceback" not in (out / f"{run}.err").read_text()
    return [
        (number, (out / f"{run}.out").read_text(), Course(out / run))
        for run, number in zip(("first", "second"), status, strict=True)
    ]


def _all_graded(course: Course) -> None:
    assert course.scores(A) == dict.fromkeys((*OTHERS, "big"), FULL)
    for student in (*OTHERS, "big"):
        assert os.listdir(course.root / "autograded" / student) == [A]
        assert len(course.graded(student, A, "nb")["cells"]) == 2
    data = course.root / "autograded" / "big" / A / "data.bin"
    assert data.stat().st_size == 3_000_000


def test_what_does_not_fit_keeps_its_old_mark(course, tmp_path):
    (status, said, then), (later, more, after) = _run(course, tmp_path, full=False)
    assert status == 1
    assert said.startswith("3 graded in") and ", 1 not graded, 1 to look at" in said
    assert "  big: OSError: [Errno 28] No space left on device" in said
    assert then.scores(A) == {"big": NOTHING} | dict.fromkeys(OTHERS, FULL)
    page = (then.root / "reports" / f"{A}.html").read_text()
    assert "<code>big</code>" in page.split("<h2>Not graded</h2>")[1].split("<h2>")[0]
    # The old notebook stays, and nothing of the new one.
    assert os.listdir(then.root / "autograded" / "big") == [A]
    assert "return 2" in str(then.graded("big", A, "nb"))
    assert later == 0 and more.startswith("1 graded in") and ", 0 not graded" in more
    _all_graded(after)


def test_no_room_at_all(course, tmp_path):
    (status, said, then), (later, _, after) = _run(course, tmp_path, full=True)
    assert status == 1
    assert said.startswith("0 graded in") and ", 4 not graded, 4 to look at" in said
    assert then.scores(A) == {"big": NOTHING}
    for student in OTHERS:
        assert not list((then.root / "autograded").glob(f"{student}/*"))
    assert later == 0
    _all_graded(after)
