"""Instructor's cells as Python: IPython's magics, ``?`` and ``!`` turned into calls.

The same for names that are read from a cell and for a cell that runs on the trusted side, where
there is no notebook: what changes nothing without a screen does nothing there.
"""

import ast
import re

# Cell magics whose body is the cell.
_WRAPPERS = ("time", "timeit", "capture", "prun", "memit", "mprun")
_WRAPPED = re.compile(rf"\s*%%({'|'.join(_WRAPPERS)})\b[^\n]*")
_TIMED = re.compile(r"^(\s*)%time\s+(?=\S)", re.MULTILINE)
# Magics that change nothing in a process without a screen.
_HARMLESS = frozenset({"matplotlib", "config", "load_ext", "autoreload", "autosave", "precision",
                       "pinfo", "pinfo2", "pylab", "time", "timeit", "who", "whos", "reload_ext",
                       "memit", "pdoc", "psource"})  # fmt: skip


def to_python(source: str) -> str:
    r"""Return the source of a cell as Python, line by line.

    What is Python already comes back as it is, and so does what is neither.

    Examples
    --------
    >>> to_python("%%time\nx = 1")
    '\nx = 1'
    >>> to_python("x = 1\nx?").split("\n")[1]
    "get_ipython().run_line_magic('pinfo', 'x')"
    """
    if _parses(source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    body = _TIMED.sub(r"\1", _WRAPPED.sub("", source, count=1))
    try:
        made = TransformerManager().transform_cell(body)
    except Exception:
        return source
    return made if _parses(made) else source


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class Magics:
    """What magics call on the trusted side.

    Parameters
    ----------
    strict : bool
        False to leave out what would do something, as in the instructor's locked cells.
    """

    def __init__(self, strict: bool = True):
        self._strict = strict

    def run_line_magic(self, name: str, line: str, *args, **kwargs) -> None:
        """Do nothing, if the magic is one that changes nothing here."""
        if self._strict and name not in _HARMLESS:
            raise RuntimeError(f"the magic %{name} does not work in a graded cell")

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """Do nothing in a locked cell."""
        if self._strict:
            raise RuntimeError(f"the magic %%{name} does not work in a graded cell")

    def system(self, command: str) -> None:
        """Do nothing in a locked cell."""
        if self._strict:
            raise RuntimeError(f"!{command} does not work in a graded cell")

    def getoutput(self, command: str, *args, **kwargs) -> None:
        """Refuse: programs run in the student's process."""
        raise RuntimeError(f"!{command} does not work in a graded cell")
