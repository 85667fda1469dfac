"""An autograder for nbgrader courses, with the verdict outside of the student's process.

Three processes, and who trusts whom. The *coordinator* reads submissions and writes marks; it
runs no student's code and holds the gradebook. For each submission it has a pair forked: the
*verdict* process, which holds the tests and decides, and the jailed *student's* process, which
runs the cells. Between them goes plain data only (`wire`); the verdict believes nothing that it
did not see. See docs/grader.md of the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

__version__ = "0.1.0"


def install(config: Config) -> None:
    """Put the grader behind nbgrader's commands: called by ``nbgrader_config.py``.

    Parameters
    ----------
    config : traitlets.config.Config
        nbgrader's settings, there called ``c``.
    """
    from nbverdict.nbgrader_plugin import wiring

    wiring.install(config)
