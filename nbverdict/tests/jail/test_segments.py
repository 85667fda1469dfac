"""Segments that a submission leaves in a shared /dev/shm, as process-only jails have it."""

import os
import subprocess
import sys

import pytest
from course import Course, answer, check, plain
from nbverdict.coordinator import segments

# What SharedMemory(create=True) does, without the helper program that it starts: Python may be
# where only root can start it.
LEAVES = """
import mmap
def leave(name):
    with open("/dev/shm/" + name, "wb+") as file:
        file.truncate(1 << 20)
        mmap.mmap(file.fileno(), 1 << 20)[:5] = b"bytes"
    os.mkdir("/dev/shm/" + name + "-folder")
    return os.listdir("/dev/shm").count(name)
"""


@pytest.mark.slow
def test_process_only_leaves_no_segment(tmp_path):
    course, name = Course(tmp_path), f"grading-left-{os.getpid()}"
    cells = [plain("import os"), answer("leave", LEAVES)]
    cells.append(check("test_leave", 1, f"assert leave({name!r}) == 1"))
    course.assignment("a", {"nb": cells})
    for student in ("first", "second"):  # it may have the name that the first one left
        course.submit(student, "a", course.model("a"))
    before = set(segments.present())
    done = course.grade("a", "--no-namespaces", "--jobs", "1")
    assert "isolation: process only" in done.stderr
    assert course.scores("a") == {s: {"test_leave": 1.0} for s in ("first", "second")}
    assert not [n for n in set(segments.present()) - before if n.startswith(name)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_sweep_takes_what_an_owner_left_and_nothing_else(tmp_path):
    for name, owner in (("theirs", 1_900_000_000), ("other", 1_900_000_001), ("mine", 0)):
        (tmp_path / name).write_bytes(b"x")
        os.chown(tmp_path / name, owner, owner)
    (tmp_path / "folder").mkdir()
    os.chown(tmp_path / "folder", 1_900_000_000, 1_900_000_000)
    assert sorted(segments.sweep_owner(1_900_000_000, str(tmp_path))) == ["folder", "theirs"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "other"]


def test_sweep_spares_what_was_there_and_what_is_held(tmp_path):
    (tmp_path / "before").touch()
    before = segments.present(str(tmp_path))
    for name in ("left", "held"):
        (tmp_path / name).touch()
    script = "import sys; file = open(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "held")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        holder.stdout.readline()
        assert segments.sweep_new(before, str(tmp_path)) == ["left"]
        holder.communicate()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["before", "held"]
