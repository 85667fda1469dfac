"""Put the grader behind nbgrader's own commands and formgrader's autograde button."""

import os
import sys

GRADER_VARIABLE = "NBVERDICT"
"""Set to ``stock``, it asks for nbgrader's own grader."""


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
    config.HTMLExporter.preprocessors = ["nbverdict.nbgrader_plugin.safe_markup.SafeMarkup"]
    stock = os.environ.get(GRADER_VARIABLE, "").lower() == "stock"
    if stock or os.environ.get("NBVERDICT_RUNNING"):
        return
    users = ("nbgrader.apps.autogradeapp", "nbgrader.apps.api")
    loaded = [sys.modules[name] for name in users if name in sys.modules]
    if loaded:
        from nbverdict.nbgrader_plugin.converter import JailedAutograde

        for module in loaded:
            module.Autograde = JailedAutograde
    generate = sys.modules.get("nbgrader.converters.generate_assignment")
    if generate is not None:
        from nbverdict.nbgrader_plugin.warn_on_generate import BorderCheck

        usual = generate.GenerateAssignment.preprocessors.default_args[0]
        chosen = config.GenerateAssignment.get("preprocessors", list(usual))
        if BorderCheck not in chosen:
            config.GenerateAssignment.preprocessors = [BorderCheck, *chosen]
