"""Put the grader behind nbgrader's own commands and formgrader's autograde button."""

import os

from traitlets.config import Config

from nbverdict import nbgrader_inside

GRADER_VARIABLE = "NBVERDICT"
"""Set to ``stock``, it asks for nbgrader's own grader."""


def install(config: Config) -> None:
    """Wire the grader into nbgrader; called by ``nbgrader_config.py``.

    Parameters
    ----------
    config : traitlets.config.Config
        nbgrader's settings.

    Notes
    -----
    nbgrader has no setting for the class that autogrades, so its two users, the command and
    formgrader, are given another one. Where neither is loaded, there is nothing to do.
    """
    markup = "nbverdict.nbgrader_plugin.safe_markup"
    config.HTMLExporter.preprocessors = [f"{markup}.SafeMarkup"]
    config.HTMLExporter.filters = {"markdown2html": f"{markup}.markdown2html"}
    stock = os.environ.get(GRADER_VARIABLE, "").lower() == "stock"
    if stock or os.environ.get("NBVERDICT_RUNNING"):
        return
    users = nbgrader_inside.users_of_autograde()
    if users:
        from nbverdict.nbgrader_plugin.converter import JailedAutograde

        for module in users:
            module.Autograde = JailedAutograde
    usual = nbgrader_inside.usual_generate_preprocessors()
    if usual is not None:
        from nbverdict.nbgrader_plugin.warn_on_generate import BorderCheck

        chosen = config.GenerateAssignment.get("preprocessors", usual)
        if BorderCheck not in chosen:
            config.GenerateAssignment.preprocessors = [BorderCheck, *chosen]
