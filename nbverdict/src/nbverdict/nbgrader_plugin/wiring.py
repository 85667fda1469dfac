"""Put the grader behind nbgrader's own commands and formgrader's autograde button."""

import os

from traitlets.config import Config, LazyConfigValue

from nbverdict import nbgrader_inside

GRADER_VARIABLE = "NBVERDICT"
"""Set to ``stock``, it asks for nbgrader's own grader."""

HIDE = "nbverdict.nbgrader_plugin.hide_hidden_tests.HideHiddenTests"
MARKUP = "nbverdict.nbgrader_plugin.safe_markup.SafeMarkup"
LINKS = "nbverdict.nbgrader_plugin.safe_markup.markdown2html"
# nbgrader's own, by name: they take a second to import, and most commands need none of them.
_USUAL_FEEDBACK = [
    "nbgrader.preprocessors.GetGrades", "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]  # fmt: skip


def install(config: Config) -> None:
    """Wire the grader into nbgrader; called by ``nbgrader_config.py``.

    Parameters
    ----------
    config : traitlets.config.Config
        nbgrader's settings.

    Notes
    -----
    The pages are filtered whichever grader is asked for: hidden tests and active markup stay out
    of the feedback, and what the course has chosen itself stays in.

    nbgrader has no setting for the class that autogrades, so its two users, the command and
    formgrader, are given another one. Where neither is loaded, there is nothing to do.
    """
    _filter_pages(config)
    stock = os.environ.get(GRADER_VARIABLE, "").lower() == "stock"
    if stock or os.environ.get("NBVERDICT_RUNNING"):
        return
    users = nbgrader_inside.users_of_autograde()
    if users:
        from nbverdict.nbgrader_plugin.converter import JailedAutograde

        for module in users:
            module.Autograde = JailedAutograde
    generators = nbgrader_inside.users_of_generate()
    if generators:
        from nbverdict.nbgrader_plugin.calibrating import CalibratedGenerate

        for module in generators:
            module.GenerateAssignment = CalibratedGenerate
    usual = nbgrader_inside.usual_generate_preprocessors()
    if usual is not None:
        from nbverdict.nbgrader_plugin.warn_on_generate import BorderCheck

        chosen = _chosen(config.GenerateAssignment, usual)
        if BorderCheck not in chosen:
            # After the step that makes tests of AUTOTEST lines, before the answers are cut out.
            names = [getattr(entry, "__name__", str(entry)).split(".")[-1] for entry in chosen]
            at = names.index("InstantiateTests") + 1 if "InstantiateTests" in names else 0
            config.GenerateAssignment.preprocessors = [*chosen[:at], BorderCheck, *chosen[at:]]


def _filter_pages(config: Config) -> None:
    """Put the filters of pages beside what the course's configuration has chosen."""
    pages = _chosen(config.HTMLExporter, [])
    config.HTMLExporter.preprocessors = pages if MARKUP in pages else [*pages, MARKUP]
    filters = dict(config.HTMLExporter.get("filters", {}))
    config.HTMLExporter.filters = filters | {"markdown2html": LINKS}
    feedback = _chosen(config.GenerateFeedback, _USUAL_FEEDBACK)
    if not any(HIDE in str(entry) for entry in feedback):
        config.GenerateFeedback.preprocessors = [*feedback[:-1], HIDE, *feedback[-1:]]


def _chosen(section: Config, usual: list) -> list:
    """Return the preprocessors of a section; the configuration may only add to the usual ones."""
    found = section.get("preprocessors", usual)
    return list(found.get_value(list(usual)) if isinstance(found, LazyConfigValue) else found)
