"""Run the hidden rows of a check where the solutions lie beside the exercises.

Who learns alone has no teacher to run them. In a class the solutions are not there, and the
report says how much the teacher's grader will add.
"""

import os
import re
from pathlib import Path

from course_lib import hints

_BLOCK = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[ \t]*### END HIDDEN TESTS",
    re.DOTALL | re.MULTILINE,
)


def hidden_part(problem: str, folder: Path | None = None) -> str:
    """Return the hidden tests of a problem; empty if no solutions lie near `folder`.

    Parameters
    ----------
    problem : str
        Name of the problem, as its report shows it.
    folder : path, optional
        Where the notebook runs. Default: the working directory.
    """
    return "\n".join(_BLOCK.findall(hints.cell_of_master("test", problem, folder)))


def namespace() -> dict | None:
    """Return the names of the notebook that is being worked in; None while it is graded."""
    if os.environ.get("NBGRADER_EXECUTION"):  # nbgrader sets it: autograde or validate
        return None
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return None if shell is None else shell.user_ns


def run(problem: str, names: dict, folder: Path | None = None) -> bool:
    """Run the hidden tests of a problem on the report in `names`; return whether there are any."""
    source = hidden_part(problem, folder)
    if not source:
        return False
    exec(compile(source, f"<hidden tests of {problem}>", "exec"), names)
    return True
