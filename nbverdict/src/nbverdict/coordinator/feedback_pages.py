"""Write the feedback pages of a batch through nbgrader's own converter.

nbgrader makes an exporter for each student, which compiles its templates anew. Here both are
made once: this process writes the first student's pages, and then its forks, one for each core,
write the others'. What stands in a page is the same, byte for byte.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbverdict import nbgrader_inside
from nbverdict.coordinator.batch import Batch

if TYPE_CHECKING:
    from nbgrader.converters import GenerateFeedback
    from traitlets.config import Config

HIDE = "nbverdict.nbgrader_plugin.hide_hidden_tests.HideHiddenTests"
MARKUP = "nbverdict.nbgrader_plugin.safe_markup.SafeMarkup"
MARKDOWN_FILTER = "nbverdict.nbgrader_plugin.safe_markup.markdown2html"
_PREPROCESSORS = [
    "nbgrader.preprocessors.GetGrades", HIDE, MARKUP,
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]  # fmt: skip


def generate(batch: Batch, students: list[str], jobs: int = 1) -> int:
    """Write the pages of these students; return how many failed.

    A course without this project's ``nbgrader_config.py`` gets the two preprocessors that
    keep hidden tests and active content out all the same.

    Parameters
    ----------
    batch : Batch
    students : list of str
    jobs : int
        Processes that write pages at the same time.
    """
    if not students:
        return 0
    batch.coursedir.assignment_id = batch.name
    pages = nbgrader_inside.feedback_converter(batch.coursedir, _config(batch))
    # A fork has one thread only, and would wait for ever for what another one holds.
    alone = jobs < 2 or threading.active_count() > 1
    here, others = (students, []) if alone else (students[:1], students[1:])
    written = sum(_write(pages, student) for student in here)
    shares = [others[start::jobs] for start in range(min(jobs, len(others)))]
    children = [_start(pages, share) for share in shares]
    return len(students) - written - sum(_finish(*child) for child in children)


def _config(batch: Batch) -> Config:
    config = batch.coursedir.config.copy()
    chosen = [str(entry) for entry in config.GenerateFeedback.get("preprocessors", [])]
    if HIDE not in chosen:
        config.GenerateFeedback.preprocessors = _PREPROCESSORS
    elif MARKUP not in chosen and MARKUP not in config.HTMLExporter.get("preprocessors", []):
        config.GenerateFeedback.preprocessors = [*chosen[:-1], MARKUP, chosen[-1]]
    filters = config.HTMLExporter.get("filters", {})
    config.HTMLExporter.filters = {**filters, "markdown2html": MARKDOWN_FILTER}
    return config


def _start(pages: GenerateFeedback, students: Iterable[str]) -> tuple[int, int]:
    """Fork a process that writes the pages of some students: (its id, where it tells)."""
    read, write = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    status = 1
    try:
        for student in students:
            if _write(pages, student):
                os.write(write, b".")
        sys.stdout.flush()
        sys.stderr.flush()
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's is closed twice


def _finish(child: int, read: int) -> int:
    """Wait for a process that writes pages; return how many students have theirs."""
    with open(read, "rb") as told:
        done = len(told.read())
    os.waitpid(child, 0)
    return done


def _write(pages: GenerateFeedback, student: str) -> bool:
    """Write the pages of one student; return True if they are there."""
    try:
        nbgrader_inside.convert_student(pages, _literal(student))
    except Exception as error:
        print(f"feedback of {student!a} failed: {error}", file=sys.stderr)
        return False
    return True


def _literal(name: str) -> str:
    """Return a pattern (glob) that matches this name only."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
