"""Put the grader behind nbgrader's own commands and formgrader's autograde button."""

import os
import sys

STOCK = "COURSE_GRADER"


def install(config) -> None:
    """Wire the grader into nbgrader; called by ``nbgrader_config.py``.

    Parameters
    ----------
    config : traitlets.config.Config
        nbgrader's settings.

    Notes
    -----
    nbgrader has no setting for the class that autogrades, so its two users are given
    another one: the command (`nbgrader.apps.autogradeapp`) and formgrader
    (`nbgrader.apps.api`). Where neither is loaded, there is nothing to do.
    """
    config.HTMLExporter.preprocessors = ["course_lib.grading.markup.SafeMarkup"]
    if os.environ.get(STOCK, "").lower() == "stock" or os.environ.get("COURSE_GRADING"):
        return
    users = ("nbgrader.apps.autogradeapp", "nbgrader.apps.api")
    loaded = [sys.modules[name] for name in users if name in sys.modules]
    if loaded:
        from course_lib.grading.converter import JailedAutograde

        for module in loaded:
            module.Autograde = JailedAutograde
    generate = sys.modules.get("nbgrader.converters.generate_assignment")
    if generate is not None:
        from course_lib.grading.lint import BorderCheck

        usual = generate.GenerateAssignment.preprocessors.default_args[0]
        given = config.GenerateAssignment.get("preprocessors", list(usual))
        if BorderCheck not in given:
            config.GenerateAssignment.preprocessors = [BorderCheck, *given]
