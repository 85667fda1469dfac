"""Which libraries the fork server imports for an assignment: those that its cells name."""

import os
import re
from collections.abc import Iterable, Mapping

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
    "sympy": ("sympy",),
    "sklearn": ("sklearn",),
    "networkx": ("networkx",),
    "PIL": ("PIL.Image",),
    "sqlite3": ("sqlite3",),
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

    A guess by the words in them. What it misses is imported by the cell, which takes longer.

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
    words = {word for source in sources for word in _WORD.findall(source)}
    known = [*_BY_WORD.items(), *more.items()]
    found = [module for word, modules in known if word in words for module in modules]
    return list(dict.fromkeys(found))
