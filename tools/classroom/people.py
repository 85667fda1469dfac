"""Make the users and the homes of the demonstration, and remove them again."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

PREFIX = "course-"


class ClassroomError(Exception):
    """One line that says what is wrong and what to do."""


def add_system_user(name: str, home: Path) -> None:
    """Create a system user of the demonstration.

    Raises
    ------
    ClassroomError
        If a user of that name is there already: it may be somebody's own.
    """
    try:
        pwd.getpwnam(name)
    except KeyError:
        pass
    else:
        raise ClassroomError(
            f"a user {name!r} is there already: another classroom runs, or one was killed; "
            f"remove it with: userdel {name}"
        )
    command = ["useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/bash", name]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ClassroomError(f"useradd {name} failed: {done.stderr.strip()}")


def remove_system_user(name: str) -> None:
    """End the user's processes and remove the user; nothing happens if there is none."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return
    subprocess.run(["pkill", "-KILL", "-u", name], check=False)
    subprocess.run(["userdel", name], capture_output=True, check=False)


def make_home(home: Path, root: Path, owner: str | None) -> None:
    """Fill a home with the lessons; only its owner may look into it."""
    home.mkdir(parents=True)
    shutil.copytree(root / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns("src"))
    (home / "docs").mkdir()
    shutil.copy(root / "docs" / "glossary.md", home / "docs")
    give(home, owner)


def make_course(home: Path, root: Path, owner: str | None) -> Path:
    """Put the course's source into the teacher's home and return its folder."""
    course = home / "bigger-than-memory"
    course.mkdir()
    for folder in ("solutions", "notebooks"):
        shutil.copytree(root / folder, course / folder)
    shutil.copy(root / "nbgrader_config.py", course)
    give(home, owner)
    return course


def give(folder: Path, owner: str | None) -> None:
    """Make `owner` the only one who may enter `folder`."""
    folder.chmod(0o700)
    if owner is None:
        return
    user = pwd.getpwnam(owner)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
