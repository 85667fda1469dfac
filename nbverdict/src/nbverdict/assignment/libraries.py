"""Which libraries the fork server imports for an assignment: those that its cells name."""

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping

from nbverdict.assignment import source_names

# Imported at first use by one of the libraries below: before the fork, not in each child.
_PYTHON = (
    "asyncio", "concurrent.futures.thread", "concurrent.futures.process", "tracemalloc", "csv",
    "multiprocessing.shared_memory", "multiprocessing.resource_tracker", "psutil",
    "numpy.testing", "unittest.mock",
)  # fmt: skip
_BY_WORD = {
    "testing": ("numpy.testing",),
    "zarr": ("zarr", "zarr.storage", "zarr.codecs", "numcodecs", *_PYTHON),
    "h5py": ("h5py", *_PYTHON),
    "tables": ("tables", *_PYTHON),
    "blosc": ("blosc", *_PYTHON),
    "blosc2": ("blosc2", *_PYTHON),
    "numcodecs": ("numcodecs", *_PYTHON),
    "shared_memory": _PYTHON,
    "multiprocessing": _PYTHON,
    "asyncio": _PYTHON,
    "dask": ("dask.array", *_PYTHON),
    "pandas": ("pandas",),
    "scipy": ("scipy",),
}
_PICTURES = (
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib_inline.backend_inline",
)  # fmt: skip
_BY_WORD |= dict.fromkeys(("matplotlib", "plt", "plotting"), _PICTURES)
_WORD = re.compile(r"\w+")
# Names the libraries instead, by commas, for a course that needs less or more.
VARIABLE = "NBVERDICT_LIBRARIES"


def wanted(sources: Iterable[str], more: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the modules that cells with these sources will import.

    A guess by the words in them, and their own imports. What it misses is imported by the cell,
    which takes longer.

    Parameters
    ----------
    sources : iterable of str
        The instructor's cells, model answers included.
    more : dict of str to list of str
        Words of the course, each with modules: ``c.NbVerdict.libraries``.
    """
    asked = os.environ.get(VARIABLE)
    if asked is not None:
        return [name for name in asked.split(",") if name]
    sources = list(sources)
    words = {word for source in sources for word in _WORD.findall(source)}
    known = [*_BY_WORD.items(), *more.items()]
    found = [module for word, modules in known if word in words for module in modules]
    named = [name for name in _imported(sources) if _installed(name.split(".")[0], more)]
    return list(dict.fromkeys([*found, *named]))


def _installed(package: str, course: Mapping[str, Iterable[str]]) -> bool:
    """Return True for a package that is neither Python's nor one of the course's own words.

    Python's modules take no time, and what a course's do when they are imported is not known: one
    that opens a lock or starts a process must not do that before the fork.
    """
    return package not in sys.stdlib_module_names and package not in course


def _imported(sources: Iterable[str]) -> Iterator[str]:
    """Yield the modules that cells import, in functions too."""
    for node in (node for source in sources for node in ast.walk(source_names.parse(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
