"""Run stock nbgrader on the attacks without harm: the machine is shut in, not the student.

Stock runs student code with the rights of whoever grades. Here that is a powerless user in
namespaces of its own, on a system that is read-only but for one folder, with limits. In there
nothing stands between student code and the course, as on a teacher's machine.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import arena

SECONDS = 90
_USER = "65533"
_LIMITS = ("--nproc=100", f"--data={2 << 30}", f"--fsize={1 << 30}", "--core=0")
# $1 folder that may be written; $2 Python's own folder, which root's home may hide from others;
# $3 user, or nothing; then the limits of the command, "--", and the command.
_SCRIPT = """
folder=$1 prefix=$2 user=$3; shift 3
if [ -n "$user" ] && [ "$prefix" != "${prefix#/root/}" ]; then
    mkdir -p "$folder/python" && mount --bind "$prefix" "$folder/python"
    mount -t tmpfs -o mode=755 tmpfs /root && mkdir -p "$prefix"
    mount --bind "$folder/python" "$prefix" && umount "$folder/python"
fi
mount -t tmpfs -o size=256m,mode=1777 tmpfs /dev/shm
mount --bind "$folder" "$folder"
mount -o remount,bind,ro / || exit 9
cd "$folder/course"
setpriv ${user:+--reuid $user --regid $user --clear-groups} prlimit "$@" >/dev/null 2>&1
sleep 1  # what was left behind gets time to act
shopt -s nullglob
left=(/proc/[0-9]*) shared=(/dev/shm/*)
echo "$((${#left[@]} - 1)) ${#shared[@]}"
"""


class Unjailed:
    """The course with all attacks, graded by stock nbgrader one submission at a time.

    Each attack meets the course as it was: some of them overwrite it.

    Parameters
    ----------
    folder : Path
        An empty directory; the course is made in it.
    target : module
        What the attacks attack; see `arena`.
    """

    def __init__(self, folder: Path, target: ModuleType):
        self.target = target
        self.folder, self.kept = folder, folder / "kept"
        (folder / "home").mkdir()
        (folder / "course").mkdir()
        self.course = arena.build(folder / "course", target)
        self._autograde("1_wrong")
        self._honest = self._marks("1_wrong")
        self._before = arena.fingerprint(self.course.root)
        shutil.copytree(self.course.root, self.kept, symlinks=True)

    def attack(self, name: str) -> tuple[str, list[str]]:
        """Grade one attack; return what it earned, and what else it did."""
        for made in ("course", "home"):
            shutil.rmtree(self.folder / made)
        (self.folder / "home").mkdir()
        shutil.copytree(self.kept, self.course.root, symlinks=True)
        said = self._autograde(name)
        return self._earned(name, said), self._harm(name, said)

    def _autograde(self, name: str) -> list[int] | None:
        """Return [processes, segments] that were left; None if it had to be ended."""
        root = os.geteuid() == 0
        if root:
            subprocess.run(["chown", "-R", f"{_USER}:{_USER}", str(self.folder)], check=True)
        script = ["bash", "-c", _SCRIPT, "bash", str(self.folder), sys.base_prefix]
        program = [sys.executable, "-m", "nbgrader", "autograde", self.target.ASSIGNMENT]
        command = [
            "setpriv", "--pdeathsig", "KILL",  # whoever kills us ends it, too
            "unshare", *([] if root else ["-Ur"]), "-mpif", "--kill-child", "--mount-proc", *script,
            _USER if root else "", *_LIMITS, "--", *program, "--student", name,
            "--Execute.timeout=4",
        ]  # fmt: skip
        home = str(self.folder / "home")
        places = {"HOME": home, "TMPDIR": home, "COURSE_DATA": home}
        environment = self.course.environment | places
        try:
            done = subprocess.run(
                command, env=environment, timeout=SECONDS, capture_output=True, text=True
            )
        except subprocess.TimeoutExpired:
            return None
        assert done.returncode == 0, done.stderr
        return [int(number) for number in done.stdout.split()]

    def _marks(self, student: str) -> dict[str, float | None]:
        """Return {cell: the score that nbgrader shows: a person's before the test's}."""
        query = """
            select b.name, coalesce(g.manual_score, g.auto_score) from grade g
            join base_cell b on g.cell_id = b.id
            join submitted_notebook n on g.notebook_id = n.id
            join submitted_assignment s on n.assignment_id = s.id where s.student_id = ?"""
        with sqlite3.connect(self.course.root / "gradebook.db") as book:
            return dict(book.execute(query, [student]).fetchall())

    def _earned(self, name: str, said) -> str:
        marks = self._marks(name)
        if not marks or set(marks.values()) == {None}:
            return "no mark" if said else "hangs"
        points = f"{sum(score or 0.0 for score in marks.values()):g}"
        open_ = sum(score is None for score in marks.values())
        return points + (f" and {open_} by hand" if open_ else "")

    def _harm(self, name: str, said: list[int] | None) -> list[str]:
        """Return what the attack did besides, as far as it can be seen from outside."""
        processes, segments = said or (0, 0)
        outputs = self._outputs(name)
        found = {
            f"had to be ended after {SECONDS} s": said is None,
            f"processes left: {processes}": processes,
            f"shared segments left: {segments}": segments,
            "the course's files are changed": arena.fingerprint(self.course.root) != self._before,
            "another student's marks are changed": self._marks("1_wrong") != self._honest,
            "start-up files wait for the next student": any(
                (self.folder / "home").rglob("00-grading-attack.py")
            ),
            "shows a hidden test": any(self.target.SECRET in text for _, text in outputs),
            "a script in its output": any(
                kind == "application/javascript" or (kind == "text/html" and "<script" in text)
                for kind, text in outputs
            ),
            f"a notebook of {self._size(name)} MB": self._size(name) > 10,
        }
        return [text for text, true in found.items() if true]

    def _outputs(self, name: str) -> list[tuple[str, str]]:
        """Return (type, text) of what the student's code has shown."""
        try:
            cells = json.loads(self._graded(name).read_text())["cells"]
        except (OSError, ValueError):
            return []
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        shown = [("text/plain", str(o["text"])) for o in outputs if o["output_type"] == "stream"]
        return shown + [
            (kind, str(text)) for o in outputs for kind, text in o.get("data", {}).items()
            if kind != "text/plain"
        ]  # fmt: skip

    def _size(self, name: str) -> int:
        path = self._graded(name)
        return path.stat().st_size // 1_000_000 if path.is_file() else 0

    def _graded(self, name: str) -> Path:
        return self.course.root / "autograded" / name / self.target.ASSIGNMENT / "nb.ipynb"
