"""Write the autograded directory of a submission whole or not at all."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import nbformat

from nbverdict.coordinator.grades import Graded

_PREFIX = ".grading-"


def save(target: str, graded: list[Graded], files: dict[str, bytes], mode: int = 0o444) -> str:
    """Write everything beside `target`; return the directory that `publish` shall move.

    Parameters
    ----------
    target : str
        The autograded directory of the submission.
    graded : list of Graded
        Its notebooks.
    files : dict of str to bytes
        Its other files, by relative path.
    mode : int
        Rights of each file.

    Raises
    ------
    OSError
        If the disk is full, for instance. Nothing is left behind then.
    """
    parent = os.path.dirname(target)
    os.makedirs(parent, exist_ok=True)
    made = tempfile.mkdtemp(prefix=_PREFIX, dir=parent)
    try:
        for name, content in files.items():
            path = os.path.join(made, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(path).write_bytes(content)
            os.chmod(path, mode)
        for entry in graded:
            path = os.path.join(made, f"{entry.name}.ipynb")
            with open(path, "w", encoding="utf-8") as file:
                # Not nbformat.write: it validates once more, for 20 ms a notebook.
                text = nbformat.v4.writes(nbformat.from_dict(entry.notebook))
                file.write(text + "\n")
            os.chmod(path, mode)
        os.chmod(made, 0o755)
    except BaseException:
        remove(made)
        raise
    return made


def publish(made: str, target: str) -> None:
    """Put the new directory in the place of the old one."""
    if os.path.lexists(target):
        retire(target)
    os.rename(made, target)


def retire(target: str) -> None:
    """Take an autograded directory away in one step, then remove it."""
    if not os.path.lexists(target):
        return
    away = tempfile.mkdtemp(prefix=_PREFIX, dir=os.path.dirname(target))
    os.rename(target, os.path.join(away, "old"))
    remove(away)


def sweep(parent: str) -> None:
    """Remove what a killed grader has left in the directory of a student."""
    try:
        names = os.listdir(parent)
    except OSError:
        return
    for name in names:
        if name.startswith(_PREFIX):
            remove(os.path.join(parent, name))


def remove(folder: str) -> None:
    """Remove a directory, read-only files included."""

    def again(function, path, error):
        os.chmod(os.path.dirname(path), stat.S_IRWXU)
        function(path)

    shutil.rmtree(folder, onerror=again)
