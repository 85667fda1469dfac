"""Grade as an ordinary user, on a kernel without Landlock, beside other processes of that user."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course import Course

USER = 1000
_AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
_WITHOUT_LANDLOCK = (sys.executable, str(Path(__file__).with_name("without_landlock.py")))
# Python may live below root's home, which others may not enter: show them that part.
_VISIBLE = """
set -e
home=$1 prefix=$2; shift 2
if [ "$prefix" != "${prefix#/root/}" ]; then
    mkdir -p "$home/keep" && mount --bind "$prefix" "$home/keep"
    mount -t tmpfs -o mode=755 tmpfs /root && mkdir -p "$prefix"
    mount --bind "$home/keep" "$prefix" && umount "$home/keep"
fi
rm -rf "$home/keep"
cd "$home"
exec "$@"
"""


@contextmanager
def own_copy(course: Course) -> Iterator[Course]:
    """Give an ordinary user a copy of a course, for a while."""
    folder = Path(tempfile.mkdtemp(prefix="grading-user-", dir="/var/tmp"))
    try:
        shutil.copytree(course.root, folder, symlinks=True, dirs_exist_ok=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{USER}:{USER}", str(folder)], check=True)
        yield type(course)(folder)
    finally:
        shutil.rmtree(folder)


def grade_as(
    course: Course, words, user: bool = False, landlock: bool = True
) -> subprocess.CompletedProcess:
    """Grade as an ordinary user or as the present one, on a kernel with Landlock or without."""
    command = [sys.executable, "-P", "-m", "nbverdict", *words]
    command = command if landlock else [*_WITHOUT_LANDLOCK, *command]
    if os.geteuid() == 0:
        visible = ["unshare", "-m", "bash", "-c", _VISIBLE, "bash", str(course.root)]
        command = [*visible, sys.base_prefix, *(_AS_USER if user else ()), *command]
    return subprocess.run(
        command, cwd=course.root, env=course.environment | {"HOME": "/tmp"}, text=True,
        capture_output=True,
    )  # fmt: skip


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """Have other processes of the ordinary user's run meanwhile."""
    who = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    started = [subprocess.Popen(["sleep", "600"], **who) for _ in range(count)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()
