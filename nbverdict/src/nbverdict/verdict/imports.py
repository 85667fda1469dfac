"""From where the trusted side imports: the instructor's files, never the student's.

Both sides have copies of the instructor's files. Those beside the notebook belong to the student's
process, which may change them while it runs; so whatever a cell puts on the path, what lies below
the submission's directory is looked up in the trusted copy.
"""

import os
import sys
from collections.abc import Iterable
from typing import Any

_trusted = _submission = _beside = ""


class _Nothing:
    """A place on the path where nothing is found."""

    def find_spec(self, name: str, target: Any = None) -> None:
        """Return None."""


def trust_only(trusted: str, submission: str, beside: str) -> None:
    """Import the instructor's files first, and nothing of the submission's.

    Parameters
    ----------
    trusted : str
        Directory of the instructor's files; empty if there are none.
    submission : str
        Directory that the student's process can write.
    beside : str
        Directory in it that the notebook runs in.
    """
    global _trusted, _submission, _beside
    _trusted, _submission, _beside = trusted, submission, beside
    usual = list(sys.path_hooks)

    def hook(path: str) -> Any:
        place = os.path.abspath(path)
        if place != _submission and not place.startswith(f"{_submission}/"):
            raise ImportError(path)
        moved = _moved(place)
        for make in usual if moved else ():
            try:
                return make(moved)
            except ImportError:
                continue
        return _Nothing()

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
    if trusted:
        sys.path.insert(0, trusted)


def add_folders(folders: Iterable[str]) -> None:
    """Put folders on the path that a cell of the instructor's names, if they hold given files."""
    for folder in folders:
        moved = _moved(os.path.abspath(os.path.join(_beside, folder))) if _beside else ""
        if moved and moved not in sys.path:
            sys.path.insert(1, moved)


def _moved(place: str) -> str:
    """Return the place in the trusted copy for one beside the notebook; empty if there is none."""
    if not _trusted or (place != _beside and not place.startswith(f"{_beside}/")):
        return ""
    moved = os.path.normpath(os.path.join(_trusted, os.path.relpath(place, _beside)))
    return moved if os.path.isdir(moved) else ""
