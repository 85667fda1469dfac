"""What a small change would protect a test that has to run inside."""

import re
from collections.abc import Iterable

NEEDED = "a later test that runs inside needs it"
# What the failure or the lint says, and what helps. The first that fits.
_KNOWN = (
    (r"is not plain data|NotPlain|subscriptable|has no len|'object' object",
     "compare plain data that the answer returns: numbers, text, lists, dicts, arrays"),
    (r"getsource|signature|getfullargspec|isfunction|__code__|reads the source",
     "call the function and look at its result, instead of at its code"),
    (r"patch|patches",
     "give the function what it needs as an argument, instead of patching it in"),
    (r"inherits from the student's class",
     "make an object of the student's class, instead of a class that inherits from it"),
    (r"compares an object of class",
     "compare an attribute of the object with plain data, instead of the object itself"),
    (r"shell command|cell magic|magic %",
     "use Python's own functions, instead of a shell command or a magic"),
    (NEEDED,
     "move what the later test needs into a locked cell"),
    (r"NameError|is not defined",
     "give the names that the student's code reads in a locked cell, or as arguments"),
)  # fmt: skip
_ELSE = "ask the answer for plain data (numbers, text, lists, arrays), and compare that"


def for_test(why: str, problems: Iterable[str]) -> str:
    """Return what would let a test run across the border.

    Parameters
    ----------
    why : str
        What it failed with.
    problems : iterable of str
        What `lint` says of it.
    """
    said = "\n".join([*problems, why])
    return next((change for pattern, change in _KNOWN if re.search(pattern, said)), _ELSE)
