"""Write the feedback pages of a batch through nbgrader's own converter."""

import sys

from nbverdict.coordinator.batch import Batch

HIDE = "nbverdict.nbgrader_plugin.hide_hidden_tests.HideHiddenTests"
MARKUP = "nbverdict.nbgrader_plugin.safe_markup.SafeMarkup"
MARKDOWN_FILTER = "nbverdict.nbgrader_plugin.safe_markup.markdown2html"
_PREPROCESSORS = [
    "nbgrader.preprocessors.GetGrades", HIDE, MARKUP,
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]  # fmt: skip


def generate(batch: Batch, students: list[str]) -> int:
    """Write the pages of these students; return how many failed.

    A course without this project's ``nbgrader_config.py`` gets the two preprocessors that
    keep hidden tests and active content out all the same.
    """
    from nbgrader.converters import GenerateFeedback
    from nbgrader.converters.base import NbGraderException

    coursedir, failed = batch.coursedir, 0
    config = coursedir.config.copy()
    chosen = [str(entry) for entry in config.GenerateFeedback.get("preprocessors", [])]
    if HIDE not in chosen:
        config.GenerateFeedback.preprocessors = _PREPROCESSORS
    elif MARKUP not in chosen and MARKUP not in config.HTMLExporter.get("preprocessors", []):
        config.GenerateFeedback.preprocessors = [*chosen[:-1], MARKUP, chosen[-1]]
    filters = config.HTMLExporter.get("filters", {})
    config.HTMLExporter.filters = {**filters, "markdown2html": MARKDOWN_FILTER}
    coursedir.assignment_id = batch.name
    for student in students:
        coursedir.student_id = _literal(student)
        try:
            GenerateFeedback(coursedir=coursedir, config=config, force=True).start()
        except NbGraderException as error:
            print(f"feedback of {student!a} failed: {error}", file=sys.stderr)
            failed += 1
    return failed


def _literal(name: str) -> str:
    """Return a pattern (glob) that matches this name only."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
